/* SPDX-License-Identifier: Apache-2.0 */
/* Whether an exec can give a container's processes more than they have. */
#include "checks/checks.h"
#include "checks/container.h"

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct container *c = subject->container;
	const struct process *least = c->init;

	(void)params;
	if (!members_were_read(subject, items, "no_new_privs"))
		return;
	for (size_t i = 0; i < c->n_members; i++)
		if (c->members[i]->status && c->members[i]->status->no_new_privs < least->status->no_new_privs)
			least = c->members[i];
	if (least->status->no_new_privs < 0)
		items_add_state(items, "no_new_privs", status_path(least, PART_NO_NEW_PRIVS, items), STATE_UNAVAILABLE, "this kernel does not tell");
	else
		items_add_integer(items, "no_new_privs", status_path(least, PART_NO_NEW_PRIVS, items), least->status->no_new_privs);
}

const struct check check_no_new_privs = {
	.name = "no-new-privs",
	.summary = "whether a container's processes can gain privileges by an exec",
	.reference = "NoNewPrivs of /proc/PID/status: 1 where it is set for every process of the container and each of its threads, so that "
		     "set-user-ID programs and file capabilities have no effect. See PR_SET_NO_NEW_PRIVS in prctl(2).",
	.subjects = SUBJECT_CONTAINER,
	.params = { { 0 } },
	.observe = observe,
};
