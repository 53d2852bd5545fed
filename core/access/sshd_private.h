/* SPDX-License-Identifier: Apache-2.0 */
/* Between sshd.c, which reads the configuration, and sshd_start.c, which tells what the server is started with. */
#ifndef CORE_SSHD_PRIVATE_H
#define CORE_SSHD_PRIVATE_H

#include "core/access/sshd.h"

struct sshd_reading {
	struct source *source;
	struct arena *arena;
	struct sshd *sshd;
	unsigned reads;          /* files of one server, each as often as it is included */
};

/* What a server is started with. */
struct sshd_start {
	const char *server;      /* NULL: the one that starts with the system; else another, to be told apart by this */
	const char **lines;      /* its options, as lines of a configuration */
	const char **origins;    /* of each */
	size_t n;
	const char *config;      /* "-f FILE", or NULL; "none" is none */
	const char *program;     /* its path, or NULL where nothing tells */
};

struct sshd_starts {
	struct sshd_start *list; /* at least one; that without a name is the first */
	size_t n;
};

/* Where the server is found, separated by spaces. */
extern const char sshd_programs[];

/* The path is one of those, with a leading slash, and with or without /usr. One that is not may have been built to read another file. */
bool sshd_is_usual(const char *program);

/* By its units or, without them, by the files in which distributions keep its options; and by what runs. */
struct sshd_starts sshd_starts_read(struct sshd_reading *r);

/* The next word as argv_split() of OpenSSH's misc.c cuts it; NULL at the end or a comment. *open is set where a quote is never closed. */
char *sshd_word(struct arena *arena, const char **at, bool *open);

#endif
