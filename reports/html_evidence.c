/* SPDX-License-Identifier: Apache-2.0 */
/* What the HTML page says of one result: what was found, where, and what was wanted; why that matters, and how it is mended. */
#include "reports/html.h"

#include "core/base/text.h"
#include "reports/view.h"

/* ---- evidence ---- */

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

static bool same_text(const char *a, const char *b)
{
	return streq(or_empty(a), or_empty(b));
}

/* Several comparisons of one thing that is not there say the same. */
static bool repeats(const struct evidence *before, const struct evidence *e)
{
	return before && e->state != STATE_PRESENT && streq(or_empty(before->name), or_empty(e->name)) &&
	       streq(or_empty(before->origin), or_empty(e->origin)) && streq(evidence_said(before), evidence_said(e));
}

/* Those of a result that are shown. */
struct shown {
	const struct evidence **list;
	size_t n, left_out;
	bool alike;              /* the same is wanted of all */
	bool negated;            /* what is named as wanted must not be */
};

static struct shown shown_of(struct html *h, const struct result *r, size_t most)
{
	struct shown shown = { .list = arena_array_of(h->arena, const struct evidence *, r->n_evidence + 1),
			       .alike = true, .negated = result_is_negated(r) };

	for (size_t i = 0; i < r->n_evidence; i++) {
		const struct evidence *e = &r->evidence[i];

		if (!evidence_speaks(r, e) || repeats(shown.n ? shown.list[shown.n - 1] : NULL, e))
			continue;
		if (shown.n == most)
			shown.left_out++;
		else
			shown.list[shown.n++] = e;
		shown.alike &= shown.n < 2 || same_text(shown.list[0]->expected, shown.list[shown.n - 1]->expected);
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

static const char *wanted_of(struct html *h, const struct shown *shown, const struct evidence *e)
{
	return e->expected && shown->negated ? arena_printf(h->arena, "not: %s", e->expected) : e->expected;
}

/* All that is different is the name. */
static bool says_the_same(const struct evidence *a, const struct evidence *b)
{
	return a->state == b->state && streq(evidence_said(a), evidence_said(b)) && same_text(a->expected, b->expected) && same_text(a->origin, b->origin);
}

static void write_names(struct html *h, const struct evidence *const *list, size_t n)
{
	bool any = false;

	for (size_t i = 0; i < n; i++) {
		const char *name = or_empty(list[i]->name);

		if (!*name || same_text(name, list[i]->origin))
			continue;
		html_text(h, any ? ", " : "");
		html_text(h, name);
		any = true;
	}
	html_text(h, any ? ": " : "");
}

/* What says the same, by one name or several; where it was seen is told once for several lines. */
static void write_found(struct html *h, const struct shown *shown, size_t from, size_t n, size_t bytes)
{
	const struct evidence *e = shown->list[from];
	size_t next = from + n;

	html_tag(h, "dd");
	if (shown->n + shown->left_out > 1)
		write_names(h, &shown->list[from], n);
	if (e->state == STATE_PRESENT)
		html_start(h, "b", NULL);
	html_cut(h, evidence_said(e), bytes);
	if (e->state == STATE_PRESENT)
		html_end(h);
	if (e->expected && !shown->alike) {
		html_text(h, "; wanted: ");
		html_text(h, wanted_of(h, shown, e));
	}
	if (*or_empty(e->origin) && (next == shown->n || !same_text(shown->list[next]->origin, e->origin)))
		html_element(h, "i", NULL, "%s", e->origin);
}

void html_evidence(struct html *h, const struct result *r, struct html_bounds bounds)
{
	struct shown shown = shown_of(h, r, bounds.most);

	if (shown.n)
		html_term(h, "Found");
	for (size_t from = 0, n; from < shown.n; from += n) {
		for (n = 1; from + n < shown.n && says_the_same(shown.list[from], shown.list[from + n]);)
			n++;
		write_found(h, &shown, from, n, bounds.bytes);
	}
	if (shown.n && shown.alike)
		html_row(h, "Wanted", wanted_of(h, &shown, shown.list[0]));
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

bool html_is_explained(const struct html *h, const struct html_finding *finding)
{
	return finding->number <= h->explained && finding->entries->kind < HTML_PASSED;
}

/* What mending it may break is said of every rule. */
void html_explanation(struct html *h, const struct html_finding *finding)
{
	const struct html_entry *entry = finding->entries;
	const struct rule *rule = entry->result->rule;
	bool explained = html_is_explained(h, finding);

	if (explained)
		html_row(h, "Why", view_text(h->arena, entry->policy, rule->rationale));
	for (size_t i = 0; i < rule->n_warnings; i++)
		html_row(h, "Mind", view_text(h->arena, entry->policy, rule->warnings[i]));
	if (explained)
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

const char *html_spread(struct html *h, const struct html_entry *entries, size_t n)
{
	size_t hosts = 0;

	for (size_t i = 0; i < n; i++)
		hosts += h->audit->subjects[entries[i].subject].kind == SUBJECT_HOST;
	if (n == hosts && h->audit->n_hosts == 1)
		return "";
	return n == 1 ? h->labels[entries->subject] : html_count_subjects(h, hosts, n - hosts);
}

void html_marks(struct html *h, const struct html_entry *entries, size_t n)
{
	size_t digits = h->audit->n_subjects / 4 + 1, last = 0;
	char *bits;

	if (h->audit->n_subjects < 2)
		return;
	bits = arena_array_of(h->arena, char, digits + 1);
	for (size_t i = 0; i < n; i++) {
		size_t at = entries[i].subject;

		bits[at / 4] = (char)(bits[at / 4] | 1 << at % 4);
		last = at / 4 > last ? at / 4 : last;
	}
	for (size_t i = 0; i <= last; i++)
		bits[i] = "0123456789abcdef"[(unsigned char)bits[i]];
	bits[last + 1] = '\0';
	html_attribute(h, "data-s", bits);
}
