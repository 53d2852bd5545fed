/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that run in a container, by their names. */
#include "checks/checks.h"
#include "checks/container.h"

#include "core/base/text.h"

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct container *c = subject->container;
	const char *names = params_get(params, "names");

	for (size_t i = 0; i < c->n_members; i++) {
		const struct process *p = c->members[i];

		if (list_has(names, " ", p->comm))
			items_add_text(items, "process", arena_printf(items->arena, "/proc/%d/stat", p->pid),
				       arena_printf(items->arena, "%s (pid %d)", p->comm, p->pid));
	}
	note_unseen_members(subject, items, "process");
	if (!items->n)
		items_add_none(items, "process", init_path(subject, items, "stat"), "no process of that name");
}

const struct check check_process_name = {
	.name = "process-name",
	.summary = "processes of a container with certain names",
	.reference = "Compares the command name in /proc/PID/stat (15 characters at most) of every process of the container. A process chooses its own name: "
		     "this finds the careless, not the hostile. An item for each.",
	.subjects = SUBJECT_CONTAINER,
	.params = { { "names", PARAM_STRING, REQUIRED, "names, separated by spaces" , NULL }, { 0 } },
	.observe = observe,
};
