/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the kernel refuses modules without a good signature. */
#include "checks/checks.h"

#include "core/base/text.h"

#define NAME "module signatures"

static bool is_built(const struct subject *subject, const char *symbol)
{
	const char *value = kconfig_get(subject->kernel->kconfig, symbol);

	return value && streq(value, "y");
}

/* Without loadable modules there is no /proc/modules. Where the build says otherwise, a file was just not to be seen. */
static void observe_without(const struct subject *subject, const struct file *sig_enforce, struct items *items)
{
	const struct file *modules = source_stat(subject->source, "proc/modules");

	if (modules->state == STATE_PRESENT && is_built(subject, "MODULE_SIG"))
		items_add_state(items, NAME, sig_enforce->path, STATE_BROKEN, "not there, but the kernel is built to check signatures");
	else if (modules->state == STATE_PRESENT)
		items_add_state(items, NAME, sig_enforce->path, STATE_ABSENT, "the kernel cannot check signatures of modules");
	else if (modules->state != STATE_ABSENT)
		items_add_file_state(items, NAME, modules);
	else if (is_built(subject, "MODULES"))
		items_add_state(items, NAME, modules->path, STATE_BROKEN, "not there, but the kernel is built with modules");
	else
		items_add_text(items, NAME, modules->path, "no-modules");
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct file *file = source_read(subject->source, "sys/module/module/parameters/sig_enforce", 4096);
	struct items raw = { .arena = items->arena };
	const struct item *seen = items_add_value_file(&raw, NAME, file);
	int enforced;

	(void)params;
	if (seen->state == STATE_ABSENT) {
		observe_without(subject, file, items);
		return;
	}
	enforced = seen->state == STATE_PRESENT ? text_boolean(seen->text) : -1;
	if (seen->state != STATE_PRESENT)
		items_add_state(items, NAME, file->path, seen->state, "%s", seen->why);
	else if (enforced < 0)
		items_add_state(items, NAME, file->path, STATE_MALFORMED, "neither Y nor N: %s", seen->text);
	else
		items_add_text(items, NAME, file->path, enforced ? "enforced" : "not-enforced");
}

const struct check check_module_signing = {
	.name = "module-signing",
	.summary = "whether modules without a good signature are refused",
	.reference = "Read from /sys/module/module/parameters/sig_enforce: enforced or not-enforced. no-modules where the kernel has no loadable "
		     "modules at all (no /proc/modules); absent where it has, but is built without CONFIG_MODULE_SIG. Lockdown refuses unsigned "
		     "modules, too, and does not show here. See the kernel's admin-guide/module-signing.",
	.subjects = SUBJECT_HOST,
	.observe = observe,
};
