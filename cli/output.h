/* SPDX-License-Identifier: Apache-2.0 */
/* Where a report goes: standard output, or a file that is written beside its place and renamed, so that the old one is never lost. */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include "core/arena.h"
#include "core/err.h"

struct output {
	FILE *stream;
	const char *path;        /* as the user gave it; "-" for standard output */
	char *temporary;         /* the file beside, or NULL where the place is written directly */
	bool nameless;           /* it has that name only when it is whole */
};

/* Opens. A path that is there and no regular file (a FIFO, a device) is written directly. Returns 0, or -errno with a sentence. */
int output_open(struct output *output, const char *path, struct err *err);

/* Writes out, syncs, renames. On an error, also of an earlier write, the old file stays. Closes in any case. */
int output_commit(struct output *output, struct err *err);

/* Closes and leaves the old file as it was. */
void output_abandon(struct output *output);

#endif
