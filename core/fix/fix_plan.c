/* SPDX-License-Identifier: Apache-2.0 */
#include "core/fix/fix_plan.h"

#include "core/audit/waiver.h"
#include "core/base/text.h"
#include "core/fix/fix_commands.h"
#include "core/fix/fix_files.h"
#include "core/fix/fix_script.h"
#include "core/fix/fix_use.h"

#include <errno.h>

static const struct {
	const char *system;
	enum fix_kind kind;
} systems[] = {
	{ "urn:plimsoll:fix:package", FIX_SCRIPT },
	{ "urn:xccdf:fix:script:sh", FIX_SCRIPT },
	{ "urn:plimsoll:fix:cmdline", FIX_CMDLINE },
	{ "urn:plimsoll:fix:kconfig", FIX_KCONFIG },
	{ "urn:plimsoll:fix:daemon-json", FIX_DAEMON_JSON },
	{ "urn:plimsoll:fix:edit", FIX_EDIT },
	{ "urn:plimsoll:fix:each", FIX_SCRIPT },
	{ "urn:plimsoll:fix:run", FIX_CONTAINER },
};

/* ---- the text of a fix ---- */

struct filling {
	const struct policy *policy;
	const char *unfit;               /* a value that no script should hold */
};

/* A value may be anybody's: it stands in a script only where it means nothing to a shell. */
static const char *value_for_script(const void *with, const char *id)
{
	struct filling *f = *(struct filling *const *)with;
	const char *value = policy_value(f->policy, id);

	if (value && !shell_is_plain(value))
		f->unfit = benchmark_short_id(id);
	return value;
}

static const struct fix *fix_of(const struct rule *rule, const char *system)
{
	for (size_t i = 0; i < rule->n_fixes; i++)
		if (streq(rule->fixes[i].system, system))
			return &rule->fixes[i];
	return NULL;
}

static const char *filled(struct arena *arena, const struct policy *policy, const char *text, const char **unfit)
{
	struct filling filling = { .policy = policy }, *with = &filling;
	char *out = benchmark_text(arena, text, value_for_script, &with);

	*unfit = filling.unfit;
	return filling.unfit ? NULL : out;
}

const char *fix_text(struct arena *arena, const struct policy *policy, const struct rule *rule, const char *system)
{
	const struct fix *fix = fix_of(rule, system);
	const char *unfit;

	return fix && fix->text ? filled(arena, policy, fix->text, &unfit) : NULL;
}

/* ---- items ---- */

static void add_note(struct arena *arena, struct fix_item *item, const char *note)
{
	arena_push(arena, item->notes, item->n_notes) = note;
}

void fix_leave_to_hands(struct arena *arena, struct fix_item *item, const char *why)
{
	item->kind = FIX_BY_HAND;
	item->text = NULL;
	add_note(arena, item, why);
}

void fix_set_apart(struct arena *arena, struct fix_item *item, const char *why)
{
	add_note(arena, item, why);
	item->set_apart = true;
}

/* False: it would do nothing here. */
static bool fill_item(struct fix_plan *plan, struct fix_item *item, const struct fix *fix)
{
	const char *unfit = NULL;

	if (item->kind != FIX_CONTAINER && fix->text)
		item->text = filled(plan->arena, item->policy, fix->text, &unfit);
	item->reboot = fix->reboot;
	if (item->kind == FIX_CMDLINE && item->text && !shell_is_plain(item->text))
		unfit = "the command line";
	if (!shell_is_plain(item->rule->item.short_id) || strpbrk(item->rule->item.short_id, "/ "))
		unfit = "the rule's id";
	if (unfit) {
		fix_leave_to_hands(plan->arena, item, arena_printf(plan->arena, "The value of %s holds signs that no script should hold.", unfit));
		return true;
	}
	if (streq(fix->system, "urn:plimsoll:fix:package"))
		item->text = fix_package_script(plan->arena, item->text);
	if (streq(fix->system, "urn:plimsoll:fix:each"))
		return fix_make_each(plan->arena, item);
	if (fix->disruptive)
		fix_set_apart(plan->arena, item, FIX_NOTE_DISRUPTIVE);
	return true;
}

static void push_item(struct fix_plan *plan, const struct fix_item *like, enum fix_kind kind, const struct fix *fix, bool alone)
{
	struct fix_item item = *like;

	item.kind = kind;
	if (fix && !fill_item(plan, &item, fix) && !alone)
		return;
	if (item.result && item.result->waiver)
		add_note(plan->arena, &item, arena_printf(plan->arena, "That it fails is accepted until %s.", item.result->waiver->expires));
	arena_push(plan->arena, plan->items, plan->n) = item;
}

/* A rule may need more than one: a file is changed, and what is there already is mended. */
static void add_item(struct fix_plan *plan, const struct fix_item *like)
{
	bool any = false;

	for (size_t i = 0; i < ARRAY_LEN(systems); i++) {
		const struct fix *fix = fix_of(like->rule, systems[i].system);

		if (fix)
			push_item(plan, like, systems[i].kind, fix, !any);
		any = any || fix;
	}
	if (!any)
		push_item(plan, like, FIX_BY_HAND, NULL, true);
}

static bool is_asked_for(const struct fix_request *request, const struct result *result)
{
	if (!request->rules || !*request->rules)
		return result_failed(result);
	for (const char *const *glob = request->rules; *glob; glob++)
		if (text_glob(*glob, result->rule->item.short_id))
			return true;
	return false;
}

static void add_results(struct fix_plan *plan, const struct audit *audit, const struct fix_request *request)
{
	for (size_t i = 0; i < audit->n_subjects; i++) {
		const struct subject_results *s = &audit->subjects[i];

		for (size_t k = 0; k < s->n; k++)
			if (is_asked_for(request, &s->results[k]))
				add_item(plan, &(struct fix_item){ .subject = s, .policy = s->policies[k], .rule = s->results[k].rule,
								   .result = &s->results[k], .severity = s->results[k].severity });
	}
}

/* ---- rules that no result is of ---- */

static bool has_item(const struct fix_plan *plan, const char *glob)
{
	for (size_t i = 0; i < plan->n; i++)
		if (text_glob(glob, plan->items[i].rule->item.short_id))
			return true;
	return false;
}

static const struct subject_results *host_of(const struct audit *audit)
{
	for (size_t i = 0; i < audit->n_subjects; i++)
		if (audit->subjects[i].kind == SUBJECT_HOST)
			return &audit->subjects[i];
	return NULL;
}

/* One that the profile leaves out may be asked for all the same. One for containers needs one that it was judged on. */
static bool add_unjudged(struct fix_plan *plan, const struct audit *audit, const char *glob)
{
	bool known = false;

	for (size_t i = 0; i < audit->n_policies; i++) {
		const struct benchmark *b = audit->policies[i]->benchmark;

		for (size_t k = 0; k < b->n_rules; k++) {
			if (!text_glob(glob, b->rules[k]->item.short_id))
				continue;
			known = true;
			if (!b->rules[k]->multiple)
				add_item(plan, &(struct fix_item){ .subject = host_of(audit), .policy = audit->policies[i], .rule = b->rules[k],
								   .severity = audit->policies[i]->rules[k].severity });
		}
	}
	return known;
}

static int see_rules(struct fix_plan *plan, const struct audit *audit, const struct fix_request *request, struct err *err)
{
	for (const char *const *glob = request->rules; glob && *glob; glob++)
		if (!has_item(plan, *glob) && !add_unjudged(plan, audit, *glob))
			return err_set(err, ENOENT, "there is no rule '%s'; 'plimsoll list rules' lists them", *glob);
	return 0;
}

/* ---- the plan ---- */

/* Watches are set on what is there, so all that may make a file stands before them; what is set apart goes behind both. */
static int place_of(const struct fix_item *item)
{
	if (item->set_apart)
		return 2;
	return item->text && strstr(item->text, "/etc/audit/rules.d");
}

/* Within one place, in the order of the benchmarks. */
static void put_in_order(struct fix_plan *plan)
{
	struct fix_item *ordered = arena_array_of(plan->arena, struct fix_item, plan->n + 1);
	size_t n = 0;

	for (int place = 0; place <= 2; place++)
		for (size_t i = 0; i < plan->n; i++)
			if (place_of(&plan->items[i]) == place)
				ordered[n++] = plan->items[i];
	for (size_t i = 0; i < plan->n; i++) {
		plan->of[ordered[i].kind]++;
		plan->apart += ordered[i].set_apart;
	}
	plan->items = ordered;
}

int fix_plan_of(struct fix_plan **ret, const struct audit *audit, const struct fix_request *request, struct err *err)
{
	struct arena *arena = arena_new();
	struct fix_plan *plan = arena_new_of(arena, struct fix_plan);
	int rc;

	*ret = plan;
	plan->arena = arena;
	plan->not_looked = request->not_looked;
	add_results(plan, audit, request);
	rc = see_rules(plan, audit, request, err);
	if (rc < 0)
		return rc;
	fix_read_files(plan, audit);
	fix_look_for_use(plan, audit);
	fix_change_files(plan);
	put_in_order(plan);
	return 0;
}

void fix_plan_free(struct fix_plan *plan)
{
	if (plan)
		arena_free(plan->arena);
}
