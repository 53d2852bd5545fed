/* SPDX-License-Identifier: Apache-2.0 */
#include "core/source.h"

#include "core/text.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

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
	uint32_t magic;          /* statfs(2) f_type */
	bool own_instance;       /* a private instance shows the same as the mounted one */
};

static const struct view views[] = {
	{ "proc/",                       "proc",       PROC_SUPER_MAGIC, true },
	{ "sys/kernel/security/",        "securityfs", SECURITYFS_MAGIC, true },
	{ "sys/kernel/debug/",           "debugfs",    DEBUGFS_MAGIC,    false },
	{ "sys/kernel/tracing/",         "tracefs",    TRACEFS_MAGIC,    false },
	{ "sys/firmware/efi/efivars/",   "efivarfs",   EFIVARFS_MAGIC,   false },
	{ "sys/fs/selinux/",             "selinuxfs",  SELINUX_MAGIC,    false },
	{ "sys/",                        "sysfs",      SYSFS_MAGIC,      false },
};

struct view_state {
	bool tried;
	int fd;                  /* the private instance, or -1 */
};

enum kind { KIND_READ, KIND_STAT, KIND_LIST, KIND_CALL };

struct slot {
	const char *path;
	enum kind kind;
	void *answer;            /* struct file or struct directory */
};

struct source {
	struct arena *arena;
	const char *root;        /* NULL: single files */
	bool live;
	int fd;
	struct view_state views[ARRAY_LEN(views)];
	struct slot *slots;      /* open addressing; n_slots is a power of two */
	size_t n_slots, used;
	char *scratch;           /* where a file is read before it is copied */
	size_t scratch_size;
};

const char *state_name(enum state state)
{
	static const char *const names[] = {
		[STATE_PRESENT] = "present", [STATE_ABSENT] = "absent", [STATE_INAPPLICABLE] = "inapplicable",
		[STATE_DENIED] = "denied", [STATE_BROKEN] = "broken", [STATE_UNAVAILABLE] = "unavailable", [STATE_MALFORMED] = "malformed",
		[STATE_NOT_GIVEN] = "not given",
	};

	return names[state];
}

static struct source *source_new(const char *root)
{
	struct arena *arena = arena_new();
	struct source *source = arena_new_of(arena, struct source);

	source->arena = arena;
	source->root = root ? arena_strdup(arena, root) : NULL;
	source->fd = -1;
	source->n_slots = 1024;
	source->slots = xmalloc(source->n_slots * sizeof(*source->slots));
	memset(source->slots, 0, source->n_slots * sizeof(*source->slots));
	for (size_t i = 0; i < ARRAY_LEN(views); i++)
		source->views[i].fd = -1;
	return source;
}

int source_open(struct source **ret, const char *root, struct err *err)
{
	struct source *source = source_new(root);
	struct stat here, top;

	source->fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (source->fd < 0) {
		int code = errno;

		source_free(source);
		return err_set(err, code, "%s: %s", root, strerror(code));
	}
	source->live = fstat(source->fd, &here) == 0 && stat("/", &top) == 0 && here.st_dev == top.st_dev &&
		       here.st_ino == top.st_ino;
	*ret = source;
	return 0;
}

struct source *source_of_files(void)
{
	return source_new(NULL);
}

void source_free(struct source *source)
{
	if (!source)
		return;
	for (size_t i = 0; i < ARRAY_LEN(views); i++)
		if (source->views[i].fd >= 0)
			close(source->views[i].fd);
	if (source->fd >= 0)
		close(source->fd);
	free(source->slots);
	free(source->scratch);
	arena_free(source->arena);
}

bool source_is_live(const struct source *source)
{
	return source->live;
}

const char *source_root(const struct source *source)
{
	return source->root;
}

struct arena *source_arena(struct source *source)
{
	return source->arena;
}

/* The slot of a path, filled or free. */
static struct slot *slot_of(struct source *source, const char *path, enum kind kind)
{
	size_t i = (text_hash(path, strlen(path)) + kind) & (source->n_slots - 1);

	while (source->slots[i].path && (source->slots[i].kind != kind || !streq(source->slots[i].path, path)))
		i = (i + 1) & (source->n_slots - 1);
	return &source->slots[i];
}

static void slot_fill(struct source *source, const char *path, enum kind kind, void *answer)
{
	if (source->used * 2 >= source->n_slots) {
		struct slot *old = source->slots;
		size_t n = source->n_slots;

		source->n_slots = n * 4;
		source->slots = xmalloc(source->n_slots * sizeof(*old));
		memset(source->slots, 0, source->n_slots * sizeof(*old));
		for (size_t i = 0; i < n; i++)
			if (old[i].path)
				*slot_of(source, old[i].path, old[i].kind) = old[i];
		free(old);
	}
	*slot_of(source, path, kind) = (struct slot){ arena_strdup(source->arena, path), kind, answer };
	source->used++;
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
static int open_in(const struct source *source, int dir, const char *path, uint64_t flags, uint64_t resolve)
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

/* Opens a path of the source. Returns a descriptor or -errno; *why says what an errno alone cannot. */
static int source_fd(struct source *source, const char *path, uint64_t flags, const char **why)
{
	const struct view *view = view_of(source, path);
	struct statfs fs;
	int fd, own = view ? view_fd(source, view) : -1;

	*why = NULL;
	if (own >= 0) {
		const char *rest = strlen(path) >= strlen(view->prefix) ? path + strlen(view->prefix) : "";

		fd = open_in(source, own, rest, flags, RESOLVE_BENEATH | RESOLVE_NO_XDEV);
		return fd < 0 ? -errno : fd;
	}
	fd = open_in(source, source->fd, path, flags, RESOLVE_IN_ROOT);
	if (fd < 0)
		return -errno;
	if (view && (fstatfs(fd, &fs) < 0 || (uint32_t)fs.f_type != view->magic)) {
		close(fd);
		*why = arena_printf(source->arena, "not on %s: another file system stands there", view->type);
		return -EXDEV;
	}
	return fd;
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

static enum state state_of_errno(struct source *source, const char *path, int code, const char **why)
{
	if (*why)
		return STATE_BROKEN;
	if (code == ENOENT) {
		if (anchor_missing(source, path, why))
			return STATE_UNAVAILABLE;
		*why = "not there";
		return STATE_ABSENT;
	}
	*why = code == EXDEV ? "another file system is mounted over it" : code == EAGAIN ? "reading it would block"
									       : arena_strdup(source->arena, strerror(code));
	return code == EACCES || code == EPERM ? STATE_DENIED : STATE_BROKEN;
}

static const char *kind_of_file(mode_t mode)
{
	return S_ISDIR(mode) ? "a directory" : S_ISFIFO(mode) ? "a FIFO" : S_ISCHR(mode) ? "a character device"
	     : S_ISBLK(mode) ? "a block device" : S_ISSOCK(mode) ? "a socket" : "a symbolic link";
}

/* ---- reading ---- */

static void file_broken(struct file *file, struct source *source, int code, const char *why)
{
	file->why = why;
	file->state = state_of_errno(source, file->path + (*file->path == '/'), code, &file->why);
}

/* Reads to the end of the file, into the scratch buffer. Returns the size, or -errno (EFBIG over the limit). */
static ssize_t read_all(struct source *source, int fd, size_t expected, size_t limit)
{
	size_t size = 0;

	if (expected > limit)
		return -EFBIG;
	for (;;) {
		ssize_t n;

		if (source->scratch_size - size < 4096) {
			source->scratch_size = source->scratch_size * 2 + 16384;
			source->scratch = xrealloc(source->scratch, source->scratch_size);
		}
		n = read(fd, source->scratch + size, source->scratch_size - size - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return (ssize_t)size;
		size += (size_t)n;
		if (size > limit)
			return -EFBIG;
	}
}

/* A device or a FIFO is never opened: outside the kernel's own file systems the type is looked at first. */
static int open_regular(struct source *source, struct file *file, const char *path, const char **why)
{
	int fd;

	*why = NULL;
	if (!view_of(source, path)) {
		auto_close int look = source_fd(source, path, O_PATH, why);

		if (look < 0)
			return look;
		if (fstat(look, &file->stat) < 0)
			return -errno;
		if (!S_ISREG(file->stat.st_mode)) {
			*why = arena_printf(source->arena, "is %s, not a regular file", kind_of_file(file->stat.st_mode));
			return -EINVAL;
		}
	}
	fd = source_fd(source, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, why);
	if (fd < 0)
		return fd;
	if (fstat(fd, &file->stat) == 0 && S_ISREG(file->stat.st_mode))
		return fd;
	*why = arena_printf(source->arena, "is %s, not a regular file", kind_of_file(file->stat.st_mode));
	close(fd);
	return -EINVAL;
}

static void file_load(struct source *source, struct file *file, const char *path, size_t limit)
{
	const char *why;
	auto_close int fd = open_regular(source, file, path, &why);
	ssize_t size;

	if (fd < 0) {
		file_broken(file, source, -fd, why);
		return;
	}
	size = read_all(source, fd, file->stat.st_size > 0 ? (size_t)file->stat.st_size : 0, limit);
	if (size < 0) {
		if (size == -EFBIG)
			why = arena_printf(source->arena, "larger than the %zu bytes read at most", limit);
		file_broken(file, source, (int)-size, why);
		return;
	}
	file->state = STATE_PRESENT;
	file->data = arena_strndup(source->arena, source->scratch, (size_t)size);
	file->size = (size_t)size;
}

static struct file *file_new(struct source *source, const char *path)
{
	struct file *file = arena_new_of(source->arena, struct file);

	file->path = arena_printf(source->arena, "/%s", path);
	if (!source->root) {
		file->state = STATE_NOT_GIVEN;
		file->why = "no such file was given to this audit";
	}
	return file;
}

const struct file *source_read(struct source *source, const char *path, size_t limit)
{
	struct slot *slot = slot_of(source, path, KIND_READ);
	struct file *file;

	assert(*path != '/');
	if (slot->path)
		return slot->answer;
	file = file_new(source, path);
	if (source->root)
		file_load(source, file, path, limit);
	slot_fill(source, path, KIND_READ, file);
	return file;
}

int source_give(struct source *source, const char *path, const char *from, struct err *err)
{
	struct file *file = arena_new_of(source->arena, struct file);
	auto_close int fd = open(from, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	ssize_t size;

	if (fd < 0 || fstat(fd, &file->stat) < 0)
		return err_set(err, errno, "%s: %s", from, strerror(errno));
	if (!S_ISREG(file->stat.st_mode))
		return err_set(err, EINVAL, "%s: is %s, not a regular file", from, kind_of_file(file->stat.st_mode));
	size = read_all(source, fd, (size_t)file->stat.st_size, (size_t)8 * SOURCE_LIMIT);
	if (size < 0)
		return err_set(err, (int)-size, "%s: %s", from, strerror((int)-size));
	file->path = arena_strdup(source->arena, from);
	file->data = arena_strndup(source->arena, source->scratch, (size_t)size);
	file->size = (size_t)size;
	slot_fill(source, path, KIND_READ, file);
	return 0;
}

const struct file *source_stat(struct source *source, const char *path)
{
	struct slot *slot = slot_of(source, path, KIND_STAT);
	struct file *file;

	if (slot->path)
		return slot->answer;
	file = file_new(source, path);
	if (source->root) {
		const char *why;
		auto_close int fd = source_fd(source, path, O_PATH | O_NOFOLLOW, &why);

		if (fd < 0)
			file_broken(file, source, -fd, why);
		else if (fstat(fd, &file->stat) < 0)
			file_broken(file, source, errno, NULL);
	}
	slot_fill(source, path, KIND_STAT, file);
	return file;
}

const struct file *source_recall(struct source *source, const char *call)
{
	return slot_of(source, call, KIND_CALL)->answer;
}

const struct file *source_remember(struct source *source, const char *call, enum state state, const char *why, const char *data,
				   size_t size)
{
	struct file *file = arena_new_of(source->arena, struct file);

	file->path = arena_strdup(source->arena, call);
	file->state = state;
	file->why = why ? arena_strdup(source->arena, why) : NULL;
	file->data = arena_strndup(source->arena, data ? data : "", size);
	file->size = size;
	slot_fill(source, call, KIND_CALL, file);
	return file;
}

/* ---- directories ---- */

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

static void directory_load(struct source *source, struct directory *dir, const char *path)
{
	const char *why;
	int fd = source_fd(source, path, O_RDONLY | O_DIRECTORY | O_NONBLOCK, &why);
	DIR *stream = fd < 0 ? NULL : fdopendir(fd);

	if (!stream) {
		dir->why = why;
		dir->state = state_of_errno(source, path, fd < 0 ? -fd : errno, &dir->why);
		if (fd >= 0)
			close(fd);
		return;
	}
	errno = 0;
	for (struct dirent *d; dir->n < SOURCE_LIMIT_ENTRIES && (d = readdir(stream));) {
		if (!streq(d->d_name, ".") && !streq(d->d_name, ".."))
			arena_push(source->arena, dir->entries, dir->n) =
				(struct entry){ arena_strdup(source->arena, d->d_name), d->d_type };
	}
	if (errno || dir->n == SOURCE_LIMIT_ENTRIES) {
		dir->state = STATE_BROKEN;
		dir->why = errno ? "the directory could not be read to its end" : "the directory has too many entries";
	}
	closedir(stream);
	if (dir->n)
		qsort(dir->entries, dir->n, sizeof(*dir->entries), by_name);
}

const struct directory *source_list(struct source *source, const char *path)
{
	struct slot *slot = slot_of(source, path, KIND_LIST);
	struct directory *dir;

	if (slot->path)
		return slot->answer;
	dir = arena_new_of(source->arena, struct directory);
	dir->path = arena_printf(source->arena, "/%s", path);
	if (source->root) {
		directory_load(source, dir, path);
	} else {
		dir->state = STATE_NOT_GIVEN;
		dir->why = "no such directory was given to this audit";
	}
	slot_fill(source, path, KIND_LIST, dir);
	return dir;
}
