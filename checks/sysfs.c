/* SPDX-License-Identifier: Apache-2.0 */
/* A one-value file below /sys. */
#include "checks/checks.h"

#include "core/base/text.h"

/* A path that stays below /sys by its words alone. */
static bool path_is_plain(const char *path)
{
	return *path && *path != '/' && !list_has(path, "/", "..") && !list_has(path, "/", ".");
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const char *path = params_get(params, "path");

	if (path_is_plain(path))
		items_add_value_file(items, path,
				     source_read(subject->source, arena_printf(items->arena, "sys/%s", path), 65536));
	else
		items_add_state(items, path, "/sys", STATE_MALFORMED, "'%s' is not a path below /sys", path);
}

const struct check check_sysfs = {
	.name = "sysfs",
	.summary = "a one-value file below /sys",
	.reference = "What the file holds, without the line end: an integer where it is one number, else a string. The "
		     "path is given without /sys and a leading slash, as in kernel/oops_count. Kernel docs: ABI.",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "path", PARAM_STRING, REQUIRED, "path below /sys, without a leading slash", NULL },
	},
	.observe = observe,
};
