/* SPDX-License-Identifier: Apache-2.0 */
#include "core/source/paths.h"

#include "core/base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>

enum { PATHS_MOST = 4096 };

bool path_is_pattern(const char *text)
{
	return strpbrk(text, "*?[") != NULL;
}

void unseen_directory(struct unseen *unseen, const struct directory *directory)
{
	if (directory->state != STATE_PRESENT && directory->state != STATE_ABSENT && !unseen->why)
		*unseen = (struct unseen){ directory->state, directory->path, directory->why };
}

static const char *join(struct arena *arena, const char *directory, const char *name, size_t n)
{
	return arena_printf(arena, "%s%s%.*s", directory, *directory ? "/" : "", (int)n, name);
}

/* The names in one directory that fit; where more components follow, only what can be a directory. */
static void list_one(struct source *source, struct arena *arena, const char *directory, const char *glob, bool more, struct paths *out)
{
	const struct file *itself = source_stat(source, *directory ? arena_printf(arena, "%s/.", directory) : ".");
	const struct directory *dir;

	/* a file, or a link to one */
	if (itself->code == ENOTDIR)
		return;
	dir = source_list(source, *directory ? directory : ".");
	unseen_directory(&out->unseen, dir);
	for (size_t i = 0; i < dir->n; i++) {
		const struct entry *e = &dir->entries[i];

		if (fnmatch(glob, e->name, FNM_PERIOD) != 0 || (more && e->type == DT_REG))
			continue;
		if (out->n == PATHS_MOST) {
			out->unseen = (struct unseen){ STATE_BROKEN, dir->path, "more paths fit the pattern than are looked at" };
			return;
		}
		arena_push(arena, out->list, out->n) = join(arena, directory, e->name, strlen(e->name));
	}
}

/* One component further from all that was found so far. */
static void go_on(struct source *source, struct arena *arena, struct paths *found, const char *component, bool more)
{
	struct paths next = { .unseen = found->unseen };

	for (size_t i = 0; i < found->n; i++) {
		if (path_is_pattern(component))
			list_one(source, arena, found->list[i], component, more, &next);
		else
			arena_push(arena, next.list, next.n) = join(arena, found->list[i], component, strlen(component));
	}
	*found = next;
}

void paths_match(struct source *source, struct arena *arena, const char *pattern, struct paths *paths)
{
	struct paths found = { .list = NULL };
	const char *name;
	size_t n;

	arena_push(arena, found.list, found.n) = "";
	for (const char *at = pattern; (name = list_next(&at, "/", &n));)
		go_on(source, arena, &found, arena_strndup(arena, name, n), *at != '\0');
	for (size_t i = 0; i < found.n; i++)
		if (*found.list[i])
			arena_push(arena, paths->list, paths->n) = found.list[i];
	if (found.unseen.why)
		paths->unseen = found.unseen;
}
