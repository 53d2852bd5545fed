/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/path_trust.h"

#include "core/base/text.h"

/* What is wrong with one file or directory, or NULL. */
static const char *fault(const struct file *file)
{
	mode_t mode = file->stat.st_mode;

	if (file->stat.st_uid != 0)
		return "is not owned by root";
	if (S_ISLNK(mode) || !(mode & 022) || (S_ISDIR(mode) && (mode & S_ISVTX)))
		return NULL;
	return mode & 002 ? "can be written by everybody" : "can be written by its group";
}

/* True when an item was added. */
static bool look_at(struct source *source, const char *path, const char *part, const char *name, struct items *items)
{
	const struct file *file = source_stat(source, part);
	const char *wrong;

	if (file->state == STATE_ABSENT && !source_is_live(source)) {
		items_add_state(items, name, file->path, STATE_UNAVAILABLE, "the root does not hold it");
		return true;
	}
	if (file->state == STATE_ABSENT) {
		items_add_text(items, name, arena_printf(items->arena, "/%s", part), arena_printf(items->arena, "%s is not there", path));
		return true;
	}
	if (file->state != STATE_PRESENT) {
		items_add_file_state(items, name, file);
		return true;
	}
	wrong = fault(file);
	if (wrong)
		items_add_text(items, name, file->path, arena_printf(items->arena, "%s: %s %s", path, file->path, wrong));
	return wrong != NULL;
}

void path_trust(struct source *source, const char *path, const char *name, struct items *items)
{
	const char *rest = path + strspn(path, "/");

	if (*path != '/') {
		items_add_text(items, name, path, arena_printf(items->arena, "%s is no absolute path", path));
		return;
	}
	for (const char *slash = strchr(rest, '/'); slash; slash = strchr(slash + 1, '/'))
		if (look_at(source, path, arena_strndup(items->arena, rest, (size_t)(slash - rest)), name, items))
			return;
	look_at(source, path, rest, name, items);
}

void path_trust_folder(struct source *source, const char *path, const char *name, struct items *items)
{
	char *there = arena_strdup(items->arena, path), *slash;
	size_t before = items->n;
	const struct file *file;

	while (*path == '/' && source_stat(source, there + strspn(there, "/"))->state == STATE_ABSENT && (slash = strrchr(there, '/')))
		*slash = '\0';
	file = source_stat(source, there + strspn(there, "/"));
	if (*path != '/' || there[strspn(there, "/")])
		path_trust(source, *path == '/' ? there : path, name, items);
	if (items->n == before && file->state == STATE_PRESENT && S_ISDIR(file->stat.st_mode) && (file->stat.st_mode & 022))
		items_add_text(items, name, file->path, arena_printf(items->arena, "%s: anybody can put a program into %s", path, file->path));
}
