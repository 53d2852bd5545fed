/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/kernel_place.h"

#include "core/base/text.h"

static bool holds_more_than_processes(const struct mount *m)
{
	return !list_has(m->options, ",", "subset=pid");
}

bool kernel_place_next(const struct subject *subject, struct arena *arena, const char *wanted, struct kernel_place *place)
{
	bool proc = path_is_below(wanted, "/proc");
	const char *top = proc ? "/proc" : "/sys", *type = proc ? "proc" : "sysfs";
	const char *inside = wanted[strlen(top)] ? wanted + strlen(top) : "/";

	for (; place->table < subject->n_tables; place->table++, place->next = 0) {
		const struct mounts *mounts = subject->tables[place->table];

		while (place->next < mounts->n) {
			const struct mount *m = &mounts->list[place->next++];

			if (!streq(m->type, type) || !holds_more_than_processes(m))
				continue;
			place->path = mount_place(arena, mounts, m, inside);
			if (!place->path)
				continue;
			place->mounts = mounts;
			place->mount = m;
			place->shows = path_is_below(inside, m->root) ? wanted : path_moved(arena, m->root, "/", top);
			return true;
		}
	}
	return false;
}

struct own_part {
	const char *type, *root;
	enum namespace kind;
};

static const struct own_part parts[] = {
	{ "proc", "/sys/net", NS_NET },
	{ "proc", "/sys/user", NS_USER },
	{ "proc", "/sys/fs/mqueue", NS_IPC },
	{ "proc", "/sys/kernel/hostname", NS_UTS },
	{ "proc", "/sys/kernel/domainname", NS_UTS },
	{ "proc", "/sys/kernel/auto_msgmni", NS_IPC },
	{ "proc", "/sys/kernel/msg_next_id", NS_IPC },
	{ "proc", "/sys/kernel/msgmax", NS_IPC },
	{ "proc", "/sys/kernel/msgmnb", NS_IPC },
	{ "proc", "/sys/kernel/msgmni", NS_IPC },
	{ "proc", "/sys/kernel/sem", NS_IPC },
	{ "proc", "/sys/kernel/sem_next_id", NS_IPC },
	{ "proc", "/sys/kernel/shm_next_id", NS_IPC },
	{ "proc", "/sys/kernel/shm_rmid_forced", NS_IPC },
	{ "proc", "/sys/kernel/shmall", NS_IPC },
	{ "proc", "/sys/kernel/shmmax", NS_IPC },
	{ "proc", "/sys/kernel/shmmni", NS_IPC },
	{ "sysfs", "/devices/virtual/net", NS_NET },
};

/* Where the kernel lets other file systems be mounted; nothing can be made in them. */
static const char mount_points[] =
	"/fs/bpf /fs/cgroup /fs/fuse/connections /fs/pstore /fs/selinux /fs/smackfs /kernel/config /kernel/debug /kernel/security /kernel/tracing";

/* No process of the container is in the host's: 1, one is: 0, one could not be seen: -1. */
static int has_own(const struct subject *subject, enum namespace kind)
{
	const struct container *c = subject->container;
	uint64_t host = subject->all->processes->host_ns[kind];
	int answer = 1;

	for (size_t i = 0; i < c->n_members; i++) {
		const struct process *p = c->members[i];

		if (host && p->ns[kind] == host)
			return 0;
		if (!host || (!p->ns[kind] && p->state != 'Z'))
			answer = -1;
	}
	return answer;
}

int kernel_place_is_own(const struct subject *subject, const struct mount *m)
{
	if (streq(m->type, "sysfs") && list_has(mount_points, " ", m->root))
		return 1;
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (streq(parts[i].type, m->type) && path_is_below(m->root, parts[i].root))
			return has_own(subject, parts[i].kind);
	return 0;
}
