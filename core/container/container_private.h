/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared by container_units.c, which groups processes, container.c, which says what a group is, container_states.c, which reads the runtimes'
 * state files, and container_identity.c, which names. Nobody else includes this.
 */
#ifndef CORE_CONTAINER_PRIVATE_H
#define CORE_CONTAINER_PRIVATE_H

#include "core/container/container.h"
#include "core/container/user_files.h"

enum { DEPTH_MOST = 64 };   /* steps up a chain of parents or units: no honest one is longer */

/* Processes that share a mount namespace; in that of the host: a root directory, users and a pid namespace. */
struct unit {
	uint64_t mnt;                /* own mount namespace; 0: the host's, or denied */
	uint64_t user, pid;
	struct place root;
	const char *mark;            /* where the namespaces are denied: the container its cgroup names; */
	int root_mount;              /* else the mount that is its root, where that is not the host's; else, by `pid`, the first process */
	bool helpers;                /* they are a rootless engine's own programs: process_is_helper() */
	struct process **members;
	size_t n;
	struct process *init;
	struct unit *into;           /* merged into that one */
	struct unit *parent;         /* unit of the init's parent, or NULL: the host. Followed up, it comes to an end */
	size_t seen;                 /* by the search for circles */
	struct unit *below;          /* by which it was reached, while units are classified from the outermost down */
	bool helper;                 /* a runtime's own process, or a sandboxed service: the host's, or of the container that it runs in */
	struct container *container;
	struct container *within;    /* that of its outer unit, or NULL */
};

struct states;

struct unit_table {
	struct arena *arena;
	struct processes *processes;
	struct unit *list;
	size_t n;
	const struct process **seen; /* whose mount namespace and the mount at its root are both known, where not all are seen */
	size_t n_seen;
	size_t *of;                  /* by index of the process: index of its unit + 1; 0: none */
	struct states *states;
};

/* Fills the list of units of a table that has its processes. */
void units_make(struct unit_table *table);

/* The unit of a process; NULL: the host's, or no process. */
struct unit *unit_of(const struct unit_table *table, const struct process *process);

/* The unit that this one became part of in the end. */
struct unit *unit_final(struct unit *unit);

/* The unit that it runs in, or NULL. */
struct unit *unit_outer(const struct unit *unit);

/* Both stand in the cgroup of the same container. */
bool unit_same_id(const struct unit *a, const struct unit *b);

bool process_has_own(const struct processes *all, const struct process *process, enum namespace kind);
bool process_has_own_root(const struct processes *all, const struct process *process);

/* They have the same root directory: 1, or not: 0; not known: -1. */
int processes_share_root(const struct process *a, const struct process *b);

/* It is what a rootless engine of the host runs beside its containers; of a container's own engine. */
bool process_is_helper(const struct processes *all, const struct process *process);
bool process_is_inner_helper(const struct processes *all, const struct process *process);

/* It is pid 1 of a pid namespace that is not the host's. */
bool process_is_first(const struct processes *all, const struct process *process);

static inline bool same_place(const struct place *a, const struct place *b)
{
	return a->device == b->device && a->inode == b->inode;
}

/* What the runtimes and engines keep on disk, each file parsed when it is first asked for. */
struct states *states_read(const struct unit_table *table);

/* A directory of them is not to be read by this user. */
bool states_are_denied(const struct states *states);

/* By which whatever an ordinary user named is read. */
struct user_files *states_user_files(struct states *states);

/*
 * A state file names the container's first process by number and start time: it gives runtime, id and bundle. False where none does. What lies
 * below an ordinary user's directory counts for him alone: his is the user namespace, or the monitor.
 */
bool states_match(struct states *states, struct container *container);

/* The same, of the entry that has the container's id for a name. */
bool states_confirm(struct states *states, struct container *container);

/* The container of that id in the store of containers/storage at `path`, read as its owner's: 0, the host's. NULL where it is not there. */
const struct oci_named *states_store_find(struct states *states, const char *path, uint32_t owner, const char *id);

/* Fills in id, runtime, name, image, pod and bundle of a container whose kind, init, monitor and members are known. */
void container_identify(struct unit_table *table, struct container *container);

/* Who made the user namespace of a container's first process, as struct container's owner. */
int64_t container_owner(const struct unit_table *table, const struct process *init);

/* The path as the source takes it: without the slashes at its beginning. */
static inline const char *relative(const char *path)
{
	return path + strspn(path, "/");
}

#endif
