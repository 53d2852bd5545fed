/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files that a container sees, from outside. Its root may be a file system whose server the container itself runs (FUSE) and that never
 * answers: whoever looks at it hangs and cannot even be killed. So nothing is opened but what lies on file systems that the kernel serves
 * alone, by the container's own mount table, and no link and no mount point is followed.
 */
#ifndef CORE_ROOTFS_H
#define CORE_ROOTFS_H

#include "core/subject/subject.h"

#include <dirent.h>

struct rootfs_place {
	mode_t mode;
	uint64_t device;             /* of a device node: its own number */
	uint64_t on;                 /* of the file system that it is on */
};

/* One file of the walk. */
struct rootfs_entry {
	int directory;               /* open */
	const char *path, *name;     /* of the directory as the container sees it, and below it */
	struct rootfs_place place;
	bool mounted;                /* it is another file system that is mounted there */
};

struct rootfs_walk {
	unsigned types;              /* what is visited: 1 << DT_REG | … of readdir(3) */
	bool alone;                  /* a path that is no directory is visited alone; else it is -ENOTDIR */
	size_t most;                 /* entries; those that were seen count on in a second walk */
	int64_t until;               /* on the clock of rootfs_now() */
	bool (*visit)(void *with, const struct rootfs_entry *entry);   /* false: enough was seen */
	void *with;
	/* what became of it */
	size_t entries;
	bool cut;                    /* not all was looked at */
	bool enough;
	/* its own */
	struct arena *scratch;
	const struct mounts *mounts;
	uint64_t here;               /* the file system of the first directory */
};

/* Nanoseconds on a clock that costs nothing to read. */
int64_t rootfs_now(void);

/*
 * Visits what lies below a directory of the container, "/" for its root, and is not mounted on it. Its last component is not
 * followed, and it stands on the mount that the table says. Returns 0, or -errno where it could not be opened and *why: one
 * clause, in the subject's arena or static.
 */
int rootfs_walk(struct rootfs_walk *walk, const struct subject *subject, const char *path, const char **why);

#endif
