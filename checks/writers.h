/* SPDX-License-Identifier: Apache-2.0 */
/* Who besides root can put something else in the place of what a path leads to. */
#ifndef CHECKS_WRITERS_H
#define CHECKS_WRITERS_H

#include "core/source/trail.h"

/*
 * Others than root that can change a step of a trail, or what lies in it: "user 1000", "group 33", "everyone"; NULL where nobody can. A sticky directory
 * lets nobody else take away what is there, and the group of number 0 is root's.
 */
const char *writers_of_step(struct arena *arena, const struct file *step);

/* The path of a step as it is shown: "/" is the first. */
const char *writers_step_path(struct arena *arena, const struct trail *trail, size_t i);

#endif
