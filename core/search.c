/* SPDX-License-Identifier: Apache-2.0 */
#include "core/search.h"

#include "core/mount.h"
#include "core/source_private.h"
#include "core/text.h"
#include "core/work.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <time.h>

enum {
	SECONDS_MOST = 120,
	ENTRIES_MOST = 20000000,
};

/* The numbers that a file has names for, sorted; none: it could not be read, and nothing can be said of a number. */
struct ids {
	uint32_t *list;
	size_t n;
};

/* A directory that is still to be looked at. */
struct task {
	char *path;              /* below the root, without a leading slash; of the heap */
	dev_t device;
};

struct hunt {
	struct source *source;
	struct arena *arena;     /* under the lock */
	struct search *search;   /* under the lock */
	struct ids users, groups;
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct task *tasks;
	size_t n, room;
	unsigned busy;           /* workers that may still find directories */
	time_t begun;
	bool cut;
};

static time_t seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	return t.tv_sec;
}

/* ---- who has a name ---- */

static int by_id(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* The third field of passwd(5) and group(5) alike. */
static struct ids read_ids(struct source *source, struct arena *arena, const char *path)
{
	const struct file *file = source_read(source, path, (size_t)16 * SOURCE_LIMIT);
	struct ids ids = { 0 };
	size_t n;

	if (file->state != STATE_PRESENT)
		return ids;
	for (const char *at = file->data, *line; (line = list_next(&at, "\n", &n));) {
		const char *end = line + n, *second = memchr(line, ':', n), *third;
		int64_t id;

		second = second ? memchr(second + 1, ':', (size_t)(end - second - 1)) : NULL;
		third = second ? memchr(second + 1, ':', (size_t)(end - second - 1)) : NULL;
		if (third && text_integer(arena_strndup(arena, second + 1, (size_t)(third - second - 1)), &id) && id >= 0 && id <= UINT32_MAX)
			arena_push(arena, ids.list, ids.n) = (uint32_t)id;
	}
	if (ids.n)
		qsort(ids.list, ids.n, sizeof(*ids.list), by_id);
	return ids;
}

/* ---- what stands out; all of it under the lock ---- */

static void keep(struct hunt *h, enum search_kind kind, const char *directory, const char *name, const struct stat *st)
{
	struct search *s = h->search;
	const char *path;

	s->n[kind]++;
	if (s->kept[kind] == SEARCH_KEEP)
		return;
	path = arena_printf(h->arena, "/%s%s%s", directory, *directory ? "/" : "", name);
	arena_push(h->arena, s->list[kind], s->kept[kind]) =
		(struct found){ text_safe(h->arena, path, strlen(path), TEXT_MAX), st->st_uid, st->st_gid, st->st_mode };
}

static bool is_known(const struct ids *ids, uint32_t id)
{
	return !ids->list || bsearch(&id, ids->list, ids->n, sizeof(id), by_id);
}

static void look_at(struct hunt *h, const char *directory, const char *name, const struct stat *st)
{
	struct search *s = h->search;
	mode_t mode = st->st_mode;

	s->entries++;
	if (!is_known(&h->users, st->st_uid))
		keep(h, SEARCH_NO_USER, directory, name, st);
	if (!is_known(&h->groups, st->st_gid))
		keep(h, SEARCH_NO_GROUP, directory, name, st);
	if (S_ISREG(mode) && (mode & S_ISUID) && (mode & 0111))
		keep(h, SEARCH_SETUID, directory, name, st);
	if (S_ISREG(mode) && (mode & S_ISGID) && (mode & 0010))
		keep(h, SEARCH_SETGID, directory, name, st);
	if (S_ISREG(mode) && (mode & 0002))
		keep(h, SEARCH_WRITABLE_FILE, directory, name, st);
	if (S_ISDIR(mode) && (mode & 0002) && !(mode & S_ISVTX))
		keep(h, SEARCH_WRITABLE_DIRECTORY, directory, name, st);
}

static void push(struct hunt *h, const char *directory, const char *name, dev_t device)
{
	size_t size = strlen(directory) + strlen(name) + 2;
	char *path = xmalloc(size);

	snprintf(path, size, "%s%s%s", directory, *directory ? "/" : "", name);
	if (h->n == h->room) {
		h->room = h->room * 2 + 64;
		h->tasks = xrealloc(h->tasks, h->room * sizeof(*h->tasks));
	}
	h->tasks[h->n++] = (struct task){ path, device };
	pthread_cond_signal(&h->more);
}

/* ---- one directory ---- */

/* Stores of container engines. */
static bool is_store(const char *path)
{
	static const char *const stores[] = {
		"var/lib/docker", "var/lib/containers", "var/lib/containerd", "var/lib/lxc", "var/lib/lxd", "var/lib/incus", "var/lib/machines", "var/lib/kubelet",
		"var/snap/docker", "snap",
	};

	for (size_t i = 0; i < ARRAY_LEN(stores); i++)
		if (streq(path, stores[i]))
			return true;
	return false;
}

/* Neither its group nor others can pass. */
static bool is_closed(const struct stat *st)
{
	return st->st_uid == 0 && !(st->st_mode & 0011);
}

/* An entry and its name, read without the lock. */
struct seen {
	const char *name;
	struct stat st;
};

static void take_all(struct hunt *h, const struct task *task, const struct seen *list, size_t n)
{
	HOLD(&h->lock);

	for (size_t i = 0; i < n; i++) {
		look_at(h, task->path, list[i].name, &list[i].st);
		if (S_ISDIR(list[i].st.st_mode) && list[i].st.st_dev == task->device && !is_closed(&list[i].st))
			push(h, task->path, list[i].name, task->device);
	}
	if (h->search->entries > ENTRIES_MOST || seconds() - h->begun > SECONDS_MOST)
		h->cut = true;
	source_progress(h->source, "files searched", h->search->entries);
}

static void cut_short(struct hunt *h)
{
	HOLD(&h->lock);

	h->cut = true;
}

static void search_directory(struct hunt *h, const struct task *task, struct arena *scratch)
{
	const char *why;
	int fd = source_fd(h->source, *task->path ? task->path : ".", O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_NOFOLLOW | O_NOATIME, &why);
	struct seen *list = NULL;
	struct stat here;
	size_t n = 0;
	DIR *stream;

	if (fd == -EPERM)
		fd = source_fd(h->source, *task->path ? task->path : ".", O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_NOFOLLOW, &why);
	if (fd < 0 || fstat(fd, &here) < 0 || here.st_dev != task->device) {
		if (fd != -ENOENT && fd != -ENOTDIR && fd < 0)
			cut_short(h);
		if (fd >= 0)
			close(fd);
		return;
	}
	stream = fdopendir(fd);
	for (struct dirent *d; stream && (d = readdir(stream));) {
		struct seen seen = { .name = d->d_name };

		if (streq(d->d_name, ".") || streq(d->d_name, "..") || fstatat(fd, d->d_name, &seen.st, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) < 0)
			continue;
		if (S_ISLNK(seen.st.st_mode) || (S_ISDIR(seen.st.st_mode) && is_store(arena_printf(scratch, "%s%s%s", task->path, *task->path ? "/" : "", d->d_name))))
			continue;
		seen.name = arena_strdup(scratch, d->d_name);
		arena_push(scratch, list, n) = seen;
	}
	if (stream)
		closedir(stream);
	take_all(h, task, list, n);
}

/* ---- all of them ---- */

/* The next directory; false when there is none and nobody can find one any more. */
static bool next_task(struct hunt *h, struct task *task)
{
	HOLD(&h->lock);

	h->busy--;
	while (!h->n && h->busy && !h->cut)
		pthread_cond_wait(&h->more, &h->lock);
	if (!h->n || h->cut) {
		pthread_cond_broadcast(&h->more);
		return false;
	}
	*task = h->tasks[--h->n];
	h->busy++;
	return true;
}

static void run(void *with, unsigned worker)
{
	auto_arena struct arena *scratch = arena_new();
	struct hunt *h = with;
	struct task task;

	(void)worker;
	{
		HOLD(&h->lock);
		h->busy++;
	}
	while (next_task(h, &task)) {
		search_directory(h, &task, scratch);
		free(task.path);
		arena_reset(scratch);
	}
}

/* Where a walk begins: the root, and what else is mounted from a local disk. */
static void push_starts(struct hunt *h, const struct mounts *mounts)
{
	const char *why;
	struct stat st;
	auto_close int top = source_fd(h->source, ".", O_PATH | O_DIRECTORY, &why);

	if (top < 0 || fstat(top, &st) < 0) {
		h->cut = true;
		return;
	}
	push(h, "", "", st.st_dev);
	for (size_t i = 0; mounts && i < mounts->n; i++) {
		const struct mount *m = &mounts->list[i];
		auto_close int fd = -1;

		if (streq(m->target, "/") || !streq(m->root, "/") || !list_has("ext2 ext3 ext4 xfs btrfs f2fs jfs zfs bcachefs tmpfs", " ", m->type))
			continue;
		if (path_is_below(m->target, "/var/lib/containers") || path_is_below(m->target, "/var/lib/docker") || path_is_below(m->target, "/run"))
			continue;
		fd = source_fd(h->source, m->target + 1, O_PATH | O_DIRECTORY, &why);
		if (fd >= 0 && fstat(fd, &st) == 0 && !is_closed(&st))
			push(h, "", m->target + 1, st.st_dev);
	}
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct found *)a)->path, ((const struct found *)b)->path);
}

static const struct mounts *mount_table(struct source *source, struct arena *arena)
{
	const struct file *file = source_read(source, "proc/1/mountinfo", MOUNTINFO_LIMIT);

	if (!source_is_live(source))
		return NULL;
	if (file->state != STATE_PRESENT)
		file = source_read(source, "proc/self/mountinfo", MOUNTINFO_LIMIT);
	return mounts_parse(arena, file);
}

struct search *search_run(struct source *source, struct arena *arena)
{
	struct hunt h = { .source = source, .arena = arena, .search = arena_new_of(arena, struct search), .begun = seconds() };

	if (!source_root(source)) {
		h.search->state = STATE_NOT_GIVEN;
		h.search->why = "an audit of single files has no tree to search";
		return h.search;
	}
	h.users = read_ids(source, arena, "etc/passwd");
	h.groups = read_ids(source, arena, "etc/group");
	pthread_mutex_init(&h.lock, NULL);
	pthread_cond_init(&h.more, NULL);
	push_starts(&h, mount_table(source, arena));
	work_crew(work_processors(), run, &h);
	source_progress(source, NULL, 0);
	for (size_t i = 0; i < h.n; i++)
		free(h.tasks[i].path);
	free(h.tasks);
	pthread_cond_destroy(&h.more);
	pthread_mutex_destroy(&h.lock);
	for (int kind = 0; kind < SEARCH_KINDS; kind++)
		if (h.search->kept[kind])
			qsort(h.search->list[kind], h.search->kept[kind], sizeof(*h.search->list[kind]), by_path);
	if (h.cut) {
		h.search->state = STATE_BROKEN;
		h.search->why = arena_printf(arena, "the search was not finished: %zu files in %ld s", h.search->entries, (long)(seconds() - h.begun));
	}
	return h.search;
}
