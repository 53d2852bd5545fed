/* SPDX-License-Identifier: Apache-2.0 */
#include "core/source/conf_files.h"

#include "core/base/text.h"

#include <dirent.h>

static bool has_suffix(const char *name, const char *suffix)
{
	size_t n = strlen(name), m = strlen(suffix);

	return n > m && streq(name + n - m, suffix);
}

enum { FILES_MOST = 1000 };

static bool is_listed(const struct conf_files *files, const char *name)
{
	for (size_t i = 0; i < files->n; i++)
		if (streq(files->list[i].name, name))
			return true;
	return false;
}

static bool is_mask(struct source *source, const char *path)
{
	const struct file *link = source_link(source, path);

	return link->state == STATE_PRESENT && streq(link->data, "/dev/null");
}

static void take_entry(struct conf_files *files, struct source *source, struct arena *arena, const char *directory, const struct entry *e)
{
	const char *path;

	if (*e->name == '.' || !has_suffix(e->name, ".conf") || is_listed(files, e->name))
		return;
	path = arena_printf(arena, "%s/%s", directory, e->name);
	arena_push(arena, files->list, files->n) = (struct conf_file){
		e->name, (e->type == DT_LNK || e->type == DT_UNKNOWN) && is_mask(source, path) ? NULL : source_read(source, path, SOURCE_LIMIT) };
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct conf_file *)a)->name, ((const struct conf_file *)b)->name);
}

struct conf_files conf_files_read(struct source *source, struct arena *arena, const char *const *directories)
{
	struct conf_files files = { .list = NULL };
	size_t n = 0;

	for (; *directories; directories++) {
		const struct directory *dir = source_list(source, *directories);

		unseen_directory(&files.unseen, dir);
		if (dir->n > FILES_MOST)
			files.unseen = (struct unseen){ STATE_BROKEN, dir->path, "more files lie there than are read" };
		for (size_t i = 0; i < dir->n && i < FILES_MOST; i++)
			take_entry(&files, source, arena, *directories, &dir->entries[i]);
	}
	/* masks have done their work, and a link that leads nowhere holds nothing */
	for (size_t i = 0; i < files.n; i++)
		if (files.list[i].file && files.list[i].file->state != STATE_ABSENT)
			files.list[n++] = files.list[i];
	files.n = n;
	if (n)
		qsort(files.list, n, sizeof(*files.list), by_name);
	return files;
}

/* ---- lines ---- */

struct conf_lines conf_lines_of(struct arena *arena, const struct file *file, bool joins)
{
	return (struct conf_lines){ .arena = arena, .at = file->state == STATE_PRESENT ? file->data : "", .next = 1, .joins = joins };
}

char *conf_lines_next(struct conf_lines *lines)
{
	struct buffer whole = { .arena = lines->arena };
	bool more = true;

	if (!*lines->at)
		return NULL;
	for (lines->line = lines->next; more && *lines->at; lines->next++) {
		size_t n = strcspn(lines->at, "\n"), kept = n && lines->at[n - 1] == '\r' ? n - 1 : n;

		more = lines->joins && kept && lines->at[kept - 1] == '\\';
		buffer_add(&whole, lines->at, kept - more);
		lines->at += n + (lines->at[n] == '\n');
	}
	return text_trim(whole.text);
}

bool conf_file_unread(struct arena *arena, const struct file *file, struct unseen *unseen)
{
	const char *path = text_safe(arena, file->path, strlen(file->path), 512), *nul;
	unsigned line = 1;

	if (file->state != STATE_PRESENT) {
		*unseen = (struct unseen){ file->state, path, file->why };
		return true;
	}
	nul = memchr(file->data, '\0', file->size);
	if (!nul)
		return false;
	for (const char *c = file->data; c < nul; c++)
		line += *c == '\n';
	*unseen = (struct unseen){ STATE_MALFORMED, arena_printf(arena, "%s:%u", path, line), "a NUL byte: the file is no text" };
	return true;
}
