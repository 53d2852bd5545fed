/* SPDX-License-Identifier: Apache-2.0 */
/* Processes that were put into a running container from outside: docker exec, podman exec, nsenter. */
#include "checks/checks.h"
#include "checks/container.h"

static bool is_member(const struct container *c, int pid)
{
	for (size_t i = 0; i < c->n_members; i++)
		if (c->members[i]->pid == pid)
			return true;
	return false;
}

static void look_at(const struct subject *subject, const struct process *p, bool wider, struct items *items)
{
	const struct status *first = subject->container->init->status, *s = p->status;
	const char *origin = arena_printf(items->arena, "/proc/%d/status", p->pid);
	uint64_t more = s->caps[CAP_EFFECTIVE] & ~first->caps[CAP_BOUNDING];

	if (wider && more)
		items_add_text(items, "session", origin, arena_printf(items->arena, "%s (pid %d) holds %s, which the container was not given", p->comm,
								      p->pid, capability_names(items->arena, more)));
	else if (!wider && s->uid[ID_EFFECTIVE] == 0 && first->uid[ID_EFFECTIVE] != 0)
		items_add_text(items, "session", origin, arena_printf(items->arena, "%s (pid %d) is root, the container is not", p->comm, p->pid));
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct container *c = subject->container;
	bool wider = streq(params_get(params, "show"), "wider");

	if (!members_were_read(subject, items, "session"))
		return;
	for (size_t i = 0; i < c->n_members; i++) {
		const struct process *p = c->members[i];

		if (p != c->init && p->status && !is_member(c, p->ppid))
			look_at(subject, p, wider, items);
	}
	if (!items->n)
		items_add_none(items, "session", init_path(subject, items, "status"), "no process was put in with more than the first one has");
}

const struct check check_exec_session = {
	.name = "exec-session",
	.summary = "processes put into a container with more than it was given",
	.reference = "Processes of the container whose parent is none of them were started from outside (docker exec, podman exec, nsenter). wider lists those "
		     "that hold effective capabilities which the first process cannot have (outside its bounding set), root those that are root of the host "
		     "where the first process is not.",
	.subjects = SUBJECT_CONTAINER,
	.params = { { "show", PARAM_WORD, REQUIRED, "what is listed", "wider root" }, { 0 } },
	.observe = observe,
};
