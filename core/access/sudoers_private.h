/* SPDX-License-Identifier: Apache-2.0 */
/* Between sudoers.c, which reads files, and sudoers_line.c, which understands their lines. */
#ifndef CORE_SUDOERS_PRIVATE_H
#define CORE_SUDOERS_PRIVATE_H

#include "core/access/sudoers.h"

struct sudo_alias {
	char kind;               /* 'U', 'R', 'H' or 'C' */
	const char *name, *list;
};

struct sudo_reading {
	struct source *source;
	struct arena *arena;
	struct sudoers *sudoers;
	struct sudo_alias *aliases;
	size_t n_aliases;
};

/* Adds what the line grants, sets or names. Returns NULL, or what is wrong with it. */
const char *sudo_read_line(struct sudo_reading *r, const char *line, const char *origin);

/* Puts what aliases stand for into the grants: they may be defined behind their use. */
void sudo_resolve_aliases(struct sudo_reading *r);

/* For struct lines: where a comment begins. A # before digits names a user, and #include is a directive. */
size_t sudo_cut(const char *line, size_t n);

/* A word that ends at white space or one of the separators, quotes taken off; *open where a quote is not closed. NULL: none. */
char *sudo_word(struct arena *arena, const char **at, const char *separators, bool *open);

#endif
