/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/container.h"

#include "core/base/text.h"

#include <errno.h>

static bool has_ended(const struct subject *subject, const struct process *p)
{
	auto_arena struct arena *scratch = arena_new();
	auto_pin struct pin pin = { .fd = -1 };

	return process_pin(subject->all->processes, p, scratch, &pin) == -ESRCH;
}

void note_unseen_members(const struct subject *subject, struct items *items, const char *name)
{
	if (subject->container->init->ns_denied)
		items_add_state(items, name, init_path(subject, items, "ns"), STATE_DENIED,
				"whether other processes are in it cannot be seen by this user");
}

static void note_unseen_threads(const struct process *p, struct items *items, const char *name)
{
	if (p->threads_why)
		items_add_state(items, name, process_file(items->arena, p, 0, "task"), STATE_BROKEN, "of process %d: %s", p->pid, p->threads_why);
}

bool members_were_read(const struct subject *subject, struct items *items, const char *name)
{
	const struct container *c = subject->container;

	note_unseen_members(subject, items, name);
	for (size_t i = 0; i < c->n_members; i++) {
		const struct process *p = c->members[i];

		note_unseen_threads(p, items, name);
		if (p->status || (p != c->init && has_ended(subject, p)))
			continue;
		items_add_state(items, name, arena_printf(items->arena, "/proc/%d/status", p->pid), STATE_BROKEN,
				"the status of process %d could not be read", p->pid);
		return false;
	}
	return true;
}

const char *status_path(const struct process *p, enum status_part part, const struct items *items)
{
	return process_file(items->arena, p, p->status ? p->status->thread[part] : 0, "status");
}

const char *member_text(const struct process *p, int thread, const struct items *items)
{
	if (thread)
		return arena_printf(items->arena, "%s (pid %d, thread %d)", p->comm, p->pid, thread);
	return arena_printf(items->arena, "%s (pid %d)", p->comm, p->pid);
}

const char *init_path(const struct subject *subject, const struct items *items, const char *file)
{
	return arena_printf(items->arena, "/proc/%d/%s", subject->container->init->pid, file);
}

void items_add_none(struct items *items, const char *name, const char *origin, const char *why)
{
	items_add_state(items, name, origin, STATE_ABSENT, "%s", why);
}

void items_add_once(struct items *items, const char *name, const char *origin, const char *text)
{
	size_t n = 0;

	for (size_t i = 0; i < items->n; i++) {
		if (items->list[i].state != STATE_PRESENT)
			continue;
		if (streq(items->list[i].text, text) || ++n >= ITEMS_ENOUGH)
			return;
	}
	items_add_text(items, name, origin, text);
}

/* What they were asked for stands in no bundle. */
static const char without_bundle[] = "lxc libvirt-lxc systemd-nspawn bwrap firejail unshare flatpak snap chromium chrome minijail0 nsjail";

const struct oci_config *config_or_item(const struct subject *subject, struct items *items, const char *name)
{
	const struct container *c = subject->container;
	const char *origin = c->bundle ? arena_printf(items->arena, "/%s", c->bundle) : "the runtime's bundle";

	if (!c->config && list_has(without_bundle, " ", c->runtime))
		items_add_state(items, name, origin, STATE_INAPPLICABLE, "%s has no OCI bundle", c->runtime);
	else if (!c->config)
		items_add_state(items, name, origin, c->config_state, "%s", c->config_why);
	return c->config;
}

/* Where the namespaces of a process cannot be seen, it may see other mounts than the first one does. */
static void note_unseen_mounts(const struct subject *subject, struct items *items, const char *name)
{
	const struct container *c = subject->container;

	note_unseen_members(subject, items, name);
	for (size_t i = 0; i < c->n_members && !c->init->ns_denied; i++) {
		if (!c->members[i]->ns_denied || c->members[i]->ns[NS_MNT])
			continue;
		items_add_state(items, name, arena_printf(items->arena, "/proc/%d/ns/mnt", c->members[i]->pid), STATE_DENIED,
				"whether process %d has other mounts cannot be seen by this user", c->members[i]->pid);
		return;
	}
}

bool mounts_were_read(const struct subject *subject, struct items *items, const char *name)
{
	for (size_t i = 0; i < subject->n_tables; i++) {
		const struct mounts *mounts = subject->tables[i];

		if (mounts->state == STATE_PRESENT)
			continue;
		items_add_state(items, name, mounts->file->path, mounts->state, "%s", mounts->why);
		break;   /* one is enough to know that not all is known */
	}
	if (subject->mounts->state == STATE_PRESENT)
		note_unseen_mounts(subject, items, name);
	return subject->mounts->state == STATE_PRESENT;
}

int in_host_user_namespace(const struct subject *subject)
{
	return container_in_host(subject->all->processes, subject->container, NS_USER, NULL);
}

int is_in_host_user_namespace(const struct subject *subject, const struct process *p)
{
	uint64_t own = p->ns[NS_USER], host = subject->all->processes->host_ns[NS_USER];

	return own && host ? own == host : -1;
}
