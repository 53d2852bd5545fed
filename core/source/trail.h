/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way to a path: every directory and symbolic link that a look-up passes, as the system itself walks it within the root
 * (path_resolution(7)). Who may change one of them may choose what stands at the end.
 */
#ifndef CORE_TRAIL_H
#define CORE_TRAIL_H

#include "core/source/source.h"

struct trail {
	const struct file **steps;   /* source_stat() of each directory and link on the way, the root first, and of the end */
	size_t n;
	const struct file *end;      /* the last step: what the path leads to, or what is missing or could not be looked at */
	const char *path;            /* of the end, below the root and free of links: "var/log"; "." for the root itself */
	const char *lost;            /* not NULL: why the way has no end, such as links in a circle */
};

/* Follows a path, with or without a leading slash. What it returns lies in the arena and in the source. */
struct trail trail_follow(struct source *source, struct arena *arena, const char *path);

#endif
