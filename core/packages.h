/* SPDX-License-Identifier: Apache-2.0 */
/* The packages that are installed, by the package manager's own record: that of dpkg, /var/lib/dpkg/status (deb-control(5)). */
#ifndef CORE_PACKAGES_H
#define CORE_PACKAGES_H

#include "core/source.h"

struct package {
	const char *name, *version;
};

struct packages {
	const struct file *file;     /* the record; its state tells whether there is one */
	struct package *list;        /* by name; only what is installed, not what left its configuration behind */
	size_t n;
};

/* Never NULL; lies in the arena. */
struct packages *packages_read(struct source *source, struct arena *arena);

/* The version that is installed, or NULL. */
const char *packages_version(const struct packages *packages, const char *name);

/* The package has put a file at this path ("/usr/sbin/runc"): it is in the list that dpkg keeps of it. */
bool packages_holds(struct source *source, struct arena *arena, const char *name, const char *file);

/*
 * The changelog that the distribution ships with the package (/usr/share/doc/NAME/changelog.Debian.gz, Debian policy 12.7); it tells what was mended
 * without a new release. Never NULL; unpacked once.
 */
const struct file *packages_changelog(struct source *source, struct arena *arena, const char *name);

#endif
