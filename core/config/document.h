/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A configuration document in JSON (RFC 8259), YAML (1.1 and 1.2, its first document) or TOML (1.0) as one tree that knows the line of
 * each value. The size of the file, the depth and the number of values are bounded; a key that stands twice in a table is a mistake, as
 * is whatever the syntax forbids, and is told with line and column. Aliases of YAML are followed: what they repeat counts as if it had
 * been written out.
 */
#ifndef CORE_DOCUMENT_H
#define CORE_DOCUMENT_H

#include "core/source/source.h"

enum {
	DOCUMENT_LIMIT = 4 << 20,   /* bytes of a file */
	DOCUMENT_DEEPEST = 64,      /* tables and lists inside each other */
	DOCUMENT_MOST = 20000,      /* values; of all files together that a program puts on top of each other */
};

enum syntax { SYNTAX_JSON, SYNTAX_YAML, SYNTAX_TOML };

enum value_kind { VALUE_NULL, VALUE_BOOLEAN, VALUE_INTEGER, VALUE_REAL, VALUE_STRING, VALUE_LIST, VALUE_TABLE };

struct value {
	enum value_kind kind;
	const char *file;            /* as printed */
	unsigned line, column;       /* from 1; 0: not known */
	const char *key;             /* of a member of a table; as written, not made safe */
	const char *text;            /* of a scalar: "true", "false", the number or string as written; not made safe */
	struct value *first, *last, *next;   /* members in the order of the file (TOML: by key) */
	size_t n;
};

struct document {
	const struct file *file;
	enum state state;            /* the file's, or STATE_MALFORMED, or STATE_UNAVAILABLE: built without the parser */
	const char *where;           /* the path, and where it is malformed ":LINE:COLUMN" */
	const char *why;             /* unless present */
	struct value *root;          /* present: or NULL, where the file holds no value at all */
	size_t n;                    /* values in it */
};

/* Never NULL; all of it lies in the arena. `path` as for source_read(). */
struct document *document_read(struct source *source, struct arena *arena, const char *path, enum syntax syntax);

/* SYNTAX_JSON … by the word "json", "yaml" or "toml"; asserts that it is one of them. */
enum syntax syntax_of(const char *word);

/* "/etc/docker/daemon.json:4" */
char *value_where(struct arena *arena, const struct value *value);

/* The member of a table, or NULL, also where it is no table. */
const struct value *value_member(const struct value *table, const char *key);

/* A value that a pointer leads to, and the pointer with each * replaced by what stands there. */
struct match {
	const char *pointer;         /* made safe */
	const struct value *value;
	bool other_case;             /* a key on the way differs from the pointer's in capital letters */
};

struct matches {
	struct arena *arena;
	bool any_case;               /* keys are found by any capital letters, as the parsers of Go's programs take them */
	struct match *list;
	size_t n;
	bool cut;                    /* there were more than are listed */
};

/*
 * Where JSON pointers (RFC 6901) lead to; several are separated by spaces. A part "*" stands for every member of a table or entry of a list; a space
 * in a key is written ~2.
 */
void value_find(const struct value *root, const char *pointers, struct matches *matches);

/* How a program puts a file on top of another. The first three are lists of pointers, separated by spaces, in which * stands for any key; or NULL. */
struct merging {
	const char *whole;           /* tables that are not merged but replaced */
	const char *joined;          /* lists whose entries are put behind the others; else the later list replaces the other */
	const char *identity;        /* an entry of a joined list, a table, replaces that with the same value of the first of these keys that it has */
	bool appends;                /* a list with an entry { append = true } is added to from there on, until one says false (containers.conf(5)) */
	bool keeps;                  /* "", 0, false or an empty list may leave what stands below in force: both are kept then, one behind the other */
};

/* `over` on top of `base`; either may be NULL, neither is changed. What is new lies in the arena. */
const struct value *value_merge(struct arena *arena, const struct value *base, const struct value *over, const struct merging *how);

#endif
