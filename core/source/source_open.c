/* SPDX-License-Identifier: Apache-2.0 */
/* Opening below the root of a source, and reading what was opened. */
#include "core/source/source_private.h"

#include "core/base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdalign.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <time.h>

/* What C libraries before 2.33 and 2.36 do not name yet. */
#ifndef SYS_openat2
#define SYS_openat2 __NR_openat2
#endif
#ifndef FSOPEN_CLOEXEC
#define FSOPEN_CLOEXEC      1
#define FSMOUNT_CLOEXEC     1
#define FSCONFIG_CMD_CREATE 6
#endif
#ifndef MOUNT_ATTR_RDONLY
#define MOUNT_ATTR_RDONLY   1
#endif

#ifndef EFIVARFS_MAGIC
#define EFIVARFS_MAGIC 0xde5e81e4
#endif

/* A part of the live tree that a kernel file system serves, longest prefix first. */
struct view {
	const char *prefix;
	const char *type;        /* file-system name, for fsopen(2) and for messages */
	uint32_t magic[3];       /* statfs(2) f_type: any of these */
	bool own_instance;       /* a private instance shows the same as the mounted one */
};

static const struct view views[] = {
	{ "proc/",                       "proc",       { PROC_SUPER_MAGIC }, true },
	{ "sys/kernel/security/",        "securityfs", { SECURITYFS_MAGIC }, true },
	{ "sys/kernel/debug/",           "debugfs",    { DEBUGFS_MAGIC }, false },
	{ "sys/kernel/tracing/",         "tracefs",    { TRACEFS_MAGIC }, false },
	{ "sys/firmware/efi/efivars/",   "efivarfs",   { EFIVARFS_MAGIC }, false },
	{ "sys/fs/cgroup/",              "cgroup",     { CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC, TMPFS_MAGIC }, false },
	{ "sys/fs/selinux/",             "selinuxfs",  { SELINUX_MAGIC }, false },
	{ "sys/",                        "sysfs",      { SYSFS_MAGIC }, false },
};

struct view_state {
	bool tried;
	int fd;                  /* the private instance, or -1 */
};


void source_views_init(struct source *source)
{
	source->views = arena_array_of(source->arena, struct view_state, ARRAY_LEN(views));
	for (size_t i = 0; i < ARRAY_LEN(views); i++)
		source->views[i].fd = -1;
}

void source_views_close(struct source *source)
{
	for (size_t i = 0; i < ARRAY_LEN(views); i++)
		if (source->views[i].fd >= 0)
			close(source->views[i].fd);
}

/* ---- opening ---- */

/*
 * Without openat2(2), before Linux 5.6: one component after the other, and no symbolic link is followed, so that none can
 * lead out.
 */
static int open_walk(int dir, const char *path, uint64_t flags)
{
	char name[NAME_MAX + 1];
	int at = dir;

	for (;;) {
		size_t n = strcspn(path, "/");
		bool last = path[n] == '\0' || path[n + 1] == '\0';
		int fd;

		if (n == 0 || n > NAME_MAX || (n == 2 && path[0] == '.' && path[1] == '.')) {
			fd = -1;
			errno = EINVAL;
		} else {
			memcpy(name, path, n);
			name[n] = '\0';
			fd = openat(at, name, (int)(last ? flags | O_NOFOLLOW : O_PATH | O_DIRECTORY | O_NOFOLLOW) | O_CLOEXEC);
		}
		if (at != dir)
			close(at);
		if (fd < 0 || last)
			return fd;
		at = fd;
		path += n + 1;
	}
}

/* The links of the live host are its own; another root's may lead anywhere. */
int source_open_in(const struct source *source, int dir, const char *path, uint64_t flags, uint64_t resolve)
{
	struct open_how how = { .flags = flags | O_CLOEXEC, .resolve = resolve | RESOLVE_NO_MAGICLINKS };
	int fd;

	if (!*path)
		path = ".";
	do
		fd = (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));
	while (fd < 0 && errno == EINTR);
	if (fd >= 0 || errno != ENOSYS)
		return fd;
	return source->live ? openat(dir, path, (int)flags | O_CLOEXEC) : open_walk(dir, path, flags);
}

static bool serves(const struct view *view, const struct statfs *fs)
{
	for (size_t i = 0; i < ARRAY_LEN(view->magic) && view->magic[i]; i++)
		if ((uint32_t)fs->f_type == view->magic[i])
			return true;
	return false;
}

static const struct view *view_of(const struct source *source, const char *path)
{
	if (!source->live)
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(views); i++) {
		size_t n = strlen(views[i].prefix);

		if (strncmp(path, views[i].prefix, n) == 0 || (strlen(path) == n - 1 && strncmp(path, views[i].prefix, n - 1) == 0))
			return &views[i];
	}
	return NULL;
}

bool source_is_kernels(const struct source *source, const char *path)
{
	return view_of(source, path) != NULL;
}

/* A detached mount of our own, that nothing can be mounted over; -1 where the kernel does not allow it. */
static int private_instance(const char *type)
{
	auto_close int context = (int)syscall(SYS_fsopen, type, FSOPEN_CLOEXEC);

	if (context < 0 || syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -1;
	return (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, MOUNT_ATTR_RDONLY);
}

static int view_fd(struct source *source, const struct view *view)
{
	struct view_state *state = &source->views[view - views];

	if (!state->tried) {
		state->tried = true;
		if (view->own_instance)
			state->fd = private_instance(view->type);
	}
	return state->fd;
}

void source_views_open_proc(struct source *source)
{
	const struct view *proc = view_of(source, "proc");

	if (proc)
		view_fd(source, proc);
}

int source_fd(struct source *source, const char *path, uint64_t flags, const char **why)
{
	const struct view *view = view_of(source, path);
	struct statfs fs;
	int fd, own = view ? view_fd(source, view) : -1;

	*why = NULL;
	if (own >= 0) {
		const char *rest = strlen(path) >= strlen(view->prefix) ? path + strlen(view->prefix) : "";

		fd = source_open_in(source, own, rest, flags, RESOLVE_BENEATH | RESOLVE_NO_XDEV);
		return fd < 0 ? -errno : fd;
	}
	fd = source_open_in(source, source->fd, path, flags, RESOLVE_IN_ROOT);
	if (fd < 0)
		return -errno;
	if (view && (fstatfs(fd, &fs) < 0 || !serves(view, &fs))) {
		close(fd);
		*why = "another file system stands there than the kernel's";
		return -EXDEV;
	}
	return fd;
}

/* ---- what a captured root says of errors ---- */

int source_recorded_errno(const struct source *source, int dir, const char *path, int code)
{
	static const struct {
		const char *link;
		int code;
	} known[] = {
		{ "errno:EACCES", EACCES }, { "errno:EPERM", EPERM }, { "errno:EINVAL", EINVAL }, { "errno:EIO", EIO },
		{ "errno:ESRCH", ESRCH }, { "errno:EOPNOTSUPP", EOPNOTSUPP }, { "errno:ENODATA", ENODATA },
	};
	char target[32];
	ssize_t n;
	auto_close int link = -1;

	if (source->live || (code != ENOENT && code != ELOOP))   /* the link leads nowhere, or is not followed */
		return code;
	link = source_open_in(source, dir, path, O_PATH | O_NOFOLLOW, RESOLVE_IN_ROOT);
	n = link < 0 ? -1 : readlinkat(link, "", target, sizeof(target) - 1);
	if (n < 0)
		return code;
	target[n] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (streq(target, known[i].link))
			return known[i].code;
	return code;
}

/* ---- telling absent from not seen ---- */

/*
 * A path that is not found was looked for only if the tree that would hold it is there: /proc/sys, or the first two
 * levels of /sys, or the file system that is to be mounted at the view. Else nothing is known.
 */
static bool anchor_missing(struct source *source, const char *path, const char **what)
{
	const struct view *view = view_of(source, path);
	const char *end = NULL, *ignored;
	char anchor[128];
	int fd;

	if (view && strchr(view->prefix, '/')[1])
		end = path + strlen(view->prefix) - 1;
	else if (starts_with(path, "proc/sys/"))
		end = path + strlen("proc/sys");
	else if (starts_with(path, "proc/"))
		end = path + strlen("proc");
	else if (starts_with(path, "sys/"))
		end = strchr(path + 4, '/') ? strchr(path + 4, '/') : path + strlen("sys");
	if (!end || (size_t)(end - path) >= sizeof(anchor))
		return false;
	memcpy(anchor, path, (size_t)(end - path));
	anchor[end - path] = '\0';
	fd = source_fd(source, anchor, O_PATH | O_DIRECTORY, &ignored);
	if (fd >= 0) {
		close(fd);
		return false;
	}
	*what = view ? arena_printf(source->arena, "%s is not mounted at /%s", view->type, anchor)
		     : arena_printf(source->arena, "the root holds no /%s", anchor);
	return true;
}

enum state source_state_of_errno(int code, const char **why)
{
	switch (code) {
	case ETIMEDOUT:
		*why = "reading it took too long";
		break;
	case EXDEV:
		*why = "another file system is mounted over it";
		break;
	case EAGAIN:
		*why = "reading it would block";
		break;
	default:
		*why = strerror(code);
	}
	return code == EACCES || code == EPERM ? STATE_DENIED : STATE_BROKEN;
}

enum state source_state_of(struct source *source, const char *path, int code, const char **why)
{
	enum state state;

	if (*why)
		return STATE_BROKEN;
	if (code == ENOENT) {
		if (anchor_missing(source, path, why))
			return STATE_UNAVAILABLE;
		*why = "not there";
		return STATE_ABSENT;
	}
	state = source_state_of_errno(code, why);
	*why = arena_strdup(source->arena, *why);
	return state;
}

const char *kind_of_file(mode_t mode)
{
	return S_ISDIR(mode) ? "a directory" : S_ISFIFO(mode) ? "a FIFO" : S_ISCHR(mode) ? "a character device"
	     : S_ISBLK(mode) ? "a block device" : S_ISSOCK(mode) ? "a socket" : "a symbolic link";
}

/* ---- directories ---- */

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

static void take_names(struct arena *arena, struct directory *dir, const char *data, size_t size)
{
	for (size_t at = 0; at < size && dir->n < SOURCE_LIMIT_ENTRIES;) {
		const struct dirent64 *d = (const struct dirent64 *)(data + at);

		if (!streq(d->d_name, ".") && !streq(d->d_name, ".."))
			arena_push(arena, dir->entries, dir->n) = (struct entry){ arena_strdup(arena, d->d_name), d->d_type };
		at += d->d_reclen;
	}
}

/* readdir(3) wants three system calls and 32 KiB more for each directory: hundreds are read of /proc. */
void source_names(struct arena *arena, int fd, struct directory *dir)
{
	alignas(struct dirent64) char data[8192];
	ssize_t n;

	while (dir->n < SOURCE_LIMIT_ENTRIES && (n = getdents64(fd, data, sizeof(data))) != 0) {
		if (n < 0) {
			dir->state = STATE_BROKEN;
			dir->why = "the directory could not be read to its end";
			break;
		}
		take_names(arena, dir, data, (size_t)n);
	}
	if (dir->n >= SOURCE_LIMIT_ENTRIES) {
		dir->state = STATE_BROKEN;
		dir->why = "the directory has too many entries";
	}
	if (dir->n)
		qsort(dir->entries, dir->n, sizeof(*dir->entries), by_name);
}

/* ---- reading ---- */

/* Of a clock that costs nothing to read. */
static time_t coarse_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	return t.tv_sec;
}

/* A file while it is read: most fit into the first room. */
struct slurp {
	char *large;             /* of the heap; NULL: not needed yet */
	size_t size, room;
	char first[16384];
};

static char *slurp_room(struct slurp *s)
{
	if (s->room - s->size < 4096) {
		bool moves = !s->large;

		s->room *= 4;
		s->large = xrealloc(s->large, s->room);
		if (moves)
			memcpy(s->large, s->first, s->size);
	}
	return (s->large ? s->large : s->first) + s->size;
}

/* Returns 0 at the end of the file, or -errno. */
static int slurp_all(struct slurp *s, int fd, size_t limit)
{
	time_t begun = coarse_seconds();

	for (;;) {
		char *at = slurp_room(s);
		ssize_t n = read(fd, at, s->room - s->size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : 0;
		s->size += (size_t)n;
		if (s->size > limit)
			return -EFBIG;
		if (coarse_seconds() - begun > READ_SECONDS)
			return -ETIMEDOUT;
	}
}

ssize_t source_slurp(struct arena *arena, int fd, size_t expected, size_t limit, char **data)
{
	struct slurp s;
	int rc;

	if (expected > limit)
		return -EFBIG;
	s.large = NULL;
	s.size = 0;
	s.room = sizeof(s.first);
	rc = slurp_all(&s, fd, limit);
	if (rc == 0)
		*data = arena_strndup(arena, s.large ? s.large : s.first, s.size);
	free(s.large);
	return rc < 0 ? rc : (ssize_t)s.size;
}
