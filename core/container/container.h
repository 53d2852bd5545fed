/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The containers that run on a host, found among its processes without asking any engine: processes that share a mount namespace (or, in
 * that of the host, a root directory) are one unit; what a unit is, its namespaces, root directory, cgroup, parent and the state files
 * of the runtimes say together, because none of them is enough alone.
 */
#ifndef CORE_CONTAINER_H
#define CORE_CONTAINER_H

#include "core/container/oci.h"
#include "core/process/process.h"

enum container_kind {
	CONTAINER,               /* another root file system, or a container runtime's own */
	SANDBOX,                 /* fewer: bubblewrap, firejail, unshare, browsers */
};

/* What the identity rests on: how far it can be believed. */
enum container_witness {
	WITNESS_NONE,            /* namespaces only: no id */
	WITNESS_CGROUP,          /* a name in the cgroup tree: whoever owns that part of the tree can make it */
	WITNESS_MONITOR,         /* the command line of the process that watches it */
	WITNESS_STATE,           /* a runtime's state file with this process's number and start time */
};

struct container {
	enum container_kind kind;
	const char *id;              /* the runtime's; else the name; else "pid-N" */
	const char *runtime;         /* "podman", …; "unknown" */
	const char *name, *image, *pod;     /* or NULL */
	int rootless;                /* started by an ordinary user in a user namespace of his own: 1, or not: 0; not known: -1 */
	bool claimed;                /* what names it was said by somebody who is not root on this host */
	enum container_witness witness;
	struct container *parent;    /* the container it runs in, or NULL */
	const struct process *init;
	const struct process *monitor;      /* conmon, containerd-shim, lxc monitor, systemd-nspawn; or NULL */
	int64_t monitor_uid;         /* as seen on the host; -1: not known */
	int monitor_seccomp, monitor_filters;   /* as struct status's: what it starts inherits them; 0 where there is no monitor */
	int64_t owner;               /* who made its user namespace, as seen on the host: 0 where it has the host's; -1: not known */
	const struct process **members;     /* by pid, with init */
	size_t n_members;
	const char *bundle;          /* config.json of the OCI bundle below the source's root ("run/…"), or NULL: none was found */
	enum state config_state;     /* of that file; STATE_UNAVAILABLE where none was found */
	const char *config_why;
	const struct oci_config *config;    /* present: what the runtime was asked for */
	const struct oci_state *state;      /* the runtime's state of it, where that was needed to name it; or NULL */
};

struct containers {
	struct processes *processes;
	struct container **list;     /* by the init's start time, then pid */
	size_t n;                    /* sandboxes, too */
	bool states_denied;          /* this user may not read the runtimes' states: what nothing else names may be named there */
};

/* Never NULL; all in the source's arena. `workers` threads (core/base/work.h) share the reading. */
struct containers *containers_find(struct source *source, unsigned workers);

/* "container" or "sandbox". */
const char *container_kind_name(enum container_kind kind);

/* "none", "cgroup", "monitor" or "state". */
const char *container_witness_name(enum container_witness witness);

/* `word` is its name, its id, or at least four characters at the beginning of its id. */
bool container_is_called(const struct container *container, const char *word);

/* The name where it has one, else the first twelve digits of its id. */
const char *container_label(struct arena *arena, const struct container *container);

#endif
