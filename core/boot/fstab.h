/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the next boot mounts: the lines of fstab(5) and the .mount units of systemd.mount(5), of which those below /etc go before fstab and
 * those below /usr after it, and what systemd mounts by itself.
 */
#ifndef CORE_FSTAB_H
#define CORE_FSTAB_H

#include "core/process/mount.h"
#include "core/source/paths.h"

struct fstab_entry {
	struct mount mount;          /* source, target, type, and the options as written, without passwords */
	const char *options;         /* what they come to: "user" brings noexec, a later "exec" takes it back; ro, nosuid, nodev, noexec first */
	const char *origin;          /* "/etc/fstab:3", or the unit's file */
	const char *idle;            /* not NULL: why the boot does not mount it: "noauto", "masked" … */
	bool by_hand;                /* idle, but mounted with these options when somebody asks for it: noauto */
	enum { FSTAB_UNIT_OF_ADMIN, FSTAB_LINE, FSTAB_UNIT_OF_VENDOR, FSTAB_BUILT_IN } rank;   /* the lower one holds */
};

struct fstab {
	const struct file *file;     /* /etc/fstab */
	struct fstab_entry *list;
	size_t n;
	struct unseen unseen;        /* what could not be read or understood, so that an entry may be missing */
};

/* The lines of fstab and what systemd mounts by itself; read once a run. */
struct host_table;
extern const struct host_table fstab_table;

/*
 * The same and the units for one directory, or all of them where `target` is NULL; lies in the arena. A unit that hides a line of fstab is
 * started for that line.
 */
struct units;
const struct fstab *fstab_with_units(const struct fstab *fstab, const struct units *units, struct arena *arena, const char *target);

/* Takes passwords out of an entry's options, and fills in what they come to. */
void fstab_settle(struct arena *arena, struct fstab_entry *entry);

/* The flags ro, nosuid, nodev and noexec among the options of a mount. */
enum { MOUNT_RO = 1, MOUNT_NOSUID = 2, MOUNT_NODEV = 4, MOUNT_NOEXEC = 8 };
unsigned mount_flags(const char *options);

/* "nodev,noexec", or "none". */
const char *mount_flags_text(struct arena *arena, unsigned flags);

/* No entry of a lower rank is for the same directory. */
bool fstab_holds(const struct fstab *fstab, const struct fstab_entry *entry);

/* For fstab_table, and for tests. Never NULL; lies in the arena. */
struct fstab *fstab_read(struct source *source, struct arena *arena);

#endif
