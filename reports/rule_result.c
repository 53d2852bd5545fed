/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/rule_result.h"

#include "core/audit/waiver.h"
#include "core/base/text.h"
#include "reports/view.h"

enum {
	MESSAGE_MAX = 4096,       /* bytes, of a message */
	EVIDENCE_MOST = 100,      /* that is told; the JSON report has all of it */
};

/* ---- which there are ---- */

bool rule_result_waived(const struct result *result)
{
	return result->outcome == OUTCOME_FAIL && result->waiver;
}

/* A waived failure is overridden to informational, which does not count. */
static enum outcome outcome_of(const struct result *result)
{
	return rule_result_waived(result) ? OUTCOME_INFORMATIONAL : result->outcome;
}

struct by_rule by_rule_of(struct arena *arena, const struct audit *audit, const struct host_facts *host, const struct policy *policy)
{
	size_t n = policy->benchmark->n_rules;
	struct by_rule f = { .host = host, .policy = policy };
	struct judged **last = arena_array_of(arena, struct judged *, n + 1);

	f.first = arena_array_of(arena, struct judged *, n + 1);
	f.tallies = arena_array_of(arena, struct tally, n + 1);
	for (size_t i = 0; i < audit->n_subjects; i++) {
		const struct subject_results *s = &audit->subjects[i];

		if (s->host != host)
			continue;
		f.containers += s->kind == SUBJECT_CONTAINER;
		for (size_t k = 0; k < s->n; k++) {
			size_t rule = s->results[k].rule->item.index;
			struct judged *judged;

			if (s->policies[k] != policy)
				continue;
			judged = arena_new_of(arena, struct judged);
			*judged = (struct judged){ &s->results[k], s, NULL };
			*(last[rule] ? &last[rule]->next : &f.first[rule]) = judged;
			last[rule] = judged;
			tally_add(&f.tallies[rule], outcome_of(judged->result));
		}
	}
	return f;
}

/* ---- its elements ---- */

struct writing {
	struct xml_out *xml;
	struct arena *arena;
	const struct by_rule *rules;
	const struct rule *rule;
	const struct rule_policy *policy;
};

static const char *safe(const struct writing *w, const char *text)
{
	return view_safe(w->arena, text, VIEW_TEXT_MAX);
}

static const char *started(const struct writing *w)
{
	return arena_printf(w->arena, "%sZ", view_time(w->arena, w->rules->host->started));
}

static void write_start(const struct writing *w, enum severity severity, enum outcome outcome)
{
	static const char *const roles[] = { [ROLE_FULL] = "full", [ROLE_UNSCORED] = "unscored", [ROLE_UNCHECKED] = "unchecked" };

	xml_out_start(w->xml, "rule-result");
	xml_out_attribute(w->xml, "idref", w->rule->item.id);
	if (w->policy->role != ROLE_FULL)
		xml_out_attribute(w->xml, "role", roles[w->policy->role]);
	xml_out_attribute(w->xml, "severity", severity_name(severity));
	xml_out_attribute(w->xml, "time", started(w));
	xml_out_attribute(w->xml, "weight", view_short(w->arena, w->policy->weight));
	xml_out_element(w->xml, "result", outcome_name(outcome));
}

/* Who accepts the failure, why and until when. */
static void write_override(const struct writing *w, const struct result *result)
{
	const struct waiver *waiver = result->waiver;

	xml_out_start(w->xml, "override");
	xml_out_attribute(w->xml, "time", started(w));
	xml_out_attribute(w->xml, "authority", safe(w, waiver->owner));
	xml_out_element(w->xml, "old-result", outcome_name(result->outcome));
	xml_out_element(w->xml, "new-result", outcome_name(outcome_of(result)));
	xml_out_element(w->xml, "remark", safe(w, arena_printf(w->arena, "waived %s", view_waiver(w->arena, waiver))));
	xml_out_end(w->xml);
}

static void write_idents(const struct writing *w)
{
	for (size_t i = 0; i < w->rule->n_idents; i++) {
		const struct ident *ident = &w->rule->idents[i];

		xml_out_start(w->xml, "ident");
		xml_out_attribute(w->xml, "system", ident->system ? safe(w, ident->system) : "");
		xml_out_text(w->xml, safe(w, ident->id));
		xml_out_end(w->xml);
	}
}

static void write_message(const struct writing *w, const char *severity, const char *text)
{
	xml_out_start(w->xml, "message");
	xml_out_attribute(w->xml, "severity", severity);
	xml_out_text(w->xml, view_safe(w->arena, text, MESSAGE_MAX));
	xml_out_end(w->xml);
}

/* In XCCDF's words: error, the test did not run; warning, it may not have run. */
static const char *seriousness(enum outcome outcome)
{
	if (outcome == OUTCOME_ERROR)
		return "error";
	return outcome == OUTCOME_UNKNOWN || outcome == OUTCOME_NOTCHECKED ? "warning" : "info";
}

static void write_messages(const struct writing *w, const struct result *result)
{
	size_t shown = result->n_evidence < EVIDENCE_MOST ? result->n_evidence : EVIDENCE_MOST;

	if (result->reason && *result->reason)
		write_message(w, seriousness(result->outcome), result->reason);
	for (size_t i = 0; i < shown; i++)
		write_message(w, "info", sentence_of_evidence(w->arena, &result->evidence[i], result_is_negated(result)));
	if (shown < result->n_evidence)
		write_message(w, "info", arena_printf(w->arena, "and %zu more", result->n_evidence - shown));
}

static void write_instance(const struct writing *w, const struct subject_results *subject)
{
	if (!subject->facts)
		return;
	xml_out_start(w->xml, "instance");
	xml_out_attribute(w->xml, "context", "container");
	xml_out_text(w->xml, safe(w, subject->id));
	xml_out_end(w->xml);
	xml_out_start(w->xml, "instance");
	xml_out_attribute(w->xml, "context", "name");
	xml_out_attribute(w->xml, "parentContext", "container");
	xml_out_text(w->xml, safe(w, subject->facts->label));
	xml_out_end(w->xml);
}

/* The check that was made, without its content, which the Rule holds. */
static void write_check(const struct writing *w, const struct condition *c)
{
	if (!c)
		return;
	xml_out_start(w->xml, c->is_complex ? "complex-check" : "check");
	if (c->is_complex)
		xml_out_attribute(w->xml, "operator", c->operator == OPERATOR_AND ? "AND" : "OR");
	else
		xml_out_attribute(w->xml, "system", c->system);
	if (!c->is_complex && *c->selector)
		xml_out_attribute(w->xml, "selector", c->selector);
	if (c->negate)
		xml_out_attribute(w->xml, "negate", "true");
	for (const struct condition *child = c->is_complex ? c->children : NULL; child; child = child->next)
		write_check(w, child);
	xml_out_end(w->xml);
}

/* ---- one ---- */

static void write_judged(const struct writing *w, const struct judged *judged, bool overridden)
{
	const struct result *result = judged->result;

	write_start(w, result->severity, outcome_of(result));
	if (overridden)
		write_override(w, result);
	write_idents(w);
	if (rule_result_waived(result) && !overridden)
		write_message(w, "info", arena_printf(w->arena, "it fails, which is waived %s", view_waiver(w->arena, result->waiver)));
	write_messages(w, result);
	write_instance(w, judged->subject);
	write_check(w, w->policy->condition);
	xml_out_end(w->xml);
}

/* By what an earlier report may not say. */
static const char *left_out_words(enum left_out by)
{
	static const char *const words[LEFT_OUTS] = {
		[LEFT_IN] = "left out of this audit", [LEFT_BY_PROFILE] = "left out of this audit", [LEFT_BY_TAILORING] = "left out of this audit, by a tailoring",
		[LEFT_BY_RULE] = "left out of this audit, by --rule", [LEFT_BY_SKIP] = "left out of this audit, by --skip",
	};

	return words[by];
}

/* A selected rule that was judged on nothing: it, or its subjects, were not asked for, or there are none. */
static void write_unjudged(const struct writing *w)
{
	const struct host_facts *host = w->rules->host;
	enum outcome outcome = OUTCOME_NOTSELECTED;
	const char *why = NULL;

	if (w->policy->selected && w->rule->multiple && host->looked && host->containers_why) {
		outcome = OUTCOME_NOTCHECKED;
		why = arena_printf(w->arena, "it is not known which containers there are: %s", host->containers_why);
	} else if (w->policy->selected && w->rule->multiple && host->looked && !w->rules->containers) {
		outcome = OUTCOME_NOTAPPLICABLE;
		why = "no container runs";
	} else if (w->policy->selected || w->policy->taken_away) {
		why = left_out_words(w->policy->left_out);
	}
	write_start(w, w->policy->severity, outcome);
	write_idents(w);
	if (why)
		write_message(w, seriousness(outcome), why);
	write_check(w, w->policy->condition);
	xml_out_end(w->xml);
}

static struct writing writing_of(struct xml_out *xml, struct arena *arena, const struct by_rule *rules, size_t index)
{
	return (struct writing){ xml, arena, rules, rules->policy->benchmark->rules[index], &rules->policy->rules[index] };
}

void rule_result_write(struct xml_out *xml, const struct by_rule *rules, size_t index)
{
	auto_arena struct arena *arena = arena_new();   /* of what a rule says on a thousand containers nothing stays */
	const struct writing w = writing_of(xml, arena, rules, index);

	if (!rules->first[index])
		write_unjudged(&w);
	for (const struct judged *f = rules->first[index]; f; f = f->next)
		write_judged(&w, f, false);
}

void rule_result_write_waived(struct xml_out *xml, const struct by_rule *rules, size_t index)
{
	auto_arena struct arena *arena = arena_new();
	const struct writing w = writing_of(xml, arena, rules, index);

	for (const struct judged *f = rules->first[index]; f; f = f->next)
		if (rule_result_waived(f->result))
			write_judged(&w, f, true);
}
