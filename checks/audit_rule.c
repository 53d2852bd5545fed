/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel's audit system records. */
#include "checks/checks.h"
#include "checks/daemon_item.h"

#include "core/base/text.h"
#include "core/logging/auditctl.h"

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

/* What a rule of the benchmark asks for, and where it is looked for. */
struct question {
	const struct subject *subject;
	const struct auditctl *rules;
	const char *access, *fields, *syscalls, *paths, *setting, *abi;
	const struct daemon_set *daemons;   /* whose files are asked for, or NULL */
	const char *what;            /* of those */
	const char *native;          /* the system calls of the machine itself */
	struct items *items;
};

/* ---- whether there is anything to ask ---- */

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

/* Why nothing at all is recorded, whatever the rules say; NULL where it is. */
static const char *switched_off(const struct auditctl *rules, const char **origin)
{
	const struct auditctl_rule *off = auditctl_off_switch(rules);

	*origin = off ? off->origin : rules->origin;
	if (rules->settings.enabled && streq(rules->settings.enabled, "0"))
		return "the audit system is switched off";
	return !off ? NULL : streq(off->list, "task") ? "a rule on the list of tasks switches the records of system calls off"
						      : "a rule on the list of exclusions drops the records of system calls";
}

/* ---- settings ---- */

static void add_setting(const struct question *q)
{
	const struct auditctl_settings *set = &q->rules->settings;
	const struct {
		const char *name, *value;
	} known[] = {
		{ "enabled", set->enabled }, { "failure", set->failure }, { "backlog", set->backlog },
		{ "loginuid", set->loginuid }, { "daemon", set->daemon },
	};
	const char *text = NULL;
	struct item *item;

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (streq(known[i].name, q->setting))
			text = known[i].value;
	if (!text) {
		items_add_state(q->items, q->setting, q->rules->origin, STATE_ABSENT, "is not set");
		return;
	}
	item = items_add_text(q->items, q->setting, q->rules->origin, text);
	if (text_integer(item->text, &item->number))
		item->type = ITEM_INTEGER;
}

/* ---- what is recorded ---- */

static void add_answer(const struct question *q, const struct auditctl_wanted *wanted, const char *what)
{
	struct arena *arena = q->items->arena;
	const char *origin, *off = switched_off(q->rules, &origin);
	struct auditctl_answer answer = { NULL, NULL, NULL };

	if (!off)
		answer = auditctl_find(q->rules, wanted);
	if (off)
		items_add_state(q->items, what, origin, STATE_ABSENT, "%s", off);
	else if (answer.hides)
		items_add_state(q->items, what, answer.hides->origin, STATE_ABSENT, "a rule that stands in front keeps %s from being recorded", what);
	else if (!answer.records)
		items_add_state(q->items, what, q->rules->origin, STATE_ABSENT, "no rule records %s", what);
	else if (answer.exempts && !streq(answer.exempts->origin, q->rules->origin))
		items_add_text(q->items, what, answer.records->origin, arena_printf(arena, "recorded, but for what %s takes out", answer.exempts->origin));
	else
		items_add_text(q->items, what, answer.records->origin, answer.exempts ? "recorded, but for what a rule in front takes out" : "recorded");
}

static void add_syscall(const struct question *q, const char *name, const char *arch)
{
	const struct auditctl_wanted wanted = { .syscall = name, .arch = arch, .native = q->native, .fields = q->fields };

	add_answer(q, &wanted, arena_printf(q->items->arena, "%s (%s)", name, arch));
}

/* A 64-bit kernel also runs programs of 32 bits, whose calls have rules of their own. */
static void add_syscalls(const struct question *q)
{
	bool wide = streq(q->native, "b64");
	size_t n;

	for (const char *at = q->syscalls, *w; (w = list_next(&at, " \n\t", &n));) {
		const char *name = arena_strndup(q->items->arena, w, n);

		if (wide && (!q->abi || streq(q->abi, "b64")))
			add_syscall(q, name, "b64");
		if (!q->abi || streq(q->abi, "b32"))
			add_syscall(q, name, "b32");
	}
	if (!q->items->n)
		items_add_state(q->items, "system calls", q->rules->origin, STATE_INAPPLICABLE, "the machine has no system calls of that kind");
}

static const char *below_root(struct arena *arena, const char *path, size_t size)
{
	while (size && *path == '/') {
		path++;
		size--;
	}
	while (size && path[size - 1] == '/')
		size--;
	return arena_strndup(arena, path, size);
}

/* What is not there cannot be changed. */
static void add_path(const struct question *q, const char *path)
{
	const struct file *file = source_stat(q->subject->source, below_root(q->items->arena, path, strlen(path)));

	if (file->state == STATE_ABSENT)
		items_add_state(q->items, path, file->path, STATE_INAPPLICABLE, "is not there");
	else
		add_answer(q, &(struct auditctl_wanted){ .path = path, .access = auditctl_access(q->access), .native = q->native, .fields = q->fields }, path);
}

static void add_paths(const struct question *q)
{
	size_t n;

	for (const char *at = q->paths, *w; (w = list_next(&at, " \n\t", &n));)
		add_path(q, arena_strndup(q->items->arena, w, n));
}

/* ---- files of a daemon, where it really has them ---- */

static void add_data(const struct question *q, const struct daemon *daemon)
{
	enum state state = STATE_BROKEN;
	const char *why = NULL, *path = daemon_data(q->items->arena, daemon, &state, &why);

	if (path)
		add_path(q, arena_printf(q->items->arena, "/%s/", path));
	else
		items_add_state(q->items, daemon->label, daemon->origin, state, "%s", why);
}

static void add_executable(const struct question *q, const struct daemon *daemon)
{
	const char *why = "what it is started from is not known";
	const char *path = daemon->executable ? daemon_path(q->items->arena, daemon, daemon->executable, &why) : NULL;

	if (path)
		add_path(q, arena_printf(q->items->arena, "/%s", path));
	else
		items_add_state(q->items, daemon->label, daemon->origin, STATE_UNAVAILABLE, "%s", why);
}

static void add_files_of(const struct question *q, const struct daemon *daemon)
{
	if (streq(q->what, "data")) {
		add_data(q, daemon);
		return;
	}
	if (streq(q->what, "executable")) {
		add_executable(q, daemon);
		return;
	}
	for (size_t i = 0; i < daemon->n_documents; i++)
		add_path(q, daemon->documents[i]->file->path);
	if (!daemon->n_documents)
		items_add_state(q->items, daemon->label, daemon->origin, STATE_INAPPLICABLE, "it reads no configuration file");
}

static void add_files(const struct question *q)
{
	for (size_t i = 0; i < q->daemons->n; i++)
		add_files_of(q, &q->daemons->list[i]);
}

/* One of the paths is there, or there are none to be asked for. */
static bool is_any_there(const struct subject *subject, struct arena *arena, const char *paths)
{
	size_t n;

	for (const char *at = paths, *w; at && (w = list_next(&at, " \n\t", &n));)
		if (source_stat(subject->source, below_root(arena, w, n))->state != STATE_ABSENT)
			return true;
	return !paths;
}

static void ask(struct question *q, bool kernel)
{
	const struct auditctl *rules = q->rules = rules_of(q->subject, kernel);
	bool unseen = rules->state == STATE_UNAVAILABLE;   /* an offline root: its files tell whether anybody would ask */

	if (is_unused(q->subject, unseen ? rules_of(q->subject, false) : rules))
		items_add_state(q->items, "audit rules", rules->origin, STATE_INAPPLICABLE, "the audit system is not used: auditctl(8) is not installed");
	else if (rules->state != STATE_PRESENT)
		items_add_state(q->items, "audit rules", rules->origin, rules->state, "%s", rules->why);
	else if (q->setting)
		add_setting(q);
	else if (q->daemons)
		add_files(q);
	else if (q->paths)
		add_paths(q);
	else
		add_syscalls(q);
}

static const char *native_of(const struct subject *subject)
{
	const char *arch = subject->kernel->arch;

	return arch && list_has("x86_32 arm", " ", arch) ? "b32" : "b64";
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const char *where = params_get(params, "where"), *access = params_get(params, "access"), *fields = params_get(params, "fields");
	const char *daemon = params_get(params, "daemon");
	struct question q = {
		.subject = subject, .items = items, .native = native_of(subject), .abi = params_get(params, "abi"),
		.paths = params_get(params, "paths"), .syscalls = params_get(params, "syscalls"), .setting = params_get(params, "setting"),
		.access = access ? access : "rwxa", .fields = fields ? fields : "", .what = params_get(params, "what"),
		.daemons = daemon ? daemons_find(subject, daemon) : NULL,
	};
	bool kernel_only = q.setting && streq(q.setting, "daemon");

	if (!q.paths + !q.syscalls + !q.setting + !q.daemons != 3 || !q.what != !q.daemons || !auditctl_access(q.access)) {
		items_add_state(items, "audit rules", "the rule", STATE_MALFORMED,
				"it must name one of paths, syscalls, setting and daemon (that with what), and access in letters of rwxa");
		return;
	}
	if (q.daemons && !daemon_is_here(q.daemons, items))
		return;
	if (!is_any_there(subject, items->arena, params_get(params, "needs"))) {
		items_add_state(items, "audit rules", "/", STATE_INAPPLICABLE, "none of %s is there", params_get(params, "needs"));
		return;
	}
	if (!kernel_only && (!where || streq(where, "files")))
		ask(&q, false);
	if (kernel_only || (where && streq(where, "kernel")) || (!where && source_is_live(subject->source)))
		ask(&q, true);
}

const struct check check_audit_rule = {
	.name = "audit-rule",
	.summary = "what the kernel's audit system records, by its files and right now",
	.reference =
		"Reads the rules that are loaded at boot, /etc/audit/rules.d/*.rules in the order of augenrules(8) or /etc/audit/audit.rules "
		"where that is not used, and on the live host also those that the kernel has, which needs CAP_AUDIT_CONTROL and libaudit: "
		"what is asked for has to be in both. With `paths` there is an item for each path that exists: recorded when rules record all "
		"of `access` to it, by a watch of the path or of a directory above it; a slash at its end asks for all that lies below it, "
		"too. With `daemon` these are the directory that it keeps its data in, with all that lies below, the configuration files that it "
		"reads, or its program, wherever they are; not applicable where the daemon is not here. With `syscalls` there is an item for each call, for programs of 64 and of 32 bits where the machine runs both. A rule "
		"counts when its conditions are among `fields`, or let more in than those (auid>=500 where auid>=1000 is asked for). A rule "
		"never that stands in front hides what it takes all of, or all that root or ordinary users do; where it takes a part, the value says so. Nothing is recorded where "
		"-e 0, a rule never,task, or one that excludes all records of system calls is in force. With `setting` the value is that of "
		"-e, -f or -b, or immutable or mutable; daemon is registered or none, by the kernel. Not applicable where auditctl is not "
		"installed and there are no rules, and for paths that are not there. See audit.rules(7).",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "where", PARAM_WORD, OPTIONAL, "only the rules of the next boot, or only those in force; both where it is left out", "files kernel" },
		{ "paths", PARAM_STRING, OPTIONAL, "what is to be watched, separated by spaces", NULL },
		{ "daemon", PARAM_WORD, OPTIONAL, "whose files are to be watched", DAEMON_NAMES },
		{ "what", PARAM_WORD, OPTIONAL, "which of the daemon's", "data config executable" },
		{ "access", PARAM_STRING, OPTIONAL, "letters of r, w, x and a; all of them where it is left out", NULL },
		{ "syscalls", PARAM_STRING, OPTIONAL, "names of system calls, separated by spaces", NULL },
		{ "abi", PARAM_WORD, OPTIONAL, "of the system calls; both where it is left out", "b64 b32" },
		{ "fields", PARAM_STRING, OPTIONAL, "conditions that do not make a rule too narrow, as in auid>=1000 auid!=unset", NULL },
		{ "needs", PARAM_STRING, OPTIONAL, "paths, separated by spaces: not applicable where none of them is there", NULL },
		{ "setting", PARAM_WORD, OPTIONAL, "a setting of the audit system", "enabled failure backlog loginuid daemon" },
		{ 0 },
	},
	.observe = observe,
};
