/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of plimsoll's own: its configuration and its waivers. They decide what is looked at and what counts, so whoever can write one could hide what
 * root looks for: one that others can write is not read. All of them are "[section]" and "key = value" lines; what a section or a key
 * means, their readers know.
 */
#ifndef CORE_OWN_FILE_H
#define CORE_OWN_FILE_H

#include "core/base/err.h"
#include "core/config/config.h"

#include <sys/stat.h>

/* ---- who may write it ---- */

/* Only root and the one who runs this can change what `st` tells of. Returns 0, or -EPERM with a sentence. */
int own_file_trusted(const char *path, const struct stat *st, struct err *err);

/* The same of a directory. -errno with a sentence also where it could not be looked at. */
int own_directory_trusted(const char *path, struct err *err);

/* There is none of that name. A link that leads nowhere is no absence: somebody has put it there. */
bool own_file_absent(const char *path);

/* ---- reading ---- */

/*
 * All of a regular file that only root and the caller can write, ended by NUL, in the arena; nothing is waited for. Returns 0, or -errno with a
 * sentence that begins with the path, and the line of a NUL byte. More than `most` bytes are not read.
 */
int own_file_read(struct arena *arena, const char *path, size_t most, char **text, struct err *err);

/* Adds what ends in .conf in the directory, by name; not what is hidden. Returns 0, or -errno with a sentence. */
int own_files_list(struct arena *arena, const char *directory, const char ***list, size_t *n, struct err *err);

/* ---- lines ---- */

enum own_line_kind { OWN_SECTION, OWN_KEY, OWN_NEITHER };

struct own_line {
	enum own_line_kind kind;
	const char *text;        /* all of it */
	const char *name;        /* of the section, NULL where its ] is missing; or the key */
	char *value;             /* of the key; "" where there is none */
	unsigned number;
};

struct own_lines {
	const char *path;
	struct lines lines;
};

/* Lines of the text, which must outlive it. Those that say nothing, or begin with # or ;, are left out: nothing else is a comment. */
struct own_lines own_lines_of(struct arena *arena, const char *path, const char *text);
bool own_lines_next(struct own_lines *lines, struct own_line *line);

#endif
