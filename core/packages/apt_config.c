/* SPDX-License-Identifier: Apache-2.0 */
#include "core/packages/apt_config.h"

#include "core/base/text.h"

#include <ctype.h>
#include <strings.h>

enum { FILE_LIMIT = 1 << 20, DEEPEST = 32, SETTINGS_MOST = 20000 };

/* ---- one file ---- */

struct parsing {
	struct apt_config *config;
	struct arena *arena;
	const struct file *file;
	const char *at;
	unsigned line;
	const char *scopes[DEEPEST];  /* "apt::periodic::" of each brace that is open */
	int depth;
};

static bool fail(struct parsing *p, const char *what)
{
	p->config->state = STATE_MALFORMED;
	p->config->origin = p->file->path;
	p->config->why = arena_printf(p->arena, "%s:%u: %s", p->file->path, p->line, what);
	return false;
}

/* White space and comments: "//" and "#" to the end of the line, and what stands between slash-star and star-slash. */
static void skip(struct parsing *p)
{
	for (;;) {
		size_t n;

		if (isspace((unsigned char)*p->at)) {
			p->line += *p->at++ == '\n';
		} else if (starts_with(p->at, "/*")) {
			const char *end = strstr(p->at + 2, "*/");

			for (end = end ? end + 2 : p->at + strlen(p->at); p->at < end; p->at++)
				p->line += *p->at == '\n';
		} else if (starts_with(p->at, "//") || (*p->at == '#' && !starts_with(p->at, "#clear") && !starts_with(p->at, "#include"))) {
			n = strcspn(p->at, "\n");
			p->at += n;
		} else {
			return;
		}
	}
}

/* A word, or what stands in quotes; NULL where neither does. */
static const char *take_word(struct parsing *p)
{
	const char *start = p->at;
	size_t n;

	if (*start == '"') {
		n = strcspn(start + 1, "\"\n");
		if (start[n + 1] != '"')
			return NULL;
		p->at += n + 2;
		return arena_strndup(p->arena, start + 1, n);
	}
	n = strcspn(start, " \t\r\n\"{};");
	p->at += n;
	return n ? arena_strndup(p->arena, start, n) : NULL;
}

static const char *full_name(struct parsing *p, const char *name)
{
	char *full = arena_printf(p->arena, "%s%s", p->depth ? p->scopes[p->depth - 1] : "", name);

	for (char *c = full; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return full;
}

static void add(struct parsing *p, const char *name, const char *value)
{
	if (p->config->n < SETTINGS_MOST)
		arena_push(p->arena, p->config->list, p->config->n) =
			(struct apt_setting){ name, value, arena_printf(p->arena, "%s:%u", p->file->path, p->line) };
}

/* "#clear NAME;" takes back what was set before, and all below it. */
static bool take_directive(struct parsing *p)
{
	const char *verb = take_word(p), *name;
	size_t kept = 0, n;

	skip(p);
	name = take_word(p);
	if (!name)
		return fail(p, "a name is missing");
	if (streq(verb, "#include"))
		return fail(p, "#include is not followed");
	name = full_name(p, name);
	n = strlen(name);
	for (size_t i = 0; i < p->config->n; i++) {
		const char *other = p->config->list[i].name;

		if (strncmp(other, name, n) != 0 || (other[n] != '\0' && !starts_with(other + n, "::")))
			p->config->list[kept++] = p->config->list[i];
	}
	p->config->n = kept;
	skip(p);
	if (*p->at != ';')
		return fail(p, "a semicolon is missing");
	p->at++;
	return true;
}

static bool open_scope(struct parsing *p, const char *name)
{
	if (p->depth == DEEPEST)
		return fail(p, "nested too deeply");
	p->scopes[p->depth] = arena_printf(p->arena, "%s::", full_name(p, name));
	p->depth++;
	p->at++;
	return true;
}

/* NAME VALUE; NAME { … }; or, in a list, VALUE; */
static bool take_statement(struct parsing *p)
{
	bool quoted = *p->at == '"';
	const char *word = take_word(p), *value;

	if (!word)
		return fail(p, quoted ? "a quote is not closed" : "neither a name nor a value");
	skip(p);
	if (*p->at == '{')
		return open_scope(p, word);
	if (quoted || *p->at == ';') {
		if (!quoted)
			return fail(p, "a value is missing");
		add(p, arena_printf(p->arena, "%s", p->depth ? full_name(p, "") : "::"), word);
	} else {
		value = take_word(p);
		if (!value)
			return fail(p, "a value is missing");
		add(p, full_name(p, word), value);
		skip(p);
		if (*p->at == '{')   /* "NAME VALUE { … }": a value and a scope */
			return open_scope(p, word);
	}
	skip(p);
	if (*p->at != ';')
		return fail(p, "a semicolon is missing");
	p->at++;
	return true;
}

static void parse(struct apt_config *config, struct arena *arena, const struct file *file)
{
	struct parsing p = { .config = config, .arena = arena, .file = file, .at = file->data, .line = 1 };

	if (strlen(file->data) != file->size) {
		fail(&p, "it holds a NUL byte");
		return;
	}
	for (;;) {
		skip(&p);
		if (!*p.at)
			break;
		if (*p.at == ';') {
			p.at++;
		} else if (*p.at == '}') {
			if (!p.depth) {
				fail(&p, "a brace is closed that was not opened");
				return;
			}
			p.depth--;
			p.at++;
		} else if (*p.at == '#' ? !take_directive(&p) : !take_statement(&p)) {
			return;
		}
	}
	if (p.depth)
		fail(&p, "a brace is not closed");
}

/* ---- all of them ---- */

/* apt takes names of letters, digits, "-", "_" and ".", that end in nothing or ".conf". */
static bool is_taken(const char *name)
{
	const char *dot = strrchr(name, '.');

	for (const char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("-_.", *c))
			return false;
	return *name != '.' && (!dot || streq(dot, ".conf"));
}

static void take_file(struct source *source, struct apt_config *config, struct arena *arena, const char *path)
{
	const struct file *file = source_read(source, path, FILE_LIMIT);

	if (file->state == STATE_PRESENT) {
		parse(config, arena, file);
	} else if (file->state != STATE_ABSENT && config->state == STATE_PRESENT) {
		config->state = file->state;
		config->why = file->why;
		config->origin = file->path;
	}
}

struct apt_config *apt_config_read(struct source *source, struct arena *arena)
{
	struct apt_config *config = arena_new_of(arena, struct apt_config);
	const struct directory *parts = source_list(source, "etc/apt/apt.conf.d");
	const struct file *apt = source_stat(source, "etc/apt");

	config->state = apt->state == STATE_ABSENT ? STATE_INAPPLICABLE : apt->state;
	config->why = apt->state == STATE_ABSENT ? "the system has no apt" : apt->why;
	config->origin = "/etc/apt";
	if (apt->state != STATE_PRESENT)
		return config;
	if (parts->state != STATE_PRESENT && parts->state != STATE_ABSENT) {
		config->state = parts->state;
		config->why = parts->why;
		config->origin = parts->path;
	}
	for (size_t i = 0; i < parts->n; i++)
		if (is_taken(parts->entries[i].name))
			take_file(source, config, arena, arena_printf(arena, "etc/apt/apt.conf.d/%s", parts->entries[i].name));
	take_file(source, config, arena, "etc/apt/apt.conf");
	return config;
}

static void *read_config(struct source *source, struct arena *arena)
{
	return apt_config_read(source, arena);
}

const struct apt_config *subject_apt_config(const struct subject *subject)
{
	static const struct host_table table = { read_config };

	return subject_table(subject, &table);
}

const struct apt_setting *apt_config_find(const struct apt_config *config, const char *name)
{
	const struct apt_setting *found = NULL;

	for (size_t i = 0; i < config->n; i++)
		if (strcasecmp(config->list[i].name, name) == 0)
			found = &config->list[i];
	return found;
}

int apt_boolean(const char *value)
{
	static const char *const words[][2] = {
		{ "no", "yes" }, { "false", "true" }, { "without", "with" }, { "off", "on" }, { "disable", "enable" },
	};
	int64_t number;

	if (text_integer(value, &number))
		return number != 0;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		for (int k = 0; k < 2; k++)
			if (strcasecmp(value, words[i][k]) == 0)
				return k;
	return -1;
}
