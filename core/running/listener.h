/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sockets that a host's programs listen on, by /proc/net of the first process: those of its own network namespace, whatever sandbox we
 * run in. Whose they are is found by the socket's number among /proc/PID/fd.
 */
#ifndef CORE_LISTENER_H
#define CORE_LISTENER_H

#include "core/subject/subject.h"

enum listener_scope {
	SCOPE_LOOPBACK,              /* 127.0.0.0/8 and ::1; a Unix socket */
	SCOPE_ADDRESS,               /* one address of the host */
	SCOPE_EVERYWHERE,            /* all its addresses */
};

struct listener {
	const char *protocol;        /* "tcp", "udp", "raw" or "unix" */
	bool six;                    /* IPv6 */
	uint8_t address[16];         /* in network order; of IPv4 the first four */
	unsigned port;               /* of raw the protocol's number */
	enum listener_scope scope;
	const char *path;            /* of unix: safe for printing; an abstract one begins with "@" */
	uint64_t inode;
	bool ephemeral;              /* UDP on a port of the range that clients are given: as like as not it waits for an answer */
	int pid;                     /* the first process that holds it; 0: not to be seen */
	const char *program;         /* its executable, safe for printing; or NULL */
};

struct listeners {
	enum state state;            /* other than PRESENT: of a table that could not be read; then the list is not all */
	const char *why, *origin;
	struct listener *list;       /* TCP, UDP, raw, Unix, in the order of the kernel */
	size_t n;
};

/* Never NULL; without pid and program. */
const struct listeners *subject_listeners(const struct subject *subject);

/* The same list in the same order, with pid and program: that means a look at every descriptor of every process. */
const struct listeners *subject_owned_listeners(const struct subject *subject);

struct listeners *listeners_read(struct source *source, struct arena *arena);
void listeners_find_owners(struct listeners *listeners, struct source *source, struct arena *arena);

/* "0.0.0.0", "::1", or the path. */
const char *listener_address(const struct listener *listener, struct arena *arena);

/* "tcp/22", "udp/ephemeral", "unix/run/dbus/system_bus_socket" */
const char *listener_port(const struct listener *listener, struct arena *arena);

#endif
