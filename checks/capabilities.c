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

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const char *name = params_get(params, "set");
	const struct container *c = subject->container;
	uint64_t mask = 0;
	size_t which = 0;

	while (which < ARRAY_LEN(sets) - 1 && !streq(sets[which].name, name))
		which++;
	if (!members_were_read(subject, items, name))
		return;
	for (size_t i = 0; i < c->n_members; i++)
		mask |= c->members[i]->status ? c->members[i]->status->caps[sets[which].set] : 0;
	items_add_set(items, sets[which].name, init_path(subject, items, "status"), capability_names(items->arena, mask));
}

const struct check check_capabilities = {
	.name = "capabilities",
	.summary = "the capabilities of a container's processes",
	.reference = "Gives the names of the bits of CapEff, CapPrm, CapInh, CapBnd or CapAmb in /proc/PID/status, of all processes of the container "
		     "together. In a user namespace of its own, they hold only over what that namespace owns. See capabilities(7).",
	.subjects = SUBJECT_CONTAINER,
	.params = { { "set", PARAM_WORD, REQUIRED, "which set", "effective permitted inheritable bounding ambient" }, { 0 } },
	.observe = observe,
};
