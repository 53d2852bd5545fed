/* SPDX-License-Identifier: Apache-2.0 */
/* Whether another kernel lies in memory, ready to be started. */
#include "checks/checks.h"

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	bool crash = streq(params_get(params, "image"), "crash");
	const char *name = crash ? "kexec_crash_loaded" : "kexec_loaded";
	const struct file *file = source_read(subject->source,
					      crash ? "sys/kernel/kexec_crash_loaded" : "sys/kernel/kexec_loaded", 4096);

	if (file->state == STATE_ABSENT)
		items_add_state(items, name, file->path, STATE_INAPPLICABLE, "the kernel is built without kexec");
	else
		items_add_value_file(items, name, file);
}

const struct check check_kexec = {
	.name = "kexec",
	.summary = "whether a kernel image is staged for kexec",
	.reference = "Read from /sys/kernel/kexec_loaded, for an image that a restart would jump into, or "
		     "/sys/kernel/kexec_crash_loaded, for one that a panic would start: 1 where there is one, else 0. "
		     "The files are missing in a kernel without kexec.",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "image", PARAM_WORD, REQUIRED, "which image", "loaded crash" },
	},
	.observe = observe,
};
