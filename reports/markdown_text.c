/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/markdown_text.h"

#include <strings.h>

enum { FENCE_MOST = 16 };   /* backquotes: readers know no fence of more than 80, or 1000 */

/* Not at the beginning of a line, where more would mean something. What looks like an address is one without any brackets. */
static bool means_something(const char *text, const char *at)
{
	if (*at == ':')
		return at[1] == '/';
	if (*at == '.')
		return at - text >= 3 && strncasecmp(at - 3, "www", 3) == 0;
	return strchr("\\`*_[]<>&|~$", *at) != NULL;
}

/*
 * A character that is written as a reference is never markup; an @ as code is never an address, because addresses are looked for when references have
 * become characters again.
 */
void markdown_text(struct buffer *out, const char *text)
{
	for (const char *at = text; *at; at++) {
		if (*at == '@')
			buffer_puts(out, "`@`");
		else if (means_something(text, at))
			buffer_printf(out, "&#%d;", *at);
		else
			buffer_add(out, at, 1);
	}
}

static size_t longest_run(const char *text, size_t size, char of)
{
	size_t longest = 0, run = 0;

	for (size_t i = 0; i < size; i++) {
		run = text[i] == of ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	return longest;
}

static void add_run(struct buffer *out, char of, size_t n)
{
	while (n--)
		buffer_add(out, &of, 1);
}

/* Between fences of more backquotes than stand in it anywhere; a space at either end is taken off by the reader. */
static void code_span(struct buffer *out, const char *text, size_t size)
{
	size_t fence = longest_run(text, size, '`') + 1;
	bool padded;

	if (!size)
		return;
	if (fence > FENCE_MOST) {
		buffer_puts(out, "<code>");
		markdown_text(out, arena_strndup(out->arena, text, size));
		buffer_puts(out, "</code>");
		return;
	}
	padded = text[0] == '`' || text[size - 1] == '`' || (text[0] == ' ' && text[size - 1] == ' ');
	add_run(out, '`', fence);
	add_run(out, ' ', padded);
	buffer_add(out, text, size);
	add_run(out, ' ', padded);
	add_run(out, '`', fence);
}

/* A bar ends a cell also within code, and what a backslash before it does depends on the reader: it stands in an element of its own, as a reference. */
void markdown_code(struct buffer *out, const char *text)
{
	for (const char *bar; (bar = strchr(text, '|')); text = bar + 1) {
		code_span(out, text, (size_t)(bar - text));
		buffer_puts(out, "<code>&#124;</code>");
	}
	code_span(out, text, strlen(text));
}

void markdown_html(struct buffer *out, const char *text)
{
	for (; *text; text++) {
		if (strchr("<>&\"'", *text))
			buffer_printf(out, "&#%d;", *text);
		else
			buffer_add(out, text, 1);
	}
}
