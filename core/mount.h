/* SPDX-License-Identifier: Apache-2.0 */
/* The mounted file systems of a host, read with libmount from one mountinfo file; see proc_pid_mountinfo(5). */
#ifndef CORE_MOUNT_H
#define CORE_MOUNT_H

#include "core/source.h"

struct mount {
	const char *target;        /* absolute, unescaped, made safe for printing */
	const char *type;          /* file-system type */
	const char *options;       /* per-mount options and those of the superblock, joined by commas */
};

struct mounts {
	const struct file *file;   /* the mountinfo; its state is that of the table */
	enum state state;
	const char *why;
	struct mount *list;
	size_t n;
};

/* Never NULL. Reads proc/1/mountinfo (the host's view, whatever sandbox we run in), else proc/self/mountinfo. */
struct mounts *mounts_read(struct source *source);

/*
 * The value of an option in a comma-separated list: "" for one without a value, NULL where it is not there; the last of
 * several wins.
 */
char *mount_option(struct arena *arena, const struct mount *mount, const char *name);

#endif
