/* SPDX-License-Identifier: Apache-2.0 */
/* Namespaces that a container shares with another one. */
#include "checks/checks.h"
#include "checks/container.h"

static bool is_within(const struct container *inner, const struct container *outer)
{
	while (inner && inner != outer)
		inner = inner->parent;
	return inner != NULL;
}

/* Containers of a pod share by design, and so do nested ones with what they run in. */
static bool may_share(const struct container *a, const struct container *b)
{
	return (a->pod && b->pod && streq(a->pod, b->pod)) || is_within(a, b) || is_within(b, a);
}

static void compare(const struct subject *subject, const struct container *other, struct items *items)
{
	static const enum namespace kinds[] = { NS_PID, NS_NET, NS_IPC, NS_UTS, NS_MNT, NS_CGROUP };
	const struct process *init = subject->container->init;
	const struct processes *all = subject->all->processes;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		uint64_t own = init->ns[kinds[i]];
		const char *name = namespace_name(kinds[i]);

		if (own && own != all->host_ns[kinds[i]] && own == other->init->ns[kinds[i]])
			items_add_text(items, "peer", init_path(subject, items, arena_printf(items->arena, "ns/%s", name)),
				       arena_printf(items->arena, "%s with %s", name, container_label(items->arena, other)));
	}
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct container *own = subject->container;
	bool denied = own->init->ns_denied;

	(void)params;
	for (size_t i = 0; i < subject->all->n; i++) {
		const struct container *other = subject->all->list[i];

		if (other == own || may_share(own, other))
			continue;
		denied = denied || other->init->ns_denied;
		compare(subject, other, items);
	}
	if (items->n)
		return;
	if (denied)
		items_add_state(items, "peer", init_path(subject, items, "ns"), STATE_DENIED, "namespaces cannot be seen");
	else
		items_add_none(items, "peer", init_path(subject, items, "ns"), "no namespace is shared outside its pod");
}

const struct check check_namespace_peer = {
	.name = "namespace-peer",
	.summary = "namespaces that a container shares with another one outside its pod",
	.reference = "Compares the links below /proc/PID/ns of the first processes of all containers. Those of the same pod, and a nested container with "
		     "those it runs in, may share; the host's namespaces are the namespace check's. An item for each, \"net with web\".",
	.subjects = SUBJECT_CONTAINER,
	.params = { { 0 } },
	.observe = observe,
};
