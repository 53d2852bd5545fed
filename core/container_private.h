/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by container.c, which groups and classifies, and container_identity.c, which names. Nobody else includes this. */
#ifndef CORE_CONTAINER_PRIVATE_H
#define CORE_CONTAINER_PRIVATE_H

#include "core/container.h"

/* Processes that share a mount namespace, or in the host's a root directory. */
struct unit {
	uint64_t mnt;                /* own mount namespace; 0: the host's, or denied */
	uint64_t user;
	struct place root;
	const char *mark;            /* where the namespaces are denied: cgroup id or root mark */
	struct process **members;
	size_t n;
	struct process *init;
	struct unit *into;           /* merged into that one */
	struct unit *parent;         /* unit of the init's parent, or NULL: the host */
	bool helper;                 /* a runtime's own process, or a sandboxed service: the host's */
	struct container *container;
};

struct states;

struct unit_table {
	struct arena *arena;
	struct processes *processes;
	struct unit *list;
	size_t n;
	size_t *of;                  /* by index of the process: index of its unit + 1; 0: none */
	struct states *states;
};

/* The state files of the runtimes, each parsed when it is first asked for. */
struct states *states_read(const struct unit_table *table);

/* Fills in id, runtime, name, image, pod and bundle of a container whose kind, init, monitor and members are known. */
void container_identify(struct unit_table *table, struct container *container);

/* The state file that names this process by number and start time gives its runtime and id; false where there is none. */
bool states_match(struct states *states, const struct process *init, struct container *container);

#endif
