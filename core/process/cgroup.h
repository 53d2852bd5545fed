/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /proc/PID/cgroup: where a process stands in each hierarchy, and which container that says it belongs to; see cgroups(7).
 * The names of the components are those that the runtimes choose, full match, from the root outward. The outermost was made by the
 * host; deeper ones by whoever runs inside, and so are claims: they make no helper of a container. Anybody who owns a part of the tree can make
 * any name in it.
 */
#ifndef CORE_CGROUP_H
#define CORE_CGROUP_H

#include "core/base/arena.h"

enum cgroup_class {
	CGROUP_NOTHING,          /* no component that says anything */
	CGROUP_CONTAINER,
	CGROUP_APPLICATION,      /* flatpak, snap */
	CGROUP_HELPER,           /* monitor of a container: conmon, lxc, nspawn */
	CGROUP_MACHINE,          /* a virtual machine */
};

struct cgroup_identity {
	enum cgroup_class class;
	const char *runtime;     /* "podman", …; NULL for CGROUP_NOTHING */
	const char *id;          /* what the component carries: 64 hexadecimal digits or a name */
	const char *inner_runtime, *inner_id;   /* the deepest further container named in the path, or NULL */
	const char *pod;         /* Kubernetes' pod uid with dashes, or podman's pod id; NULL */
	const char *service;     /* the service of systemd that it stands in or below; NULL: none, or in a container */
	int64_t user;            /* whom systemd has given the part of the tree in which that stands ("user@1000.service"); 0: root */
};

/* What the lines of a cgroup file say together. The strings lie in the arena. */
struct cgroup_identity cgroup_identify(struct arena *arena, const char *text);

/* The same for one path. */
struct cgroup_identity cgroup_identify_path(struct arena *arena, const char *path);

/*
 * The path in the hierarchy that holds a controller: its v1 hierarchy, else that of version 2 (`*version` is 1 or 2). NULL where there
 * is neither. "name=systemd" is a controller here, too.
 */
char *cgroup_path_of(struct arena *arena, const char *text, const char *controller, int *version);

/* One line of the file, "4:memory:/docker/1234…". */
struct cgroup_line {
	const char *controllers;     /* separated by commas; none of version 2 */
	size_t n_controllers;
	const char *path;
	size_t n_path;
	bool unified;                /* the hierarchy of version 2 */
};

/* The next line of the text, which `at` starts as and is moved on in; false at its end. A name may hold more colons. */
bool cgroup_next_line(const char **at, struct cgroup_line *line);

/* One of the paths of a process lies below the directory that the other one stands in (its init.scope counts as the directory itself). */
bool cgroup_is_below(const char *text, const char *other);

/* The name of the cgroup below that of container `id`, in any hierarchy; NULL where the process stands in it itself. */
const char *cgroup_name_below(struct arena *arena, const char *text, const char *id);

#endif
