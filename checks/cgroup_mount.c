/* SPDX-License-Identifier: Apache-2.0 */
/* The cgroup file systems that a container can write to. */
#include "checks/cgroup.h"
#include "checks/checks.h"
#include "checks/container.h"

#include "core/base/text.h"

static bool is_cgroup(const struct mount *m, bool only_v1)
{
	return streq(m->type, "cgroup") || (!only_v1 && streq(m->type, "cgroup2"));
}

/* ---- the container's own branch ---- */

/* Where its first process stands in the hierarchy that is mounted; NULL: in none of that. */
static const char *place_of(const struct subject *subject, struct arena *arena, const struct mount *m)
{
	const char *text = subject->container->init->cgroup_text, *path;
	int version = 0;
	size_t n;

	if (!text)
		return NULL;
	if (streq(m->type, "cgroup2")) {
		path = cgroup_path_of(arena, text, "", &version);
		return version == 2 ? path : NULL;
	}
	for (const char *at = m->options, *word; (word = list_next(&at, ",", &n));) {
		path = cgroup_path_of(arena, text, arena_strndup(arena, word, n), &version);
		if (path && version == 1)
			return path;
	}
	return NULL;
}

/*
 * The branch that was made for it: the group with its name, where that shows, because systemd moves itself to one below; else the group of the first
 * process. The top of the tree is nobody's own.
 */
static const char *branch_of(const struct subject *subject, struct arena *arena, const char *path)
{
	static const char manager[] = "/init.scope";
	const char *id = subject->container->init->cgroup.id;
	size_t size = strlen(path), without = size > strlen(manager) ? size - strlen(manager) : 0;

	for (const char *slash = path; id && slash; slash = strchr(slash + 1, '/')) {
		char *part = arena_strndup(arena, path, slash[1] ? (size_t)(slash + 1 + strcspn(slash + 1, "/") - path) : size);
		struct cgroup_identity identity = cgroup_identify_path(arena, part);

		if (identity.class == CGROUP_CONTAINER && identity.id && streq(identity.id, id))
			return part;
	}
	if (without > 1 && streq(path + without, manager))
		return arena_strndup(arena, path, without);
	return streq(path, "/") ? NULL : path;
}

bool cgroup_is_own_branch(const struct subject *subject, struct arena *arena, const struct mount *m)
{
	const char *path = is_cgroup(m, false) ? place_of(subject, arena, m) : NULL, *branch = path ? branch_of(subject, arena, path) : NULL;

	return branch && path_is_below(m->root, branch);
}

/* ---- looking ---- */

/* A process holds, or gets by executing a program, the capability that release_agent asks for, over the host: 1, none: 0, not known: -1. */
static int has_admin(const struct subject *subject)
{
	const struct container *c = subject->container;
	int answer = 0;

	for (size_t i = 0; i < c->n_members && answer != 1; i++) {
		const struct process *p = c->members[i];
		int host = is_in_host_user_namespace(subject, p);

		if (host != 0 && p->status && caps_have(status_usable(p->status), CAPABILITY_SYS_ADMIN))
			answer = host;
	}
	return answer;
}

/* Confined to its own branch, by what is mounted and by what else it could mount: 1, or not: 0; not known: -1. */
static int is_delegated(const struct subject *subject, struct arena *arena, const struct mount *m)
{
	uint64_t own = subject->container->init->ns[NS_CGROUP], host = subject->all->processes->host_ns[NS_CGROUP];

	if (!cgroup_is_own_branch(subject, arena, m))
		return 0;
	return own && host ? own != host : -1;
}

static void add_mount(const struct mounts *mounts, const struct mount *m, struct items *items)
{
	items_add_once(items, "mount", mounts->file->path, arena_printf(items->arena, "%s at %s shows %s", m->type, m->target, m->root));
}

static void add_writable(const struct subject *subject, const struct mounts *mounts, const struct mount *m, struct items *items)
{
	int delegated = is_delegated(subject, items->arena, m);

	if (delegated < 0)
		items_add_state(items, "mount", init_path(subject, items, "ns/cgroup"), subject->container->init->ns_denied ? STATE_DENIED : STATE_BROKEN,
				"its own branch is writable at %s; that it could mount no other was not seen", m->target);
	else if (!delegated)
		add_mount(mounts, m, items);
}

/* The file is at the top of a hierarchy alone: there, or in reach of whoever is in the host's cgroup namespace and mounts it once more. */
static void add_release_agent(const struct subject *subject, const struct mounts *mounts, const struct mount *m, struct items *items)
{
	int top = streq(m->root, "/") ? 1 : container_in_host(subject->all->processes, subject->container, NS_CGROUP, NULL);

	if (top < 0)
		items_add_state(items, "mount", init_path(subject, items, "ns/cgroup"), subject->container->init->ns_denied ? STATE_DENIED : STATE_BROKEN,
				"a part of a hierarchy is writable at %s; that its top cannot be mounted was not seen", m->target);
	else if (top)
		add_mount(mounts, m, items);
}

static void add_mounts(const struct subject *subject, bool release_agent, struct items *items)
{
	for (size_t t = 0; t < subject->n_tables; t++) {
		const struct mounts *mounts = subject->tables[t];

		for (size_t i = 0; i < mounts->n; i++) {
			const struct mount *m = &mounts->list[i];

			if (!is_cgroup(m, release_agent) || mount_has(m, "ro"))
				continue;
			if (release_agent)
				add_release_agent(subject, mounts, m, items);
			else
				add_writable(subject, mounts, m, items);
		}
	}
}

static void add_release_agents(const struct subject *subject, struct items *items)
{
	const char *origin = subject->mounts->file->path;
	int admin = has_admin(subject);

	if (admin == 0) {
		items_add_none(items, "mount", origin, "no process holds CAP_SYS_ADMIN over the host");
	} else if (admin < 0) {
		items_add_state(items, "mount", init_path(subject, items, "ns/user"), STATE_BROKEN, "its user namespace could not be read");
	} else {
		add_mounts(subject, true, items);
		if (!items->n)
			items_add_none(items, "mount", origin, "no cgroup hierarchy of version 1 is writable from its top");
	}
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	if (!mounts_were_read(subject, items, "mount"))
		return;
	if (streq(params_get(params, "show"), "writable")) {
		add_mounts(subject, false, items);
		if (!items->n)
			items_add_none(items, "mount", subject->mounts->file->path, "no cgroup file system is writable but its own branch");
	} else if (members_were_read(subject, items, "mount")) {
		add_release_agents(subject, items);
	}
}

const struct check check_cgroup_mount = {
	.name = "cgroup-mount",
	.summary = "cgroup file systems that a container can write to",
	.reference = "writable lists the mounts of type cgroup and cgroup2 in /proc/PID/mountinfo, of every mount namespace of the container's processes, that are "
		     "not read-only; but not those of the container's own branch where it has a cgroup namespace of its own. That branch is the group that bears its "
		     "name, else that of its first process, and what is below; the top of the tree is never its own. release-agent lists those of version 1 "
		     "that show the top of the hierarchy, or any part of it to a container in the host's cgroup namespace, which can mount the top; where a process "
		     "of the container holds CAP_SYS_ADMIN in the host's user namespace, or gets it by executing a program: it can name a program in release_agent "
		     "that the kernel starts as root on the host. See cgroups(7).",
	.subjects = SUBJECT_CONTAINER,
	.params = { { "show", PARAM_WORD, REQUIRED, "what is listed", "writable release-agent" }, { 0 } },
	.observe = observe,
};
