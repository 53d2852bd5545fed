/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is in which namespace, and the maps of the user namespaces: made once of all processes, so that what one container has in common with
 * the others is found without going through all of them.
 */
#ifndef CORE_NAMESPACES_H
#define CORE_NAMESPACES_H

#include "core/process/idmap.h"
#include "core/process/process.h"

struct namespace_member {
	uint64_t inode;              /* of any kind: no two namespaces have the same at a time */
	const struct process *process;
};

/* One that is not the host's. */
struct user_namespace {
	uint64_t inode;
	struct id_map uids, gids;
};

struct namespaces {
	struct namespace_member *members;   /* by inode, then pid; none of the host's namespaces */
	size_t n;
	struct user_namespace *users;       /* by inode */
	size_t n_users;
};

/* Never NULL; in the arena of the processes. `workers` threads (core/base/work.h) share the reading. */
struct namespaces *namespaces_read(const struct processes *processes, unsigned workers);

/* Those in the namespace with that inode: the first of `*n`. */
const struct namespace_member *namespaces_find(const struct namespaces *namespaces, uint64_t inode, size_t *n);

/* The maps of a user namespace; NULL for the host's, and for one that nobody was seen in. */
const struct user_namespace *namespaces_user(const struct namespaces *namespaces, uint64_t inode);

#endif
