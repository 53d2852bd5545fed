/* SPDX-License-Identifier: Apache-2.0 */
/* The system call filter of a container, as the kernel has it and as it was asked for. */
#include "checks/checks.h"
#include "checks/container.h"

#include "core/text.h"

#include <limits.h>

/* The least of a field of all processes; -1 where the kernel does not tell. */
static int least(const struct container *c, bool filters)
{
	int least = INT_MAX;

	for (size_t i = 0; i < c->n_members; i++) {
		const struct status *s = c->members[i]->status;
		int value = !s ? INT_MAX : filters ? s->seccomp_filters : s->seccomp;

		least = value < least ? value : least;
	}
	return least;
}

static void observe_live(const struct subject *subject, bool filters, struct items *items)
{
	static const char *const modes[] = { "disabled", "strict", "filter" };
	const char *name = filters ? "filters" : "mode", *origin = init_path(subject, items, "status");
	int value;

	if (!members_were_read(subject, items, name))
		return;
	value = least(subject->container, filters);
	if (value < 0 || (!filters && value >= (int)ARRAY_LEN(modes)))
		items_add_state(items, name, origin, STATE_UNAVAILABLE, "this kernel does not tell");
	else if (filters)
		items_add_integer(items, name, origin, value);
	else
		items_add_text(items, name, origin, modes[value]);
}

static void observe_bundle(const struct subject *subject, const char *show, struct items *items)
{
	const struct oci_config *config = config_or_item(subject, items, show);
	const char *origin = arena_printf(items->arena, "/%s", subject->container->bundle ? subject->container->bundle : "");
	struct buffer words = { .arena = items->arena };

	if (!config)
		return;
	if (!config->has_seccomp) {
		items_add_none(items, show, origin, "the bundle asks for no filter");
		return;
	}
	if (streq(show, "default-action")) {
		items_add_text(items, show, origin, config->seccomp_default ? config->seccomp_default : "");
		return;
	}
	buffer_puts(&words, "");
	for (size_t i = 0; i < config->seccomp_risky.n; i++)
		buffer_printf(&words, "%s%s", i ? " " : "", config->seccomp_risky.list[i]);
	items_add_set(items, show, origin, words.text);
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const char *show = params_get(params, "show");

	if (streq(show, "mode") || streq(show, "filters"))
		observe_live(subject, streq(show, "filters"), items);
	else
		observe_bundle(subject, show, items);
}

const struct check check_seccomp = {
	.name = "seccomp",
	.summary = "the system call filter of a container",
	.reference = "mode and filters are Seccomp and Seccomp_filters of /proc/PID/status, the weakest of all processes: disabled, strict or filter, and how "
		     "many filters are stacked. A filter that allows everything shows as one all the same, so default-action gives what the profile in the "
		     "OCI bundle does with calls that it does not name (SCMP_ACT_ERRNO, SCMP_ACT_ALLOW), and risky-calls those that it allows, if only "
		     "with some arguments, though they reach deep into the kernel: mount, bpf, init_module, open_by_handle_at. See seccomp(2).",
	.subjects = SUBJECT_CONTAINER,
	.params = { { "show", PARAM_WORD, REQUIRED, "what is shown", "mode filters default-action risky-calls" }, { 0 } },
	.observe = observe,
};
