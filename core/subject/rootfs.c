/* SPDX-License-Identifier: Apache-2.0 */
#include "core/subject/rootfs.h"

#include "core/base/text.h"
#include "core/source/source_private.h"
#include "core/subject/subject_private.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdalign.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <time.h>

/* Asked without a word to the server of its file system: AT_STATX_DONT_SYNC. */
static bool look_at_path(int at, const char *name, int flags, struct rootfs_place *place)
{
	struct statx x;

	if (statx(at, name, AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT | flags, STATX_TYPE | STATX_MODE, &x) < 0)
		return false;
	*place = (struct rootfs_place){ x.stx_mode, makedev(x.stx_rdev_major, x.stx_rdev_minor), makedev(x.stx_dev_major, x.stx_dev_minor) };
	return true;
}

static int failed(int code, const char *said, const char **why)
{
	*why = said;
	return -code;
}

/* The root directory, on the mount that the table says. */
static int root_of(const struct subject *s, const struct mount *top, const char **why)
{
	int *root = &s->files->root;

	if (*root >= 0)
		return *root;
	*root = openat(s->pin->fd, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (*root < 0)
		return failed(errno, arena_strdup(s->arena, strerror(errno)), why);
	if (mount_bears(*root, top))
		return *root;
	close(*root);
	*root = -1;
	return failed(EXDEV, "its root directory is on another file system than its mount table says", why);
}

/* What stands at the path, opened without a word to its file system (O_PATH): a descriptor, or -errno and *why. */
static int look(const struct subject *s, const char *path, struct rootfs_place *place, const char **why)
{
	const struct mount *top = mount_serving(s->mounts, "/"), *m = mount_serving(s->mounts, path);
	struct open_how how = { .flags = O_PATH | O_NOFOLLOW | O_CLOEXEC,
				.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS };
	auto_close int found = -1;
	int root;

	if (!source_is_live(s->source))
		return failed(ENOENT, "the files of a container are not part of a captured root", why);
	if (!top || !m)
		return failed(EINVAL, "no mount serves it", why);
	if (!mount_is_local(top) || !mount_is_local(m))
		return failed(EXDEV, arena_printf(s->arena, "it lies on %s, which need not answer", mount_is_local(top) ? m->type : top->type), why);
	root = root_of(s, top, why);
	if (root < 0)
		return root;
	found = (int)syscall(SYS_openat2, root, *path == '/' && path[1] ? path + 1 : ".", &how, sizeof(how));
	if (found < 0)
		return failed(errno, arena_strdup(s->arena, strerror(errno)), why);
	if (!look_at_path(found, "", AT_EMPTY_PATH, place) || !mount_is_of(m, place->on))
		return failed(EXDEV, "it is on another file system than the mount table says", why);
	return take_fd(&found);
}

/* ---- walking ---- */

enum { DEPTH_MOST = 40 };

int64_t rootfs_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void visit(struct rootfs_walk *w, struct rootfs_entry *entry)
{
	if (w->types & 1U << IFTODT(entry->place.mode))
		w->enough = !w->visit(w->with, entry);
}

static bool is_done(struct rootfs_walk *w)
{
	if (w->entries >= w->most || (w->entries % 256 == 255 && rootfs_now() > w->until))
		w->cut = true;
	return w->cut || w->enough;
}

static void walk_directory(struct rootfs_walk *w, int fd, const char *path, unsigned depth);

/* Nothing is entered that is mounted there: the table says so, and the kernel where it has changed since. */
static void enter(struct rootfs_walk *w, const struct rootfs_entry *entry, unsigned depth)
{
	const char *path = arena_printf(w->scratch, "%s/%s", streq(entry->path, "/") ? "" : entry->path, entry->name);
	const struct mount *m = mount_serving(w->mounts, path);
	struct open_how how = { .flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
				.resolve = RESOLVE_BENEATH | RESOLVE_NO_XDEV };
	auto_close int below = -1;

	if (m && streq(m->target, path))
		return;
	if (depth >= DEPTH_MOST) {
		w->cut = true;
		return;
	}
	below = (int)syscall(SYS_openat2, entry->directory, entry->name, &how, sizeof(how));
	if (below >= 0)
		walk_directory(w, below, path, depth + 1);
	else if (errno != EXDEV && errno != ENOENT && errno != ENOTDIR && errno != ELOOP)
		w->cut = true;
}

static void look_at(struct rootfs_walk *w, int fd, const char *path, const struct dirent64 *d, unsigned depth)
{
	struct rootfs_entry entry = { .directory = fd, .path = path, .name = d->d_name };

	w->entries++;
	if (streq(d->d_name, ".") || streq(d->d_name, ".."))
		return;
	if ((d->d_type == DT_UNKNOWN || w->types & 1U << d->d_type) && look_at_path(fd, d->d_name, AT_SYMLINK_NOFOLLOW, &entry.place)) {
		entry.mounted = entry.place.on != w->here;
		visit(w, &entry);
	}
	if (d->d_type == DT_DIR || (d->d_type == DT_UNKNOWN && S_ISDIR(entry.place.mode)))
		enter(w, &entry, depth);
}

static void walk_directory(struct rootfs_walk *w, int fd, const char *path, unsigned depth)
{
	alignas(struct dirent64) char data[4096];
	ssize_t n;

	while (!is_done(w) && (n = getdents64(fd, data, sizeof(data))) != 0) {
		if (n < 0)
			w->cut = true;
		for (ssize_t at = 0; at < n && !is_done(w);) {
			const struct dirent64 *d = (const struct dirent64 *)(data + at);

			look_at(w, fd, path, d, depth);
			at += d->d_reclen;
		}
	}
}

/* No directory: that one alone. */
static void visit_alone(struct rootfs_walk *w, int found, const char *path, const struct rootfs_place *place)
{
	const char *slash = strrchr(path, '/');
	struct rootfs_entry entry = { .directory = found, .place = *place, .mounted = true };

	entry.path = !slash || slash == path ? "/" : arena_strndup(w->scratch, path, (size_t)(slash - path));
	entry.name = slash ? slash + 1 : path;
	visit(w, &entry);
}

int rootfs_walk(struct rootfs_walk *w, const struct subject *s, const char *path, const char **why)
{
	auto_arena struct arena *scratch = arena_new();
	struct rootfs_place place = { 0 };
	auto_close int found = look(s, path, &place, why), fd = -1;

	if (found < 0)
		return found;
	w->scratch = scratch;
	w->mounts = s->mounts;
	w->here = place.on;
	if (!S_ISDIR(place.mode) && !w->alone)
		return failed(ENOTDIR, "is not a directory", why);
	if (!S_ISDIR(place.mode)) {
		visit_alone(w, found, path, &place);
		return 0;
	}
	fd = openat(found, ".", O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return failed(errno, arena_strdup(s->arena, strerror(errno)), why);
	walk_directory(w, fd, path, 0);
	return 0;
}
