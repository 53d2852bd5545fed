/* SPDX-License-Identifier: Apache-2.0 */
/* The modules that a kernel can load, by the lists that depmod(8) makes below /lib/modules/RELEASE. */
#ifndef CORE_MODULES_H
#define CORE_MODULES_H

#include "core/source/paths.h"

enum {
	MODULE_FILE = 1,       /* there is a file to load (modules.dep) */
	MODULE_BUILTIN = 2,    /* a part of the kernel itself (modules.builtin) */
	/* an alias leads to it (modules.alias) that modprobe is not told to refuse: it is loaded when a device or a program wants what it does */
	MODULE_ALIASED = 4,
};

struct module_tree {
	const char *release;
	const char *path;            /* "/lib/modules/6.1.0-28-amd64/modules.dep" */
	struct unseen unseen;        /* a list that could not be read */
	struct module_slot *slots;
	size_t n_slots, used;
};

struct modules {
	struct module_tree *trees;   /* of the running kernel where its release is known and it has one, else of all kernels installed */
	size_t n;
	struct unseen unseen;        /* why there are none */
};

/* Read once a run. */
struct host_table;
extern const struct host_table modules_table;

/* What is known of a module, named with _ for -: a mask of the above, 0 where the kernel has none of that name. */
unsigned module_facts(const struct module_tree *tree, const char *name);

/* For modules_table, and for tests. Never NULL; lies in the arena. */
struct modules *modules_read(struct source *source, struct arena *arena);

#endif
