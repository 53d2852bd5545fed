/* SPDX-License-Identifier: Apache-2.0 */
/* What the readers of the package managers' records share. Nobody else includes this. */
#ifndef CORE_PACKAGES_PRIVATE_H
#define CORE_PACKAGES_PRIVATE_H

#include "core/packages/packages.h"

enum { PACKAGES_LIMIT = 64 << 20, PACKAGES_MOST = 100000 };

struct package_reading {
	struct packages *packages;
	struct source *source;
	struct arena *arena;
};

/* Each reads one record, where there is one. False: there is none, and *packages is as it was. */
bool packages_read_rpm(struct package_reading *reading);

/*
 * Name and version of a package by its header as rpm keeps it: index and data, without the leading magic. `data` may hold only the beginning of the
 * header. Returns 1, 0 where more of it is needed, or -1 where it is none.
 */
int rpm_header_parse(struct arena *arena, const uint8_t *data, size_t size, struct package *package);

#ifdef HAVE_SQLITE
/* The packages of an rpmdb.sqlite; "var/lib/rpm/rpmdb.sqlite". */
void packages_read_sqlite(struct package_reading *reading, const char *path);
#endif

/* The state of a record that is no plain file, and a reason unless it is PRESENT. */
void packages_tell(struct package_reading *reading, const char *path, enum state state, const char *why, ...) PRINTF_LIKE(4, 5);

#endif
