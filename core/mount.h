/* SPDX-License-Identifier: Apache-2.0 */
/* The mounted file systems of a mount namespace, read with libmount from one mountinfo file; see proc_pid_mountinfo(5). */
#ifndef CORE_MOUNT_H
#define CORE_MOUNT_H

#include "core/source.h"

/* All texts are unescaped and made safe for printing. */
struct mount {
	int id, parent;
	uint64_t device;           /* as st_dev */
	const char *root;          /* the directory of the file system that is mounted: not "/" for a bind mount of a part */
	const char *target;        /* where it is mounted, absolute */
	const char *type;          /* file-system type */
	const char *source;
	const char *own_options;   /* of this mount: ro, nosuid, nodev, noexec, … */
	const char *options;       /* the same and those of the superblock, joined by commas */
	const char *propagation;   /* "shared:7 master:1", or "" for a private mount */
	const char *host_path;     /* of a container's: what it shows, as a path of the host, by mounts_locate(); or NULL */
};

struct mounts {
	const struct file *file;   /* the mountinfo; its state is that of the table */
	enum state state;
	const char *why;
	struct mount *list;        /* in the order in which they were mounted */
	size_t n;
};

enum { MOUNTINFO_LIMIT = 32 << 20 };   /* bytes; 100,000 mounts are about 28 MB */

/* Never NULL. Reads proc/1/mountinfo (the host's view, whatever sandbox we run in), else proc/self/mountinfo. */
struct mounts *mounts_read(struct source *source);

/* Never NULL; `file` is a mountinfo and must outlive the table, which lies in the arena. */
struct mounts *mounts_parse(struct arena *arena, const struct file *file);

/*
 * The value of an option in a comma-separated list: "" for one without a value, NULL where it is not there; the last of
 * several wins.
 */
char *mount_option(struct arena *arena, const struct mount *mount, const char *name);

/* This mount (not its superblock) has the option: "ro", "nosuid". */
bool mount_has(const struct mount *mount, const char *option);

/* The mount that serves a path, as a path walk finds it: what is mounted over another mount hides it. NULL where there is none. */
const struct mount *mount_serving(const struct mounts *mounts, const char *path);

/* `path` is `directory`, or below it. */
bool path_is_below(const char *path, const char *directory);

/*
 * Finds what each mount of a container shows as a path of the host: by device and root directory in the host's own table. It stays NULL where
 * the host has no mount of that file system that reaches it: it is the container's own.
 */
void mounts_locate(struct arena *arena, struct mounts *mounts, const struct mounts *host);

/* What is mounted there shows on the host, too: its peer group ("shared:7") is one of the host's. */
bool mount_spreads_to(const struct mount *mount, const struct mounts *host);

#endif
