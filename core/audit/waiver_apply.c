/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Waivers against results. There may be ten thousand of one and a hundred thousand of the other, so waivers of the same check are taken together:
 * which groups are for a rule is found out once per rule, which waivers are for a subject once per subject.
 */
#include "core/audit/waiver.h"

#include "core/audit/waiver_tell.h"
#include "core/base/text.h"

/* Waivers with the same check: a part of the sorted ones. */
struct group {
	const char *check;
	size_t from, n;
};

/* What is for one rule. */
struct rule_groups {
	size_t *groups;
	size_t n;
	bool known, on_container;        /* found out; judged on a container */
};

struct applying {
	struct audit *audit;
	const struct waiving *waiving;
	const struct waiver **sorted;    /* by check, then in the order of the files */
	struct group *groups;
	size_t n_groups;
	struct rule_groups *by_rule;     /* by rule index, one policy behind the other */
	bool *here;                      /* by waiver: it is for the subject that is looked at */
	struct waiver_use *uses;         /* by waiver */
	struct seen {
		size_t results, open;    /* that it is for, and those of them that could not be determined */
		bool others;             /* its rule was judged on containers */
		struct waiver_other other;   /* what fails, and it does not accept */
		const struct subject_results *last;   /* that it covers something on */
		bool claimed;            /* it names one that it is not for */
		bool superseded;         /* it is over, and another one covers what it did */
	} *seen;                         /* by waiver */
};

/* ---- which waivers for which rule ---- */

static int by_check(const void *left, const void *right)
{
	const struct waiver *a = *(const struct waiver *const *)left, *b = *(const struct waiver *const *)right;
	int order = strcmp(a->rule, b->rule);

	return order ? order : a < b ? -1 : a > b;
}

static void make_groups(struct applying *a)
{
	const struct waivers *w = a->waiving->waivers;

	a->sorted = arena_array_of(a->audit->arena, const struct waiver *, w->n + 1);
	a->groups = arena_array_of(a->audit->arena, struct group, w->n + 1);
	for (size_t i = 0; i < w->n; i++)
		a->sorted[i] = &w->list[i];
	if (w->n)
		qsort(a->sorted, w->n, sizeof(*a->sorted), by_check);
	for (size_t i = 0; i < w->n; i++) {
		if (!i || !streq(a->sorted[i]->rule, a->sorted[i - 1]->rule))
			a->groups[a->n_groups++] = (struct group){ a->sorted[i]->rule, i, 0 };
		a->groups[a->n_groups - 1].n++;
	}
}

static size_t rule_index(const struct audit *audit, const struct policy *policy, const struct rule *rule)
{
	size_t at = rule->item.index;

	for (size_t i = 0; i < audit->n_policies && audit->policies[i] != policy; i++)
		at += audit->policies[i]->benchmark->n_rules;
	return at;
}

static struct rule_groups *groups_for(struct applying *a, const struct policy *policy, const struct rule *rule)
{
	struct rule_groups *found = &a->by_rule[rule_index(a->audit, policy, rule)];

	for (size_t i = 0; i < a->n_groups && !found->known; i++)
		if (text_glob(a->groups[i].check, rule->item.short_id))
			arena_push(a->audit->arena, found->groups, found->n) = i;
	found->known = true;
	return found;
}

/* ---- one result ---- */

static size_t index_of(const struct applying *a, const struct waiver *waiver)
{
	return (size_t)(waiver - a->waiving->waivers->list);
}

/* It is what the result fails by; where a comparison was turned round, all that was looked at is. */
static bool is_against(const struct result *r, const struct evidence *e)
{
	const struct evidence *decisive = r->decisive < r->n_evidence ? &r->evidence[r->decisive] : NULL;

	return !decisive || decisive->outcome != OUTCOME_FAIL || e->outcome == OUTCOME_FAIL;
}

/* All that fails. */
static bool accepts(const struct waiver *waiver, const struct result *r, struct waiver_other *other)
{
	bool any = !waiver_is_partial(waiver);

	for (size_t i = 0; i < r->n_evidence && waiver_is_partial(waiver); i++) {
		if (!is_against(r, &r->evidence[i]))
			continue;
		if (!waiver_accepts(waiver, &r->evidence[i], other))
			return false;
		any = true;
	}
	return any;
}

static bool accepts_part(const struct waiver *waiver, const struct result *r)
{
	struct waiver_other other;

	for (size_t i = 0; i < r->n_evidence && waiver_is_partial(waiver); i++)
		if (is_against(r, &r->evidence[i]) && waiver_accepts(waiver, &r->evidence[i], &other))
			return true;
	return false;
}

static const char *name_of(const struct subject_results *s)
{
	return s->facts ? s->facts->label : s->host->name && *s->host->name ? s->host->name : "the host";
}

static void cover(struct applying *a, const struct waiver *waiver, const struct subject_results *s)
{
	struct waiver_use *use = &a->uses[index_of(a, waiver)];
	struct seen *seen = &a->seen[index_of(a, waiver)];

	use->failures++;
	if (seen->last == s)
		return;
	seen->last = s;
	if (use->n_subjects < ARRAY_LEN(use->subjects))
		use->subjects[use->n_subjects] = name_of(s);
	use->n_subjects++;
}

/* Each waiver that is for the result. */
struct each {
	const struct rule_groups *groups;
	size_t group, i;
};

static const struct waiver *next_for(const struct applying *a, struct each *at)
{
	for (; at->group < at->groups->n; at->group++, at->i = 0) {
		const struct group *group = &a->groups[at->groups->groups[at->group]];

		while (at->i < group->n) {
			const struct waiver *waiver = a->sorted[group->from + at->i++];

			if (a->here[index_of(a, waiver)])
				return waiver;
		}
	}
	return NULL;
}

/* In force before over, later before sooner, earlier written before later. */
static bool is_better(const struct applying *a, const struct waiver *waiver, const struct waiver *best)
{
	int order = best ? strcmp(waiver->expires, best->expires) : 1;

	return order > 0 || (order == 0 && index_of(a, waiver) < index_of(a, best));
}

/* ---- several for one result ---- */

static const struct waiver *best_for(const struct applying *a, const struct rule_groups *groups, const struct evidence *e)
{
	const struct waiver *waiver, *best = NULL;
	struct waiver_other other;

	for (struct each at = { groups, 0, 0 }; (waiver = next_for(a, &at));)
		if (waiver_is_partial(waiver) && waiver_accepts(waiver, e, &other) && is_better(a, waiver, best))
			best = waiver;
	return best;
}

static const char *text_at(const struct waiver *waiver, size_t at)
{
	return *(const char *const *)(const void *)((const char *)waiver + at);
}

/* That text of each, said once. NULL where none has it. */
static const char *joined_text(struct arena *arena, const struct waiver *const *list, size_t n, size_t at)
{
	struct buffer words = { .arena = arena };

	for (size_t i = 0; i < n; i++) {
		const char *text = text_at(list[i], at);
		bool known = !text;

		for (size_t k = 0; k < i && !known; k++)
			known = text_at(list[k], at) && streq(text_at(list[k], at), text);
		if (!known)
			buffer_printf(&words, "%s%s", words.text ? "; " : "", text);
	}
	return words.text;
}

/* As one: of all owners, for all reasons, until the first of them ends. */
static const struct waiver *joined(struct arena *arena, const struct waiver *const *list, size_t n)
{
	static const size_t texts[] = {
		offsetof(struct waiver, rule), offsetof(struct waiver, subject), offsetof(struct waiver, owner), offsetof(struct waiver, reason),
		offsetof(struct waiver, ticket), offsetof(struct waiver, found), offsetof(struct waiver, where),
	};
	struct waiver *all = arena_new_of(arena, struct waiver);

	*all = *list[0];
	for (size_t i = 1; i < n; i++)
		if (strcmp(list[i]->expires, all->expires) < 0)
			all->expires = list[i]->expires;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		*(const char **)(void *)((char *)all + texts[i]) = joined_text(arena, list, n, texts[i]);
	return all;
}

/* For each part of what fails the best that accepts it: false where a part is accepted by none. */
static bool find_parts(const struct applying *a, const struct rule_groups *groups, const struct result *r, const struct waiver ***list, size_t *n)
{
	for (size_t i = 0; i < r->n_evidence; i++) {
		const struct waiver *best;
		bool known = false;

		if (!is_against(r, &r->evidence[i]))
			continue;
		best = best_for(a, groups, &r->evidence[i]);
		if (!best)
			return false;
		for (size_t k = 0; k < *n && !known; k++)
			known = (*list)[k] == best;
		if (!known)
			arena_push(a->audit->arena, *list, *n) = best;
	}
	return *n > 1;
}

/* None accepts all that fails. */
static void waive_together(struct applying *a, const struct subject_results *s, struct result *r, const struct rule_groups *groups)
{
	const struct waiver **list = NULL, *waiver;
	bool over = false;
	size_t n = 0;

	if (r->outcome != OUTCOME_FAIL || !find_parts(a, groups, r, &list, &n))
		return;
	for (size_t i = 0; i < n; i++)
		over = over || a->uses[index_of(a, list[i])].days_left < 0;
	for (size_t i = 0; i < n && over; i++)
		if (a->uses[index_of(a, list[i])].days_left < 0)
			cover(a, list[i], s);
	if (over)
		return;
	r->waiver = joined(a->audit->arena, list, n);
	for (struct each at = { groups, 0, 0 }; (waiver = next_for(a, &at));)
		if (a->uses[index_of(a, waiver)].days_left >= 0 && accepts_part(waiver, r))
			cover(a, waiver, s);
}

static void waive(struct applying *a, const struct subject_results *s, struct result *r, const struct rule_groups *groups)
{
	const struct waiver *waiver, *best = NULL;

	for (struct each at = { groups, 0, 0 }; (waiver = next_for(a, &at));) {
		struct seen *seen = &a->seen[index_of(a, waiver)];

		seen->results++;
		seen->open += outcome_is_undetermined(r->outcome) || r->outcome == OUTCOME_NOTCHECKED;
		if (r->outcome == OUTCOME_FAIL && accepts(waiver, r, &seen->other) && is_better(a, waiver, best))
			best = waiver;
	}
	if (best && a->uses[index_of(a, best)].days_left >= 0)
		r->waiver = best;
	else
		waive_together(a, s, r, groups);
	for (struct each at = { groups, 0, 0 }; best && (waiver = next_for(a, &at));) {
		struct waiver_other other;

		if (!accepts(waiver, r, &other))
			continue;
		if (a->uses[index_of(a, waiver)].days_left < 0 && r->waiver)
			a->seen[index_of(a, waiver)].superseded = true;
		else
			cover(a, waiver, s);
	}
}

static void note_container(struct applying *a, struct rule_groups *groups)
{
	for (size_t g = 0; g < groups->n && !groups->on_container; g++) {
		const struct group *group = &a->groups[groups->groups[g]];

		for (size_t i = 0; i < group->n; i++)
			a->seen[index_of(a, a->sorted[group->from + i])].others = true;
	}
	groups->on_container = true;
}

static void apply_to(struct applying *a, struct subject_results *s)
{
	const struct waivers *w = a->waiving->waivers;

	for (size_t i = 0; i < w->n; i++) {
		a->here[i] = waiver_is_for(&w->list[i], s);
		a->seen[i].claimed = a->seen[i].claimed || (s->kind == SUBJECT_CONTAINER && !a->here[i] && waiver_names(&w->list[i], s));
	}
	for (size_t i = 0; i < s->n; i++) {
		struct result *r = &s->results[i];
		struct rule_groups *groups;

		r->waiver = NULL;
		if (streq(s->policies[i]->benchmark->short_id, WAIVERS_BENCHMARK))
			continue;
		groups = groups_for(a, s->policies[i], r->rule);
		waive(a, s, r, groups);
		if (s->kind == SUBJECT_CONTAINER)
			note_container(a, groups);
	}
}

/* ---- what became of each ---- */

static bool host_is_here(const struct audit *audit, const struct waiver *waiver)
{
	for (size_t i = 0; i < audit->n_hosts; i++)
		if (!waiver->host || text_glob(waiver->host, audit->hosts[i].name ? audit->hosts[i].name : ""))
			return true;
	return false;
}

static bool is_selected(const struct audit *audit, const struct waiver *waiver, const struct rule_filter *filter)
{
	for (size_t i = 0; i < audit->n_policies; i++) {
		const struct policy *policy = audit->policies[i];

		for (size_t k = 0; k < policy->benchmark->n_rules; k++) {
			const struct rule *rule = policy->benchmark->rules[k];

			if (policy->rules[k].selected && rule->multiple && text_glob(waiver->rule, rule->item.short_id) &&
			    rule_filter_passes(filter, rule->item.short_id))
				return true;
		}
	}
	return false;
}

static bool any_container(const struct audit *audit)
{
	for (size_t i = 0; i < audit->n_subjects; i++)
		if (audit->subjects[i].kind == SUBJECT_CONTAINER)
			return true;
	return false;
}

/* All containers were looked at, by its rule, and it is for none of them. */
static bool lacks_containers(const struct applying *a, const struct waiver *waiver)
{
	const struct audit *audit = a->audit;
	bool others = a->seen[index_of(a, waiver)].others;

	if (!waiver_of_containers(waiver) || a->waiving->some_subjects || !host_is_here(audit, waiver))
		return false;
	for (size_t i = 0; i < audit->n_hosts; i++)
		if (!audit->hosts[i].looked || audit->hosts[i].containers_why)
			return false;
	return others || (!any_container(audit) && is_selected(audit, waiver, &a->waiving->rules));
}

static const char *absence_words(const struct waiver *waiver, const struct seen *seen)
{
	if (!seen->claimed)
		return "there is no such container";
	return starts_with(waiver->subject, "claimed:") ? "root vouches for the name of such containers: target = container:GLOB takes them"
							: "only ordinary users call containers so: target = claimed:GLOB takes them";
}

static void conclude(struct applying *a, const struct waiver *waiver)
{
	struct waiver_use *use = &a->uses[index_of(a, waiver)];
	const struct seen *seen = &a->seen[index_of(a, waiver)];
	const char *why = NULL;

	if (use->failures) {
		use->state = use->days_left < 0 ? WAIVER_EXPIRED : WAIVER_IN_FORCE;
		return;
	}
	if (seen->other.thing)
		why = arena_printf(a->audit->arena, "%s fails it, too, which is not covered", seen->other.thing);
	else if (seen->other.value)
		why = arena_printf(a->audit->arena, "what is found now is %s, not %s", *seen->other.value ? seen->other.value : "empty", waiver->found);
	else if (seen->superseded)
		why = "it is over, and another one covers what it did";
	else if (seen->results && !seen->open)
		why = "nothing that it is for fails";
	else if (!seen->results && lacks_containers(a, waiver))
		why = absence_words(waiver, seen);
	use->why = why;
	use->state = why ? WAIVER_STALE : WAIVER_IDLE;
}

const struct waiver_use *waivers_apply(struct audit *audit, const struct waiving *waiving)
{
	const struct waivers *w = waiving->waivers;
	struct applying a = { .audit = audit, .waiving = waiving };
	size_t rules = 0;

	for (size_t i = 0; i < audit->n_policies; i++)
		rules += audit->policies[i]->benchmark->n_rules;
	make_groups(&a);
	a.by_rule = arena_array_of(audit->arena, struct rule_groups, rules + 1);
	a.here = arena_array_of(audit->arena, bool, w->n + 1);
	a.uses = arena_array_of(audit->arena, struct waiver_use, w->n + 1);
	a.seen = arena_alloc(audit->arena, sizeof(*a.seen) * (w->n + 1));
	for (size_t i = 0; i < w->n; i++)
		a.uses[i].days_left = waiver_days_left(&w->list[i], waiving->now);
	for (size_t i = 0; i < audit->n_subjects; i++)
		apply_to(&a, &audit->subjects[i]);
	for (size_t i = 0; i < w->n; i++)
		conclude(&a, &w->list[i]);
	if (waiving->policy && w->n)
		waivers_tell(audit, waiving, a.uses);
	audit_count(audit);
	return a.uses;
}
