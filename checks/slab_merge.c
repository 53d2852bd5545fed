/* SPDX-License-Identifier: Apache-2.0 */
/* Whether kernel objects of different kinds share their memory caches. */
#include "checks/checks.h"

#include <dirent.h>

#define SLAB "sys/kernel/slab"

static bool is_link(const struct subject *subject, struct arena *arena, const struct entry *entry)
{
	const struct file *file;

	if (entry->type != DT_UNKNOWN)
		return entry->type == DT_LNK;
	file = source_stat(subject->source, arena_printf(arena, SLAB "/%s", entry->name));
	return file->state != STATE_PRESENT || S_ISLNK(file->stat.st_mode);
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct directory *dir = source_list(subject->source, SLAB);
	int64_t merged = 0;

	(void)params;
	if (dir->state != STATE_PRESENT) {
		items_add_state(items, "merged slab caches", dir->path, dir->state, "%s", dir->why);
		return;
	}
	if (!dir->n) {
		items_add_state(items, "merged slab caches", dir->path, STATE_BROKEN, "the directory is empty");
		return;
	}
	for (size_t i = 0; i < dir->n; i++)
		merged += is_link(subject, items->arena, &dir->entries[i]);
	items_add_integer(items, "merged slab caches", dir->path, merged);
}

const struct check check_slab_merge = {
	.name = "slab-merge",
	.summary = "how many slab caches are open to merging",
	.reference = "The number of symbolic links in /sys/kernel/slab: each is the name of a cache that may share its "
		     "pages with other caches of that size; a cache that stands alone is a directory. 0 where merging is "
		     "off, by slab_nomerge or by the kernel's build. Absent in a kernel that does not show its caches. "
		     "Kernel docs: ABI/testing/sysfs-kernel-slab.",
	.subjects = SUBJECT_HOST,
	.params = { { 0 } },
	.observe = observe,
};
