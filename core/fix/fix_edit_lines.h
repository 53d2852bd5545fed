/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of a text that is being changed. For the files core/fix/fix_edit*.c alone. */
#ifndef CORE_FIX_EDIT_LINES_H
#define CORE_FIX_EDIT_LINES_H

#include "core/base/arena.h"

struct edit_lines {
	struct arena *arena;
	const char **list;       /* without their line breaks */
	size_t n;
};

struct edit_lines edit_lines_of(struct arena *arena, const char *text);

/* Each ended by a line break. */
const char *edit_lines_text(const struct edit_lines *lines);

void edit_lines_insert(struct edit_lines *lines, size_t at, const char *line);
void edit_lines_remove(struct edit_lines *lines, size_t at);

/* The next word of a text, copied; NULL at its end. */
const char *edit_word(struct arena *arena, const char **at);

/* How many blanks a line begins with. */
size_t edit_indent(const char *line);

/* As fix_edit_apply(): the lines are changed, and true returned, or *why is set. */
bool edit_yaml(struct edit_lines *lines, const char *rest, const char **why);
bool edit_toml(struct edit_lines *lines, const char *rest, const char **why);
bool edit_section(struct edit_lines *lines, const char *rest, const char **why);
bool edit_option(struct edit_lines *lines, const char *rest, const char **why);
bool edit_argument(struct edit_lines *lines, const char *rest, const char **why);

#endif
