/* SPDX-License-Identifier: Apache-2.0 */
#include "core/audit/diff.h"

#include "core/audit/waiver.h"
#include "core/base/text.h"

#include <errno.h>

const char *change_name(enum change_kind kind)
{
	static const char *const names[CHANGES] = {
		[CHANGE_REGRESSED] = "regressed", [CHANGE_NEW] = "new", [CHANGE_OTHER] = "other", [CHANGE_IMPROVED] = "improved",
	};

	return names[kind];
}

/* ---- comparable ---- */

static int same_text(const char *a, const char *b)
{
	return streq(a ? a : "", b ? b : "");
}

static const struct policy *policy_of(const struct audit *audit, const char *benchmark)
{
	for (size_t i = 0; i < audit->n_policies; i++)
		if (streq(audit->policies[i]->benchmark->short_id, benchmark))
			return audit->policies[i];
	return NULL;
}

static const char *profile_of(const struct policy *policy)
{
	return policy->profile ? policy->profile->short_id : "none";
}

static bool has_host(const struct audit *audit)
{
	for (size_t i = 0; i < audit->n_subjects; i++)
		if (audit->subjects[i].kind == SUBJECT_HOST)
			return true;
	return false;
}

/* What plimsoll tells of waivers is judged where there are some: whoever needs none any more has not looked at less. */
static bool is_of_waivers(const struct policy *policy)
{
	return streq(policy->benchmark->short_id, WAIVERS_BENCHMARK);
}

/* What was not looked at again has not become better. */
static int see_whole(const struct audit *a, const struct audit *b, struct err *err)
{
	for (size_t i = 0; i < a->n_policies; i++)
		if (!is_of_waivers(a->policies[i]) && !policy_of(b, a->policies[i]->benchmark->short_id))
			return err_set(err, EXDEV, "not comparable: the later one was not judged by benchmark %s", a->policies[i]->benchmark->short_id);
	if (has_host(a) && !has_host(b))
		return err_set(err, EXDEV, "not comparable: in the later one the host was not judged");
	return 0;
}

static int see_comparable(const struct audit *a, const struct audit *b, struct err *err)
{
	bool any = false;

	if (a->n_hosts != 1 || b->n_hosts != 1)
		return err_set(err, EXDEV, "not comparable: a report of several hosts");
	if (!same_text(a->hosts->name, b->hosts->name))
		return err_set(err, EXDEV, "not comparable: of the hosts %s and %s", a->hosts->name ? a->hosts->name : "without a name",
			       b->hosts->name ? b->hosts->name : "without a name");
	for (size_t i = 0; i < b->n_policies; i++) {
		const char *id = b->policies[i]->benchmark->short_id;
		const struct policy *old = policy_of(a, id);

		if (old && !streq(profile_of(old), profile_of(b->policies[i])))
			return err_set(err, EXDEV, "not comparable: benchmark %s was judged by the profiles %s and %s", id, profile_of(old),
				       profile_of(b->policies[i]));
		any = any || (old && !is_of_waivers(old));
	}
	return any || !a->n_policies ? see_whole(a, b, err) : err_set(err, EXDEV, "not comparable: they have no benchmark in common");
}

/* ---- subjects ---- */

static const char *label_of(const struct subject_results *s)
{
	return s->facts ? s->facts->label : "host";
}

static bool is_same_id(const struct subject_results *a, const struct subject_results *b)
{
	return a->kind == b->kind && (a->kind == SUBJECT_HOST || streq(a->id, b->id));
}

static bool has_same_name(const struct subject_results *a, const struct subject_results *b)
{
	return a->facts && b->facts && a->name && b->name && streq(a->name, b->name) && streq(a->facts->runtime, b->facts->runtime);
}

/* Each subject of the old audit stands for one of the new one at most. */
struct pairing {
	const struct audit *before, *after;
	size_t *partner;             /* by subject of the later audit: index + 1 of the earlier one, or 0 */
	bool *taken;                 /* by subject of the earlier one */
};

static void pair(struct pairing *p, bool (*is_same)(const struct subject_results *, const struct subject_results *))
{
	for (size_t i = 0; i < p->after->n_subjects; i++)
		for (size_t k = 0; k < p->before->n_subjects && !p->partner[i]; k++) {
			if (p->taken[k] || !is_same(&p->before->subjects[k], &p->after->subjects[i]))
				continue;
			p->partner[i] = k + 1;
			p->taken[k] = true;
		}
}

/* ---- results ---- */

struct keyed {
	const char *benchmark, *rule;
	const struct policy *policy;
	const struct result *result;
};

static int by_key(const void *left, const void *right)
{
	const struct keyed *a = left, *b = right;
	int order = strcmp(a->benchmark, b->benchmark);

	return order ? order : strcmp(a->rule, b->rule);
}

static struct keyed *sorted(struct arena *arena, const struct subject_results *s)
{
	struct keyed *list = arena_array_of(arena, struct keyed, s->n + 1);

	for (size_t i = 0; i < s->n; i++)
		list[i] = (struct keyed){ s->policies[i]->benchmark->short_id, s->results[i].rule->item.short_id, s->policies[i], &s->results[i] };
	if (s->n)
		qsort(list, s->n, sizeof(*list), by_key);
	return list;
}

static enum change_kind kind_of(const struct result *before, const struct result *after)
{
	bool failed = result_failed(before), fails = result_failed(after);

	if (fails)
		return CHANGE_REGRESSED;
	if (outcome_is_undetermined(after->outcome))
		return before->outcome == OUTCOME_PASS ? CHANGE_REGRESSED : CHANGE_OTHER;
	if (after->outcome == OUTCOME_PASS && (failed || before->waiver || outcome_is_undetermined(before->outcome)))
		return CHANGE_IMPROVED;
	return CHANGE_OTHER;
}

static void add(struct diff *d, enum change_kind kind, const struct subject_results *s, const struct keyed *before, const struct keyed *after)
{
	const struct keyed *latest = after ? after : before;

	arena_push(d->arena, d->list, d->n) = (struct change){
		.kind = kind, .subject = s, .policy = latest->policy, .rule = latest->result->rule, .severity = latest->result->severity,
		.weight = latest->result->weight, .before = before ? before->result : NULL, .after = after ? after->result : NULL,
	};
	d->of[kind]++;
}

static void add_name(struct diff *d, struct diff_names *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++)
		if (streq(names->list[i], name))
			return;
	arena_push(d->arena, names->list, names->n) = name;
}

static void compare_one(struct diff *d, const struct subject_results *s, const struct keyed *before, const struct keyed *after)
{
	bool was_waived = before->result->waiver != NULL, is_waived = after->result->waiver != NULL;

	if (before->result->outcome != after->result->outcome || was_waived != is_waived)
		add(d, kind_of(before->result, after->result), s, before, after);
}

static void add_new(struct diff *d, const struct subject_results *s, const struct keyed *after)
{
	if (result_failed(after->result))
		add(d, CHANGE_NEW, s, NULL, after);
}

static void compare_subject(struct diff *d, const struct subject_results *old, const struct subject_results *new)
{
	auto_arena struct arena *scratch = arena_new();
	const struct keyed *a = sorted(scratch, old), *b = sorted(scratch, new);
	size_t i = 0, k = 0;

	while (i < old->n || k < new->n) {
		int order = i == old->n ? 1 : k == new->n ? -1 : by_key(&a[i], &b[k]);

		if (order < 0) {
			if (!is_of_waivers(a[i].policy))
				add_name(d, &d->gone_rules, a[i].rule);
			if (result_failed(a[i].result))
				add(d, CHANGE_OTHER, new, &a[i], NULL);
			i++;
		} else if (order > 0) {
			if (!is_of_waivers(b[k].policy))
				add_name(d, &d->new_rules, b[k].rule);
			add_new(d, new, &b[k++]);
		} else {
			compare_one(d, new, &a[i++], &b[k++]);
		}
	}
}

static void compare_new_subject(struct diff *d, const struct subject_results *s)
{
	auto_arena struct arena *scratch = arena_new();
	const struct keyed *list = sorted(scratch, s);

	add_name(d, &d->new_subjects, label_of(s));
	for (size_t i = 0; i < s->n; i++)
		add_new(d, s, &list[i]);
}

/* ---- all ---- */

static int by_urgency(const void *left, const void *right)
{
	const struct change *a = left, *b = right;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->severity != b->severity)
		return a->severity > b->severity ? -1 : 1;
	if (a->weight < b->weight || a->weight > b->weight)
		return a->weight > b->weight ? -1 : 1;
	if (a->subject != b->subject)
		return a->subject < b->subject ? -1 : 1;
	return (a->after ? a->after : a->before) < (b->after ? b->after : b->before) ? -1 : 1;
}

static void compare(struct diff *d)
{
	auto_arena struct arena *scratch = arena_new();
	struct pairing p = {
		d->before, d->after, arena_array_of(scratch, size_t, d->after->n_subjects + 1), arena_array_of(scratch, bool, d->before->n_subjects + 1),
	};

	pair(&p, is_same_id);
	pair(&p, has_same_name);
	d->earlier = arena_array_of(d->arena, const struct subject_results *, d->after->n_subjects + 1);
	for (size_t i = 0; i < d->after->n_subjects; i++) {
		d->earlier[i] = p.partner[i] ? &d->before->subjects[p.partner[i] - 1] : NULL;
		if (d->earlier[i])
			compare_subject(d, d->earlier[i], &d->after->subjects[i]);
		else
			compare_new_subject(d, &d->after->subjects[i]);
	}
	for (size_t k = 0; k < d->before->n_subjects; k++)
		if (!p.taken[k])
			add_name(d, &d->gone_subjects, label_of(&d->before->subjects[k]));
	if (d->n)
		qsort(d->list, d->n, sizeof(*d->list), by_urgency);
}

int diff_of(struct diff **ret, const struct audit *before, const struct audit *after, struct err *err)
{
	int rc = see_comparable(before, after, err);
	struct arena *arena;

	if (rc < 0)
		return rc;
	arena = arena_new();
	*ret = arena_new_of(arena, struct diff);
	**ret = (struct diff){ .before = before, .after = after, .arena = arena };
	compare(*ret);
	return 0;
}

void diff_free(struct diff *diff)
{
	if (diff)
		arena_free(diff->arena);
}

const struct result *diff_earlier(const struct diff *diff, const struct subject_results *s, size_t i)
{
	const struct subject_results *earlier = diff->earlier[s - diff->after->subjects];
	const char *benchmark = s->policies[i]->benchmark->short_id, *rule = s->results[i].rule->item.short_id;

	/* most stand where they stood */
	for (size_t n = 0, k = i; earlier && n < earlier->n; n++, k++) {
		k = k < earlier->n ? k : 0;
		if (streq(earlier->results[k].rule->item.short_id, rule) && streq(earlier->policies[k]->benchmark->short_id, benchmark))
			return &earlier->results[k];
	}
	return NULL;
}

size_t diff_regressions(const struct diff *diff)
{
	return diff->of[CHANGE_REGRESSED] + diff->of[CHANGE_NEW];
}
