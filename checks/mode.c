/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/mode.h"

const struct bit_name mode_bits[] = {
	{ 0, "other-exec" }, { 1, "other-write" }, { 2, "other-read" },
	{ 3, "group-exec" }, { 4, "group-write" }, { 5, "group-read" },
	{ 6, "owner-exec" }, { 7, "owner-write" }, { 8, "owner-read" },
	{ 9, "sticky" }, { 10, "setgid" }, { 11, "setuid" }, { 0, NULL },
};

void items_add_mode_of(struct items *items, const struct file *file, const char *field)
{
	char *name = arena_printf(items->arena, "%s of %s", field, file->path);
	struct item *item;

	if (file->state != STATE_PRESENT) {
		items_add_file_state(items, name, file);
	} else if (streq(field, "mode")) {
		item = items_add_bits(items, name, file->path, file->stat.st_mode & 07777);
		item->text = arena_printf(items->arena, "%04o", file->stat.st_mode & 07777);
	} else {
		items_add_integer(items, name, file->path, (int64_t)(streq(field, "owner") ? file->stat.st_uid : file->stat.st_gid));
	}
}
