/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that run in a container though no file of them is left. */
#include "checks/checks.h"
#include "checks/container.h"

#include "core/base/text.h"

#include <errno.h>

enum { ITEMS_MOST = 10 };

static bool is_gone(const char *exe)
{
	size_t n = strlen(exe);

	return starts_with(exe, "/memfd:") || (n > 10 && streq(exe + n - 10, " (deleted)"));
}

/* False when what it runs could not be read. */
static bool look_at(const struct process *p, struct items *items)
{
	const struct file *exe = p->exe;

	if (exe && (exe->code == ESRCH || exe->code == ENOENT) && p->threads <= 1)
		return true;   /* a zombie: nothing of it runs */
	if (!exe || exe->state != STATE_PRESENT) {
		items_add_state(items, "program", arena_printf(items->arena, "/proc/%d/exe", p->pid), exe && exe->state != STATE_ABSENT ? exe->state : STATE_BROKEN, "%s",
				exe ? exe->why : "it was not read");
		return false;
	}
	if (is_gone(exe->data) && items->n < ITEMS_MOST)
		items_add_text(items, "program", exe->path, arena_printf(items->arena, "%s (pid %d) runs %s", p->comm, p->pid, exe->data));
	return true;
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct container *c = subject->container;

	(void)params;
	for (size_t i = 0; i < c->n_members; i++)
		if (!look_at(c->members[i], items))
			return;
	if (!items->n)
		items_add_none(items, "program", init_path(subject, items, "exe"), "every program that runs has its file");
}

const struct check check_executable = {
	.name = "executable",
	.summary = "programs that run in a container though no file of them is left",
	.reference = "Lists the processes whose link /proc/PID/exe ends in \" (deleted)\" or names a memfd: a program that was replaced, or one that never had a "
		     "file, as intruders like it. See memfd_create(2).",
	.subjects = SUBJECT_CONTAINER,
	.params = { { 0 } },
	.observe = observe,
};
