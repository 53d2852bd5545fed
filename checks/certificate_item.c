/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/certificate_item.h"

#include "core/config/certificate.h"

#include <time.h>

enum { DAY = 24 * 60 * 60 };

static const char *day_of(struct arena *arena, int64_t seconds)
{
	time_t when = (time_t)seconds;
	char text[32];
	struct tm tm;

	if (!gmtime_r(&when, &tm) || !strftime(text, sizeof(text), "%Y-%m-%d", &tm))
		return "a day that has no name";
	return arena_strdup(arena, text);
}

static void add_one(struct items *items, const struct file *file, const struct certificate *c, const char *field, int64_t now)
{
	static const char *const words[] = {
		[VALIDITY_GOOD] = "valid", [VALIDITY_SOON_OVER] = "expires-soon", [VALIDITY_OVER] = "expired", [VALIDITY_NOT_YET] = "not-yet-valid",
	};
	const char *name = arena_printf(items->arena, "%s in %s, good from %s to %s", c->subject, file->path, day_of(items->arena, c->begins),
					day_of(items->arena, c->ends));

	if (streq(field, "validity"))
		items_add_text(items, name, file->path, words[certificate_validity(c, now)]);
	else if (streq(field, "lifetime"))
		items_add_integer(items, name, file->path, (c->ends - c->begins) / DAY);
	else
		items_add_integer(items, name, file->path, (now - c->begins) / DAY);
}

void items_add_certificates(struct items *items, const struct file *file, const char *field, int64_t now)
{
	const struct certificates *all;

	if (file->state != STATE_PRESENT) {
		items_add_file_state(items, "certificate", file);
		return;
	}
	all = certificates_read(items->arena, file);
	if (all->state != STATE_PRESENT)
		items_add_state(items, "certificate", file->path, all->state, "%s", all->why);
	for (size_t i = 0; i < all->n; i++)
		add_one(items, file, &all->list[i], field, now);
}
