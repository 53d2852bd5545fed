/* SPDX-License-Identifier: Apache-2.0 */
/* The files of a container's control groups, version 1 or 2, on the host. */
#ifndef CHECKS_CGROUP_H
#define CHECKS_CGROUP_H

#include "core/subject.h"

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

/* A file of the container's own cgroup. */
const struct file *cgroup_file(const struct subject *subject, struct arena *arena, const struct cgroup_place *place, const char *name);

/* Cuts the last component off the place's path; false at the top. */
bool cgroup_up(struct arena *arena, struct cgroup_place *place);

#endif
