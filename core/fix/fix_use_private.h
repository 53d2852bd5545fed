/* SPDX-License-Identifier: Apache-2.0 */
/* What the files core/fix/fix_use*.c have in common. */
#ifndef CORE_FIX_USE_PRIVATE_H
#define CORE_FIX_USE_PRIVATE_H

#include "core/base/text.h"
#include "core/fix/fix_script.h"
#include "core/fix/fix_use.h"

enum { NAMED_MOST = 4 };

struct programs;                         /* what runs, looked at once for a plan */

struct look {
	struct fix_plan *plan;
	const struct audit *audit;
	struct source *source;
	struct fix_item *item;           /* that is being looked at */
	struct programs *programs;       /* NULL until somebody asks */
};

void look_note(struct look *l, const char *text);

/* False, and a note, where a table could not be read. */
bool look_was_read(struct look *l, enum state state, const char *path, const char *why);

/* "x, y and 3 more"; .text.arena is to be set. */
struct names {
	struct buffer text;
	size_t n;
};

void names_add(struct names *names, const char *name);
const char *names_text(struct names *names);

/* Programs that hold, trace or are what a line of the file forbids. */
void look_at_programs(struct look *l, const struct fix_file *file);

/* 32-bit programs, where a word of the kernel's command line ends them. */
void look_at_words(struct look *l);

/* Programs that run from a place that becomes noexec. */
void look_at_places(struct look *l);

/* Units that "for u in …; do … systemctl disable --now" stops, who is connected to them, and mounts that need them. */
void look_at_services(struct look *l);

#endif
