/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A directory of the source held open, /proc/PID above all. What is read through a pin is of that very directory: when the process
 * ends, every read fails with ESRCH, also after its number went to another process. Nothing is remembered, unless a snapshot is recorded: then every
 * answer is kept that is not the same as the one before.
 *
 * In a captured root the links of /proc/PID are symbolic links with the text that readlink(2) gave; root.stat holds "DEV:INO" of what root
 * leads to, or "DEV:INO:MOUNT", and type/fd/3 what fd/3 leads to: its mode and number as a device, "040755 0:0".
 */
#ifndef CORE_PIN_H
#define CORE_PIN_H

#include "core/source/source.h"

struct pin {
	struct source *source;
	const char *path;        /* "proc/4242" */
	int fd;                  /* -1: closed */
	bool gone;               /* a read said that the process has ended */
};

/* Opens the directory; `path` must outlive the pin. Returns 0, or -errno. */
int pin_open(struct pin *pin, struct source *source, const char *path);
void pin_close(struct pin *pin);

/* A file below the directory, as source_read() would give it, in the caller's arena. No link is followed. */
struct file pin_read(struct pin *pin, struct arena *arena, const char *name, size_t limit);

/* Where a link leads: its text is the data. */
struct file pin_link(struct pin *pin, struct arena *arena, const char *name);

/* The same, as far as it fits into `size` bytes, without an arena. Returns 0, or -errno. */
int pin_link_text(struct pin *pin, const char *name, char *text, size_t size);

/* The names below the directory, sorted. */
struct directory pin_list(struct pin *pin, struct arena *arena, const char *name);

/* What a path is on: of /proc/PID/root it cannot hang, not even on a dead FUSE file system. */
struct place {
	uint64_t device;         /* as st_dev */
	uint64_t inode;
	int mount;               /* the first field of mountinfo; -1: not known (before Linux 5.8, or captured) */
};

/* Of the directory that root or cwd leads to. Returns 0, or -errno. */
int pin_place(struct pin *pin, const char *name, struct place *place);

/* What a link of an open file leads to. */
struct pin_target {
	mode_t mode;
	uint64_t device;         /* of a device node: its own number */
	int mount;               /* the one that it was opened on, as struct place's; -1: not known */
};

/* Of "fd/3", without a word to its file system. Returns 0, or -errno; the mount is told as far as it is known in both cases. */
int pin_target(struct pin *pin, const char *name, struct pin_target *target);

/*
 * Owner and mode of what a link below the directory leads to ("exe"), in the same way; of the directory itself for "". Of a link in a captured root:
 * -ENOENT. Returns 0, or -errno.
 */
int pin_owner(struct pin *pin, const char *name, uint32_t *owner, mode_t *mode);

/* How many mounts the mount namespace of a link ("ns/mnt") has (ioctl NS_MNT_GET_INFO, Linux 6.11); -1 where the kernel does not tell. */
int64_t pin_count_mounts(struct pin *pin, const char *name);

/* Who made its user namespace, as seen in ours (ioctl NS_GET_OWNER_UID, Linux 4.11); -1 where that is not known. */
int64_t pin_user_owner(struct pin *pin);

#define auto_pin __attribute__((cleanup(pin_close)))

#endif
