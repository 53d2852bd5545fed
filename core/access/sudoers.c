/* SPDX-License-Identifier: Apache-2.0 */
#include "core/access/sudoers_private.h"

#include "core/base/text.h"
#include "core/process/program.h"

#include <dirent.h>
#include <strings.h>

static const char programs[] = "usr/bin/sudo bin/sudo usr/local/bin/sudo";
static const char *const main_files[] = { "etc/sudoers", "usr/etc/sudoers" };

static bool read_file(struct sudo_reading *r, const char *path, unsigned depth);

/* By name; what holds a dot or ends in ~ is left by a package manager or an editor. */
static void include_folder(struct sudo_reading *r, const char *path, unsigned depth)
{
	const struct directory *dir = source_list(r->source, path + strspn(path, "/"));

	if (dir->state != STATE_PRESENT && dir->state != STATE_ABSENT)
		faults_add(r->arena, &r->sudoers->faults, dir->state, dir->path, "%s", dir->why);
	for (size_t i = 0; dir->state == STATE_PRESENT && i < dir->n && !faults_enough(&r->sudoers->faults); i++) {
		const char *name = dir->entries[i].name;

		if (!strchr(name, '.') && name[strlen(name) - 1] != '~' && dir->entries[i].type != DT_DIR)
			read_file(r, arena_printf(r->arena, "%s/%s", path, name), depth);
	}
}

/* A relative path lies beside the file that names it. */
static const char *beside(struct arena *arena, const struct file *file, const char *path)
{
	const char *slash = strrchr(file->path, '/');

	return *path == '/' || !slash ? path : arena_printf(arena, "%.*s/%s", (int)(slash - file->path), file->path, path);
}

/* Returns what is wrong, or NULL. */
static const char *include(struct sudo_reading *r, const struct file *file, const char *at, bool folder, unsigned depth)
{
	bool open = false;
	const char *path = sudo_word(r->arena, &at, " \t", &open);
	size_t faults = r->sudoers->faults.n;

	if (!path || open)
		return "no file is named";
	if (strchr(path, '%'))
		return "which file a % in its name stands for is not known here";
	if (depth == CONFIG_DEEPEST)
		return "files include each other too deeply, or in a circle";
	path = beside(r->arena, file, path);
	if (folder)
		include_folder(r, path, depth + 1);
	else if (!read_file(r, path, depth + 1) && r->sudoers->faults.n == faults)
		return arena_printf(r->arena, "there is no %s to include", path);
	return NULL;
}

static const char *read_line(struct sudo_reading *r, const struct file *file, const char *line, const char *origin, unsigned depth)
{
	static const char *const words[] = { "includedir", "include" };

	for (size_t i = 0; i < ARRAY_LEN(words) && strchr("@#", *line); i++) {
		size_t n = strlen(words[i]);

		if (strncmp(line + 1, words[i], n) == 0 && strchr(" \t", line[1 + n]))
			return include(r, file, line + 1 + n, i == 0, depth);
	}
	return sudo_read_line(r, line, origin);
}

/* False where it is not there. */
static bool read_file(struct sudo_reading *r, const char *path, unsigned depth)
{
	struct sudoers *sudoers = r->sudoers;
	const struct file *file;
	struct lines lines;
	char *line;

	if (sudoers->n_files == CONFIG_FILES_MOST) {
		faults_add(r->arena, &sudoers->faults, STATE_BROKEN, path, "more than %d files are included", CONFIG_FILES_MOST);
		return true;
	}
	file = config_read(r->source, r->arena, path, &sudoers->faults);
	if (!file)
		return false;
	arena_push(r->arena, sudoers->files, sudoers->n_files) = file;
	lines = lines_of(r->arena, file, "", true);
	lines.cut = sudo_cut;
	while (!faults_enough(&sudoers->faults) && (line = lines_next(&lines))) {
		const char *origin = lines_origin(&lines), *wrong = *line ? read_line(r, file, line, origin, depth) : NULL;

		if (wrong)
			faults_add(r->arena, &sudoers->faults, STATE_MALFORMED, origin, "%s", wrong);
	}
	return true;
}

/* ---- sudo.conf ---- */

/* Of "Plugin sudoers_policy sudoers.so sudoers_file=/etc/other" the last word; another policy than that of sudoers cannot be told. */
static void take_plugin(struct sudo_reading *r, const char *line, const char *origin, const char **main_file)
{
	const char *at = line, *word = list_next(&at, " \t", &(size_t){ 0 });
	static const char option[] = "sudoers_file=";
	size_t n;

	if (!word || strncasecmp(word, "Plugin", strlen("Plugin")) != 0 || !strchr(" \t", word[strlen("Plugin")]))
		return;
	word = list_next(&at, " \t", &n);
	if (word && n > strlen("_policy") && starts_with(word + n - strlen("_policy"), "_policy") && !starts_with(word, "sudoers_policy"))
		faults_add(r->arena, &r->sudoers->faults, STATE_UNAVAILABLE, origin, "sudo asks another plugin than sudoers what is granted");
	if (!word || !starts_with(word, "sudoers_policy"))
		return;
	while ((word = list_next(&at, " \t", &n)))
		if (n > strlen(option) && starts_with(word, option))
			*main_file = arena_strndup(r->arena, word + strlen(option), n - strlen(option));
}

/* Where sudo.conf(5) puts sudoers; NULL: where it is on every host. */
static const char *configured_file(struct sudo_reading *r)
{
	const struct file *file = config_read(r->source, r->arena, "etc/sudo.conf", &r->sudoers->faults);
	const char *main_file = NULL;
	struct lines lines;
	char *line;

	if (!file)
		return NULL;
	lines = lines_of(r->arena, file, "#", true);
	while ((line = lines_next(&lines)))
		take_plugin(r, line, lines_origin(&lines), &main_file);
	return main_file;
}

static void *read_sudoers(struct source *source, struct arena *arena)
{
	struct sudoers *sudoers = arena_new_of(arena, struct sudoers);
	struct sudo_reading r = { .source = source, .arena = arena, .sudoers = sudoers };
	const char *main_file = configured_file(&r);

	if (main_file && !read_file(&r, main_file, 0))
		faults_add(arena, &sudoers->faults, STATE_BROKEN, "/etc/sudo.conf", "it names %s, which is not there", main_file);
	for (size_t i = 0; i < ARRAY_LEN(main_files) && !main_file && !sudoers->n_files && !sudoers->faults.n; i++)
		read_file(&r, main_files[i], 0);
	sudo_resolve_aliases(&r);
	sudoers->installed = program_installed(source, programs, sudoers->n_files || sudoers->faults.n);
	return sudoers;
}

const struct host_table sudoers_table = { read_sudoers };

bool sudo_is_root(const struct sudo_grant *grant)
{
	return streq(grant->who, "root") || streq(grant->who, "#0");
}
