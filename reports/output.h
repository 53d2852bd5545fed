/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way from a format to its file. The first write that fails is remembered with its errno and later ones are dropped, so
 * that a format writes on without asking and output_finish() tells.
 */
#ifndef REPORTS_OUTPUT_H
#define REPORTS_OUTPUT_H

#include "core/base/err.h"

struct output {
	FILE *file;
	int error;      /* errno of the first failure, or 0 */
};

void output_write(struct output *output, const char *data, size_t size);
void output_puts(struct output *output, const char *text);

/* Flushes. Returns 0, or -errno with a sentence where anything was lost. */
int output_finish(struct output *output, struct err *err);

#endif
