/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/daemon_item.h"

#include "core/base/text.h"

bool daemon_is_here(const struct daemon_set *set, struct items *items)
{
	if (set->state == STATE_PRESENT)
		return true;
	items_add_state(items, set->kind->name, "/proc", set->state, "%s", set->why);
	return false;
}

const char *daemon_item_name(const struct daemon_set *set, const struct daemon *daemon, const char *name, struct items *items)
{
	name = set->n > 1 ? arena_printf(items->arena, "%s of %s", name, daemon->label) : name;
	return text_safe(items->arena, name, strlen(name), 512);
}

struct item *items_add_word(struct items *items, const char *name, const char *origin, const char *text)
{
	struct item *item = items_add_text(items, name, origin, text);

	if (text_integer(item->text, &item->number))
		item->type = ITEM_INTEGER;
	return item;
}

void items_add_said(const struct daemon_set *set, const struct daemon *daemon, const struct said *said, struct items *items)
{
	const char *name = daemon_item_name(set, daemon, said->name, items);
	const char *origin = text_safe(items->arena, said->origin, strlen(said->origin), 512);

	if (said->state != STATE_PRESENT)
		items_add_state(items, name, origin, said->state, "%s", said->why);
	else if (said->is_list)
		items_add_set(items, name, origin, said->text);
	else
		items_add_word(items, name, origin, said->text);
}
