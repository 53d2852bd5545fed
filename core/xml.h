/* SPDX-License-Identifier: Apache-2.0 */
/* Small helpers over a libxml2 tree, for the benchmark reader and the engines. */
#ifndef CORE_XML_H
#define CORE_XML_H

#include "core/arena.h"
#include "core/err.h"

#include <libxml/tree.h>

#define XCCDF_NAMESPACE "http://checklists.nist.gov/xccdf/1.2"

/* The element's local name is this, in this namespace. */
bool xml_is(const xmlNode *node, const char *namespace, const char *name);

/* First child element, next sibling element; NULL at the end. */
xmlNode *xml_first(const xmlNode *node);
xmlNode *xml_next(const xmlNode *node);

/* An attribute's value without a namespace, or NULL. */
char *xml_attribute(struct arena *arena, const xmlNode *node, const char *name);

/* xs:boolean: "true" and "1"; `otherwise` where there is no such attribute. */
bool xml_boolean(const xmlNode *node, const char *name, bool otherwise);

/*
 * The element's text: white space folded to single spaces, markup dropped; <sub idref="…"/> becomes SUB_MARK id SUB_MARK.
 * xml_script() keeps line breaks and indentation as they are.
 */
char *xml_text(struct arena *arena, const xmlNode *node);
char *xml_script(struct arena *arena, const xmlNode *node);

/*
 * Every attribute without a namespace stands in the space-separated list. Returns 0, or -EINVAL with
 * "FILE:LINE: …, did you mean …?".
 */
int xml_check_attributes(const char *path, const xmlNode *node, const char *allowed, struct err *err);

/* -EINVAL with "FILE:LINE: sentence". */
int xml_fail(const char *path, const xmlNode *node, struct err *err, const char *format, ...) PRINTF_LIKE(4, 5);

/* Of the words of a space-separated list the one nearest to a misspelt one: ", did you mean 'x'?", or "". */
char *nearest_hint(struct arena *arena, const char *list, const char *misspelt);

#endif
