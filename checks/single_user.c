/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the shells of a broken or maintained system ask for root's password. */
#include "checks/checks.h"

#include "core/base/text.h"
#include "core/boot/unit.h"
#include "core/config/shell_program.h"
#include "core/source/conf_files.h"

static const char force[] = "SYSTEMD_SULOGIN_FORCE";

static const char shells[] = "sh bash ash dash ksh zsh";

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/*
 * sulogin(8) with --force opens a shell where root has no password to ask for; and a shell that was told to start it must not start another one
 * besides. systemd-sulogin-shell(8) starts it, too.
 */
static bool asks(struct arena *arena, const char *command)
{
	const char *login = strstr(command, "sulogin");
	struct shell_programs programs = { .folder = "/" };
	unsigned logins = 0, inner = 0;

	if (!login || strstr(login, "--force") || strstr(login, " -e"))
		return false;
	shell_programs_of_text(arena, command + strspn(command, "@-:+!| \t"), &programs);
	for (size_t i = 0; i < programs.n; i++) {
		const char *name = base_name(programs.list[i].word);

		logins += streq(name, "sulogin") || streq(name, "systemd-sulogin-shell");
		inner += i > 0 && list_has(shells, " ", name);
	}
	return logins && !inner;
}

/* Of all that the unit starts, what does not ask; NULL where all of it does. */
static const struct unit_setting *not_asking(struct arena *arena, const struct unit *unit, size_t *n)
{
	const struct unit_setting *s;
	size_t at = 0;

	for (*n = 0; (s = unit_next(unit, "Service", "ExecStart", &at)); ++*n)
		if (!asks(arena, s->value))
			return s;
	return NULL;
}

static bool is_forced(const struct unit *unit)
{
	const struct unit_setting *s;
	size_t at = 0;

	while ((s = unit_next(unit, "Service", "Environment", &at))) {
		const char *word = strstr(s->value, force);

		if (word && word[strlen(force)] == '=' && word[strlen(force) + 1] != '0')
			return true;
	}
	return false;
}

static void look_at_unit(const struct subject *subject, const char *name, struct items *items)
{
	const struct unit *unit = unit_load(subject_units(subject), items->arena, name);
	size_t n;
	const struct unit_setting *open = not_asking(items->arena, unit, &n);

	if (unit->state == STATE_ABSENT)
		return;
	if (unit->state != STATE_PRESENT)
		items_add_state(items, name, unit->path, unit->state, "%s", unit->why);
	else if (unit->masked)
		items_add_text(items, name, unit->path, "none");
	else if (open)
		items_add_text(items, name, open->origin, "open")->why = text_safe(items->arena, open->value, strlen(open->value), 256);
	else if (is_forced(unit))
		items_add_text(items, name, unit->path, "open")->why = "SYSTEMD_SULOGIN_FORCE is set";
	else if (!n)
		items_add_state(items, name, unit->path, STATE_MALFORMED, "it starts nothing: there is no ExecStart=");
	else
		items_add_text(items, name, unit->path, "password");
}

static void look_at_cmdline(const struct subject *subject, struct items *items)
{
	const struct cmdline *cmdline = subject->kernel->cmdline;

	for (size_t i = 0; cmdline->state == STATE_PRESENT && i < cmdline->n; i++)
		if (streq(cmdline->params[i].name, force) && !(cmdline->params[i].value && streq(cmdline->params[i].value, "0")))
			items_add_text(items, force, "/proc/cmdline", "open");
}

static bool is_shell(const char *command)
{
	size_t n = strcspn(command, " \t");
	const char *name = command;

	for (const char *c = command; c < command + n; c++)
		if (*c == '/' || *c == '-')
			name = c + 1;
	return list_has_part(shells, " ", name, (size_t)(command + n - name));
}

/* "ID:RUNLEVELS:ACTION:COMMAND" of inittab(5), and of the init of BusyBox. */
static void look_at_inittab(const struct subject *subject, struct items *items)
{
	const struct file *file = source_read(subject->source, "etc/inittab", SOURCE_LIMIT);
	struct conf_lines lines = conf_lines_of(items->arena, file, false);
	struct unseen unseen;

	if (file->state == STATE_ABSENT)
		return;
	if (conf_file_unread(items->arena, file, &unseen)) {
		items_add_state(items, "inittab", unseen.origin, unseen.state, "%s", unseen.why);
		return;
	}
	for (char *line; (line = conf_lines_next(&lines));) {
		const char *origin = arena_printf(items->arena, "%s:%u", file->path, lines.line);
		char *command = line;

		for (int i = 0; i < 3 && command; i++) {
			command = strchr(command, ':');
			command = command ? command + 1 : NULL;
		}
		if (*line == '#' || !command)
			continue;
		if (strstr(command, "sulogin"))
			items_add_text(items, "inittab", origin, asks(items->arena, command) ? "password" : "open");
		else if (is_shell(command))
			items_add_text(items, "inittab", origin, "open");
	}
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	(void)params;
	if (units_init(subject_units(subject)) == INIT_SYSTEMD) {
		look_at_unit(subject, "rescue.service", items);
		look_at_unit(subject, "emergency.service", items);
		look_at_cmdline(subject, items);
	} else {
		look_at_inittab(subject, items);
	}
	if (!items->n)
		items_add_state(items, "single-user mode", "/etc/inittab", STATE_INAPPLICABLE, "no shell for maintenance is set up here");
}

const struct check check_single_user = {
	.name = "single-user",
	.summary = "whether the shells for maintenance ask for root's password",
	.reference = "With systemd, rescue.service and emergency.service with their drop-ins: `password` where all that they start is sulogin without --force, "
		     "`open` where it is something else or SYSTEMD_SULOGIN_FORCE is set there or on the kernel command line, `none` where the unit is masked. "
		     "Else /etc/inittab: `password` for a line that starts sulogin, `open` for one that starts a shell. Not applicable where there is no such "
		     "shell. Whether root has a password is another matter. See sulogin(8).",
	.subjects = SUBJECT_HOST,
	.params = { { 0 } },
	.observe = observe,
};
