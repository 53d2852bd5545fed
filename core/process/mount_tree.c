/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which mount stands where. A container can stack thousands of mounts on one directory, so nothing here looks at all mounts for each: a
 * mount is found by its number, or by the mount and the directory that it stands on.
 */
#include "core/process/mount_private.h"

#include "core/base/text.h"

/* ---- paths ---- */

bool path_is_below(const char *path, const char *directory)
{
	size_t n = strlen(directory);

	while (n && directory[n - 1] == '/')
		n--;
	return strncmp(path, directory, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

char *path_moved(struct arena *arena, const char *path, const char *from, const char *to)
{
	const char *rest = path + (streq(from, "/") ? 0 : strlen(from));
	size_t before, after;
	char *moved;

	if (streq(rest, "/") || !*rest)
		return arena_strdup(arena, to);
	before = streq(to, "/") ? 0 : strlen(to);
	after = strlen(rest);
	moved = arena_alloc(arena, before + after + 1);
	memcpy(moved, to, before);
	memcpy(moved + before, rest, after);
	return moved;
}

const char *path_usual(struct arena *arena, const char *path)
{
	if (path_is_below(path, "/var/run"))
		return path_moved(arena, path, "/var/run", "/run");
	if (path_is_below(path, "/var/lock"))
		return path_moved(arena, path, "/var/lock", "/run/lock");
	return path;
}

/* ---- finding mounts ---- */

static int by_id(const void *a, const void *b)
{
	const struct mount *x = *(const struct mount *const *)a, *y = *(const struct mount *const *)b;

	return x->id < y->id ? -1 : x->id > y->id;
}

const struct mount *mount_of_id(const struct mounts *mounts, int id)
{
	const struct mount key = { .id = id }, *wanted = &key;
	struct mount **found;

	if (!mounts->tree)
		return NULL;
	found = bsearch(&wanted, mounts->tree->by_id, mounts->n, sizeof(*found), by_id);
	return found ? *found : NULL;
}

/* Where the mount with that parent and mount point is kept, or would be. */
static struct mount **slot_of(const struct mount_tree *tree, int parent, const char *target, size_t size)
{
	size_t at = (text_hash(target, size) + (unsigned)parent * 2654435761u) & (tree->n_slots - 1);

	for (; tree->slots[at]; at = (at + 1) & (tree->n_slots - 1)) {
		const struct mount *m = tree->slots[at];

		if (m->parent == parent && strncmp(m->target, target, size) == 0 && !m->target[size])
			break;
	}
	return &tree->slots[at];
}

static struct mount *standing_on(const struct mount_tree *tree, const struct mount *on, const char *target, size_t size)
{
	struct mount *m = *slot_of(tree, on->id, target, size);

	return m && m->id != on->id ? m : NULL;
}

/* The mount whose parent is not in the table; of several, the one mounted last. */
static struct mount *find_root(const struct mounts *mounts)
{
	for (size_t i = mounts->n; i-- > 0;) {
		struct mount *m = &mounts->list[i];

		if (streq(m->target, "/") && (m->parent == m->id || !mount_of_id(mounts, m->parent)))
			return m;
	}
	return NULL;
}

/* Follows a stack from one of its mounts, and tells all that it meets of the end. A forged table may go in circles. */
static void find_top(const struct mount_tree *tree, struct mount *from)
{
	const struct mount *end = from;
	struct mount *next;

	for (struct mount *m = from; !m->top; m = next) {
		m->top = end = m;
		next = standing_on(tree, m, m->target, strlen(m->target));
		if (!next)
			break;
		end = next->top ? next->top : next;
	}
	for (struct mount *m = from; m->top == m && m != end; m = next) {
		m->top = end;
		next = standing_on(tree, m, m->target, strlen(m->target));
	}
}

struct mount_tree *mount_tree_of(struct arena *arena, struct mounts *mounts)
{
	struct mount_tree *tree = arena_new_of(arena, struct mount_tree);

	mounts->tree = tree;
	tree->by_id = arena_array_of(arena, struct mount *, mounts->n);
	for (tree->n_slots = 16; tree->n_slots < mounts->n * 2;)
		tree->n_slots *= 2;
	tree->slots = arena_array_of(arena, struct mount *, tree->n_slots);
	for (size_t i = 0; i < mounts->n; i++) {
		struct mount *m = tree->by_id[i] = &mounts->list[i];

		*slot_of(tree, m->parent, m->target, strlen(m->target)) = m;
	}
	qsort(tree->by_id, mounts->n, sizeof(*tree->by_id), by_id);
	for (size_t i = 0; i < mounts->n; i++)
		find_top(tree, &mounts->list[i]);
	tree->root = find_root(mounts);
	return tree;
}

/* ---- walking ---- */

/* What is mounted on `on`, first met on the way to the path; NULL where the way is free. */
static const struct mount *next_on_way(const struct mount_tree *tree, const struct mount *on, const char *path)
{
	size_t from = streq(on->target, "/") ? 0 : strlen(on->target);

	if (!path_is_below(path, on->target))
		return NULL;
	while (path[from] == '/' && path[from + 1]) {
		const struct mount *next;

		from += 1 + strcspn(path + from + 1, "/");
		next = standing_on(tree, on, path, from);
		if (next)
			return next;
	}
	return NULL;
}

const struct mount *mount_serving(const struct mounts *mounts, const char *path)
{
	const struct mount *at = mounts->tree && mounts->tree->root ? mounts->tree->root->top : NULL;

	/* each step leads deeper into the path */
	for (const struct mount *next; at && (next = next_on_way(mounts->tree, at, path));)
		at = next->top;
	return at;
}

const char *mount_place(struct arena *arena, const struct mounts *mounts, const struct mount *m, const char *wanted)
{
	const char *place = m->target;

	if (m->top != m)
		return NULL;
	if (path_is_below(wanted, m->root))
		place = path_moved(arena, wanted, m->root, m->target);
	else if (!path_is_below(m->root, wanted))
		return NULL;
	return mount_serving(mounts, place) == m ? place : NULL;
}
