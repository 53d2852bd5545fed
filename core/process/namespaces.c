/* SPDX-License-Identifier: Apache-2.0 */
#include "core/process/namespaces.h"

#include "core/base/work.h"

#include <errno.h>

enum { MAP_LIMIT = 1 << 16 };

/* ---- who is where ---- */

static void add(struct namespaces *all, struct arena *arena, uint64_t inode, const struct process *process)
{
	arena_push(arena, all->members, all->n) = (struct namespace_member){ inode, process };
}

static void add_process(struct namespaces *all, struct arena *arena, const struct processes *processes, const struct process *p)
{
	for (int kind = 0; kind < NAMESPACES; kind++) {
		if (p->ns[kind] && p->ns[kind] != processes->host_ns[kind])
			add(all, arena, p->ns[kind], p);
		for (size_t i = 0; i < p->n_odd; i++) {
			uint64_t inode = p->odd[i].ns[kind];

			if (inode && inode != p->ns[kind] && inode != processes->host_ns[kind])
				add(all, arena, inode, p);
		}
	}
}

static int by_inode(const void *left, const void *right)
{
	const struct namespace_member *a = left, *b = right;

	if (a->inode != b->inode)
		return a->inode < b->inode ? -1 : 1;
	return a->process->pid - b->process->pid;
}

const struct namespace_member *namespaces_find(const struct namespaces *all, uint64_t inode, size_t *n)
{
	size_t low = 0, high = all->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (all->members[middle].inode < inode)
			low = middle + 1;
		else
			high = middle;
	}
	for (*n = 0; low + *n < all->n && all->members[low + *n].inode == inode;)
		++*n;
	return all->members + low;
}

/* ---- the maps of user namespaces ---- */

struct map_reading {
	const struct processes *processes;
	struct namespaces *all;
	struct arena *arenas[WORKERS_MOST];
};

static struct id_map read_map(struct pin *pin, struct arena *arena, const char *name)
{
	struct file file = pin_read(pin, arena, name, MAP_LIMIT);

	return id_map_parse(arena, &file);
}

/* Through the first of its processes that has not ended. */
static void read_maps(void *with, unsigned worker, unsigned i)
{
	const struct map_reading *r = with;
	struct user_namespace *u = &r->all->users[i];
	struct arena *arena = r->arenas[worker];
	size_t n;
	const struct namespace_member *members = namespaces_find(r->all, u->inode, &n);

	for (size_t k = 0; k < n; k++) {
		auto_pin struct pin pin = { .fd = -1 };

		if (process_pin(r->processes, members[k].process, arena, &pin) < 0)
			continue;
		u->uids = read_map(&pin, arena, "uid_map");
		u->gids = read_map(&pin, arena, "gid_map");
		if (!pin.gone)
			return;
	}
	u->uids = u->gids = (struct id_map){ .origin = "the processes of a user namespace", .state = STATE_BROKEN, .why = "they have ended" };
}

static void list_users(struct namespaces *all, struct arena *arena)
{
	for (size_t i = 0; i < all->n; i++) {
		uint64_t inode = all->members[i].inode;

		if (all->members[i].process->ns[NS_USER] != inode || (all->n_users && all->users[all->n_users - 1].inode == inode))
			continue;
		arena_push(arena, all->users, all->n_users) = (struct user_namespace){ .inode = inode };
	}
}

const struct user_namespace *namespaces_user(const struct namespaces *all, uint64_t inode)
{
	size_t low = 0, high = all->n_users;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (all->users[middle].inode == inode)
			return &all->users[middle];
		if (all->users[middle].inode < inode)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

struct namespaces *namespaces_read(const struct processes *processes, unsigned workers)
{
	struct namespaces *all = arena_new_of(processes->arena, struct namespaces);
	struct map_reading r = { .processes = processes, .all = all };

	for (size_t i = 0; i < processes->n; i++)
		if (processes->list[i].foreign)
			add_process(all, processes->arena, processes, &processes->list[i]);
	if (all->n)
		qsort(all->members, all->n, sizeof(*all->members), by_inode);
	list_users(all, processes->arena);
	if (!all->n_users)
		return all;
	for (unsigned i = 0; i < workers; i++)
		r.arenas[i] = arena_new();
	work_share(workers, (unsigned)all->n_users, read_maps, &r);
	for (unsigned i = 0; i < workers; i++)
		arena_join(processes->arena, r.arenas[i]);
	return all;
}
