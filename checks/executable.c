/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that run in a container though no file of them is left. */
#include "checks/checks.h"
#include "checks/container.h"

#include "core/text.h"

#include <errno.h>

enum { MEMBERS_MOST = 1024, ITEMS_MOST = 10 };

static bool is_gone(const char *exe)
{
	size_t n = strlen(exe);

	return starts_with(exe, "/memfd:") || (n > 10 && streq(exe + n - 10, " (deleted)"));
}

/* False when what it runs could not be read. */
static bool look_at(const struct subject *subject, const struct process *p, struct items *items)
{
	auto_arena struct arena *scratch = arena_new();
	auto_pin struct pin pin = { .fd = -1 };
	int rc = process_pin(subject->all->processes, p, scratch, &pin);
	struct file link;

	if (rc == -ESRCH)
		return true;
	link = rc == 0 ? pin_link(&pin, scratch, "exe") : (struct file){ .state = STATE_BROKEN, .why = strerror(-rc) };
	if (pin.gone || link.state == STATE_ABSENT)
		return true;   /* it has ended, or is about to */
	if (link.state != STATE_PRESENT) {
		items_add_state(items, "program", arena_printf(scratch, "/proc/%d/exe", p->pid), link.state, "%s", link.why);
		return false;
	}
	if (is_gone(link.data) && items->n < ITEMS_MOST)
		items_add_text(items, "program", arena_printf(scratch, "/proc/%d/exe", p->pid),
			       arena_printf(items->arena, "%s (pid %d) runs %s", p->comm, p->pid, link.data));
	return true;
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct container *c = subject->container;

	(void)params;
	for (size_t i = 0; i < c->n_members && i < MEMBERS_MOST; i++)
		if (!look_at(subject, c->members[i], items))
			return;
	if (items->n)
		return;
	if (c->n_members > MEMBERS_MOST)
		items_add_state(items, "program", init_path(subject, items, "exe"), STATE_BROKEN, "only %d of %zu processes were looked at",
				MEMBERS_MOST, c->n_members);
	else
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
