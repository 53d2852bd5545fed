/* SPDX-License-Identifier: Apache-2.0 */
/* How a container's users are mapped to those of the host. */
#include "checks/checks.h"
#include "checks/container.h"

#include "core/base/text.h"
#include "core/process/namespaces.h"

enum { MAP_LIMIT = 65536, PEERS_MOST = 16 };

static void add_setgroups(const struct subject *subject, struct items *items)
{
	const struct file *file = subject_read(subject, "setgroups", MAP_LIMIT);

	items_add_value_file(items, "setgroups", file);
}

/* ---- ids in common ---- */

struct view {
	const struct subject *subject;
	struct items *items;
	bool more;                   /* others that are not named */
};

static bool is_named(const struct items *items, const char *text)
{
	for (size_t i = 0; i < items->n; i++)
		if (streq(items->list[i].text, text))
			return true;
	return false;
}

/* The containers in a user namespace that has ids in common with ours. */
static void add_those_in(struct view *v, const struct user_namespace *users)
{
	const struct container *own = v->subject->container;
	struct items *items = v->items;
	size_t n;
	const struct namespace_member *in = namespaces_find(v->subject->all->processes->namespaces, users->inode, &n);

	for (size_t i = 0; i < n && !v->more; i++) {
		const struct container *other = in[i].process->container;
		const char *text;

		if (!other || other == own || other->kind != CONTAINER || containers_may_share(own, other))
			continue;
		text = arena_printf(items->arena, "ids in common with %s", container_label(items->arena, other));
		if (is_named(items, text))
			continue;
		v->more = items->n == PEERS_MOST;
		items_add_text(items, "overlap", v->subject->uids.origin, v->more ? "others besides" : text);
	}
}

/*
 * Containers that have user namespaces, each its own or the same, and share ids: whoever breaks out of one may touch what is the other's. The maps
 * of all were read when the containers were found.
 */
static void add_overlap(const struct subject *subject, struct items *items)
{
	const struct namespaces *all = subject->all->processes->namespaces;
	struct view v = { subject, items, false };

	for (size_t i = 0; i < all->n_users && !v.more; i++)
		if (all->users[i].uids.state == STATE_PRESENT && id_maps_overlap(&all->users[i].uids, &subject->uids))
			add_those_in(&v, &all->users[i]);
	if (!items->n)
		items_add_none(items, "overlap", subject->uids.origin, "no other container's user namespace has ids in common with it");
}

/* ---- what root is ---- */

/* The host's root, under whatever number, counts before what 0 is mapped to. */
static int64_t root_of(const struct id_map *map)
{
	for (size_t i = 0; i < map->n; i++)
		if (map->list[i].outside == 0 && map->list[i].length)
			return 0;
	return id_map_outside(map, 0);
}

static void add_root(const struct id_map *map, const char *origin, struct items *items)
{
	int64_t root = root_of(map);

	if (map->state != STATE_PRESENT)
		items_add_state(items, "root", origin, map->state, "%s", map->why);
	else if (!map->n)
		items_add_state(items, "root", origin, STATE_BROKEN, "no id is mapped");
	else if (root < 0)
		items_add_none(items, "root", origin, "the container has no root user");
	else
		items_add_integer(items, "root", origin, root);
}

/* A process that is not in the user namespace of the first one. */
static void add_root_of(const struct subject *subject, const struct process *p, struct items *items)
{
	const struct user_namespace *users = namespaces_user(subject->all->processes->namespaces, p->ns[NS_USER]);
	const char *origin = process_file(items->arena, p, 0, "uid_map");

	if (is_in_host_user_namespace(subject, p) == 1)
		items_add_integer(items, "root", origin, 0)->why = arena_printf(items->arena, "of %s, in the host's", member_text(p, 0, items));
	else if (users && (users->uids.n || users->uids.state != STATE_PRESENT))
		add_root(&users->uids, origin, items);
	else if (users)
		return;   /* nothing is mapped: nobody is anybody there */
	else if (process_runs(subject->all->processes, p))
		items_add_state(items, "root", origin, p->ns_denied ? STATE_DENIED : STATE_BROKEN, "its user namespace could not be read");
}

static bool seen_before(const struct container *c, size_t i)
{
	if (c->members[i]->ns[NS_USER] == c->init->ns[NS_USER])
		return true;
	for (size_t k = 0; k < i; k++)
		if (c->members[k]->ns[NS_USER] == c->members[i]->ns[NS_USER])
			return true;
	return false;
}

static void add_roots(const struct subject *subject, struct items *items)
{
	const struct container *c = subject->container;

	add_root(&subject->uids, subject->uids.origin, items);
	for (size_t i = 0; i < c->n_members; i++)
		if (!seen_before(c, i))
			add_root_of(subject, c->members[i], items);
}

/* ---- the check ---- */

/* Of the first process: what is shown but for root is of its own user namespace. */
static void observe_map(const struct subject *subject, const char *show, struct items *items)
{
	const struct id_map *map = &subject->uids;
	int in_host = is_in_host_user_namespace(subject, subject->container->init);

	if (in_host == 1)
		items_add_state(items, show, map->origin, STATE_INAPPLICABLE, "it has no user namespace of its own");
	else if (streq(show, "setgroups"))
		add_setgroups(subject, items);
	else if (map->state != STATE_PRESENT)
		items_add_state(items, show, map->origin, map->state, "%s", map->why);
	else if (!map->n)
		items_add_state(items, show, map->origin, STATE_BROKEN, "no id is mapped");
	else if (streq(show, "width"))
		items_add_integer(items, show, map->origin, (int64_t)id_map_width(map));
	else if (in_host < 0)
		items_add_state(items, show, map->origin, STATE_BROKEN, "its user namespace could not be read");
	else
		add_overlap(subject, items);
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const char *show = params_get(params, "show");

	if (streq(show, "root"))
		add_roots(subject, items);
	else
		observe_map(subject, show, items);
}

const struct check check_user_map = {
	.name = "user-map",
	.summary = "how a container's users are mapped to those of the host",
	.reference = "From /proc/PID/uid_map of the first process. root is the host's number of the container's uid 0; 0 where any id of the "
		     "container is the host's root, and an item more for each other user namespace that a process of it is in. width is how "
		     "many ids are mapped, overlap names containers outside the pod whose user namespaces, or the same one, have ids in common "
		     "with it, 16 at most, and setgroups is /proc/PID/setgroups: allow or deny. All but root apply only to a user namespace of "
		     "its own. See user_namespaces(7).",
	.subjects = SUBJECT_CONTAINER,
	.params = { { "show", PARAM_WORD, REQUIRED, "what is shown", "root width overlap setgroups" }, { 0 } },
	.observe = observe,
};
