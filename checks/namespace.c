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
	const struct container *c = subject->container;
	enum namespace kind = kind_of(name);
	struct member who;
	int host = container_in_host(all, c, kind, &who);
	const char *origin = process_file(items->arena, who.process, who.thread, path);
	struct item *item;

	if (!all->host_ns[kind] && who.process->ns[kind]) {
		items_add_state(items, "namespace", origin, STATE_BROKEN, "no %s namespace of the host could be read to compare with", name);
	} else if (host < 0 && who.process->ns_denied) {
		items_add_state(items, "namespace", origin, STATE_DENIED, "the %s namespace of the container cannot be seen", name);
	} else if (host < 0) {
		items_add_state(items, "namespace", origin, STATE_BROKEN, "the %s namespace of %s could not be read", name,
				who.process == c->init ? "the container" : member_text(who.process, 0, items));
	} else {
		item = items_add_text(items, "namespace", origin, host ? "host" : "own");
		if (host && (who.process != c->init || who.thread))
			item->why = arena_printf(items->arena, "%s is in it", member_text(who.process, who.thread, items));
	}
}

const struct check check_namespace = {
	.name = "namespace",
	.summary = "whether a container has a namespace of its own",
	.reference = "Compares the link /proc/PID/ns/KIND of each of the container's processes with that of kthreadd (pid 2), which never left "
		     "the initial namespaces; where that cannot be read, with the fixed inode numbers of the initial ones. Gives \"host\" where "
		     "one of them is in the host's, also one that was put in later, else \"own\". Of a process that holds CAP_SYS_ADMIN each "
		     "thread is looked at. A process that the container's first one descends from does not count for the pid and time "
		     "namespaces, which only its children enter. See namespaces(7).",
	.subjects = SUBJECT_CONTAINER,
	.params = { { "kind", PARAM_WORD, REQUIRED, "which namespace", "pid net ipc uts mnt user cgroup time" }, { 0 } },
	.observe = observe,
};
