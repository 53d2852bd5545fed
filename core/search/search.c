/* SPDX-License-Identifier: Apache-2.0 */
#include "core/search/search_private.h"

#include "core/base/text.h"
#include "core/process/mount.h"
#include "core/source/source_private.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/vfs.h>
#include <time.h>

const struct search_limits search_usual = { .seconds = 120, .entries = 20000000 };

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	return t.tv_sec;
}

bool search_is_over(struct hunt *h)
{
	h->cut = h->cut || h->entries > h->limits.entries || now() - h->begun >= h->limits.seconds;
	return h->cut;
}

void search_note_unseen(struct hunt *h, const char *path, int code)
{
	h->n_unseen++;
	if (h->unseen.path && strcmp(h->unseen.path, path) <= 0)
		return;
	free(h->unseen.path);
	h->unseen.path = xmalloc(strlen(path) + 1);
	memcpy(h->unseen.path, path, strlen(path) + 1);
	h->unseen_code = code;
}

void places_add(struct places *places, const char *directory, const char *name, bool of_containers)
{
	size_t size = strlen(directory) + strlen(name) + 2;
	char *path = xmalloc(size);

	snprintf(path, size, "%s%s%s", directory, *directory && *name ? "/" : "", name);
	if (places->n == places->room) {
		places->room = places->room * 2 + 64;
		places->list = xrealloc(places->list, places->room * sizeof(*places->list));
	}
	places->list[places->n++] = (struct place){ path, of_containers };
}

static void places_free(struct places *places)
{
	for (size_t i = 0; i < places->n; i++)
		free(places->list[i].path);
	free(places->list);
}

/* ---- where a walk begins ---- */

#ifndef EXFAT_SUPER_MAGIC
#define EXFAT_SUPER_MAGIC 0x2011BAB0
#endif

/* What keeps its files on this machine and can be written to. tmpfs serves /dev, too. */
static bool is_local(int fd)
{
	static const uint32_t local[] = {
		EXT4_SUPER_MAGIC, XFS_SUPER_MAGIC, BTRFS_SUPER_MAGIC, F2FS_SUPER_MAGIC, TMPFS_MAGIC, RAMFS_MAGIC, MSDOS_SUPER_MAGIC,
		EXFAT_SUPER_MAGIC, REISERFS_SUPER_MAGIC, NILFS_SUPER_MAGIC,
		0x3153464a /* jfs */, 0x2fc12fc1 /* zfs */, 0xca451a4e /* bcachefs */, 0x7366746e /* ntfs3 */,
	};
	struct statfs fs;

	if (fstatfs(fd, &fs) < 0)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(local); i++)
		if ((uint32_t)fs.f_type == local[i])
			return true;
	return false;
}

static void walk_from(struct hunt *h, const struct place *start)
{
	int fd = source_open_in(h->source, h->source->fd, start->path, O_RDONLY | O_DIRECTORY | O_NONBLOCK, RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS);

	if (fd < 0) {
		if (errno != ENOENT)
			search_note_unseen(h, start->path, errno);
	} else if (*start->path && !is_local(fd)) {
		close(fd);
	} else {
		search_walk(h, start, fd);
	}
}

static int by_place(const void *a, const void *b)
{
	return strcmp(((const struct place *)a)->path, ((const struct place *)b)->path);
}

/*
 * One file system after the other, those that are met on the way in the order of their paths: of several names of a directory it is always the same
 * that is told.
 */
static void walk_all(struct hunt *h)
{
	struct places starts = { .n = 0 };

	places_add(&starts, "", "", false);
	for (size_t i = 0; i < starts.n && !search_is_over(h); i++) {
		walk_from(h, &(struct place){ starts.list[i].path, starts.list[i].of_containers });
		if (h->crossings.n)
			qsort(h->crossings.list, h->crossings.n, sizeof(*h->crossings.list), by_place);
		for (size_t k = 0; k < h->crossings.n; k++) {
			places_add(&starts, h->crossings.list[k].path, "", h->crossings.list[k].of_containers);
			free(h->crossings.list[k].path);
		}
		h->crossings.n = 0;
	}
	places_free(&starts);
}

/* ---- mounts of the live host ---- */

static bool is_of_disk(const struct mount *m)
{
	return list_has("ext2 ext3 ext4 xfs btrfs f2fs jfs reiserfs nilfs2 zfs bcachefs tmpfs devtmpfs ramfs vfat exfat ntfs3", " ", m->type);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A look at the root of a dead network file system may take forever. */
static void find_foreign(struct hunt *h, struct arena *arena, const struct mounts *own)
{
	const char **list = NULL;

	for (size_t i = 0; i < own->n; i++)
		if (!is_of_disk(&own->list[i]) && !streq(own->list[i].target, "/"))
			arena_push(arena, list, h->n_foreign) = own->list[i].target + 1;
	if (h->n_foreign)
		qsort(list, h->n_foreign, sizeof(*list), by_text);
	h->foreign = list;
}

static const char *first_missing(const struct mounts *from, const struct mounts *in)
{
	for (size_t i = 0; i < from->n; i++) {
		const struct mount *m = &from->list[i];
		bool found = !is_of_disk(m);

		for (size_t k = 0; k < in->n && !found; k++)
			found = in->list[k].device == m->device && streq(in->list[k].root, m->root) && streq(in->list[k].target, m->target);
		if (!found)
			return m->target;
	}
	return NULL;
}

/* A sandbox shows other file systems than the host has: where; NULL where they are the same, or that cannot be seen. */
static const char *other_view(struct source *source, struct arena *arena, const struct mounts *own)
{
	const struct file *file = source_read(source, "proc/1/mountinfo", MOUNTINFO_LIMIT);
	const struct mounts *host;
	const char *missing;

	if (file->state != STATE_PRESENT || own->state != STATE_PRESENT)
		return NULL;
	host = mounts_parse(arena, file);
	missing = host->state == STATE_PRESENT ? first_missing(host, own) : NULL;
	return missing || host->state != STATE_PRESENT ? missing : first_missing(own, host);
}

/* ---- the answer ---- */

static int by_kept_path(const void *a, const void *b)
{
	return strcmp(((const struct kept *)a)->path, ((const struct kept *)b)->path);
}

static void take_found(struct search *s, struct arena *arena, enum search_kind kind, struct kept_list *list)
{
	s->n[kind] = list->met;
	s->kept[kind] = list->n < SEARCH_KEEP ? list->n : SEARCH_KEEP;
	s->list[kind] = arena_array_of(arena, struct found, s->kept[kind]);
	if (list->n)
		qsort(list->list, list->n, sizeof(*list->list), by_kept_path);
	for (size_t i = 0; i < list->n; i++) {
		const struct kept *k = &list->list[i];
		const char *path = arena_printf(arena, "/%s", k->path);

		if (i < SEARCH_KEEP)
			s->list[kind][i] = (struct found){ text_safe(arena, path, strlen(path), TEXT_MAX), k->uid, k->gid, k->mode };
		free(k->path);
	}
	free(list->list);
}

static void tell_state(struct hunt *h, struct search *s, struct arena *arena, const char *elsewhere)
{
	if (h->n_unseen) {
		const char *path = text_safe(arena, h->unseen.path, strlen(h->unseen.path), 512);

		s->state = h->unseen_code == EACCES || h->unseen_code == EPERM ? STATE_DENIED : STATE_BROKEN;
		s->why = arena_printf(arena, "%zu directories or files could not be looked at, the first is /%s: %s", h->n_unseen, path, strerror(h->unseen_code));
	}
	if (elsewhere) {
		s->state = STATE_BROKEN;
		s->why = arena_printf(arena, "plimsoll was started with another view of %s than the host's first process has", elsewhere);
	}
	if (h->cut) {
		s->state = STATE_BROKEN;
		s->why = arena_printf(arena, "the search was not finished: %zu files in %u s", s->entries, (unsigned)(now() - h->begun));
	}
	free(h->unseen.path);
}

static struct search *answer(struct hunt *h, struct arena *arena, const char *elsewhere)
{
	struct search *s = arena_new_of(arena, struct search);

	s->entries = h->entries;
	s->names_why[SEARCH_NO_USER] = h->users.why;
	s->names_unread[SEARCH_NO_USER] = !h->users.n;
	s->names_why[SEARCH_NO_GROUP] = h->groups.why;
	s->names_unread[SEARCH_NO_GROUP] = !h->groups.n;
	for (int kind = 0; kind < SEARCH_KINDS; kind++)
		take_found(s, arena, (enum search_kind)kind, &h->found[kind]);
	tell_state(h, s, arena, elsewhere);
	return s;
}

struct search *search_run(struct source *source, struct arena *arena, const struct search_limits *limits)
{
	struct hunt h = { .source = source, .limits = limits ? *limits : search_usual, .begun = now() };
	const char *elsewhere = NULL;
	struct search *s;

	if (!source_root(source)) {
		s = arena_new_of(arena, struct search);
		s->state = STATE_NOT_GIVEN;
		s->why = "an audit of single files has no tree to search";
		return s;
	}
	s = search_recall(source, arena);
	if (s)
		return s;
	if (source_is_live(source)) {
		const struct mounts *own = mounts_parse(arena, source_read(source, "proc/self/mountinfo", MOUNTINFO_LIMIT));

		find_foreign(&h, arena, own);
		elsewhere = other_view(source, arena, own);
	}
	h.users = names_read(source, arena, false);
	h.groups = names_read(source, arena, true);
	h.root_group_is_closed = names_root_group_is_closed(source);
	pthread_mutex_init(&h.lock, NULL);
	pthread_cond_init(&h.more, NULL);
	walk_all(&h);
	source_progress(source, NULL, 0);
	s = answer(&h, arena, elsewhere);
	places_free(&h.tasks);
	places_free(&h.crossings);
	free(h.visited.slots);
	pthread_cond_destroy(&h.more);
	pthread_mutex_destroy(&h.lock);
	if (source_keeps(source))
		search_keep(s, source);
	return s;
}
