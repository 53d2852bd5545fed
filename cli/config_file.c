/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/config_file.h"

#include "core/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

enum { SIZE_MOST = 1 << 18 };

struct reader {
	struct options *options;      /* what is found goes here */
	struct options *scratch;      /* and is tried on these */
	const struct verb *verb;
	const char *path;
	unsigned line;
	const struct verb *section;   /* NULL where is_all, and before the first */
	bool is_all;
	struct err *err;
};

/* ---- who may write it ---- */

/* Whoever can write it could take rules away from what root looks at. */
static int check_writers(const struct stat *st, const char *path, struct err *err)
{
	if (st->st_uid != 0 && st->st_uid != geteuid())
		return err_set(err, EPERM, "%s: it belongs to user %u, not to root or to you, and is not read", path, (unsigned)st->st_uid);
	if (st->st_mode & (S_IWGRP | S_IWOTH))
		return err_set(err, EPERM, "%s: others than its owner may write it (mode %03o), and it is not read; chmod go-w makes it good", path,
			       (unsigned)st->st_mode & 0777);
	return 0;
}

/* Returns 0 and *text = NULL where there is none and none need be. */
static int read_text(struct arena *arena, const char *path, bool may_be_absent, char **text, struct err *err)
{
	auto_close int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	size_t size = 0;
	struct stat st;
	ssize_t n;
	int rc;

	*text = NULL;
	if (fd < 0 && errno == ENOENT && may_be_absent)
		return 0;
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_set(err, errno, "%s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(err, EINVAL, "%s: not a regular file", path);
	rc = check_writers(&st, path, err);
	if (rc < 0)
		return rc;
	*text = arena_alloc(arena, SIZE_MOST + 1);
	while (size < SIZE_MOST && (n = read(fd, *text + size, SIZE_MOST - size)) != 0) {
		if (n < 0 && errno != EINTR)
			return err_set(err, errno, "%s: %s", path, strerror(errno));
		size += n > 0 ? (size_t)n : 0;
	}
	if (size == SIZE_MOST)
		return err_set(err, EFBIG, "%s: larger than the %d bytes read at most", path, SIZE_MOST);
	return memchr(*text, '\0', size) ? err_set(err, EINVAL, "%s: holds a NUL byte", path) : 0;
}

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

static int open_section(struct reader *r, char *line)
{
	struct buffer names = { .arena = r->options->arena };
	size_t n = strlen(line);
	char *name;

	if (line[n - 1] != ']')
		return fail(r, "a section is [NAME]");
	line[n - 1] = '\0';
	name = text_trim(line + 1);
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

static int take_line(struct reader *r, char *line)
{
	char *equals = strchr(line, '=');

	if (!*line || *line == '#' || *line == ';')
		return 0;
	if (*line == '[')
		return open_section(r, line);
	if (!equals)
		return fail(r, "'%.100s' is neither [SECTION] nor KEY = VALUE", line);
	*equals = '\0';
	line = text_trim(line);
	if (!r->is_all && !r->section)
		return fail(r, "'%s' stands in no section; [%s] is the one for every command", line, CONFIG_ALL);
	return assign(r, line, text_trim(equals + 1));
}

static int read_one(struct reader *r, const char *path, bool may_be_absent)
{
	struct options *o = r->options;
	char *text, *line;
	int rc = read_text(o->arena, path, may_be_absent, &text, r->err);

	if (rc < 0 || !text)
		return rc;
	r->path = arena_strdup(o->arena, path);
	r->line = 0;
	r->is_all = false;
	r->section = NULL;
	arena_push(o->arena, o->files, o->n_files) = r->path;
	while ((line = strsep(&text, "\n")) && rc == 0) {
		r->line++;
		rc = take_line(r, text_trim(line));
	}
	return rc;
}

/* ---- files ---- */

static int is_drop_in(const struct dirent *entry)
{
	return *entry->d_name != '.' && text_glob("*.conf", entry->d_name);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int read_drop_ins(struct reader *r, const char *folder)
{
	struct dirent **list = NULL;
	int rc = 0, n = scandir(folder, &list, is_drop_in, by_name);

	if (n < 0)
		return err_set(r->err, errno, "%s: %s", folder, strerror(errno));
	for (int i = 0; i < n; i++) {
		if (rc == 0)
			rc = read_one(r, arena_printf(r->options->arena, "%s/%s", folder, list[i]->d_name), false);
		free(list[i]);
	}
	free(list);
	return rc;
}

/* 1: it is there and nobody else may put files into it; 0: it is not there. */
static int check_folder(const char *path, struct err *err)
{
	struct stat st;
	int rc;

	if (stat(path, &st) < 0)
		return errno == ENOENT ? 0 : err_set(err, errno, "%s: %s", path, strerror(errno));
	rc = check_writers(&st, path, err);
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
