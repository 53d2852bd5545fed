/* SPDX-License-Identifier: Apache-2.0 */
/* Processes to units: grouped by what they share, each with its first process, what it runs in, and what is a part of it. */
#include "core/container/container_private.h"

#include "core/base/text.h"

/* ---- grouping ---- */

bool process_has_own(const struct processes *all, const struct process *p, enum namespace kind)
{
	if (p->ns[kind] && all->host_ns[kind])
		return p->ns[kind] != all->host_ns[kind];
	if (kind == NS_PID)
		return p->status && p->status->n_pids > all->levels;
	return kind == NS_MNT && p->root_mount && all->host_root_mount && p->root_mount != all->host_root_mount;
}

int processes_share_root(const struct process *a, const struct process *b)
{
	if (a->root_known && b->root_known)
		return same_place(&a->root, &b->root);
	return a->root_mark && b->root_mark ? streq(a->root_mark, b->root_mark) : -1;
}

bool process_has_own_root(const struct processes *all, const struct process *p)
{
	if (p->root_known && all->host_root_known)
		return !same_place(&p->root, &all->host_root);
	if (p->root_mark && all->host_root_mark)
		return !streq(p->root_mark, all->host_root_mark);
	return process_has_own(all, p, NS_MNT);
}

/* The number of the first process of its pid namespace, or of the last on the way there that can be found; 0: it is in the host's. */
static uint64_t first_of(const struct processes *all, const struct process *p)
{
	const struct process *at = p, *up;

	if (!p->status || !process_has_own(all, p, NS_PID))
		return 0;
	for (size_t steps = 0; steps < all->n && !process_is_first(all, at); steps++) {
		up = process_find(all, at->ppid);
		if (!up || !up->status || up->status->n_pids != p->status->n_pids)
			break;
		at = up;
	}
	return (uint64_t)at->pid;
}

/* Of a process whose links are denied: the mount namespace of one that shows them and has the same mount for a root. */
static uint64_t mnt_of(const struct unit_table *table, const struct process *p)
{
	for (size_t i = 0; i < table->n_seen && p->root_mount; i++)
		if (table->seen[i]->root_mount == p->root_mount)
			return table->seen[i]->ns[NS_MNT];
	return 0;
}

static struct unit key_of_denied(const struct unit_table *table, const struct process *p)
{
	struct unit key = { .mnt = mnt_of(table, p) };

	if (key.mnt)
		return key;
	if (p->cgroup.class == CGROUP_CONTAINER)
		key.mark = p->cgroup.id;
	else if (process_has_own(table->processes, p, NS_MNT))
		key.root_mount = p->root_mount;
	else
		key.pid = first_of(table->processes, p);
	return key;
}

/*
 * A user namespace of its own tells whose a process in the host's mount namespace is (a browser gives each of its processes a pid namespace);
 * without one the pid namespace does.
 */
static struct unit key_of(const struct unit_table *table, const struct process *p)
{
	struct unit key = { .user = p->ns[NS_USER], .root = p->root };

	if (!p->ns[NS_MNT])
		return key_of_denied(table, p);
	if (process_has_own(table->processes, p, NS_MNT))
		return (struct unit){ .mnt = p->ns[NS_MNT] };
	if (!process_has_own(table->processes, p, NS_USER))
		key.pid = p->ns[NS_PID];
	return key;
}

static bool same_key(const struct unit *a, const struct unit *b)
{
	if (a->helpers != b->helpers)
		return false;
	if (a->mnt || b->mnt)
		return a->mnt == b->mnt;
	if (a->mark || b->mark)
		return a->mark && b->mark && streq(a->mark, b->mark);
	if (a->root_mount || b->root_mount)
		return a->root_mount == b->root_mount;
	return a->user == b->user && a->pid == b->pid && same_place(&a->root, &b->root);
}

static size_t index_of(const struct unit_table *table, const struct process *p)
{
	return (size_t)(p - table->processes->list);
}

struct unit *unit_of(const struct unit_table *table, const struct process *p)
{
	size_t i = p ? table->of[index_of(table, p)] : 0;

	return i ? &table->list[i - 1] : NULL;
}

struct unit *unit_final(struct unit *unit)
{
	while (unit && unit->into)
		unit = unit->into;
	return unit;
}

struct unit *unit_outer(const struct unit *unit)
{
	return unit_final(unit->parent);
}

static uint64_t hash_of(const struct unit *key)
{
	uint64_t h = key->mnt ? key->mnt : key->root.inode * 31 + key->root.device * 17 + key->pid * 7 + (uint64_t)key->root_mount * 3 + key->user;

	return key->mark ? text_hash(key->mark, strlen(key->mark)) : h * UINT64_C(0x9e3779b97f4a7c15) >> 20;
}

/* Of an ordinary user's own processes those that show both. */
static void list_seen(struct unit_table *table)
{
	struct processes *all = table->processes;

	for (size_t i = 0; i < all->n && all->partial; i++)
		if (all->list[i].foreign && all->list[i].root_mount && all->list[i].ns[NS_MNT])
			arena_push(table->arena, table->seen, table->n_seen) = &all->list[i];
}

static void group(struct unit_table *table)
{
	struct processes *all = table->processes;
	size_t slots = 64;
	auto_free size_t *slot = NULL;

	while (slots < all->n * 2)
		slots *= 2;
	slot = xmalloc(slots * sizeof(*slot));
	memset(slot, 0, slots * sizeof(*slot));
	for (size_t i = 0; i < all->n; i++) {
		struct unit key, *unit;
		size_t at;

		if (!all->list[i].foreign)
			continue;
		key = key_of(table, &all->list[i]);
		key.helpers = process_is_helper(all, &all->list[i]);
		at = hash_of(&key) & (slots - 1);
		while (slot[at] && !same_key(&table->list[slot[at] - 1], &key))
			at = (at + 1) & (slots - 1);
		if (!slot[at]) {
			arena_push(table->arena, table->list, table->n) = key;
			slot[at] = table->n;
		}
		unit = &table->list[slot[at] - 1];
		arena_push(table->arena, unit->members, unit->n) = &all->list[i];
		table->of[i] = slot[at];
	}
}

/* ---- the first process of a unit ---- */

bool process_is_first(const struct processes *all, const struct process *p)
{
	return process_has_own(all, p, NS_PID) && p->status && p->status->n_pids > 1 &&
	       p->status->pids[p->status->n_pids - 1] == 1;
}

static bool is_older(const struct process *p, const struct process *than)
{
	return p->start < than->start || (p->start == than->start && p->pid < than->pid);
}

static bool is_better_init(const struct unit_table *table, const struct process *p, const struct process *than)
{
	bool first = process_is_first(table->processes, p);

	if (first != process_is_first(table->processes, than))
		return first;
	if (first && p->status->n_pids != than->status->n_pids)
		return p->status->n_pids < than->status->n_pids;
	return is_older(p, than);
}

/* Pid 1 of a pid namespace, the outermost first; else, of those whose parent lies outside the unit, the oldest. */
static void choose_init(const struct unit_table *table, struct unit *unit)
{
	struct process *best = NULL;

	for (size_t i = 0; i < unit->n; i++) {
		struct process *p = unit->members[i];
		bool inside = unit_of(table, process_find(table->processes, p->ppid)) == unit;

		if (inside && !process_is_first(table->processes, p))
			continue;
		if (!best || is_better_init(table, p, best))
			best = p;
	}
	unit->init = best ? best : unit->members[0];
}

bool unit_same_id(const struct unit *a, const struct unit *b)
{
	const char *x = a->init->cgroup.id, *y = b->init->cgroup.id;

	return x && y && streq(x, y);
}

static bool in_same_pid_namespace(const struct processes *all, const struct process *p, const struct process *q)
{
	if (!p->ns_denied && !q->ns_denied)
		return p->ns[NS_PID] && p->ns[NS_PID] == q->ns[NS_PID];
	return first_of(all, p) && first_of(all, p) == first_of(all, q);
}

/*
 * Part of another unit: it runs in the pid namespace of that unit and was started in it (a hardened service inside a machine, a
 * shell with its own mount namespace).
 */
static bool is_part_of(const struct unit_table *table, const struct unit *unit, const struct unit *other)
{
	const struct process *p = unit->init, *q = other->init;

	if (process_is_first(table->processes, p) || !in_same_pid_namespace(table->processes, p, q))
		return false;
	if (p->cgroup.id && q->cgroup.id && !unit_same_id(unit, other))
		return false;
	return process_has_own(table->processes, p, NS_PID) || unit_same_id(unit, other);
}

static size_t depth_of(const struct unit *unit)
{
	return unit->init->status ? unit->init->status->n_pids : 0;
}

/* Where the parent cannot be seen: the unit whose part of the cgroup tree it stands in, one pid namespace further out. */
static struct unit *enclosing_unit(const struct unit_table *table, const struct unit *unit)
{
	for (size_t i = 0; i < table->n && depth_of(unit) > table->processes->levels + 1; i++) {
		struct unit *other = &table->list[i];

		if (other == unit || depth_of(other) + 1 != depth_of(unit) || !process_is_first(table->processes, other->init))
			continue;
		if (unit_same_id(unit, other) || cgroup_is_below(unit->init->cgroup_text, other->init->cgroup_text))
			return other;
	}
	return NULL;
}

/* The unit of the nearest ancestor that is in another one; NULL: of the host. */
static struct unit *parent_unit(const struct unit_table *table, const struct unit *unit)
{
	const struct process *p = process_find(table->processes, unit->init->ppid);

	if (!p)
		return enclosing_unit(table, unit);
	/* only ancestors in the same unit are passed by: no more than it has members, also where a forged table goes in circles */
	for (size_t steps = 0; p && steps <= unit->n; steps++) {
		struct unit *other = unit_of(table, p);

		if (other != unit)
			return other;
		p = p->ppid ? process_find(table->processes, p->ppid) : NULL;
	}
	return NULL;
}

/* The unit on a circle of parents whose first process is the oldest has no parent. */
static void cut_circle(struct unit *on)
{
	struct unit *oldest = on;

	for (struct unit *unit = on->parent; unit != on; unit = unit->parent)
		if (is_older(unit->init, oldest->init))
			oldest = unit;
	oldest->parent = NULL;
}

/*
 * A process may enter the namespaces of one that it comes from, and be pid 1 there: then each of two units runs in the other one. Whoever
 * follows the parents up shall come to an end.
 */
static void cut_circles(struct unit_table *table)
{
	for (size_t i = 0; i < table->n; i++) {
		struct unit *unit = &table->list[i];

		while (unit && !unit->seen) {
			unit->seen = i + 1;
			unit = unit->parent;
		}
		if (unit && unit->seen == i + 1)
			cut_circle(unit);
	}
}

static void merge(struct unit_table *table)
{
	for (size_t i = 0; i < table->n; i++) {
		struct unit *unit = &table->list[i], *parent = unit->parent;

		for (int depth = 0; parent && depth < DEPTH_MOST; depth++, parent = parent->parent) {
			if (is_part_of(table, unit, parent)) {
				unit->into = parent;
				break;
			}
		}
	}
}

static bool runs_in(const struct unit *unit, const struct unit *other)
{
	while (unit && unit != other)
		unit = unit_outer(unit);
	return unit != NULL;
}

/* Without a parent among the processes (it has ended): the unit whose first process made the pid namespace. */
static void merge_orphans(struct unit_table *table)
{
	for (size_t i = 0; i < table->n; i++) {
		struct unit *unit = &table->list[i];

		if (unit->into || unit->parent || process_is_first(table->processes, unit->init) || !process_has_own(table->processes, unit->init, NS_PID))
			continue;
		for (size_t k = 0; k < table->n && !unit->into; k++) {
			struct unit *other = &table->list[k];

			if (!other->into && process_is_first(table->processes, other->init) && is_part_of(table, unit, other) && !runs_in(other, unit))
				unit->into = other;
		}
	}
}

void units_make(struct unit_table *table)
{
	list_seen(table);
	group(table);
	for (size_t i = 0; i < table->n; i++)
		choose_init(table, &table->list[i]);
	for (size_t i = 0; i < table->n; i++)
		table->list[i].parent = parent_unit(table, &table->list[i]);
	cut_circles(table);
	merge(table);
	merge_orphans(table);
}
