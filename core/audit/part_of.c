/* SPDX-License-Identifier: Apache-2.0 */
#include "core/audit/part_of.h"

#include "core/base/text.h"

static const struct result *failing(const struct subject_results *s, const char *id, enum severity at_least)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->results[i].outcome == OUTCOME_FAIL && s->results[i].severity >= at_least && streq(s->results[i].rule->item.short_id, id))
			return &s->results[i];
	return NULL;
}

/* The failure that this one is a part of; NULL where it stands for itself. */
static const struct result *whole_of(const struct subject_results *s, const struct result *part)
{
	const struct result *whole = NULL;

	for (size_t i = 0; i < part->rule->n_idents && !whole; i++) {
		const struct ident *ident = &part->rule->idents[i];

		if (ident->system && streq(ident->system, PART_OF_SYSTEM))
			whole = failing(s, ident->id, part->severity);
	}
	return whole == part ? NULL : whole;
}

/* One after the other, so that a whole is always a result that still fails. */
void part_of_settle(struct subject_results *s, struct arena *arena)
{
	for (size_t i = 0; i < s->n; i++) {
		struct result *part = &s->results[i];
		const struct result *whole = part->outcome == OUTCOME_FAIL ? whole_of(s, part) : NULL;

		if (!whole)
			continue;
		part->outcome = OUTCOME_NOTAPPLICABLE;
		part->reason = arena_printf(arena, "part of %s, which fails", whole->rule->item.short_id);
	}
}
