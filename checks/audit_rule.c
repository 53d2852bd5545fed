/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel's audit system records. */
#include "checks/checks.h"

#include "core/auditctl.h"
#include "core/text.h"

static void *read_files(struct source *source, struct arena *arena)
{
	return auditctl_read_files(source, arena);
}

static void *read_kernel(struct source *source, struct arena *arena)
{
	return auditctl_read_kernel(source, arena);
}

static const struct auditctl *rules_of(const struct subject *subject, bool kernel)
{
	static const struct host_table files = { read_files }, running = { read_kernel };

	return subject_table(subject, kernel ? &running : &files);
}

/* Without its programs and without rules nobody uses the audit system: that is one finding, and not one for each rule. */
static bool is_unused(const struct subject *subject, const struct auditctl *rules)
{
	static const char *const programs[] = { "usr/sbin/auditctl", "sbin/auditctl", "usr/bin/auditctl" };

	if (rules->state != STATE_ABSENT && (rules->state != STATE_PRESENT || rules->n))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(programs); i++)
		if (source_stat(subject->source, programs[i])->state != STATE_ABSENT)
			return false;
	return true;
}

static void add_setting(const struct auditctl *rules, const char *which, struct items *items)
{
	const char *text = streq(which, "enabled") ? rules->settings.enabled : streq(which, "failure") ? rules->settings.failure
			 : rules->settings.backlog;
	struct item *item;

	if (!text) {
		items_add_state(items, which, rules->origin, STATE_ABSENT, "is not set");
		return;
	}
	item = items_add_text(items, which, rules->origin, text);
	if (text_integer(item->text, &item->number))
		item->type = ITEM_INTEGER;
}

static void add_found(const struct auditctl *rules, const struct auditctl_wanted *wanted, const char *what, struct items *items)
{
	const struct auditctl_rule *rule = auditctl_find(rules, wanted);

	if (rule)
		items_add_text(items, what, rule->origin, "recorded");
	else
		items_add_state(items, what, rules->origin, STATE_ABSENT, "no rule records %s", what);
}

static void add_syscalls(const struct auditctl *rules, const struct params *params, struct items *items)
{
	const struct auditctl_rule *off = auditctl_off_switch(rules);
	struct auditctl_wanted wanted = { .arch = params_get(params, "abi"), .fields = params_get(params, "fields") };
	size_t n;

	wanted.fields = wanted.fields ? wanted.fields : "";
	for (const char *at = params_get(params, "syscalls"), *w; (w = list_next(&at, " ", &n));) {
		char *what = arena_strndup(items->arena, w, n);

		wanted.syscall = what;
		if (off)
			items_add_state(items, what, off->origin, STATE_ABSENT, "a rule on the list of tasks switches the records of system calls off");
		else
			add_found(rules, &wanted, wanted.arch ? arena_printf(items->arena, "%s (%s)", what, wanted.arch) : what, items);
	}
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const char *path = params_get(params, "path"), *access = params_get(params, "access"), *setting = params_get(params, "setting");
	const struct auditctl *rules = rules_of(subject, streq(params_get(params, "where"), "kernel"));

	if (!path + !params_get(params, "syscalls") + !setting != 2 || (path && !auditctl_access(access ? access : "rwxa")))
		items_add_state(items, "audit rules", rules->origin, STATE_MALFORMED, "the rule must name one of path, syscalls and setting, and access in letters of rwxa");
	else if (is_unused(subject, rules))
		items_add_state(items, "audit rules", rules->origin, STATE_INAPPLICABLE, "the audit system is not used: auditctl(8) is not installed");
	else if (rules->state != STATE_PRESENT)
		items_add_state(items, "audit rules", rules->origin, rules->state, "%s", rules->why);
	else if (setting)
		add_setting(rules, setting, items);
	else if (path)
		add_found(rules, &(struct auditctl_wanted){ .path = path, .access = auditctl_access(access ? access : "rwxa"), .fields = "" }, path, items);
	else
		add_syscalls(rules, params, items);
}

const struct check check_audit_rule = {
	.name = "audit-rule",
	.summary = "what the kernel's audit system records, by its files and right now",
	.reference = "With `where` files it reads the rules that are loaded at boot: /etc/audit/rules.d/*.rules, or /etc/audit/audit.rules where there are none; with "
		     "kernel those that the running kernel has, which needs CAP_AUDIT_CONTROL and libaudit. With `path` the item is there when a rule records all of `access` "
		     "to it: a watch of the path or of a directory above it. With `syscalls` there is an item for each call: it is there when a rule with no other "
		     "conditions than those in `fields` records it, and none is where a rule never,task switches such records off. With `setting` the value is that of "
		     "-e, -f or -b. Not applicable where auditctl is not installed and there are no rules. See audit.rules(7).",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "where", PARAM_WORD, REQUIRED, "the rules of the next boot, or those in force", "files kernel" },
		{ "path", PARAM_STRING, OPTIONAL, "what is to be watched", NULL },
		{ "access", PARAM_STRING, OPTIONAL, "letters of r, w, x and a; all of them where it is left out", NULL },
		{ "syscalls", PARAM_STRING, OPTIONAL, "names of system calls, separated by spaces", NULL },
		{ "abi", PARAM_WORD, OPTIONAL, "of the system calls; any where it is left out", "b64 b32" },
		{ "fields", PARAM_STRING, OPTIONAL, "conditions that do not make a rule too narrow, as in auid>=1000 auid!=unset", NULL },
		{ "setting", PARAM_WORD, OPTIONAL, "a setting of the audit system", "enabled failure backlog" },
		{ 0 },
	},
	.observe = observe,
};
