/* SPDX-License-Identifier: Apache-2.0 */
#include "core/audit/audit.h"

#include "core/audit/diff.h"
#include "core/audit/judge.h"
#include "core/audit/part_of.h"
#include "core/base/text.h"
#include "core/base/work.h"

static bool matches_any(const char *const *globs, const char *id)
{
	for (; globs && *globs; globs++)
		if (text_glob(*globs, id))
			return true;
	return false;
}

bool rule_filter_passes(const struct rule_filter *filter, const char *id)
{
	if (filter->only && *filter->only && !matches_any(filter->only, id))
		return false;
	return !matches_any(filter->skip, id);
}

static enum left_out left_out_by(const struct rule_policy *own, const struct rule_filter *filter, const char *id)
{
	if (!own->selected)
		return own->taken_away ? LEFT_BY_TAILORING : LEFT_BY_PROFILE;
	if (matches_any(filter->skip, id))
		return LEFT_BY_SKIP;
	return rule_filter_passes(filter, id) ? LEFT_IN : LEFT_BY_RULE;
}

void policy_leave_out(struct policy *policy, const struct rule_filter *filter)
{
	for (size_t i = 0; i < policy->benchmark->n_rules; i++)
		policy->rules[i].left_out = left_out_by(&policy->rules[i], filter, policy->benchmark->rules[i]->item.short_id);
}

static bool concerns(const struct rule *rule, unsigned kind)
{
	return rule->multiple == (kind == SUBJECT_CONTAINER);
}

/* Selected for it, or taken away. */
static size_t rules_for(const struct policy *policy, unsigned kind)
{
	size_t n = 0;

	for (size_t i = 0; i < policy->benchmark->n_rules; i++)
		n += (policy->rules[i].selected || policy->rules[i].taken_away) && concerns(policy->benchmark->rules[i], kind);
	return n;
}

/* ---- one subject ---- */

/* What judges subjects one after the other, and where it keeps what they gave. */
struct judging {
	const struct audit *audit;
	const struct rule_filter *filter;
	struct arena *arena;
	struct strings *strings;
	struct arena *read;      /* of one container at a time */
};

static void judge_policy(const struct judging *j, const struct subject *subject, struct subject_results *s, const struct policy *policy)
{
	auto_arena struct arena *scratch = arena_new();
	const struct benchmark *b = policy->benchmark;

	for (size_t i = 0; i < b->n_rules; i++) {
		const struct rule *rule = b->rules[i];
		const struct rule_policy *own = &policy->rules[i];

		if (!concerns(rule, subject->kind))
			continue;
		if (own->taken_away || (own->selected && !rule_filter_passes(j->filter, rule->item.short_id)))
			s->taken_away++;
		if (!own->selected || !rule_filter_passes(j->filter, rule->item.short_id))
			continue;
		s->policies[s->n] = policy;
		s->results[s->n++] = judge_rule(policy, rule, subject, scratch, j->strings);
		arena_reset(scratch);
	}
}

static const struct container_facts *facts_of(struct arena *arena, const struct container *c)
{
	struct container_facts *facts = arena_new_of(arena, struct container_facts);

	*facts = (struct container_facts){
		.kind = container_kind_name(c->kind), .label = container_label(arena, c), .runtime = c->runtime, .image = c->image,
		.pod = c->pod, .parent = c->parent ? c->parent->id : NULL, .pid = c->init->pid, .rootless = c->rootless,
		.claimed = c->claimed,
	};
	return facts;
}

static struct subject_results judge_subject(const struct judging *j, const struct subject *subject)
{
	const struct audit *audit = j->audit;
	struct subject_results s = {
		.kind = subject->kind, .id = subject->id, .name = subject->name, .host = audit->hosts, .container = subject->container,
	};
	size_t most = 1;

	for (size_t i = 0; i < audit->n_policies; i++)
		most += rules_for(audit->policies[i], subject->kind);
	s.results = arena_array_of(j->arena, struct result, most);
	s.policies = arena_array_of(j->arena, const struct policy *, most);
	for (size_t i = 0; i < audit->n_policies; i++)
		if (rules_for(audit->policies[i], subject->kind))
			judge_policy(j, subject, &s, audit->policies[i]);
	part_of_settle(&s, j->arena);
	if (s.container)
		s.facts = facts_of(j->arena, s.container);
	return s;
}

/* ---- all of them ---- */

static void take(struct audit *audit, const struct subject_results *s)
{
	arena_push(audit->arena, audit->subjects, audit->n_subjects) = *s;
}

static bool is_asked_for(const struct subject_filter *filter, const struct container *c)
{
	for (const char *const *id = filter->ids; id && *id; id++)
		if (container_is_called(c, *id))
			return true;
	return c->kind == CONTAINER ? filter->containers : filter->sandboxes;
}

struct container_work {
	const struct container **list;
	struct subject_results *results;
	bool *ended;
	struct judging workers[WORKERS_MOST];
};

/* What was read of one that has ended, or changed its namespaces meanwhile, may be of two: it is as if it had not been there. */
static void judge_container(void *with, unsigned worker, unsigned i)
{
	const struct container_work *work = with;
	const struct judging *j = &work->workers[worker];
	auto_subject struct subject *subject = NULL;

	arena_reset(j->read);
	subject = subject_container(j->audit->host, j->audit->containers, work->list[i], j->read);
	if (subject)
		work->results[i] = judge_subject(j, subject);
	work->ended[i] = !subject || !subject_still_there(subject);
}

/* The containers asked for, n of them, judged in any order and taken in their own. */
static void judge_all(struct audit *audit, const struct audit_plan *plan, struct host_facts *facts, const struct container **list,
		      unsigned n)
{
	auto_free struct subject_results *results = xmalloc(n * sizeof(*results));
	auto_free bool *ended = xmalloc(n * sizeof(*ended));
	struct container_work work = { .list = list, .results = results, .ended = ended };

	for (unsigned i = 0; i < plan->workers; i++) {
		struct arena *arena = arena_new();

		work.workers[i] = (struct judging){ audit, &plan->rules, arena, strings_new(arena), arena_new() };
	}
	work_share(plan->workers, n, judge_container, &work);
	for (unsigned i = 0; i < plan->workers; i++) {
		arena_join(audit->arena, work.workers[i].arena);
		arena_free(work.workers[i].read);
	}
	for (unsigned i = 0; i < n; i++) {
		if (ended[i])
			facts->ended++;
		else
			take(audit, &results[i]);
	}
}

static void judge_containers(struct audit *audit, const struct audit_plan *plan, struct host_facts *facts)
{
	const struct subject_filter *asked = &plan->subjects;
	auto_free const struct container **list = NULL;
	size_t rules = 0;
	unsigned n = 0;

	if (!asked->containers && !asked->sandboxes && !(asked->ids && *asked->ids))
		return;
	for (size_t i = 0; i < audit->n_policies; i++)
		rules += rules_for(audit->policies[i], SUBJECT_CONTAINER);
	if ((!rules && !plan->roster) || !source_root(plan->host->source))
		return;
	audit->containers = containers_find(plan->host->source, plan->workers);
	facts->looked = true;
	if (audit->containers->processes->state != STATE_PRESENT)
		facts->containers_why = audit->containers->processes->why;
	list = xmalloc((audit->containers->n + 1) * sizeof(struct container *));
	for (size_t i = 0; i < audit->containers->n; i++)
		if (is_asked_for(&plan->subjects, audit->containers->list[i]))
			list[n++] = audit->containers->list[i];
	judge_all(audit, plan, facts, list, n);
}

/* ---- counting ---- */

static void count_subject(struct audit *audit, struct subject_results *s)
{
	s->counts = (struct counts){ .of = { [OUTCOME_NOTSELECTED] = s->taken_away } };
	for (size_t i = 0; i < s->n; i++) {
		const struct result *r = &s->results[i];

		s->counts.waived += r->outcome == OUTCOME_FAIL && r->waiver;
		s->counts.of[r->outcome] += r->outcome != OUTCOME_FAIL || result_failed(r);
	}
	for (int outcome = 0; outcome < OUTCOMES; outcome++)
		audit->counts.of[outcome] += s->counts.of[outcome];
	audit->counts.waived += s->counts.waived;
	s->score = score_headline(s->results, s->n);
}

/* A waived failure counts as XCCDF counts what was overridden to informational: not at all. */
static void score_subject(struct audit *audit, struct subject_results *s, size_t which)
{
	const struct policy *policy = audit->policies[which];
	size_t n = policy->benchmark->n_rules, own = 0;
	auto_free enum outcome *outcomes = xmalloc(sizeof(*outcomes) * (n + 1));

	for (size_t i = 0; i < n; i++)
		outcomes[i] = OUTCOME_NOTSELECTED;
	for (size_t i = 0; i < s->n; i++) {
		const struct result *r = &s->results[i];

		if (s->policies[i] != policy)
			continue;
		outcomes[r->rule->item.index] = r->waiver ? OUTCOME_INFORMATIONAL : r->outcome;
		own++;
	}
	if (!own)
		return;
	for (int model = 0; model < SCORE_MODELS; model++)
		s->models[which][model] = score_compute((enum score_model)model, policy, outcomes);
}

/* Every result of every subject counts by its weight. NULL: those of all hosts. */
static double score_of(const struct audit *audit, const struct host_facts *host)
{
	double score = 0, maximum = 0;

	for (size_t i = 0; i < audit->n_subjects; i++) {
		const struct subject_results *s = &audit->subjects[i];

		for (size_t k = 0; k < s->n && (!host || s->host == host); k++) {
			if (!outcome_is_scored(s->results[k].outcome) || s->results[k].waiver)
				continue;
			maximum += s->results[k].weight;
			score += s->results[k].outcome == OUTCOME_PASS ? s->results[k].weight : 0;
		}
	}
	return maximum > 0 ? 100 * score / maximum : -1;
}

double audit_host_score(const struct audit *audit, const struct host_facts *host)
{
	return score_of(audit, host);
}

void audit_count(struct audit *audit)
{
	audit->counts = (struct counts){ 0 };
	for (size_t i = 0; i < audit->n_subjects; i++) {
		struct subject_results *s = &audit->subjects[i];

		count_subject(audit, s);
		if (!s->models)
			s->models = arena_alloc(audit->arena, sizeof(*s->models) * (audit->n_policies + 1));
		for (size_t k = 0; k < audit->n_policies; k++)
			score_subject(audit, s, k);
	}
	audit->score = score_of(audit, NULL);
	audit->complete = !audit->counts.of[OUTCOME_ERROR] && !audit->counts.of[OUTCOME_UNKNOWN];
}

/* ---- a run ---- */

size_t audit_rules(const struct audit_plan *plan)
{
	const struct subject_filter *asked = &plan->subjects;
	bool containers = asked->containers || asked->sandboxes || (asked->ids && *asked->ids);
	size_t n = 0;

	for (size_t i = 0; i < plan->n_policies; i++) {
		const struct policy *policy = plan->policies[i];

		for (size_t k = 0; k < policy->benchmark->n_rules; k++) {
			const struct rule *rule = policy->benchmark->rules[k];

			n += policy->rules[k].selected && (rule->multiple ? containers : asked->host) &&
			     rule_filter_passes(&plan->rules, rule->item.short_id);
		}
	}
	return n;
}

static struct host_facts *host_facts_of(struct arena *arena, const struct subject *host)
{
	struct host_facts *facts = arena_new_of(arena, struct host_facts);

	*facts = (struct host_facts){
		.name = host->name, .os = host->os, .kernel = host->kernel->release, .arch = host->kernel->arch,
		.root = source_root(host->source), .started = host->now, .live = source_is_live(host->source),
		.ordinary = source_is_ordinary(host->source),
	};
	return facts;
}

struct audit *audit_run(const struct audit_plan *plan)
{
	struct arena *arena = arena_new();
	struct audit *audit = arena_new_of(arena, struct audit);
	struct host_facts *facts = host_facts_of(arena, plan->host);

	audit->arena = arena;
	audit->started = plan->host->now;
	audit->host = plan->host;
	audit->hosts = facts;
	audit->n_hosts = 1;
	audit->policies = plan->policies;
	audit->n_policies = plan->n_policies;
	for (size_t i = 0; i < plan->n_policies; i++)
		policy_leave_out(plan->policies[i], &plan->rules);
	if (plan->subjects.host) {
		const struct judging j = { audit, &plan->rules, arena, strings_new(arena), NULL };
		struct subject_results s = judge_subject(&j, plan->host);

		take(audit, &s);
	}
	judge_containers(audit, plan, facts);
	audit_count(audit);
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
			n += result_failed(&audit->subjects[i].results[k]) && audit->subjects[i].results[k].severity >= at_least;
	return n;
}

enum verdict audit_verdict(const struct audit *audit, const struct demands *demands)
{
	if (demands->fail_on_new && audit->changes && diff_regressions(audit->changes) > 0)
		return VERDICT_FINDINGS;
	if (!demands->fail_on_new && demands->fail_on != SEVERITIES && audit_failures(audit, demands->fail_on) > 0)
		return VERDICT_FINDINGS;
	if (demands->min_score >= 0 && audit->score >= 0 && audit->score < demands->min_score)
		return VERDICT_FINDINGS;
	if (!audit->complete || (demands->min_score >= 0 && audit->score < 0))
		return VERDICT_UNDETERMINED;
	return VERDICT_CLEAN;
}
