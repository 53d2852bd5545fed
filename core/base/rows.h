/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of strings as text that diffs well: a line a row, its fields separated by tabs, whatever they hold. How what was made of a system call or of a
 * long walk is kept for a snapshot. What is read back may have been edited by anybody.
 */
#ifndef CORE_ROWS_H
#define CORE_ROWS_H

#include "core/base/text.h"

enum { ROW_FIELDS = 10 };

struct row {
	const char *fields[ROW_FIELDS];   /* NULL where the row has no such field, or it was NULL */
	size_t n;
};

/* Adds a row of n fields. */
void rows_add(struct buffer *rows, const char *const *fields, size_t n);

/* Takes the next row; false at the end. *at begins as the text; the fields lie in the arena. What is no row has no fields. */
bool rows_next(struct arena *arena, const char **at, struct row *row);

/* A field as a number that is not negative; `otherwise` where it is none. */
uint64_t row_number(const struct row *row, size_t field, uint64_t otherwise);

/* Every byte but printable ASCII as \xNN, a backslash, too. `also`: characters that are escaped besides. */
void text_escape(struct buffer *out, const char *data, size_t size, const char *also);

/* Back again, in the arena; *n is its size. NULL where an escape is none. */
char *text_unescape(struct arena *arena, const char *text, size_t size, size_t *n);

#endif
