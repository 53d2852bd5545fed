/* SPDX-License-Identifier: Apache-2.0 */
/* What control groups limit, and the files that say so. */
#ifndef CHECKS_CGROUP_RESOURCE_H
#define CHECKS_CGROUP_RESOURCE_H

struct cgroup_resource {
	const char *name, *controller;
	const char *file[2];         /* of version 1 and 2 */
};

/* By its name in the check cgroup-limit, which must be one of them. */
const struct cgroup_resource *cgroup_resource_of(const char *name);

#endif
