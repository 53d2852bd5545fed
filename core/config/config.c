/* SPDX-License-Identifier: Apache-2.0 */
#include "core/config/config.h"

#include "core/base/text.h"
#include "core/source/conf_files.h"

/* ---- faults ---- */

bool faults_enough(const struct faults *faults)
{
	return faults->n >= CONFIG_FAULTS_MOST;
}

void faults_add(struct arena *arena, struct faults *faults, enum state state, const char *origin, const char *why, ...)
{
	struct fault fault = { .state = state, .origin = arena_strdup(arena, origin) };
	va_list args;

	if (faults_enough(faults))
		return;
	va_start(args, why);
	fault.why = arena_vprintf(arena, why, args);
	va_end(args);
	arena_push(arena, faults->list, faults->n) = fault;
}

bool faults_show(const struct faults *faults, const char *name, struct items *items)
{
	for (size_t i = 0; i < faults->n; i++)
		items_add_state(items, name, faults->list[i].origin, faults->list[i].state, "%s", faults->list[i].why);
	return faults->n > 0;
}

static void faults_add_unseen(struct arena *arena, struct faults *faults, const struct unseen *unseen)
{
	if (unseen->why)
		faults_add(arena, faults, unseen->state, unseen->origin, "%s", unseen->why);
}

/* ---- files ---- */

const struct file *config_read(struct source *source, struct arena *arena, const char *path, struct faults *faults)
{
	const struct file *file = source_read(source, path + strspn(path, "/"), SOURCE_LIMIT);
	struct unseen unseen;

	if (file->state == STATE_ABSENT)
		return NULL;
	if (conf_file_unread(arena, file, &unseen)) {
		faults_add_unseen(arena, faults, &unseen);
		return NULL;
	}
	faults->bytes += file->size;
	if (faults->bytes > CONFIG_BYTES_MOST) {
		faults_add(arena, faults, STATE_BROKEN, file->path, "with this file, more than %d bytes would be read", CONFIG_BYTES_MOST);
		return NULL;
	}
	return file;
}

bool config_add(struct config_files *files, const char *path)
{
	const struct file *file;

	if (files->n == CONFIG_FILES_MOST) {
		faults_add(files->arena, files->faults, STATE_BROKEN, path, "more than %d files are read", CONFIG_FILES_MOST);
		return false;
	}
	file = config_read(files->source, files->arena, path, files->faults);
	if (file)
		arena_push(files->arena, files->list, files->n) = file;
	return file != NULL;
}

struct paths config_glob(struct source *source, struct arena *arena, const char *pattern, struct faults *faults)
{
	struct paths paths = { .list = NULL };

	paths_match(source, arena, pattern, &paths);
	faults_add_unseen(arena, faults, &paths.unseen);
	return paths;
}

void config_add_glob(struct config_files *files, const char *pattern)
{
	struct paths paths = config_glob(files->source, files->arena, pattern, files->faults);

	for (size_t i = 0, faults = files->faults->n; i < paths.n && files->faults->n == faults; i++)
		config_add(files, paths.list[i]);
}

/* /lib is another folder than /usr/lib only on a system that was not merged. */
static const char *const systemd_folders[] = { "etc", "run", "usr/local/lib", "usr/lib", "lib" };

void config_add_systemd(struct config_files *files, const char *path)
{
	const char *rest = strchr(path + strspn(path, "/"), '/'), *folders[ARRAY_LEN(systemd_folders) + 1] = { NULL };
	size_t faults = files->faults->n;
	struct conf_files drop_ins;
	bool found = false;

	rest = rest ? rest + 1 : path;
	for (size_t i = 0; i < ARRAY_LEN(systemd_folders); i++) {
		if (!found && files->faults->n == faults)
			found = config_add(files, arena_printf(files->arena, "%s/%s", systemd_folders[i], rest));
		folders[i] = arena_printf(files->arena, "%s/%s.d", systemd_folders[i], rest);
	}
	drop_ins = conf_files_read(files->source, files->arena, folders);
	faults_add_unseen(files->arena, files->faults, &drop_ins.unseen);
	for (size_t i = 0; i < drop_ins.n; i++)
		config_add(files, drop_ins.list[i].file->path);
}

/* ---- lines ---- */

struct lines lines_of(struct arena *arena, const struct file *file, const char *comments, bool continues)
{
	return (struct lines){ .arena = arena, .file = file, .at = file->data, .next = 1, .comments = comments, .continues = continues };
}

/* A backslash that ends a line is itself plain where another one stands before it. */
static bool is_continued(const char *line, size_t n)
{
	size_t slashes = 0;

	while (slashes < n && line[n - 1 - slashes] == '\\')
		slashes++;
	return slashes % 2 == 1;
}

static bool is_comment(const struct lines *lines, const char *line)
{
	line += strspn(line, " \t");
	return *line && strchr(lines->comments, *line);
}

size_t lines_cut_hash(const char *line, size_t n)
{
	const char *hash = memchr(line, '#', n);

	return hash ? (size_t)(hash - line) : n;
}

char *lines_next(struct lines *lines)
{
	struct buffer joined = { .arena = lines->arena };
	bool more = false;

	while (*lines->at && (more || !joined.size)) {
		const char *line = lines->at;
		size_t n = strcspn(line, "\n"), length = n && line[n - 1] == '\r' ? n - 1 : n;

		lines->at += n + (line[n] == '\n');
		if (!more)
			lines->number = lines->next;
		lines->next++;
		if (lines->cut)
			length = lines->cut(line, length);
		if (is_comment(lines, line) || (!more && strspn(line, " \t\r") >= length))
			continue;
		if (more)
			buffer_puts(&joined, " ");
		more = lines->continues && is_continued(line, length);
		buffer_add(&joined, line, more ? length - 1 : length);
	}
	return joined.size ? text_trim(joined.text) : NULL;
}

char *lines_origin(const struct lines *lines)
{
	return arena_printf(lines->arena, "%s:%u", lines->file->path, lines->number);
}

char *word_next(char **at)
{
	char *word = *at + strspn(*at, " \t\r\n"), *end = word + strcspn(word, " \t\r\n");

	if (word == end)
		return NULL;
	*at = end + (*end != '\0');
	*end = '\0';
	return word;
}
