/* SPDX-License-Identifier: Apache-2.0 */
/* The walk through one file system: a heap of directories, from which several threads take. */
#include "core/search/search_private.h"

#include "core/base/text.h"
#include "core/base/work.h"
#include "core/source/source_private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/xattr.h>

enum {
	TASKS_MOST = 4000000,    /* directories that wait */
	PATH_LONGEST = 16384,    /* of a directory that is looked at */
	PIECE = 4000,            /* of a longer path than the kernel takes in one go */
	BATCH = 512,             /* entries of a directory */
};

/* ---- directories that were looked at ---- */

static size_t slot_of(const struct visited *v, uint64_t device, uint64_t inode)
{
	size_t i = (size_t)((inode * 0x9e3779b97f4a7c15U) ^ device) & (v->n_slots - 1);

	while (v->slots[i].inode && (v->slots[i].inode != inode || v->slots[i].device != device))
		i = (i + 1) & (v->n_slots - 1);
	return i;
}

static void grow(struct visited *v)
{
	struct visited old = *v;

	v->n_slots = old.n_slots ? old.n_slots * 2 : 4096;
	v->slots = xmalloc(v->n_slots * sizeof(*v->slots));
	memset(v->slots, 0, v->n_slots * sizeof(*v->slots));
	for (size_t i = 0; i < old.n_slots; i++)
		if (old.slots[i].inode)
			v->slots[slot_of(v, old.slots[i].device, old.slots[i].inode)] = old.slots[i];
	free(old.slots);
}

/* False: it was looked at before. */
static bool visit(struct hunt *h, const struct stat *st)
{
	struct visited *v = &h->visited;
	HOLD(&h->lock);
	size_t i;

	if (v->used * 2 >= v->n_slots)
		grow(v);
	i = slot_of(v, st->st_dev, st->st_ino);
	if (v->slots[i].inode)
		return false;
	v->slots[i].device = st->st_dev;
	v->slots[i].inode = st->st_ino;
	v->used++;
	return true;
}

/* ---- what stands out; under the lock ---- */

static int by_kept_path(const void *a, const void *b)
{
	return strcmp(((const struct kept *)a)->path, ((const struct kept *)b)->path);
}

/* Those that are first by their path are kept, so that it does not depend on who met them when. */
static void keep(struct kept_list *list, const char *directory, const char *name, const struct stat *st)
{
	size_t size = strlen(directory) + strlen(name) + 2;
	char *path = xmalloc(size);

	snprintf(path, size, "%s%s%s", directory, *directory ? "/" : "", name);
	list->met++;
	if (!list->list)
		list->list = xmalloc(2 * (size_t)SEARCH_KEEP * sizeof(*list->list));
	if (list->n == 2 * (size_t)SEARCH_KEEP) {
		qsort(list->list, list->n, sizeof(*list->list), by_kept_path);
		while (list->n > SEARCH_KEEP)
			free(list->list[--list->n].path);
	}
	list->list[list->n++] = (struct kept){ path, st->st_uid, st->st_gid, st->st_mode };
}

/* Where the system keeps what it executes. */
static bool is_of_system(const char *directory)
{
	static const char *const tops[] = { "bin", "sbin", "lib", "lib32", "lib64", "libx32", "libexec" };
	const char *top = directory;
	size_t n;

	if (starts_with(top, "usr/"))
		top += strlen("usr/");
	if (starts_with(top, "local/"))
		top += strlen("local/");
	n = strcspn(top, "/");
	for (size_t i = 0; i < ARRAY_LEN(tops); i++)
		if (strlen(tops[i]) == n && strncmp(tops[i], top, n) == 0)
			return true;
	return false;
}

static bool others_can_change(const struct hunt *h, const struct stat *st)
{
	return st->st_uid != 0 || (st->st_mode & 0002) || ((st->st_mode & 0020) && !(st->st_gid == 0 && h->root_group_is_closed));
}

static void look_at(struct hunt *h, const struct place *in, const char *name, const struct stat *st)
{
	mode_t mode = st->st_mode;

	if (!in->of_containers && !names_has(&h->users, st->st_uid))
		keep(&h->found[SEARCH_NO_USER], in->path, name, st);
	if (!in->of_containers && !names_has(&h->groups, st->st_gid))
		keep(&h->found[SEARCH_NO_GROUP], in->path, name, st);
	if (S_ISREG(mode) && (mode & S_ISUID) && (mode & 0111))
		keep(&h->found[SEARCH_SETUID], in->path, name, st);
	if (S_ISREG(mode) && (mode & S_ISGID) && (mode & 0010))
		keep(&h->found[SEARCH_SETGID], in->path, name, st);
	if (S_ISREG(mode) && (mode & 0002))
		keep(&h->found[SEARCH_WRITABLE_FILE], in->path, name, st);
	if (S_ISDIR(mode) && (mode & 0002) && !(mode & S_ISVTX))
		keep(&h->found[SEARCH_WRITABLE_DIRECTORY], in->path, name, st);
	if (S_ISREG(mode) && others_can_change(h, st) && is_of_system(in->path))
		keep(&h->found[SEARCH_FOREIGN_PROGRAM], in->path, name, st);
}

/* ---- which directories ---- */

static bool is_store(const char *directory, const char *name)
{
	static const char *const stores[] = {
		"var/lib/docker", "var/lib/containers", "var/lib/containerd", "var/lib/lxc", "var/lib/lxd", "var/lib/incus", "var/lib/machines", "var/lib/kubelet",
		"var/lib/rancher", "var/snap", "run/containers", "run/containerd", "run/docker", "run/crio", "run/lxc",
	};
	size_t size = strlen(directory);

	for (size_t i = 0; i < ARRAY_LEN(stores); i++)
		if (strncmp(stores[i], directory, size) == 0 && stores[i][size] == '/' && streq(stores[i] + size + 1, name))
			return true;
	return false;
}

/* Neither its group nor others can pass. That of an access list is bound by what the mode gives the group, see acl(5). */
static bool is_closed(const struct stat *st)
{
	return st->st_uid == 0 && !(st->st_mode & 0011);
}

/* The same where the group is that of root, and no access list lets anybody else in. */
static bool is_closed_by_group(const struct hunt *h, int fd, const struct stat *st)
{
	return h->root_group_is_closed && st->st_uid == 0 && st->st_gid == 0 && !(st->st_mode & 0001) &&
	       fgetxattr(fd, "system.posix_acl_access", NULL, 0) < 0 && (errno == ENODATA || errno == EOPNOTSUPP);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(a, *(const char *const *)b);
}

/* Something is mounted there that is better left alone. */
static bool is_foreign(const struct hunt *h, struct arena *scratch, const char *directory, const char *name)
{
	return h->n_foreign && bsearch(arena_printf(scratch, "%s%s%s", directory, *directory ? "/" : "", name), h->foreign, h->n_foreign,
				       sizeof(*h->foreign), by_name);
}

/* ---- one directory ---- */

/* Below the start of the walk, by no link and into no other mount. Returns a descriptor, or -errno. */
static int open_below(const struct hunt *h, const char *path)
{
	const uint64_t resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV;
	const uint64_t flags = O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_NOFOLLOW;
	char piece[PIECE + 1];
	int at = h->top, fd;

	if (strlen(path) > PATH_LONGEST)
		return -ENAMETOOLONG;
	while (strlen(path) > PIECE) {
		size_t n = PIECE;

		while (path[n] != '/')
			n--;
		memcpy(piece, path, n);
		piece[n] = '\0';
		fd = source_open_in(h->source, at, piece, O_PATH | O_DIRECTORY | O_NOFOLLOW, resolve);
		if (at != h->top)
			close(at);
		if (fd < 0)
			return -errno;
		at = fd;
		path += n + 1;
	}
	fd = source_open_in(h->source, at, path, flags | O_NOATIME, resolve);
	if (fd < 0 && errno == EPERM)
		fd = source_open_in(h->source, at, path, flags, resolve);
	if (fd < 0)
		fd = -errno;
	if (at != h->top)
		close(at);
	return fd;
}

/* Entries of a directory, read without the lock; each worker has its own. */
struct batch {
	struct arena *scratch;   /* holds the names */
	struct seen {
		const char *name;
		struct stat st;
	} list[BATCH];
	size_t n;
	int code;                /* the last errno of an entry that could not be looked at, and how many there are */
	size_t n_unseen;
};

static void take_batch(struct hunt *h, const struct place *in, struct batch *batch)
{
	HOLD(&h->lock);

	for (size_t i = 0; i < batch->n; i++) {
		const struct seen *seen = &batch->list[i];

		h->entries++;
		look_at(h, in, seen->name, &seen->st);
		if (S_ISDIR(seen->st.st_mode) && !is_closed(&seen->st)) {
			places_add(&h->tasks, in->path, seen->name, in->of_containers || is_store(in->path, seen->name));
			pthread_cond_signal(&h->more);
		}
	}
	if (batch->n_unseen)
		search_note_unseen(h, in->path, batch->code);
	if (search_is_over(h) || h->tasks.n > TASKS_MOST)
		h->cut = true;
	source_progress(h->source, "files searched", h->entries);
	batch->n = batch->n_unseen = 0;
	arena_reset(batch->scratch);
}

static bool is_cut(struct hunt *h)
{
	HOLD(&h->lock);

	return h->cut;
}

/* What is gone by now is nobody's loss. */
static void add_entry(const struct hunt *h, struct batch *batch, int fd, const char *name)
{
	struct seen *seen = &batch->list[batch->n];

	if (fstatat(fd, name, &seen->st, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) < 0) {
		batch->n_unseen += errno != ENOENT;
		batch->code = errno != ENOENT ? errno : batch->code;
	} else if (!S_ISLNK(seen->st.st_mode)) {
		source_tell(h->source, &seen->st);
		seen->name = arena_strdup(batch->scratch, name);
		batch->n++;
	}
}

static bool is_passed_over(const struct hunt *h, const struct place *task, const struct dirent *d, struct arena *scratch)
{
	if (streq(d->d_name, ".") || streq(d->d_name, ".."))
		return true;
	return (d->d_type == DT_DIR || d->d_type == DT_UNKNOWN) && is_foreign(h, scratch, task->path, d->d_name);
}

static void read_entries(struct hunt *h, const struct place *task, DIR *stream, struct batch *batch)
{
	const struct dirent *d;

	for (;;) {
		errno = 0;
		d = readdir(stream);
		if (!d)
			break;
		if (is_passed_over(h, task, d, batch->scratch))
			continue;
		add_entry(h, batch, dirfd(stream), d->d_name);
		if (batch->n < BATCH)
			continue;
		take_batch(h, task, batch);
		if (is_cut(h))
			return;
	}
	if (errno) {
		batch->code = errno;
		batch->n_unseen++;
	}
	take_batch(h, task, batch);
}

static void note_unseen(struct hunt *h, const struct place *task, int code)
{
	HOLD(&h->lock);

	if (code == EXDEV)
		places_add(&h->crossings, task->path, "", task->of_containers);
	else if (code != ENOENT)
		search_note_unseen(h, task->path, code);
}

/* The path of a task below the start of the walk. */
static const char *rest_of(const struct hunt *h, const struct place *task)
{
	const char *rest = task->path + strlen(h->prefix);

	return rest + (*rest == '/');
}

static void search_directory(struct hunt *h, const struct place *task, struct batch *batch)
{
	int fd = open_below(h, rest_of(h, task));
	struct stat here;
	DIR *stream;

	if (fd < 0) {
		note_unseen(h, task, -fd);
		return;
	}
	if (source_fstat(h->source, fd, &here) < 0 || here.st_dev != h->device) {
		note_unseen(h, task, EXDEV);     /* a subvolume, or a kernel that does not know of mounts in openat2(2) */
		close(fd);
		return;
	}
	if (!visit(h, &here) || (*task->path && is_closed_by_group(h, fd, &here))) {
		close(fd);
		return;
	}
	stream = fdopendir(fd);
	if (!stream) {
		note_unseen(h, task, errno);
		close(fd);
		return;
	}
	read_entries(h, task, stream, batch);
	closedir(stream);
}

/* ---- all of them ---- */

/* The next directory; false when there is none and nobody can find one any more. */
static bool next_task(struct hunt *h, struct place *task)
{
	HOLD(&h->lock);

	h->busy--;
	while (!h->tasks.n && h->busy && !h->cut)
		pthread_cond_wait(&h->more, &h->lock);
	if (!h->tasks.n || h->cut) {
		pthread_cond_broadcast(&h->more);
		return false;
	}
	*task = h->tasks.list[--h->tasks.n];
	h->busy++;
	return true;
}

static void begin(struct hunt *h)
{
	HOLD(&h->lock);

	h->busy++;
}

static void run(void *with, unsigned worker)
{
	auto_arena struct arena *scratch = arena_new();
	auto_free struct batch *batch = xmalloc(sizeof(*batch));
	struct hunt *h = with;
	struct place task;

	(void)worker;
	batch->scratch = scratch;
	batch->n = batch->n_unseen = 0;
	begin(h);
	while (next_task(h, &task)) {
		search_directory(h, &task, batch);
		free(task.path);
	}
}

void search_walk(struct hunt *h, const struct place *start, int fd)
{
	struct stat st;

	if (source_fstat(h->source, fd, &st) < 0) {
		search_note_unseen(h, start->path, errno);
	} else {
		h->top = fd;
		h->device = st.st_dev;
		h->prefix = start->path;
		if (!*start->path)
			look_at(h, start, "", &st);      /* no directory holds the root */
		places_add(&h->tasks, start->path, "", start->of_containers);
		work_crew(h->limits.workers ? h->limits.workers : work_processors(), run, h);
	}
	close(fd);
}
