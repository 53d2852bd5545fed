/* SPDX-License-Identifier: Apache-2.0 */
/* Consoles that let somebody in without asking who it is. */
#include "checks/checks.h"

#include "core/base/text.h"
#include "core/boot/unit.h"
#include "core/boot/unit_command.h"
#include "core/source/conf_files.h"

static const char shells[] = "sh bash dash ash ksh mksh zsh csh tcsh fish busybox";

struct look {
	const struct subject *subject;
	struct items *items;
	struct arena *scratch;
	size_t consoles;             /* commands that were looked at */
	const char **units;          /* names of those that were */
	size_t n_units;
};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	slash = slash ? slash + 1 : path;
	return *slash == '-' ? slash + 1 : slash;
}

/* ---- commands ---- */

/* Options of agetty(8), getty(8) and mingetty(8) that take an argument; its letters may stand together. */
static const char letters[] = "acCdEfHIloPrtT", options[] = "autologin login-program login-options delay init-string host local-line nice chroot chdir issue-file timeout loginprog";

/* "--auto" is "--autologin", as getopt_long(3) takes it. */
static bool is_option(const char *word, const char *name)
{
	size_t n = strcspn(word, "=");

	return n > 0 && strncmp(word, name, n) == 0;
}

static bool has_force(const char *text)
{
	const char *w;
	size_t n;

	for (const char *at = text; (w = list_next(&at, " \t'\"", &n));)
		if (n > 1 && w[0] == '-' && w[1] != '-' && memchr(w, 'f', n))
			return true;
	return false;
}

/* What one option says against it, or NULL. */
static const char *option_opens(char letter, const char *argument)
{
	if (letter == 'a')
		return "it names who is logged in";
	if (letter == 'l' && *argument && !streq(base_name(argument), "login"))
		return "another program than login is started";
	return letter == 'o' && has_force(argument) ? "login is told to ask for no password" : NULL;
}

static const char *argument_of(const char *const *words, size_t n, size_t *at, const char *rest)
{
	return *rest ? rest : *at + 1 < n ? words[++*at] : "";
}

static const char *long_option_opens(const char *const *words, size_t n, size_t *at)
{
	const char *word = words[*at] + 2, *equals = strchr(word, '='), *argument = "", *w;
	bool takes = false;
	size_t size;

	for (const char *list = options; !takes && (w = list_next(&list, " ", &size));)
		takes = is_option(word, w);
	if (equals)
		argument = equals + 1;
	else if (takes)
		argument = argument_of(words, n, at, "");
	if (is_option(word, "autologin"))
		return option_opens('a', argument);
	if (is_option(word, "login-program") || is_option(word, "loginprog"))
		return option_opens('l', argument);
	return is_option(word, "login-options") ? option_opens('o', argument) : NULL;
}

static const char *getty_opens(const char *const *words, size_t n)
{
	const char *why = NULL;

	for (size_t i = 1; i < n && !why; i++) {
		if (words[i][0] != '-')
			continue;
		if (words[i][1] == '-') {
			why = long_option_opens(words, n, &i);
			continue;
		}
		for (const char *c = words[i] + 1; *c && !why; c++) {
			const char *argument = strchr(letters, *c) ? argument_of(words, n, &i, c + 1) : NULL;

			why = argument ? option_opens(*c, argument) : NULL;
			if (argument)
				break;
		}
	}
	return why;
}

/* Why a command on a console lets somebody in, or NULL. *is_console is set where it is one that is known. */
static const char *command_opens(const char *const *words, size_t n, bool *is_console)
{
	const char *name;

	while (n > 1 && list_has("env nohup setsid exec nice cttyhack openvt", " ", base_name(*words)))
		words++, n--;
	name = base_name(*words);
	*is_console = true;
	if (streq(name, "busybox") && n > 1)
		words++, n--, name = base_name(*words);
	if (strstr(name, "getty"))
		return getty_opens(words, n);
	if (streq(name, "login")) {
		for (size_t i = 1; i < n; i++)
			if (has_force(words[i]))
				return "login is told to ask for no password";
		return NULL;
	}
	if (list_has(shells, " ", name))
		return "a shell is started in the place of login";
	*is_console = false;
	return NULL;
}

static void take_command(struct look *l, const char *name, const char *origin, const char *text)
{
	struct arena *arena = l->items->arena;
	const char **words = NULL, *why;
	bool is_console;
	size_t n = 0;

	text += strspn(text, "@-:+!| \t");
	if (!unit_words(l->scratch, text, NULL, &words, &n) || !n)
		return;
	why = command_opens(words, n, &is_console);
	l->consoles += is_console;
	if (why)
		items_add_text(l->items, arena_strdup(arena, name), arena_strdup(arena, origin),
			       arena_printf(arena, "%s: %s", why, text_safe(arena, text, strlen(text), 200)));
}

/* ---- systemd ---- */

static void take_unit(struct look *l, const struct units *units, const char *name)
{
	const struct unit *unit = unit_load(units, l->scratch, name);
	const struct unit_setting *s;

	for (size_t i = 0; i < l->n_units; i++)
		if (streq(l->units[i], unit->name))
			return;
	arena_push(l->scratch, l->units, l->n_units) = unit->name;
	if (unit->state == STATE_ABSENT || unit->masked)
		return;
	if (unit->state != STATE_PRESENT) {
		items_add_state(l->items, arena_strdup(l->items->arena, name), arena_strdup(l->items->arena, unit->path), unit->state, "%s",
				arena_strdup(l->items->arena, unit->why));
		return;
	}
	for (size_t at = 0; (s = unit_next(unit, "Service", "ExecStart", &at));)
		take_command(l, name, arena_printf(l->scratch, "%s:%u", s->origin, s->line), s->value);
}

/* Shells of systemd's own: those of the first line have rules of their own, and the others are there where systemd.break= is on the kernel's command line. */
static const char of_other_rules[] = "rescue.service emergency.service debug-shell.service "
				     "breakpoint-pre-udev.service breakpoint-pre-basic.service breakpoint-pre-mount.service breakpoint-pre-switch-root.service";

/* Units for a console, whatever they are called, are those that systemd connects with one. */
static bool is_of_console(const struct units *units, struct arena *arena, const char *name)
{
	const struct unit *unit;
	const struct unit_setting *input, *command;

	if (strstr(name, "getty") || starts_with(name, "autovt"))
		return true;
	if (list_has(of_other_rules, " ", name))
		return false;
	unit = unit_load(units, arena, name);
	input = unit_setting(unit, "Service", "StandardInput");
	command = unit_setting(unit, "Service", "ExecStart");
	return (input && starts_with(input->value, "tty")) || (command && strstr(command->value, "getty"));
}

/* An instance may have drop-ins and nothing else: getty@tty3.service.d. */
static void take_instances(struct look *l, const struct units *units)
{
	static const char patterns[] = "etc/systemd/system/*@*.service.d run/systemd/system/*@*.service.d usr/local/lib/systemd/system/*@*.service.d "
				       "usr/lib/systemd/system/*@*.service.d etc/systemd/system/*.wants/*@*.service usr/lib/systemd/system/*.wants/*@*.service";
	struct paths paths = { .list = NULL };
	const char *w;
	size_t n;

	for (const char *at = patterns; (w = list_next(&at, " ", &n));)
		paths_match(l->subject->source, l->scratch, arena_strndup(l->scratch, w, n), &paths);
	for (size_t i = 0; i < paths.n; i++) {
		const char *slash = strrchr(paths.list[i], '/');
		char *name = arena_strdup(l->scratch, slash ? slash + 1 : paths.list[i]);
		size_t size = strlen(name);

		if (size > 2 && streq(name + size - 2, ".d"))
			name[size - 2] = '\0';
		if (is_of_console(units, l->scratch, name))
			take_unit(l, units, name);
	}
}

static void look_at_units(struct look *l, const struct units *units)
{
	const char *name;

	for (size_t at = 0; (name = unit_next_name(units, ".service", &at));)
		if (is_of_console(units, l->scratch, name))
			take_unit(l, units, name);
	take_instances(l, units);
}

/* ---- other init systems ---- */

/* "ID:RUNLEVELS:ACTION:COMMAND" of inittab(5); what a broken system is mended with is another rule's. */
static void look_at_inittab(struct look *l)
{
	const struct file *file = source_read(l->subject->source, "etc/inittab", SOURCE_LIMIT);
	struct conf_lines lines = conf_lines_of(l->scratch, file, false);
	struct unseen unseen;

	if (file->state == STATE_ABSENT)
		return;
	if (conf_file_unread(l->items->arena, file, &unseen)) {
		items_add_state(l->items, "inittab", unseen.origin, unseen.state, "%s", unseen.why);
		return;
	}
	for (char *line; (line = conf_lines_next(&lines));) {
		char *rest = line, *fields[3] = { NULL };

		for (size_t i = 0; i < ARRAY_LEN(fields) && rest; i++)
			fields[i] = strsep(&rest, ":");
		if (*line != '#' && rest && list_has("respawn askfirst wait once ondemand boot bootwait sysinit", " ", fields[2]) && !strstr(rest, "sulogin"))
			take_command(l, "inittab", arena_printf(l->scratch, "%s:%u", file->path, lines.line), rest);
	}
}

/* OpenRC's agetty.tty1 reads conf.d/agetty.tty1, or conf.d/agetty. */
static void look_at_openrc(struct look *l)
{
	struct paths paths = { .list = NULL };

	paths_match(l->subject->source, l->scratch, "etc/conf.d/agetty*", &paths);
	for (size_t i = 0; i < paths.n; i++) {
		const struct file *file = source_read(l->subject->source, paths.list[i], SOURCE_LIMIT);
		struct conf_lines lines = conf_lines_of(l->scratch, file, false);

		for (char *line; (line = conf_lines_next(&lines));) {
			const char *value = starts_with(line, "agetty_options=") ? line + strlen("agetty_options=") : NULL;
			size_t quoted = value && (*value == '"' || *value == '\'');

			if (value)
				take_command(l, "agetty", arena_printf(l->scratch, "%s:%u", file->path, lines.line),
					     arena_printf(l->scratch, "agetty %.*s", (int)(quoted ? strcspn(value + 1, "\"'") : strlen(value)), value + quoted));
		}
	}
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	auto_arena struct arena *scratch = arena_new();
	struct look look = { .subject = subject, .items = items, .scratch = scratch };
	const struct units *units = subject_units(subject);

	(void)params;
	if (units_init(units) == INIT_SYSTEMD) {
		look_at_units(&look, units);
	} else {
		look_at_inittab(&look);
		look_at_openrc(&look);
	}
	if (!items->n && look.consoles)
		items_add_state(items, "consoles", "/etc", STATE_ABSENT, "each of them asks who it is");
	else if (!items->n)
		items_add_state(items, "consoles", "/etc", STATE_INAPPLICABLE, "no console is set up here");
}

const struct check check_autologin = {
	.name = "autologin",
	.summary = "consoles that log somebody in without asking",
	.reference = "With systemd every service for a console is looked at, with its drop-ins: getty and its kind, those of single instances (getty@tty3.service.d), "
		     "container-getty, and whatever reads from a terminal; elsewhere /etc/inittab and OpenRC's conf.d/agetty. An item for each command that "
		     "names the user to log in (agetty -a), starts another program than login (-l), hands -f to login, or is login -f or a shell. Absent "
		     "where there is none; not applicable where no console is set up. rescue, emergency and debug-shell are left to rules of their own. See agetty(8).",
	.subjects = SUBJECT_HOST,
	.params = { { 0 } },
	.observe = observe,
};
