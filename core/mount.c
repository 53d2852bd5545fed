/* SPDX-License-Identifier: Apache-2.0 */
#include "core/mount.h"

#include "core/text.h"

#include <libmount/libmount.h>

enum { MOUNTINFO_LIMIT = 32 << 20 };   /* bytes; 100,000 mounts are about 28 MB */

static char *safe(struct arena *arena, const char *text)
{
	return text ? text_safe(arena, text, strlen(text), TEXT_MAX) : arena_strdup(arena, "");
}

static int on_bad_line(struct libmnt_table *table, const char *name, int line)
{
	(void)table;
	(void)name;
	(void)line;
	return -1;   /* stop: half a table is no table */
}

static void take_mounts(struct mounts *mounts, struct arena *arena, struct libmnt_table *table)
{
	struct libmnt_iter *iter = mnt_new_iter(MNT_ITER_FORWARD);
	struct libmnt_fs *fs;

	while (iter && mnt_table_next_fs(table, iter, &fs) == 0) {
		const char *own = mnt_fs_get_vfs_options(fs), *super = mnt_fs_get_fs_options(fs);

		arena_push(arena, mounts->list, mounts->n) = (struct mount){
			.target = safe(arena, mnt_fs_get_target(fs)),
			.type = safe(arena, mnt_fs_get_fstype(fs)),
			.options = safe(arena, arena_printf(arena, "%s%s%s", own ? own : "", own && super ? "," : "",
							    super ? super : "")),
		};
	}
	mnt_free_iter(iter);
}

static void parse(struct mounts *mounts, struct arena *arena)
{
	struct libmnt_table *table = mnt_new_table();
	auto_fclose FILE *stream = fmemopen((void *)mounts->file->data, mounts->file->size, "r");
	int rc = -1;

	if (table && stream) {
		mnt_table_set_parser_errcb(table, on_bad_line);
		rc = mnt_table_parse_stream(table, stream, "mountinfo");
	}
	if (rc == 0)
		take_mounts(mounts, arena, table);
	mnt_unref_table(table);
	if (rc != 0 || mounts->n == 0) {
		mounts->state = STATE_MALFORMED;
		mounts->why = "it is not a mountinfo table";
		mounts->n = 0;
	}
}

struct mounts *mounts_read(struct source *source)
{
	struct arena *arena = source_arena(source);
	struct mounts *mounts = arena_new_of(arena, struct mounts);

	mounts->file = source_read(source, "proc/1/mountinfo", MOUNTINFO_LIMIT);
	if (mounts->file->state != STATE_PRESENT)
		mounts->file = source_read(source, "proc/self/mountinfo", MOUNTINFO_LIMIT);
	mounts->state = mounts->file->state;
	mounts->why = mounts->file->why;
	if (mounts->state != STATE_PRESENT)
		return mounts;
	if (mounts->file->size) {
		parse(mounts, arena);
	} else {
		mounts->state = STATE_MALFORMED;
		mounts->why = "the file is empty";
	}
	return mounts;
}

char *mount_option(struct arena *arena, const struct mount *mount, const char *name)
{
	size_t n, wanted = strlen(name);
	char *value = NULL;

	for (const char *at = mount->options, *w; (w = list_next(&at, ",", &n));) {
		if (n == wanted && memcmp(w, name, n) == 0)
			value = arena_strdup(arena, "");
		else if (n > wanted && w[wanted] == '=' && memcmp(w, name, wanted) == 0)
			value = arena_strndup(arena, w + wanted + 1, n - wanted - 1);
	}
	return value;
}
