/* SPDX-License-Identifier: Apache-2.0 */
/* How the parsers make a document. Shared by the files core/config/document*; nobody else includes this. */
#ifndef CORE_DOCUMENT_BUILD_H
#define CORE_DOCUMENT_BUILD_H

#ifdef __cplusplus
extern "C" {
#endif

#include <stdbool.h>
#include <stddef.h>

struct document_build;
struct value;

struct place_in_file {
	unsigned line, column;       /* from 1 */
};

/* One value; a string need not end. */
struct raw_value {
	int kind;                    /* enum value_kind */
	const char *key;             /* NULL: the root, or an entry of a list */
	size_t key_size;
	const char *text;            /* scalars */
	size_t text_size;
	struct place_in_file at;
	int depth;                   /* of the root 0 */
};

/* Adds a value to a list or table, or the root where that is NULL. NULL where it goes beyond a bound or is no text: the document says so. */
struct value *build_add(struct document_build *build, struct value *into, const struct raw_value *raw);

/* The document cannot be understood. The first reason stays. Returns false. */
bool build_fail(struct document_build *build, struct place_in_file at, const char *what);

/* Fill the document from its bytes. False: build_fail() was called. */
bool document_parse_json(struct document_build *build, const char *data, size_t size);
bool document_parse_yaml(struct document_build *build, const char *data, size_t size);
bool document_parse_toml(struct document_build *build, const char *data, size_t size);

#ifdef __cplusplus
}
#else

#include "core/config/document.h"

struct document_build {
	struct arena *arena;
	struct document *document;
	size_t n;                    /* values so far, with those that aliases repeat */
};

/* Counts values against DOCUMENT_MOST; false: too many. */
bool build_count(struct document_build *build, size_t more, struct place_in_file at);

#endif
#endif
