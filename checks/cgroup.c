/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/cgroup.h"

#include "core/text.h"

static struct cgroup_place not_there(enum state state, const char *why)
{
	return (struct cgroup_place){ .state = state, .why = why };
}

/* The host's mount of the hierarchy; mounts of a part of it (bind mounts, cgroup namespaces) are passed over. */
static const char *mounted_at(const struct subject *subject, const char *controller, int version)
{
	const struct mounts *host = subject->host->mounts;

	for (size_t i = 0; i < host->n; i++) {
		const struct mount *m = &host->list[i];

		if (!streq(m->root, "/") || !streq(m->type, version == 2 ? "cgroup2" : "cgroup"))
			continue;
		if (version == 2 || list_has(m->options, ",", controller))
			return m->target;
	}
	return NULL;
}

struct cgroup_place cgroup_find(const struct subject *subject, struct arena *arena, const char *controller)
{
	const struct process *init = subject->container->init;
	struct cgroup_place place = { .state = STATE_PRESENT };
	const char *top;

	if (!init->cgroup_text)
		return not_there(STATE_BROKEN, "its cgroup could not be read");
	place.path = cgroup_path_of(arena, init->cgroup_text, controller, &place.version);
	if (!place.path)
		return not_there(STATE_UNAVAILABLE, arena_printf(arena, "no hierarchy holds the %s controller", controller));
	if (starts_with(place.path, "/.."))
		return not_there(STATE_UNAVAILABLE, "its cgroup lies outside the cgroup namespace that plimsoll runs in");
	if (subject->host->mounts->state != STATE_PRESENT)
		return not_there(subject->host->mounts->state, subject->host->mounts->why);
	top = mounted_at(subject, controller, place.version);
	if (!top)
		return not_there(STATE_UNAVAILABLE, arena_printf(arena, "the hierarchy of the %s controller is not mounted", controller));
	place.top = arena_strdup(arena, top + strspn(top, "/"));
	return place;
}

const struct file *cgroup_file(const struct subject *subject, struct arena *arena, const struct cgroup_place *place, const char *name)
{
	const char *path = streq(place->path, "/") ? "" : place->path;

	return source_read(subject->source, arena_printf(arena, "%s%s/%s", place->top, path, name), SOURCE_LIMIT);
}

bool cgroup_up(struct arena *arena, struct cgroup_place *place)
{
	const char *slash = strrchr(place->path, '/');

	if (!slash || streq(place->path, "/"))
		return false;
	place->path = slash == place->path ? "/" : arena_strndup(arena, place->path, (size_t)(slash - place->path));
	return true;
}
