/* SPDX-License-Identifier: Apache-2.0 */
#include "core/config/setting.h"

#include "core/base/text.h"

#include <ctype.h>
#include <strings.h>

/* ---- syntaxes ---- */

static bool add(struct settings *settings, struct arena *arena, const char *key, const char *value, const char *origin)
{
	struct setting setting = { .section = "", .key = key, .value = value, .origin = origin };

	arena_push(arena, settings->list, settings->n) = setting;
	return true;
}

/* One pair of quotes around it. */
static char *unquoted(char *text)
{
	size_t n = strlen(text);

	if (n < 2 || (text[0] != '"' && text[0] != '\'') || text[n - 1] != text[0])
		return text;
	text[n - 1] = '\0';
	return text + 1;
}

/* key = value, or a key alone. */
static bool read_equals(struct settings *settings, struct arena *arena, char *line, const char *origin)
{
	char *equals = strchr(line, '=');

	if (!equals)
		return add(settings, arena, line, "", origin);
	*equals = '\0';
	line = text_trim(line);
	return *line && add(settings, arena, line, text_trim(equals + 1), origin);
}

/* auditd takes the words one by one, and refuses what has no spaces around the equals sign (auditd-config.c). */
static bool read_auditd(struct settings *settings, struct arena *arena, char *line, const char *origin)
{
	char *key = word_next(&line), *equals = word_next(&line), *value = word_next(&line);

	return value && streq(equals, "=") && add(settings, arena, key, value, origin);
}

/* key value; quotes around a value are taken off, as login.defs(5) does. */
static bool read_words(struct settings *settings, struct arena *arena, char *line, const char *origin)
{
	char *key = word_next(&line);

	return key && add(settings, arena, key, unquoted(text_trim(line)), origin);
}

static bool read_colon(struct settings *settings, struct arena *arena, char *line, const char *origin)
{
	char *colon = strchr(line, ':');

	if (!colon)
		return false;
	*colon = '\0';
	return add(settings, arena, text_trim(line), text_trim(colon + 1), origin);
}

static bool read_ini(struct settings *settings, struct arena *arena, char *line, const char *origin)
{
	const char *section = settings->n ? settings->list[settings->n - 1].section : "";
	char *end = strchr(line, ']');

	if (*line == '[') {
		if (!end)
			return false;
		*end = '\0';
		add(settings, arena, "", "", origin);
		settings->list[settings->n - 1].section = line + 1;
		return true;
	}
	if (!strchr(line, '=') || !read_equals(settings, arena, line, origin))
		return false;
	settings->list[settings->n - 1].section = section;
	return true;
}

/* Four words: "* hard core 0". The domain is the section; "-" is both the soft and the hard limit. */
static bool read_limits(struct settings *settings, struct arena *arena, char *line, const char *origin)
{
	const char *domain = word_next(&line), *type = word_next(&line), *item = word_next(&line), *value = word_next(&line);
	static const char *const both[] = { "soft", "hard" };

	if (!value)
		return domain && type && streq(type, "-") && !item;   /* "alice -": no limits for her */
	for (size_t i = 0; i < ARRAY_LEN(both); i++) {
		if (!streq(type, "-") && !streq(type, both[i]))
			continue;
		add(settings, arena, arena_printf(arena, "%s %s", both[i], item), value, origin);
		settings->list[settings->n - 1].section = domain;
	}
	return true;
}

/* ---- shell ---- */

/* Behind a substitution, $(…) or `…`, that begins here, or a variable's first character: whatever stands in it is for a shell. */
static const char *skip_computed(const char *at)
{
	size_t depth = 0;

	if (*at == '`') {
		at += 1 + strcspn(at + 1, "`");
		return at + (*at != '\0');
	}
	if (at[1] != '(')
		return at + 1;
	for (at++; *at; at++) {
		depth += *at == '(';
		depth -= *at == ')';
		if (!depth)
			return at + 1;
	}
	return at;
}

/* One word of shell: its quotes taken off into `out`, computed where an expansion stands in it. Returns where it ends. */
static const char *shell_word(const char *at, struct buffer *out, bool *computed)
{
	char quote = '\0';

	buffer_puts(out, "");
	while (*at && (quote || !strchr(" \t;&|()<>", *at))) {
		const char *from = at++;

		if (quote != '\'' && strchr("$`", *from)) {
			at = skip_computed(from);
			*computed = true;
			buffer_add(out, from, (size_t)(at - from));
		} else if (*from == quote) {
			quote = '\0';
		} else if (!quote && strchr("'\"", *from)) {
			quote = *from;
		} else {
			if (*from == '\\' && quote != '\'' && *at)
				from = at++;
			buffer_add(out, from, 1);
		}
	}
	*computed = *computed || quote;
	return at;
}

static size_t name_length(const char *text)
{
	size_t n = 0;

	while (isalnum((unsigned char)text[n]) || text[n] == '_')
		n++;
	return isdigit((unsigned char)*text) ? 0 : n;
}

static void add_shell(struct settings *settings, struct arena *arena, const char *key, const struct buffer *value, bool computed,
		      const char *origin)
{
	add(settings, arena, key, value->text, origin);
	settings->list[settings->n - 1].computed = computed;
}

/* What has an argument that is looked at: umask its mask, and "." and source, where they are a command, a file. */
static const char *taken_command(const char *word, bool is_command)
{
	if (is_command && (streq(word, ".") || streq(word, "source")))
		return ".";
	return streq(word, "umask") ? "umask" : is_command && streq(word, "unset") ? "unset" : NULL;
}

struct taken_word {
	const struct buffer *text;
	bool computed;
	const char *origin;
};

/* A variable that is unset is one without a value. */
static void add_taken(struct settings *settings, struct arena *arena, const char *command, const struct taken_word *word)
{
	const struct buffer none = { .text = (char[]){ "" } };

	if (streq(command, "unset"))
		add_shell(settings, arena, word->text->text, &none, word->computed, word->origin);
	else
		add_shell(settings, arena, command, word->text, word->computed, word->origin);
}

/* A command stands behind one of these words, too. */
static bool leads_to_command(const char *word)
{
	return list_has("then do else elif if while until ! { builtin command", " ", word);
}

/*
 * NAME=value wherever it stands in a line (export, readonly, behind a semicolon), the command umask with its mask, and as the setting "." each file that
 * is read in; a variable that is unset has no value. Whether a branch is taken is not known: whoever asks takes all of them or the last.
 */
static bool read_shell(struct settings *settings, struct arena *arena, char *line, const char *origin)
{
	const char *at = line, *taken = NULL;
	bool is_command = true;

	for (;;) {
		struct buffer word = { .arena = arena };
		size_t blank = strspn(at, " \t;&|()<>"), n = name_length(at + blank);
		bool computed = false, assigns = !taken && n && at[blank + n] == '=';   /* umask u=rwx is no assignment */
		const char *key = assigns ? arena_strndup(arena, at + blank, n) : NULL;

		is_command = is_command || strcspn(at, ";&|(") < blank;
		if (taken && strcspn(at, ";&|()<>") < blank)
			taken = NULL;
		at += blank;
		if (!*at || *at == '#')
			return true;
		at = shell_word(assigns ? at + n + 1 : at, &word, &computed);
		if (assigns)
			add_shell(settings, arena, key, &word, computed, origin);
		else if (taken && *word.text != '-')
			add_taken(settings, arena, taken, &(struct taken_word){ &word, computed, origin });
		if (assigns)
			continue;
		taken = taken && *word.text == '-' ? taken : taken || (*at && !strchr(" \t", *at)) ? NULL : taken_command(word.text, is_command);
		is_command = leads_to_command(word.text);
	}
}

static const struct setting_syntax syntaxes[] = {
	/* pwquality.conf(5), faillock.conf(5), pwhistory.conf(5) */
	{ .name = "equals", .comments = "#", .cuts = true, .read = read_equals },
	/* auditd.conf(5) */
	{ .name = "auditd", .comments = "#", .any_case = true, .read = read_auditd },
	/* login.defs(5), shells(5) */
	{ .name = "words", .comments = "#", .read = read_words },
	/* doas.conf(5) */
	{ .name = "doas", .comments = "#", .continues = true, .read = read_words },
	/* nsswitch.conf(5) */
	{ .name = "colon", .comments = "#", .cuts = true, .read = read_colon },
	{ .name = "ini", .comments = "#;", .read = read_ini },
	/* journald.conf(5), coredump.conf(5), logind.conf(5), timesyncd.conf(5), systemd-system.conf(5) */
	{ .name = "systemd", .comments = "#;", .continues = true, .drop_ins = true, .read = read_ini },
	/* /etc/default, /etc/sysconfig, /etc/profile */
	{ .name = "shell", .comments = "#", .continues = true, .read = read_shell },
	/* limits.conf(5) */
	{ .name = "limits", .comments = "#", .cuts = true, .read = read_limits },
	{ .name = NULL },
};

const struct setting_syntax *setting_syntax_of(const char *name)
{
	for (const struct setting_syntax *s = syntaxes; s->name; s++)
		if (streq(s->name, name))
			return s;
	return NULL;
}

/* ---- reading ---- */

static void read_file(struct settings *settings, struct arena *arena, const struct file *file)
{
	const struct setting_syntax *syntax = settings->syntax;
	struct lines lines = lines_of(arena, file, syntax->comments, syntax->continues);
	char *line;

	if (syntax->cuts)
		lines.cut = lines_cut_hash;
	if (syntax->read == read_ini)   /* a section does not reach into the next file */
		add(settings, arena, "", "", file->path);
	while ((line = lines_next(&lines))) {
		const char *origin = lines_origin(&lines);

		if (*line && !syntax->read(settings, arena, line, origin))
			faults_add(arena, &settings->faults, STATE_MALFORMED, origin, "the line is not understood");
	}
}

static void add_first_of(struct config_files *files, const char *word, size_t size)
{
	char *names = arena_strndup(files->arena, word, size);
	size_t before = files->n, faults = files->faults->n, n;

	for (const char *at = names, *w; files->n == before && files->faults->n == faults && (w = list_next(&at, "|", &n));)
		config_add_glob(files, arena_strndup(files->arena, w, n));
}

struct settings *settings_read(struct source *source, struct arena *arena, const struct setting_syntax *syntax, const char *names)
{
	struct settings *settings = arena_new_of(arena, struct settings);
	struct config_files files = { .arena = arena, .faults = &settings->faults, .source = source };
	size_t n;

	settings->syntax = syntax;
	for (const char *at = names, *word; (word = list_next(&at, " \n\t", &n));) {
		if (syntax->drop_ins)
			config_add_systemd(&files, arena_strndup(arena, word, n));
		else
			add_first_of(&files, word, n);
	}
	settings->first = files.n ? files.list[0] : NULL;
	for (size_t i = 0; i < files.n; i++)
		read_file(settings, arena, files.list[i]);
	return settings;
}

const struct setting *settings_next(const struct settings *settings, const char *section, const char *key, size_t *at)
{
	int (*compare)(const char *, const char *) = settings->syntax->any_case ? strcasecmp : strcmp;

	while (*at < settings->n) {
		const struct setting *s = &settings->list[(*at)++];

		if (compare(s->key, key) == 0 && (!section || streq(s->section, section)))
			return s;
	}
	return NULL;
}

const struct setting *settings_find(const struct settings *settings, const char *section, const char *key)
{
	const struct setting *s, *last = NULL;
	size_t at = 0;

	while ((s = settings_next(settings, section, key, &at)))
		last = settings->syntax->drop_ins && !*s->value ? NULL : s;
	return last;
}
