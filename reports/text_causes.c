/* SPDX-License-Identifier: Apache-2.0 */
/* The terminal report: what could not be determined, and why. */
#include "reports/text.h"

#include "core/text.h"
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
