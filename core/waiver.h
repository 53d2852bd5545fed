/* SPDX-License-Identifier: Apache-2.0 */
/* A failure that somebody has accepted: who, why, and until when. What is waived is judged and shown all the same. */
#ifndef CORE_WAIVER_H
#define CORE_WAIVER_H

#include "core/defs.h"

/* As written in a waiver file. */
struct waiver {
	const char *rule;            /* short id or glob */
	const char *subject;         /* "host", "container:GLOB", …; NULL: the host */
	const char *host;            /* glob of host names; NULL: any */
	const char *owner, *reason;
	const char *ticket;          /* or NULL */
	const char *found;           /* the value that is accepted, and no other; or NULL */
	const char *expires;         /* "2027-01-31": the last day, UTC */
	const char *where;           /* "/etc/plimsoll/waivers.d/10-db.conf:4" */
};

#endif
