/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the source share: source.c remembers, source_open.c opens, pin.c holds open, search*.c walks. Nobody else includes this. */
#ifndef CORE_SOURCE_PRIVATE_H
#define CORE_SOURCE_PRIVATE_H

#include "core/base/work.h"
#include "core/source/facts.h"

struct view_state;

/* What a snapshot says of the run that was recorded. */
struct recorded {
	bool live, ordinary;     /* source_is_live(), source_is_ordinary() */
	int64_t taken;           /* when it began, in seconds since the epoch */
	int pid;                 /* the process that it was */
};

/* What the manifest of a captured root says of a file there, by whatever path it is reached. */
struct told {
	dev_t device;
	ino_t inode;
	mode_t mode;
	uid_t owner;
	gid_t group;
};

struct source {
	struct arena *arena;
	const char *root;        /* NULL: single files */
	struct progress_report progress;    /* tell: NULL: nobody wants to know */
	bool live;               /* it is this machine, now */
	int fd;                  /* -1: single files, or a snapshot */
	struct view_state *views;
	struct facts facts;      /* what was asked; of a snapshot: all that can be answered */
	bool records;            /* what is asked through pins is kept, too */
	bool settled;            /* and what was kept is answered again */
	const struct recorded *recorded;   /* of a snapshot: nothing else is looked at; else NULL */
	bool tells;              /* a captured root with a manifest of its own: owners and modes are what that says, not those of the file system */
	struct told *told;       /* sorted by told_order() */
	size_t n_told;
	pthread_mutex_t lock;    /* of the facts, the arena and the views, while several threads ask */
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

/* ---- snapshots; these take the lock ---- */

/* The answer of a snapshot, its strings those of the snapshot; what is not in it is STATE_UNAVAILABLE. `path` as in struct file. */
struct file source_known_file(struct source *source, enum fact_kind kind, const char *path);
struct directory source_known_directory(struct source *source, enum fact_kind kind, const char *path);

/* The question is answered by what is kept: always of a snapshot. `path` begins with a slash. */
bool source_answers(struct source *source, enum fact_kind kind, const char *path);

/* Keeps a copy of an answer, unless it is the last one again; `path` begins with a slash. */
void source_keep_file(struct source *source, enum fact_kind kind, const struct file *file);
void source_keep_directory(struct source *source, enum fact_kind kind, const struct directory *directory);

/* ---- captured roots that have a manifest ---- */

int told_order(const void *a, const void *b);

/* Owner and mode as the manifest has them, root's and the usual ones where it says nothing; unchanged where there is no manifest. */
void source_tell(const struct source *source, struct stat *st);

/* fstat(2) and source_tell(). */
int source_fstat(const struct source *source, int fd, struct stat *st);

/* Fills the source with what a snapshot in its directory holds; does nothing where there is none. Returns 0, or -errno with a sentence. */
int snapshot_load(struct source *source, const char *directory, struct err *err);

#endif
