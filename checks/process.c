/* SPDX-License-Identifier: Apache-2.0 */
/* A program that runs on the host: whether it does, as whom, with which arguments, and whether its file is still there. */
#include "checks/checks.h"

#include "core/base/text.h"
#include "core/process/process.h"
#include "core/running/running.h"

enum { SHOWN_MOST = 20 };

struct asking {
	const struct subject *subject;
	const struct running_list *programs;
	const char *field, *flag;
	struct items *items;
};

static void add_user(const struct asking *a, struct pin *pin, const char *name)
{
	struct file file = pin_read(pin, a->items->arena, "status", STATUS_LIMIT);
	struct status status;

	if (file.state != STATE_PRESENT)
		items_add_file_state(a->items, name, &file);
	else if (!status_parse(&status, a->items->arena, file.data))
		items_add_state(a->items, name, file.path, STATE_MALFORMED, "%s: no status of a process", file.path);
	else
		items_add_integer(a->items, name, file.path, status.uid[ID_EFFECTIVE]);
}

/* ---- arguments ---- */

/*
 * What a flag is given: "" where it stands alone, NULL where the argument is another. "host" is -host and --host, "H" is -H; the value follows an
 * equals sign, a letter at once, or is the next argument.
 */
static const char *value_of(const char *argument, const char *next, const char *flag)
{
	size_t n = strlen(flag), dashes = strspn(argument, "-");
	const char *name = argument + dashes;

	if (!dashes || dashes > 2 || strncmp(name, flag, n) != 0 || (n == 1 && dashes == 2))
		return NULL;
	if (name[n] == '=')
		return name + n + 1;
	if (n == 1 && name[n] != '\0')
		return name + n;
	if (name[n] != '\0')
		return NULL;
	return next && *next != '-' ? next : "";
}

static void add_flag(const struct asking *a, const char **arguments, const char *name, const char *origin)
{
	struct arena *arena = a->items->arena;
	size_t before = a->items->n, n;

	for (size_t i = 0; arguments[0] && arguments[i + 1]; i++) {
		for (const char *at = a->flag, *w; (w = list_next(&at, " ", &n));) {
			const char *flag = arena_strndup(arena, w, n), *value = value_of(arguments[i + 1], arguments[i + 2], flag);

			if (value)
				items_add_text(a->items, arena_printf(arena, "-%s%s of %s", n > 1 ? "-" : "", flag, name), origin, value);
		}
	}
	if (a->items->n == before)
		items_add_state(a->items, arena_printf(arena, "%s of %s", a->flag, name), origin, STATE_ABSENT, "not given");
}

static void add_arguments(const struct asking *a, struct pin *pin, const char *name)
{
	const char **arguments = process_arguments(pin, a->items->arena);
	const char *origin = arena_printf(a->items->arena, "/%s/cmdline", pin->path);
	struct buffer all = { .arena = a->items->arena };

	if (a->flag) {
		add_flag(a, arguments, name, origin);
		return;
	}
	for (size_t i = 0; arguments[i]; i++)
		buffer_printf(&all, "%s%s", i ? " " : "", arguments[i]);
	items_add_text(a->items, name, origin, all.text ? all.text : "");
}

/* ---- its file ---- */

static void add_file(const struct asking *a, const struct running *p, const char *name)
{
	const struct file *file = source_stat(a->subject->source, p->exe + (*p->exe == '/'));
	struct item *item;

	if (p->deleted)
		items_add_state(a->items, name, p->shown, STATE_BROKEN, "the file that runs is not there any more");
	else if (file->state != STATE_PRESENT)
		items_add_file_state(a->items, name, file);
	else if (streq(a->field, "file-owner"))
		items_add_integer(a->items, name, p->shown, file->stat.st_uid);
	else {
		item = items_add_bits(a->items, name, p->shown, file->stat.st_mode & 07777);
		item->text = arena_printf(a->items->arena, "%04o", file->stat.st_mode & 07777);
	}
}

/* What became of the file, by its name: of a running program that was updated another stands there. */
static const char *fate_of(const struct asking *a, const struct running *p)
{
	if (!p->deleted)
		return "present";
	if (starts_with(p->exe, "/memfd:"))
		return "in-memory";
	return *p->exe == '/' && source_stat(a->subject->source, p->exe + 1)->state == STATE_PRESENT ? "replaced" : "removed";
}

/* ---- all of them ---- */

static void add_one(const struct asking *a, const struct running *p)
{
	struct arena *arena = a->items->arena;
	auto_pin struct pin pin = { .fd = -1 };
	const char *name = arena_printf(arena, "%s (pid %d)", p->shown, p->pid);
	const char *origin = arena_printf(arena, "/proc/%d/exe", p->pid);

	if (streq(a->field, "running"))
		items_add_text(a->items, name, origin, p->exe);
	else if (streq(a->field, "file"))
		items_add_text(a->items, name, origin, fate_of(a, p));
	else if (streq(a->field, "file-owner") || streq(a->field, "file-mode"))
		add_file(a, p, name);
	else if (running_pin(a->programs, p, arena, &pin) < 0)
		return;   /* it has ended meanwhile */
	else if (streq(a->field, "user"))
		add_user(a, &pin, name);
	else
		add_arguments(a, &pin, name);
}

static void add_none(const struct asking *a, const char *list)
{
	const struct running_list *all = a->programs;
	const char *words = list_brief(a->items->arena, list);

	if (all->state != STATE_PRESENT)
		items_add_state(a->items, words, "/proc", all->state, "%s", all->why);
	else if (all->hidden)
		items_add_state(a->items, words, "/proc", STATE_DENIED, "%s", all->hidden_why);
	else if (streq(a->field, "running"))
		items_add_state(a->items, words, "/proc", STATE_ABSENT, "no process runs it");
	else
		items_add_state(a->items, words, "/proc", STATE_INAPPLICABLE, "no process runs it");
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	struct asking a = { .subject = subject, .programs = subject_running(subject), .flag = params_get(params, "flag"), .items = items };
	const char *words = params_get(params, "program");
	bool fates, none = true;
	size_t left_out = 0;

	a.field = a.flag ? "arguments" : params_get(params, "field") ? params_get(params, "field") : "running";
	fates = streq(a.field, "file");
	for (size_t i = 0; i < a.programs->n; i++) {
		const struct running *p = &a.programs->list[i];

		if (p->elsewhere || !running_is(p, words))
			continue;
		none = false;
		if (fates && !p->deleted)
			continue;
		if (items->n < SHOWN_MOST || !(fates || streq(a.field, "running")))   /* more of those would say the same */
			add_one(&a, p);
		else
			left_out++;
	}
	if (left_out)
		items->list[items->n - 1].name = arena_printf(items->arena, "%s, and %zu more", items->list[items->n - 1].name, left_out);
	if (!items->n && fates && !none && !a.programs->hidden)
		items_add_text(items, words, "/proc", "present");
	else if (!items->n)
		add_none(&a, words);
}

static const struct bit_name mode_bits[] = {
	{ 0, "other-exec" }, { 1, "other-write" }, { 2, "other-read" },
	{ 3, "group-exec" }, { 4, "group-write" }, { 5, "group-read" },
	{ 6, "owner-exec" }, { 7, "owner-write" }, { 8, "owner-read" },
	{ 9, "sticky" }, { 10, "setgid" }, { 11, "setuid" }, { 0, NULL },
};

const struct check check_process = {
	.name = "process",
	.summary = "a program that runs on the host, found by the file that it executes",
	.reference =
		"Processes are told by /proc/PID/exe, so that neither a name that a process gives itself nor a word in somebody's command "
		"line is taken for a program; of a busybox that root runs the command counts, which its first argument names. Those whose "
		"root directory is another than the host's, in containers and chroots, are left out. `running` gives the path of the "
		"program; absent where no process runs it, which only root can be sure of. The other fields are not applicable then: `user` "
		"is the effective user id, `arguments` the command line, `file-owner` and `file-mode` are of the program's file, and `file` "
		"is `present`, `replaced` where an update put another file in its place, `removed` where nothing stands there any more, or "
		"`in-memory` where it never was one. With `flag` each value given to that option is an item, \"\" where it has none; absent "
		"where it is not given. An offline root holds no processes: unavailable. See proc_pid_exe(5).",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "program", PARAM_STRING, REQUIRED, "names or absolute paths of programs, separated by spaces; with * and ?", NULL },
		{ "field", PARAM_WORD, OPTIONAL, "what to look at; running where it is left out",
		  "running user arguments file file-owner file-mode" },
		{ "flag", PARAM_STRING, OPTIONAL, "options without their dashes, \"host H\", instead of a field", NULL },
	},
	.bits = mode_bits,
	.observe = observe,
};
