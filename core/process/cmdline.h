/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel command line, read with the kernel's own grammar (kernel/params.c, lib/cmdline.c, and the text of
 * admin-guide/kernel-parameters): parameters end at "--"; "-" and "_" are the same in names; double quotes protect
 * white space; of several the last wins. Counted are, in this order, CONFIG_CMDLINE, /proc/bootconfig and /proc/cmdline.
 */
#ifndef CORE_CMDLINE_H
#define CORE_CMDLINE_H

#include "core/process/kconfig.h"

struct cmdline_param {
	const char *name;          /* "-" written as "_" */
	const char *value;         /* without quotes; NULL when there is no "=" */
	const char *origin;
};

struct cmdline {
	enum state state;
	const char *why;
	const char *origin;        /* /proc/cmdline */
	struct cmdline_param *params;
	size_t n;
};

struct cmdline *cmdline_read(struct source *source, const struct kconfig *kconfig);

/* Adds the parameters of one line. */
void cmdline_parse(struct cmdline *cmdline, struct arena *arena, const char *line, size_t size, const char *origin);

/* The last parameter of that name or of one of its other spellings (slub_nomerge is slab_nomerge), or NULL. */
const struct cmdline_param *cmdline_get(const struct cmdline *cmdline, const char *name);

#endif
