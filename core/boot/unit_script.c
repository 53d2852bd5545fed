/* SPDX-License-Identifier: Apache-2.0 */
/* Init scripts: which runlevel starts them. OpenRC has a folder of links for each, /etc/runlevels/default; System V init /etc/rc2.d. */
#include "core/boot/unit_private.h"

#include "core/base/text.h"

#include <ctype.h>

enum { STACKED = 4 };   /* a runlevel may hold another, rc-update(8) */

const char *unit_script(struct arena *arena, const char *name)
{
	const char *suffix = unit_suffix(name);

	if (suffix && !streq(suffix, ".service"))
		return NULL;
	return suffix ? arena_strndup(arena, name, (size_t)(suffix - name)) : arena_strdup(arena, name);
}

/* What is in the way of saying that a link is not there. */
static bool is_readable(const struct directory *dir, enum state *state, const char **why)
{
	if (dir->state == STATE_PRESENT || dir->state == STATE_ABSENT)
		return true;
	*state = dir->state;
	*why = dir->why;
	return false;
}

static const char *find_in_level(const struct units *units, struct arena *arena, const char *level, const char *script, int depth,
				 enum state *state, const char **why)
{
	const char *folder = arena_printf(arena, "etc/runlevels/%s", level);
	const struct directory *dir = source_list(units->source, folder);

	if (!is_readable(dir, state, why))
		return NULL;
	for (size_t i = 0; i < dir->n; i++)
		if (streq(dir->entries[i].name, script))
			return arena_printf(arena, "/%s/%s", folder, script);
	for (size_t i = 0; i < dir->n && depth < STACKED; i++) {
		const char *name = dir->entries[i].name, *found;

		if (source_stat(units->source, arena_printf(arena, "etc/init.d/%s", name))->state != STATE_ABSENT ||
		    source_list(units->source, arena_printf(arena, "etc/runlevels/%s", name))->state != STATE_PRESENT)
			continue;
		found = find_in_level(units, arena, name, script, depth + 1, state, why);
		if (found)
			return found;
	}
	return NULL;
}

/* openrc(8): sysinit and boot are entered first, then default, unless the boot loader asks for another. */
const char *openrc_link(const struct units *units, struct arena *arena, const char *script, enum state *state, const char **why)
{
	static const char *const levels[] = { "default", "boot", "sysinit" };

	*state = STATE_PRESENT;
	*why = "no runlevel of the start has it";
	for (size_t i = 0; i < ARRAY_LEN(levels); i++) {
		const char *found = find_in_level(units, arena, levels[i], script, 0, state, why);

		if (found)
			return found;
	}
	return NULL;
}

/* "S03cron" */
static bool starts(const char *link, const char *script)
{
	return link[0] == 'S' && isdigit((unsigned char)link[1]) && isdigit((unsigned char)link[2]) && streq(link + 3, script);
}

const char *sysv_link(const struct units *units, struct arena *arena, const char *script, enum state *state, const char **why)
{
	*state = STATE_PRESENT;
	*why = "no runlevel of the start has it";
	for (int level = 2; level <= 5; level++) {
		const char *folder = arena_printf(arena, "etc/rc%d.d", level);
		const struct directory *dir = source_list(units->source, folder);

		if (!is_readable(dir, state, why))
			return NULL;
		for (size_t i = 0; i < dir->n; i++)
			if (starts(dir->entries[i].name, script))
				return arena_printf(arena, "/%s/%s", folder, dir->entries[i].name);
	}
	return NULL;
}
