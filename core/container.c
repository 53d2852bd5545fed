/* SPDX-License-Identifier: Apache-2.0 */
#include "core/container_private.h"

#include "core/text.h"

enum { DEPTH_MOST = 64 };   /* steps up a chain of parents: no such chain is longer */

const char *container_kind_name(enum container_kind kind)
{
	return kind == CONTAINER ? "container" : "sandbox";
}

const char *container_label(struct arena *arena, const struct container *container)
{
	if (container->name)
		return container->name;
	return strlen(container->id) == 64 ? arena_strndup(arena, container->id, 12) : container->id;
}

const char *container_witness_name(enum container_witness witness)
{
	static const char *const names[] = {
		[WITNESS_NONE] = "none", [WITNESS_CGROUP] = "cgroup", [WITNESS_MONITOR] = "monitor", [WITNESS_STATE] = "state",
	};

	return names[witness];
}

bool container_is_called(const struct container *container, const char *word)
{
	if ((container->name && streq(container->name, word)) || streq(container->id, word))
		return true;
	return strlen(word) >= 4 && starts_with(container->id, word);
}

/* ---- grouping ---- */

static bool same_place(const struct place *a, const struct place *b)
{
	return a->device == b->device && a->inode == b->inode;
}

static bool has_own(const struct processes *all, const struct process *p, enum namespace kind)
{
	if (p->ns[kind])
		return all->host_ns[kind] && p->ns[kind] != all->host_ns[kind];
	if (kind == NS_PID)
		return p->status && p->status->n_pids > all->levels;
	return kind == NS_MNT && p->root_mark && all->host_root_mark && !streq(p->root_mark, all->host_root_mark);
}

static bool has_own_root(const struct processes *all, const struct process *p)
{
	if (p->root_known && all->host_root_known)
		return !same_place(&p->root, &all->host_root);
	return has_own(all, p, NS_MNT);
}

/* Where the namespaces cannot be seen, what can: the container its cgroup names, else what its root directory is. */
static struct unit key_of(const struct unit_table *table, const struct process *p)
{
	struct unit key = { .user = p->ns[NS_USER], .root = p->root };

	if (has_own(table->processes, p, NS_MNT) && p->ns[NS_MNT])
		key = (struct unit){ .mnt = p->ns[NS_MNT] };
	else if (!p->ns[NS_MNT])
		key.mark = p->cgroup.class == CGROUP_CONTAINER ? p->cgroup.id : p->root_mark;
	return key;
}

static bool same_key(const struct unit *a, const struct unit *b)
{
	if (a->mnt || b->mnt)
		return a->mnt == b->mnt;
	if (a->mark || b->mark)
		return a->mark && b->mark && streq(a->mark, b->mark);
	return a->user == b->user && same_place(&a->root, &b->root);
}

static size_t index_of(const struct unit_table *table, const struct process *p)
{
	return (size_t)(p - table->processes->list);
}

static struct unit *unit_of(const struct unit_table *table, const struct process *p)
{
	size_t i = p ? table->of[index_of(table, p)] : 0;

	return i ? &table->list[i - 1] : NULL;
}

/* The unit that this one became part of in the end. */
static struct unit *final_unit(struct unit *unit)
{
	while (unit && unit->into)
		unit = unit->into;
	return unit;
}

static uint64_t hash_of(const struct unit *key)
{
	uint64_t h = key->mnt ? key->mnt : key->root.inode * 31 + key->root.device * 17 + key->user;

	return key->mark ? text_hash(key->mark, strlen(key->mark)) : h * UINT64_C(0x9e3779b97f4a7c15) >> 20;
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
		struct unit key = key_of(table, &all->list[i]), *unit;
		size_t at = hash_of(&key) & (slots - 1);

		if (!all->list[i].foreign)
			continue;
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

/* It is pid 1 of a pid namespace that is not the host's. */
static bool is_first(const struct unit_table *table, const struct process *p)
{
	return has_own(table->processes, p, NS_PID) && p->status && p->status->n_pids > 1 &&
	       p->status->pids[p->status->n_pids - 1] == 1;
}

static bool is_better_init(const struct unit_table *table, const struct process *p, const struct process *than)
{
	bool first = is_first(table, p);

	if (first != is_first(table, than))
		return first;
	if (first && p->status->n_pids != than->status->n_pids)
		return p->status->n_pids < than->status->n_pids;
	return p->start < than->start || (p->start == than->start && p->pid < than->pid);
}

/* Pid 1 of a pid namespace, the outermost first; else, of those whose parent lies outside the unit, the oldest. */
static void choose_init(const struct unit_table *table, struct unit *unit)
{
	struct process *best = NULL;

	for (size_t i = 0; i < unit->n; i++) {
		struct process *p = unit->members[i];
		bool inside = unit_of(table, process_find(table->processes, p->ppid)) == unit;

		if (inside && !is_first(table, p))
			continue;
		if (!best || is_better_init(table, p, best))
			best = p;
	}
	unit->init = best ? best : unit->members[0];
}

static bool same_id(const struct unit *a, const struct unit *b)
{
	const char *x = a->init->cgroup.id, *y = b->init->cgroup.id;

	return x && y && streq(x, y);
}

/*
 * Part of another unit: it runs in the pid namespace of that unit and was started in it (a hardened service inside a machine, a
 * shell with its own mount namespace).
 */
static bool is_part_of(const struct unit_table *table, const struct unit *unit, const struct unit *other)
{
	const struct process *p = unit->init, *q = other->init;

	if (is_first(table, p) || p->ns[NS_PID] != q->ns[NS_PID] || !p->ns[NS_PID])
		return false;
	if (p->cgroup.id && q->cgroup.id && !same_id(unit, other))
		return false;
	return has_own(table->processes, p, NS_PID) || same_id(unit, other);
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

		if (other == unit || depth_of(other) + 1 != depth_of(unit) || !is_first(table, other->init))
			continue;
		if (same_id(unit, other) || cgroup_is_below(unit->init->cgroup_text, other->init->cgroup_text))
			return other;
	}
	return NULL;
}

/* The unit of the nearest ancestor that is in another one; NULL: of the host. */
static struct unit *parent_unit(const struct unit_table *table, const struct unit *unit)
{
	const struct process *p = unit->init;

	if (!process_find(table->processes, p->ppid))
		return enclosing_unit(table, unit);
	for (int depth = 0; p && depth < DEPTH_MOST; depth++) {
		struct unit *other;

		p = p->ppid ? process_find(table->processes, p->ppid) : NULL;
		other = unit_of(table, p);
		if (p && other != unit)
			return other;
	}
	return NULL;
}

static void merge(struct unit_table *table)
{
	for (size_t i = 0; i < table->n; i++)
		table->list[i].parent = parent_unit(table, &table->list[i]);
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

/* Without a parent among the processes (it has ended): the unit whose first process made the pid namespace. */
static void merge_orphans(struct unit_table *table)
{
	for (size_t i = 0; i < table->n; i++) {
		struct unit *unit = &table->list[i];

		if (unit->into || unit->parent || is_first(table, unit->init) || !has_own(table->processes, unit->init, NS_PID))
			continue;
		for (size_t k = 0; k < table->n && !unit->into; k++) {
			struct unit *other = &table->list[k];

			if (other != unit && !other->into && is_first(table, other->init) && is_part_of(table, unit, other))
				unit->into = other;
		}
	}
}

/* ---- what a unit is ---- */

static const struct process *parent_of(const struct unit_table *table, const struct unit *unit)
{
	return process_find(table->processes, unit->init->ppid);
}

/* The process that watches it for its runtime. */
static const char *monitor_runtime(const struct process *p)
{
	static const struct {
		const char *comm, *runtime;
	} known[] = {
		{ "conmon", "podman" }, { "containerd-shim", "containerd" }, { "lxc-start", "lxc" }, { "lxc-execute", "lxc" },
		{ "systemd-nspawn", "systemd-nspawn" },
	};

	for (size_t i = 0; p && i < ARRAY_LEN(known); i++)
		if (starts_with(p->comm, known[i].comm))
			return known[i].runtime;
	return p && p->cgroup.class == CGROUP_HELPER && streq(p->cgroup.runtime, "lxc") ? "lxc" : NULL;
}

/* bubblewrap and the like: what they start is a sandbox of theirs. */
static const struct process *sandbox_maker(const struct unit_table *table, const struct unit *unit)
{
	static const char *const known[] = { "bwrap", "firejail", "unshare", "chromium", "chrome", "flatpak", "minijail0", "nsjail" };
	const struct process *p = unit->init;

	for (int depth = 0; p && depth < 3; depth++) {
		for (size_t i = 0; i < ARRAY_LEN(known); i++)
			if (streq(p->comm, known[i]))
				return p;
		p = process_find(table->processes, p->ppid);
	}
	return NULL;
}

/* The root directory differs from that of whoever started it. */
static bool foreign_root(const struct unit_table *table, const struct unit *unit)
{
	const struct unit *parent = final_unit(unit->parent);
	const struct process *p = unit->init;

	if (parent && parent->init->root_known && p->root_known)
		return !same_place(&p->root, &parent->init->root);
	return has_own_root(table->processes, p);
}

/* podman's pause process and conmon of a rootless user, and what they start beside the containers. */
static bool is_runtime_helper(const struct unit_table *table, const struct unit *unit)
{
	static const char *const known[] = { "podman", "podman pause", "catatonit", "conmon", "buildah", "slirp4netns", "rootlesskit",
					     "pasta", "fuse-overlayfs" };

	if (is_first(table, unit->init) || foreign_root(table, unit) || !has_own(table->processes, unit->init, NS_USER))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (streq(unit->init->comm, known[i]))
			return true;
	return false;
}

/* Another unit further up has the same id: this one runs inside that container. */
static bool id_is_taken(const struct unit *unit)
{
	for (const struct unit *up = final_unit(unit->parent); up; up = final_unit(up->parent))
		if (same_id(up, unit))
			return true;
	return false;
}

static bool is_own_container(const struct unit_table *table, const struct unit *unit)
{
	const struct cgroup_identity *cgroup = &unit->init->cgroup;
	bool own_mnt = has_own(table->processes, unit->init, NS_MNT);

	if (cgroup->class != CGROUP_CONTAINER || (!own_mnt && !foreign_root(table, unit)))
		return false;
	return !id_is_taken(unit) || cgroup->inner_id;
}

enum verdict { IS_HOST, IS_SANDBOX, IS_CONTAINER };

static enum verdict classify(struct unit_table *table, struct unit *unit, struct container *container)
{
	const struct process *p = unit->init, *parent = parent_of(table, unit);
	bool own_mnt = has_own(table->processes, p, NS_MNT), own_pid = has_own(table->processes, p, NS_PID);
	const char *watched = monitor_runtime(parent);

	if (p->cgroup.class == CGROUP_HELPER && !own_pid)
		return IS_HOST;
	if (watched && (own_mnt || foreign_root(table, unit)) && !is_runtime_helper(table, unit)) {
		container->monitor = parent;
		container->runtime = watched;
	}
	if (is_own_container(table, unit) || states_match(table->states, p, container) || container->monitor)
		return IS_CONTAINER;
	if (p->cgroup.class == CGROUP_APPLICATION)
		return own_mnt || own_pid || has_own(table->processes, p, NS_USER) ? IS_SANDBOX : IS_HOST;
	if (is_runtime_helper(table, unit))
		return IS_HOST;
	if (p->cgroup.service && !own_pid)
		return IS_HOST;   /* a hardened service */
	if (own_mnt && own_pid && foreign_root(table, unit))
		return IS_CONTAINER;
	if (own_mnt || own_pid || has_own(table->processes, p, NS_USER))
		return IS_SANDBOX;
	return IS_HOST;           /* a chroot */
}

/* ---- making containers of units ---- */

static int member_order(const void *a, const void *b)
{
	return (*(const struct process *const *)a)->pid - (*(const struct process *const *)b)->pid;
}

static void add_members(struct unit_table *table, struct container *container, const struct unit *unit)
{
	for (size_t i = 0; i < unit->n; i++) {
		arena_push(table->arena, container->members, container->n_members) = unit->members[i];
		unit->members[i]->container = container;
	}
}

static void make_container(struct unit_table *table, struct containers *found, struct unit *unit)
{
	struct container *c = arena_new_of(table->arena, struct container);
	enum verdict verdict = classify(table, unit, c);

	if (verdict == IS_HOST) {
		unit->helper = true;
		return;
	}
	c->kind = verdict == IS_CONTAINER ? CONTAINER : SANDBOX;
	c->init = unit->init;
	unit->container = c;
	if (!c->runtime && !c->monitor) {
		c->monitor = sandbox_maker(table, unit);
		c->runtime = c->monitor ? arena_strdup(table->arena, c->monitor->comm) : NULL;
	}
	arena_push(table->arena, found->list, found->n) = c;
}

static int by_start(const void *left, const void *right)
{
	const struct process *a = (*(struct container *const *)left)->init, *b = (*(struct container *const *)right)->init;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return a->pid - b->pid;
}

static void link_parents(struct unit_table *table)
{
	for (size_t i = 0; i < table->n; i++) {
		struct unit *unit = &table->list[i], *up = final_unit(unit->parent);

		while (up && !up->container)
			up = final_unit(up->parent);
		if (unit->container && up)
			unit->container->parent = up->container;
	}
}

/*
 * Anybody who owns a part of the cgroup tree can give it the name of another's container. Of several with the same id and runtime, the one with the
 * best witness is it, else the oldest; the others only claim to be, and nothing that is known by the id is theirs.
 */
static void settle_claims(struct containers *found)
{
	for (size_t i = 0; i < found->n; i++) {
		for (size_t k = 0; k < found->n; k++) {
			struct container *c = found->list[i], *other = found->list[k];

			if (i == k || !streq(c->id, other->id) || c->witness > other->witness || (c->witness == other->witness && i < k))
				continue;
			c->claimed = true;
			c->name = c->image = NULL;
			c->config = NULL;
			c->config_state = STATE_UNAVAILABLE;
			c->config_why = "another container has the id that its cgroup names";
		}
	}
}

static void make_containers(struct unit_table *table, struct containers *found)
{
	for (size_t i = 0; i < table->n; i++)
		if (!table->list[i].into)
			make_container(table, found, &table->list[i]);
	link_parents(table);
	for (size_t i = 0; i < table->n; i++) {
		struct container *c = final_unit(&table->list[i])->container;

		if (c)
			add_members(table, c, &table->list[i]);
	}
	for (size_t i = 0; i < found->n; i++)
		qsort(found->list[i]->members, found->list[i]->n_members, sizeof(*found->list[i]->members), member_order);
	if (found->n)
		qsort(found->list, found->n, sizeof(*found->list), by_start);
	for (size_t i = 0; i < found->n; i++)
		container_identify(table, found->list[i]);
	settle_claims(found);
}

struct containers *containers_find(struct source *source, unsigned workers)
{
	struct arena *arena = source_arena(source);
	struct containers *found = arena_new_of(arena, struct containers);
	struct unit_table table = { .arena = arena };

	found->processes = table.processes = processes_read(source, workers);
	table.of = arena_array_of(arena, size_t, table.processes->n + 1);
	group(&table);
	if (!table.n)
		return found;
	table.states = states_read(&table);
	for (size_t i = 0; i < table.n; i++)
		choose_init(&table, &table.list[i]);
	merge(&table);
	merge_orphans(&table);
	make_containers(&table, found);
	return found;
}
