/* SPDX-License-Identifier: Apache-2.0 */
/* What the checks of mounts share. */
#ifndef CHECKS_MOUNTED_H
#define CHECKS_MOUNTED_H

#include "core/boot/fstab.h"
#include "core/subject/subject.h"

/* Where a mount on this path would show in the table: /var/tmp may be a symbolic link to /tmp. The path itself where it leads nowhere. */
const char *mount_point_of(const struct subject *subject, struct arena *arena, const char *path);

/* What the next boot mounts on this path (NULL or a pattern: on any), which is looked for by its name, and by where that leads. */
const struct fstab *mounts_planned(const struct subject *subject, struct arena *arena, const char *target);

#endif
