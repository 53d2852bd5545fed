/* SPDX-License-Identifier: Apache-2.0 */
#include "core/benchmark/policy.h"

#include "core/base/text.h"
#include "core/benchmark/xml.h"

#include <errno.h>

const char *left_out_name(enum left_out left_out)
{
	static const char *const names[LEFT_OUTS] = {
		[LEFT_IN] = "", [LEFT_BY_TAILORING] = "tailoring", [LEFT_BY_RULE] = "rule", [LEFT_BY_SKIP] = "skip", [LEFT_BY_PROFILE] = "profile",
	};

	return names[left_out];
}

/* ---- selectors of a profile ---- */

struct applying {
	struct policy *policy;
	const char **rule_selectors;      /* by rule index: the check selector a refine-rule asked for, or NULL */
	const char **value_selectors;     /* by value index: of refine-value */
	bool *value_set;                  /* by value index: set-value was seen, which beats refine-value */
};

static bool meant(const struct selectable *item, const char *idref)
{
	return streq(item->id, idref) || (item->cluster_id && streq(item->cluster_id, idref));
}

static void refine(struct rule_policy *rule, const struct setting *s, bool is_group)
{
	if (s->weight >= 0)
		rule->weight = s->weight;
	if (is_group)
		return;
	if (s->severity != SEVERITIES)
		rule->severity = s->severity;
	if (s->role >= 0)
		rule->role = (enum role)s->role;
}

static void apply_to_items(struct applying *a, const struct setting *s)
{
	const struct benchmark *b = a->policy->benchmark;

	for (size_t i = 0; i < b->n_rules; i++) {
		if (!meant(&b->rules[i]->item, s->idref))
			continue;
		if (s->kind == SETTING_SELECT) {
			a->policy->rules[i].selected = s->selected;
		} else {
			refine(&a->policy->rules[i], s, false);
			if (s->text)
				a->rule_selectors[i] = s->text;
		}
	}
	for (size_t i = 0; i < b->n_groups; i++) {
		if (!meant(b->groups[i], s->idref))
			continue;
		if (s->kind == SETTING_SELECT)
			a->policy->groups[i].selected = s->selected;
		else
			refine(&a->policy->groups[i], s, true);
	}
}

static void apply_to_values(struct applying *a, const struct setting *s)
{
	const struct benchmark *b = a->policy->benchmark;

	for (size_t i = 0; i < b->n_values; i++) {
		if (!streq(b->values[i]->id, s->idref))
			continue;
		if (s->kind == SETTING_SET_VALUE) {
			a->policy->values[i] = s->text;
			a->value_set[i] = true;
		} else if (s->text) {
			a->value_selectors[i] = s->text;
		}
	}
}

/* The base profile's selectors first, own after (XCCDF 1.2, Profile@extends). */
static void apply_profile(struct applying *a, const struct profile *profile)
{
	if (profile->base)
		apply_profile(a, profile->base);
	for (size_t i = 0; i < profile->n_settings; i++) {
		const struct setting *s = &profile->settings[i];

		if (s->kind == SETTING_SELECT || s->kind == SETTING_REFINE_RULE)
			apply_to_items(a, s);
		else
			apply_to_values(a, s);
	}
}

/* ---- what follows from them ---- */

static bool selected(const struct policy *policy, const struct selectable *item)
{
	const struct rule_policy *own = item->is_group ? &policy->groups[item->index] : &policy->rules[item->index];

	return own->selected && (!item->parent || selected(policy, item->parent));
}

static const struct selectable *item_of(const struct benchmark *b, const char *id, size_t size)
{
	for (size_t i = 0; i < b->n_rules; i++)
		if (strlen(b->rules[i]->item.id) == size && memcmp(b->rules[i]->item.id, id, size) == 0)
			return &b->rules[i]->item;
	for (size_t i = 0; i < b->n_groups; i++)
		if (strlen(b->groups[i]->id) == size && memcmp(b->groups[i]->id, id, size) == 0)
			return b->groups[i];
	return NULL;
}

/* One requires element: any of its ids is selected. */
static bool need_met(const struct policy *policy, const char *need)
{
	size_t n;

	for (const char *at = need, *w; (w = list_next(&at, " \t\n", &n));) {
		const struct selectable *item = item_of(policy->benchmark, w, n);

		if (item && selected(policy, item))
			return true;
	}
	return false;
}

static bool requirements_met(const struct policy *policy, const struct selectable *item)
{
	for (size_t i = 0; i < item->n_needs; i++)
		if (!need_met(policy, item->needs[i]))
			return false;
	for (size_t i = 0; i < item->n_conflicts; i++) {
		const struct selectable *other = item_of(policy->benchmark, item->conflicts[i], strlen(item->conflicts[i]));

		if (other && selected(policy, other))
			return false;
	}
	return true;
}

/* Items whose requirements are not met are deselected, which may leave others without theirs. */
static void apply_requirements(struct policy *policy)
{
	const struct benchmark *b = policy->benchmark;
	bool changed = true;

	while (changed) {   /* each round deselects something, so it ends */
		changed = false;
		for (size_t i = 0; i < b->n_groups; i++) {
			if (policy->groups[i].selected && !requirements_met(policy, b->groups[i])) {
				policy->groups[i].selected = false;
				changed = true;
			}
		}
		for (size_t i = 0; i < b->n_rules; i++) {
			if (policy->rules[i].selected && !requirements_met(policy, &b->rules[i]->item)) {
				policy->rules[i].selected = false;
				changed = true;
			}
		}
	}
	for (size_t i = 0; i < b->n_rules; i++)
		policy->rules[i].selected = selected(policy, &b->rules[i]->item);
}

static const char *choice_of(const struct value *value, const char *selector)
{
	for (size_t i = 0; selector && i < value->n_choices; i++)
		if (streq(value->choices[i].selector, selector))
			return value->choices[i].text;
	for (size_t i = 0; i < value->n_choices; i++)
		if (!*value->choices[i].selector)
			return value->choices[i].text;
	return value->choices[0].text;
}

/*
 * The alternative to judge: the complex-check if there is one; else the check with the selector asked for, else one without a
 * selector; of several systems the first that an engine knows.
 */
static const struct condition *pick(const struct condition *list, const char *selector)
{
	const struct condition *without_engine = NULL;
	const char *wanted = selector ? selector : "";

	for (const struct condition *c = list; c; c = c->next)
		if (c->is_complex)
			return c;
	for (const struct condition *c = list; c; c = c->next) {
		if (!streq(c->selector, wanted))
			continue;
		if (c->engine)
			return c;
		if (!without_engine)
			without_engine = c;
	}
	if (!without_engine && *wanted)
		return pick(list, NULL);
	return without_engine;
}

/* ---- binding ---- */

struct policy_bindings {
	struct bindings base;
	const struct policy *policy;
};

static const char *bound_value(const struct bindings *bindings, const char *id)
{
	return policy_value(((const struct policy_bindings *)bindings)->policy, id);
}

static int bind_condition(const struct engine_context *context, const struct condition *c, const struct bindings *bindings,
			  struct err *err)
{
	for (; c; c = c->next) {
		int rc = 0;

		if (c->is_complex)
			rc = bind_condition(context, c->children, bindings, err);
		else if (c->engine)
			rc = c->engine->bind(context, c->program, bindings, err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

int policy_bind(const struct policy *policy, const struct registry *registry, struct err *err)
{
	const struct benchmark *b = policy->benchmark;
	const struct engine_context context = { .arena = b->arena, .path = b->path, .registry = registry };
	const struct policy_bindings bindings = { .base = { bound_value }, .policy = policy };

	for (size_t i = 0; i < b->n_rules; i++) {
		int rc = bind_condition(&context, b->rules[i]->conditions, &bindings.base, err);

		if (rc < 0)
			return rc;
	}
	return 0;
}

/* ---- making ---- */

static int no_profile(const struct benchmark *document, const char *name, struct err *err)
{
	struct buffer names = { .arena = document->arena };

	for (size_t i = 0; i < document->n_profiles; i++)
		buffer_word(&names, document->profiles[i]->short_id, strlen(document->profiles[i]->short_id));
	if (!names.text)
		return err_set(err, ENOENT, "%s: has no profiles, so none is called '%s'", document->path, name);
	if (!name)
		return err_set(err, EINVAL, "%s: holds several profiles; choose one with --profile: %s", document->path, names.text);
	return err_set(err, ENOENT, "%s: no profile '%s'%s; there are: %s", document->path, name,
		       nearest_hint(document->arena, names.text, name), names.text);
}

static int find_profile(const struct profile **ret, const struct benchmark *b, const struct policy_choice *choice, struct err *err)
{
	const struct benchmark *document = choice->tailoring ? &choice->tailoring->document : b;

	*ret = choice->profile ? benchmark_profile(document, choice->profile) : NULL;
	if (*ret || choice->no_profile)
		return 0;
	if (choice->profile || (choice->tailoring && document->n_profiles != 1))
		return no_profile(document, choice->profile, err);
	*ret = choice->tailoring ? document->profiles[0] : benchmark_profile(b, "server");
	if (!*ret)
		*ret = benchmark_profile(b, "default");
	return 0;
}

/* What it is without the tailoring: the nearest one below it that is the benchmark's own. */
static const struct profile *own_profile(const struct benchmark *b, const struct profile *profile)
{
	for (; profile; profile = profile->base)
		for (size_t i = 0; i < b->n_profiles; i++)
			if (b->profiles[i] == profile)
				return profile;
	return NULL;
}

static void start_from_benchmark(struct policy *policy)
{
	const struct benchmark *b = policy->benchmark;

	policy->rules = arena_array_of(policy->arena, struct rule_policy, b->n_rules + 1);
	policy->groups = arena_array_of(policy->arena, struct rule_policy, b->n_groups + 1);
	policy->values = arena_array_of(policy->arena, const char *, b->n_values + 1);
	for (size_t i = 0; i < b->n_rules; i++) {
		const struct rule *rule = b->rules[i];

		policy->rules[i] = (struct rule_policy){ .selected = rule->item.selected, .weight = rule->item.weight,
							 .severity = rule->severity, .role = rule->role };
	}
	for (size_t i = 0; i < b->n_groups; i++)
		policy->groups[i] = (struct rule_policy){ .selected = b->groups[i]->selected, .weight = b->groups[i]->weight };
}

static void resolve(struct applying *a, const struct profile *profile)
{
	struct policy *policy = a->policy;
	const struct benchmark *b = policy->benchmark;

	start_from_benchmark(policy);
	a->rule_selectors = arena_array_of(policy->arena, const char *, b->n_rules + 1);
	a->value_selectors = arena_array_of(policy->arena, const char *, b->n_values + 1);
	a->value_set = arena_array_of(policy->arena, bool, b->n_values + 1);
	if (profile)
		apply_profile(a, profile);
	apply_requirements(policy);
	for (size_t i = 0; i < b->n_values; i++)
		if (!a->value_set[i])
			policy->values[i] = choice_of(b->values[i], a->value_selectors[i]);
	for (size_t i = 0; i < b->n_rules; i++)
		policy->rules[i].condition = pick(b->rules[i]->conditions, a->rule_selectors[i]);
}

/* First without the tailoring, to know what it changes. */
static void resolve_both(struct applying *a)
{
	struct policy *policy = a->policy;
	const struct rule_policy *base;

	resolve(a, policy->base);
	policy->base_values = policy->values;
	base = policy->rules;
	if (policy->base == policy->profile) {
		policy->values = arena_array_of(policy->arena, const char *, policy->benchmark->n_values + 1);
		for (size_t i = 0; i < policy->benchmark->n_values; i++)
			policy->values[i] = policy->base_values[i];
		return;
	}
	resolve(a, policy->profile);
	for (size_t i = 0; i < policy->benchmark->n_rules; i++)
		policy->rules[i].taken_away = base[i].selected && !policy->rules[i].selected;
}

static int set_values(struct applying *a, const struct policy_choice *choice, struct err *err)
{
	const struct benchmark *b = a->policy->benchmark;

	for (size_t i = 0; i < choice->n_values; i++) {
		const struct value_wish *wish = &choice->values[i];

		for (size_t k = 0; k < b->n_values; k++) {
			const struct value *value = b->values[k];
			int rc;

			if (!streq(value->id, wish->id) && !streq(value->short_id, wish->id))
				continue;
			rc = value_accepts(value, a->value_selectors[k], wish->text, err);
			if (rc < 0)
				return err_wrap(err, rc, "%s%s%s cannot be '%.200s'", wish->where ? wish->where : "", wish->where ? ": " : "",
						value->short_id, wish->text);
			a->policy->values[k] = arena_strdup(a->policy->arena, wish->text);
		}
	}
	return 0;
}

int policy_make(struct policy **ret, const struct benchmark *benchmark, const struct registry *registry, const struct policy_choice *choice,
		struct err *err)
{
	struct arena *arena = arena_new();
	struct policy *policy = arena_new_of(arena, struct policy);
	struct applying applying = { .policy = policy };
	int rc;

	policy->arena = arena;
	policy->benchmark = benchmark;
	policy->tailoring = choice->tailoring;
	rc = find_profile(&policy->profile, benchmark, choice, err);
	if (rc == 0) {
		policy->base = own_profile(benchmark, policy->profile);
		resolve_both(&applying);
		rc = set_values(&applying, choice, err);
	}
	if (rc == 0)
		rc = policy_bind(policy, registry, err);
	if (rc < 0)
		arena_free(arena);
	else
		*ret = policy;
	return rc;
}

int policy_new(struct policy **ret, const struct benchmark *benchmark, const struct registry *registry, const char *profile,
	       struct err *err)
{
	return policy_make(ret, benchmark, registry, &(const struct policy_choice){ .profile = profile }, err);
}

void policy_free(struct policy *policy)
{
	if (policy)
		arena_free(policy->arena);
}

const char *policy_value(const struct policy *policy, const char *id)
{
	const struct benchmark *b = policy->benchmark;

	for (size_t i = 0; i < b->n_values; i++)
		if (streq(b->values[i]->id, id) || streq(b->values[i]->short_id, id))
			return policy->values[i];
	return NULL;
}

static const char *lookup(const void *with, const char *id)
{
	return policy_value(with, id);
}

char *policy_text(struct arena *arena, const struct policy *policy, const char *text)
{
	return benchmark_text(arena, text, lookup, policy);
}
