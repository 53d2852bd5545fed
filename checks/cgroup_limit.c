/* SPDX-License-Identifier: Apache-2.0 */
/* The limits that a container's control groups set. */
#include "checks/cgroup.h"
#include "checks/cgroup_resource.h"
#include "checks/checks.h"
#include "checks/container.h"

#include "core/base/text.h"

/* What is in force for all of its processes together. */
static void add_limit(const struct subject *subject, const struct cgroup_resource *r, struct items *items)
{
	struct cgroup_place place = cgroup_common(subject, subject->arena, r->controller);
	struct cgroup_limit limit;

	if (place.state != STATE_PRESENT) {
		items_add_state(items, r->name, init_path(subject, items, "cgroup"), place.state, "%s", place.why);
		return;
	}
	note_unseen_members(subject, items, r->name);
	limit = cgroup_limit_at(subject, subject->arena, r->name, &place);
	if (limit.state == STATE_PRESENT)
		items_add_integer(items, r->name, limit.origin, limit.value);
	else
		items_add_state(items, r->name, limit.origin, limit.state, "%s", limit.why);
}

/* What is no limit but a choice: as it stands in the container's own cgroup. */
static void add_plain(const struct subject *subject, const struct cgroup_resource *r, const struct cgroup_place *place, struct items *items)
{
	const struct file *file = cgroup_file(subject, subject->arena, place, r->file[place->version - 1]);
	int64_t shares;

	if (file->state == STATE_PRESENT && !file->data[strspn(file->data, " \n")])
		items_add_none(items, r->name, file->path, "nothing is set");
	else if (file->state == STATE_PRESENT && streq(r->name, "cpu-weight") && place->version == 1 &&
		 text_integer(text_trim(arena_strdup(subject->arena, file->data)), &shares))
		items_add_integer(items, r->name, file->path, shares * 100 / 1024);
	else
		items_add_value_file(items, r->name, file);
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct cgroup_resource *r = cgroup_resource_of(params_get(params, "resource"));
	struct cgroup_place place;

	if (!list_has("cpu-weight cpuset", " ", r->name)) {
		add_limit(subject, r, items);
		return;
	}
	place = cgroup_find(subject, subject->arena, r->controller);
	if (place.state != STATE_PRESENT)
		items_add_state(items, r->name, init_path(subject, items, "cgroup"), place.state, "%s", place.why);
	else
		add_plain(subject, r, &place, items);
}

const struct check check_cgroup_limit = {
	.name = "cgroup-limit",
	.summary = "a limit on a container's resources",
	.reference = "The least of the limits from the control group that holds all of the container's processes up to the top of the "
		     "hierarchy, because the ancestors' bind, too; absent where no level has one, or one that the machine cannot reach: as much "
		     "as its memory (MemTotal and SwapTotal of /proc/meminfo), as kernel.pid_max or kernel.threads-max, as its CPUs. A process "
		     "that was moved out of the container's group leaves only the groups above both. memory, memory-high and swap in bytes "
		     "(version 1: limit_in_bytes, soft_limit_in_bytes, memsw.limit_in_bytes, which counts memory and swap together; version 2: "
		     "max, high, swap.max), pids in processes, cpu in hundredths of a CPU (cfs_quota_us, or cpu.max). cpu-weight (in hundredths "
		     "of what every group has by default) and cpuset are as the first process's own cgroup has them. See admin-guide/cgroup-v1 "
		     "and cgroup-v2 of the kernel's documentation.",
	.subjects = SUBJECT_CONTAINER,
	.params = { { "resource", PARAM_WORD, REQUIRED, "which limit", "memory memory-high swap pids cpu cpu-weight cpuset" }, { 0 } },
	.observe = observe,
};
