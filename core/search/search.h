/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A search of all local file systems for files that stand out by their mode or owner: once a run, by several threads, within a bounded time.
 *
 * What nobody but root can reach by its name is left out, with the directory of root's that keeps others away: a mode below it matters to nobody.
 * So is what is not on a local file system. A directory that can be reached by several names (a bind mount) is looked at once.
 */
#ifndef CORE_SEARCH_H
#define CORE_SEARCH_H

#include "core/source/source.h"

enum search_kind {
	SEARCH_SETUID,           /* programs with set-user-ID */
	SEARCH_SETGID,
	SEARCH_WRITABLE_FILE,    /* regular files that everybody may write */
	SEARCH_WRITABLE_DIRECTORY,   /* directories that everybody may write, without the sticky bit */
	SEARCH_NO_USER,          /* of a user number that nobody has; not in the stores of container engines, where numbers mean something else */
	SEARCH_NO_GROUP,         /* the same of groups */
	SEARCH_FOREIGN_PROGRAM,  /* in the directories of programs and libraries, and others than root can change it */
	SEARCH_KINDS,
};

struct found {
	const char *path;        /* absolute, safe for printing */
	uint32_t uid, gid;
	mode_t mode;
};

enum { SEARCH_KEEP = 10000 };    /* files of a kind that are kept by name */

struct search_limits {
	unsigned seconds;
	size_t entries;
	unsigned workers;        /* threads, 1 to WORKERS_MOST (core/base/work.h); 0: one for each processor */
};

extern const struct search_limits search_usual;

struct search {
	enum state state;        /* denied or broken: there may be more than was found */
	const char *why;
	size_t entries;          /* looked at */
	struct found *list[SEARCH_KINDS];   /* sorted by path; the first SEARCH_KEEP in that order */
	size_t kept[SEARCH_KINDS], n[SEARCH_KINDS];
	const char *names_why[SEARCH_KINDS];  /* why a number without a name in the files may have one all the same, or NULL */
	bool names_unread[SEARCH_KINDS];      /* the files could not be read: nothing was looked for */
};

/* Never NULL; lies in the arena. `limits` may be NULL: two minutes, and twenty million entries, by a thread for each processor. */
struct search *search_run(struct source *source, struct arena *arena, const struct search_limits *limits);

#endif
