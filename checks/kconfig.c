/* SPDX-License-Identifier: Apache-2.0 */
/* How the kernel was built: a symbol of its configuration. */
#include "checks/checks.h"

#include "core/base/text.h"


/* "4.18-6.8" as the versions in which a symbol is known to have been there; either end may be left out. */
static bool outside(const char *release, const char *seen, struct arena *arena)
{
	const char *dash = strchr(seen, '-');
	char *first = arena_strndup(arena, seen, dash ? (size_t)(dash - seen) : strlen(seen));
	const char *last = dash ? dash + 1 : "";
	char *release_of_last;
	size_t n;

	if (*first && version_compare(release, first) < 0)
		return true;
	if (!*last)
		return false;
	/* 6.8 includes every 6.8.x: only as many parts are compared as the end gives */
	n = 0;
	for (const char *c = last; *c; c++)
		n += *c == '.';
	release_of_last = arena_strdup(arena, release);
	for (char *c = release_of_last; *c; c++) {
		if (*c == '.' && n-- == 0) {
			*c = '\0';
			break;
		}
	}
	return version_compare(release_of_last, last) > 0;
}

static void observe_unmentioned(const struct subject *subject, const struct params *params, struct items *items, const char *name)
{
	const struct kernel *kernel = subject->kernel;
	const char *seen = params_get(params, "seen"), *arch = params_get(params, "seen-arch");

	if (!kernel->kconfig->whole)
		items_add_state(items, name, kernel->kconfig->origin, STATE_BROKEN, "not mentioned, and the file cannot be taken "
				"as whole: %s", kernel->kconfig->cut_why);
	else if (arch && kernel->arch && !list_has(arch, " ", kernel->arch))
		items_add_state(items, name, kernel->kconfig->origin, STATE_INAPPLICABLE, "the symbol does not exist on %s", kernel->arch);
	else if (seen && kernel->release && outside(kernel->release, seen, items->arena))
		items_add_state(items, name, kernel->kconfig->origin, STATE_INAPPLICABLE, "the symbol does not exist in %s (seen in %s)",
				kernel->release, seen);
	else
		items_add_state(items, name, kernel->kconfig->origin, STATE_ABSENT, "not mentioned");
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct kconfig *kconfig = subject->kernel->kconfig;
	const char *symbol = params_get(params, "name"), *value;
	char *name = arena_printf(items->arena, "CONFIG_%s", symbol);
	struct item *item;

	if (kconfig->state != STATE_PRESENT) {
		/* that no file is found does not show that a symbol is not there */
		items_add_state(items, name, kconfig->origin, kconfig->state == STATE_ABSENT ? STATE_UNAVAILABLE : kconfig->state,
				"%s", kconfig->why);
		return;
	}
	value = kconfig_get(kconfig, symbol);
	if (!value) {
		observe_unmentioned(subject, params, items, name);
		return;
	}
	item = items_add_text(items, name, kconfig->origin, value);
	if (text_integer(item->text, &item->number))
		item->type = ITEM_INTEGER;
}

const struct check check_kconfig = {
	.name = "kconfig",
	.summary = "a symbol of the kernel's build configuration",
	.reference = "Read from /proc/config.gz, else from config-RELEASE in /boot, else from the modules directory of the running release "
		     "(/lib/modules, /usr/lib/modules), plain or gzipped. The value is y, m, n (\"is not set\"), a number or a string "
		     "without its quotes. A symbol that is not mentioned is absent only when the file is known to be whole, by its header, "
		     "its closing section and the checksum of its compression; outside the versions given by `seen` or the architectures given "
		     "by `seen-arch` it does not exist, and the rule is not applicable.",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "name", PARAM_STRING, REQUIRED, "the symbol, without CONFIG_", NULL },
		{ "seen", PARAM_STRING, OPTIONAL, "kernel versions that have the symbol, FIRST-LAST; either may be left out", NULL },
		{ "seen-arch", PARAM_STRING, OPTIONAL, "architectures that have the symbol, separated by spaces", NULL },
	},
	.observe = observe,
};
