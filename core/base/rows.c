/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/rows.h"

#include <ctype.h>

static const char nothing[] = "\\-";   /* NULL */

void text_escape(struct buffer *out, const char *data, size_t size, const char *also)
{
	size_t from = 0;

	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)data[i];

		if (c >= 0x20 && c < 0x7f && c != '\\' && !strchr(also, c))
			continue;
		buffer_add(out, data + from, i - from);
		buffer_printf(out, "\\x%02x", c);
		from = i + 1;
	}
	buffer_add(out, data + from, size - from);
}

static int digit(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

char *text_unescape(struct arena *arena, const char *text, size_t size, size_t *n)
{
	char *out = arena_strndup(arena, text, size);

	*n = 0;
	for (size_t i = 0; i < size; i++) {
		if (text[i] != '\\') {
			out[(*n)++] = text[i];
			continue;
		}
		if (size - i < 4 || text[i + 1] != 'x' || digit(text[i + 2]) < 0 || digit(text[i + 3]) < 0)
			return NULL;
		out[(*n)++] = (char)(digit(text[i + 2]) << 4 | digit(text[i + 3]));
		i += 3;
	}
	out[*n] = '\0';
	return out;
}

void rows_add(struct buffer *rows, const char *const *fields, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i)
			buffer_puts(rows, "\t");
		if (fields[i])
			text_escape(rows, fields[i], strlen(fields[i]), "");
		else
			buffer_puts(rows, nothing);
	}
	buffer_puts(rows, "\n");
}

bool rows_next(struct arena *arena, const char **at, struct row *row)
{
	const char *line = *at;
	size_t size = strcspn(line, "\n");

	*row = (struct row){ .n = 0 };
	if (!*line)
		return false;
	*at = line + size + (line[size] == '\n');
	for (size_t from = 0; row->n < ROW_FIELDS; row->n++) {
		size_t part = strcspn(line + from, "\t\n"), ignored;
		bool none = part == sizeof(nothing) - 1 && memcmp(line + from, nothing, part) == 0;

		row->fields[row->n] = none ? NULL : text_unescape(arena, line + from, part, &ignored);
		from += part;
		if (line[from] != '\t') {
			row->n++;
			break;
		}
		from++;
	}
	return true;
}

uint64_t row_number(const struct row *row, size_t field, uint64_t otherwise)
{
	const char *text = field < row->n ? row->fields[field] : NULL;
	int64_t number;

	return text && text_integer(text, &number) && number >= 0 ? (uint64_t)number : otherwise;
}
