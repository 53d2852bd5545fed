/* SPDX-License-Identifier: Apache-2.0 */
/* How what serves a path of a container is mounted. */
#include "checks/checks.h"
#include "checks/container.h"

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const char *path = params_get(params, "path");
	const struct mount *m;

	if (!mounts_were_read(subject, items, "options"))
		return;
	m = mount_serving(subject->mounts, path);
	if (!m)
		items_add_state(items, "options", subject->mounts->file->path, STATE_MALFORMED, "no mount serves %s", path);
	else if (params_true(params, "only") && !streq(m->target, path))
		items_add_none(items, "options", subject->mounts->file->path, arena_printf(items->arena, "nothing is mounted at %s", path));
	else
		items_add_set(items, "options", subject->mounts->file->path, m->own_options);
}

const struct check check_mount_option = {
	.name = "mount-option",
	.summary = "how what serves a path of a container is mounted",
	.reference = "Gives the options of the mount (not of its file system) that a walk to the path ends on, in the container's /proc/PID/mountinfo: \"ro\", "
		     "\"nosuid\", …. What is mounted over something else hides it. See mount(8).",
	.subjects = SUBJECT_CONTAINER,
	.params = {
		{ "path", PARAM_STRING, REQUIRED, "absolute path in the container", NULL },
		{ "only", PARAM_BOOLEAN, OPTIONAL, "only a mount that stands exactly there; else it is not there", NULL },
		{ 0 },
	},
	.observe = observe,
};
