/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The script of a fix taken apart as far as it only writes files, so that formats other than sh can say the same: leading lines
 * "mkdir -p DIR", "umask NNN" and "printf '%s\n' 'LINE'… >FILE". What comes behind them is kept as it stands.
 */
#ifndef CORE_FIX_SCRIPT_H
#define CORE_FIX_SCRIPT_H

#include "core/base/arena.h"

struct fix_file {
	const char *path, *text;     /* text: its lines, each ended */
	bool remarks;                /* a line that begins with # is a remark in it */
};

struct fix_script {
	const char **folders;        /* to be made where they are not there */
	size_t n_folders;
	struct fix_file *files;
	size_t n_files;
	unsigned mode;               /* that the files are made with, by the umask */
	const char *rest;            /* the other lines; NULL: there are none */
};

struct fix_script fix_script_read(struct arena *arena, const char *text);

/* The script as it is, with the remark as first line of every file that it writes by a "printf '%s\n'" and that takes one. */
const char *fix_script_marked(struct arena *arena, const char *text, const char *remark);

/* 'text' for a shell, whatever stands in it. */
const char *shell_quoted(struct arena *arena, const char *text);

/* Nothing in it means anything to a shell, not even in double quotes. */
bool shell_is_plain(const char *text);

#endif
