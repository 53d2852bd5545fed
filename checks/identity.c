/* SPDX-License-Identifier: Apache-2.0 */
/* What a container is called, and how that is known. */
#include "checks/checks.h"
#include "checks/container.h"

static void add(const char *show, const char *value, struct items *items)
{
	if (value)
		items_add_text(items, show, "the container's identity", value);
	else
		items_add_none(items, show, "the container's identity", "not known");
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct container *c = subject->container;
	const char *show = params_get(params, "show");

	if (streq(show, "runtime"))
		add(show, c->runtime, items);
	else if (streq(show, "kind"))
		add(show, container_kind_name(c->kind), items);
	else if (streq(show, "witness") && !c->claimed && c->witness == WITNESS_NONE && subject->all->states_denied)
		items_add_state(items, show, "the container's identity", STATE_DENIED, "the runtimes' state files cannot be read by this user");
	else if (streq(show, "witness"))
		add(show, c->claimed ? "claim" : container_witness_name(c->witness), items);
	else if (streq(show, "image"))
		add(show, c->image, items);
	else
		add(show, c->pod, items);
}

const struct check check_identity = {
	.name = "identity",
	.summary = "what a container is, and how that is known",
	.reference = "runtime, image and pod as far as they are known; kind is container or sandbox; witness says what the identity rests on: state (a runtime's "
		     "state file with the process's number and start time), monitor (the command line of conmon, a shim, …), cgroup (a name in the cgroup tree), "
		     "none, or claim, where an ordinary user said it, or a process in another container.",
	.subjects = SUBJECT_CONTAINER,
	.params = { { "show", PARAM_WORD, REQUIRED, "what is shown", "runtime kind witness image pod" }, { 0 } },
	.observe = observe,
};
