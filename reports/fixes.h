/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What would mend an audit, in the formats that can say it. Every one is a text in which lines that begin with # are remarks, and what an audit saw -
 * names of containers, contents of files - stands in such remarks alone, or quoted as the language wants it.
 */
#ifndef REPORTS_FIXES_H
#define REPORTS_FIXES_H

#include "core/fix/fix_plan.h"
#include "reports/format.h"
#include "reports/output.h"

struct fixes {
	struct output output;
	struct arena *arena;
	const struct audit *audit;
	const struct fix_plan *plan;
};

/* "# LABEL   text", broken into lines; the text is made safe. */
void fixes_remark(struct fixes *f, const char *label, const char *text);
void fixes_printf(struct fixes *f, const char *format, ...) PRINTF_LIKE(2, 3);

/* Of which audit it is, that nothing was carried out, and whether it was looked at what is in use. */
void fixes_head(struct fixes *f, const char *how);

/* Which rule it is for, what was found and is wanted, what it may break, whether it needs a reboot. */
void fixes_describe(struct fixes *f, const struct fix_item *item);

/* Those of the kinds of the mask (1 << FIX_SCRIPT), with their fixtext, and how many rules have nothing else. */
void fixes_by_hand(struct fixes *f, unsigned kinds);

/* The line that says who wrote a file. */
const char *fixes_mark(struct arena *arena, const struct fix_item *item);

/* Kernel words as lines of a drop-in of GRUB, and as the argument of grubby; words behind a minus are taken away. */
const char *fixes_grub(struct arena *arena, const struct fix_item *item);
const char *fixes_grubby(struct arena *arena, const struct fix_item *item);

/* "host", or how the container is called, made safe. */
const char *fixes_subject(struct arena *arena, const struct subject_results *subject);

/* Whether an earlier item is of the same rule, or has the same text: then the file is the same one. */
bool fixes_is_repeated(const struct fix_plan *plan, size_t index);

/* A unified diff; nothing where no line differs. */
void fixes_put_diff(struct fixes *f, const char *prefix, const char *path, const char *before, const char *after);

/* What was told already: rules, each with a number that tells apart how. */
struct fixes_told {
	struct fixes_told_rule {
		const struct rule *rule;
		unsigned how;
	} *list;
	size_t n;
};

/* True the first time. */
bool fixes_tell(struct arena *arena, struct fixes_told *told, const struct rule *rule, unsigned how);

/* Parts that several formats have in common; each writes what there is of its kind, and nothing where there is nothing. */
void fixes_put_files(struct fixes *f, const char *folder, bool headed);   /* NULL: all */
void fixes_put_cmdline(struct fixes *f, bool headed);
void fixes_put_kconfig(struct fixes *f, bool headed);
void fixes_put_edits(struct fixes *f, bool headed);
int fixes_put_daemon_json(struct fixes *f, bool headed, struct err *err);
int fixes_put_run(struct fixes *f, bool headed, struct err *err);
int fixes_put_compose(struct fixes *f, bool headed, struct err *err);
int fixes_put_kubernetes(struct fixes *f, bool headed, struct err *err);

/* The formats "text" and "json" of a plan. */
int fixes_text(const struct audit *audit, const struct format_options *options, FILE *file, struct err *err);
int fixes_json(const struct audit *audit, const struct format_options *options, FILE *file, struct err *err);

#endif
