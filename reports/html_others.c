/* SPDX-License-Identifier: Apache-2.0 */
/* The HTML page's rules that were not judged: there is nothing to show of them but why, and many have that in common. */
#include "reports/html.h"

#include "core/base/text.h"
#include "reports/view.h"

enum { REASON_BYTES = 240 };

/* A rule for one reason: some of the entries of its finding. */
struct other {
	const struct html_finding *finding;
	struct html_entry *entries;
	size_t n;
};

struct reason {
	enum outcome outcome;
	const char *text;
	struct other *rules;
	size_t n;
	size_t order;
};

struct reasons {
	struct reason *list;
	size_t n;
};

static bool is_listed(const struct html *h, const struct html_finding *f)
{
	return h->applies[f->entries->benchmark];
}

size_t html_count_others(const struct html *h)
{
	size_t n, listed = 0;
	const struct html_finding *list = html_findings(h, HTML_OTHER, &n);

	for (size_t i = 0; i < n; i++)
		listed += is_listed(h, &list[i]);
	return listed;
}

static struct reason *reason_of(struct html *h, struct reasons *reasons, const struct result *result)
{
	const char *text = result->reason ? result->reason : "no reason is known";

	for (size_t i = 0; i < reasons->n; i++)
		if (reasons->list[i].outcome == result->outcome && streq(reasons->list[i].text, text))
			return &reasons->list[i];
	arena_push(h->arena, reasons->list, reasons->n) = (struct reason){ .outcome = result->outcome, .text = text, .order = reasons->n };
	return &reasons->list[reasons->n - 1];
}

static void add_finding(struct html *h, struct reasons *reasons, const struct html_finding *f)
{
	for (size_t i = 0; i < f->n; i++) {
		struct reason *reason = reason_of(h, reasons, f->entries[i].result);
		struct other *last = reason->n ? &reason->rules[reason->n - 1] : NULL;

		if (!last || last->finding != f) {
			arena_push(h->arena, reason->rules, reason->n) = (struct other){ .finding = f };
			last = &reason->rules[reason->n - 1];
		}
		arena_push(h->arena, last->entries, last->n) = f->entries[i];
	}
}

/* What most have in common comes first. */
static int by_number(const void *left, const void *right)
{
	const struct reason *a = left, *b = right;

	if (a->n != b->n)
		return a->n > b->n ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

static void write_reason(struct html *h, const struct reason *reason)
{
	html_start(h, "p", NULL);
	if (reason->outcome != OUTCOME_NOTAPPLICABLE) {
		html_text(h, outcome_name(reason->outcome));
		html_text(h, ": ");
	}
	html_cut(h, reason->text, REASON_BYTES);
	html_tag(h, "br");
	for (size_t i = 0; i < reason->n; i++) {
		const struct other *rule = &reason->rules[i];

		html_text(h, i ? " " : "");
		html_start(h, "i", NULL);
		html_marks(h, rule->entries, rule->n);
		html_text(h, rule->finding->id);
		if (*html_spread(h, rule->entries, rule->n))
			html_text(h, arena_printf(h->arena, " (%s)", html_spread(h, rule->entries, rule->n)));
		html_end(h);
	}
	html_end(h);
	xml_out_raw(h->xml, "\n");
}

/* Groups and severities of all of them, as the script's filter reads them. */
static void write_part_marks(struct html *h, const struct reasons *reasons)
{
	struct buffer groups = { .arena = h->arena }, severities = { .arena = h->arena };

	for (size_t i = 0; i < reasons->n; i++)
		for (size_t k = 0; k < reasons->list[i].n; k++) {
			const struct html_finding *f = reasons->list[i].rules[k].finding;

			buffer_printf(&groups, "%s%zu", groups.text ? " " : "", f->entries->group);
			buffer_printf(&severities, "%d", (int)f->severity);
		}
	html_attribute(h, "data-g", groups.text);
	html_attribute(h, "data-v", severities.text);
}

void html_others(struct html *h)
{
	struct reasons reasons = { .n = 0 };
	size_t n;
	const struct html_finding *list = html_findings(h, HTML_OTHER, &n);

	for (size_t i = 0; i < n; i++)
		if (is_listed(h, &list[i]))
			add_finding(h, &reasons, &list[i]);
	if (reasons.n > 1)
		qsort(reasons.list, reasons.n, sizeof(*reasons.list), by_number);
	html_start(h, "div", NULL);
	write_part_marks(h, &reasons);
	for (size_t i = 0; i < reasons.n; i++)
		write_reason(h, &reasons.list[i]);
	html_end(h);
}
