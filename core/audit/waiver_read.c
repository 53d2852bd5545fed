/* SPDX-License-Identifier: Apache-2.0 */
/* Waiver files: found, looked at for who may write them, read, and checked line by line. */
#include "core/audit/waiver.h"

#include "core/base/text.h"
#include "core/config/own_file.h"

#include <errno.h>
#include <inttypes.h>
#include <libgen.h>

enum {
	BYTES_MOST = 16 << 20,      /* of a file */
	HINTS_MOST = 20,            /* mistakes that a nearest name is looked for */
};

static void mistake(struct waivers *w, const char *format, ...) PRINTF_LIKE(2, 3);

static void mistake(struct waivers *w, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	w->mistakes++;
	w->tell(w->with, arena_vprintf(w->arena, format, args));
	va_end(args);
}

/* ---- rules ---- */

struct rule_name {
	const char *id;
	bool of_host, of_containers;
};

struct rule_names {
	struct rule_name *list;     /* by id, each once */
	size_t n;
	const char *all;            /* ids, separated by spaces */
};

static int by_id(const void *left, const void *right)
{
	return strcmp(((const struct rule_name *)left)->id, ((const struct rule_name *)right)->id);
}

struct rule_names *rule_names_new(struct arena *arena, struct benchmark *const *benchmarks, size_t n)
{
	struct rule_names *names = arena_new_of(arena, struct rule_names);
	struct buffer all = { .arena = arena };
	size_t rules = 0, kept = 0;

	for (size_t i = 0; i < n; i++)
		rules += benchmarks[i]->n_rules;
	names->list = arena_array_of(arena, struct rule_name, rules + 1);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < benchmarks[i]->n_rules; k++) {
			const struct rule *rule = benchmarks[i]->rules[k];

			names->list[names->n++] = (struct rule_name){ arena_strdup(arena, rule->item.short_id), !rule->multiple, rule->multiple };
		}
	if (names->n)
		qsort(names->list, names->n, sizeof(*names->list), by_id);
	for (size_t i = 0; i < names->n; i++) {
		struct rule_name *last = kept ? &names->list[kept - 1] : NULL;

		if (last && streq(last->id, names->list[i].id)) {
			last->of_host = last->of_host || names->list[i].of_host;
			last->of_containers = last->of_containers || names->list[i].of_containers;
			continue;
		}
		buffer_word(&all, names->list[i].id, strlen(names->list[i].id));
		names->list[kept++] = names->list[i];
	}
	names->n = kept;
	names->all = all.text ? all.text : "";
	return names;
}

/* What is judged by the rules that the id or glob stands for; nothing: there is none. */
static struct rule_name rules_called(const struct rule_names *names, const char *check)
{
	struct rule_name found = { .id = check };
	const struct rule_name *exact = bsearch(&found, names->list, names->n, sizeof(found), by_id);

	if (exact)
		return *exact;
	for (size_t i = 0; i < names->n && strpbrk(check, "*?"); i++) {
		if (!text_glob(check, names->list[i].id))
			continue;
		found.of_host = found.of_host || names->list[i].of_host;
		found.of_containers = found.of_containers || names->list[i].of_containers;
	}
	return found;
}

/* ---- which files ---- */

/* The one that it is named in, and where it leads elsewhere the one that it is in. */
static int directories_are_trusted(struct waivers *w, const char *path, struct err *err)
{
	const char *named = dirname(arena_strdup(w->arena, path));
	auto_free char *real = realpath(path, NULL);
	auto_free char *real_named = realpath(named, NULL);
	const char *in = real ? dirname(real) : named;
	int rc = own_directory_trusted(named, err);

	return rc < 0 || !real_named || streq(in, real_named) ? rc : own_directory_trusted(in, err);
}

void waivers_add(struct waivers *w, const char *path, bool may_be_absent)
{
	char *trimmed = arena_strdup(w->arena, path);
	struct stat st;
	struct err err;
	int rc = 0;

	for (size_t n = strlen(trimmed); n > 1 && trimmed[n - 1] == '/'; n--)
		trimmed[n - 1] = '\0';
	if (may_be_absent && own_file_absent(trimmed))
		return;
	if (stat(trimmed, &st) < 0)
		rc = err_set(&err, errno, "%s: %s", trimmed, strerror(errno));
	else if (!S_ISDIR(st.st_mode))
		arena_push(w->arena, w->files, w->n_files) = trimmed;
	else if ((rc = own_file_trusted(trimmed, &st, &err)) == 0)
		rc = own_files_list(w->arena, trimmed, &w->files, &w->n_files, &err);
	if (rc < 0)
		mistake(w, "%s", err.text);
}

/* ---- one section ---- */

struct reading {
	struct waivers *w;
	const struct rule_names *names;
	const char *path;
	unsigned line;
	struct waiver now;
	bool inside, broken;         /* a section: one was begun; a mistake was told of it */
};

static void wrong(struct reading *r, const char *format, ...) PRINTF_LIKE(2, 3);

static void wrong(struct reading *r, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	mistake(r->w, "%s:%u: %s", r->path, r->line, arena_vprintf(r->w->arena, format, args));
	va_end(args);
	r->broken = true;
}

static const char *hint(const struct reading *r, const char *names, const char *misspelt)
{
	return r->w->mistakes < HINTS_MOST ? nearest_hint(r->w->arena, names, misspelt) : "";
}

static size_t characters(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xC0) != 0x80;
	return n;
}

static const char **text_at(struct waiver *waiver, const struct waiver_key *key)
{
	return (const char **)(void *)((char *)waiver + key->at);
}

static bool is_key(const struct waiver_key *key, const char *name)
{
	return streq(key->name, name);
}

/* A line break or an escape sequence in a report would say what nobody wrote. */
static bool is_harmless(struct reading *r, const char *value)
{
	return text_is_plain(value, strlen(value)) || streq(text_safe(r->w->arena, value, strlen(value), SIZE_MAX), value);
}

static void check_rule(struct reading *r, const char *value)
{
	struct rule_name found;

	r->now.rule = benchmark_short_id(value);
	found = rules_called(r->names, r->now.rule);
	if (found.of_host || found.of_containers)
		return;
	if (strpbrk(value, "*?"))
		wrong(r, "no rule matches '%s'", value);
	else
		wrong(r, "there is no rule '%s'%s", value, hint(r, r->names->all, r->now.rule));
}

static void check_target(struct reading *r, const char *value)
{
	const char *colon = strchr(value, ':'), *kind = arena_strndup(r->w->arena, value, strcspn(value, ":"));

	if (streq(value, "host"))
		return;
	if (!waiver_target_kind(kind) && !streq(kind, "host"))
		wrong(r, "the target '%s' is none of host, %s%s", value, waiver_target_words(r->w->arena, ":GLOB", ", "),
		      hint(r, waiver_target_words(r->w->arena, "", " "), kind));
	else if (streq(kind, "host"))
		wrong(r, "the target host has no name; say host = %s on a line of its own", colon + 1);
	else if (!colon || !colon[1])
		wrong(r, "the target '%s' needs a name: %s:GLOB", value, kind);
	else if (streq(kind, "path") && !strchr("/*?", colon[1]))
		wrong(r, "the path '%s' does not begin with a /", colon + 1);
	else if (streq(kind, "unit") && !strpbrk(colon + 1, ".*?"))
		wrong(r, "the unit '%s' has no kind, as in %s.service", colon + 1, colon + 1);
}

static void check_day(struct reading *r, const char *value)
{
	const struct waivers *w = r->w;
	int64_t day;

	if (!waiver_day(value, &day))
		wrong(r, "'%s' is not a date of the form YYYY-MM-DD", value);
	else if (w->days_most && day - w->today > (int64_t)w->days_most)
		wrong(r, "%s is %" PRId64 " days away; a waiver may hold for %u days at most (max-days)", value, day - w->today, w->days_most);
}

static void check_value(struct reading *r, const struct waiver_key *key, const char *value)
{
	bool free_text = is_key(key, "reason") || is_key(key, "found") || is_key(key, "ticket");

	if (strlen(value) > TEXT_MAX)
		wrong(r, "the %s is longer than %d bytes", key->name, TEXT_MAX);
	else if (!is_harmless(r, value))
		wrong(r, "the %s holds control characters or bytes that are no UTF-8", key->name);
	else if (!free_text && (strstr(value, " #") || strstr(value, " ;")))
		wrong(r, "the %s has a comment behind it; comments stand on lines of their own", key->name);
	else if (is_key(key, "check"))
		check_rule(r, value);
	else if (is_key(key, "target"))
		check_target(r, value);
	else if (is_key(key, "expires"))
		check_day(r, value);
	else if (is_key(key, "reason") && characters(value) < WAIVER_REASON_LEAST)
		wrong(r, "the reason is too short: %zu of at least %d characters", characters(value), WAIVER_REASON_LEAST);
}

static const char *key_names(struct arena *arena)
{
	struct buffer names = { .arena = arena };

	for (const struct waiver_key *key = waiver_keys; key->name; key++)
		buffer_word(&names, key->name, strlen(key->name));
	return names.text;
}

static void take_key(struct reading *r, const char *name, const char *value)
{
	const struct waiver_key *key = waiver_keys;

	while (key->name && !streq(key->name, name))
		key++;
	if (!key->name)
		wrong(r, "unknown key '%s'%s", name, hint(r, key_names(r->w->arena), name));
	else if (!r->inside)
		wrong(r, "'%s' stands before the first [waiver]", name);
	else if (*text_at(&r->now, key))
		wrong(r, "'%s' is given twice in one waiver", name);
	else if (!*value)
		wrong(r, "'%s' has no value", name);
	if (!key->name || !r->inside || *text_at(&r->now, key))
		return;
	*text_at(&r->now, key) = value;
	if (*value)
		check_value(r, key, value);
}

/* A rule of containers that is waived on the host, or the other way round, would never match. */
static void check_fit(struct reading *r)
{
	struct rule_name found = rules_called(r->names, r->now.rule);

	if (!waiver_of_containers(&r->now) && !found.of_host)
		mistake(r->w, "%s: %s is judged on containers: say which with target = container:GLOB or image:GLOB", r->now.where, r->now.rule);
	else if (waiver_of_containers(&r->now) && !found.of_containers)
		mistake(r->w, "%s: %s is judged on the host: target = %s never matches", r->now.where, r->now.rule, r->now.subject);
	else
		arena_push(r->w->arena, r->w->list, r->w->n) = r->now;
}

/* Of the section that was begun, if there is one. */
static void end_section(struct reading *r)
{
	bool whole = true;

	for (const struct waiver_key *key = waiver_keys; r->inside && key->name; key++) {
		if (!key->required || *text_at(&r->now, key))
			continue;
		mistake(r->w, "%s: the waiver that begins here has no %s", r->now.where, key->name);
		whole = false;
	}
	if (r->inside && whole && !r->broken)
		check_fit(r);
	r->inside = r->broken = false;
}

static void begin_section(struct reading *r, const struct own_line *line)
{
	end_section(r);
	r->now = (struct waiver){ .where = arena_printf(r->w->arena, "%s:%u", r->path, line->number), .file = r->path, .line = line->number };
	r->inside = true;
	if (!line->name || !streq(line->name, "waiver"))
		wrong(r, "unknown section '%s'; there is only [waiver]", line->text);
}

/* ---- files ---- */

void waivers_read_text(struct waivers *w, const struct rule_names *names, const char *path, const char *text)
{
	struct reading r = { .w = w, .names = names, .path = path };
	struct own_lines lines = own_lines_of(w->arena, path, text);
	struct own_line line;

	while (own_lines_next(&lines, &line)) {
		r.line = line.number;
		if (line.kind == OWN_SECTION)
			begin_section(&r, &line);
		else if (!r.inside && r.broken)
			continue;   /* once is enough of what is no file of waivers */
		else if (line.kind == OWN_KEY)
			take_key(&r, line.name, line.value);
		else
			wrong(&r, "this is no '[waiver]' and no 'key = value'");
	}
	end_section(&r);
}

static void read_file(struct waivers *w, const struct rule_names *names, const char *path)
{
	struct err err;
	char *text = NULL;
	int rc = directories_are_trusted(w, path, &err);

	if (rc == 0)
		rc = own_file_read(w->arena, path, BYTES_MOST, &text, &err);
	if (rc < 0)
		mistake(w, "%s", err.text);
	else
		waivers_read_text(w, names, path, text);
}

void waivers_read(struct waivers *w, const struct rule_names *names)
{
	for (size_t i = 0; i < w->n_files; i++)
		read_file(w, names, w->files[i]);
}
