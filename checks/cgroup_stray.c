/* SPDX-License-Identifier: Apache-2.0 */
/* Processes of a container that stand outside its control group. */
#include "checks/cgroup.h"
#include "checks/checks.h"
#include "checks/container.h"

#include "core/base/text.h"

static bool find_line(const char *text, const struct cgroup_line *like, struct cgroup_line *found)
{
	while (cgroup_next_line(&text, found))
		if (found->n_controllers == like->n_controllers && memcmp(found->controllers, like->controllers, like->n_controllers) == 0)
			return true;
	return false;
}

struct view {
	const struct subject *subject;
	struct arena *scratch;
	struct items *items;
};

/* It stands neither in the group nor below it. */
static bool is_outside(const struct view *v, const struct cgroup_line *init, const struct cgroup_line *theirs)
{
	const char *own = arena_strndup(v->scratch, init->path, init->n_path);
	const char *path = arena_strndup(v->scratch, theirs->path, theirs->n_path);

	own = arena_strndup(v->scratch, own, cgroup_own_length(v->subject->container, own));
	return !path_is_below(path, own);
}

/* In every hierarchy of its own; one item for each process. */
static void look_at(const struct view *v, const struct process *p)
{
	struct buffer where = { .arena = v->items->arena };
	struct cgroup_line line, theirs;

	for (const char *at = v->subject->container->init->cgroup_text; cgroup_next_line(&at, &line);) {
		if (!find_line(p->cgroup_text, &line, &theirs) || !is_outside(v, &line, &theirs))
			continue;
		buffer_printf(&where, "%s%.*s", where.size ? ", " : "", (int)theirs.n_path, theirs.path);
		if (line.n_controllers)
			buffer_printf(&where, " (%.*s)", (int)line.n_controllers, line.controllers);
	}
	/* one that is about to end is shown at the top */
	if (where.size && process_runs(v->subject->all->processes, p))
		items_add_text(v->items, "process", process_file(v->items->arena, p, 0, "cgroup"),
			       arena_printf(v->items->arena, "%s is in %s", member_text(p, 0, v->items), where.text));
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct container *c = subject->container;
	auto_arena struct arena *scratch = arena_new();
	const struct view v = { subject, scratch, items };

	(void)params;
	if (!c->init->cgroup_text) {
		items_add_state(items, "process", init_path(subject, items, "cgroup"), STATE_BROKEN, "its cgroup could not be read");
		return;
	}
	for (size_t i = 0; i < c->n_members; i++)
		if (c->members[i]->cgroup_text && !streq(c->members[i]->cgroup_text, c->init->cgroup_text))
			look_at(&v, c->members[i]);
	note_unseen_members(subject, items, "process");
	if (!items->n)
		items_add_none(items, "process", init_path(subject, items, "cgroup"), "every process stands in the container's cgroup");
}

const struct check check_cgroup_stray = {
	.name = "cgroup-stray",
	.summary = "processes of a container outside its control group",
	.reference = "Lists processes that share the container's mount namespace, but which /proc/PID/cgroup shows outside its control group in "
		     "any of the hierarchies: the limits there do not hold for them. The container's group is the one that bears its id or "
		     "name, else that of the first process. See cgroups(7).",
	.subjects = SUBJECT_CONTAINER,
	.params = { { 0 } },
	.observe = observe,
};
