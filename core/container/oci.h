/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What container runtimes keep on disk as JSON: the bundle's config.json (OCI runtime specification 1.x), runc's state.json,
 * crun's status, the stores of podman and docker. Configuration files are core/config/document's. All of it may be written by an
 * ordinary user (rootless): sizes and depths (2,048 levels, by jansson) are bounded, and every string is made safe.
 */
#ifndef CORE_OCI_H
#define CORE_OCI_H

#include "core/process/status.h"
#include "core/source/source.h"

enum { OCI_LIMIT = 8 << 20 };   /* bytes of a state file */

/* Words or paths. */
struct oci_list {
	const char **list;
	size_t n;
};

/* What a runtime remembers of a running container. */
struct oci_state {
	const char *id;              /* NULL: the file does not say (crun) */
	int pid;
	uint64_t start;              /* as field 22 of stat; 0: not said */
	const char *bundle;          /* absolute path, or NULL */
	bool rootless;
	bool no_pivot_root;
};

/* runc's state.json or crun's status. False where it is neither. */
bool oci_state_parse(struct oci_state *state, struct arena *arena, const struct file *file);

/* One mount that was asked for. */
struct oci_mount {
	const char *destination, *source;   /* source: or NULL */
	bool bind, read_only;
};

/* config.json: what the runtime was asked for. A limit that was not asked for is -1. */
struct oci_config {
	bool has_caps;
	uint64_t caps[CAP_SETS];
	bool no_new_privileges;
	bool root_readonly;
	const char *root_path;
	struct oci_list masked, readonly;
	struct oci_list hooks;       /* paths of the programs */
	struct oci_list sysctls;     /* names */
	struct oci_mount *mounts;
	size_t n_mounts;
	struct oci_list namespaces;  /* that are to be made new, as below /proc/PID/ns: "net"; not those of another process that are to be joined */
	bool has_seccomp;
	const char *seccomp_default; /* "SCMP_ACT_ERRNO" */
	const char *seccomp_listener;
	struct oci_list seccomp_risky;     /* calls that reach the kernel's core, allowed: always, or with some arguments */
	int64_t memory, pids, cpu_quota, cpu_period;
	struct oci_list devices;     /* rules of the control group, in their order: "deny a *:* rwm", "allow b 8:0 rw" */
	struct oci_list annotations; /* name, value, name, value … */
	const char *version;         /* of the specification */
};

/* Returns 0, or -EINVAL with a sentence where it is not JSON or no OCI configuration. */
int oci_config_parse(struct oci_config *config, struct arena *arena, const struct file *file, struct err *err);

/* The value of an annotation, or NULL. */
const char *oci_annotation(const struct oci_config *config, const char *name);

bool oci_list_has(const struct oci_list *list, const char *word);

/* A container in an engine's store. */
struct oci_named {
	const char *id, *name, *image;   /* name and image: or NULL */
};

/* containers.json of containers/storage: podman, buildah, CRI-O. Returns how many were read. */
size_t oci_store_parse(struct oci_named **list, struct arena *arena, const struct file *file);

/* docker's config.v2.json. */
bool oci_docker_parse(struct oci_named *named, struct arena *arena, const struct file *file);

#endif
