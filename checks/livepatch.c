/* SPDX-License-Identifier: Apache-2.0 */
/* Live patches of the kernel and whether they have taken hold. */
#include "checks/checks.h"

#include "core/base/text.h"

#define DIRECTORY "sys/kernel/livepatch"

/* A 0 or 1 of a patch. False where it could not be read: an item says so. */
static bool flag_of(struct source *source, const char *patch, const char *flag, struct items *items, int *value)
{
	const struct file *file = source_read(source, arena_printf(items->arena, DIRECTORY "/%s/%s", patch, flag), 4096);
	struct items raw = { .arena = items->arena };
	const struct item *seen = items_add_value_file(&raw, patch, file);

	/* kernels before 4.12 patch at once: no transition */
	if (seen->state == STATE_ABSENT && streq(flag, "transition")) {
		*value = 0;
		return true;
	}
	*value = seen->state == STATE_PRESENT ? text_boolean(seen->text) : -1;
	if (seen->state == STATE_ABSENT)   /* the patch itself is listed */
		items_add_state(items, patch, file->path, STATE_BROKEN, "%s", seen->why);
	else if (seen->state != STATE_PRESENT)
		items_add_state(items, patch, file->path, seen->state, "%s", seen->why);
	else if (*value < 0)
		items_add_state(items, patch, file->path, STATE_MALFORMED, "neither 0 nor 1: %s", seen->text);
	return *value >= 0;
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct directory *patches = source_list(subject->source, DIRECTORY);

	(void)params;
	if (patches->state != STATE_PRESENT)
		items_add_state(items, "live patches", patches->path, patches->state, "%s",
				patches->state == STATE_ABSENT ? "the kernel has no live patching" : patches->why);
	else if (!patches->n)
		items_add_state(items, "live patches", patches->path, STATE_ABSENT, "no live patch is loaded");
	for (size_t i = 0; i < patches->n; i++) {
		const char *entry = patches->entries[i].name;
		const char *name = text_safe(items->arena, entry, strlen(entry), 128);
		int enabled, moving;

		if (flag_of(subject->source, name, "transition", items, &moving) &&
		    flag_of(subject->source, name, "enabled", items, &enabled))
			items_add_text(items, name, arena_printf(items->arena, "%s/%s", patches->path, name),
				       moving ? "stuck" : enabled ? "active" : "disabled");
	}
}

const struct check check_livepatch = {
	.name = "livepatch",
	.summary = "live patches of the running kernel",
	.reference = "One value for each patch in /sys/kernel/livepatch: active; disabled; or stuck, while some task still runs the code of before "
		     "(transition is 1, which normally lasts seconds). Absent when no patch is loaded. See the kernel's livepatch/livepatch.",
	.subjects = SUBJECT_HOST,
	.observe = observe,
};
