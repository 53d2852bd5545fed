/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the mount table share: mount.c reads it, mount_tree.c walks it, mount_host.c finds what of it is the host's. */
#ifndef CORE_MOUNT_PRIVATE_H
#define CORE_MOUNT_PRIVATE_H

#include "core/process/mount.h"

struct mount_tree {
	struct mount **by_id;
	/* open addressing, n_slots is a power of two: the mount that stands on a directory of another, the last of several */
	struct mount **slots;
	size_t n_slots;
	struct mount *root;            /* what "/" is on */
	struct mount **by_device;      /* of the host's table; in it, those of one device stand in the table's order */
};

/* Of a table that was read; also sets `top` of each mount. */
struct mount_tree *mount_tree_of(struct arena *arena, struct mounts *mounts);

void mount_tree_sort_devices(struct arena *arena, struct mounts *mounts);

#endif
