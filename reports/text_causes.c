/* SPDX-License-Identifier: Apache-2.0 */
/* The terminal report: what could not be determined, and why. */
#include "reports/text.h"

#include "core/base/text.h"
#include "reports/view.h"

enum { IDS_MOST = 5 };   /* shown without -v */

struct cause {
	const char *key;         /* what its results have in common */
	const char *reason;
	bool same;               /* the whole reason of each */
	struct findings results;
};

struct causes {
	struct cause *list;
	size_t n;
};

static struct cause *cause_for(const struct text_report *t, struct causes *causes, const char *key, const char *reason)
{
	for (size_t i = 0; i < causes->n; i++)
		if (streq(causes->list[i].key, key))
			return &causes->list[i];
	arena_push(t->arena, causes->list, causes->n) = (struct cause){ .key = key, .reason = reason, .same = true };
	return &causes->list[causes->n - 1];
}

/* By the clause without the path it was about; with -v by the whole reason, so that nothing is left out. */
static struct causes causes_of(const struct text_report *t, const struct findings *found)
{
	struct causes causes = { 0 };

	for (size_t i = 0; i < found->n; i++) {
		const struct result *r = found->list[i].result;
		const struct evidence *e = result_evidence(r);
		const char *reason = r->reason ? r->reason : "no reason is known";
		struct cause *c = cause_for(t, &causes, !text_is_verbose(t) && e && e->why ? e->why : reason, reason);

		c->same = c->same && streq(c->reason, reason);
		arena_push(t->arena, c->results.list, c->results.n) = found->list[i];
	}
	return causes;
}

static void put_ids(struct text_report *t, const struct findings *found, size_t indent)
{
	size_t most = text_is_verbose(t) || found->n <= IDS_MOST + 1 ? found->n : IDS_MOST;

	page_to(&t->page, indent);
	for (size_t i = 0; i < most; i++)
		page_flow(&t->page, STYLE_PLAIN, indent,
			  arena_printf(t->arena, "%s%s%s", i ? " " : "", finding_id(&found->list[i]), i + 1 < found->n ? "," : ""));
	if (most < found->n)
		page_flow(&t->page, STYLE_DIM, indent, arena_printf(t->arena, " and %zu more", found->n - most));
	page_end(&t->page);
}

void text_causes(struct text_report *t, enum outcome outcome)
{
	struct findings found = findings_of(t, outcome);
	struct causes causes = causes_of(t, &found);
	bool worded = outcome_is_undetermined(outcome);
	size_t indent = worded ? COLUMN_TEXT : COLUMN_LABEL;

	for (size_t i = 0; i < causes.n; i++) {
		const struct cause *c = &causes.list[i];
		const char *said = c->same ? c->reason : c->key;

		page_to(&t->page, COLUMN_SEVERITY);
		if (worded)
			page_put(&t->page, outcome == OUTCOME_ERROR ? STYLE_HIGH : STYLE_MEDIUM, outcome_name(outcome));
		page_to(&t->page, worded ? COLUMN_ID : COLUMN_SEVERITY);
		if (c->results.n == 1)
			said = arena_printf(t->arena, "%s: %s", finding_id(&c->results.list[0]), said);
		else
			said = arena_printf(t->arena, "%zu rules: %s", c->results.n, said);
		page_wrap(&t->page, STYLE_PLAIN, indent, text_is_verbose(t) ? LINES_VERBOSE : LINES_MOST + 1, said);
		page_end(&t->page);
		if (c->results.n > 1)
			put_ids(t, &c->results, indent);
	}
}

/* ---- what was not looked at ---- */

static void put_left_out(struct text_report *t, const struct policy *policy, enum left_out why)
{
	static const char *const words[LEFT_OUTS] = { [LEFT_BY_TAILORING] = "a tailoring", [LEFT_BY_RULE] = "--rule", [LEFT_BY_SKIP] = "--skip" };
	struct buffer ids = { .arena = t->arena };

	for (size_t i = 0; i < policy->benchmark->n_rules; i++)
		if (policy->rules[i].left_out == why)
			buffer_printf(&ids, "%s %s", ids.text ? "," : "", policy->benchmark->rules[i]->item.short_id);
	if (!ids.text)
		return;
	page_to(&t->page, COLUMN_SEVERITY);
	page_printf(&t->page, STYLE_DIM, "of %s, by %s:", policy->benchmark->short_id, words[why]);
	page_to(&t->page, t->page.column + 1);
	page_wrap(&t->page, STYLE_PLAIN, COLUMN_LABEL, 0, ids.text + 1);
	page_end(&t->page);
}

void text_left_out(struct text_report *t)
{
	size_t n = t->audit->counts.of[OUTCOME_NOTSELECTED];

	if (!n)
		return;
	page_heading(&t->page, "NOT SELECTED", arena_printf(t->arena, "%zu", n));
	for (size_t i = 0; i < t->audit->n_policies; i++)
		for (int why = LEFT_IN + 1; why < LEFT_BY_PROFILE; why++)
			put_left_out(t, t->audit->policies[i], (enum left_out)why);
}
