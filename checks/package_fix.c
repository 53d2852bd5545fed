/* SPDX-License-Identifier: Apache-2.0 */
/* Fixes of security that could be had and are not installed. */
#include "checks/checks.h"

#include "core/base/text.h"
#include "core/packages/apt_lists.h"

#include <time.h>

enum { SHOWN_MOST = 40, DAY = 24 * 60 * 60 };

static void add_age(const struct subject *subject, const struct apt_fixes *fixes, int64_t days, struct items *items)
{
	time_t when = (time_t)fixes->oldest;
	char text[32] = "";
	struct tm tm;

	if (fixes->state != STATE_PRESENT) {
		items_add_state(items, "fixes", fixes->origin, fixes->state, "%s", fixes->why);
	} else if (subject->now - fixes->oldest > days * DAY) {
		if (gmtime_r(&when, &tm))
			strftime(text, sizeof(text), "%Y-%m-%d", &tm);
		items_add_state(items, "fixes", fixes->oldest_origin, STATE_UNAVAILABLE, "what can be had was last looked up on %s", text);
	} else if (!fixes->n) {
		items_add_state(items, "fixes", fixes->oldest_origin, STATE_ABSENT, "what is installed is as new as what can be had");
	}
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct apt_fixes *fixes = apt_fixes(subject);
	int64_t days = 0;

	text_integer(params_get(params, "days"), &days);
	for (size_t i = 0; i < fixes->n && i < SHOWN_MOST; i++) {
		const struct apt_fix *fix = &fixes->list[i];

		items_add_text(items, text_safe(items->arena, fix->name, strlen(fix->name), 128), fix->origin,
			       arena_printf(items->arena, "%s, and %s can be had%s", fix->installed, fix->offered, fix->held ? "; it is held" : ""));
	}
	if (fixes->n > SHOWN_MOST)
		items_add_text(items, "more", fixes->list[SHOWN_MOST].origin, arena_printf(items->arena, "%zu more", fixes->n - SHOWN_MOST));
	add_age(subject, fixes, days, items);
}

const struct check check_package_fix = {
	.name = "package-fix",
	.summary = "fixes of security that could be had and are not installed",
	.reference = "An item for each package of dpkg that a suite for fixes of security has in a higher version, by the lists that apt has fetched: "
		     "/var/lib/apt/lists/*security*_Packages, as they are or packed with gzip. Nothing is fetched: lists are as old as the date in "
		     "the suite's InRelease, and after more than `days` days they tell that a fix waits, but not that none does. Absent where all "
		     "that is installed is as new. Other package managers are not applicable.",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "days", PARAM_STRING, REQUIRED, "how old the lists may be", NULL },
	},
	.observe = observe,
};
