/* SPDX-License-Identifier: Apache-2.0 */
/* The benchmarks of a saved report, and their rules: as they are installed, or as far as the report itself tells. */
#include "reports/saved_private.h"

#include "core/base/text.h"

enum { RULES_MOST = 20000 };      /* each is looked for among all */

/* ---- benchmarks ---- */

static struct profile *profile_named(const struct reader *r, const char *name)
{
	struct profile *profile = arena_new_of(r->arena, struct profile);

	*profile = (struct profile){ .id = name, .short_id = name ? benchmark_short_id(name) : NULL, .title = name };
	return name ? profile : NULL;
}

/* As of one that is not at hand, of which nothing else is known. */
static void add_values(const struct reader *r, struct benchmark *b, struct policy *policy, const json_t *list)
{
	static const char unknown[] = { SUB_MARK, '\0' };   /* no value is that */
	const json_t *json;
	size_t i;

	policy->values = arena_array_of(r->arena, const char *, json_array_size(list) + 1);
	policy->base_values = arena_array_of(r->arena, const char *, json_array_size(list) + 1);
	json_array_foreach(list, i, json) {
		const char *id = saved_text(r, json, "id"), *text = saved_text(r, json, "value");
		struct value *value;

		if (!id || !text)
			continue;
		value = arena_new_of(r->arena, struct value);
		*value = (struct value){ .id = id, .short_id = id, .title = "", .description = "", .type = "string" };
		policy->values[b->n_values] = text;
		policy->base_values[b->n_values] = unknown;
		arena_push(r->arena, b->values, b->n_values) = value;
	}
}

static const json_t *left_out_ids(const json_t *json, enum left_out why)
{
	return json_object_get(json_object_get(json, "notselected"), left_out_name(why));
}

/* Rules that were not judged: of a benchmark that is not at hand nothing but their ids is known. */
static void add_left_out(const struct reader *r, struct benchmark *b, const json_t *json)
{
	const json_t *element;
	size_t i;

	for (int why = LEFT_IN + 1; why < LEFT_OUTS; why++) {
		json_array_foreach(left_out_ids(json, (enum left_out)why), i, element) {
			const char *id = json_is_string(element) ? text_safe(r->arena, json_string_value(element), json_string_length(element), TEXT_MAX) : NULL;
			struct rule *rule;

			if (!id || benchmark_rule(b, id))
				continue;
			rule = arena_new_of(r->arena, struct rule);
			rule->item = (struct selectable){ .id = id, .short_id = id, .title = id, .weight = 1, .index = b->n_rules };
			arena_push(r->arena, b->rules, b->n_rules) = rule;
		}
	}
}

void saved_take_left_out(struct policy *policy, const json_t *json)
{
	const json_t *element;
	size_t i;

	for (int why = LEFT_IN + 1; why < LEFT_OUTS; why++) {
		json_array_foreach(left_out_ids(json, (enum left_out)why), i, element) {
			const struct rule *rule = json_is_string(element) ? benchmark_rule(policy->benchmark, json_string_value(element)) : NULL;

			if (rule)
				policy->rules[rule->item.index].left_out = (enum left_out)why;
		}
	}
}

/* One that is not at hand: what the results say of their rules. */
static struct policy *policy_without_benchmark(const struct reader *r, const struct saved_benchmark *saved, const json_t *json)
{
	struct benchmark *b = arena_new_of(r->arena, struct benchmark);
	struct policy *policy = arena_new_of(r->arena, struct policy);

	*b = (struct benchmark){ .path = saved->href, .id = saved->id, .short_id = saved->id, .title = saved->id, .version = saved->version };
	*policy = (struct policy){ .benchmark = b, .profile = profile_named(r, saved->profile) };
	policy->base = policy->profile;
	add_values(r, b, policy, json_object_get(json, "values"));
	add_left_out(r, b, json);
	return policy;
}

/* The results that name this benchmark are all of rules that it has. */
static bool has_all_rules(const json_t *root, const struct policy *policy, const char *id)
{
	const json_t *subject, *result;
	size_t i, k;

	json_array_foreach(json_object_get(root, "subjects"), i, subject) {
		json_array_foreach(json_object_get(subject, "results"), k, result) {
			const char *benchmark = json_string_value(json_object_get(result, "benchmark"));
			const char *rule = json_string_value(json_object_get(result, "rule"));

			if (benchmark && rule && streq(benchmark, id) && !benchmark_rule(policy->benchmark, rule))
				return false;
		}
	}
	return true;
}

static void take_values(const struct reader *r, struct policy *policy, const json_t *list)
{
	const struct benchmark *b = policy->benchmark;
	const json_t *json;
	size_t i;

	json_array_foreach(list, i, json) {
		const char *id = saved_text(r, json, "id"), *text = saved_text(r, json, "value");

		for (size_t k = 0; id && text && k < b->n_values; k++)
			if (streq(b->values[k]->short_id, id))
				policy->values[k] = text;
	}
}

/* The policy is that of the profile that the tailoring's extends: the results say what is made of it. */
static void take_tailoring(const struct reader *r, struct policy *policy, const json_t *json, const char *profile)
{
	struct tailoring *tailoring = arena_new_of(r->arena, struct tailoring);
	const char *id = saved_text(r, json, "id"), *href = saved_text(r, json, "href");
	const char *whole = saved_text(r, json, "profile");   /* its id in full */

	tailoring->document = (struct benchmark){ .id = id ? id : "", .path = href ? href : "", .version = saved_text(r, json, "version") };
	tailoring->time = saved_text(r, json, "time");
	tailoring->document.short_id = benchmark_short_id(tailoring->document.id);
	policy->tailoring = tailoring;
	policy->base = policy->profile;
	policy->profile = profile_named(r, whole ? whole : profile);
	for (size_t i = 0; policy->benchmark->arena && i < policy->benchmark->n_rules; i++) {
		policy->rules[i].taken_away = policy->rules[i].selected;
		policy->rules[i].selected = false;
	}
}

void saved_take_rule(struct policy *policy, const struct result *result)
{
	struct rule_policy *own = policy->tailoring && result->rule && policy->benchmark->arena ? &policy->rules[result->rule->item.index] : NULL;

	if (!own)
		return;
	own->selected = true;
	own->taken_away = false;
	own->weight = result->weight;
	own->severity = result->severity;
}

static size_t n_left_out(const json_t *json)
{
	size_t n = 0;

	for (int why = LEFT_IN + 1; why < LEFT_OUTS; why++)
		n += json_array_size(left_out_ids(json, (enum left_out)why));
	return n;
}

int saved_read_benchmark(const struct reader *r, const json_t *root, const json_t *json)
{
	const json_t *tailoring = json_object_get(json, "tailoring");
	const bool tailored = json_is_object(tailoring);
	const char *profile = saved_text(r, json, "profile");
	const struct saved_benchmark saved = {
		saved_text(r, json, "id"), saved_text(r, json, "version"), tailored ? saved_text(r, tailoring, "extends") : profile,
		saved_text(r, json, "href"),
	};
	struct policy *policy = NULL;
	int rc;

	if (!saved.id)
		return saved_fail(r, "benchmarks", "one has no id");
	if (n_left_out(json) > RULES_MOST)
		return saved_fail(r, "benchmarks", "more rules are left out than a benchmark has");
	rc = r->library->policy(r->library->with, &saved, &policy, r->err);
	if (rc < 0)
		return rc;
	if (!policy || !has_all_rules(root, policy, saved.id))
		policy = policy_without_benchmark(r, &saved, json);
	else
		take_values(r, policy, json_object_get(json, "values"));
	if (tailored)
		take_tailoring(r, policy, tailoring, profile);
	arena_push(r->arena, r->audit->policies, r->audit->n_policies) = policy;
	return 0;
}

struct policy *saved_policy_named(const struct reader *r, const char *id)
{
	for (size_t i = 0; id && i < r->audit->n_policies; i++)
		if (streq(r->audit->policies[i]->benchmark->short_id, id))
			return r->audit->policies[i];
	return NULL;
}

/* ---- rules ---- */

static void read_idents(const struct reader *r, const json_t *json, struct rule *rule)
{
	const json_t *ident;
	size_t i;

	rule->idents = arena_array_of(r->arena, struct ident, json_array_size(json) + 1);
	json_array_foreach(json, i, ident)
		rule->idents[rule->n_idents++] = (struct ident){ saved_text(r, ident, "system"), saved_text(r, ident, "id") };
}

/* What a benchmark that is not at hand says of a rule, as far as its result repeats it. */
static const struct rule *add_rule(const struct reader *r, struct benchmark *b, const json_t *json, const char *id)
{
	struct rule *rule = arena_new_of(r->arena, struct rule);
	const char *title = saved_text(r, json, "title");

	rule->item = (struct selectable){
		.id = id, .short_id = id, .title = title ? title : id, .selected = true, .weight = saved_number(json, "weight", 1), .index = b->n_rules,
	};
	rule->severity = severity_of(json_string_value(json_object_get(json, "severity")));
	read_idents(r, json_object_get(json, "idents"), rule);
	arena_push(r->arena, b->rules, b->n_rules) = rule;
	return rule;
}

/* Without an arena it is not at hand: policy_without_benchmark() made it. */
const struct rule *saved_rule(const struct reader *r, const struct policy *policy, const json_t *json, const char *id)
{
	const struct rule *rule = benchmark_rule(policy->benchmark, id);

	if (rule || policy->benchmark->arena)
		return rule;
	return add_rule(r, (struct benchmark *)policy->benchmark, json, id);
}

/* By what such a benchmark has in the end. */
void saved_finish_policy(const struct reader *r, struct policy *policy)
{
	const struct benchmark *b = policy->benchmark;

	if (b->arena)
		return;
	policy->rules = arena_array_of(r->arena, struct rule_policy, b->n_rules + 1);
	for (size_t i = 0; i < b->n_rules; i++)
		policy->rules[i] = (struct rule_policy){ .selected = true, .weight = b->rules[i]->item.weight, .severity = b->rules[i]->severity };
}
