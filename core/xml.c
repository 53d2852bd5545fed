/* SPDX-License-Identifier: Apache-2.0 */
#include "core/xml.h"

#include "core/benchmark.h"
#include "core/text.h"

#include <ctype.h>
#include <errno.h>

bool xml_is(const xmlNode *node, const char *namespace, const char *name)
{
	return node->type == XML_ELEMENT_NODE && node->ns && streq((const char *)node->ns->href, namespace) &&
	       streq((const char *)node->name, name);
}

static xmlNode *element_from(xmlNode *node)
{
	while (node && node->type != XML_ELEMENT_NODE)
		node = node->next;
	return node;
}

xmlNode *xml_first(const xmlNode *node)
{
	return element_from(node->children);
}

xmlNode *xml_next(const xmlNode *node)
{
	return element_from(node->next);
}

char *xml_attribute(struct arena *arena, const xmlNode *node, const char *name)
{
	for (const xmlAttr *a = node->properties; a; a = a->next) {
		const xmlNode *text = a->children;

		if (a->ns || !streq((const char *)a->name, name))
			continue;
		if (!text)
			return arena_strdup(arena, "");
		if (!text->next)
			return arena_strdup(arena, (const char *)text->content);
		xmlChar *whole = xmlNodeGetContent((const xmlNode *)a);
		char *copy = arena_strdup(arena, whole ? (const char *)whole : "");

		xmlFree(whole);
		return copy;
	}
	return NULL;
}

bool xml_boolean(const xmlNode *node, const char *name, bool otherwise)
{
	xmlChar *value = xmlGetNoNsProp(node, (const xmlChar *)name);
	bool yes = value ? streq((const char *)value, "true") || streq((const char *)value, "1") : otherwise;

	xmlFree(value);
	return yes;
}

/* ---- text ---- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* Runs of white space become one space. The buffer has room: buffer_for() made it. */
static void add_folded(struct buffer *out, const char *text)
{
	char *end = out->text + out->size;

	for (; *text; text++) {
		if (!is_blank(*text))
			*end++ = *text;
		else if (end > out->text && end[-1] != ' ')
			*end++ = ' ';
	}
	*end = '\0';
	out->size = (size_t)(end - out->text);
}

static void add_text(struct buffer *out, const xmlNode *node, bool folded)
{
	for (const xmlNode *child = node->children; child; child = child->next) {
		if (child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE) {
			if (folded)
				add_folded(out, (const char *)child->content);
			else
				buffer_puts(out, (const char *)child->content);
		} else if (xml_is(child, XCCDF_NAMESPACE, "sub")) {
			xmlChar *id = xmlGetNoNsProp(child, (const xmlChar *)"idref");
			const char mark = SUB_MARK;

			buffer_add(out, &mark, 1);
			buffer_puts(out, id ? (const char *)id : "");
			buffer_add(out, &mark, 1);
			xmlFree(id);
		} else if (child->type == XML_ELEMENT_NODE) {
			add_text(out, child, folded);
		}
	}
}

/* What a <sub> leaves behind: its id between two marks. */
static size_t sub_size(const xmlNode *node)
{
	const xmlAttr *id = xml_is(node, XCCDF_NAMESPACE, "sub") ? xmlHasProp(node, (const xmlChar *)"idref") : NULL;

	return id && id->children && id->children->content ? strlen((const char *)id->children->content) + 2 : 2;
}

/* Room for all the text below the node, so that it is copied once. */
static size_t text_size(const xmlNode *node)
{
	size_t size = 1;

	for (const xmlNode *child = node->children; child; child = child->next)
		size += child->type == XML_ELEMENT_NODE ? text_size(child) + sub_size(child)
			: child->content ? strlen((const char *)child->content) : 0;
	return size;
}

static struct buffer buffer_for(struct arena *arena, const xmlNode *node)
{
	size_t room = text_size(node);

	return (struct buffer){ .arena = arena, .text = arena_alloc(arena, room), .room = room };
}

char *xml_text(struct arena *arena, const xmlNode *node)
{
	struct buffer out = buffer_for(arena, node);

	add_text(&out, node, true);
	return text_trim(out.text);
}

char *xml_script(struct arena *arena, const xmlNode *node)
{
	struct buffer out = buffer_for(arena, node);
	char *text;

	add_text(&out, node, false);
	text = out.text;
	while (isspace((unsigned char)*text))
		text++;
	for (size_t n = strlen(text); n && isspace((unsigned char)text[n - 1]); n--)
		text[n - 1] = '\0';
	return text;
}

/* ---- mistakes ---- */

int xml_fail(const char *path, const xmlNode *node, struct err *err, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return err_set(err, EINVAL, "%s:%ld: %s", path, xmlGetLineNo(node), text);
}

char *nearest_hint(struct arena *arena, const char *list, const char *misspelt)
{
	unsigned best = (unsigned)strlen(misspelt) / 3 + 2;
	char *hint = NULL;
	size_t n;

	for (const char *at = list, *w; (w = list_next(&at, " ", &n));) {
		char *word = arena_strndup(arena, w, n);
		unsigned distance = text_distance(word, misspelt);

		if (distance < best) {
			best = distance;
			hint = word;
		}
	}
	return hint ? arena_printf(arena, ", did you mean '%s'?", hint) : arena_strdup(arena, "");
}

int xml_check_attributes(const char *path, const xmlNode *node, const char *allowed, struct err *err)
{
	for (const xmlAttr *a = node->properties; a; a = a->next) {
		if (!a->ns && !list_has(allowed, " ", (const char *)a->name)) {
			auto_arena struct arena *arena = arena_new();

			return xml_fail(path, node, err, "%s has no attribute '%s'%s", (const char *)node->name,
					(const char *)a->name, nearest_hint(arena, allowed, (const char *)a->name));
		}
	}
	return 0;
}
