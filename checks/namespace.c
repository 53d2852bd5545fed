/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a container has a namespace of its own. */
#include "checks/checks.h"
#include "checks/container.h"

static enum namespace kind_of(const char *name)
{
	int kind = 0;

	while (kind < NAMESPACES - 1 && !streq(namespace_name((enum namespace)kind), name))
		kind++;
	return (enum namespace)kind;
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const char *name = params_get(params, "kind"), *path = arena_printf(items->arena, "ns/%s", name);
	const struct processes *all = subject->all->processes;
	enum namespace kind = kind_of(name);
	uint64_t own = subject->container->init->ns[kind], host = all->host_ns[kind];
	const char *origin = init_path(subject, items, path);

	if (!own && subject->container->init->ns_denied)
		items_add_state(items, "namespace", origin, STATE_DENIED, "the %s namespace of the container cannot be seen", name);
	else if (!own)
		items_add_state(items, "namespace", origin, STATE_BROKEN, "the %s namespace of the container could not be read", name);
	else if (!host)
		items_add_state(items, "namespace", origin, STATE_BROKEN, "no %s namespace of the host could be read to compare with", name);
	else
		items_add_text(items, "namespace", origin, own == host ? "host" : "own");
}

const struct check check_namespace = {
	.name = "namespace",
	.summary = "whether a container has a namespace of its own",
	.reference = "Compares the link /proc/PID/ns/KIND of the container's first process with that of kthreadd (pid 2), which never left the "
		     "initial namespaces; where that cannot be read, with the fixed inode numbers of the initial ones. Gives \"own\" or \"host\". "
		     "See namespaces(7).",
	.subjects = SUBJECT_CONTAINER,
	.params = { { "kind", PARAM_WORD, REQUIRED, "which namespace", "pid net ipc uts mnt user cgroup time" }, { 0 } },
	.observe = observe,
};
