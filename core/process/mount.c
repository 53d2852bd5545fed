/* SPDX-License-Identifier: Apache-2.0 */
#include "core/process/mount_private.h"

#include "core/base/text.h"

#include <libmount/libmount.h>

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

/* The number behind "shared:" or "master:" in the optional fields; 0 where it is not there. */
static unsigned group_number(const char *fields, const char *kind)
{
	size_t n;

	for (const char *at = fields ? fields : "", *word; (word = list_next(&at, " ", &n));)
		if (starts_with(word, kind))
			return (unsigned)strtoul(word + strlen(kind), NULL, 10);
	return 0;
}

static void take_mounts(struct mounts *mounts, struct arena *arena, struct libmnt_table *table)
{
	struct libmnt_iter *iter = mnt_new_iter(MNT_ITER_FORWARD);
	struct libmnt_fs *fs;

	while (iter && mnt_table_next_fs(table, iter, &fs) == 0) {
		const char *own = mnt_fs_get_vfs_options(fs), *super = mnt_fs_get_fs_options(fs);

		arena_push(arena, mounts->list, mounts->n) = (struct mount){
			.id = mnt_fs_get_id(fs), .parent = mnt_fs_get_parent_id(fs), .device = mnt_fs_get_devno(fs),
			.root = safe(arena, mnt_fs_get_root(fs)), .target = safe(arena, mnt_fs_get_target(fs)),
			.type = safe(arena, mnt_fs_get_fstype(fs)), .source = safe(arena, mnt_fs_get_source(fs)),
			.own_options = safe(arena, own), .propagation = safe(arena, mnt_fs_get_optional_fields(fs)),
			.peers = group_number(mnt_fs_get_optional_fields(fs), "shared:"),
			.master = group_number(mnt_fs_get_optional_fields(fs), "master:"),
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
		rc = mnt_table_parse_stream(table, stream, "");   /* libmount asks the kernel where any other name leads */
	}
	if (rc == 0)
		take_mounts(mounts, arena, table);
	mnt_unref_table(table);
	if (rc != 0 || mounts->n == 0) {
		mounts->state = STATE_MALFORMED;
		mounts->why = "it is not a mountinfo table";
		mounts->n = 0;
	} else {
		mounts->tree = mount_tree_of(arena, mounts);
	}
}

struct mounts *mounts_parse(struct arena *arena, const struct file *file)
{
	struct mounts *mounts = arena_new_of(arena, struct mounts);

	mounts->file = file;
	mounts->state = file->state == STATE_ABSENT ? STATE_UNAVAILABLE : file->state;   /* a table that is not there does not show that nothing is mounted */
	mounts->why = file->why;
	if (mounts->state != STATE_PRESENT)
		return mounts;
	if (file->size) {
		parse(mounts, arena);
	} else {
		mounts->state = STATE_MALFORMED;
		mounts->why = "the file is empty";
	}
	return mounts;
}

/* libmount guesses the kind of a table by its first line, so one of fstab goes before the line in question. */
bool mount_parse_line(struct arena *arena, const char *line, struct mount *mount)
{
	char *text = arena_printf(arena, "none /none none\n%s\n", line);
	struct libmnt_table *table = mnt_new_table();
	auto_fclose FILE *stream = fmemopen(text, strlen(text), "r");
	struct libmnt_fs *fs = NULL;
	int rc = -1;

	if (table && stream) {
		mnt_table_set_parser_errcb(table, on_bad_line);
		rc = mnt_table_parse_stream(table, stream, "fstab");
	}
	if (rc == 0 && mnt_table_get_nents(table) == 2 && mnt_table_last_fs(table, &fs) == 0) {
		*mount = (struct mount){
			.root = "/", .source = safe(arena, mnt_fs_get_source(fs)), .target = safe(arena, mnt_fs_get_target(fs)),
			.type = safe(arena, mnt_fs_get_fstype(fs)), .options = safe(arena, mnt_fs_get_options(fs)),
			.own_options = "", .propagation = "",
		};
	}
	mnt_unref_table(table);
	return fs != NULL;
}

/* Mounted one over the other on the same directory, each is the parent of the next; the last in the table is on top. */
const struct mount *mount_at(const struct mounts *mounts, const char *target)
{
	const struct mount *top = NULL;

	for (size_t i = 0; i < mounts->n; i++)
		if (streq(mounts->list[i].target, target))
			top = &mounts->list[i];
	return top;
}

struct mounts *mounts_read(struct source *source, struct arena *arena)
{
	const struct file *file = source_read(source, "proc/1/mountinfo", MOUNTINFO_LIMIT);
	const struct file *own = file->state == STATE_PRESENT ? file : source_read(source, "proc/self/mountinfo", MOUNTINFO_LIMIT);
	struct mounts *mounts;

	/* that there is none of our own does not hide that the other is there and cannot be read */
	if (own->state == STATE_PRESENT || file->state == STATE_ABSENT || file->state == STATE_UNAVAILABLE)
		file = own;
	mounts = mounts_parse(arena, file);
	if (mounts->state == STATE_PRESENT)
		mount_tree_sort_devices(arena, mounts);
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

bool mount_has(const struct mount *mount, const char *option)
{
	return list_has(mount->own_options, ",", option);
}
