/* SPDX-License-Identifier: Apache-2.0 */
#include "core/access/sshd_private.h"

#include "core/base/text.h"
#include "core/process/program.h"

#include <strings.h>

static const char *const configurations[] = { "etc/ssh/sshd_config", "usr/etc/ssh/sshd_config" };

/* ---- words ---- */

char *sshd_word(struct arena *arena, const char **at, bool *open)
{
	struct buffer word = { .arena = arena };
	const char *c = *at + strspn(*at, " \t");
	char quote = '\0';

	if (!*c || *c == '#')
		return NULL;
	buffer_puts(&word, "");
	for (; *c && (quote || !strchr(" \t", *c)); c++) {
		if (*c == '\\' && c[1] && strchr(quote ? "'\"\\" : "'\"\\ ", c[1]))
			buffer_add(&word, ++c, 1);
		else if (!quote && strchr("'\"", *c))
			quote = *c;
		else if (quote && *c == quote)
			quote = '\0';
		else
			buffer_add(&word, c, 1);
	}
	*open = quote != '\0';
	*at = c;
	return word.text;
}

/*
 * What strdelim() of OpenSSH's misc.c cuts off: up to white space, a quote or one equals sign; what stands in quotes belongs to it. NULL where a
 * quote is never closed, or nothing is left.
 */
static char *cut_token(struct arena *arena, const char **at)
{
	static const char blank[] = " \t\r";
	size_t n = strcspn(*at, " \t\r\"=");
	const char *end = *at + n;
	bool equals = *end == '=';
	char *token = arena_strndup(arena, *at, n);

	if (!**at)
		return NULL;
	*at = end;
	if (!*end)
		return token;
	if (*end == '"') {
		const char *closing = strchr(end + 1, '"');

		if (!closing)
			return NULL;
		*at = closing + 1 + strspn(closing + 1, blank);
		return arena_printf(arena, "%s%.*s", token, (int)(closing - end - 1), end + 1);
	}
	*at = end + 1 + strspn(end + 1, blank);
	if (**at == '=' && !equals)
		*at += 1 + strspn(*at + 1, blank);
	return token;
}

/* NULL for a line that sshd takes no notice of. */
static char *take_keyword(struct arena *arena, const char **at)
{
	char *keyword = cut_token(arena, at);

	if (keyword && !*keyword)
		keyword = cut_token(arena, at);
	return keyword && *keyword && *keyword != '#' ? keyword : NULL;
}

static void misunderstood(struct sshd_reading *r, const char *origin, const char *what)
{
	faults_add(r->arena, &r->sshd->faults, STATE_MALFORMED, origin, "%s", what);
}

/* All words of the line joined by a space; NULL, and a fault, where there is none or a quote is left open. */
static char *take_value(struct sshd_reading *r, const char *at, const char *keyword, const char *origin)
{
	struct buffer value = { .arena = r->arena };
	bool open = false;
	char *word;

	while ((word = sshd_word(r->arena, &at, &open)) && !open) {
		if (value.text)
			buffer_puts(&value, " ");
		buffer_puts(&value, word);
	}
	if (open)
		misunderstood(r, origin, "a quote is not closed");
	else if (!value.text)
		misunderstood(r, origin, arena_printf(r->arena, "%s says nothing", keyword));
	return open ? NULL : value.text;
}

static void add(struct sshd_reading *r, const char *keyword, const char *value, const char *match, const char *origin)
{
	const struct sshd_keyword *known = sshd_keyword_of(keyword);

	arena_push(r->arena, r->sshd->list, r->sshd->n) =
		(struct sshd_setting){ known ? known->name : keyword, value, match, origin };
}

/* ---- files ---- */

static void read_config(struct sshd_reading *r, const char *path, const char *match, unsigned depth);

/* Patterns are looked for below /etc/ssh unless they are absolute; one that nothing matches is no mistake. */
static void include(struct sshd_reading *r, const char *at, const char *match, const char *origin, unsigned depth)
{
	bool open = false;
	char *pattern;

	if (depth == CONFIG_DEEPEST) {
		misunderstood(r, origin, "files include each other too deeply, or in a circle");
		return;
	}
	while ((pattern = sshd_word(r->arena, &at, &open))) {
		struct paths paths;

		if (*pattern != '/')
			pattern = arena_printf(r->arena, "/etc/ssh/%s", pattern);
		paths = config_glob(r->source, r->arena, pattern, &r->sshd->faults);
		for (size_t i = 0; i < paths.n && !faults_enough(&r->sshd->faults); i++)
			read_config(r, paths.list[i], match, depth + 1);
	}
}

/* Within a file that a Match block includes, a further Match narrows it. */
static const char *narrowed(struct arena *arena, const char *outer, const char *criteria)
{
	if (!outer || strcasecmp(outer, "all") == 0)
		return criteria;
	return strcasecmp(criteria, "all") == 0 ? outer : arena_printf(arena, "%s and %s", outer, criteria);
}

/* One line; *match is what it stands below. */
static void read_line(struct sshd_reading *r, const char *at, const char *outer, const char **match, const char *origin, unsigned depth)
{
	const char *keyword = take_keyword(r->arena, &at), *value;

	if (!keyword)
		return;
	if (!sshd_is_keyword(r->source, r->arena, keyword))
		misunderstood(r, origin, arena_printf(r->arena, "sshd knows no %s, and does not start with it", text_safe(r->arena, keyword,
														   strlen(keyword), 64)));
	else if (strcasecmp(keyword, "Include") == 0)
		include(r, at, *match, origin, depth);
	else if ((value = take_value(r, at, keyword, origin)) && strcasecmp(keyword, "Match") == 0)
		*match = narrowed(r->arena, outer, value);
	else if (value)
		add(r, keyword, value, *match, origin);
}

static void read_lines(struct sshd_reading *r, const struct file *file, const char *outer, unsigned depth)
{
	struct lines lines = lines_of(r->arena, file, "#", false);
	const char *match = outer;
	char *line;

	while (!faults_enough(&r->sshd->faults) && (line = lines_next(&lines)))
		read_line(r, line, outer, &match, lines_origin(&lines), depth);
}

/* More than one server may read it. */
static bool is_read(const struct sshd *sshd, const struct file *file)
{
	for (size_t i = 0; i < sshd->n_files; i++)
		if (sshd->files[i] == file)
			return true;
	return false;
}

static void read_config(struct sshd_reading *r, const char *path, const char *match, unsigned depth)
{
	const struct file *file;

	if (r->reads == CONFIG_FILES_MOST) {
		faults_add(r->arena, &r->sshd->faults, STATE_BROKEN, path, "more than %d files are included", CONFIG_FILES_MOST);
		return;
	}
	file = config_read(r->source, r->arena, path, &r->sshd->faults);
	if (!file)
		return;
	r->reads++;
	if (!is_read(r->sshd, file))
		arena_push(r->arena, r->sshd->files, r->sshd->n_files) = file;
	read_lines(r, file, match, depth);
}

/* ---- servers ---- */

static bool same_text(const char *a, const char *b)
{
	return a && b ? streq(a, b) : a == b;
}

/* Both read the file that sshd reads as distributions have it. */
static bool is_same_build(const struct sshd_start *a, const struct sshd_start *b)
{
	return (!a->program || sshd_is_usual(a->program)) && (!b->program || sshd_is_usual(b->program));
}

static bool same_start(const struct sshd_start *a, const struct sshd_start *b)
{
	if (a->n != b->n || !same_text(a->config, b->config) || (!a->config && !is_same_build(a, b)))
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!streq(a->lines[i], b->lines[i]))
			return false;
	return true;
}

/* Its options come before the file. */
static void read_server(struct sshd_reading *r, const struct sshd_start *start)
{
	size_t faults = r->sshd->faults.n;
	bool is_named = start->config && !streq(start->config, "none");
	const char *match = start->server;

	r->reads = 0;
	for (size_t i = 0; i < start->n; i++)
		read_line(r, start->lines[i], start->server, &match, start->origins[i], 0);
	if (is_named)
		read_config(r, start->config, start->server, 0);
	if (is_named && !r->reads && r->sshd->faults.n == faults)
		faults_add(r->arena, &r->sshd->faults, STATE_BROKEN, start->config, "the server is started with -f %s, which is not there",
			   start->config);
	if (!start->config && start->program && !sshd_is_usual(start->program))
		faults_add(r->arena, &r->sshd->faults, STATE_UNAVAILABLE, start->program, "which file this server reads is not known, as it is started without -f");
	for (size_t i = 0; i < ARRAY_LEN(configurations) && !start->config; i++) {
		if (source_stat(r->source, configurations[i])->state == STATE_ABSENT)
			continue;
		read_config(r, configurations[i], start->server, 0);
		break;
	}
}

static void *read_sshd(struct source *source, struct arena *arena)
{
	struct sshd *sshd = arena_new_of(arena, struct sshd);
	struct sshd_reading r = { .source = source, .arena = arena, .sshd = sshd };
	struct sshd_starts starts = sshd_starts_read(&r);

	sshd->installed = program_installed(source, sshd_programs, false);
	for (size_t i = 0; i < starts.n; i++) {
		const char *program = starts.list[i].program;
		bool known = false;

		sshd->installed = sshd->installed || (program && source_stat_target(source, program + strspn(program, "/"))->state != STATE_ABSENT);
		for (size_t j = 0; j < i; j++)
			known = known || same_start(&starts.list[j], &starts.list[i]);
		if (known)
			continue;
		read_server(&r, &starts.list[i]);
		if (starts.list[i].server)
			arena_push(arena, sshd->servers, sshd->n_servers) = starts.list[i].server;
	}
	sshd->installed = sshd->installed || program_installed(source, sshd_programs, sshd->n_files || sshd->faults.n);
	return sshd;
}

const struct host_table sshd_table = { read_sshd };
