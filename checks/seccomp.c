/* SPDX-License-Identifier: Apache-2.0 */
/* The system call filter of a container, as the kernel has it and as it was asked for. */
#include "checks/seccomp.h"

#include "checks/checks.h"
#include "checks/container.h"

#include "core/base/text.h"

/* ---- whose they are ---- */

static bool asks_for_none(const struct container *c)
{
	return c->config && !c->config->has_seccomp;
}

/* A monitor that is a process of the host. Of a nested container the outer one's filters are in force, and a protection from the host's side. */
static bool has_inherited(const struct container *c)
{
	return c->monitor && c->monitor != c->init && !c->parent && c->monitor_seccomp == 2;
}

enum filtering seccomp_filtering(const struct subject *subject, const struct status *status, int *own)
{
	const struct container *c = subject->container;

	*own = status->seccomp_filters;
	if (status->seccomp < 0 || status->seccomp > 2)
		return FILTERING_UNKNOWN;
	if (status->seccomp < 2)
		return status->seccomp ? FILTERING_STRICT : FILTERING_NONE;
	if (asks_for_none(c)) {
		*own = 0;
		return FILTERING_FOREIGN;
	}
	if (!has_inherited(c))
		return FILTERING_OWN;
	if (status->seccomp_filters < 0 || c->monitor_filters < 0)
		return FILTERING_UNKNOWN;
	*own = status->seccomp_filters > c->monitor_filters ? status->seccomp_filters - c->monitor_filters : 0;
	return *own ? FILTERING_OWN : FILTERING_FOREIGN;
}

/* ---- the check ---- */

static const char *foreign_text(const struct subject *subject, const struct status *s, struct items *items)
{
	const struct container *c = subject->container;
	int filters = s->seccomp_filters > 0 ? s->seccomp_filters : 1;

	if (asks_for_none(c))
		return arena_printf(items->arena, "not the container's: %d, and the bundle asks for none", filters);
	return arena_printf(items->arena, "not the container's: %d, as many as %s has, which started it", filters, member_text(c->monitor, 0, items));
}

static void add_filters(const struct status *s, int own, const char *origin, struct items *items)
{
	struct item *item = items_add_integer(items, "filters", origin, own);

	if (own < s->seccomp_filters)
		item->why = arena_printf(items->arena, "%d more are not the container's", s->seccomp_filters - own);
}

static void add_process(const struct subject *subject, const struct process *p, bool filters, struct items *items)
{
	static const char *const modes[] = { [FILTERING_NONE] = "disabled", [FILTERING_STRICT] = "strict", [FILTERING_OWN] = "filter" };
	const char *name = filters ? "filters" : "mode", *origin = status_path(p, PART_SECCOMP, items);
	int own;
	enum filtering filtering = seccomp_filtering(subject, p->status, &own);

	if (filtering == FILTERING_UNKNOWN || (filters && own < 0))
		items_add_state(items, name, origin, STATE_UNAVAILABLE, "this kernel does not tell");
	else if (filters)
		add_filters(p->status, own, origin, items);
	else
		items_add_text(items, name, origin,
			       filtering == FILTERING_FOREIGN ? foreign_text(subject, p->status, items) : modes[filtering]);
}

/* Of two, the one with less of its own. */
static bool is_weaker(const struct subject *subject, const struct process *a, const struct process *b, bool filters)
{
	int own_a, own_b;
	enum filtering x = seccomp_filtering(subject, a->status, &own_a), y = seccomp_filtering(subject, b->status, &own_b);

	return filters ? own_a < own_b : x < y;
}

static void observe_live(const struct subject *subject, bool filters, struct items *items)
{
	const struct container *c = subject->container;
	const struct process *least = c->init;

	if (!members_were_read(subject, items, filters ? "filters" : "mode"))
		return;
	for (size_t i = 0; i < c->n_members; i++)
		if (c->members[i]->status && is_weaker(subject, c->members[i], least, filters))
			least = c->members[i];
	add_process(subject, least, filters, items);
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
	.reference = "mode and filters are Seccomp and Seccomp_filters of /proc/PID/status, the weakest of all processes and threads: disabled, "
		     "strict or filter, and how many filters are stacked. Filters that the container's monitor has as well were inherited, and "
		     "where the bundle asks for none the engine made none: they are not counted, and where no other is left the mode is \"not "
		     "the container's: …\". A filter that allows everything shows as one all the same, so default-action gives what the profile "
		     "in the OCI bundle does with calls that it does not name (SCMP_ACT_ERRNO, SCMP_ACT_ALLOW), and risky-calls those that it "
		     "allows, if only with some arguments, though they reach deep into the kernel: mount, bpf, init_module, "
		     "open_by_handle_at. See seccomp(2).",
	.subjects = SUBJECT_CONTAINER,
	.params = { { "show", PARAM_WORD, REQUIRED, "what is shown", "mode filters default-action risky-calls" }, { 0 } },
	.observe = observe,
};
