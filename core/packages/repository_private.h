/* SPDX-License-Identifier: Apache-2.0 */
/* What the readers of repositories share. Nobody else includes this. */
#ifndef CORE_REPOSITORY_PRIVATE_H
#define CORE_REPOSITORY_PRIVATE_H

#include "core/packages/repository.h"

enum { REPOSITORY_LIMIT = 1 << 20, REPOSITORIES_MOST = 10000 };

struct repository_reading {
	struct repositories *all;
	struct source *source;
	struct arena *arena;
	bool found;                  /* a package manager that was asked for has files here */
};

/* Each reads the files of one package manager, where there are any. */
void repositories_read_apt(struct repository_reading *r);
void repositories_read_rpm(struct repository_reading *r);

void repository_add(struct repository_reading *r, const struct repository *repository);

/* A file that is there and cannot be read may name any repository. NULL unless it is present. */
const struct file *repository_file(struct repository_reading *r, const char *path);

/* The files of a folder whose names end so. */
void repository_folder(struct repository_reading *r, const char *folder, const char *end,
		       void (*take)(struct repository_reading *r, const struct file *file));

/* What keeps the list from being all; the first counts. */
void repository_note(struct repository_reading *r, enum state state, const char *path, const char *why);
void repository_fail(struct repository_reading *r, const struct file *file, unsigned line, const char *what);

/* Fetched by TLS, or from a disk. */
bool repository_is_encrypted(const char *uri);

/* The next line of a text, without white space around it, in the arena; NULL at the end. Starts with *at = data and *line = 0. */
char *repository_line(struct arena *arena, const char **at, unsigned *line);

#endif
