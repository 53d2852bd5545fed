/* SPDX-License-Identifier: Apache-2.0 */
/* The capabilities that a container's processes hold. */
#include "checks/checks.h"
#include "checks/container.h"

static const struct {
	const char *name;
	enum cap_set set;
} sets[] = {
	{ "effective", CAP_EFFECTIVE }, { "permitted", CAP_PERMITTED }, { "inheritable", CAP_INHERITABLE }, { "bounding", CAP_BOUNDING },
	{ "ambient", CAP_AMBIENT },
};

/* What was found of all processes together, and which of them has most of it. */
struct found {
	uint64_t mask;
	const struct process *most;
};

static unsigned width(uint64_t mask)
{
	return (unsigned)__builtin_popcountll(mask);
}

static void look_at(struct found *found, const struct process *p, enum cap_set set)
{
	uint64_t held = p->status->caps[set];

	if (!found->most || width(held) > width(found->most->status->caps[set]))
		found->most = p;
	found->mask |= held;
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const char *name = params_get(params, "set"), *over = params_get(params, "over");
	const struct container *c = subject->container;
	struct found found = { 0 };
	const char *origin;
	size_t which = 0;

	while (which < ARRAY_LEN(sets) - 1 && !streq(sets[which].name, name))
		which++;
	if (!members_were_read(subject, items, name))
		return;
	for (size_t i = 0; i < c->n_members; i++) {
		int host = over ? is_in_host_user_namespace(subject, c->members[i]) : 1;

		if (c->members[i]->status && host > 0)
			look_at(&found, c->members[i], sets[which].set);
		if (c->members[i]->status && host < 0)
			items_add_state(items, sets[which].name, process_file(items->arena, c->members[i], 0, "ns/user"),
					c->members[i]->ns_denied ? STATE_DENIED : STATE_BROKEN, "its user namespace could not be read");
	}
	origin = found.most ? status_path(found.most, PART_CAPABILITIES, items) : init_path(subject, items, "ns/user");
	if (!found.most && items->n)
		return;
	if (found.most)
		items_add_set(items, sets[which].name, origin, capability_names(items->arena, found.mask));
	else
		items_add_none(items, sets[which].name, origin, "no process is in the host's user namespace");
}

const struct check check_capabilities = {
	.name = "capabilities",
	.summary = "the capabilities of a container's processes",
	.reference = "Gives the names of the bits of CapEff, CapPrm, CapInh, CapBnd or CapAmb in /proc/PID/status, of all processes of the "
		     "container and all their threads together; the file that is named is that of the one with most. In a user namespace of its "
		     "own, a process holds them only over what that namespace owns: over=\"host\" leaves such processes out, each by its own "
		     "namespace, and is absent where no other is left; where the namespace cannot be seen it is unknown. See capabilities(7).",
	.subjects = SUBJECT_CONTAINER,
	.params = {
		{ "set", PARAM_WORD, REQUIRED, "which set", "effective permitted inheritable bounding ambient" },
		{ "over", PARAM_WORD, OPTIONAL, "only of processes in the host's user namespace", "host" },
		{ 0 },
	},
	.observe = observe,
};
