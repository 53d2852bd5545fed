/* SPDX-License-Identifier: Apache-2.0 */
/* The programs that a runtime runs as root around a container's life. */
#include "checks/checks.h"
#include "checks/container.h"
#include "checks/path_trust.h"

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct oci_config *config = config_or_item(subject, items, "hook");
	const char *origin = arena_printf(items->arena, "/%s", subject->container->bundle ? subject->container->bundle : "");

	(void)params;
	if (!config)
		return;
	for (size_t i = 0; i < config->hooks.n; i++)
		path_trust(subject->source, config->hooks.list[i], "hook", items);
	if (!items->n)
		items_add_none(items, "hook", origin, config->hooks.n ? "every hook is root's alone to change" : "the bundle has no hooks");
}

const struct check check_hook = {
	.name = "hook",
	.summary = "hooks of a container that others than root can change",
	.reference = "The OCI hooks in the bundle's config.json run as root on the host. Lists those whose program, or a directory above it, is not owned by root or can be "
		     "written by group or others, or is not there.",
	.subjects = SUBJECT_CONTAINER,
	.params = { { 0 } },
	.observe = observe,
};
