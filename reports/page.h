/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A page of terminal text, filled from left to right and line by line. Everything printed goes through page_put(), which
 * keeps three promises: no line is wider than the page, nothing but ASCII where the reader's locale is not UTF-8, and no
 * escape sequence but our own colours, and those only where they are wanted.
 */
#ifndef REPORTS_PAGE_H
#define REPORTS_PAGE_H

#include "core/base/arena.h"
#include "core/benchmark/outcome.h"
#include "reports/output.h"

enum style {
	STYLE_PLAIN, STYLE_BOLD, STYLE_DIM, STYLE_GOOD, STYLE_HIGH, STYLE_MEDIUM, STYLE_LOW,
};

struct page {
	struct output *output;   /* NULL: nothing is written, only lines counted */
	struct arena *arena;
	bool color, unicode;
	size_t width;            /* in code points, 1 or more */
	size_t column;           /* where the line stands */
	size_t wanted;           /* the column to go to before the next text */
	size_t lines;            /* ended so far */
};

/* In code points. */
size_t page_columns(const char *text);

/* Text at the end of the line; what has no room is cut and ends in an ellipsis. */
void page_put(struct page *page, enum style style, const char *text);
void page_printf(struct page *page, enum style style, const char *format, ...) PRINTF_LIKE(3, 4);

/* The next text starts at this column, or right here where the line is already longer. */
void page_to(struct page *page, size_t column);

/* Text that ends in this column. */
void page_put_ending(struct page *page, size_t end, enum style style, const char *text);

/* Ends the line. */
void page_end(struct page *page);

/*
 * Text broken into lines at its spaces; all but the first start at `indent`. Over `most` lines (0: no bound) it is cut and
 * ends in an ellipsis. The last line is not ended.
 */
void page_wrap(struct page *page, enum style style, size_t indent, size_t most, const char *text);

/* Text that is not broken: it goes on a new line at `indent` where this one has no room for it. */
void page_flow(struct page *page, enum style style, size_t indent, const char *text);

/* A bold title after an empty line, with a remark at the right edge (or NULL). */
void page_heading(struct page *page, const char *title, const char *remark);

/* A bar of `width` columns, filled to a part of 0 to 1. */
void page_bar(struct page *page, enum style style, size_t width, double part);

enum style page_severity_style(enum severity severity);

#endif
