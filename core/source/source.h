/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files below a root directory, and the only place that opens audited input.
 *
 * Root "/" is the live host; any other directory is a captured or offline one. Paths are relative ("proc/sys/vm/…");
 * every path is resolved by openat2(2) inside the root, without magic links, so that no symbolic link leads out.
 * Reads are bounded, never block on a FIFO or a lease, and are remembered: the same path is read once and
 * says the same to every rule. Nothing is executed and nothing is written.
 *
 * On the live host, what a mount could forge (/proc, /sys/kernel/security) is read through a private instance of the
 * file system where the kernel allows it (fsopen(2)), else its file-system type is checked on each opened file.
 */
#ifndef CORE_SOURCE_H
#define CORE_SOURCE_H

#include "core/base/arena.h"
#include "core/base/err.h"

#include <sys/stat.h>

/* What became of a look-up. Only PRESENT carries a value; ABSENT is what a completed look-up showed not to be there. */
enum state {
	STATE_PRESENT,
	STATE_ABSENT,        /* looked for, and not there */
	STATE_INAPPLICABLE,  /* cannot exist here: another version, architecture or machine */
	STATE_DENIED,        /* there, but not for this user */
	STATE_BROKEN,        /* could not be read: I/O error, wrong kind of file, too large */
	STATE_UNAVAILABLE,   /* cannot be seen from here: what would hold it is not mounted, or not captured */
	STATE_MALFORMED,     /* read, but not understood */
	STATE_NOT_GIVEN,     /* an audit of single files was not given this one */
	STATES,
};

const char *state_name(enum state state);

struct file {
	const char *path;    /* as printed: with a leading slash on the live host and in a root */
	enum state state;
	const char *why;     /* unless present: the reason, one clause */
	int code;            /* unless present: the errno, or 0 */
	const char *data;    /* present: the bytes, ended by a NUL that is not counted */
	size_t size;
	struct stat stat;    /* present, or from source_stat() */
};

struct entry {
	const char *name;
	unsigned char type;  /* DT_REG, DT_DIR, DT_LNK, … */
};

struct directory {
	const char *path;
	enum state state;
	const char *why;
	struct entry *entries;   /* sorted by name, without . and .. */
	size_t n;
};

enum {
	SOURCE_LIMIT = 1 << 20,          /* the largest file read unless the caller asks for more, in bytes */
	SOURCE_LIMIT_ENTRIES = 100000,   /* the largest directory */
};

/* Several threads may ask one source at a time. */
struct source;

/* Returns 0, or -errno with a sentence. `root` is a directory; "/" means the live host. */
int source_open(struct source **ret, const char *root, struct err *err);

/* A source of single files: nothing is there but what source_give() puts there; all else is STATE_NOT_GIVEN. */
struct source *source_of_files(void);

/* Put a file of the caller's (read from `from`, gunzipped by nobody) at `path`. */
int source_give(struct source *source, const char *path, const char *from, struct err *err);

void source_free(struct source *source);

/* The live host: system calls tell of the same machine as the files. So they do in a snapshot of one, which has their answers. */
bool source_is_live(const struct source *source);

/* The live host is looked at by an ordinary user: root can see more. */
bool source_is_ordinary(const struct source *source);

/* The root directory as the user gave it, of a snapshot that of the run that was recorded; or NULL for a source of single files. */
const char *source_root(const struct source *source);

/* When the run began that a snapshot was recorded in, in seconds since the epoch; -1: this is no snapshot. */
int64_t source_taken(const struct source *source);

/* The number of the process that asks the live host, or asked when a snapshot was recorded; 0 of a captured root. */
int source_own_pid(const struct source *source);

/*
 * Keep all that will be asked, for snapshot_write(): to be called before anything is. What comes from a system call, or is made of more than is worth
 * keeping (a walk through a file system), is kept by whoever asks, with source_remember(), where source_keeps().
 */
void source_record(struct source *source);

/* From now on what was asked is answered as it was, and only what was not is looked at: another audit adds to the snapshot, and changes nothing in it. */
void source_settle(struct source *source);
bool source_keeps(const struct source *source);

/* The contents of a regular file, at most `limit` bytes (more is STATE_BROKEN); never NULL. */
const struct file *source_read(struct source *source, const char *path, size_t limit);

/* Owner, mode and type of what stands at the path, the last symbolic link not followed; never NULL. */
const struct file *source_stat(struct source *source, const char *path);

/* Where a symbolic link leads: its text is the data, not followed. What is no link is STATE_BROKEN with EINVAL; never NULL. */
const struct file *source_link(struct source *source, const char *path);

/*
 * A descriptor of a regular file for a library that reads parts of it. Returns it, or -errno with the state in *file; is not remembered.
 * The caller closes it.
 */
int source_descriptor(struct source *source, const char *path, struct file *file);
/* The same of what the path leads to in the end; a link that leads nowhere is absent. */
const struct file *source_stat_target(struct source *source, const char *path);

/* The names in a directory; never NULL. */
const struct directory *source_list(struct source *source, const char *path);

/*
 * What a system call said, remembered under its name ("syslog(2)") as if it had been a file, so that it is asked once: NULL until
 * source_remember() put it there. `state` and `why` as in struct file; the data is copied. Of a snapshot it is never NULL, so that nobody asks the
 * machine that it is replayed on, and the data may be anything.
 */
const struct file *source_recall(struct source *source, const char *call);
const struct file *source_remember(struct source *source, const char *call, enum state state, const char *why, const char *data,
				   size_t size);

/* Somebody who is told, from any thread, how far something is that takes long: "files searched", 12345; NULL, 0 when it is done. */
struct progress_report {
	void (*tell)(void *with, const char *what, size_t n);
	void *with;
};

void source_on_progress(struct source *source, const struct progress_report *progress);
void source_progress(const struct source *source, const char *what, size_t n);

/* Memory that lives as long as the source. Not to be used while several threads ask the source. */
struct arena *source_arena(struct source *source);

#define auto_source __attribute__((cleanup(source_free_)))
static inline void source_free_(struct source **source)
{
	source_free(*source);
}

#endif
