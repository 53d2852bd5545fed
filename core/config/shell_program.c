/* SPDX-License-Identifier: Apache-2.0 */
#include "core/config/shell_program.h"

#include "core/base/text.h"

enum { PROGRAMS_MOST = 500 };

struct command {
	struct arena *arena;
	const struct shell_word *words;
	size_t n, at;                /* at: the word that is looked at */
	struct shell_programs *programs;
};

/* A program that starts the one that is named behind its own options. */
struct starter {
	const char *names;
	const char *letters;         /* its options of one letter that take an argument */
	const char *words;           /* and those of a word */
	unsigned skips;              /* arguments that come before the program */
};

static const struct starter starters[] = {
	{ "env", "uC", "unset chdir", 0 }, { "nice", "n", "adjustment", 0 }, { "ionice", "cn", "class classdata", 0 },
	{ "nohup setsid chronic cronic command time eatmydata busybox exec builtin coproc", "afo", "format output", 0 },
	{ "timeout", "ks", "kill-after signal", 1 }, { "flock", "Ew", "timeout wait conflict-exit-code", 1 }, { "chrt", "TPD", "sched-runtime sched-period sched-deadline", 1 },
	{ "taskset", "", "", 1 }, { "stdbuf", "ioe", "input output error", 0 },
	{ "systemd-cat", "tp", "identifier priority stderr-priority level-prefix", 0 }, { "systemd-inhibit", "", "what who why mode", 0 },
	{ "sudo doas", "CDghpRrTtUu", "user close-from chdir group host prompt chroot role type other-user command-timeout", 0 },
	{ "systemd-run", "EHMptu", "unit property description slice service-type setenv host machine uid gid working-directory on-active on-boot on-calendar", 0 },
	{ "setpriv", "", "reuid ruid euid regid rgid egid groups inh-caps ambient-caps bounding-set securebits pdeathsig selinux-label apparmor-profile", 0 },
	{ "xargs", "adEILnPs", "arg-file delimiter max-args max-procs max-chars replace", 0 },
};

/* A program that reads a script. */
static const struct {
	const char *name;            /* without the version behind it: "python3.11" */
	const char *inline_letters;  /* of options that hold the text itself, or a module's name */
	const char *letters;         /* of options that take an argument */
} interpreters[] = {
	{ "python", "cm", "WX" }, { "perl", "eE", "IMmF" }, { "ruby", "e", "Ir" }, { "php", "rBRE", "cdz" }, { "node", "ep", "r" }, { "nodejs", "ep", "r" },
	{ "lua", "e", "l" }, { "expect", "c", "" }, { "tclsh", "", "" }, { "Rscript", "e", "" },
};

static const char shells[] = "sh bash dash ash ksh mksh zsh rbash";

static void doubt(struct command *c, const char *why)
{
	if (!c->programs->doubt)
		c->programs->doubt = why;
}

static void add(struct command *c, enum shell_use use, const char *word)
{
	if (c->programs->n < PROGRAMS_MOST)
		arena_push(c->arena, c->programs->list, c->programs->n) = (struct shell_program){ use, word };
	else
		doubt(c, "it starts more programs than are looked at");
}

/* One that is named from where the shell stands is taken from there; a name without a slash is looked for in PATH, a script's beside the shell. */
static void add_file(struct command *c, enum shell_use use, const struct shell_word *word, bool is_script)
{
	if (word->computed || !*word->text)
		doubt(c, arena_printf(c->arena, "which file %s is a shell alone can tell", *word->text ? word->text : "a variable names"));
	else if (*word->text == '/' || (!is_script && !strchr(word->text, '/')))
		add(c, use, word->text);
	else if (c->programs->folder)
		add(c, use, arena_printf(c->arena, "%s/%s", c->programs->folder, word->text));
	else
		doubt(c, arena_printf(c->arena, "%s is named from a folder that is not known", word->text));
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* "NAME=VALUE" */
static const char *assigned(const struct shell_word *word, const char **name, struct arena *arena)
{
	size_t n = strspn(word->text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

	if (!n || word->text[n] != '=' || (*word->text >= '0' && *word->text <= '9'))
		return NULL;
	*name = arena_strndup(arena, word->text, n);
	return word->text + n + 1;
}

/* Those that stand before the command. What a variable would add to PATH is not known, and what stands beside it is. */
static void take_assignments(struct command *c)
{
	const char *name, *value;

	for (; c->at < c->n && (value = assigned(&c->words[c->at], &name, c->arena)); c->at++)
		if (streq(name, "PATH"))
			add(c, SHELL_PATH, value);
}

/* Goes over options; true where one of the letters was among them, and then the one that held it was the last. */
static bool skip_options(struct command *c, const char *stops, const char *letters, const char *words)
{
	while (c->at < c->n && (c->words[c->at].text[0] == '-' || c->words[c->at].text[0] == '+') && c->words[c->at].text[1]) {
		const char *word = c->words[c->at++].text, *letter = word + 1;

		if (streq(word, "--"))
			return false;
		if (*letter == '-') {
			c->at += !strchr(word, '=') && list_has(words, " ", word + 2);
			continue;
		}
		letter += strcspn(letter, letters);
		if (*stops && strcspn(word + 1, stops) < (size_t)(letter - word - 1))
			return true;
		c->at += *letter && !letter[1];
	}
	return false;
}

static void take_command(struct command *c);

static void take_text(struct command *c)
{
	if (c->at == c->n)
		return;
	if (c->words[c->at].computed)
		doubt(c, "the text for a shell is computed");
	else
		shell_programs_of_text(c->arena, c->words[c->at].text, c->programs);
}

/* sh -c TEXT, or sh SCRIPT */
static void take_shell(struct command *c)
{
	if (skip_options(c, "c", "oO", "rcfile init-file"))
		skip_options(c, "", "oO", ""), take_text(c);
	else if (c->at < c->n)
		add_file(c, SHELL_STARTS, &c->words[c->at], true);
}

static bool take_interpreter(struct command *c, const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(interpreters); i++) {
		size_t n = strlen(interpreters[i].name);

		if (strncmp(name, interpreters[i].name, n) != 0 || name[n + strspn(name + n, "0123456789.")])
			continue;
		if (!skip_options(c, interpreters[i].inline_letters, interpreters[i].letters, "") && c->at < c->n)
			add_file(c, SHELL_STARTS, &c->words[c->at], true);
		return true;
	}
	return false;
}

/* find … -exec PROGRAM … ; */
static void take_find(struct command *c)
{
	while (c->at < c->n) {
		struct command inner = *c;

		if (!list_has("-exec -execdir -ok -okdir", " ", c->words[c->at++].text))
			continue;
		for (inner.at = inner.n = c->at; inner.n < c->n && !streq(c->words[inner.n].text, ";") && !streq(c->words[inner.n].text, "+");)
			inner.n++;
		c->at = inner.n;
		take_command(&inner);
	}
}

/* The value of the last of these options, as its own word or joined to it, up to the first word that is none; NULL where it is not there. */
static const char *option_value(const struct command *c, const char *const *names)
{
	const char *value = NULL;

	for (size_t i = c->at; i < c->n && c->words[i].text[0] == '-'; i++) {
		const char *word = c->words[i].text;

		for (const char *const *name = names; *name; name++) {
			size_t n = strlen(*name);

			if (streq(word, *name) && i + 1 < c->n)
				value = c->words[++i].text;
			else if (strncmp(word, *name, n) == 0 && (word[n] == '=' || ((*name)[1] != '-' && word[n])))
				value = word + n + (word[n] == '=');
			else
				continue;
			break;
		}
	}
	return value;
}

static bool is_root(const char *user)
{
	return streq(user, "root") || streq(user, "0") || streq(user, "#0");
}

/* Whom the program is told to be: what it starts as another user is not root's. */
static bool is_for_other(const struct command *c, const char *name)
{
	static const char *const of_sudo[] = { "-u", "--user", NULL }, *const of_run[] = { "--uid", NULL }, *const of_setpriv[] = { "--reuid", "--ruid", "--euid", NULL };
	const char *user = list_has("sudo doas", " ", name) ? option_value(c, of_sudo) : streq(name, "systemd-run") ? option_value(c, of_run)
			 : streq(name, "setpriv") ? option_value(c, of_setpriv) : NULL;

	return user && !is_root(user);
}

/* su and runuser: [-] [USER] -c TEXT, in any order; runuser -u USER [--] PROGRAM … */
static void take_su(struct command *c)
{
	static const char with_value[] = "-c --command --session-command -s --shell -g --group -G --supp-group -w --whitelist-environment -u --user";
	const char *user = NULL;
	bool program = false;
	size_t text = c->n, at = c->at;

	for (; at < c->n && !(program && c->words[at].text[0] != '-'); at++) {
		const char *word = c->words[at].text;

		if (program && streq(word, "--")) {
			at++;
			break;
		}
		if (list_has("-c --command --session-command", " ", word))
			text = at + 1;
		else if (starts_with(word, "-c") || starts_with(word, "--command=") || starts_with(word, "--session-command="))
			doubt(c, "the text for a shell is computed");
		if (list_has("-u --user", " ", word) && at + 1 < c->n)
			user = c->words[at + 1].text, program = true;
		if (list_has(with_value, " ", word))
			at++;
		else if (!user && *word != '-')
			user = word;
	}
	if (user && !is_root(user))
		return;
	c->at = program ? at : text;
	if (program && at < c->n)
		take_command(c);
	else if (!program && text < c->n)
		take_text(c);
}

/* --exec and --startas name what is started. */
static void take_start_stop(struct command *c)
{
	const char *word;

	for (size_t i = c->at; i + 1 < c->n && !streq(word = c->words[i].text, "--"); i++) {
		const char *user = c->words[i + 1].text;

		if (list_has("-c --chuid", " ", word) && !is_root(arena_strndup(c->arena, user, strcspn(user, ":"))))
			return;
	}
	for (size_t i = c->at; i < c->n && !streq(word = c->words[i].text, "--"); i++)
		if (list_has("-x --exec -a --startas", " ", word) && i + 1 < c->n)
			add_file(c, SHELL_STARTS, &c->words[i + 1], false);
}

static bool take_starter(struct command *c, const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(starters); i++) {
		const struct starter *s = &starters[i];

		if (!list_has(s->names, " ", name))
			continue;
		if (streq(name, "command") && c->at < c->n && (streq(c->words[c->at].text, "-v") || streq(c->words[c->at].text, "-V")))
			return true;
		if (is_for_other(c, name))
			return true;
		if (skip_options(c, streq(name, "env") ? "S" : "", s->letters, s->words)) {
			doubt(c, "the words that env splits are not looked at");
			return true;
		}
		c->at += s->skips;
		if (streq(name, "flock") && c->at < c->n && (streq(c->words[c->at].text, "-c") || streq(c->words[c->at].text, "--command"))) {
			c->at++;
			take_text(c);
		} else if (c->at < c->n) {
			take_command(c);
		}
		return true;
	}
	return false;
}

static void take_folder_of_cd(struct command *c)
{
	const struct shell_word *word;
	const char *from = c->programs->folder;

	skip_options(c, "", "", "");
	word = c->at < c->n ? &c->words[c->at] : NULL;
	if (!word || word->computed)
		c->programs->folder = NULL;
	else
		c->programs->folder = *word->text == '/' ? word->text : from ? arena_printf(c->arena, "%s/%s", from, word->text) : NULL;
}

static void take_arguments(struct command *c, const char *name)
{
	if (list_has(shells, " ", name)) {
		take_shell(c);
	} else if (streq(name, "cd") || streq(name, "pushd")) {
		take_folder_of_cd(c);
	} else if (streq(name, "run-parts")) {
		skip_options(c, "", "au", "");
		if (c->at < c->n)
			add_file(c, SHELL_FOLDER, &c->words[c->at], true);
	} else if (streq(name, ".") || streq(name, "source")) {
		if (c->at < c->n)
			add_file(c, SHELL_STARTS, &c->words[c->at], true);
	} else if (streq(name, "export")) {
		take_assignments(c);
	} else if (streq(name, "eval") || streq(name, "trap")) {
		take_text(c);
	} else if (streq(name, "su") || streq(name, "runuser")) {
		take_su(c);
	} else if (streq(name, "start-stop-daemon")) {
		take_start_stop(c);
	} else if (streq(name, "find")) {
		take_find(c);
	} else if (!take_interpreter(c, name)) {
		take_starter(c, name);
	}
}

static void take_command(struct command *c)
{
	const struct shell_word *word;

	take_assignments(c);
	if (c->at == c->n)
		return;
	word = &c->words[c->at++];
	add_file(c, SHELL_STARTS, word, false);
	if (!word->computed)
		take_arguments(c, base_name(word->text));
}

void shell_programs_of_command(struct arena *arena, const struct shell_word *words, size_t n, struct shell_programs *programs)
{
	struct command c = { .arena = arena, .words = words, .n = n, .programs = programs };

	take_command(&c);
}
