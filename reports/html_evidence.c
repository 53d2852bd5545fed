/* SPDX-License-Identifier: Apache-2.0 */
/* What the HTML page says of one result: what was found, where, and what was wanted; why that matters, and how it is mended. */
#include "reports/html.h"

#include "core/text.h"
#include "reports/view.h"

/* ---- evidence ---- */

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

/* Several comparisons of one thing that is not there say the same. */
static bool repeats(const struct evidence *before, const struct evidence *e)
{
	return before && e->state != STATE_PRESENT && streq(or_empty(before->name), or_empty(e->name)) &&
	       streq(or_empty(before->origin), or_empty(e->origin)) && streq(evidence_said(before), evidence_said(e));
}

static void write_found(struct html *h, const struct evidence *e, bool named, size_t bytes)
{
	const char *name = or_empty(e->name), *origin = or_empty(e->origin);

	html_element(h, "dt", NULL, "Found");
	html_start(h, "dd", NULL);
	if (named && *name && !streq(name, origin)) {
		html_text(h, name);
		html_text(h, ": ");
	}
	html_start(h, e->state == STATE_PRESENT ? "code" : "span", NULL);
	html_cut(h, evidence_said(e), bytes);
	html_end(h);
	if (*origin)
		html_element(h, "small", NULL, "%s", origin);
	html_end(h);
}

static void write_wanted(struct html *h, const char *expected, bool negated)
{
	if (expected)
		html_row(h, "Wanted", negated ? arena_printf(h->arena, "not: %s", expected) : expected);
}

void html_evidence(struct html *h, const struct result *r, struct html_bounds bounds)
{
	bool negated = result_is_negated(r);
	const struct evidence *before = NULL;
	const char *expected = NULL;
	size_t all = 0, shown = 0, left_out = 0;

	for (size_t i = 0; i < r->n_evidence; i++)
		all += evidence_speaks(r, &r->evidence[i]);
	for (size_t i = 0; i < r->n_evidence; i++) {
		const struct evidence *e = &r->evidence[i];

		if (!evidence_speaks(r, e) || repeats(before, e))
			continue;
		if (shown == bounds.most) {
			left_out++;
			continue;
		}
		if (expected && (!e->expected || !streq(e->expected, expected)))
			write_wanted(h, expected, negated);
		write_found(h, e, all > 1, bounds.bytes);
		expected = e->expected;
		before = e;
		shown++;
	}
	write_wanted(h, expected, negated);
	if (left_out && bounds.rest)
		html_row(h, "More", arena_printf(h->arena, "%zu of the kind, which the JSON report holds", left_out));
	if (r->reason && (!shown || outcome_is_undetermined(r->outcome)))
		html_row(h, "Reason", r->reason);
}

/* ---- texts of the benchmark ---- */

void html_fix(struct html *h, const struct html_entry *entry)
{
	html_row(h, "Fix", view_text(h->arena, entry->policy, entry->result->rule->fixtext));
}

/* Links lead to the web alone, and only when they are followed: whoever wrote the benchmark may have put anything there. */
static bool is_web(const char *href)
{
	return href && (starts_with(href, "https://") || starts_with(href, "http://"));
}

static void write_reference(struct html *h, const struct html_entry *entry, const struct reference *reference)
{
	const char *text = view_text(h->arena, entry->policy, reference->text);
	bool linked = is_web(reference->href);

	html_start(h, linked ? "a" : "span", NULL);
	if (linked)
		html_attribute(h, "href", reference->href);
	html_text(h, text && *text ? text : reference->href ? reference->href : "");
	html_end(h);
}

static void write_references(struct html *h, const struct html_entry *entry)
{
	const struct rule *rule = entry->result->rule;

	if (!rule->n_references)
		return;
	html_element(h, "dt", NULL, "See");
	html_start(h, "dd", NULL);
	for (size_t i = 0; i < rule->n_references; i++) {
		if (i)
			html_text(h, "; ");
		write_reference(h, entry, &rule->references[i]);
	}
	html_end(h);
}

/* Section numbers of other people's lists; what urn: names is for programs. */
static void write_idents(struct html *h, const struct rule *rule)
{
	struct buffer ids = { .arena = h->arena };

	for (size_t i = 0; i < rule->n_idents; i++)
		if (is_web(rule->idents[i].system))
			buffer_printf(&ids, "%s%s", ids.text ? "; " : "", rule->idents[i].id);
	html_row(h, "Also", ids.text);
}

void html_explanation(struct html *h, const struct html_entry *entry)
{
	const struct rule *rule = entry->result->rule;

	html_row(h, "Why", view_text(h->arena, entry->policy, rule->rationale));
	for (size_t i = 0; i < rule->n_warnings; i++)
		html_row(h, "Mind", view_text(h->arena, entry->policy, rule->warnings[i]));
	write_idents(h, rule);
	write_references(h, entry);
}

/* ---- subjects ---- */

const char *html_subjects(struct html *h, const struct html_entry *const *entries, size_t n, size_t most)
{
	struct buffer out = { .arena = h->arena };
	size_t named = n > most + 1 ? most : n;

	for (size_t i = 0; i < named; i++)
		buffer_printf(&out, "%s%s", i == 0 ? "" : i + 1 == n ? " and " : ", ", h->labels[entries[i]->subject]);
	if (named < n)
		buffer_printf(&out, " and %zu more", n - named);
	return out.text ? out.text : "";
}
