/* SPDX-License-Identifier: Apache-2.0 */
/* The mounted file systems of a mount namespace, read with libmount from one mountinfo file; see proc_pid_mountinfo(5). */
#ifndef CORE_MOUNT_H
#define CORE_MOUNT_H

#include "core/source/source.h"

struct mount;

/* A path of the host that a mount of a container shows. */
struct host_path {
	const char *path;
	bool inside;               /* it lies somewhere below what is mounted; else it is just that */
	const struct mount *by;    /* the host's mount that gives it this name */
};

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
	unsigned peers, master;    /* the two numbers of that; 0: none */
	const struct mount *top;   /* what is mounted on its own root directory, the last of a stack; itself where nothing is */
	const struct host_path *host_paths;   /* of a container's, by mounts_locate() */
	size_t n_host_paths;       /* 0: it shows nothing of the host */
};

struct mount_tree;

struct mounts {
	const struct file *file;   /* the mountinfo */
	enum state state;          /* its; UNAVAILABLE where it is not there */
	const char *why;
	uint64_t ns;               /* a container's: the inode of the mount namespace; 0: not known */
	struct mount *list;        /* in the order in which they were mounted */
	size_t n;
	struct mount_tree *tree;   /* present: which of them stands where, core/process/mount_tree.c */
};

enum { MOUNTINFO_LIMIT = 32 << 20 };   /* bytes; 100,000 mounts are about 28 MB */

/* Never NULL; lies in the arena. The host's: reads proc/1/mountinfo (whatever sandbox we run in), else proc/self/mountinfo. */
struct mounts *mounts_read(struct source *source, struct arena *arena);

/* Never NULL; `file` is a mountinfo and must outlive the table, which lies in the arena. */
struct mounts *mounts_parse(struct arena *arena, const struct file *file);

/* One line of fstab(5): its source, target, type and options are filled in. False where it is none. */
bool mount_parse_line(struct arena *arena, const char *line, struct mount *mount);

/* What is mounted on a path itself; of several mounts the one on top, which hides the others. NULL where nothing is. */
const struct mount *mount_at(const struct mounts *mounts, const char *target);

/*
 * The value of an option in a comma-separated list: "" for one without a value, NULL where it is not there; the last of
 * several wins.
 */
char *mount_option(struct arena *arena, const struct mount *mount, const char *name);

/* This mount (not its superblock) has the option: "ro", "nosuid". */
bool mount_has(const struct mount *mount, const char *option);

/* The kernel serves it alone, from memory or a local disk: to look there cannot hang. */
bool mount_is_local(const struct mount *mount);

/* The file system with that number, as st_dev, is the one mounted. */
bool mount_is_of(const struct mount *mount, uint64_t device);

/* The descriptor stands on that very mount's file system: asked without a word to its server. */
bool mount_bears(int fd, const struct mount *mount);

/* The mount with that number (the first field of mountinfo, mnt_id of fdinfo), or NULL. */
const struct mount *mount_of_id(const struct mounts *mounts, int id);

/*
 * The mount that serves a path, as a path walk finds it: what is mounted over another mount hides it. NULL where there is none. Takes as long
 * as the path has components, however many mounts are stacked on each other.
 */
const struct mount *mount_serving(const struct mounts *mounts, const char *path);

/*
 * Where a directory or file of a file system ("/sys" of a procfs) is reached through a mount of it ("/proc/sys"): its own mount point where it
 * shows only something inside of that. NULL where it does not show it, or something else is mounted over it.
 */
const char *mount_place(struct arena *arena, const struct mounts *mounts, const struct mount *mount, const char *wanted);

/* `path` is `directory`, or below it. */
bool path_is_below(const char *path, const char *directory);

/* Without the symbolic links that every distribution has, and people write: "/var/run/x" is "/run/x". */
const char *path_usual(struct arena *arena, const char *path);

/* `path` as it is called once `from`, which is it or lies above it, is called `to`. */
char *path_moved(struct arena *arena, const char *path, const char *from, const char *to);

/*
 * Finds what each mount of a container shows as paths of the host: by device and root directory in the host's own table, which was read by
 * mounts_read(). A file system may be mounted on the host several times, in part or whole, so that there may be several names.
 */
void mounts_locate(struct arena *arena, struct mounts *mounts, const struct mounts *host);

/* What is mounted there shows on the host, too: its peer group ("shared:7") is one of the host's. */
bool mount_spreads_to(const struct mount *mount, const struct mounts *host);

#endif
