/* SPDX-License-Identifier: Apache-2.0 */
/* Paths of /proc and /sys that a container should not reach, or not write to. */
#include "checks/checks.h"
#include "checks/container.h"

#include "core/text.h"

/* Something else than the kernel's own file system stands there: an empty tmpfs, or /dev/null. */
static bool is_masked(const struct mount *m)
{
	return m && !streq(m->type, "proc") && !streq(m->type, "sysfs") && !streq(m->type, "cgroup") && !streq(m->type, "cgroup2");
}

/* The file system that holds the path is not mounted in the container at all. */
static bool has_no_tree(const struct mounts *mounts, const char *path)
{
	const char *top = path_is_below(path, "/proc") ? "/proc" : "/sys";
	const struct mount *m = mount_serving(mounts, top);

	return m && !streq(m->type, streq(top, "/proc") ? "proc" : "sysfs");
}

/* 1: it is missing a mask; 0: good, or this kernel has no such path; -1: an item says what could not be read. */
static int look_at(const struct subject *subject, const char *path, bool masked, struct items *items)
{
	const struct file *there = source_stat(subject->source, path + 1);
	const struct mount *m = mount_serving(subject->mounts, path);

	if (has_no_tree(subject->mounts, path) || is_masked(m) || (!masked && m && mount_has(m, "ro")))
		return 0;
	if (there->state == STATE_ABSENT && source_is_live(subject->source))
		return 0;
	if (there->state == STATE_ABSENT) {
		items_add_state(items, "path", there->path, STATE_UNAVAILABLE, "whether the kernel has it is not part of the captured root");
		return -1;
	}
	if (there->state == STATE_PRESENT || there->state == STATE_DENIED)
		return 1;
	/* not to be seen on this host, and not masked: it may be there */
	items_add_file_state(items, "path", there);
	return -1;
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	bool masked = streq(params_get(params, "kind"), "masked");
	const char *origin = subject->mounts->file->path;
	size_t n;

	if (!mounts_were_read(subject, items, "path"))
		return;
	for (const char *at = params_get(params, "paths"), *word; (word = list_next(&at, " \t\n", &n));) {
		const char *path = arena_strndup(items->arena, word, n);

		if (*path == '/' && look_at(subject, path, masked, items) > 0)
			items_add_text(items, "path", origin, arena_printf(items->arena, "%s is %s", path, masked ? "not masked" : "writable"));
	}
	if (!items->n)
		items_add_none(items, "path", origin, masked ? "every path that this kernel has is masked" : "every path that this kernel has is read-only");
}

const struct check check_proc_mask = {
	.name = "proc-mask",
	.summary = "paths of /proc and /sys that a container reaches",
	.reference = "Of the paths that this kernel has, lists those that no mount of the container covers: masked wants another file system over each (an empty "
		     "tmpfs, /dev/null), read-only is content with a mount that is read-only. What is mounted is read in /proc/PID/mountinfo. Where the container "
		     "has no /proc or /sys, nothing is to be masked.",
	.subjects = SUBJECT_CONTAINER,
	.params = {
		{ "kind", PARAM_WORD, REQUIRED, "what is wanted", "masked read-only" },
		{ "paths", PARAM_STRING, REQUIRED, "absolute paths below /proc or /sys, separated by spaces", NULL },
		{ 0 },
	},
	.observe = observe,
};
