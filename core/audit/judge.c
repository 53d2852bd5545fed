/* SPDX-License-Identifier: Apache-2.0 */
#include "core/audit/judge.h"

#include "core/base/text.h"

static enum outcome judge_condition(const struct condition *c, const struct subject *subject, struct evidences *evidence);

static enum outcome judge_complex(const struct condition *c, const struct subject *subject, struct evidences *evidence)
{
	const struct condition *child = c->children;
	enum outcome outcome = judge_condition(child, subject, evidence);

	for (child = child->next; child; child = child->next) {
		size_t decisive = evidence->decisive;
		enum outcome both = outcome_combine(c->operator, outcome, judge_condition(child, subject, evidence));

		if (both == outcome)
			evidence->decisive = decisive;
		outcome = both;
	}
	return outcome;
}

static enum outcome judge_condition(const struct condition *c, const struct subject *subject, struct evidences *evidence)
{
	enum outcome outcome;

	if (c->is_complex) {
		outcome = judge_complex(c, subject, evidence);
	} else if (c->engine) {
		outcome = c->engine->judge(c->program, subject, evidence);
	} else {
		evidence->decisive = evidence->n;
		arena_push(evidence->arena, evidence->list, evidence->n) = (struct evidence){
			.name = "check", .origin = c->system, .state = STATE_BROKEN, .outcome = OUTCOME_NOTCHECKED,
			.why = arena_printf(evidence->arena, "no engine for check system %s", c->system),
		};
		outcome = OUTCOME_NOTCHECKED;
	}
	return c->negate ? outcome_not(outcome) : outcome;
}

/* ---- words ---- */

static const char *reason_of(const struct evidences *evidence, enum outcome outcome)
{
	const struct evidence *e = evidence->decisive < evidence->n ? &evidence->list[evidence->decisive] : NULL;
	const char *name, *separator;

	if (!e)
		return "the rule has no check";
	if (outcome == OUTCOME_PASS)
		return NULL;
	name = evidence->n > 1 ? e->name : "";
	separator = evidence->n > 1 ? ": " : "";
	if (outcome == OUTCOME_NOTCHECKED && !e->expected)
		return e->why;
	if (e->state == STATE_PRESENT)
		return arena_printf(evidence->arena, "%s%s%s%s%s%s, wanted %s", name, separator, *e->value ? e->value : "empty",
				    e->why ? " (" : "", e->why ? e->why : "", e->why ? ")" : "", e->expected);
	if (e->state == STATE_ABSENT && outcome == OUTCOME_FAIL)
		return arena_printf(evidence->arena, "%s%s%s, wanted %s", name, separator, e->why, e->expected);
	if (outcome == OUTCOME_NOTAPPLICABLE)
		return arena_printf(evidence->arena, "%s%s%s", name, separator, e->why);
	return arena_printf(evidence->arena, "%s: %s", e->origin, e->why);
}

/* Nothing that could not be determined was withheld by the system: the audit was just not given the file. */
static bool only_not_given(const struct evidences *evidence)
{
	bool any = false;

	for (size_t i = 0; i < evidence->n; i++) {
		if (!outcome_is_undetermined(evidence->list[i].outcome))
			continue;
		if (evidence->list[i].state != STATE_NOT_GIVEN)
			return false;
		any = true;
	}
	return any;
}

/* `expected` is the benchmark's. */
static struct evidence *keep(const struct evidences *evidence, struct strings *kept)
{
	struct evidence *list = arena_array_of(strings_arena(kept), struct evidence, evidence->n);

	for (size_t i = 0; i < evidence->n; i++) {
		list[i] = evidence->list[i];
		list[i].name = strings_keep(kept, list[i].name);
		list[i].origin = strings_keep(kept, list[i].origin);
		list[i].value = strings_keep(kept, list[i].value);
		list[i].why = strings_keep(kept, list[i].why);
	}
	return list;
}

struct result judge_rule(const struct policy *policy, const struct rule *rule, const struct subject *subject,
			 struct arena *scratch, struct strings *kept)
{
	const struct rule_policy *own = &policy->rules[rule->item.index];
	struct evidences evidence = { .arena = scratch };
	struct result result = { .rule = rule, .outcome = OUTCOME_ERROR, .severity = own->severity, .weight = own->weight };

	if (own->role == ROLE_UNCHECKED) {
		result.outcome = OUTCOME_NOTCHECKED;
		result.reason = "the profile leaves the rule unchecked";
		return result;
	}
	result.outcome = own->condition ? judge_condition(own->condition, subject, &evidence) : OUTCOME_NOTCHECKED;
	result.reason = strings_keep(kept, reason_of(&evidence, result.outcome));
	if (result.outcome == OUTCOME_UNKNOWN && only_not_given(&evidence))
		result.outcome = OUTCOME_NOTCHECKED;
	if (own->role == ROLE_UNSCORED && outcome_is_scored(result.outcome))
		result.outcome = OUTCOME_INFORMATIONAL;
	result.decisive = evidence.decisive;
	result.evidence = keep(&evidence, kept);
	result.n_evidence = evidence.n;
	return result;
}
