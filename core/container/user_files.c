/* SPDX-License-Identifier: Apache-2.0 */
#include "core/container/user_files.h"

#include "core/base/text.h"
#include "core/process/mount.h"
#include "core/source/source_private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <sys/syscall.h>

enum { COST_OF_FILE = 4096 };

/* What may still be read of a user. */
struct allowance {
	uint32_t owner;
	size_t left;
};

struct user_files {
	struct source *source;
	struct arena *arena;
	const struct mounts *mounts;   /* of our own namespace, in which files are opened; NULL: not read yet */
	struct allowance *users;
	size_t n;
	size_t left;                   /* of all together */
};

struct user_files *user_files_new(struct source *source)
{
	struct user_files *files = arena_new_of(source_arena(source), struct user_files);

	*files = (struct user_files){ .source = source, .arena = source_arena(source), .left = USER_FILES_ALL };
	return files;
}

static bool may_read(struct user_files *files, uint32_t owner, size_t size)
{
	struct allowance *user = NULL;

	for (size_t i = 0; i < files->n && !user; i++)
		if (files->users[i].owner == owner)
			user = &files->users[i];
	if (!user) {
		user = &arena_push(files->arena, files->users, files->n);
		*user = (struct allowance){ owner, USER_FILES_EACH };
	}
	if (user->left < size || files->left < size)
		return false;
	user->left -= size;
	files->left -= size;
	return true;
}

/* ---- opening ---- */

/* Mounts are found by the text of the path: nothing in it may lead elsewhere than it says. */
static bool is_plain(const char *path)
{
	size_t n;

	if (strlen(path) >= PATH_MAX || !*path || strstr(path, "//"))
		return false;
	for (const char *at = path, *word; (word = list_next(&at, "/", &n));)
		if ((n == 1 && word[0] == '.') || (n == 2 && word[0] == '.' && word[1] == '.'))
			return false;
	return true;
}

static const struct mount *parent_mount(const struct mounts *mounts, const struct mount *m)
{
	for (size_t i = 0; i < mounts->n; i++)
		if (mounts->list[i].id == m->parent && mounts->list[i].id != m->id)
			return &mounts->list[i];
	return NULL;
}

/*
 * Of the mounts that a walk to this one passes, the first that need not answer. What is covered as a whole, as an automounter's directory by what
 * it mounted there, is not asked.
 */
static const struct mount *remote_mount(const struct mounts *mounts, const struct mount *m)
{
	const struct mount *above = NULL;

	for (size_t steps = 0; m && steps <= mounts->n; steps++, above = m, m = parent_mount(mounts, m))
		if (!mount_is_local(m) && !(above && streq(above->target, m->target)))
			return m;
	return NULL;
}

static int open_plainly(int at, const char *path, uint64_t flags, uint64_t resolve)
{
	struct open_how how = { .flags = flags | O_CLOEXEC | O_NOFOLLOW, .resolve = resolve | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS };
	int fd = (int)syscall(SYS_openat2, at, *path ? path : ".", &how, sizeof(how));

	return fd < 0 ? -errno : fd;
}

static int failed(int code, const char *said, const char **why)
{
	*why = said ? said : code == ELOOP ? "a symbolic link is on the way, and none of a user's is followed" : NULL;
	return -code;
}

static int open_live(struct user_files *files, struct arena *arena, const char *path, const char **why)
{
	const char *absolute = arena_printf(arena, "/%s", path), *rest;
	const struct mount *m, *remote;
	auto_close int at = -1;
	int fd;

	if (!files->mounts)
		files->mounts = mounts_parse(files->arena, source_read(files->source, "proc/self/mountinfo", MOUNTINFO_LIMIT));
	m = files->mounts->state == STATE_PRESENT ? mount_serving(files->mounts, absolute) : NULL;
	if (!m)
		return failed(EINVAL, "no mount serves it", why);
	remote = remote_mount(files->mounts, m);
	if (remote)
		return failed(EXDEV, arena_printf(arena, "it lies on %s, which need not answer", remote->type), why);
	at = open_plainly(files->source->fd, m->target + 1, O_PATH | O_DIRECTORY, RESOLVE_IN_ROOT);
	if (at < 0)
		return failed(-at, NULL, why);
	if (!mount_bears(at, m))
		return failed(EXDEV, "it is on another file system than the mount table says", why);
	rest = absolute + strlen(m->target);
	fd = open_plainly(at, rest + strspn(rest, "/"), O_RDONLY | O_DIRECTORY | O_NONBLOCK, RESOLVE_BENEATH | RESOLVE_NO_XDEV);
	return fd < 0 ? failed(-fd, NULL, why) : fd;
}

static int open_directory(struct user_files *files, struct arena *arena, const char *path, const char **why)
{
	int fd;

	*why = NULL;
	if (!is_plain(path))
		return failed(EINVAL, "its path is no plain one", why);
	if (files->source->fd < 0)
		return failed(ENOENT, NULL, why);
	if (files->source->live)
		return open_live(files, arena, path, why);
	fd = open_plainly(files->source->fd, path, O_RDONLY | O_DIRECTORY, RESOLVE_IN_ROOT);
	return fd < 0 ? failed(-fd, NULL, why) : fd;
}

/* ---- reading ---- */

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

static struct directory list(struct arena *arena, int directory)
{
	struct directory dir = { .state = STATE_PRESENT };
	int fd = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *stream = fd < 0 ? NULL : fdopendir(fd);

	if (!stream) {
		dir.state = source_state_of_errno(errno, &dir.why);
		if (fd >= 0)
			close(fd);
		return dir;
	}
	for (struct dirent *d; dir.n <= USER_FILES_ENTRIES && (d = readdir(stream));)
		if (!streq(d->d_name, ".") && !streq(d->d_name, ".."))
			arena_push(arena, dir.entries, dir.n) = (struct entry){ arena_strdup(arena, d->d_name), d->d_type };
	closedir(stream);
	if (dir.n > USER_FILES_ENTRIES) {
		dir.state = STATE_BROKEN;
		dir.why = "the directory has too many entries";
		dir.n = 0;
	}
	if (dir.n)
		qsort(dir.entries, dir.n, sizeof(*dir.entries), by_name);
	return dir;
}

void user_directory_open(struct user_directory *directory, struct user_files *files, struct arena *arena, const char *path)
{
	const char *shown = arena_printf(arena, "/%s", path), *why;

	*directory = (struct user_directory){ .path = path, .fd = -1 };
	if (source_answers(files->source, FACT_USER_LIST, shown)) {
		directory->names = source_known_directory(files->source, FACT_USER_LIST, shown);
	} else {
		directory->fd = open_directory(files, arena, path, &why);
		if (directory->fd >= 0)
			directory->names = list(arena, directory->fd);
		else
			directory->names = (struct directory){ .state = STATE_BROKEN, .why = why ? why : strerror(-directory->fd) };
		directory->names.path = shown;
	}
	if (files->source->records)
		source_keep_directory(files->source, FACT_USER_LIST, &directory->names);
}

void user_directory_close(struct user_directory *directory)
{
	if (directory->fd >= 0)
		close(directory->fd);
	directory->fd = -1;
}

static void refuse(struct file *file, struct arena *arena, int code, const char *why)
{
	file->code = code;
	file->why = why;
	file->state = STATE_BROKEN;
	if (!why && code == ENOENT) {
		file->state = STATE_ABSENT;
		file->why = "not there";
	} else if (!why) {
		file->state = source_state_of_errno(code, &file->why);
		file->why = arena_strdup(arena, file->why);
	}
}

/* Why it is not read, or NULL. */
static const char *objection(struct user_files *files, const struct file *file, uint32_t owner)
{
	if (!S_ISREG(file->stat.st_mode))
		return "it is no regular file";
	if (file->stat.st_uid != owner)
		return "its owner is not the user who runs the container";
	if (file->stat.st_size > USER_FILES_LIMIT)
		return "it is larger than what is read of a user's file";
	if (!may_read(files, owner, (size_t)file->stat.st_size + COST_OF_FILE))
		return "no more is read of one user's files, or of all users' together";
	return NULL;
}

static struct file read_in(struct user_files *files, struct arena *arena, int directory, const char *name, uint32_t owner)
{
	struct file file = { .path = name };
	auto_close int fd = open_plainly(directory, name, O_RDONLY | O_NONBLOCK | O_NOCTTY, RESOLVE_BENEATH | RESOLVE_NO_XDEV);
	const char *why = NULL;
	ssize_t size;
	char *data;
	int code = fd < 0 ? failed(-fd, NULL, &why) : source_fstat(files->source, fd, &file.stat) < 0 ? -errno : 0;

	if (code == 0) {
		why = objection(files, &file, owner);
		code = why ? -EINVAL : 0;
	}
	if (code < 0) {
		refuse(&file, arena, -code, why);
		return file;
	}
	size = source_slurp(arena, fd, (size_t)file.stat.st_size, (size_t)file.stat.st_size, &data);
	if (size < 0) {
		refuse(&file, arena, (int)-size, NULL);
		return file;
	}
	file.state = STATE_PRESENT;
	file.data = data;
	file.size = (size_t)size;
	return file;
}

static struct file read_whole(struct user_files *files, struct arena *arena, const char *path, uint32_t owner)
{
	const char *slash = strrchr(path, '/'), *why = "its path is no plain one";
	struct file file = { 0 };
	auto_close int directory = -EINVAL;

	if (slash && slash[1])
		directory = open_directory(files, arena, arena_strndup(arena, path, (size_t)(slash - path)), &why);
	if (directory < 0)
		refuse(&file, arena, -directory, why);
	else
		file = read_in(files, arena, directory, slash + 1, owner);
	return file;
}

/* ---- the same for a snapshot, and from one ---- */

/* Whose file it has to be is part of the question. */
static const char *question(struct arena *arena, const char *path, uint32_t owner)
{
	return arena_printf(arena, "/%s@%u", path, owner);
}

static struct file kept(struct user_files *files, struct file file, const char *asked)
{
	file.path = asked;
	if (files->source->records)
		source_keep_file(files->source, FACT_USER_READ, &file);
	return file;
}

struct file user_files_read_in(struct user_files *files, struct arena *arena, const struct user_directory *directory, const char *name, uint32_t owner)
{
	const char *path = arena_printf(arena, "%s/%s", directory->path, name);
	const char *asked = question(arena, path, owner);
	struct file file;

	if (source_answers(files->source, FACT_USER_READ, asked))
		file = source_known_file(files->source, FACT_USER_READ, asked);
	else
		file = kept(files, read_in(files, arena, directory->fd, name, owner), asked);
	file.path = name;
	return file;
}

struct file user_files_read(struct user_files *files, struct arena *arena, const char *path, uint32_t owner)
{
	const char *asked = question(arena, path, owner);
	struct file file;

	if (source_answers(files->source, FACT_USER_READ, asked))
		file = source_known_file(files->source, FACT_USER_READ, asked);
	else
		file = kept(files, read_whole(files, arena, path, owner), asked);
	file.path = arena_printf(arena, "/%s", path);
	return file;
}
