/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/markdown_page.h"

#include "reports/view.h"

enum { SIZE_MOST = 1000000, SIZE_TAIL = 8000 };   /* bytes; of what is put without a question */

void markdown_put(struct markdown *m, const char *text)
{
	m->size += strlen(text);
	output_puts(&m->output, text);
}

bool markdown_put_if_room(struct markdown *m, const struct buffer *text)
{
	if (m->size + text->size > SIZE_MOST - SIZE_TAIL)
		return false;
	markdown_put(m, text->text);
	return true;
}

void markdown_left_out(struct markdown *m, size_t n, const char *what)
{
	if (n)
		markdown_put(m, arena_printf(m->arena, "\n**%zu more %s left out**, to keep this short enough for GitHub; the JSON report has all.\n", n,
					     what));
}

void markdown_cell(struct markdown *m, struct buffer *out, const char *text)
{
	buffer_puts(out, "| ");
	markdown_code(out, text ? view_safe(m->arena, text, MARKDOWN_CELL_MAX) : "");
	buffer_puts(out, " ");
}
