/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An item is one thing seen: a name, a typed value, the state of the look-up, and where it came from.
 * Its strings are made safe when they enter (text_safe), so that whoever prints them need not think of it again.
 */
#ifndef CORE_ITEM_H
#define CORE_ITEM_H

#include "core/source/source.h"

enum item_type {
	ITEM_STRING,
	ITEM_INTEGER,
	ITEM_BITS,       /* a mask; its bits have names in the check that observes it */
	ITEM_SET,        /* words separated by commas or spaces */
	ITEM_VERSION,    /* dotted numbers, and anything after them */
};

struct item {
	const char *name;
	enum item_type type;
	enum state state;
	const char *why;      /* unless present: the reason */
	const char *origin;   /* a path or a system call */
	const char *text;     /* present: the value as shown */
	int64_t number;       /* present, ITEM_INTEGER and ITEM_BITS: the value */
};

struct items {
	struct arena *arena;
	struct item *list;
	size_t n;
};

/* Each adds one item and returns it. `name` must outlive the items or lie in their arena. */
struct item *items_add_text(struct items *items, const char *name, const char *origin, const char *text);
struct item *items_add_set(struct items *items, const char *name, const char *origin, const char *words);
struct item *items_add_version(struct items *items, const char *name, const char *origin, const char *version);
struct item *items_add_integer(struct items *items, const char *name, const char *origin, int64_t number);
struct item *items_add_bits(struct items *items, const char *name, const char *origin, uint64_t mask);

/* Not present: the state and the reason, printf-like. */
struct item *items_add_state(struct items *items, const char *name, const char *origin, enum state state,
			     const char *why, ...) PRINTF_LIKE(5, 6);

/* The file's state and reason, for a file that is not present. */
struct item *items_add_file_state(struct items *items, const char *name, const struct file *file);

/*
 * A one-value file: trimmed; an integer where the text is one, else a string. A file of no bytes at all, or one that holds a
 * NUL byte, is STATE_MALFORMED: the kernel never answers so. Not present: the file's state.
 */
struct item *items_add_value_file(struct items *items, const char *name, const struct file *file);

#endif
