/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files that a container sees, from outside. Its root may be a file system whose server the container itself runs (FUSE) and that never
 * answers: whoever looks at it hangs and cannot even be killed. So nothing is opened but what lies on file systems that the kernel serves
 * alone, by the container's own mount table, and no link and no mount point is followed.
 */
#ifndef CORE_ROOTFS_H
#define CORE_ROOTFS_H

#include "core/subject.h"

/*
 * A directory of the container, opened for listing; "/" is its root. Its last component is not followed, and it stands on the mount that
 * the table says. Returns a descriptor, or -errno and *why: one clause, in the subject's arena or static.
 */
int rootfs_open(const struct subject *subject, const char *path, const char **why);

/* The kernel serves the mount alone, from memory or a local disk: to look there cannot hang. */
bool rootfs_is_local(const struct mount *mount);

/* The descriptor stands on that very mount's file system: asked without a word to its server. */
bool rootfs_stands_on(int fd, const struct mount *mount);

/* Type and device number of what stands at the path, under the same rules. Returns 0, or -errno and *why. */
int rootfs_stat(const struct subject *subject, const char *path, struct stat *stat, const char **why);

#endif
