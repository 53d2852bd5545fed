/* SPDX-License-Identifier: Apache-2.0 */
#include "core/audit/waiver_tell.h"

#include "core/base/text.h"

#include <inttypes.h>

struct telling {
	struct audit *audit;
	const struct waiving *waiving;
	const struct waiver_use *uses;
};

/* A rule about waivers, and which it is about. */
struct topic {
	const char *rule;
	enum outcome outcome;                /* where there is one */
	const char *one, *many, *expected;   /* words */
	bool (*concerns)(const struct waiver_use *use);
};

static bool has_expired(const struct waiver_use *use)
{
	return use->state == WAIVER_EXPIRED;
}

static bool expires_soon(const struct waiver_use *use)
{
	return use->state == WAIVER_IN_FORCE && use->days_left <= WAIVER_DAYS_NOTED;
}

static bool is_stale(const struct waiver_use *use)
{
	return use->state == WAIVER_STALE;
}

static const struct topic topics[] = {
	{ WAIVER_RULE_EXPIRED, OUTCOME_FAIL, "a waiver is over, and what it covered counts again", "waivers are over, and what they covered counts again",
	  "a last day that is not over", has_expired },
	{ WAIVER_RULE_EXPIRING, OUTCOME_INFORMATIONAL, "a waiver ends within two weeks", "waivers end within two weeks", "more than 14 days left",
	  expires_soon },
	{ WAIVER_RULE_STALE, OUTCOME_INFORMATIONAL, "a waiver covers nothing", "waivers cover nothing", "a failure that it covers", is_stale },
};

/* "over since 2026-11-20, ops@example.org (OPS-42): the reason" */
static const char *value_of(const struct telling *t, const struct waiver *w, const struct waiver_use *use)
{
	struct buffer out = { .arena = t->audit->arena };

	if (use->state == WAIVER_EXPIRED)
		buffer_printf(&out, "ended on %s", w->expires);
	else if (use->state == WAIVER_STALE)
		buffer_printf(&out, "%s; until %s", use->why, w->expires);
	else
		buffer_printf(&out, "until %s, %" PRId64 " day%s left", w->expires, use->days_left, use->days_left == 1 ? "" : "s");
	buffer_printf(&out, ", %s%s%s%s: %s", w->owner, w->ticket ? " (" : "", w->ticket ? w->ticket : "", w->ticket ? ")" : "", w->reason);
	return out.text;
}

static struct evidence evidence_of(const struct telling *t, const struct topic *topic, size_t i)
{
	const struct waiver *w = &t->waiving->waivers->list[i];

	return (struct evidence){
		.name = w->rule, .origin = w->where, .state = STATE_PRESENT, .value = value_of(t, w, &t->uses[i]), .expected = topic->expected,
		.outcome = topic->outcome,
	};
}

/* Nothing to tell: how many were looked at. */
static struct evidence evidence_of_all(const struct telling *t, const struct topic *topic)
{
	return (struct evidence){
		.name = "waivers", .origin = t->waiving->waivers->list[0].where, .state = STATE_PRESENT, .expected = topic->expected,
		.value = arena_printf(t->audit->arena, "none of %zu", t->waiving->waivers->n), .outcome = OUTCOME_PASS,
	};
}

static const char *reason_of(const struct telling *t, const struct topic *topic, const struct result *r)
{
	const struct evidence *e = r->evidence;
	struct buffer rules = { .arena = t->audit->arena };

	if (r->outcome == OUTCOME_PASS)
		return NULL;
	if (r->n_evidence == 1)
		return arena_printf(t->audit->arena, "%s: %s, %s (%s)", topic->one, e->name, e->value, e->origin);
	for (size_t i = 0; i < r->n_evidence; i++)
		buffer_word(&rules, e[i].name, strlen(e[i].name));
	return arena_printf(t->audit->arena, "%zu %s: %s", r->n_evidence, topic->many, list_brief(t->audit->arena, rules.text));
}

static struct result judge(const struct telling *t, const struct topic *topic, const struct rule *rule)
{
	const struct rule_policy *own = &t->waiving->policy->rules[rule->item.index];
	struct result r = { .rule = rule, .outcome = OUTCOME_PASS, .severity = own->severity, .weight = own->weight };

	for (size_t i = 0; i < t->waiving->waivers->n; i++)
		if (topic->concerns(&t->uses[i]))
			arena_push(t->audit->arena, r.evidence, r.n_evidence) = evidence_of(t, topic, i);
	if (r.n_evidence)
		r.outcome = topic->outcome;
	else
		arena_push(t->audit->arena, r.evidence, r.n_evidence) = evidence_of_all(t, topic);
	r.reason = reason_of(t, topic, &r);
	return r;
}

static struct subject_results *host_of(const struct audit *audit)
{
	for (size_t i = 0; i < audit->n_subjects; i++)
		if (audit->subjects[i].kind == SUBJECT_HOST)
			return &audit->subjects[i];
	return NULL;
}

/* Behind the others. What is shared with the plan is copied first. */
static void add_policy(struct audit *audit, const struct policy *policy, const struct rule_filter *rules)
{
	struct policy **policies = arena_array_of(audit->arena, struct policy *, audit->n_policies + 2);

	memcpy(policies, audit->policies, sizeof(*policies) * audit->n_policies);
	policies[audit->n_policies++] = (struct policy *)policy;
	policy_leave_out((struct policy *)policy, rules);
	audit->policies = policies;
	for (size_t i = 0; i < audit->n_subjects; i++)
		audit->subjects[i].models = NULL;
}

void waivers_tell(struct audit *audit, const struct waiving *waiving, const struct waiver_use *uses)
{
	const struct telling t = { audit, waiving, uses };
	struct subject_results *host = host_of(audit);
	struct result *results;
	const struct policy **policies;
	bool told = false;

	if (!host)
		return;
	results = arena_array_of(audit->arena, struct result, host->n + ARRAY_LEN(topics));
	policies = arena_array_of(audit->arena, const struct policy *, host->n + ARRAY_LEN(topics));
	memcpy(results, host->results, sizeof(*results) * host->n);
	memcpy(policies, host->policies, sizeof(*policies) * host->n);
	host->results = results;
	host->policies = policies;
	for (size_t i = 0; i < ARRAY_LEN(topics); i++) {
		const struct rule *rule = benchmark_rule(waiving->policy->benchmark, topics[i].rule);

		if (!rule || !waiving->policy->rules[rule->item.index].selected || !rule_filter_passes(&waiving->rules, topics[i].rule))
			continue;
		policies[host->n] = waiving->policy;
		results[host->n++] = judge(&t, &topics[i], rule);
		told = true;
	}
	if (told)
		add_policy(audit, waiving->policy, &waiving->rules);
}
