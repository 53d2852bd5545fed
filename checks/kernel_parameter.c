/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel parameters that a container was given. */
#include "checks/checks.h"
#include "checks/container.h"

#include "core/base/text.h"

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct oci_config *config = config_or_item(subject, items, "sysctl");
	struct buffer words = { .arena = items->arena };

	(void)params;
	if (!config)
		return;
	buffer_puts(&words, "");
	for (size_t i = 0; i < config->sysctls.n; i++)
		buffer_printf(&words, "%s%s", i ? " " : "", config->sysctls.list[i]);
	items_add_set(items, "sysctl", arena_printf(items->arena, "/%s", subject->container->bundle), words.text);
}

const struct check check_kernel_parameter = {
	.name = "kernel-parameter",
	.summary = "the kernel parameters that a container was given",
	.reference = "The names below linux.sysctl in the config.json of its OCI bundle.",
	.subjects = SUBJECT_CONTAINER,
	.params = { { 0 } },
	.observe = observe,
};
