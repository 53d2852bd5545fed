/* SPDX-License-Identifier: Apache-2.0 */
/* How a container's users are mapped to those of the host. */
#include "checks/checks.h"
#include "checks/container.h"

#include "core/text.h"

enum { MAP_LIMIT = 65536 };

static void add_setgroups(const struct subject *subject, struct items *items)
{
	const struct file *file = subject_read(subject, "setgroups", MAP_LIMIT);

	items_add_value_file(items, "setgroups", file);
}

static bool is_within(const struct container *inner, const struct container *outer)
{
	while (inner && inner != outer)
		inner = inner->parent;
	return inner != NULL;
}

/* The map of another container; state not PRESENT where it could not be read. */
static struct id_map map_of(const struct subject *subject, const struct container *other, struct arena *scratch)
{
	struct id_map none = { .state = STATE_BROKEN };
	auto_pin struct pin pin = { .fd = -1 };
	struct file file;

	if (process_pin(subject->all->processes, other->init, scratch, &pin) < 0)
		return none;
	file = pin_read(&pin, scratch, "uid_map", MAP_LIMIT);
	return id_map_parse(scratch, &file);
}

/* Containers that have user namespaces of their own and yet share ids: whoever breaks out of one may touch what is the other's. */
static void add_overlap(const struct subject *subject, struct items *items)
{
	const struct container *own = subject->container;
	uint64_t host = subject->all->processes->host_ns[NS_USER];

	for (size_t i = 0; i < subject->all->n; i++) {
		const struct container *other = subject->all->list[i];
		auto_arena struct arena *scratch = NULL;
		struct id_map map;

		if (other == own || other->kind != CONTAINER || is_within(own, other) || is_within(other, own) ||
		    other->init->ns[NS_USER] == host || other->init->ns[NS_USER] == own->init->ns[NS_USER])
			continue;
		scratch = arena_new();
		map = map_of(subject, other, scratch);
		if (map.state == STATE_PRESENT && id_maps_overlap(&map, &subject->uids))
			items_add_text(items, "overlap", subject->uids.origin,
				       arena_printf(items->arena, "ids in common with %s", container_label(items->arena, other)));
	}
	if (!items->n)
		items_add_none(items, "overlap", subject->uids.origin, "no other container's user namespace has ids in common with it");
}

/* The host's root, under whatever number, counts before what 0 is mapped to. */
static void add_root(const struct id_map *map, const char *show, struct items *items)
{
	for (size_t i = 0; i < map->n; i++) {
		if (map->list[i].outside == 0 && map->list[i].length) {
			items_add_integer(items, show, map->origin, 0);
			return;
		}
	}
	if (id_map_outside(map, 0) < 0)
		items_add_none(items, show, map->origin, "the container has no root user");
	else
		items_add_integer(items, show, map->origin, id_map_outside(map, 0));
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct id_map *map = &subject->uids;
	const char *show = params_get(params, "show");
	int in_host = in_host_user_namespace(subject);

	if (in_host == 1 && !streq(show, "root")) {
		items_add_state(items, show, map->origin, STATE_INAPPLICABLE, "it has no user namespace of its own");
	} else if (streq(show, "setgroups")) {
		add_setgroups(subject, items);
	} else if (map->state != STATE_PRESENT) {
		items_add_state(items, show, map->origin, map->state, "%s", map->why);
	} else if (!map->n) {
		items_add_state(items, show, map->origin, STATE_BROKEN, "no id is mapped");
	} else if (streq(show, "width")) {
		items_add_integer(items, show, map->origin, (int64_t)id_map_width(map));
	} else if (streq(show, "root")) {
		add_root(map, show, items);
	} else if (in_host < 0) {
		items_add_state(items, show, map->origin, STATE_BROKEN, "its user namespace could not be read");
	} else {
		add_overlap(subject, items);
	}
}

const struct check check_user_map = {
	.name = "user-map",
	.summary = "how a container's users are mapped to those of the host",
	.reference = "From /proc/PID/uid_map of the first process. root is the host's number of the container's uid 0; 0 where any id of the "
		     "container is the host's root, width how many ids are mapped, overlap names containers with other user namespaces that have ids in common with it, and "
		     "setgroups is /proc/PID/setgroups: allow or deny. All but root apply only to a user namespace of its own. See user_namespaces(7).",
	.subjects = SUBJECT_CONTAINER,
	.params = { { "show", PARAM_WORD, REQUIRED, "what is shown", "root width overlap setgroups" }, { 0 } },
	.observe = observe,
};
