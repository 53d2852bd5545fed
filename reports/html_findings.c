/* SPDX-License-Identifier: Apache-2.0 */
/* The HTML page's short lists: what to mend first, why something was not determined, and who accepts which failure until when. */
#include "reports/html.h"

#include "core/audit/waiver.h"
#include "reports/view.h"

#include <inttypes.h>

enum {
	WORST_MOST = 6, WORST_SUBJECTS = 4,   /* worked out on the first screen */
	CAUSES_MOST = 15, LINKS_MOST = 6,
	WAIVERS_MOST = 200,
};

/* ---- what to mend first ---- */

static void write_card(struct html *h, struct html_finding *f)
{
	const struct html_entry **entries = arena_array_of(h->arena, const struct html_entry *, f->n);

	for (size_t i = 0; i < f->n; i++)
		entries[i] = &f->entries[i];
	html_start(h, "article", arena_printf(h->arena, "card c%d", (int)f->severity));
	html_start(h, "h3", NULL);
	html_severity(h, f->severity);
	html_text(h, " ");
	html_text(h, view_text(h->arena, f->entries->policy, f->entries->result->rule->item.title));
	html_end(h);
	html_start(h, "p", "where");
	html_link(h, f);
	if (h->audit->n_subjects > 1)
		html_text(h, arena_printf(h->arena, " on %s", html_subjects(h, entries, f->n, WORST_SUBJECTS)));
	html_end(h);
	html_start(h, "dl", NULL);
	html_evidence(h, f->entries->result, (struct html_bounds){ 1, 240, false });
	html_fix(h, f->entries);
	html_end(h);
	html_end(h);
	xml_out_raw(h->xml, "\n");
}

void html_worst(struct html *h)
{
	size_t n, shown;
	struct html_finding *failed = html_findings(h, HTML_FAILED, &n);

	if (!n)
		return;
	shown = n < WORST_MOST ? n : WORST_MOST;
	html_section(h, "worst", "Fix first", shown < n ? arena_printf(h->arena, "The worst %zu of %zu rules that failed; plimsoll fix writes what mends them.", shown, n) : NULL);
	html_start(h, "div", "worst");
	for (size_t i = 0; i < shown; i++)
		write_card(h, &failed[i]);
	html_end(h);
	html_end(h);
}

/* ---- what was not determined ---- */

struct cause {
	enum outcome outcome;
	const char *reason;
	struct html_finding **findings;
	size_t n_findings, n;    /* rules, and results */
};

struct causes {
	struct cause list[CAUSES_MOST + 1];   /* the last: all others */
	size_t n;
};

/* The clause without the path that it is about. */
static const char *reason_of(const struct result *result)
{
	const struct evidence *e = result_evidence(result);

	if (e && e->why)
		return e->why;
	return result->reason ? result->reason : "no reason is known";
}

static void add_cause(struct html *h, struct causes *causes, struct html_finding *f, const struct result *result)
{
	const char *reason = reason_of(result);
	struct cause *cause;
	size_t i = 0;

	while (i < causes->n && !(causes->list[i].outcome == result->outcome && streq(causes->list[i].reason, reason)))
		i++;
	cause = i < CAUSES_MOST ? &causes->list[i] : &causes->list[CAUSES_MOST];
	if (i == causes->n && i < CAUSES_MOST)
		causes->n++;
	if (!cause->n)
		*cause = (struct cause){ .outcome = result->outcome, .reason = i < CAUSES_MOST ? reason : "other reasons" };
	cause->n++;
	if (!cause->n_findings || cause->findings[cause->n_findings - 1] != f)
		arena_push(h->arena, cause->findings, cause->n_findings) = f;
}

static int by_number(const void *left, const void *right)
{
	const struct cause *a = left, *b = right;

	if (a->n != b->n)
		return a->n > b->n ? -1 : 1;
	return a->findings[0]->number < b->findings[0]->number ? -1 : 1;
}

static void write_heading(struct html *h, const char *text)
{
	html_start(h, "th", NULL);
	html_attribute(h, "scope", "col");
	html_text(h, text);
	html_end(h);
}

static void write_cause(struct html *h, const struct cause *cause)
{
	size_t named = cause->n_findings > LINKS_MOST + 1 ? LINKS_MOST : cause->n_findings;

	html_start(h, "tr", NULL);
	html_element(h, "td", "t1", "%zu", cause->n);
	html_start(h, "td", NULL);
	if (cause->outcome != OUTCOME_UNKNOWN)
		html_text(h, cause->outcome == OUTCOME_ERROR ? "error: " : "not checked: ");
	html_cut(h, cause->reason, 300);
	html_end(h);
	html_start(h, "td", NULL);
	for (size_t i = 0; i < named; i++) {
		if (i)
			html_text(h, ", ");
		html_link(h, cause->findings[i]);
	}
	if (named < cause->n_findings)
		html_text(h, arena_printf(h->arena, " and %zu more", cause->n_findings - named));
	html_end(h);
	html_end(h);
}

void html_causes(struct html *h)
{
	struct causes causes = { .n = 0 };
	size_t n;
	struct html_finding *open = html_findings(h, HTML_OPEN, &n);

	if (!n)
		return;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < open[i].n; k++)
			add_cause(h, &causes, &open[i], open[i].entries[k].result);
	qsort(causes.list, causes.n, sizeof(*causes.list), by_number);
	html_section(h, "undetermined", "Not determined, and why",
		     h->audit->hosts->ordinary ? "Nothing of this counts as passed. Root can see more." : "Nothing of this counts as passed.");
	html_start(h, "table", "list");
	html_start(h, "tr", NULL);
	write_heading(h, "Verdicts");
	write_heading(h, "Reason");
	write_heading(h, "Rules");
	html_end(h);
	for (size_t i = 0; i < causes.n; i++)
		write_cause(h, &causes.list[i]);
	if (causes.list[CAUSES_MOST].n)
		write_cause(h, &causes.list[CAUSES_MOST]);
	html_end(h);
	html_end(h);
}

/* ---- waivers ---- */

struct used {
	const struct waiver *waiver;
	struct html_finding *finding;   /* the first */
	size_t n;
};

static int by_end(const void *left, const void *right)
{
	const struct used *a = left, *b = right;
	int rc = strcmp(a->waiver->expires, b->waiver->expires);

	if (rc == 0)
		return a->finding->number < b->finding->number ? -1 : a->finding->number > b->finding->number;
	return rc;
}

/* Waivers that a saved report gives with each result anew are one where they stand in the same place and say the same. */
static bool is_same(const struct waiver *a, const struct waiver *b)
{
	return a == b || (streq(a->where, b->where) && streq(a->rule, b->rule) && streq(a->owner, b->owner) && streq(a->reason, b->reason) &&
			  streq(a->expires, b->expires));
}

/* The day, and how long that is from the audit: what ends soon stands out. */
static void write_end_of(struct html *h, const struct waiver *w)
{
	int64_t days = waiver_days_left(w, h->audit->started);

	html_start(h, "td", days <= WAIVER_DAYS_NOTED ? "t0" : "date");
	html_text(h, w->expires);
	if (days < 0)
		html_element(h, "small", NULL, "%s", "is over");
	else if (days == 0)
		html_element(h, "small", NULL, "%s", "the last day");
	else
		html_element(h, "small", NULL, "%" PRId64 " day%s left", days, html_plural((size_t)days));
	html_end(h);
}

static void write_used(struct html *h, const struct used *used)
{
	const struct waiver *w = used->waiver;

	html_start(h, "tr", NULL);
	html_start(h, "td", NULL);
	html_link(h, used->finding);
	if (used->n > 1)
		html_text(h, arena_printf(h->arena, " and %zu more verdict%s", used->n - 1, html_plural(used->n - 1)));
	html_end(h);
	html_start(h, "td", NULL);
	html_text(h, w->reason);
	if (w->found)
		html_element(h, "small", NULL, "as long as it is %s", w->found);
	html_end(h);
	html_start(h, "td", NULL);
	html_text(h, w->owner);
	if (w->ticket)
		html_element(h, "small", NULL, "%s", w->ticket);
	html_end(h);
	write_end_of(h, w);
	html_start(h, "td", NULL);
	html_element(h, "i", NULL, "%s", w->where);
	html_end(h);
	html_end(h);
}

void html_waivers(struct html *h)
{
	static const char *const words[] = { "Waived", "Why", "By", "Until", "Written in" };
	struct html_finding *waived;
	struct used *list = NULL;
	size_t n, n_list = 0;

	waived = html_findings(h, HTML_WAIVED, &n);
	if (!n)
		return;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0, m; k < waived[i].n; k++) {
			const struct waiver *w = waived[i].entries[k].result->waiver;

			for (m = 0; m < n_list && !is_same(list[m].waiver, w);)
				m++;
			if (m == n_list)
				arena_push(h->arena, list, n_list) = (struct used){ w, &waived[i], 0 };
			list[m].n++;
		}
	qsort(list, n_list, sizeof(*list), by_end);
	html_section(h, "waivers", "Waived", "Failures that somebody has accepted; they count neither as failed nor as passed. The next to end comes first.");
	html_start(h, "table", "list");
	html_start(h, "tr", NULL);
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		write_heading(h, words[i]);
	html_end(h);
	for (size_t i = 0; i < n_list && i < WAIVERS_MOST; i++)
		write_used(h, &list[i]);
	html_end(h);
	if (n_list > WAIVERS_MOST)
		html_element(h, "p", "remark", "%zu more are with their rules below.", n_list - WAIVERS_MOST);
	html_end(h);
}
