/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A Markdown document of a bounded size: GitHub refuses a step summary of over a mebibyte. What would make it longer is left out, and said to be; what is put
 * without a question has to be short.
 */
#ifndef REPORTS_MARKDOWN_PAGE_H
#define REPORTS_MARKDOWN_PAGE_H

#include "reports/markdown_text.h"
#include "reports/output.h"

enum { MARKDOWN_CELL_MAX = 160 };   /* bytes of a text in a table */

struct markdown {
	struct output output;
	struct arena *arena;
	size_t size;             /* written so far */
};

void markdown_put(struct markdown *m, const char *text);

/* False where it would become too long: it is left out. */
bool markdown_put_if_room(struct markdown *m, const struct buffer *text);

/* "**3 more failures are left out**, …"; nothing for 0. */
void markdown_left_out(struct markdown *m, size_t n, const char *what);

/* "| `text` ": made safe and cut; empty for NULL. */
void markdown_cell(struct markdown *m, struct buffer *out, const char *text);

#endif
