/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What modprobe(8) is told about modules, by the files of modprobe.d(5). Not read with libkmod: that opens the files itself, through
 * whatever links a foreign root holds, waits on a FIFO, mixes in the command line of the kernel that plimsoll runs on, and keeps no line
 * numbers. tests/host-boot.t compares the two.
 */
#ifndef CORE_MODPROBE_H
#define CORE_MODPROBE_H

#include "core/source/source.h"

enum modprobe_kind {
	MODPROBE_INSTALL,
	MODPROBE_BLACKLIST,
	MODPROBE_ALIAS,            /* "alias net-pf-21 rds"; "off" in the place of a module: who asks for this alias gets nothing */
};

/* A line, or a file that could not be read: what it would have said is not known. */
struct modprobe_line {
	enum modprobe_kind kind;
	const char *module;        /* with _ for -; of an install line a glob, of an alias that; NULL for a file not read */
	const char *command;       /* of an install line: what is run in place of loading; of an alias the module */
	const char *origin;        /* "/etc/modprobe.d/local.conf:3" */
	enum state state;          /* PRESENT, MALFORMED for a line that lacks something, or that of the file */
	const char *why;           /* unless PRESENT */
};

struct modprobe {
	struct modprobe_line *list;   /* in the order in which modprobe reads them */
	size_t n;
	bool busybox;                 /* the only modprobe here is that of BusyBox, which knows no install lines */
};

/* Read once a run. */
struct host_table;
extern const struct host_table modprobe_table;

/* The name of a module as the kernel compares it: _ for -. */
char *module_name(struct arena *arena, const char *name, size_t n);

/*
 * The line that decides over a module, named with _: of several the first. One that is not PRESENT means that it is not known. NULL where
 * there is none.
 */
const struct modprobe_line *modprobe_find(const struct modprobe *modprobe, enum modprobe_kind kind, const char *module);

/* A line gives the module an alias. */
bool modprobe_has_alias(const struct modprobe *modprobe, const char *module);

/* The command of an install line is one that does nothing, such as /bin/false: the module cannot be loaded. */
bool modprobe_command_is_idle(const char *command);

/* For modprobe_table, and for tests. Never NULL; lies in the arena. */
struct modprobe *modprobe_read(struct source *source, struct arena *arena);

#endif
