/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An element of an XML document as a small tree, for the benchmark reader and the engines. Only core/benchmark/benchmark_read.c
 * knows the library that parsed it. Names and values live only until the next Rule is read: what is kept is copied.
 */
#ifndef CORE_XML_H
#define CORE_XML_H

#include "core/base/arena.h"
#include "core/base/err.h"

#define XCCDF_NAMESPACE "http://checklists.nist.gov/xccdf/1.2"

struct xml_attribute {
	const char *name, *value;
};

struct xml {
	const char *name;            /* local name; NULL: this is text */
	const char *space;           /* namespace URI, or "" */
	const char *text;            /* of a text node */
	unsigned line;
	struct xml_attribute *attributes;   /* those without a namespace */
	size_t n_attributes;
	struct xml *parent, *children, *last_child, *next;
};

/* The element has this name, in this namespace. */
bool xml_is(const struct xml *node, const char *space, const char *name);

/* First child element, next sibling element; NULL at the end. */
const struct xml *xml_first(const struct xml *node);
const struct xml *xml_next(const struct xml *node);

/* An attribute's value without a namespace, or NULL; a copy of it. */
const char *xml_get(const struct xml *node, const char *name);
char *xml_copy(struct arena *arena, const struct xml *node, const char *name);

/* xs:boolean: "true" and "1"; `otherwise` where there is no such attribute. */
bool xml_boolean(const struct xml *node, const char *name, bool otherwise);

/*
 * The element's text: white space folded to single spaces, markup dropped; <sub idref="…"/> becomes SUB_MARK id SUB_MARK.
 * xml_script() keeps line breaks and indentation as they are.
 */
char *xml_text(struct arena *arena, const struct xml *node);
char *xml_script(struct arena *arena, const struct xml *node);

/*
 * Every attribute stands in the space-separated list. Returns 0, or -EINVAL with "FILE:LINE: …, did you mean …?".
 */
int xml_check_attributes(const char *path, const struct xml *node, const char *allowed, struct err *err);

/* -EINVAL with "FILE:LINE: sentence". */
int xml_fail(const char *path, const struct xml *node, struct err *err, const char *format, ...) PRINTF_LIKE(4, 5);

#endif
