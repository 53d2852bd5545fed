/* SPDX-License-Identifier: Apache-2.0 */
#include "core/source/source_private.h"

#include "core/base/text.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>

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
	facts_init(&source->facts, arena);
	source_views_init(source);
	pthread_mutex_init(&source->lock, NULL);
	return source;
}

int source_open(struct source **ret, const char *root, struct err *err)
{
	struct source *source = source_new(root);
	struct stat here, top;
	int rc;

	source->fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (source->fd < 0) {
		int code = errno;

		source_free(source);
		return err_set(err, code, "%s: %s", root, strerror(code));
	}
	source->live = fstat(source->fd, &here) == 0 && stat("/", &top) == 0 && here.st_dev == top.st_dev &&
		       here.st_ino == top.st_ino;
	rc = source->live ? 0 : snapshot_load(source, root, err);
	if (rc < 0) {
		source_free(source);
		return rc;
	}
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
	facts_free(&source->facts);
	pthread_mutex_destroy(&source->lock);
	arena_free(source->arena);
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

/* ---- remembering ---- */

static const char not_recorded[] = "the snapshot does not hold it";

static struct file *known_file(struct source *source, enum fact_kind kind, const char *path)
{
	struct fact *fact = facts_find(&source->facts, kind, path);

	return fact ? fact->file : NULL;
}

static void remember_file(struct source *source, enum fact_kind kind, const char *path, struct file *file)
{
	struct fact *fact = facts_add(&source->facts, kind, path);

	fact->file = file;
	fact->missing = source->recorded != NULL;
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
		if (source_fstat(source, look, &file->stat) < 0)
			return -errno;
		if (!S_ISREG(file->stat.st_mode)) {
			*why = arena_printf(source->arena, "is %s, not a regular file", kind_of_file(file->stat.st_mode));
			return -EINVAL;
		}
	}
	fd = source_fd(source, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, why);
	if (fd < 0)
		return fd;
	if (source_fstat(source, fd, &file->stat) == 0 && S_ISREG(file->stat.st_mode))
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
	} else if (source->recorded) {
		file->state = STATE_UNAVAILABLE;
		file->why = not_recorded;
	}
	return file;
}

/* There is something to look at. */
static bool can_look(const struct source *source)
{
	return source->root && !source->recorded;
}

const struct file *source_read(struct source *source, const char *path, size_t limit)
{
	HOLD(&source->lock);
	struct file *file = known_file(source, FACT_READ, path);

	assert(*path != '/');
	if (file)
		return file;
	file = file_new(source, path);
	if (can_look(source))
		file_load(source, file, path, limit);
	remember_file(source, FACT_READ, path, file);
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
	remember_file(source, FACT_READ, path, file);
	return 0;
}

/* False, and the file's state says why, where nothing could be looked at. */
static bool stat_load(struct source *source, struct file *file, const char *path, uint64_t flags)
{
	const char *why;
	auto_close int fd = source_fd(source, path, O_PATH | flags, &why);

	if (fd < 0)
		file_broken(file, source, -fd, why);
	else if (source_fstat(source, fd, &file->stat) < 0)
		file_broken(file, source, errno, NULL);
	else
		return true;
	return false;
}

const struct file *source_stat(struct source *source, const char *path)
{
	HOLD(&source->lock);
	struct file *file = known_file(source, FACT_STAT, path);

	if (file)
		return file;
	file = file_new(source, path);
	if (can_look(source) && stat_load(source, file, path, O_NOFOLLOW) && S_ISLNK(file->stat.st_mode) &&
	    source_recorded_errno(source, source->fd, path, ELOOP) != ELOOP)
		file_broken(file, source, source_recorded_errno(source, source->fd, path, ELOOP), NULL);
	remember_file(source, FACT_STAT, path, file);
	return file;
}

/* In a captured root a link "errno:EACCES" stands for what could not be read. */
static void link_load(struct source *source, struct file *file, const char *path)
{
	const char *why;
	auto_close int fd = source_fd(source, path, O_PATH | O_NOFOLLOW, &why);
	char target[PATH_MAX];
	ssize_t n;

	if (fd < 0 || source_fstat(source, fd, &file->stat) < 0) {
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
	struct file *file = known_file(source, FACT_LINK, path);

	if (file)
		return file;
	file = file_new(source, path);
	if (can_look(source))
		link_load(source, file, path);
	remember_file(source, FACT_LINK, path, file);
	return file;
}

int source_descriptor(struct source *source, const char *path, struct file *file)
{
	HOLD(&source->lock);
	const char *why;
	int fd;

	*file = *file_new(source, path);
	if (!can_look(source))
		return -ENOENT;
	fd = open_regular(source, file, path, &why);
	if (fd < 0)
		file_broken(file, source, -fd, why);
	return fd;
}

const struct file *source_stat_target(struct source *source, const char *path)
{
	HOLD(&source->lock);
	struct file *file = known_file(source, FACT_TARGET, path);

	if (file)
		return file;
	file = file_new(source, path);
	if (can_look(source))
		stat_load(source, file, path, 0);
	remember_file(source, FACT_TARGET, path, file);
	return file;
}

const struct file *source_recall(struct source *source, const char *call)
{
	HOLD(&source->lock);
	struct file *file = known_file(source, FACT_CALL, call);

	if (file || !source->recorded)
		return file;
	file = file_new(source, call);
	file->path = arena_strdup(source->arena, call);
	file->data = "";
	remember_file(source, FACT_CALL, call, file);
	return file;
}

const struct file *source_remember(struct source *source, const char *call, enum state state, const char *why, const char *data,
				   size_t size)
{
	HOLD(&source->lock);
	struct file *file = known_file(source, FACT_CALL, call);

	if (file)
		return file;             /* of two threads that asked at the same time the first is right */
	file = arena_new_of(source->arena, struct file);
	file->path = arena_strdup(source->arena, call);
	file->state = state;
	file->why = why ? arena_strdup(source->arena, why) : NULL;
	file->data = arena_strndup(source->arena, data ? data : "", size);
	file->size = size;
	remember_file(source, FACT_CALL, call, file);
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
	struct fact *fact = facts_find(&source->facts, FACT_LIST, path);
	struct directory *dir;

	if (fact)
		return fact->directory;
	dir = arena_new_of(source->arena, struct directory);
	dir->path = arena_printf(source->arena, "/%s", path);
	if (can_look(source)) {
		directory_load(source, dir, path);
	} else {
		dir->state = source->recorded ? STATE_UNAVAILABLE : STATE_NOT_GIVEN;
		dir->why = source->recorded ? not_recorded : "no such directory was given to this audit";
	}
	fact = facts_add(&source->facts, FACT_LIST, path);
	fact->directory = dir;
	fact->missing = source->recorded != NULL;
	return dir;
}
