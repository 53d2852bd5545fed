/* SPDX-License-Identifier: Apache-2.0 */
/* The cgroup file systems that a container can write to. */
#include "checks/checks.h"
#include "checks/container.h"

static bool is_cgroup(const struct mount *m, bool only_v1)
{
	return streq(m->type, "cgroup") || (!only_v1 && streq(m->type, "cgroup2"));
}

/* A process that could write there as the owner of the host's files, and with the capability that release_agent asks for. */
static bool has_admin(const struct container *c)
{
	for (size_t i = 0; i < c->n_members; i++)
		if (c->members[i]->status && caps_have(c->members[i]->status->caps[CAP_EFFECTIVE], CAPABILITY_SYS_ADMIN))
			return true;
	return false;
}

static void add_mounts(const struct subject *subject, bool only_v1, struct items *items)
{
	const struct processes *all = subject->all->processes;
	uint64_t own = subject->container->init->ns[NS_CGROUP];
	bool own_namespace = own && own != all->host_ns[NS_CGROUP];

	for (size_t i = 0; i < subject->mounts->n; i++) {
		const struct mount *m = &subject->mounts->list[i];

		if (is_cgroup(m, only_v1) && !mount_has(m, "ro"))
			items_add_text(items, "mount", subject->mounts->file->path,
				       arena_printf(items->arena, "%s at %s%s", m->type, m->target, own_namespace ? " (own cgroup namespace)" : ""));
	}
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	bool release_agent = streq(params_get(params, "show"), "release-agent");
	const char *origin = subject->mounts->file->path;
	int host_users = in_host_user_namespace(subject);

	if (!mounts_were_read(subject, items, "mount"))
		return;
	if (!release_agent) {
		add_mounts(subject, false, items);
		if (!items->n)
			items_add_none(items, "mount", origin, "no cgroup file system is writable");
		return;
	}
	if (!members_were_read(subject, items, "mount"))
		return;
	if (!has_admin(subject->container) || host_users == 0) {
		items_add_none(items, "mount", origin, "no process holds CAP_SYS_ADMIN over the host");
	} else if (host_users < 0) {
		items_add_state(items, "mount", init_path(subject, items, "ns/user"), STATE_BROKEN, "its user namespace could not be read");
	} else {
		add_mounts(subject, true, items);
		if (!items->n)
			items_add_none(items, "mount", origin, "no cgroup file system of version 1 is writable");
	}
}

const struct check check_cgroup_mount = {
	.name = "cgroup-mount",
	.summary = "cgroup file systems that a container can write to",
	.reference = "writable lists the mounts of type cgroup and cgroup2 in /proc/PID/mountinfo that are not read-only. release-agent lists those of version 1 "
		     "where a process of the container holds CAP_SYS_ADMIN in the host's user namespace: it can name a program in release_agent that the kernel "
		     "starts as root on the host. See cgroups(7).",
	.subjects = SUBJECT_CONTAINER,
	.params = { { "show", PARAM_WORD, REQUIRED, "what is listed", "writable release-agent" }, { 0 } },
	.observe = observe,
};
