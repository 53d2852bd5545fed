/* SPDX-License-Identifier: Apache-2.0 */
#include "core/benchmark/xml.h"

#include "core/base/text.h"
#include "core/benchmark/benchmark.h"

#include <ctype.h>
#include <errno.h>

bool xml_is(const struct xml *node, const char *space, const char *name)
{
	return node->name && streq(node->name, name) && streq(node->space, space);
}

static const struct xml *element_from(const struct xml *node)
{
	while (node && !node->name)
		node = node->next;
	return node;
}

const struct xml *xml_first(const struct xml *node)
{
	return element_from(node->children);
}

const struct xml *xml_next(const struct xml *node)
{
	return element_from(node->next);
}

const char *xml_get(const struct xml *node, const char *name)
{
	for (size_t i = 0; i < node->n_attributes; i++)
		if (streq(node->attributes[i].name, name))
			return node->attributes[i].value;
	return NULL;
}

char *xml_copy(struct arena *arena, const struct xml *node, const char *name)
{
	const char *value = xml_get(node, name);

	return value ? arena_strdup(arena, value) : NULL;
}

bool xml_boolean(const struct xml *node, const char *name, bool otherwise)
{
	const char *value = xml_get(node, name);

	return value ? streq(value, "true") || streq(value, "1") : otherwise;
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

static void add_sub(struct buffer *out, const struct xml *sub)
{
	const char *id = xml_get(sub, "idref"), mark = SUB_MARK;

	buffer_add(out, &mark, 1);
	buffer_puts(out, id ? id : "");
	buffer_add(out, &mark, 1);
}

static void add_text(struct buffer *out, const struct xml *node, bool folded)
{
	for (const struct xml *child = node->children; child; child = child->next) {
		if (child->name && xml_is(child, XCCDF_NAMESPACE, "sub"))
			add_sub(out, child);
		else if (child->name)
			add_text(out, child, folded);
		else if (folded)
			add_folded(out, child->text);
		else
			buffer_puts(out, child->text);
	}
}

/* Room for all the text below the node, so that it is copied once. */
static size_t text_size(const struct xml *node)
{
	size_t size = 3;

	for (const struct xml *child = node->children; child; child = child->next) {
		const char *id = child->name ? xml_get(child, "idref") : NULL;

		size += child->name ? text_size(child) + (id ? strlen(id) : 0) : strlen(child->text);
	}
	return size;
}

static struct buffer buffer_for(struct arena *arena, const struct xml *node)
{
	size_t room = text_size(node);

	return (struct buffer){ .arena = arena, .text = arena_alloc(arena, room), .room = room };
}

char *xml_text(struct arena *arena, const struct xml *node)
{
	struct buffer out = buffer_for(arena, node);

	add_text(&out, node, true);
	return text_trim(out.text);
}

char *xml_script(struct arena *arena, const struct xml *node)
{
	struct buffer out = buffer_for(arena, node);

	add_text(&out, node, false);
	return text_trim(out.text);
}

/* ---- mistakes ---- */

int xml_fail(const char *path, const struct xml *node, struct err *err, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return err_set(err, EINVAL, "%s:%u: %s", path, node->line, text);
}

/* Attributes of XCCDF that are xs:boolean. */
static bool is_boolean(const char *name)
{
	return list_has("abstract hidden prohibitChanges selected multiple negate multi-check interactive resolved reboot", " ", name);
}

int xml_check_attributes(const char *path, const struct xml *node, const char *allowed, struct err *err)
{
	for (size_t i = 0; i < node->n_attributes; i++) {
		const char *name = node->attributes[i].name;

		if (!list_has(allowed, " ", name)) {
			auto_arena struct arena *arena = arena_new();

			return xml_fail(path, node, err, "%s has no attribute '%s'%s", node->name, name, nearest_hint(arena, allowed, name));
		}
		if (is_boolean(name) && !list_has("true false 1 0", " ", node->attributes[i].value))
			return xml_fail(path, node, err, "%s is true or false, not '%s'", name, node->attributes[i].value);
	}
	return 0;
}
