/* SPDX-License-Identifier: Apache-2.0 */
#include "core/source_private.h"

#include "core/text.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>

enum kind { KIND_READ, KIND_STAT, KIND_TARGET, KIND_LIST, KIND_CALL, KIND_LINK };

struct slot {
	const char *path;
	enum kind kind;
	void *answer;            /* struct file or struct directory */
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
	source_views_init(source);
	pthread_mutex_init(&source->lock, NULL);
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
	source_views_open_proc(source);
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
	source_views_close(source);
	if (source->fd >= 0)
		close(source->fd);
	free(source->slots);
	pthread_mutex_destroy(&source->lock);
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

void source_on_progress(struct source *source, const struct progress_report *progress)
{
	source->progress = *progress;
}

void source_progress(const struct source *source, const char *what, size_t n)
{
	if (source->progress.tell)
		source->progress.tell(source->progress.with, what, n);
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

/* ---- reading ---- */

static void file_broken(struct file *file, struct source *source, int code, const char *why)
{
	const char *path = file->path + (*file->path == '/');

	file->why = why;
	file->code = source->root ? source_recorded_errno(source, source->fd, path, code) : code;
	file->state = source_state_of(source, path, file->code, &file->why);
}

/* A device or a FIFO is never opened: outside the kernel's own file systems the type is looked at first. */
static int open_regular(struct source *source, struct file *file, const char *path, const char **why)
{
	int fd;

	*why = NULL;
	if (!source_is_kernels(source, path)) {
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
	char *data;
	ssize_t size;

	if (fd < 0) {
		file_broken(file, source, -fd, why);
		return;
	}
	size = source_slurp(source->arena, fd, file->stat.st_size > 0 ? (size_t)file->stat.st_size : 0, limit, &data);
	if (size < 0) {
		if (size == -EFBIG)
			why = arena_printf(source->arena, "larger than the %zu bytes read at most", limit);
		file_broken(file, source, (int)-size, why);
		return;
	}
	file->state = STATE_PRESENT;
	file->data = data;
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
	HOLD(&source->lock);
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
	char *data;
	ssize_t size;

	if (fd < 0 || fstat(fd, &file->stat) < 0)
		return err_set(err, errno, "%s: %s", from, strerror(errno));
	if (!S_ISREG(file->stat.st_mode))
		return err_set(err, EINVAL, "%s: is %s, not a regular file", from, kind_of_file(file->stat.st_mode));
	size = source_slurp(source->arena, fd, (size_t)file->stat.st_size, (size_t)8 * SOURCE_LIMIT, &data);
	if (size < 0)
		return err_set(err, (int)-size, "%s: %s", from, strerror((int)-size));
	file->path = arena_strdup(source->arena, from);
	file->data = data;
	file->size = (size_t)size;
	slot_fill(source, path, KIND_READ, file);
	return 0;
}

/* False, and the file's state says why, where nothing could be looked at. */
static bool stat_load(struct source *source, struct file *file, const char *path, uint64_t flags)
{
	const char *why;
	auto_close int fd = source_fd(source, path, O_PATH | flags, &why);

	if (fd < 0)
		file_broken(file, source, -fd, why);
	else if (fstat(fd, &file->stat) < 0)
		file_broken(file, source, errno, NULL);
	else
		return true;
	return false;
}

const struct file *source_stat(struct source *source, const char *path)
{
	HOLD(&source->lock);
	struct slot *slot = slot_of(source, path, KIND_STAT);
	struct file *file;

	if (slot->path)
		return slot->answer;
	file = file_new(source, path);
	if (source->root && stat_load(source, file, path, O_NOFOLLOW) && S_ISLNK(file->stat.st_mode) &&
	    source_recorded_errno(source, source->fd, path, ELOOP) != ELOOP)
		file_broken(file, source, source_recorded_errno(source, source->fd, path, ELOOP), NULL);
	slot_fill(source, path, KIND_STAT, file);
	return file;
}

/* In a captured root a link "errno:EACCES" stands for what could not be read. */
static void link_load(struct source *source, struct file *file, const char *path)
{
	const char *why;
	auto_close int fd = source_fd(source, path, O_PATH | O_NOFOLLOW, &why);
	char target[PATH_MAX];
	ssize_t n;

	if (fd < 0 || fstat(fd, &file->stat) < 0) {
		file_broken(file, source, fd < 0 ? -fd : errno, why);
		return;
	}
	if (!S_ISLNK(file->stat.st_mode)) {
		file_broken(file, source, EINVAL, "is no symbolic link");
		return;
	}
	n = readlinkat(fd, "", target, sizeof(target) - 1);
	if (n < 0 || source_recorded_errno(source, source->fd, path, ELOOP) != ELOOP) {
		file_broken(file, source, n < 0 ? errno : source_recorded_errno(source, source->fd, path, ELOOP), NULL);
		return;
	}
	file->data = arena_strndup(source->arena, target, (size_t)n);
	file->size = (size_t)n;
}

const struct file *source_link(struct source *source, const char *path)
{
	HOLD(&source->lock);
	struct slot *slot = slot_of(source, path, KIND_LINK);
	struct file *file;

	if (slot->path)
		return slot->answer;
	file = file_new(source, path);
	if (source->root)
		link_load(source, file, path);
	slot_fill(source, path, KIND_LINK, file);
	return file;
}

int source_descriptor(struct source *source, const char *path, struct file *file)
{
	HOLD(&source->lock);
	const char *why;
	int fd;

	*file = *file_new(source, path);
	if (!source->root)
		return -ENOENT;
	fd = open_regular(source, file, path, &why);
	if (fd < 0)
		file_broken(file, source, -fd, why);
	return fd;
}

const struct file *source_stat_target(struct source *source, const char *path)
{
	HOLD(&source->lock);
	struct slot *slot = slot_of(source, path, KIND_TARGET);
	struct file *file;

	if (slot->path)
		return slot->answer;
	file = file_new(source, path);
	if (source->root)
		stat_load(source, file, path, 0);
	slot_fill(source, path, KIND_TARGET, file);
	return file;
}

const struct file *source_recall(struct source *source, const char *call)
{
	HOLD(&source->lock);

	return slot_of(source, call, KIND_CALL)->answer;
}

const struct file *source_remember(struct source *source, const char *call, enum state state, const char *why, const char *data,
				   size_t size)
{
	HOLD(&source->lock);
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

static void directory_load(struct source *source, struct directory *dir, const char *path)
{
	const char *why;
	auto_close int fd = source_fd(source, path, O_RDONLY | O_DIRECTORY | O_NONBLOCK, &why);

	if (fd < 0) {
		dir->why = why;
		dir->state = source_state_of(source, path, source_recorded_errno(source, source->fd, path, -fd), &dir->why);
		return;
	}
	source_names(source->arena, fd, dir);
}

const struct directory *source_list(struct source *source, const char *path)
{
	HOLD(&source->lock);
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
