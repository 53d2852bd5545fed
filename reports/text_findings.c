/* SPDX-License-Identifier: Apache-2.0 */
/* The terminal report's lists: what failed, what is accepted, and on demand what passed. */
#include "reports/text.h"

#include "core/audit/waiver.h"
#include "core/base/text.h"
#include "reports/changes.h"
#include "reports/view.h"

#include <ctype.h>

enum {
	ID_COLUMNS = 34,                           /* an id longer than this pushes its title aside */
	FINDINGS_LEAST = 5, FINDINGS_DEFAULT = 10, /* worked out on a terminal */
	EVIDENCE_MOST = 3,                         /* shown without -v */
	LINES_FIX = 5,                             /* of a fix: half a sentence is not one */
	CONTAINERS_MOST = 4,                       /* named for one finding without -v */
};

/* ---- gathering ---- */

static int by_urgency(const void *left, const void *right)
{
	const struct finding *a = left, *b = right;

	if (a->result->severity != b->result->severity)
		return a->result->severity > b->result->severity ? -1 : 1;
	if (a->result->weight < b->result->weight || a->result->weight > b->result->weight)
		return a->result->weight > b->result->weight ? -1 : 1;
	return a->order < b->order ? -1 : 1;
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && streq(a, b));
}

/* Not by address: an earlier report holds a copy for each result. */
static bool same_waiver(const struct waiver *a, const struct waiver *b)
{
	return a == b || (a && b && streq(a->where, b->where) && streq(a->owner, b->owner) && streq(a->reason, b->reason) && streq(a->expires, b->expires) &&
			  same_text(a->ticket, b->ticket));
}

/* Containers fail the same rules: one that was seen on another one already is told with it. */
static bool joins(const struct text_report *t, struct findings *found, size_t *by_rule, const struct subject_results *s, size_t k)
{
	const struct result *r = &s->results[k];
	size_t at = r->rule->item.index + 1;

	for (size_t i = 0; i < t->audit->n_policies && t->audit->policies[i] != s->policies[k]; i++)
		at += t->audit->policies[i]->benchmark->n_rules;
	if (s->kind == SUBJECT_CONTAINER && by_rule[at] && same_waiver(found->list[by_rule[at] - 1].result->waiver, r->waiver)) {
		struct finding *first = &found->list[by_rule[at] - 1];

		arena_push(t->arena, first->also, first->n_also) = s;
		return true;
	}
	by_rule[at] = found->n + 1;
	return false;
}

static size_t all_rules(const struct text_report *t)
{
	size_t n = 1;

	for (size_t i = 0; i < t->audit->n_policies; i++)
		n += t->audit->policies[i]->benchmark->n_rules;
	return n;
}

/* Those that `wanted` says yes to, severe ones first. */
static struct findings gather(const struct text_report *t, bool (*wanted)(const struct result *result, enum outcome outcome), enum outcome outcome)
{
	size_t *by_rule = arena_array_of(t->arena, size_t, all_rules(t) + 1);
	struct findings found = { 0 };
	size_t order = 0;

	for (size_t i = 0; i < t->audit->n_subjects; i++) {
		const struct subject_results *s = &t->audit->subjects[i];

		for (size_t k = 0; k < s->n; k++, order++)
			if (wanted(&s->results[k], outcome) && !joins(t, &found, by_rule, s, k))
				arena_push(t->arena, found.list, found.n) = (struct finding){
					.result = &s->results[k], .policy = s->policies[k], .subject = s, .order = order };
	}
	if (found.n > 1)
		qsort(found.list, found.n, sizeof(*found.list), by_urgency);
	return found;
}

struct findings findings_of(const struct text_report *t, enum outcome outcome)
{
	return gather(t, result_is, outcome);
}

static bool is_waived(const struct result *result, enum outcome outcome)
{
	return result->outcome == outcome && result->waiver;
}

struct findings findings_waived(const struct text_report *t)
{
	return gather(t, is_waived, OUTCOME_FAIL);
}

size_t findings_results(const struct findings *findings)
{
	size_t n = findings->n;

	for (size_t i = 0; i < findings->n; i++)
		n += findings->list[i].n_also;
	return n;
}

/* ---- one finding ---- */

/* "web, db and 3 more" */
static const char *containers_of(const struct text_report *t, const struct finding *f)
{
	struct buffer out = { .arena = t->arena };
	size_t most = text_is_verbose(t) ? f->n_also : f->n_also > CONTAINERS_MOST ? CONTAINERS_MOST - 1 : f->n_also;

	if (t->audit->n_hosts > 1)
		buffer_printf(&out, "%s: ", text_host(f->subject->host));
	buffer_puts(&out, f->subject->facts->label);
	for (size_t i = 0; i < most; i++)
		buffer_printf(&out, ", %s", f->also[i]->facts->label);
	if (most < f->n_also)
		buffer_printf(&out, " and %zu more", f->n_also - most);
	return out.text;
}

static const char *title_of(const struct text_report *t, const struct finding *f)
{
	return view_text(t->arena, f->policy, f->result->rule->item.title);
}

static const char *severity_word(const struct text_report *t, enum severity severity)
{
	char *word = arena_strdup(t->arena, severity_name(severity));

	for (char *c = word; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	return word;
}

static void put_head(struct text_report *t, const struct finding *f)
{
	struct page *page = &t->page;
	enum style style = page_severity_style(f->result->severity);
	const char *title = title_of(t, f);

	if (result_failed(f->result))
		page_put(page, style, page->unicode ? "✖" : "x");
	else if (f->result->waiver)
		page_put(page, STYLE_DIM, "-");
	else if (f->result->outcome == OUTCOME_PASS)
		page_put(page, STYLE_GOOD, page->unicode ? "✔" : "+");
	page_to(page, COLUMN_SEVERITY);
	page_put(page, result_failed(f->result) ? style : STYLE_DIM, severity_word(t, f->result->severity));
	page_to(page, COLUMN_ID);
	page_put(page, STYLE_BOLD, finding_id(f));
	if (page->column + 2 + page_columns(title) > page->width) {
		page_end(page);
		page_to(page, COLUMN_ID);
	} else {
		page_to(page, page->column + 2);
	}
	page_wrap(page, STYLE_PLAIN, COLUMN_ID, 0, title);
	page_end(page);
}

/* At most so many lines, or as many as -v allows. */
static void put_labelled(struct text_report *t, const char *label, size_t most, const char *text)
{
	page_to(&t->page, COLUMN_LABEL);
	page_put(&t->page, STYLE_DIM, label);
	page_to(&t->page, COLUMN_TEXT);
	page_wrap(&t->page, STYLE_PLAIN, COLUMN_TEXT, text_is_verbose(t) ? LINES_VERBOSE : most, text);
}

/* The value, or the reason why there is none, and where that was looked for. */
static void put_found(struct text_report *t, const struct evidence *e, bool named)
{
	const char *said = evidence_said(e);

	put_labelled(t, "found", LINES_MOST, named ? arena_printf(t->arena, "%s: %s", e->name, said) : said);
	page_flow(&t->page, STYLE_DIM, COLUMN_TEXT, arena_printf(t->arena, "  (%s)", e->origin));
	page_end(&t->page);
}

static void put_wanted(struct text_report *t, const char *expected, bool negated)
{
	if (!expected)
		return;
	put_labelled(t, "wanted", LINES_MOST, negated ? arena_printf(t->arena, "not: %s", expected) : expected);
	page_end(&t->page);
}

static void put_evidence(struct text_report *t, const struct result *r)
{
	bool negated = result_is_negated(r);
	const char *expected = NULL;
	size_t all = 0, shown = 0;

	for (size_t i = 0; i < r->n_evidence; i++)
		all += evidence_speaks(r, &r->evidence[i]);
	for (size_t i = 0; i < r->n_evidence && (text_is_verbose(t) || shown < EVIDENCE_MOST); i++) {
		const struct evidence *e = &r->evidence[i];

		if (!evidence_speaks(r, e))
			continue;
		if (expected && (!e->expected || !streq(e->expected, expected)))
			put_wanted(t, expected, negated);
		put_found(t, e, all > 1);
		expected = e->expected;
		shown++;
	}
	if (shown < all) {
		page_to(&t->page, COLUMN_TEXT);
		page_printf(&t->page, STYLE_DIM, "and %zu more like this", all - shown);
		page_end(&t->page);
	}
	put_wanted(t, expected, negated);
	if (!r->n_evidence && r->reason) {
		put_labelled(t, "because", LINES_MOST, r->reason);
		page_end(&t->page);
	}
}

/* A full stop before a capital or the end, but not that of "e.g. ". */
static bool ends_sentence(const char *text, size_t i)
{
	if (!strchr(".!?", text[i]) || (i >= 2 && text[i - 2] == '.'))
		return false;
	return !text[i + 1] || (text[i + 1] == ' ' && isupper((unsigned char)text[i + 2]));
}

/* Where the text's first sentences end that together have at most `room` columns; the first one's end where none has. */
static size_t sentences(const char *text, size_t room)
{
	size_t end = 0;

	for (size_t i = 0; text[i] && (i < room || !end); i++)
		if (ends_sentence(text, i))
			end = i + 1;
	return end ? end : strlen(text);
}

static void put_fix(struct text_report *t, const struct finding *f)
{
	const char *fix = view_text(t->arena, f->policy, f->result->rule->fixtext);
	size_t room = t->page.width > COLUMN_TEXT ? LINES_MOST * (t->page.width - COLUMN_TEXT) : 0;

	if (!fix || !*fix)
		return;
	if (!text_is_verbose(t))
		fix = arena_strndup(t->arena, fix, sentences(fix, room));
	put_labelled(t, "fix", LINES_FIX, fix);
	page_end(&t->page);
}

static void put_subjects(struct text_report *t, const struct finding *f)
{
	bool container = f->subject->kind == SUBJECT_CONTAINER;

	if (!container && t->audit->n_hosts < 2)
		return;
	put_labelled(t, container ? "in" : "on", LINES_MOST, container ? containers_of(t, f) : text_host(f->subject->host));
	page_end(&t->page);
}

static void put_finding(struct text_report *t, const struct finding *f)
{
	put_head(t, f);
	put_subjects(t, f);
	put_evidence(t, f->result);
	if (f->result->outcome == OUTCOME_FAIL)
		put_fix(t, f);
}

/* ---- what failed ---- */

/* How many lines the finding takes: it is laid out on a page that goes nowhere. */
static size_t height_of(const struct text_report *t, const struct finding *f)
{
	struct text_report nowhere = *t;

	nowhere.page.output = NULL;
	nowhere.page.lines = 0;
	put_finding(&nowhere, f);
	return nowhere.page.lines;
}

/* How many findings are worked out: on a terminal what fits on the first screen. */
static size_t how_many(const struct text_report *t, const struct findings *failed)
{
	size_t n, lines = t->page.lines + 2, height = (size_t)t->options->height;

	if (t->options->height == 0 || text_is_verbose(t))
		return failed->n;
	if (t->options->height < 0)
		return failed->n < FINDINGS_DEFAULT ? failed->n : FINDINGS_DEFAULT;
	for (n = 0; n < failed->n; n++) {
		lines += height_of(t, &failed->list[n]);
		if (lines >= height && n >= FINDINGS_LEAST)
			break;
	}
	return n;
}

/* A line each. */
static void put_rest(struct text_report *t, const struct findings *failed, size_t from)
{
	struct page *page = &t->page;
	size_t widest = 0;

	for (size_t i = from; i < failed->n; i++) {
		size_t n = page_columns(finding_id(&failed->list[i]));

		widest = n > widest && n <= ID_COLUMNS ? n : widest;
	}
	page_heading(page, "ALSO FAILED", NULL);
	for (size_t i = from; i < failed->n; i++) {
		const struct finding *f = &failed->list[i];

		page_to(page, COLUMN_SEVERITY);
		page_put(page, page_severity_style(f->result->severity), severity_word(t, f->result->severity));
		page_to(page, COLUMN_ID);
		page_put(page, STYLE_PLAIN, finding_id(f));
		page_to(page, page->column + 2 > COLUMN_ID + widest + 2 ? page->column + 2 : COLUMN_ID + widest + 2);
		if (f->subject->kind == SUBJECT_CONTAINER)
			page_printf(page, STYLE_PLAIN, "%s: ", containers_of(t, f));
		else if (t->audit->n_hosts > 1)
			page_printf(page, STYLE_PLAIN, "%s: ", text_host(f->subject->host));
		page_put(page, STYLE_DIM, title_of(t, f));
		page_end(page);
	}
}

void text_failures(struct text_report *t, const struct findings *failed)
{
	size_t n = how_many(t, failed);
	const char *remark;

	if (!failed->n)
		return;
	remark = n < failed->n ? arena_printf(t->arena, "the worst %zu of %zu", n, failed->n)
			       : arena_printf(t->arena, "%zu failed", findings_results(failed));
	page_heading(&t->page, "FIX FIRST", remark);
	for (size_t i = 0; i < n; i++)
		put_finding(t, &failed->list[i]);
	if (n < failed->n)
		put_rest(t, failed, n);
}

/* ---- all of an outcome ---- */

void text_details(struct text_report *t, enum outcome outcome, const char *title)
{
	struct findings found = findings_of(t, outcome);

	if (!found.n)
		return;
	page_heading(&t->page, title, arena_printf(t->arena, "%zu", found.n));
	for (size_t i = 0; i < found.n; i++) {
		const struct result *r = found.list[i].result;

		if (!text_applies(t, found.list[i].policy))
			continue;
		put_head(t, &found.list[i]);
		put_subjects(t, &found.list[i]);
		if (outcome == OUTCOME_NOTAPPLICABLE && r->reason) {
			put_labelled(t, "because", LINES_MOST, r->reason);
			page_end(&t->page);
		} else {
			put_evidence(t, r);
		}
	}
}

/* ---- what changed ---- */

void text_changes(struct text_report *t)
{
	const struct diff *diff = t->audit->changes;

	if (!diff)
		return;
	page_heading(&t->page, arena_printf(t->arena, "SINCE %sZ", view_time(t->arena, diff->before->started)),
		     arena_printf(t->arena, "%zu worse, %zu better", diff_regressions(diff), diff->of[CHANGE_IMPROVED]));
	changes_put(&t->page, diff, t->options->verbose > 0);
}

/* ---- what is accepted ---- */

/* What plimsoll has to say about waivers that fails nothing. */
static void put_waiver_notes(struct text_report *t, const struct findings *notes)
{
	for (size_t i = 0; i < notes->n; i++) {
		put_labelled(t, "note", LINES_MOST + 1, notes->list[i].result->reason);
		page_end(&t->page);
	}
}

static bool is_note(const struct result *result, enum outcome outcome)
{
	return result->outcome == outcome && result->reason && starts_with(result->rule->item.short_id, "waiver.");
}

void text_waived(struct text_report *t)
{
	struct findings waived = findings_waived(t), notes = gather(t, is_note, OUTCOME_INFORMATIONAL);

	if (!waived.n && !notes.n)
		return;
	page_heading(&t->page, "WAIVED", arena_printf(t->arena, "%zu accepted", findings_results(&waived)));
	for (size_t i = 0; i < waived.n; i++) {
		put_head(t, &waived.list[i]);
		put_subjects(t, &waived.list[i]);
		if (text_is_verbose(t))
			put_evidence(t, waived.list[i].result);
		put_labelled(t, "waived", LINES_FIX, view_waiver(t->arena, waived.list[i].result->waiver));
		page_flow(&t->page, STYLE_DIM, COLUMN_TEXT, arena_printf(t->arena, "  (%s)", waived.list[i].result->waiver->where));
		page_end(&t->page);
	}
	put_waiver_notes(t, &notes);
}
