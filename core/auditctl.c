/* SPDX-License-Identifier: Apache-2.0 */
#include "core/auditctl.h"

#include "core/text.h"

#include <stdlib.h>

enum { FILES_MOST = 256, WORDS_MOST = 64 };

unsigned auditctl_access(const char *letters)
{
	unsigned access = 0;

	for (; *letters; letters++) {
		switch (*letters) {
		case 'r':
			access |= ACCESS_READ;
			break;
		case 'w':
			access |= ACCESS_WRITE;
			break;
		case 'x':
			access |= ACCESS_EXECUTE;
			break;
		case 'a':
			access |= ACCESS_ATTRIBUTE;
			break;
		default:
			return 0;
		}
	}
	return access;
}

/* ---- one form of a rule ---- */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The loginuid that nobody set is written in three ways. */
static const char *one_form(struct arena *arena, const char *field, size_t size)
{
	const char *text = arena_strndup(arena, field, size), *value = text + strcspn(text, "=<>!&");

	value += strspn(value, "=<>!&");
	if (starts_with(text, "auid") && (streq(value, "-1") || streq(value, "4294967295")))
		return arena_printf(arena, "%.*sunset", (int)(value - text), text);
	return text;
}

static const char *sorted(struct arena *arena, const char *fields)
{
	struct buffer out = { .arena = arena };
	const char **list = NULL;
	size_t n = 0, size;

	for (const char *at = fields, *w; (w = list_next(&at, " ", &size));)
		arena_push(arena, list, n) = one_form(arena, w, size);
	if (n)
		qsort(list, n, sizeof(*list), by_text);
	for (size_t i = 0; i < n; i++)
		buffer_word(&out, list[i], strlen(list[i]));
	return out.text ? out.text : "";
}

void auditctl_add(struct auditctl *rules, struct arena *arena, const struct auditctl_rule *rule)
{
	struct auditctl_rule *added = &arena_push(arena, rules->list, rules->n);
	size_t size = rule->path ? strlen(rule->path) : 0;

	*added = *rule;
	while (size > 1 && rule->path[size - 1] == '/')
		size--;
	if (rule->path)
		added->path = text_safe(arena, rule->path, size, TEXT_MAX);
	if (!added->access)
		added->access = ACCESS_ALL;
	added->fields = sorted(arena, rule->fields ? rule->fields : "");
}

/* ---- matching ---- */

static bool narrower(const struct auditctl_rule *rule, const char *allowed)
{
	size_t size;

	for (const char *at = rule->fields, *w; (w = list_next(&at, " ", &size));)
		if (!list_has_part(allowed, " ", w, size))
			return true;
	return false;
}

static bool watches(const struct auditctl_rule *rule, const struct auditctl_wanted *wanted)
{
	size_t size = rule->path ? strlen(rule->path) : 0;

	if (!rule->path || (rule->access & wanted->access) != wanted->access || strncmp(wanted->path, rule->path, size) != 0)
		return false;
	return wanted->path[size] == '\0' || (rule->below && (wanted->path[size] == '/' || streq(rule->path, "/")));
}

static bool records_call(const struct auditctl_rule *rule, const struct auditctl_wanted *wanted)
{
	if (rule->path || !rule->syscalls || (rule->arch && wanted->arch && !streq(rule->arch, wanted->arch)))
		return false;
	return streq(rule->syscalls, "all") || list_has(rule->syscalls, " ", wanted->syscall);
}

const struct auditctl_rule *auditctl_find(const struct auditctl *rules, const struct auditctl_wanted *wanted)
{
	for (size_t i = 0; i < rules->n; i++) {
		const struct auditctl_rule *rule = &rules->list[i];

		if (rule->always && streq(rule->list, "exit") && !narrower(rule, wanted->fields) &&
		    (wanted->path ? watches(rule, wanted) : records_call(rule, wanted)))
			return rule;
	}
	return NULL;
}

const struct auditctl_rule *auditctl_off_switch(const struct auditctl *rules)
{
	for (size_t i = 0; i < rules->n; i++)
		if (!rules->list[i].always && streq(rules->list[i].list, "task") && !*rules->list[i].fields)
			return &rules->list[i];
	return NULL;
}

/* ---- files ---- */

/* One line, word by word. */
struct line {
	struct arena *arena;
	const char *origin;
	const char *words[WORDS_MOST];
	size_t n, at;
	struct buffer fields, syscalls;
};

static const char *malformed(const struct line *line, const char *what)
{
	return arena_printf(line->arena, "%s: %s", line->origin, what);
}

/* "always,exit" and "exit,always" are the same. */
static const char *take_action(struct auditctl_rule *rule, const struct line *line, const char *word)
{
	const char *comma = strchr(word, ','), *list, *action;

	if (!comma)
		return malformed(line, "-a wants a list and an action, as in -a always,exit");
	list = arena_strndup(line->arena, word, (size_t)(comma - word));
	action = comma + 1;
	if (list_has("always never possible", " ", list)) {
		action = list;
		list = comma + 1;
	}
	if (!list_has("task exit user exclude filesystem entry", " ", list) || !list_has("always never possible", " ", action))
		return malformed(line, arena_printf(line->arena, "'%s' is no list and action", word));
	rule->list = list;
	rule->always = streq(action, "always");
	return NULL;
}

static const char *take_field(struct auditctl_rule *rule, struct line *line, const char *word)
{
	if (!word[strcspn(word, "=<>!&")])
		return malformed(line, arena_printf(line->arena, "'%s' is no condition", word));
	if (starts_with(word, "arch=")) {
		rule->arch = arena_strdup(line->arena, word + 5);
	} else if (starts_with(word, "path=")) {
		rule->path = arena_strdup(line->arena, word + 5);
	} else if (starts_with(word, "dir=")) {
		rule->path = arena_strdup(line->arena, word + 4);
		rule->below = true;
	} else if (starts_with(word, "perm=")) {
		rule->access = auditctl_access(word + 5);
		return rule->access ? NULL : malformed(line, "perm= wants letters of r, w, x and a");
	} else if (!starts_with(word, "key=")) {
		buffer_word(&line->fields, word, strlen(word));
	}
	return NULL;
}

/* Calls compared by their names: uid!=euid is euid!=uid. */
static void take_comparison(struct line *line, const char *word)
{
	size_t n = strcspn(word, "!="), operator = strspn(word + n, "!=");
	const char *left = arena_strndup(line->arena, word, n), *right = word + n + operator;
	bool swap = strcmp(left, right) > 0;
	const char *text = arena_printf(line->arena, "%s%.*s%s", swap ? right : left, (int)operator, word + n, swap ? left : right);

	buffer_word(&line->fields, text, strlen(text));
}

static void take_syscalls(struct line *line, const char *word)
{
	size_t n;

	for (const char *at = word, *w; (w = list_next(&at, ",", &n));)
		buffer_word(&line->syscalls, w, n);
}

/* An option of a rule and its value. NULL, or what is wrong. */
static const char *take_rule_option(struct auditctl_rule *rule, struct line *line, char option, const char *value)
{
	switch (option) {
	case 'w':
		rule->path = arena_strdup(line->arena, value);
		rule->below = true;      /* the kernel sees whether it is a directory */
		rule->list = "exit";
		rule->always = true;
		return *value == '/' ? NULL : malformed(line, "-w wants an absolute path");
	case 'p':
		rule->access = auditctl_access(value);
		return rule->access ? NULL : malformed(line, "-p wants letters of r, w, x and a");
	case 'a':
	case 'A':
		return take_action(rule, line, value);
	case 'S':
		take_syscalls(line, value);
		return NULL;
	case 'F':
		return take_field(rule, line, value);
	case 'C':
		take_comparison(line, value);
		return NULL;
	default:
		return NULL;             /* -k, a key */
	}
}

static void take_setting(struct auditctl *rules, struct line *line, char option, const char *value)
{
	const char *text = text_safe(line->arena, value, strlen(value), 32);

	if (option == 'e')
		rules->settings.enabled = text;
	else if (option == 'f')
		rules->settings.failure = text;
	else if (option == 'b')
		rules->settings.backlog = text;
}

static const char *parse_words(struct auditctl *rules, struct line *line)
{
	struct auditctl_rule rule = { .origin = line->origin };
	const char *wrong = NULL;

	while (line->at < line->n && !wrong) {
		const char *word = line->words[line->at++], *value;
		char option = word[0] == '-' && word[1] && !word[2] ? word[1] : '\0';

		if (option == 'D' || option == 'i' || option == 'c') {
			if (option == 'D')
				rules->n = 0;            /* all rules so far are deleted */
			continue;
		}
		if (starts_with(word, "--")) {
			line->at += line->at < line->n && line->words[line->at][0] != '-';
			continue;
		}
		if (!option || !strchr("waApSFCkefbrstdW", option))
			return malformed(line, arena_printf(line->arena, "'%.64s' is no option of auditctl", word));
		if (line->at == line->n)
			return malformed(line, arena_printf(line->arena, "-%c wants a value", option));
		value = line->words[line->at++];
		if (strchr("efbr", option))
			take_setting(rules, line, option, value);
		else if (strchr("waApSFCk", option))
			wrong = take_rule_option(&rule, line, option, value);
	}
	rule.syscalls = line->syscalls.text;
	rule.fields = line->fields.text;
	if (!wrong && rule.list)
		auditctl_add(rules, line->arena, &rule);
	return wrong;
}

static const char *parse_line(struct auditctl *rules, struct arena *arena, const char *text, const char *origin)
{
	struct line line = { .arena = arena, .origin = origin, .fields = { .arena = arena }, .syscalls = { .arena = arena } };
	size_t n;

	for (const char *at = text, *w; (w = list_next(&at, " \t\r", &n)) && *w != '#';) {
		if (line.n == WORDS_MOST)
			return malformed(&line, "the line has too many words");
		line.words[line.n++] = text_safe(arena, w, n, TEXT_MAX);
	}
	return parse_words(rules, &line);
}

static void parse_file(struct auditctl *rules, struct arena *arena, const struct file *file)
{
	unsigned number = 0;

	if (file->state != STATE_PRESENT) {
		rules->state = file->state == STATE_ABSENT ? STATE_BROKEN : file->state;
		rules->why = arena_printf(arena, "%s: %s", file->path, file->why);
		return;
	}
	if (memchr(file->data, '\0', file->size)) {
		rules->state = STATE_MALFORMED;
		rules->why = arena_printf(arena, "%s: the file holds a NUL byte", file->path);
		return;
	}
	for (const char *line = file->data, *end; *line && rules->state == STATE_PRESENT; line = *end ? end + 1 : end) {
		const char *wrong;

		end = strchrnul(line, '\n');
		number++;
		wrong = parse_line(rules, arena, arena_strndup(arena, line, (size_t)(end - line)),
				   arena_printf(arena, "%s:%u", file->path, number));
		if (wrong) {
			rules->state = STATE_MALFORMED;
			rules->why = wrong;
		}
	}
}

static bool is_rules_file(const char *name)
{
	size_t n = strlen(name);

	return n > 6 && streq(name + n - 6, ".rules");
}

struct auditctl *auditctl_read_files(struct source *source, struct arena *arena)
{
	struct auditctl *rules = arena_new_of(arena, struct auditctl);
	const struct directory *folder = source_list(source, "etc/audit/rules.d");
	const struct file *single;
	size_t found = 0;

	rules->origin = "/etc/audit/rules.d";
	if (folder->state != STATE_PRESENT && folder->state != STATE_ABSENT) {
		rules->state = folder->state;
		rules->why = folder->why;
		return rules;
	}
	for (size_t i = 0; i < folder->n && found < FILES_MOST && rules->state == STATE_PRESENT; i++) {
		if (!is_rules_file(folder->entries[i].name))
			continue;
		parse_file(rules, arena, source_read(source, arena_printf(arena, "etc/audit/rules.d/%s", folder->entries[i].name), SOURCE_LIMIT));
		found++;
	}
	if (found)
		return rules;
	rules->origin = "/etc/audit/audit.rules";
	single = source_read(source, "etc/audit/audit.rules", SOURCE_LIMIT);
	if (single->state == STATE_ABSENT) {
		rules->state = STATE_ABSENT;
		rules->why = "there are no audit rules";
	} else {
		parse_file(rules, arena, single);
	}
	return rules;
}
