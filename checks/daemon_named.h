/* SPDX-License-Identifier: Apache-2.0 */
/* What stands in a file that a setting of a daemon names: that there is one says nothing yet. */
#ifndef CHECKS_DAEMON_NAMED_H
#define CHECKS_DAEMON_NAMED_H

#include "checks/daemon_item.h"

#include "core/subject/subject.h"

/*
 * A seccomp profile by what a setting says: "builtin" (also of nothing), "unconfined", or what the file of the host does with a system call that it does
 * not list: "SCMP_ACT_ERRNO". `path` is NULL where it lies out of the host's sight, and then `why` says so.
 */
void items_add_seccomp(struct items *items, struct source *source, const struct item *setting, const char *path, const char *why);

/* True: `what` is one of "seccomp authorizers encryption audit", and items for it were added. */
bool daemon_add_named(const struct subject *subject, const struct daemon_set *set, const struct daemon *daemon, const struct params *params,
		      struct items *items);

#endif
