/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The packages that are installed, by the package manager's own record: that of dpkg, /var/lib/dpkg/status (deb-control(5)) and status.d of images
 * without a package manager, of apk, /lib/apk/db/installed, of rpm, rpmdb.sqlite or Packages.db, and of pacman, /var/lib/pacman/local.
 */
#ifndef CORE_PACKAGES_H
#define CORE_PACKAGES_H

#include "core/subject/subject.h"

enum package_manager { PACKAGES_DPKG, PACKAGES_RPM, PACKAGES_APK, PACKAGES_PACMAN };

/* What dpkg says besides; the other managers know nothing like it. */
enum { PACKAGE_HELD = 1, PACKAGE_BROKEN = 2 };

struct package {
	const char *name, *version;
	unsigned flags;              /* PACKAGE_HELD: is not upgraded. PACKAGE_BROKEN: is not in version that of a finished installation */
};

struct packages {
	enum package_manager manager;
	const struct file *file;     /* the record; its state tells whether there is one */
	struct package *list;        /* by name; only what is installed, not what left its configuration behind */
	size_t n;
	struct package *unfinished;  /* half installed, unpacked, not configured: by the order of the record */
	size_t n_unfinished;
};

/* Never NULL; lies in the arena. */
struct packages *packages_read(struct source *source, struct arena *arena);

/* What is installed on the subject's host, read once. Never NULL. */
const struct packages *packages_of(const struct subject *subject);

/* The version that is installed, or NULL; of several (kernels) the highest. */
const char *packages_version(const struct packages *packages, const char *name);

/* The package has put a file at this path ("/usr/sbin/runc"): it is in the list that dpkg keeps of it. */
bool packages_holds(struct source *source, struct arena *arena, const char *name, const char *file);

/*
 * The changelog that the distribution ships with the package (/usr/share/doc/NAME/changelog.Debian.gz, Debian policy 12.7); it tells what was mended
 * without a new release. Never NULL; unpacked once.
 */
const struct file *packages_changelog(struct source *source, struct arena *arena, const char *name);

/* "dpkg", "rpm", "apk" or "pacman". */
const char *package_manager_name(enum package_manager manager);

/* By the rules of the manager (deb-version(7), rpm-version(7), apk-tools' own): <0, 0, >0. */
int package_version_compare(enum package_manager manager, const char *a, const char *b);

#endif
