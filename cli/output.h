/* SPDX-License-Identifier: Apache-2.0 */
/* Where a report goes: standard output, or a file that is written beside its place and renamed, so that the old one is never lost. */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include "core/base/arena.h"
#include "core/base/err.h"

struct output {
	FILE *stream;
	const char *path;        /* as the user gave it; "-" for standard output */
	char *temporary;         /* the file beside, or NULL where the place is written directly */
	bool nameless;           /* it has that name only when it is whole */
};

/*
 * Opens. What is there and no regular file (a FIFO, a device), or is open already (/dev/stdout), is written directly. A symbolic link is replaced, and
 * refused in a directory that everybody can write to. Returns 0, or -errno with a sentence.
 */
int output_open(struct output *output, const char *path, struct err *err);

/* Both mean standard output, or one file, there or not. */
bool output_is_same(const char *a, const char *b);

/* Writes out, syncs, renames. On an error, also of an earlier write, the old file stays. Closes in any case. */
int output_commit(struct output *output, struct err *err);

/* Closes and leaves the old file as it was. */
void output_abandon(struct output *output);

#endif
