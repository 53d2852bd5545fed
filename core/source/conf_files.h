/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Configuration that lies in files of several directories, such as sysctl.d(5), modprobe.d(5) and the drop-ins of systemd.unit(5): all
 * are taken in the order of their names, a file hides those of the same name in the directories further back, and a link to /dev/null
 * stands for none.
 */
#ifndef CORE_CONF_FILES_H
#define CORE_CONF_FILES_H

#include "core/source/paths.h"

struct conf_file {
	const char *name;            /* "99-local.conf" */
	const struct file *file;     /* of source_read(); may be in any state but absent */
};

struct conf_files {
	struct conf_file *list;
	size_t n;
	struct unseen unseen;
};

/* Those with the suffix ".conf" in the directories of a list that ends with NULL, the foremost first. */
struct conf_files conf_files_read(struct source *source, struct arena *arena, const char *const *directories);

/* The lines of a text, one by one. */
struct conf_lines {
	struct arena *arena;
	const char *at;
	unsigned line;               /* the number of the line that the last one began on, from 1 */
	unsigned next;
	bool joins;                  /* a backslash at the end of a line joins it with the next */
};

/* Of a file that is not present there are none. */
struct conf_lines conf_lines_of(struct arena *arena, const struct file *file, bool joins);

/* The next line, without the white space around it; NULL at the end. It may be written to. */
char *conf_lines_next(struct conf_lines *lines);

/* True where a file could not be read, or is no text, with the reason in *unseen. */
bool conf_file_unread(struct arena *arena, const struct file *file, struct unseen *unseen);

#endif
