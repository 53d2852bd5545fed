/* SPDX-License-Identifier: Apache-2.0 */
/* Whose the system call filters of a process are. */
#ifndef CHECKS_SECCOMP_H
#define CHECKS_SECCOMP_H

#include "core/subject/subject.h"

/* The weakest first. */
enum filtering {
	FILTERING_NONE,
	FILTERING_FOREIGN,           /* filters, and none of them is the container's: whoever started the engine had them, or the program made them */
	FILTERING_UNKNOWN,           /* the kernel does not tell */
	FILTERING_STRICT,
	FILTERING_OWN,
};

/*
 * Of one process. The filters of the container's monitor, where that is a process of the host, were there before the container was; and where
 * the bundle asks for none, the engine put none into force. `*own` is how many are left, or -1.
 */
enum filtering seccomp_filtering(const struct subject *subject, const struct status *status, int *own);

#endif
