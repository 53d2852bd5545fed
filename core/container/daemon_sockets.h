/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Unix sockets at which the container engines of a host take orders: in their usual places, under a name that tells, or wherever a process
 * of the host listens that runs an engine's program (/proc/net/unix, and the links in /proc/PID/fd). See unix(7).
 */
#ifndef CORE_DAEMON_SOCKETS_H
#define CORE_DAEMON_SOCKETS_H

#include "core/process/process.h"

struct daemon_socket {
	const char *path;        /* of the host */
	const char *why;         /* why it is one: "dockerd listens there"; or why it may be one */
	bool sure;               /* else: an engine runs, and at which sockets it listens could not be seen */
};

struct daemon_sockets {
	enum state state;        /* present: all of them are known, as far as each is sure */
	const char *why, *origin;
	struct daemon_socket *list;
	size_t n;
};

/* Never NULL; lies in the arena. */
struct daemon_sockets *daemon_sockets_read(const struct processes *processes, struct arena *arena);

#endif
