/* SPDX-License-Identifier: Apache-2.0 */
/* Strings: made safe at the door, numbers and versions read strictly, lists walked without copies. */
#ifndef CORE_TEXT_H
#define CORE_TEXT_H

#include "core/base/arena.h"

enum { TEXT_MAX = 8192 };   /* longest string an item or a message keeps, in bytes */

/* Nothing but printable ASCII, which is harmless everywhere. */
bool text_is_plain(const char *text, size_t size);

/*
 * A copy that is valid UTF-8 and harmless in a terminal, XML, JSON and CSV: control characters (C0, DEL, C1),
 * bidirectional and other format characters, non-characters and invalid bytes are shown as \xNN or \u{NNNN};
 * what is longer than limit bytes is cut and ends in "… (N bytes)". A line break is escaped, too.
 */
char *text_safe(struct arena *arena, const char *data, size_t size, size_t limit);

/* The whole text is one integer: decimal or 0x…, sign allowed, nothing around it. False otherwise. */
bool text_integer(const char *text, int64_t *value);

/* on/off, yes/no, y/n, true/false, 1/0 as the kernel's kstrtobool() reads them: 1, 0, or -1 for anything else. */
int text_boolean(const char *text);

/* Leading dotted numbers compared part by part; a missing part is 0; what follows the numbers is ignored. <0, 0, >0. */
int version_compare(const char *a, const char *b);

/* True when text starts with a version number ("6.1.0-28-amd64", "6.6"). */
bool version_valid(const char *text);

/* White space trimmed off both ends, in place. */
char *text_trim(char *text);

/*
 * Walk the words of a list that are separated by any of the characters in `separators`. Starts with *at = text;
 * returns the word and its length, NULL at the end. Empty words are left out.
 */
const char *list_next(const char **at, const char *separators, size_t *length);

/* The word stands in the list. */
bool list_has(const char *list, const char *separators, const char *word);

/* The same for the first `size` characters of a word that holds no separator. */
bool list_has_part(const char *list, const char *separators, const char *word, size_t size);

/* The words of a list for a person to read: all of a short one, "a b and 7 more" of a long one. */
char *list_brief(struct arena *arena, const char *list);

/* A line of a table, copied: sscanf(3) measures all that follows a text, which of a long table takes for ever, line after line. */
struct text_line {
	char text[8192];             /* its beginning, without the line break */
	size_t size;                 /* of that */
};

/* The next line of a text; false at its end. `rest` starts as the text and is moved on. */
bool text_next_line(struct text_line *line, const char **rest);

/* Glob with * and ? over the whole text. */
bool text_glob(const char *pattern, const char *text);

/* How many single-character edits, swaps of neighbours among them, lie between two names; names over 63 characters are far from everything. */
unsigned text_distance(const char *a, const char *b);

/* Of the words of a space-separated list the one nearest to a misspelt one: ", did you mean 'x'?", or "" where none is near. */
char *nearest_hint(struct arena *arena, const char *list, const char *misspelt);

/* For the small hash tables of this folder: eight bytes at a time; another value on a machine of other byte order. */
uint32_t text_hash(const char *text, size_t size);

/* A string that grows. */
struct buffer {
	struct arena *arena;
	char *text;          /* always ended by NUL once something was added; NULL before */
	size_t size, room;
};

void buffer_add(struct buffer *b, const char *data, size_t size);
void buffer_puts(struct buffer *b, const char *text);

/* With a space in front where something stands there already. */
void buffer_word(struct buffer *b, const char *word, size_t size);

void buffer_printf(struct buffer *b, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
