/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A search of all local file systems for files that stand out by their mode or owner: once a run, by several threads, within a bounded time.
 *
 * What nobody but root can reach is left out, with the directory that keeps others away: a mode below it matters to nobody. So are the stores of
 * container engines, whose files are those of containers, and what is not on a local disk.
 */
#ifndef CORE_SEARCH_H
#define CORE_SEARCH_H

#include "core/source.h"

enum search_kind {
	SEARCH_SETUID,           /* programs with set-user-ID */
	SEARCH_SETGID,
	SEARCH_WRITABLE_FILE,    /* regular files that everybody may write */
	SEARCH_WRITABLE_DIRECTORY,   /* directories that everybody may write, without the sticky bit */
	SEARCH_NO_USER,          /* of a user number that /etc/passwd does not name */
	SEARCH_NO_GROUP,         /* the same of /etc/group */
	SEARCH_KINDS,
};

struct found {
	const char *path;        /* absolute, safe for printing */
	uint32_t uid, gid;
	mode_t mode;
};

enum { SEARCH_KEEP = 10000 };    /* files of a kind that are kept by name */

struct search {
	enum state state;        /* broken: not searched to the end */
	const char *why;
	size_t entries;          /* looked at */
	struct found *list[SEARCH_KINDS];   /* sorted by path; the first SEARCH_KEEP that were met */
	size_t kept[SEARCH_KINDS], n[SEARCH_KINDS];
};

/* Never NULL; lies in the arena. */
struct search *search_run(struct source *source, struct arena *arena);

#endif
