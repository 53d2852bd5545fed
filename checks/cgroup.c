/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/cgroup.h"

#include "core/base/text.h"

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

/* ---- where its processes stand together ---- */

/* `name` stands at the end of the component, but for the ending of a unit, and after no other letter: "libpod-NAME.scope". */
static bool bears(const char *component, size_t size, const char *name)
{
	static const char *const endings[] = { ".scope", ".service", ".slice" };
	size_t n = strlen(name);

	for (size_t i = 0; i < ARRAY_LEN(endings); i++) {
		size_t ending = strlen(endings[i]);

		if (size > ending && memcmp(component + size - ending, endings[i], ending) == 0) {
			size -= ending;
			break;
		}
	}
	if (!n || size < n || memcmp(component + size - n, name, n) != 0)
		return false;
	return size == n || strchr("-.:@", component[size - n - 1]);
}

size_t cgroup_own_length(const struct container *c, const char *path)
{
	static const char inner[] = "/init.scope";   /* where systemd puts itself, beside its services */
	const char *names[] = { c->id, c->init->cgroup.id };
	size_t n, whole = strlen(path);

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		for (const char *at = path, *w; names[i] && (w = list_next(&at, "/", &n));)
			if (bears(w, n, names[i]))
				return (size_t)(w + n - path);
	if (whole > strlen(inner) && streq(path + whole - strlen(inner), inner))
		return whole - strlen(inner);
	return whole;
}

struct cgroup_place cgroup_common(const struct subject *subject, struct arena *arena, const char *controller)
{
	struct cgroup_place place = cgroup_find(subject, arena, controller);
	const struct container *c = subject->container;

	for (size_t i = 0; i < c->n_members && place.state == STATE_PRESENT; i++) {
		const char *text = c->members[i]->cgroup_text, *path;
		int version;

		if (!text || streq(text, c->init->cgroup_text))
			continue;
		path = cgroup_path_of(arena, text, controller, &version);
		if (!path || version != place.version || path_is_below(path, place.path) || !process_runs(subject->all->processes, c->members[i]))
			continue;
		while (!path_is_below(path, place.path))
			cgroup_up(arena, &place);
	}
	return place;
}

/* ---- files ---- */

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
