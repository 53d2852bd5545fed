/* SPDX-License-Identifier: Apache-2.0 */
/* The value that a module, loaded or built in, works with. */
#include "checks/checks.h"

#include "core/base/text.h"

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	char *module = arena_strdup(items->arena, params_get(params, "module"));
	const char *name = params_get(params, "name"), *shown = arena_printf(items->arena, "%s.%s", module, name);
	const struct file *file;

	for (char *c = module; *c; c++)   /* as the kernel does with names of modules */
		if (*c == '-')
			*c = '_';
	file = source_read(subject->source, arena_printf(items->arena, "sys/module/%s/parameters/%s", module, name), 65536);
	if (file->state == STATE_ABSENT)
		items_add_state(items, shown, file->path, STATE_ABSENT, "the module is not there, or has no such parameter");
	else
		items_add_value_file(items, shown, file);
}

const struct check check_module_parameter = {
	.name = "module-parameter",
	.summary = "a parameter of a kernel module, as it is now",
	.reference = "Read from /sys/module/MODULE/parameters/NAME, for loaded and for built-in modules: an integer where the file holds one number, "
		     "else a string (Y and N for switches). Many of these files only root may read. Absent when the module is not loaded.",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "module", PARAM_STRING, REQUIRED, "the module", NULL },
		{ "name", PARAM_STRING, REQUIRED, "its parameter", NULL },
	},
	.observe = observe,
};
