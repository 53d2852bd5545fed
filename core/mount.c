/* SPDX-License-Identifier: Apache-2.0 */
#include "core/mount.h"

#include "core/text.h"

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

struct mounts *mounts_parse(struct arena *arena, const struct file *file)
{
	struct mounts *mounts = arena_new_of(arena, struct mounts);

	mounts->file = file;
	mounts->state = file->state;
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

struct mounts *mounts_read(struct source *source)
{
	const struct file *file = source_read(source, "proc/1/mountinfo", MOUNTINFO_LIMIT);

	if (file->state != STATE_PRESENT)
		file = source_read(source, "proc/self/mountinfo", MOUNTINFO_LIMIT);
	return mounts_parse(source_arena(source), file);
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

bool path_is_below(const char *path, const char *directory)
{
	size_t n = strlen(directory);

	while (n && directory[n - 1] == '/')
		n--;
	return strncmp(path, directory, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

/* The mount whose parent is not in the table; of several, the one mounted last. */
static const struct mount *topmost(const struct mounts *mounts)
{
	const struct mount *top = NULL;

	for (size_t i = 0; i < mounts->n; i++) {
		const struct mount *m = &mounts->list[i];
		bool has_parent = false;

		if (!streq(m->target, "/"))
			continue;
		for (size_t k = 0; k < mounts->n && !has_parent; k++)
			has_parent = mounts->list[k].id == m->parent && mounts->list[k].id != m->id;
		if (!has_parent)
			top = m;
	}
	return top;
}

/* What is mounted on `on`, first met on the way to the path: its mount point is the shortest. NULL where the way is free. */
static const struct mount *next_on_way(const struct mounts *mounts, const struct mount *on, const char *path)
{
	const struct mount *next = NULL;

	for (size_t i = 0; i < mounts->n; i++) {
		const struct mount *m = &mounts->list[i];

		if (m->parent != on->id || m->id == on->id || !path_is_below(path, m->target))
			continue;
		if (!next || strlen(m->target) <= strlen(next->target))
			next = m;
	}
	return next;
}

const struct mount *mount_serving(const struct mounts *mounts, const char *path)
{
	const struct mount *at = topmost(mounts), *next;
	size_t steps = 0;

	/* a forged table may go in circles */
	while (at && steps++ <= mounts->n && (next = next_on_way(mounts, at, path)))
		at = next;
	return at;
}

/* The shorter of the ways to name it is the one that people know: /home rather than /mnt/disk/home. */
static char *host_path(struct arena *arena, const struct mounts *host, const struct mount *mount)
{
	char *best = NULL;

	for (size_t i = 0; i < host->n; i++) {
		const struct mount *h = &host->list[i];
		const char *rest = mount->root + (streq(h->root, "/") ? 0 : strlen(h->root));
		char *path;

		if (h->device != mount->device || !path_is_below(mount->root, h->root))
			continue;
		rest += streq(h->target, "/") && *rest == '/';
		path = arena_printf(arena, "%s%s", h->target, streq(rest, "/") ? "" : rest);
		if (!best || strlen(path) < strlen(best))
			best = path;
	}
	return best;
}

void mounts_locate(struct arena *arena, struct mounts *mounts, const struct mounts *host)
{
	for (size_t i = 0; i < mounts->n; i++)
		mounts->list[i].host_path = host_path(arena, host, &mounts->list[i]);
}

bool mount_spreads_to(const struct mount *mount, const struct mounts *host)
{
	const char *shared = strstr(mount->propagation, "shared:");
	char peer[32], slave[32];

	if (!shared)
		return false;
	snprintf(peer, sizeof(peer), "shared:%lu", strtoul(shared + 7, NULL, 10));
	snprintf(slave, sizeof(slave), "master:%lu", strtoul(shared + 7, NULL, 10));
	for (size_t i = 0; i < host->n; i++)
		if (list_has(host->list[i].propagation, " ", peer) || list_has(host->list[i].propagation, " ", slave))
			return true;
	return false;
}
