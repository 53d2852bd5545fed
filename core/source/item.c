/* SPDX-License-Identifier: Apache-2.0 */
#include "core/source/item.h"

#include "core/base/text.h"

#include <inttypes.h>

static struct item *add(struct items *items, const char *name, const char *origin, enum item_type type)
{
	struct item *item = &arena_push(items->arena, items->list, items->n);

	*item = (struct item){ .name = name, .origin = arena_strdup(items->arena, origin), .type = type, .state = STATE_PRESENT };
	return item;
}

static struct item *add_text(struct items *items, const char *name, const char *origin, enum item_type type,
			     const char *text, size_t size)
{
	struct item *item = add(items, name, origin, type);

	item->text = text_safe(items->arena, text, size, TEXT_MAX);
	return item;
}

struct item *items_add_text(struct items *items, const char *name, const char *origin, const char *text)
{
	return add_text(items, name, origin, ITEM_STRING, text, strlen(text));
}

struct item *items_add_set(struct items *items, const char *name, const char *origin, const char *words)
{
	return add_text(items, name, origin, ITEM_SET, words, strlen(words));
}

struct item *items_add_version(struct items *items, const char *name, const char *origin, const char *version)
{
	return add_text(items, name, origin, ITEM_VERSION, version, strlen(version));
}

struct item *items_add_integer(struct items *items, const char *name, const char *origin, int64_t number)
{
	struct item *item = add(items, name, origin, ITEM_INTEGER);

	item->number = number;
	item->text = arena_printf(items->arena, "%" PRId64, number);
	return item;
}

struct item *items_add_bits(struct items *items, const char *name, const char *origin, uint64_t mask)
{
	struct item *item = add(items, name, origin, ITEM_BITS);

	item->number = (int64_t)mask;
	item->text = arena_printf(items->arena, "%" PRIu64, mask);
	return item;
}

struct item *items_add_state(struct items *items, const char *name, const char *origin, enum state state,
			     const char *why, ...)
{
	struct item *item = add(items, name, origin, ITEM_STRING);
	va_list args;
	const char *text;

	va_start(args, why);
	text = arena_vprintf(items->arena, why, args);
	va_end(args);
	item->state = state;
	item->why = text_safe(items->arena, text, strlen(text), TEXT_MAX);
	return item;
}

struct item *items_add_file_state(struct items *items, const char *name, const struct file *file)
{
	return items_add_state(items, name, file->path, file->state, "%s", file->why);
}

struct item *items_add_value_file(struct items *items, const char *name, const struct file *file)
{
	struct item *item;
	const char *text;

	if (file->state != STATE_PRESENT)
		return items_add_file_state(items, name, file);
	if (file->size == 0)
		return items_add_state(items, name, file->path, STATE_MALFORMED, "the file is empty");
	if (memchr(file->data, '\0', file->size))
		return items_add_state(items, name, file->path, STATE_MALFORMED, "the file holds a NUL byte");
	text = text_trim(arena_strdup(items->arena, file->data));
	item = items_add_text(items, name, file->path, text);
	if (text_integer(item->text, &item->number))
		item->type = ITEM_INTEGER;
	return item;
}
