/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a container reaches the kernel's own files. procfs and sysfs can be mounted anywhere, more than once and in part, and what of them is
 * masked or read-only at one place is not for that at another.
 */
#ifndef CHECKS_KERNEL_PLACE_H
#define CHECKS_KERNEL_PLACE_H

#include "core/subject/subject.h"

/* A place at which a path of /proc or /sys is reached; starts as { 0 }. */
struct kernel_place {
	const struct mounts *mounts;     /* the table that it is in */
	const struct mount *mount;
	const char *path;                /* in the container */
	const char *shows;               /* "/proc/sys", or what of it: "/proc/sys/kernel" */
	size_t table, next;              /* of the walk */
};

/*
 * The next place, in any mount namespace of the container, where "/proc/…" or "/sys/…" or something inside of it is reached; false at the end. A
 * procfs with subset=pid holds nothing but processes.
 */
bool kernel_place_next(const struct subject *subject, struct arena *arena, const char *wanted, struct kernel_place *place);

/*
 * Whoever writes there changes nothing of the host: it is of a namespace that the container has for its own (/proc/sys/net), or a directory for
 * a mount that never holds anything: 1, or he does: 0; whose namespace it is could not be seen: -1.
 */
int kernel_place_is_own(const struct subject *subject, const struct mount *mount);

#endif
