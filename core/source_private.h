/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the source share: source.c remembers, source_open.c opens, pin.c holds open, search*.c walks. Nobody else includes this. */
#ifndef CORE_SOURCE_PRIVATE_H
#define CORE_SOURCE_PRIVATE_H

#include "core/source.h"
#include "core/work.h"

struct slot;
struct view_state;

struct source {
	struct arena *arena;
	const char *root;        /* NULL: single files */
	struct progress_report progress;    /* tell: NULL: nobody wants to know */
	bool live;
	int fd;
	struct view_state *views;
	struct slot *slots;      /* open addressing; n_slots is a power of two */
	size_t n_slots, used;
	pthread_mutex_t lock;    /* of the slots, the arena and the views, while several threads ask */
};

/*
 * The file systems of the live host that are read through an instance of our own. That of /proc is opened at once, so that pins, which take no
 * lock, find it open.
 */
void source_views_init(struct source *source);
void source_views_open_proc(struct source *source);
void source_views_close(struct source *source);

/* A kernel file system of the live host serves the path. */
bool source_is_kernels(const struct source *source, const char *path);

/* Opens a path of the source. Returns a descriptor or -errno; *why says what an errno alone cannot. */
int source_fd(struct source *source, const char *path, uint64_t flags, const char **why);

/* openat2(2) below `dir` with `resolve` and no magic links. Returns a descriptor, or -1 and errno. */
int source_open_in(const struct source *source, int dir, const char *path, uint64_t flags, uint64_t resolve);

/* What an errno of a look-up of the path means; *why is filled in unless it says something already. */
enum state source_state_of(struct source *source, const char *path, int code, const char **why);

/* The same for any errno but ENOENT, which wants a second look. *why lives until the next call. */
enum state source_state_of_errno(int code, const char **why);

/* The errno that a captured root keeps for a file in a symbolic link to "errno:NAME", or `code` where there is no such link. */
int source_recorded_errno(const struct source *source, int dir, const char *path, int code);

/*
 * Reads to the end of the file. Its bytes, and a NUL, lie in the arena. Returns the size, or -errno: EFBIG over the limit, ETIMEDOUT when
 * the reading took longer than READ_SECONDS.
 */
ssize_t source_slurp(struct arena *arena, int fd, size_t expected, size_t limit, char **data);

/*
 * The names in an open directory, sorted; they lie in the arena. A directory that cannot be read to its end, or has more than SOURCE_LIMIT_ENTRIES, is
 * STATE_BROKEN.
 */
void source_names(struct arena *arena, int fd, struct directory *dir);

const char *kind_of_file(mode_t mode);

enum { READ_SECONDS = 2 };

#endif
