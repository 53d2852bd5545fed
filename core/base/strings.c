/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/strings.h"

#include "core/base/text.h"

enum { FIRST_ROOM = 1024 };   /* a power of two */

struct slot {
	const char *text;     /* or NULL: free */
	uint32_t hash;
};

struct strings {
	struct arena *arena;
	struct slot *slots;
	size_t n, room;       /* at most half of the slots are taken */
};

struct strings *strings_new(struct arena *arena)
{
	struct strings *strings = arena_new_of(arena, struct strings);

	strings->arena = arena;
	strings->room = FIRST_ROOM;
	strings->slots = arena_array_of(arena, struct slot, FIRST_ROOM);
	return strings;
}

struct arena *strings_arena(const struct strings *strings)
{
	return strings->arena;
}

/* Where the text stands, or the free slot where it belongs. */
static struct slot *slot_of(const struct strings *strings, const char *text, uint32_t hash)
{
	size_t i = hash & (strings->room - 1);

	while (strings->slots[i].text && (strings->slots[i].hash != hash || !streq(strings->slots[i].text, text)))
		i = (i + 1) & (strings->room - 1);
	return &strings->slots[i];
}

static void grow(struct strings *strings)
{
	struct slot *old = strings->slots;
	size_t room = strings->room;

	strings->room *= 2;
	strings->slots = arena_array_of(strings->arena, struct slot, strings->room);
	for (size_t i = 0; i < room; i++)
		if (old[i].text)
			*slot_of(strings, old[i].text, old[i].hash) = old[i];
}

const char *strings_keep(struct strings *strings, const char *text)
{
	size_t size = text ? strlen(text) : 0;
	uint32_t hash = text ? text_hash(text, size) : 0;
	struct slot *slot;

	if (!text)
		return NULL;
	slot = slot_of(strings, text, hash);
	if (slot->text)
		return slot->text;
	if (++strings->n > strings->room / 2) {
		grow(strings);
		slot = slot_of(strings, text, hash);
	}
	*slot = (struct slot){ arena_strndup(strings->arena, text, size), hash };
	return slot->text;
}
