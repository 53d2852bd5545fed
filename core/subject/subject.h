/* SPDX-License-Identifier: Apache-2.0 */
/* What a rule is judged on: the host, or one container. A subject owns its source and the tables made from it. */
#ifndef CORE_SUBJECT_H
#define CORE_SUBJECT_H

#include "core/container/container.h"
#include "core/container/daemon_sockets.h"
#include "core/process/idmap.h"
#include "core/process/kernel.h"
#include "core/process/mount.h"
#include "core/source/source.h"

enum { SUBJECT_HOST = 1, SUBJECT_CONTAINER = 2 };

struct subject {
	unsigned kind;             /* SUBJECT_HOST or SUBJECT_CONTAINER */
	const char *id;            /* "host", or the container's */
	const char *name;          /* host name, or the container's name; or NULL */
	const char *os;            /* PRETTY_NAME of os-release(5), or NULL */
	int64_t now;               /* when the audit started, in seconds since the epoch */
	unsigned workers;          /* of the host: threads that something long may use (core/base/work.h); 0: nobody said */
	struct source *source;
	struct kernel *kernel;
	struct mounts *mounts;     /* of the host, or of the mount namespace of the container's first process */

	struct subject_files *files;   /* of what is read once: subject_read(), subject_daemon_sockets() */

	/* the rest: only of a container */
	const struct subject *host;
	const struct containers *all;
	const struct container *container;
	struct arena *arena;       /* what was read for this container */
	struct pin *pin;           /* /proc/PID of its first process: what is read through it is of that process */
	struct id_map uids, gids;
	struct mounts **tables;    /* of each mount namespace that a process of the container is in, `mounts` first; each with its own state */
	size_t n_tables;
};

/* The host whose files `source` serves; reads its name, kernel and mounts. Takes the source over. Freed by subject_free(). */
struct subject *subject_host(struct source *source, int64_t now);

/*
 * One of the containers of the host. Pins its first process and reads its mounts and id maps. NULL where it has ended meanwhile.
 * Borrows the others, and lies in the arena with all that is read for it. Freed by subject_free().
 */
struct subject *subject_container(const struct subject *host, const struct containers *all, const struct container *container,
				  struct arena *arena);

/* The mounts that a process of the container sees, or NULL: not read. */
const struct mounts *subject_mounts_of(const struct subject *subject, const struct process *process);

/*
 * The mount is of the file system that the container stands on, as its engine stores it, or of a part of that: no directory of the host that was handed
 * in. Unless it is the host's own root.
 */
bool subject_stands_on(const struct subject *subject, const struct mount *mount);

/*
 * What was read of the container is all of one and the same: its first process still runs, and in the same mount namespace. To be asked when
 * all was read.
 */
bool subject_still_there(const struct subject *subject);

void subject_free(struct subject *subject);

/* A file of the container's first process, remembered: "limits", "setgroups". Never NULL. */
const struct file *subject_read(const struct subject *subject, const char *name, size_t limit);

/* What is made of the host's files once, for all the rules that ask. */
struct host_table {
	void *(*read)(struct source *source, struct arena *arena);   /* what it gives lies in the arena; asks for no other table */
};

/* The host's, read by the first who asks; any thread may. */
const void *subject_table(const struct subject *subject, const struct host_table *table);

/* The same for what there are several of, told apart by a word: a set of files, for instance. */
struct keyed_table {
	void *(*read)(struct source *source, struct arena *arena, const char *key);
};

const void *subject_keyed_table(const struct subject *subject, const struct keyed_table *table, const char *key);

/* What is made once of one container, in its arena. */
struct container_table {
	void *(*read)(const struct subject *subject);   /* may ask for other tables */
};

/* The subject's own: of a container, which one thread judges. */
const void *subject_own_table(const struct subject *subject, const struct container_table *table);

/* Of a container: where the engines of its host take orders, looked for once for all. Never NULL. */
const struct daemon_sockets *subject_daemon_sockets(const struct subject *subject);

#define auto_subject __attribute__((cleanup(subject_free_)))
static inline void subject_free_(struct subject **subject)
{
	subject_free(*subject);
}

#endif
