/* SPDX-License-Identifier: Apache-2.0 */
/* Processes of a container that stand outside its control group. */
#include "checks/checks.h"
#include "checks/container.h"

static bool differs(const struct process *p, const struct process *init)
{
	const char *a = p->cgroup.id, *b = init->cgroup.id;

	return (a == NULL) != (b == NULL) || (a && !streq(a, b));
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct container *c = subject->container;

	(void)params;
	if (!c->init->cgroup_text) {
		items_add_state(items, "process", init_path(subject, items, "cgroup"), STATE_BROKEN, "its cgroup could not be read");
		return;
	}
	for (size_t i = 0; i < c->n_members; i++)
		if (c->members[i]->cgroup_text && differs(c->members[i], c->init))
			items_add_text(items, "process", arena_printf(items->arena, "/proc/%d/cgroup", c->members[i]->pid),
				       arena_printf(items->arena, "%s (pid %d) is in %s", c->members[i]->comm, c->members[i]->pid,
						    c->members[i]->cgroup.id ? c->members[i]->cgroup.id : "no container's cgroup"));
	note_unseen_members(subject, items, "process");
	if (!items->n)
		items_add_none(items, "process", init_path(subject, items, "cgroup"), "every process stands in the container's cgroup");
}

const struct check check_cgroup_stray = {
	.name = "cgroup-stray",
	.summary = "processes of a container outside its control group",
	.reference = "Lists processes that share the container's mount namespace, but whose /proc/PID/cgroup names no container or another one: its limits do not "
		     "hold for them. See cgroups(7).",
	.subjects = SUBJECT_CONTAINER,
	.params = { { 0 } },
	.observe = observe,
};
