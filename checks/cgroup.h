/* SPDX-License-Identifier: Apache-2.0 */
/* The files of a container's control groups, version 1 or 2, on the host. */
#ifndef CHECKS_CGROUP_H
#define CHECKS_CGROUP_H

#include "core/subject/subject.h"

/* Where a controller's files of a container are. */
struct cgroup_place {
	enum state state;            /* unless present, nothing else is set */
	const char *why;
	int version;
	const char *top;             /* the mounted hierarchy, as a path of the source: "sys/fs/cgroup/memory" */
	const char *path;            /* the container's, below it: "/docker/1234…", "/" for the top itself */
};

/* By the cgroup of the container's first process and the host's mounts. Strings lie in the arena. */
struct cgroup_place cgroup_find(const struct subject *subject, struct arena *arena, const char *controller);

/*
 * The deepest one that all of the container's processes stand in or below: a limit further down is not the container's but a part's. One that
 * was moved out, or put in without being moved here, drags it up.
 */
struct cgroup_place cgroup_common(const struct subject *subject, struct arena *arena, const char *controller);

/* The cgroup of a path, or one above it, that bears the container's name; else the path itself. How much of the path that is. */
size_t cgroup_own_length(const struct container *container, const char *path);

/* A limit as it is in force: the least of all levels from a place up to the top. */
struct cgroup_limit {
	enum state state;            /* ABSENT: there is none; else, unless present, it could not be found out */
	const char *why;
	const char *origin;          /* the file of the least, else of the innermost */
	int64_t value;               /* also of one that is more than the machine has; else -1 */
};

/* "memory", "memory-high", "swap", "pids" or "cpu"; see the check cgroup-limit for their units. What the machine does not have is no limit. */
struct cgroup_limit cgroup_limit_at(const struct subject *subject, struct arena *arena, const char *resource, const struct cgroup_place *place);

/* A file of the container's own cgroup. */
const struct file *cgroup_file(const struct subject *subject, struct arena *arena, const struct cgroup_place *place, const char *name);

/* Cuts the last component off the place's path; false at the top. */
bool cgroup_up(struct arena *arena, struct cgroup_place *place);

/* The mount is of a cgroup file system, and shows no more of it than the branch that was made for the container. */
bool cgroup_is_own_branch(const struct subject *subject, struct arena *arena, const struct mount *mount);

#endif
