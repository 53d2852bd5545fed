/* SPDX-License-Identifier: Apache-2.0 */
/* Which users and groups of the host a container's processes are. */
#include "checks/checks.h"
#include "checks/container.h"

#include "core/base/text.h"

static bool holds(const uint32_t *ids, uint32_t id)
{
	for (int kind = 0; kind < ID_KINDS; kind++)
		if (ids[kind] == id)
			return true;
	return false;
}

static bool holds_group(const struct status *s, uint32_t gid)
{
	for (size_t i = 0; i < s->n_groups && i < STATUS_GROUPS; i++)
		if (s->groups[i] == gid)
			return true;
	return holds(s->gid, gid) || (gid == 0 && s->group_zero);
}

static void add_processes(const struct subject *subject, const char *show, struct items *items)
{
	const struct container *c = subject->container;
	bool groups = streq(show, "root-group");
	const struct process *first = c->init;
	int64_t n = 0;

	if (!members_were_read(subject, items, show))
		return;
	for (size_t i = 0; i < c->n_members; i++) {
		const struct status *s = c->members[i]->status;
		bool root = s && (groups ? holds_group(s, 0) : holds(s->uid, 0));

		first = root && n == 0 ? c->members[i] : first;
		n += root;
	}
	items_add_integer(items, show, status_path(first, groups ? PART_GROUPS : PART_USERS, items), n);
}

/* The container's own number of a host's. */
static int64_t inside(const struct id_map *map, uint32_t outside)
{
	for (size_t i = 0; i < map->n; i++)
		if (outside >= map->list[i].outside && outside - map->list[i].outside < map->list[i].length)
			return (int64_t)map->list[i].inside + (outside - map->list[i].outside);
	return -1;
}

/* Those that are not root of the container: of another user namespace than its first process, they are none either. */
static void add_ordinary(const struct subject *subject, const char *show, struct items *items)
{
	const struct container *c = subject->container;
	const struct process *first = c->init;
	int64_t n = 0;

	if (!members_were_read(subject, items, show))
		return;
	if (subject->uids.state != STATE_PRESENT) {
		items_add_state(items, show, subject->uids.origin, subject->uids.state, "%s", subject->uids.why);
		return;
	}
	for (size_t i = 0; i < c->n_members; i++) {
		const struct status *s = c->members[i]->status;
		bool ordinary = s && (inside(&subject->uids, s->uid[ID_EFFECTIVE]) != 0 || c->members[i]->ns[NS_USER] != c->init->ns[NS_USER]);

		first = ordinary && n == 0 ? c->members[i] : first;
		n += ordinary;
	}
	items_add_integer(items, show, status_path(first, PART_USERS, items), n);
}

static void add_first(const struct subject *subject, const char *show, struct items *items)
{
	const struct status *s = subject->container->init->status;
	const struct id_map *map = &subject->uids;

	if (!s)
		members_were_read(subject, items, show);
	else if (streq(show, "uid"))
		items_add_integer(items, show, status_path(subject->container->init, PART_USERS, items), s->uid[ID_EFFECTIVE]);
	else if (streq(show, "gid"))
		items_add_integer(items, show, init_path(subject, items, "status"), s->gid[ID_EFFECTIVE]);
	else if (map->state != STATE_PRESENT)
		items_add_state(items, show, map->origin, map->state, "%s", map->why);
	else if (inside(map, s->uid[ID_EFFECTIVE]) < 0)
		items_add_none(items, show, map->origin, "its user is not mapped");
	else
		items_add_integer(items, show, map->origin, inside(map, s->uid[ID_EFFECTIVE]));
}

/* Groups whose members can become root: through an engine's socket, a disk, the kernel's memory, or sudo. */
static bool is_mighty(const char *line, size_t size)
{
	static const char *const names[] = { "docker", "podman", "libvirt", "kvm", "disk", "lxd", "incus", "incus-admin", "sudo", "wheel",
					     "adm", "shadow", "kmem", "containerd", "crio", "microk8s" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strlen(names[i]) == size && memcmp(names[i], line, size) == 0)
			return true;
	return false;
}

static const struct process *holder(const struct container *c, uint32_t gid)
{
	for (size_t i = 0; i < c->n_members; i++)
		if (c->members[i]->status && holds_group(c->members[i]->status, gid))
			return c->members[i];
	return NULL;
}

static bool has_more_groups(const struct container *c)
{
	for (size_t i = 0; i < c->n_members; i++)
		if (c->members[i]->status && c->members[i]->status->n_groups > STATUS_GROUPS)
			return true;
	return false;
}

static void add_host_groups(const struct subject *subject, struct items *items)
{
	const struct file *file = source_read(subject->source, "etc/group", SOURCE_LIMIT);
	const struct process *first = NULL, *in;
	struct buffer words = { .arena = items->arena };

	if (!members_were_read(subject, items, "host-groups"))
		return;
	if (file->state != STATE_PRESENT) {
		items_add_state(items, "host-groups", file->path, file->state == STATE_ABSENT ? STATE_UNAVAILABLE : file->state, "%s", file->why);
		return;
	}
	if (has_more_groups(subject->container)) {
		items_add_state(items, "host-groups", init_path(subject, items, "status"), STATE_BROKEN,
				"a process has more than the %d groups that are looked at", STATUS_GROUPS);
		return;
	}
	buffer_puts(&words, "");
	for (const char *line = file->data; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		size_t name = strcspn(line, ":\n"), password = line[name] == ':' ? strcspn(line + name + 1, ":\n") : 0;
		const char *gid = line + name + 1 + password + 1;

		if (line[name] != ':' || gid[-1] != ':' || !is_mighty(line, name))
			continue;
		in = holder(subject->container, (uint32_t)strtoul(gid, NULL, 10));
		if (in)
			buffer_word(&words, line, name);
		first = first ? first : in;
	}
	items_add_set(items, "host-groups", status_path(first ? first : subject->container->init, PART_GROUPS, items), words.text);
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const char *show = params_get(params, "show");

	if (streq(show, "root-processes") || streq(show, "root-group"))
		add_processes(subject, show, items);
	else if (streq(show, "ordinary-processes"))
		add_ordinary(subject, show, items);
	else if (streq(show, "host-groups"))
		add_host_groups(subject, items);
	else
		add_first(subject, show, items);
}

const struct check check_user = {
	.name = "user",
	.summary = "which users and groups of the host a container's processes are",
	.reference = "From Uid, Gid and Groups of /proc/PID/status, which the kernel gives as the host numbers them. A process is root where "
		     "one of its threads is. uid and gid are those of the first process, inner-uid its number inside the container by uid_map; "
		     "ordinary-processes counts those that are not root inside; root-processes and root-group count the processes that hold uid 0 (real, effective, saved or file-system) or group 0 of "
		     "the host; host-groups names those of the host's groups that lead to root (docker, disk, kvm, sudo, …) which any process "
		     "is in. See credentials(7) and user_namespaces(7).",
	.subjects = SUBJECT_CONTAINER,
	.params = { { "show", PARAM_WORD, REQUIRED, "what is shown", "uid gid inner-uid ordinary-processes root-processes root-group host-groups" }, { 0 } },
	.observe = observe,
};
