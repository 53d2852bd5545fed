/* SPDX-License-Identifier: Apache-2.0 */
#include "core/container/container_private.h"

#include "core/base/text.h"

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

/* ---- what a unit is ---- */

/* Names of the programs that watch a container for its runtime. */
static const struct {
	const char *comm, *runtime;
} monitors[] = {
	{ "conmon", "podman" }, { "containerd-shim", "containerd" }, { "lxc-start", "lxc" }, { "lxc-execute", "lxc" },
	{ "systemd-nspawn", "systemd-nspawn" },
};

/* A link of any name may lead to sudo, whose arguments its caller wrote: where it can be seen, the program bears the name, too. */
static bool runs_program(const struct unit_table *table, const struct process *p, const char *name)
{
	auto_arena struct arena *scratch = arena_new();
	auto_pin struct pin pin = { .fd = -1 };
	struct file exe = { .state = STATE_DENIED };
	const char *slash;

	if (p->exe)
		exe = *p->exe;
	else if (process_pin(table->processes, p, scratch, &pin) == 0)
		exe = pin_link(&pin, scratch, "exe");
	slash = exe.state == STATE_PRESENT ? strrchr(exe.data, '/') : NULL;
	return !slash || starts_with(slash + 1, name);
}

/* The runtime that a process watches containers for, or NULL. */
static const char *monitor_runtime(const struct unit_table *table, const struct process *p)
{
	for (size_t i = 0; i < ARRAY_LEN(monitors); i++)
		if (starts_with(p->comm, monitors[i].comm))
			return runs_program(table, p, monitors[i].comm) ? monitors[i].runtime : NULL;
	return p->cgroup.class == CGROUP_HELPER && streq(p->cgroup.runtime, "lxc") ? "lxc" : NULL;
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
	const struct unit *parent = unit_outer(unit);
	int shared = parent ? processes_share_root(unit->init, parent->init) : -1;

	return shared >= 0 ? !shared : process_has_own_root(table->processes, unit->init);
}

/* A rootless engine's own. */
static bool is_runtime_helper(const struct unit_table *table, const struct unit *unit)
{
	return unit->helpers || (unit->within && !foreign_root(table, unit) && process_is_inner_helper(table->processes, unit->init));
}

/* Another unit further up has the same id: this one runs inside that container. */
static bool id_is_taken(const struct unit *unit)
{
	const struct unit *up = unit_outer(unit);

	for (int depth = 0; up && depth < DEPTH_MOST; depth++, up = unit_outer(up))
		if (unit_same_id(up, unit))
			return true;
	return false;
}

static bool is_own_container(const struct unit_table *table, const struct unit *unit)
{
	const struct cgroup_identity *cgroup = &unit->init->cgroup;
	bool own_mnt = process_has_own(table->processes, unit->init, NS_MNT);

	if (cgroup->class != CGROUP_CONTAINER || (!own_mnt && !foreign_root(table, unit)))
		return false;
	return !id_is_taken(unit) || cgroup->inner_id;
}

/* Who watches it stands outside of it: what a process in it is called says nothing. */
static bool find_monitor(const struct unit_table *table, const struct unit *unit, struct container *container)
{
	const struct process *p = unit->init, *parent = process_find(table->processes, p->ppid);
	const char *runtime;

	if (!parent || unit_final(unit_of(table, parent)) == unit)
		return false;
	if (!process_has_own(table->processes, p, NS_MNT) && !foreign_root(table, unit))
		return false;
	runtime = monitor_runtime(table, parent);
	if (!runtime || is_runtime_helper(table, unit))
		return false;
	container->monitor = parent;
	container->runtime = runtime;
	return true;
}

enum verdict { IS_HOST, IS_SANDBOX, IS_CONTAINER };

/* Where nothing names it. What hides in a container's own cgroups or services is not the host's for that. */
static enum verdict classify_unnamed(const struct unit_table *table, const struct unit *unit)
{
	const struct process *p = unit->init;
	bool own_mnt = process_has_own(table->processes, p, NS_MNT), own_pid = process_has_own(table->processes, p, NS_PID);
	bool own = own_mnt || own_pid || process_has_own(table->processes, p, NS_USER), other_root = foreign_root(table, unit);

	if (p->cgroup.class == CGROUP_HELPER && !own_pid && !other_root)
		return IS_HOST;
	if (p->cgroup.class == CGROUP_APPLICATION)
		return own ? IS_SANDBOX : IS_HOST;
	if (is_runtime_helper(table, unit))
		return IS_HOST;
	if (p->cgroup.service && !own_pid && !unit->within)
		return IS_HOST;   /* a hardened service */
	if (own_mnt && own_pid && other_root)
		return IS_CONTAINER;
	return own ? IS_SANDBOX : IS_HOST;   /* or a chroot */
}

static enum verdict classify(struct unit_table *table, struct unit *unit, struct container *container)
{
	bool watched = find_monitor(table, unit, container);

	if (is_own_container(table, unit) || watched || states_match(table->states, container))
		return IS_CONTAINER;
	return classify_unnamed(table, unit);
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
	struct unit *up = unit_outer(unit);
	enum verdict verdict;

	c->init = unit->init;
	c->monitor_uid = -1;
	c->parent = unit->within = up ? up->container : NULL;
	c->owner = container_owner(table, c->init);
	verdict = classify(table, unit, c);
	if (verdict == IS_HOST) {
		unit->helper = true;
		unit->into = unit->within ? up : NULL;   /* what is no container is the host's, or a part of the one that it runs in */
		return;
	}
	c->kind = verdict == IS_CONTAINER ? CONTAINER : SANDBOX;
	unit->container = c;
	if (!c->runtime && !c->monitor) {
		c->monitor = sandbox_maker(table, unit);
		c->runtime = c->monitor ? arena_strdup(table->arena, c->monitor->comm) : NULL;
	}
	arena_push(table->arena, found->list, found->n) = c;
}

/* From the outermost down: what a unit is depends on what it runs in. */
static void make_from_outside(struct unit_table *table, struct containers *found, struct unit *unit)
{
	struct unit *up;

	for (unit->below = NULL; (up = unit_outer(unit)) && !up->container && !up->helper; unit = up)
		up->below = unit;
	for (; unit; unit = unit->below)
		make_container(table, found, unit);
}

static int by_start(const void *left, const void *right)
{
	const struct process *a = (*(struct container *const *)left)->init, *b = (*(struct container *const *)right)->init;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return a->pid - b->pid;
}

static void make_containers(struct unit_table *table, struct containers *found)
{
	for (size_t i = 0; i < table->n; i++) {
		struct unit *unit = &table->list[i];

		if (!unit->into && !unit->container && !unit->helper)
			make_from_outside(table, found, unit);
	}
	for (size_t i = 0; i < table->n; i++) {
		struct container *c = unit_final(&table->list[i])->container;

		if (c)
			add_members(table, c, &table->list[i]);
	}
	for (size_t i = 0; i < found->n; i++)
		qsort(found->list[i]->members, found->list[i]->n_members, sizeof(*found->list[i]->members), member_order);
	if (found->n)
		qsort(found->list, found->n, sizeof(*found->list), by_start);
}

/* ---- one id, several containers ---- */

/* Ids of 64 digits are the only ones of their kind; a name is one only within its runtime. */
static int same_claim(const struct container *a, const struct container *b)
{
	int order = strcmp(a->id, b->id);

	return order || strlen(a->id) == 64 ? order : strcmp(a->runtime, b->runtime);
}

/* Of those with the same id the one to believe first: root's word, then the better witness, then the older. */
static int by_claim(const void *left, const void *right)
{
	const struct container *a = *(struct container *const *)left, *b = *(struct container *const *)right;
	int order = same_claim(a, b);

	if (order)
		return order;
	if (a->claimed != b->claimed)
		return a->claimed ? 1 : -1;
	if (a->witness != b->witness)
		return a->witness > b->witness ? -1 : 1;
	return by_start(left, right);
}

/*
 * Anybody who owns a part of the cgroup tree can give it the name of another's container. Of several with the same id only the first is it; the
 * others claim to be, and nothing that is known by the id is theirs. Which process a state file means is no claim: runtimes may use an id twice.
 */
static void settle_claims(struct containers *found)
{
	auto_free struct container **order = xmalloc((found->n + 1) * sizeof(*order));

	if (!found->n)
		return;
	memcpy(order, found->list, found->n * sizeof(*order));
	qsort(order, found->n, sizeof(*order), by_claim);
	for (size_t i = 1; i < found->n; i++) {
		struct container *c = order[i];

		if (c->witness == WITNESS_STATE || same_claim(c, order[i - 1]) != 0)
			continue;
		c->claimed = true;
		c->name = c->image = NULL;
		c->config = NULL;
		c->config_state = STATE_UNAVAILABLE;
		c->config_why = "another container has the same id";
	}
}

struct containers *containers_find(struct source *source, unsigned workers)
{
	struct arena *arena = source_arena(source);
	struct containers *found = arena_new_of(arena, struct containers);
	struct unit_table table = { .arena = arena };

	found->processes = table.processes = processes_read(source, workers);
	table.of = arena_array_of(arena, size_t, table.processes->n + 1);
	units_make(&table);
	if (!table.n)
		return found;
	table.states = states_read(&table);
	found->states_denied = states_are_denied(table.states);
	make_containers(&table, found);
	for (size_t i = 0; i < found->n; i++)
		container_identify(&table, found->list[i]);
	settle_claims(found);
	return found;
}
