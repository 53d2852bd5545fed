/* SPDX-License-Identifier: Apache-2.0 */
/* What the unit of a service that sets up the packet filter really starts: a drop-in may have it start something else, or nothing. */
#ifndef CORE_FIREWALL_START_H
#define CORE_FIREWALL_START_H

#include "core/boot/unit.h"

enum firewall_loads {
	LOADS_NOTHING,           /* there is no command, or none but true(1) */
	LOADS_ITS_OWN,           /* the program of the service, which looks for its files itself */
	LOADS_FILES,             /* it is told of the files */
	LOADS_UNKNOWN,           /* another program */
};

struct firewall_start {
	enum firewall_loads loads;
	const char *origin;      /* FILE:LINE of the command, where it is unknown */
	const char *why;         /* unknown: a clause */
	const char **files;      /* in the order in which they are loaded, with a leading slash; NULL: all that was loaded before is flushed */
	size_t n;
};

/* `programs`: the names of those that belong to the service, separated by spaces. Lies in the arena. On other init systems than systemd LOADS_ITS_OWN. */
struct firewall_start firewall_start_of(const struct units *units, struct arena *arena, const char *unit, const char *programs);

#endif
