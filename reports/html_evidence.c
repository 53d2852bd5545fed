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

static bool same_text(const char *a, const char *b)
{
	return streq(or_empty(a), or_empty(b));
}

/* Those of a result that are shown. */
struct shown {
	const struct evidence **list;
	size_t n, left_out;
};

static struct shown shown_of(struct html *h, const struct result *r, size_t most)
{
	struct shown shown = { .list = arena_array_of(h->arena, const struct evidence *, r->n_evidence + 1) };

	for (size_t i = 0; i < r->n_evidence; i++) {
		const struct evidence *e = &r->evidence[i];

		if (!evidence_speaks(r, e) || repeats(shown.n ? shown.list[shown.n - 1] : NULL, e))
			continue;
		if (shown.n == most)
			shown.left_out++;
		else
			shown.list[shown.n++] = e;
	}
	return shown;
}

/* The sentence "ORIGIN: WHY" of evidence that is shown anyway. */
static bool is_told(struct html *h, const struct shown *shown, const char *reason)
{
	for (size_t i = 0; i < shown->n; i++)
		if (shown->list[i]->why && streq(reason, arena_printf(h->arena, "%s: %s", or_empty(shown->list[i]->origin), shown->list[i]->why)))
			return true;
	return false;
}

static const char *wanted_of(struct html *h, const struct evidence *e, bool negated)
{
	return e->expected && negated ? arena_printf(h->arena, "not: %s", e->expected) : e->expected;
}

/* A value in <b>, and a reason why there is none without. */
static void write_value(struct html *h, const struct evidence *e, size_t bytes)
{
	if (e->state == STATE_PRESENT)
		html_start(h, "b", NULL);
	html_cut(h, evidence_said(e), bytes);
	if (e->state == STATE_PRESENT)
		html_end(h);
}

/* One of several: with its name, and what was wanted; where it was seen is told once for several in a row. */
static void write_one(struct html *h, const struct evidence *e, bool negated, bool located, size_t bytes)
{
	const char *name = or_empty(e->name), *origin = or_empty(e->origin);

	html_tag(h, "dd");
	if (*name && !streq(name, origin)) {
		html_text(h, name);
		html_text(h, ": ");
	}
	write_value(h, e, bytes);
	if (e->expected) {
		html_text(h, "; wanted: ");
		html_text(h, wanted_of(h, e, negated));
	}
	if (*origin && located)
		html_element(h, "i", NULL, "%s", origin);
}

/* The only one: in two rows. */
static void write_only(struct html *h, const struct evidence *e, bool negated, size_t bytes)
{
	html_tag(h, "dd");
	write_value(h, e, bytes);
	if (*or_empty(e->origin))
		html_element(h, "i", NULL, "%s", e->origin);
	html_row(h, "Wanted", wanted_of(h, e, negated));
}

void html_evidence(struct html *h, const struct result *r, struct html_bounds bounds)
{
	bool negated = result_is_negated(r);
	struct shown shown = shown_of(h, r, bounds.most);

	if (shown.n)
		html_term(h, "Found");
	for (size_t i = 0; i < shown.n; i++) {
		const struct evidence *e = shown.list[i];

		if (shown.n + shown.left_out == 1)
			write_only(h, e, negated, bounds.bytes);
		else
			write_one(h, e, negated, i + 1 == shown.n || !same_text(shown.list[i + 1]->origin, e->origin), bounds.bytes);
	}
	if (shown.left_out && bounds.rest)
		html_row(h, "More", arena_printf(h->arena, "%zu of the kind, which the JSON report holds", shown.left_out));
	if (r->reason && (!shown.n || (outcome_is_undetermined(r->outcome) && !is_told(h, &shown, r->reason))))
		html_row(h, "Reason", r->reason);
}

/* ---- texts of the benchmark ---- */

void html_fix(struct html *h, const struct html_entry *entry)
{
	html_row(h, "Fix", view_text(h->arena, entry->policy, entry->result->rule->fixtext));
}

void html_explanation(struct html *h, const struct html_entry *entry)
{
	const struct rule *rule = entry->result->rule;

	html_row(h, "Why", view_text(h->arena, entry->policy, rule->rationale));
	for (size_t i = 0; i < rule->n_warnings; i++)
		html_row(h, "Mind", view_text(h->arena, entry->policy, rule->warnings[i]));
	html_references(h, entry);
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
