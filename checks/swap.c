/* SPDX-License-Identifier: Apache-2.0 */
/* Whether memory that is swapped out is encrypted. */
#include "checks/checks.h"

#include "core/base/text.h"
#include "core/boot/fstab.h"
#include "core/source/conf_files.h"

#include <sys/sysmacros.h>

enum { DEEPEST = 8 };

/* A block device is encrypted where dm-crypt made it, or all that it lies on is: "CRYPT" begins its identifier. */
static const char *judge_device(const struct subject *subject, struct arena *arena, const char *folder, unsigned depth)
{
	const struct file *id = source_read(subject->source, arena_printf(arena, "%s/dm/uuid", folder), 4096);
	const struct directory *below = source_list(subject->source, arena_printf(arena, "%s/slaves", folder));

	if (id->state == STATE_PRESENT && starts_with(id->data, "CRYPT-"))
		return "encrypted";
	if ((id->state != STATE_PRESENT && id->state != STATE_ABSENT) || depth == DEEPEST)
		return NULL;
	for (size_t i = 0; i < below->n; i++) {
		const char *one = judge_device(subject, arena, arena_printf(arena, "%s/slaves/%s", folder, below->entries[i].name), depth + 1);

		if (!one || !streq(one, "encrypted"))
			return one;
	}
	return below->n ? "encrypted" : "plain";
}

/* The folder in /sys of the device that a swap area lies on: of a file that of its file system. NULL where it cannot be told. */
static const char *folder_of(const struct subject *subject, struct arena *arena, const char *path)
{
	const struct file *file = source_stat(subject->source, path + strspn(path, "/"));
	dev_t device;

	if (starts_with(path, "/dev/dm-") || starts_with(path, "/dev/zram"))
		return arena_printf(arena, "sys/block/%s", path + strlen("/dev/"));
	if (file->state != STATE_PRESENT)
		return NULL;
	device = S_ISBLK(file->stat.st_mode) ? file->stat.st_rdev : file->stat.st_dev;
	return arena_printf(arena, "sys/dev/block/%u:%u", major(device), minor(device));
}

static void look_at_area(const struct subject *subject, const char *path, struct items *items)
{
	const char *folder = folder_of(subject, items->arena, path), *what;

	if (starts_with(path, "/dev/zram")) {
		items_add_text(items, path, "/proc/swaps", "memory");
		return;
	}
	what = folder && source_stat(subject->source, folder)->state == STATE_PRESENT ? judge_device(subject, items->arena, folder, 0) : NULL;
	if (what)
		items_add_text(items, path, arena_printf(items->arena, "/%s", folder), what);
	else
		items_add_state(items, path, "/proc/swaps", STATE_BROKEN, "on what it lies cannot be told");
}

static void look_at_list(const struct subject *subject, const struct file *list, struct items *items)
{
	struct conf_lines lines = conf_lines_of(items->arena, list, false);

	conf_lines_next(&lines);   /* the heading */
	for (char *line; (line = conf_lines_next(&lines));) {
		line[strcspn(line, " \t")] = '\0';
		if (*line == '/')
			look_at_area(subject, text_safe(items->arena, line, strlen(line), 1024), items);
	}
	if (!items->n)
		items_add_state(items, "swap", list->path, STATE_ABSENT, "nothing is used as swap");
}

/* ---- in a root that does not run ---- */

/* "NAME DEVICE KEY OPTIONS" of crypttab(5). */
static bool crypttab_names(struct arena *arena, const struct file *crypttab, const char *name)
{
	struct conf_lines lines = conf_lines_of(arena, crypttab, false);
	size_t n = strlen(name);

	for (char *line; (line = conf_lines_next(&lines));)
		if (strncmp(line, name, n) == 0 && (line[n] == ' ' || line[n] == '\t'))
			return true;
	return false;
}

static void look_at_entry(const struct subject *subject, const struct fstab_entry *e, struct items *items)
{
	static const char mapped[] = "/dev/mapper/";
	const struct file *crypttab = source_read(subject->source, "etc/crypttab", SOURCE_LIMIT);
	const char *name = starts_with(e->mount.source, mapped) ? e->mount.source + strlen(mapped) : NULL;

	if (starts_with(e->mount.source, "/dev/zram"))
		items_add_text(items, e->mount.source, e->origin, "memory");
	else if (name && crypttab_names(items->arena, crypttab, name))
		items_add_text(items, e->mount.source, e->origin, "encrypted");
	else if (starts_with(e->mount.source, "/dev/sd") || starts_with(e->mount.source, "/dev/vd") || starts_with(e->mount.source, "/dev/nvme"))
		items_add_text(items, e->mount.source, e->origin, "plain");
	else
		items_add_state(items, e->mount.source, e->origin, STATE_UNAVAILABLE, "on what it lies is only known while the system runs");
}

static void look_at_fstab(const struct subject *subject, struct items *items)
{
	const struct fstab *fstab = subject_table(subject, &fstab_table);

	for (size_t i = 0; i < fstab->n; i++)
		if (streq(fstab->list[i].mount.type, "swap"))
			look_at_entry(subject, &fstab->list[i], items);
	if (items->n)
		return;
	if (fstab->unseen.why)
		items_add_state(items, "swap", fstab->unseen.origin, fstab->unseen.state, "%s", fstab->unseen.why);
	else
		items_add_state(items, "swap", fstab->file->path, STATE_ABSENT, "nothing is to be used as swap");
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct file *list = source_read(subject->source, "proc/swaps", SOURCE_LIMIT);

	(void)params;
	if (list->state == STATE_PRESENT)
		look_at_list(subject, list, items);
	else if (list->state == STATE_UNAVAILABLE || (list->state == STATE_ABSENT && !source_is_live(subject->source)))
		look_at_fstab(subject, items);
	else if (list->state == STATE_ABSENT)
		items_add_state(items, "swap", list->path, STATE_ABSENT, "the kernel cannot swap");
	else
		items_add_file_state(items, "swap", list);
}

const struct check check_swap = {
	.name = "swap",
	.summary = "whether memory that is swapped out is encrypted",
	.reference = "An item for each area in /proc/swaps: `encrypted` where dm-crypt made the device, or every device that it lies on (/sys/block/*/slaves, "
		     "dm/uuid), `memory` for zram, else `plain`; of a swap file that of its file system's device. In a root that does not run, the swap lines of "
		     "/etc/fstab: encrypted where /etc/crypttab makes the device, plain for a bare disk or partition, else unknown. Absent where there is no swap.",
	.subjects = SUBJECT_HOST,
	.params = { { 0 } },
	.observe = observe,
};
