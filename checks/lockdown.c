/* SPDX-License-Identifier: Apache-2.0 */
/* Lockdown: how far root is kept from changing or reading the running kernel. */
#include "checks/checks.h"

#include "core/base/text.h"

/* "none [integrity] confidentiality": the word in brackets, or NULL. */
static char *bracketed(struct arena *arena, const char *text)
{
	const char *open = strchr(text, '['), *close = open ? strchr(open, ']') : NULL;

	return close && close > open + 1 && !strchr(close, '[') ? arena_strndup(arena, open + 1, (size_t)(close - open - 1)) : NULL;
}

/* Without its file lockdown is known to be off only when the module is known not to be active. */
static void observe_without(const struct subject *subject, const struct item *seen, struct items *items)
{
	const struct params none = { .check = &check_lsm };
	struct items active = { .arena = items->arena };
	const struct item *lsm;

	check_lsm.observe(subject, &none, &active);
	lsm = &active.list[0];
	if (lsm->state == STATE_ABSENT || (lsm->state == STATE_PRESENT && !list_has(lsm->text, ",", "lockdown")))
		items_add_text(items, "lockdown", lsm->origin, "none");
	else
		items_add_state(items, "lockdown", seen->origin, seen->state == STATE_ABSENT ? STATE_UNAVAILABLE : seen->state, "%s", seen->why);
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct file *file = source_read(subject->source, "sys/kernel/security/lockdown", 4096);
	struct items raw = { .arena = items->arena };
	const struct item *seen = items_add_value_file(&raw, "lockdown", file);
	char *word;

	(void)params;
	if (file->state != STATE_PRESENT) {
		observe_without(subject, seen, items);
		return;
	}
	word = seen->state == STATE_PRESENT ? bracketed(items->arena, seen->text) : NULL;
	if (seen->state != STATE_PRESENT)
		items_add_state(items, "lockdown", file->path, seen->state, "%s", seen->why);
	else if (!word)
		items_add_state(items, "lockdown", file->path, STATE_MALFORMED, "no single word in brackets: %s", seen->text);
	else
		items_add_text(items, "lockdown", file->path, word);
}

const struct check check_lockdown = {
	.name = "lockdown",
	.summary = "how far root is kept from changing the running kernel",
	.reference = "The word in brackets in /sys/kernel/security/lockdown: none, integrity or confidentiality. Also none when the list of active "
		     "security modules is known and lockdown is not in it. See kernel_lockdown(7).",
	.subjects = SUBJECT_HOST,
	.observe = observe,
};
