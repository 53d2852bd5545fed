/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/config_file.h"

#include "core/base/text.h"
#include "core/config/own_file.h"

#include <errno.h>

enum { SIZE_MOST = 1 << 18 };

struct reader {
	struct options *options;      /* what is found goes here */
	struct options *scratch;      /* and is tried on these */
	const struct verb *verb;
	const char *path;
	unsigned line;                /* of the mistake that would be told */
	const struct verb *section;   /* NULL where is_all, and before the first */
	bool is_all;
	struct err *err;
};

/* ---- lines ---- */

static int fail(const struct reader *r, const char *format, ...) PRINTF_LIKE(2, 3);

static int fail(const struct reader *r, const char *format, ...)
{
	auto_arena struct arena *arena = arena_new();
	va_list args;
	char *text;

	va_start(args, format);
	text = arena_vprintf(arena, format, args);
	va_end(args);
	return err_set(r->err, EINVAL, "%s:%u: %s", r->path, r->line, text);
}

static bool may_be_configured(const struct option_row *row, unsigned takers)
{
	return (row->verbs & takers) && !row->only_given;
}

bool config_has_section(const struct verb *verb)
{
	for (const struct option_row *row = option_rows; row->name; row++)
		if (may_be_configured(row, verb->bit))
			return true;
	return false;
}

static int open_section(struct reader *r, const char *name)
{
	struct buffer names = { .arena = r->options->arena };

	if (!name)
		return fail(r, "a section is [NAME]");
	r->is_all = streq(name, CONFIG_ALL);
	r->section = NULL;
	buffer_puts(&names, CONFIG_ALL);
	for (const struct verb *const *v = verbs; *v; v++) {
		if (!config_has_section(*v))
			continue;
		buffer_word(&names, (*v)->name, strlen((*v)->name));
		if (streq((*v)->name, name))
			r->section = *v;
	}
	if (r->is_all || r->section)
		return 0;
	return fail(r, "there is no section [%s]%s; there are: %s", name, nearest_hint(r->options->arena, names.text, name), names.text);
}

static int unknown_key(const struct reader *r, const char *key)
{
	unsigned takers = r->section ? r->section->bit : VERB_ANY;
	struct buffer names = { .arena = r->options->arena };

	if (r->section && option_find(key, VERB_ANY))
		return fail(r, "'%s' is no option of the command %s", key, r->section->name);
	for (const struct option_row *row = option_rows; row->name; row++)
		if (may_be_configured(row, takers))
			buffer_word(&names, row->name, strlen(row->name));
	return fail(r, "there is no option '%s'%s", key, nearest_hint(r->options->arena, names.text, key));
}

/* It would be looked for in whatever directory plimsoll is started in, and there others may write. */
static bool is_relative(const struct option_row *row, const char *value)
{
	const char *equals = strchr(value, '=');

	if (!row->values || !*value)
		return false;
	if (streq(row->values, "<benchmark>"))
		return *value != '/' && (strchr(value, '/') || text_glob("*.xml", value));
	if (streq(row->name, "output") && equals && !memchr(value, '/', (size_t)(equals - value)))
		value = equals + 1;
	if (streq(value, streq(row->name, "waivers") ? "none" : "-"))
		return false;
	return streq(row->values, "<file>") && *value != '/';
}

static int assign(const struct reader *r, const char *key, const char *value)
{
	const struct option_row *row = option_find(key, r->section ? r->section->bit : VERB_ANY);
	struct options *o = r->options;

	if (!row)
		return unknown_key(r, key);
	if (row->only_given)
		return fail(r, "'%s' is given on the command line only: %s", key, row->only_given);
	if (is_relative(row, value))
		return fail(r, "%s: '%s' does not begin with a /; in a file only such a path is the same wherever plimsoll is started", key, value);
	r->scratch->settling = LAYER_FILE;
	if (*value && option_take(r->scratch, row, value, r->err) < 0)
		return err_wrap(r->err, -EINVAL, "%s:%u: %s", r->path, r->line, key);
	if (row->verbs & r->verb->bit && (r->is_all || r->section == r->verb))
		arena_push(o->arena, o->given, o->n_given) = (struct given){
			row, value, r->is_all ? LAYER_FILE : LAYER_FILE_VERB, arena_printf(o->arena, "%s:%u", r->path, r->line) };
	return 0;
}

static int take_line(struct reader *r, const struct own_line *line)
{
	r->line = line->number;
	if (line->kind == OWN_SECTION)
		return open_section(r, line->name);
	if (line->kind == OWN_NEITHER)
		return fail(r, "'%.100s' is neither [SECTION] nor KEY = VALUE", line->text);
	if (!r->is_all && !r->section)
		return fail(r, "'%s' stands in no section; [%s] is the one for every command", line->name, CONFIG_ALL);
	return assign(r, line->name, line->value);
}

static int read_one(struct reader *r, const char *path, bool may_be_absent)
{
	struct options *o = r->options;
	struct own_lines lines;
	struct own_line line;
	char *text;
	int rc;

	if (may_be_absent && own_file_absent(path))
		return 0;
	rc = own_file_read(o->arena, path, SIZE_MOST, &text, r->err);
	if (rc < 0)
		return rc;
	r->path = arena_strdup(o->arena, path);
	r->is_all = false;
	r->section = NULL;
	arena_push(o->arena, o->files, o->n_files) = r->path;
	lines = own_lines_of(o->arena, r->path, text);
	while (rc == 0 && own_lines_next(&lines, &line))
		rc = take_line(r, &line);
	return rc;
}

/* ---- files ---- */

static int read_drop_ins(struct reader *r, const char *folder)
{
	const char **list = NULL;
	size_t n = 0;
	int rc = own_files_list(r->options->arena, folder, &list, &n, r->err);

	for (size_t i = 0; i < n && rc == 0; i++)
		rc = read_one(r, list[i], false);
	return rc;
}

/* 1: it is there and nobody else may put files into it; 0: it is not there. */
static int check_folder(const char *path, struct err *err)
{
	int rc;

	if (own_file_absent(path))
		return 0;
	rc = own_directory_trusted(path, err);
	return rc < 0 ? rc : 1;
}

static int read_installed(struct reader *r)
{
	int rc = check_folder(CONFIG_FOLDER, r->err);

	if (rc <= 0)
		return rc;
	rc = read_one(r, CONFIG_FOLDER "/plimsoll.conf", true);
	if (rc == 0)
		rc = check_folder(CONFIG_FOLDER "/conf.d", r->err);
	return rc <= 0 ? rc : read_drop_ins(r, CONFIG_FOLDER "/conf.d");
}

int config_read_all(struct options *o, const struct verb *verb, struct err *err)
{
	struct options scratch = options_default(o->arena);
	struct reader r = { .options = o, .scratch = &scratch, .verb = verb, .err = err };
	int rc = 0;

	if (!o->config)
		rc = read_installed(&r);
	else if (!streq(o->config, "/dev/null"))
		rc = read_one(&r, o->config, false);
	arena_push(o->arena, o->files, o->n_files) = NULL;
	o->n_files--;
	return rc;
}
