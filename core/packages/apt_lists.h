/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What apt was last told that can be had of the suites for fixes of security: the files in /var/lib/apt/lists that end in _Packages and have
 * "security" in their name, with the date of the suite in its InRelease or Release beside them ("Repository Format" of Debian's wiki). Compared with
 * what dpkg has installed.
 */
#ifndef CORE_APT_LISTS_H
#define CORE_APT_LISTS_H

#include "core/subject/subject.h"

struct apt_fix {
	const char *name, *installed, *offered;
	const char *origin;          /* the list */
	bool held;
};

struct apt_fixes {
	enum state state;            /* INAPPLICABLE: dpkg keeps no record here; else what keeps from knowing that there are no others */
	const char *origin, *why;
	struct apt_fix *list;        /* by name */
	size_t n;
	const char *oldest_origin;   /* of the suite that was looked at least lately */
	int64_t oldest;              /* seconds since the epoch; 0: no suite tells */
};

/* Read once for all rules. Never NULL. */
const struct apt_fixes *apt_fixes(const struct subject *subject);

/* "Sat, 28 Nov 2026 08:12:33 UTC" as seconds since the epoch, or -1. */
int64_t apt_date(const char *text);

#endif
