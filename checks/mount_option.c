/* SPDX-License-Identifier: Apache-2.0 */
/* How what serves a path of a container is mounted. */
#include "checks/checks.h"
#include "checks/container.h"

/* In another mount namespace of the container the same directory of the same file system may be mounted with other options. */
static bool is_same(const struct mount *a, const struct mount *b)
{
	return a && b && a->device == b->device && streq(a->root, b->root);
}

static bool stands_there(const struct mount *m, const char *path)
{
	return m && streq(m->target, path);
}

/* Of one table; false where it has nothing that was asked for. */
static bool look_at(const struct mounts *mounts, const struct mount *first, const struct params *params, struct items *items)
{
	const char *path = params_get(params, "path");
	const struct mount *m = mount_serving(mounts, path);

	if (!m || (params_true(params, "only") ? !stands_there(m, path) : !is_same(m, first)))
		return false;
	for (size_t i = 0; i < items->n; i++)
		if (items->list[i].state == STATE_PRESENT && streq(items->list[i].text, m->own_options))
			return true;
	items_add_set(items, "options", mounts->file->path, m->own_options);
	return true;
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const char *path = params_get(params, "path"), *origin = subject->mounts->file->path;
	const struct mount *first;
	bool found = false;

	if (!mounts_were_read(subject, items, "options"))
		return;
	first = mount_serving(subject->mounts, path);
	for (size_t i = 0; i < subject->n_tables; i++)
		found |= look_at(subject->tables[i], first, params, items);
	if (!first)
		items_add_state(items, "options", origin, STATE_MALFORMED, "no mount serves %s", path);
	else if (!found && !items->n)
		items_add_none(items, "options", origin, arena_printf(items->arena, "nothing is mounted at %s", path));
}

const struct check check_mount_option = {
	.name = "mount-option",
	.summary = "how what serves a path of a container is mounted",
	.reference = "Gives the options of the mount (not of its file system) that a walk to the path ends on, in the /proc/PID/mountinfo of the container's "
		     "first process: \"ro\", \"nosuid\", …; and of those in its other mount namespaces where the same directory of that file system stands there with "
		     "others. What is mounted over something else hides it. See mount(8).",
	.subjects = SUBJECT_CONTAINER,
	.params = {
		{ "path", PARAM_STRING, REQUIRED, "absolute path in the container", NULL },
		{ "only", PARAM_BOOLEAN, OPTIONAL, "only a mount that stands exactly there; else it is not there", NULL },
		{ 0 },
	},
	.observe = observe,
};
