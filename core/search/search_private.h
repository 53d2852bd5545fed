/* SPDX-License-Identifier: Apache-2.0 */
/* What the walk through one file system and the search of all of them share. Nobody else includes this. */
#ifndef CORE_SEARCH_PRIVATE_H
#define CORE_SEARCH_PRIVATE_H

#include "core/search/search.h"
#include "core/search/search_names.h"

#include <pthread.h>

/* A directory. */
struct place {
	char *path;              /* below the root, without a leading slash; "" for the root; of the heap */
	bool of_containers;      /* in the store of a container engine: numbers of users mean something else there */
};

struct places {
	struct place *list;
	size_t n, room;
};

/* A file that stands out. */
struct kept {
	char *path;              /* as struct place has it */
	uint32_t uid, gid;
	mode_t mode;
};

struct kept_list {
	struct kept *list;       /* room for twice as many as are kept in the end */
	size_t n, met;
};

/* Directories that were looked at, by device and inode: open addressing, n_slots is a power of two. */
struct visited {
	struct {
		uint64_t device, inode;   /* inode 0: free */
	} *slots;
	size_t n_slots, used;
};

struct hunt {
	struct source *source;
	struct search_limits limits;
	int64_t begun;
	struct names users, groups;
	bool root_group_is_closed;

	/* the walk: one file system at a time */
	int top;                 /* where it begins */
	uint64_t device;
	const char *prefix;      /* the path of that */
	const char *const *foreign;   /* sorted: paths on which something is mounted that is not local; not even looked at */
	size_t n_foreign;

	pthread_mutex_t lock;    /* of all that follows */
	pthread_cond_t more;
	struct places tasks;     /* still to be looked at; their paths are whole */
	unsigned busy;           /* workers that may still find some */
	struct visited visited;
	struct kept_list found[SEARCH_KINDS];
	size_t entries;
	struct places crossings; /* directories on which something else is mounted */
	bool cut;                /* the limits are reached */
	struct place unseen;     /* the first by its path of those that could not be looked at */
	int unseen_code;         /* an errno */
	size_t n_unseen;
};

/* For a snapshot, and from one, or from what was kept in this run: NULL where nothing was. */
void search_keep(const struct search *search, struct source *source);
struct search *search_recall(struct source *source, struct arena *arena);

/* Walks from `start`, whose descriptor it takes over, with all that lies on the same file system. */
void search_walk(struct hunt *h, const struct place *start, int fd);

void places_add(struct places *places, const char *directory, const char *name, bool of_containers);

/* Under the lock. */
void search_note_unseen(struct hunt *h, const char *path, int code);

/* The time is over, or the number of entries is reached. Under the lock. */
bool search_is_over(struct hunt *h);

#endif
