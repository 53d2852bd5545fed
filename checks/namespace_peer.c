/* SPDX-License-Identifier: Apache-2.0 */
/* Namespaces that a container shares with another one. */
#include "checks/checks.h"
#include "checks/container.h"

#include "core/process/namespaces.h"

enum { PEERS_MOST = 16 };   /* that are named */

struct view {
	const struct subject *subject;
	struct items *items;
	size_t more;                 /* that are not named */
};

static bool is_named(const struct items *items, const char *text)
{
	for (size_t i = 0; i < items->n; i++)
		if (streq(items->list[i].text, text))
			return true;
	return false;
}

static void add(struct view *v, const struct member *member, enum namespace kind, const struct container *other)
{
	struct items *items = v->items;
	const char *name = namespace_name(kind);
	const char *text = arena_printf(items->arena, "%s with %s", name, container_label(items->arena, other));
	const char *origin = process_file(items->arena, member->process, member->thread, arena_printf(items->arena, "ns/%s", name));

	if (is_named(items, text))
		return;
	if (items->n < PEERS_MOST)
		items_add_text(items, "peer", origin, text);
	else
		v->more++;
}

/* All that are in one namespace of the container, by the table of all. */
static void compare(struct view *v, const struct member *member, enum namespace kind, uint64_t inode)
{
	const struct container *own = v->subject->container, *last = NULL;
	size_t n;
	const struct namespace_member *in = namespaces_find(v->subject->all->processes->namespaces, inode, &n);

	for (size_t i = 0; i < n && !v->more; i++) {
		const struct container *other = in[i].process->container;

		if (!other || other == own || other == last || containers_may_share(own, other))
			continue;
		last = other;
		add(v, member, kind, other);
	}
}

/* The same as one before it, which was compared already. */
static bool seen_before(const struct container *c, size_t i, int kind)
{
	for (size_t k = 0; k < i; k++)
		if (c->members[k]->ns[kind] == c->members[i]->ns[kind])
			return true;
	return false;
}

static void compare_process(struct view *v, size_t i)
{
	const struct container *c = v->subject->container;
	const struct process *p = c->members[i];
	const uint64_t *host = v->subject->all->processes->host_ns;

	for (int kind = 0; kind < NAMESPACES; kind++) {
		if (p->ns[kind] && p->ns[kind] != host[kind] && !seen_before(c, i, kind))
			compare(v, &(struct member){ p, 0 }, (enum namespace)kind, p->ns[kind]);
		for (size_t k = 0; k < p->n_odd; k++)
			if (p->odd[k].ns[kind] && p->odd[k].ns[kind] != p->ns[kind] && p->odd[k].ns[kind] != host[kind])
				compare(v, &(struct member){ p, p->odd[k].number }, (enum namespace)kind, p->odd[k].ns[kind]);
	}
}

static bool any_denied(const struct subject *subject)
{
	for (size_t i = 0; i < subject->all->n; i++)
		if (subject->all->list[i]->init->ns_denied)
			return true;
	return false;
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	struct view v = { .subject = subject, .items = items };

	(void)params;
	for (size_t i = 0; i < subject->container->n_members; i++)
		compare_process(&v, i);
	if (v.more)
		items_add_text(items, "peer", init_path(subject, items, "ns"), "others besides");
	if (items->n)
		return;
	if (any_denied(subject))
		items_add_state(items, "peer", init_path(subject, items, "ns"), STATE_DENIED, "namespaces cannot be seen");
	else
		items_add_none(items, "peer", init_path(subject, items, "ns"), "no namespace is shared outside its pod");
}

const struct check check_namespace_peer = {
	.name = "namespace-peer",
	.summary = "namespaces that a container shares with another one outside its pod",
	.reference = "Compares the links below /proc/PID/ns of the processes of all containers, all eight kinds. Those of the same pod, and a "
		     "nested container with those it runs in, may share; the host's namespaces are the namespace check's. An item for each, "
		     "\"net with web\", 16 at most.",
	.subjects = SUBJECT_CONTAINER,
	.params = { { 0 } },
	.observe = observe,
};
