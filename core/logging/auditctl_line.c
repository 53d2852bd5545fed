/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line of a rule file, read as auditctl(8) reads it: words are separated by spaces and by nothing else, no quotes are known, a backslash keeps a
 * space or another backslash, and options are those of getopt_long(3).
 */
#include "core/logging/auditctl_private.h"

#include "core/base/text.h"

#include <ctype.h>

enum {
	LINE_MOST = 6000,        /* auditctl cuts a line at 6144 bytes */
	WORDS_MOST = 256,
};

/* One line, word by word, and what became of it. */
struct command {
	struct arena *arena;
	const char *origin;
	const char *words[WORDS_MOST];
	size_t n, at;
	bool keyable;            /* something stood there that a key can be given to */
	struct buffer fields, syscalls;
	struct auditctl_command out;
};

static void wrong(struct command *c, const char *what)
{
	if (c->out.state != STATE_PRESENT)
		return;
	c->out.state = STATE_MALFORMED;
	c->out.why = arena_printf(c->arena, "%s: %s", c->origin, what);
}

static void not_followed(struct command *c, const char *what)
{
	if (c->out.state != STATE_PRESENT)
		return;
	c->out.state = STATE_BROKEN;
	c->out.why = arena_printf(c->arena, "%s: %s", c->origin, what);
}

static const char *quoted(struct command *c, const char *word)
{
	return text_safe(c->arena, word, strlen(word), 128);
}

/* ---- the options of a rule ---- */

/* "always,exit" and "exit,always" are the same. */
static void take_action(struct command *c, const char *word)
{
	const char *comma = strchr(word, ','), *list, *action;

	if (c->out.rule.list) {
		wrong(c, "a line adds one rule, not two");
		return;
	}
	list = comma ? arena_strndup(c->arena, word, (size_t)(comma - word)) : "";
	action = comma ? comma + 1 : "";
	if (list_has("always never possible", " ", list)) {
		const char *first = list;

		list = action;
		action = first;
	}
	if (!*list || !*action || !list_has("task exit user exclude filesystem io_uring", " ", list) || !list_has("always never possible", " ", action)) {
		wrong(c, arena_printf(c->arena, "'%s' is no list and action", quoted(c, word)));
		return;
	}
	c->out.rule.list = streq(action, "possible") ? NULL : arena_strdup(c->arena, list);   /* such a line is passed over */
	c->out.rule.always = streq(action, "always");
}

static const char *arch_of(const char *name)
{
	static const char narrow[] = "b32 i386 i486 i586 i686 x86 arm armeb armv5tejl armv5tel armv6l armv7l ppc s390";
	static const char wide[] = "b64 x86_64 aarch64 ia64 alpha ppc64 ppc64le s390x riscv64 loongarch64";

	return list_has(narrow, " ", name) ? "b32" : list_has(wide, " ", name) ? "b64" : NULL;
}

static void take_arch(struct command *c, const char *value)
{
	c->out.rule.arch = arch_of(value);
	if (c->syscalls.size)
		wrong(c, "arch has to stand before -S");
	else if (!c->out.rule.arch)
		not_followed(c, arena_printf(c->arena, "the architecture '%s' is not known", quoted(c, value)));
}

static void take_path(struct command *c, const char *value, bool below)
{
	if (*value != '/' || c->out.rule.path)
		wrong(c, c->out.rule.path ? "a rule has one path" : "a path has to begin with a slash");
	c->out.rule.path = value;
	c->out.rule.below = below;
}

static void take_access(struct command *c, const char *letters)
{
	c->out.rule.access = auditctl_access(letters);
	c->keyable = true;
	if (!c->out.rule.access || strlen(letters) > 4)
		wrong(c, "access is told in letters of r, w, x and a");
}

static void take_field(struct command *c, const char *word)
{
	if (!c->out.rule.list)
		wrong(c, "a condition has to stand behind the list");
	else if (!word[strcspn(word, "=<>!&")])
		wrong(c, arena_printf(c->arena, "'%s' is no condition", quoted(c, word)));
	else if (starts_with(word, "arch="))
		take_arch(c, word + strlen("arch="));
	else if (starts_with(word, "path="))
		take_path(c, word + strlen("path="), false);
	else if (starts_with(word, "dir="))
		take_path(c, word + strlen("dir="), true);
	else if (starts_with(word, "perm="))
		take_access(c, word + strlen("perm="));
	else if (strchr(word, ' '))
		not_followed(c, "a condition with a space in it is not compared");
	else if (!starts_with(word, "key="))
		buffer_word(&c->fields, word, strlen(word));
}

/* Fields that are compared with each other: uid!=euid is euid!=uid. */
static void take_comparison(struct command *c, const char *word)
{
	size_t n = strcspn(word, "!="), operator = strspn(word + n, "!=");
	const char *left = arena_strndup(c->arena, word, n), *right = word + n + operator;
	bool swap = strcmp(left, right) > 0;
	const char *text = arena_printf(c->arena, "%s%.*s%s", swap ? right : left, (int)operator, word + n, swap ? left : right);

	if (!c->out.rule.list || !operator || strchr(word, ' '))
		wrong(c, arena_printf(c->arena, "'%s' is no comparison", quoted(c, word)));
	else
		buffer_word(&c->fields, text, strlen(text));
}

static void take_syscalls(struct command *c, const char *word)
{
	size_t n;

	c->keyable = true;
	if (c->out.rule.list && !list_has("exit io_uring", " ", c->out.rule.list))
		wrong(c, "only the list of exits tells system calls apart");
	for (const char *at = word, *w; (w = list_next(&at, ",", &n));)
		buffer_word(&c->syscalls, w, n);
}

static void take_watch(struct command *c, const char *path)
{
	if (c->out.rule.list)
		wrong(c, "-w and -a exclude each other");
	c->out.rule.list = "exit";
	c->out.rule.always = true;
	c->keyable = true;
	take_path(c, path, true);       /* auditctl sees whether it is a directory */
}

/* ---- settings ---- */

static void take_setting(struct command *c, char option, const char *value)
{
	bool number = isdigit((unsigned char)*value);

	if (option == 'b') {
		c->out.settings.backlog = value;
	} else if (option == 'e' || option == 'f') {
		number = number && *value <= '2' && !value[1];
		if (option == 'e')
			c->out.settings.enabled = value;
		else
			c->out.settings.failure = value;
	}
	if (!number)
		wrong(c, arena_printf(c->arena, "'%s' is no value for -%c", quoted(c, value), option));
}

/* ---- options as getopt_long(3) finds them ---- */

static void take_value(struct command *c, char option, const char *value)
{
	switch (option) {
	case 'w':
		take_watch(c, value);
		break;
	case 'p':
		if (!c->out.rule.list)
			wrong(c, "-p has to stand behind what is watched");
		take_access(c, value);
		break;
	case 'a':
	case 'A':
		take_action(c, value);
		c->out.prepend = option == 'A';
		break;
	case 'S':
		take_syscalls(c, value);
		break;
	case 'F':
		take_field(c, value);
		c->keyable = c->keyable || starts_with(value, "exe=") || starts_with(value, "fstype=");
		break;
	case 'C':
		take_comparison(c, value);
		break;
	case 'k':
		if (!c->out.deletes_all && (!c->keyable || !c->out.rule.list))
			wrong(c, "a key has to stand behind what is watched");
		break;
	case 'd':
	case 'W':
		not_followed(c, "a rule is deleted again, and which one is not followed here");
		break;
	case 'm':
	case 'q':
		break;
	default:
		take_setting(c, option, value);
	}
}

static void take_flag(struct command *c, char option)
{
	if (option == 'D') {
		c->out.deletes_all = true;
		if (c->n > 1)
			not_followed(c, "the rules with a key are deleted, and which ones is not followed here");
	} else if (option == 'i' || option == 'c') {
		c->out.ignores = true;
	}
}

static void take_long(struct command *c, const char *word)
{
	if (starts_with("--loginuid-immutable", word) && strlen(word) > 3)
		c->out.settings.loginuid = "immutable";
	else if (streq(word, "--backlog_wait_time") || streq(word, "--signal"))
		c->at += c->at < c->n;
	else if (!starts_with(word, "--backlog_wait_time=") && !starts_with(word, "--reset"))
		wrong(c, arena_printf(c->arena, "'%s' is no option of auditctl", quoted(c, word)));
}

/* "-p wa" and "-pwa" are the same, and so are "-i -c" and "-ic". */
static void take_word(struct command *c, const char *word)
{
	for (const char *letter = word + 1; *letter; letter++) {
		const char *value = letter + 1;

		if (strchr("islDvtc", *letter)) {
			take_flag(c, *letter);
			continue;
		}
		if (!strchr("CefrbaAdSFmwWkpq", *letter)) {
			wrong(c, arena_printf(c->arena, "'%s' is no option of auditctl", quoted(c, word)));
			return;
		}
		if (!*value && c->at == c->n) {
			wrong(c, arena_printf(c->arena, "-%c wants a value", *letter));
			return;
		}
		take_value(c, *letter, *value ? value : c->words[c->at++]);
		return;
	}
}

static void take_words(struct command *c)
{
	while (c->at < c->n && c->out.state == STATE_PRESENT) {
		const char *word = c->words[c->at++];

		if (starts_with(word, "--") && word[2])
			take_long(c, word);
		else if (word[0] == '-' && word[1] && word[1] != '-')
			take_word(c, word);
		else
			wrong(c, arena_printf(c->arena, "'%s' stands without an option", quoted(c, word)));
	}
}

/* ---- lines ---- */

static char *unescaped(struct arena *arena, const char *word, size_t size)
{
	char *text = arena_strndup(arena, word, size), *to = text;

	for (const char *from = text; *from; from++) {
		if (from[0] == '\\' && (from[1] == ' ' || from[1] == '\\'))
			from++;
		*to++ = *from;
	}
	*to = '\0';
	return text;
}

static void split(struct command *c, const char *text)
{
	for (;;) {
		size_t n = 0;

		text += strspn(text, " ");
		while (text[n] && text[n] != ' ')
			n += text[n] == '\\' && (text[n + 1] == ' ' || text[n + 1] == '\\') ? 2 : 1;
		if (!n)
			return;
		if (c->n == WORDS_MOST) {
			wrong(c, "the line has too many words");
			return;
		}
		c->words[c->n++] = unescaped(c->arena, text, n);
		text += n;
	}
}

struct auditctl_command auditctl_parse(struct arena *arena, const char *origin, const char *text)
{
	struct command c = { .arena = arena, .origin = origin, .fields = { .arena = arena }, .syscalls = { .arena = arena } };

	split(&c, text);
	if (strlen(text) > LINE_MOST)
		wrong(&c, "the line is too long");
	take_words(&c);
	c.out.rule.origin = origin;
	c.out.rule.syscalls = c.syscalls.text;
	c.out.rule.fields = c.fields.text;
	return c.out;
}
