/* SPDX-License-Identifier: Apache-2.0 */
#include "core/audit.h"

#include "core/judge.h"
#include "core/text.h"

static bool matches_any(const char *const *globs, const char *id)
{
	for (; globs && *globs; globs++)
		if (text_glob(*globs, id))
			return true;
	return false;
}

static bool filter_passes(const struct rule_filter *filter, const char *id)
{
	if (filter->only && *filter->only && !matches_any(filter->only, id))
		return false;
	return !matches_any(filter->skip, id);
}

static bool concerns(const struct rule *rule, const struct subject *subject)
{
	return rule->multiple == (subject->kind == SUBJECT_CONTAINER);
}

static void judge_policy(struct audit *audit, struct subject_results *s, size_t which, const struct rule_filter *filter)
{
	const struct policy *policy = audit->policies[which];
	const struct benchmark *b = policy->benchmark;
	enum outcome *outcomes = arena_array_of(audit->arena, enum outcome, b->n_rules + 1);

	for (size_t i = 0; i < b->n_rules; i++) {
		const struct rule *rule = b->rules[i];

		outcomes[i] = OUTCOME_NOTSELECTED;
		if (!policy->rules[i].selected || !concerns(rule, s->subject) || !filter_passes(filter, rule->item.short_id))
			continue;
		s->policies[s->n] = policy;
		s->results[s->n] = judge_rule(policy, rule, s->subject, audit->arena);
		outcomes[i] = s->results[s->n].outcome;
		s->counts.of[outcomes[i]]++;
		audit->counts.of[outcomes[i]]++;
		s->n++;
	}
	for (int model = 0; model < SCORE_MODELS; model++)
		s->models[which][model] = score_compute((enum score_model)model, policy, outcomes);
}

static void judge_subject(struct audit *audit, const struct subject *subject, const struct rule_filter *filter)
{
	struct subject_results *s = &arena_push(audit->arena, audit->subjects, audit->n_subjects);
	size_t most = 1;

	*s = (struct subject_results){ .subject = subject };
	for (size_t i = 0; i < audit->n_policies; i++)
		most += audit->policies[i]->benchmark->n_rules;
	s->results = arena_array_of(audit->arena, struct result, most);
	s->policies = arena_array_of(audit->arena, const struct policy *, most);
	s->models = arena_alloc(audit->arena, sizeof(*s->models) * (audit->n_policies + 1));
	for (size_t i = 0; i < audit->n_policies; i++)
		judge_policy(audit, s, i, filter);
	s->score = score_headline(s->results, s->n);
}

struct audit *audit_run(const struct subject *host, struct policy **policies, size_t n_policies,
			const struct rule_filter *filter)
{
	struct arena *arena = arena_new();
	struct audit *audit = arena_new_of(arena, struct audit);

	audit->arena = arena;
	audit->started = host->now;
	audit->host = host;
	audit->policies = policies;
	audit->n_policies = n_policies;
	judge_subject(audit, host, filter);
	audit->score = audit->subjects[0].score;
	audit->complete = !audit->counts.of[OUTCOME_ERROR] && !audit->counts.of[OUTCOME_UNKNOWN];
	return audit;
}

void audit_free(struct audit *audit)
{
	if (audit)
		arena_free(audit->arena);
}

size_t audit_failures(const struct audit *audit, enum severity at_least)
{
	size_t n = 0;

	for (size_t i = 0; i < audit->n_subjects; i++)
		for (size_t k = 0; k < audit->subjects[i].n; k++)
			n += audit->subjects[i].results[k].outcome == OUTCOME_FAIL &&
			     audit->subjects[i].results[k].severity >= at_least;
	return n;
}
