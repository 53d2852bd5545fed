/* SPDX-License-Identifier: Apache-2.0 */
/* The user or group numbers that somebody has, for the search. */
#ifndef CORE_SEARCH_NAMES_H
#define CORE_SEARCH_NAMES_H

#include "core/source/source.h"

/* Numbers from first to last. */
struct id_range {
	uint32_t first, last;
};

struct names {
	struct id_range *list;   /* sorted, none overlaps another; none at all: it could not be read, and nothing can be said of a number */
	size_t n;
	const char *why;         /* why a number may have a name that is not seen here, or NULL */
};

/*
 * The numbers of passwd(5), and of the ranges of subuid(5), which the containers of their users have; with `groups` those of group(5) and
 * subgid(5). Lies in the arena.
 */
struct names names_read(struct source *source, struct arena *arena, bool groups);

/* True where nothing can be said. */
bool names_has(const struct names *names, uint32_t id);

/* The group of root is root's alone: no other user is a member. */
bool names_root_group_is_closed(struct source *source);

#endif
