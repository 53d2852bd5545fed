/* SPDX-License-Identifier: Apache-2.0 */
/* The paths that fit a pattern of glob(7), found by listing only the directories that it names. */
#ifndef CORE_PATHS_H
#define CORE_PATHS_H

#include "core/source/source.h"

/* A part that could not be looked at, so that there may be more than was found; `why` is NULL where all was seen. */
struct unseen {
	enum state state;
	const char *origin, *why;
};

/* Notes a directory that could not be listed. One that is not there holds nothing, and that is known. */
void unseen_directory(struct unseen *unseen, const struct directory *directory);

struct paths {
	const char **list;           /* below the root, without a leading slash */
	size_t n;
	struct unseen unseen;
};

/*
 * Adds what fits one pattern, with or without a leading slash: a component with * ? or [ stands for every name that fits it, one
 * without is taken as it is, whether something stands there or not. A name that begins with a dot has to be asked for.
 */
void paths_match(struct source *source, struct arena *arena, const char *pattern, struct paths *paths);

/* The text is a pattern: it holds * ? or [. */
bool path_is_pattern(const char *text);

#endif
