/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing XML, over libxml2's xmlTextWriter. libxml2 writes whatever bytes it is given, control characters and broken UTF-8
 * included: every text must have gone through text_safe(), line breaks of our own apart. xml_out_finish() tells what failed.
 */
#ifndef REPORTS_XML_H
#define REPORTS_XML_H

#include "core/base/err.h"

struct xml_out;

/* Opens a UTF-8 document in the file. */
struct xml_out *xml_out_new(FILE *file);

/*
 * The same for HTML, in the spelling that HTML and XML have in common: an element is ended by a tag of its own even where nothing is in it,
 * only void ones (xml_out_end_void(), xml_out_empty()) are not; nothing is indented, because white space shows.
 */
struct xml_out *xml_out_new_html(FILE *file);

/* An element with what is written up to its xml_out_end(). */
void xml_out_start(struct xml_out *out, const char *name);
void xml_out_end(struct xml_out *out);

/* Of the element just started. */
void xml_out_attribute(struct xml_out *out, const char *name, const char *value);
void xml_out_number(struct xml_out *out, const char *name, size_t value);

void xml_out_text(struct xml_out *out, const char *text);

/* As it stands: text that is XML already, or our own, such as a script, in which HTML knows no escapes. */
void xml_out_raw(struct xml_out *out, const char *text);

/* Ends the element just started as one that never holds anything. */
void xml_out_end_void(struct xml_out *out);

/* <name>text</name> */
void xml_out_element(struct xml_out *out, const char *name, const char *text);

/* <name/> */
void xml_out_empty(struct xml_out *out, const char *name);

/* Ends the document and flushes the file. Returns 0, or -errno with a sentence where anything was lost. */
int xml_out_finish(struct xml_out *out, struct err *err);
void xml_out_free(struct xml_out *out);

#define auto_xml_out __attribute__((cleanup(xml_out_free_)))
static inline void xml_out_free_(struct xml_out **out)
{
	xml_out_free(*out);
}

#endif
