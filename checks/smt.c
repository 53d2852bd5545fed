/* SPDX-License-Identifier: Apache-2.0 */
/* Simultaneous multithreading: whether sibling threads share the cores. */
#include "checks/checks.h"

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const char *field = params_get(params, "field");
	char *path = arena_printf(items->arena, "sys/devices/system/cpu/smt/%s", field);

	items_add_value_file(items, arena_printf(items->arena, "SMT %s", field), source_read(subject->source, path, 4096));
}

const struct check check_smt = {
	.name = "smt",
	.summary = "whether threads of programs share CPU cores",
	.reference = "Read from /sys/devices/system/cpu/smt. `control` is on, off, forceoff, notsupported, notimplemented or, where only some "
		     "threads of a core run, their number; `active` is 1 while two or more threads of a core run, else 0. Absent before "
		     "Linux 4.19. Documented in the kernel's ABI/testing/sysfs-devices-system-cpu.",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "field", PARAM_WORD, REQUIRED, "which of the two files", "control active" },
	},
	.observe = observe,
};
