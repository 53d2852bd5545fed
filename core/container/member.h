/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the processes of a container are in, each looked at by itself: one that was put in later, and one that left a part of it, need not be in the
 * namespaces of the first one. A thread counts as its process does.
 */
#ifndef CORE_MEMBER_H
#define CORE_MEMBER_H

#include "core/container/container.h"

/* A process, or one thread of it. */
struct member {
	const struct process *process;
	int thread;                  /* 0: its first one */
};

/*
 * One of them is in the host's namespace of that kind: 1; none is: 0; one could not be seen: -1. `*who` is that one, else the first one. What
 * started the container from its own mount namespace does not count for the pid and time namespaces: those are its children's.
 */
int container_in_host(const struct processes *processes, const struct container *container, enum namespace kind, struct member *who);

/* The container's first process descends from it. */
bool container_began_in(const struct processes *processes, const struct container *container, const struct process *process);

/* They may share a namespace by design: they are of one pod, or one runs inside the other. */
bool containers_may_share(const struct container *a, const struct container *b);

#endif
