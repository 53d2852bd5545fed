/* SPDX-License-Identifier: Apache-2.0 */
/* Paths of /proc and /sys that a container should not reach, or not write to. */
#include "checks/checks.h"
#include "checks/container.h"

#include "checks/kernel_place.h"

#include "core/base/text.h"

struct wanted {
	const struct subject *subject;
	struct items *items;
	bool masked;             /* else: read-only */
};

/* 1: the kernel has it; 0: it has not; -1: an item says what could not be read. */
static int is_there(const struct wanted *w, const char *path)
{
	const struct file *file = source_stat(w->subject->source, path + 1);

	if (file->state == STATE_PRESENT || file->state == STATE_DENIED)
		return 1;
	if (file->state == STATE_ABSENT && source_is_live(w->subject->source))
		return 0;
	if (file->state == STATE_ABSENT)
		items_add_state(w->items, "path", file->path, STATE_UNAVAILABLE, "whether the kernel has it is not part of the captured root");
	else
		items_add_file_state(w->items, "path", file);   /* not to be seen on this host, and not masked: it may be there */
	return -1;
}

/* The root directory of a procfs or sysfs is there by being mounted, and so is a part of it. */
static bool shows_for_sure(const struct kernel_place *place, const char *path)
{
	return streq(path, "/proc") || streq(path, "/sys") || !streq(place->shows, path);
}

static void look_at(const struct wanted *w, const char *path)
{
	struct kernel_place place = { 0 };
	const char *is = w->masked ? "not masked" : "writable";
	int there = 0;

	while (kernel_place_next(w->subject, w->items->arena, path, &place)) {
		bool elsewhere = !streq(place.path, place.shows);
		int own = w->masked ? 0 : mount_has(place.mount, "ro") ? 1 : kernel_place_is_own(w->subject, place.mount);

		if (own > 0)
			continue;
		if (!there && !shows_for_sure(&place, path)) {
			there = is_there(w, path);
			if (there <= 0)
				return;
		}
		if (own < 0) {
			items_add_state(w->items, "path", place.mounts->file->path, STATE_DENIED, "%s is writable, and whose namespace it is of was not seen",
					place.path);
			continue;
		}
		items_add_once(w->items, "path", place.mounts->file->path,
			       arena_printf(w->items->arena, "%s is %s%s%s", place.shows, is, elsewhere ? " at " : "", elsewhere ? place.path : ""));
	}
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct wanted w = { subject, items, streq(params_get(params, "kind"), "masked") };
	size_t n;

	if (!mounts_were_read(subject, items, "path"))
		return;
	for (const char *at = params_get(params, "paths"), *word; (word = list_next(&at, " \t\n", &n));)
		if (*word == '/')
			look_at(&w, arena_strndup(items->arena, word, n));
	if (!items->n)
		items_add_none(items, "path", subject->mounts->file->path,
			       w.masked ? "every path that this kernel has is masked" : "every path that this kernel has is read-only");
}

const struct check check_proc_mask = {
	.name = "proc-mask",
	.summary = "paths of /proc and /sys that a container reaches",
	.reference = "Of the paths that this kernel has, lists those that the container reaches: masked wants another file system over each (an empty tmpfs, "
		     "/dev/null), read-only is content with a mount that is read-only. What is mounted is read in /proc/PID/mountinfo, in every mount namespace "
		     "of the container's processes; a procfs or sysfs counts wherever it is mounted, in whole or in part, so that /proc/sys may be writable at "
		     "/k. A procfs with subset=pid has none of the paths. To read-only, parts that belong to a namespace of the container's own (/proc/sys/net) "
		     "do not count. Where it has no /proc or /sys, nothing is to be masked.",
	.subjects = SUBJECT_CONTAINER,
	.params = {
		{ "kind", PARAM_WORD, REQUIRED, "what is wanted", "masked read-only" },
		{ "paths", PARAM_STRING, REQUIRED, "absolute paths below /proc or /sys, separated by spaces", NULL },
		{ 0 },
	},
	.observe = observe,
};
