/* SPDX-License-Identifier: Apache-2.0 */
/* Processes that were put into a running container from outside: docker exec, podman exec, nsenter. */
#include "checks/checks.h"
#include "checks/container.h"
#include "checks/label.h"
#include "checks/seccomp.h"

#include "core/base/text.h"

struct view {
	const struct subject *subject;
	const struct process *process;
	struct items *items;
};

static void add(const struct view *v, const char *path, const char *what)
{
	items_add_text(v->items, "session", path, arena_printf(v->items->arena, "%s %s", member_text(v->process, 0, v->items), what));
}

/* In the host's, where the container's first process is in one of the container's own. */
static void compare_namespaces(const struct view *v)
{
	const struct processes *all = v->subject->all->processes;
	const struct process *first = v->subject->container->init;
	struct buffer words = { .arena = v->items->arena };

	for (int kind = 0; kind < NAMESPACES; kind++) {
		const char *name = namespace_name((enum namespace)kind);

		if (v->process->ns[kind] && v->process->ns[kind] == all->host_ns[kind] && first->ns[kind] && first->ns[kind] != all->host_ns[kind])
			buffer_word(&words, name, strlen(name));
	}
	if (words.size)
		add(v, process_file(v->items->arena, v->process, 0, "ns"),
		    arena_printf(v->items->arena, "is in namespaces of the host that the container is not in: %s", words.text));
}

/* What they hold over one and the same user namespace. */
static void compare_capabilities(const struct view *v)
{
	const struct status *first = v->subject->container->init->status, *s = v->process->status;
	uint64_t more = (s->caps[CAP_EFFECTIVE] | s->caps[CAP_PERMITTED]) & ~first->caps[CAP_BOUNDING];

	if (more)
		add(v, status_path(v->process, PART_CAPABILITIES, v->items),
		    arena_printf(v->items->arena, "holds %s, which the container was not given", capability_names(v->items->arena, more)));
}

/* What the first process took upon itself, beyond what the bundle asks for, a session need not have. */
static void compare_restraints(const struct view *v)
{
	const struct container *c = v->subject->container;
	const struct status *first = c->init->status, *s = v->process->status;
	int own;
	enum filtering theirs = seccomp_filtering(v->subject, s, &own), its = seccomp_filtering(v->subject, first, &own);

	if (its >= FILTERING_STRICT && theirs <= FILTERING_FOREIGN)
		add(v, status_path(v->process, PART_SECCOMP, v->items), "has no system call filter, the container has one");
	if (first->no_new_privs == 1 && s->no_new_privs == 0 && (!c->config || c->config->no_new_privileges))
		add(v, status_path(v->process, PART_NO_NEW_PRIVS, v->items), "may gain privileges by an exec, the container may not");
}

static void compare_labels(const struct view *v)
{
	const struct process *first = v->subject->container->init, *p = v->process;

	if (first->label_state != STATE_PRESENT || p->label_state != STATE_PRESENT || streq(first->label, p->label))
		return;
	if (label_confines(v->items->arena, first->label) && !label_confines(v->items->arena, p->label))
		add(v, process_file(v->items->arena, p, 0, "attr/current"),
		    arena_printf(v->items->arena, "has the label %s, which confines nobody", p->label));
}

static void look_at(const struct view *v, bool wider)
{
	const struct status *first = v->subject->container->init->status;

	if (!wider) {
		if (v->process->status->uid[ID_EFFECTIVE] == 0 && first->uid[ID_EFFECTIVE] != 0)
			add(v, status_path(v->process, PART_USERS, v->items), "is root, the container is not");
		return;
	}
	compare_namespaces(v);
	compare_capabilities(v);
	compare_restraints(v);
	compare_labels(v);
}

/* Its parent is none of the container's, and it is not what the container was started by. */
static bool is_session(const struct subject *subject, const struct process *p)
{
	const struct processes *all = subject->all->processes;
	const struct container *c = subject->container;
	const struct process *parent = process_find(all, p->ppid);

	return p != c->init && p->status && (!parent || parent->container != c) && !container_began_in(all, c, p);
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct container *c = subject->container;
	bool wider = streq(params_get(params, "show"), "wider");

	if (!members_were_read(subject, items, "session"))
		return;
	for (size_t i = 0; i < c->n_members; i++)
		if (is_session(subject, c->members[i]))
			look_at(&(struct view){ subject, c->members[i], items }, wider);
	if (!items->n)
		items_add_none(items, "session", init_path(subject, items, "status"), "no process was put in with more than the first one has");
}

const struct check check_exec_session = {
	.name = "exec-session",
	.summary = "processes put into a container with more than it was given",
	.reference = "Processes of the container whose parent is none of them were started from outside (docker exec, podman exec, nsenter). "
		     "wider lists those that are in a namespace of the host where the first process is not, that hold effective or permitted "
		     "capabilities which the first process cannot have (outside its bounding set), that have no system call filter or no "
		     "no_new_privs where it has, or a label that does not confine where its label does. root lists those that are root of the "
		     "host where the first process is not.",
	.subjects = SUBJECT_CONTAINER,
	.params = { { "show", PARAM_WORD, REQUIRED, "what is listed", "wider root" }, { 0 } },
	.observe = observe,
};
