/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of core/daemon share; nobody else includes this. */
#ifndef CORE_DAEMON_PRIVATE_H
#define CORE_DAEMON_PRIVATE_H

#include "core/daemon.h"
#include "core/pin.h"

struct daemon_finder {
	struct source *source;
	struct arena *arena;         /* of what is kept */
	struct arena *scratch;
	const struct units *units;
	struct mounts *host_mounts;  /* read when the first daemon with mounts of its own is met */
};

/* What the running process says of itself. Returns 0, or -errno where it has ended; what cannot be read is the daemon's state. */
int daemon_examine(struct daemon_finder *finder, struct daemon *daemon, struct pin *pin);

/* It runs in a container, and not as a part of the host's own software. */
bool daemon_is_nested(struct daemon_finder *finder, struct pin *pin);

/* The command line in a static pod's manifest; false: there is no manifest. */
bool daemon_read_pod(struct daemon_finder *finder, struct daemon *daemon);

/* Reads the daemon's configuration files. */
void daemon_read_config(struct daemon_finder *finder, struct daemon *daemon);

/* The values of a flag on a command line, in their order: pushed to the list. A boolean flag alone is "true". Returns how many there were. */
size_t daemon_flags(struct arena *arena, const struct daemon *daemon, const char *flags, bool boolean, const char ***list);

/* The last value of a flag, or NULL. */
const char *daemon_flag(struct arena *arena, const struct daemon *daemon, const char *flags);

#endif
