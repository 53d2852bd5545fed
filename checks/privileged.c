/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a container is privileged, by what the kernel grants it rather than by what was asked for. */
#include "checks/checks.h"
#include "checks/container.h"
#include "checks/seccomp.h"

#include "core/base/text.h"

struct sign {
	const char *words;
	int held;                /* 1, 0, or -1: not known */
};

static bool may_regain_all(const struct status *s)
{
	return caps_have(s->caps[CAP_BOUNDING], CAPABILITY_SYS_ADMIN) && caps_have(s->caps[CAP_BOUNDING], CAPABILITY_SYS_MODULE);
}

/* The worst of all processes. Capabilities count where they are held over the host. */
static void look_at_processes(const struct subject *subject, struct sign *caps, struct sign *seccomp)
{
	const struct container *c = subject->container;

	caps->held = seccomp->held = 0;
	for (size_t i = 0; i < c->n_members; i++) {
		const struct status *s = c->members[i]->status;
		int host = is_in_host_user_namespace(subject, c->members[i]), own;
		enum filtering filtering;

		if (!s)
			continue;
		if (host != 0 && caps->held != 1 && may_regain_all(s))
			caps->held = host;
		filtering = seccomp_filtering(subject, s, &own);
		if (filtering == FILTERING_NONE || filtering == FILTERING_FOREIGN)
			seccomp->held = 1;
	}
}

/* Root of the host, or in its user namespace: only such a process can open a disk's node, and write to /sys. 1, 0 or -1. */
static int may_touch_the_host(const struct subject *subject)
{
	const struct container *c = subject->container;

	for (size_t i = 0; i < c->n_members; i++) {
		const struct status *s = c->members[i]->status;

		for (int kind = 0; s && kind < ID_KINDS; kind++)
			if (s->uid[kind] == 0)
				return 1;
	}
	return in_host_user_namespace(subject);
}

/* Of two answers, each 1, 0 or -1. */
static int both(int a, int b)
{
	return a == 0 || b == 0 ? 0 : a == 1 && b == 1 ? 1 : -1;
}

static int devices_are_open(const struct subject *subject, struct arena *scratch)
{
	const struct params none = { .check = &check_device_policy };
	struct items items = { .arena = scratch };

	check_device_policy.observe(subject, &none, &items);
	return items.list[0].state == STATE_PRESENT ? streq(items.list[0].text, "open") : -1;
}

static int sys_is_writable(const struct subject *subject)
{
	const struct mount *m = subject->mounts->state == STATE_PRESENT ? mount_serving(subject->mounts, "/sys") : NULL;

	return m ? streq(m->type, "sysfs") && !mount_has(m, "ro") : -1;
}

/* Nothing is mounted over any path of /proc but what a privileged container has, too. */
static int nothing_is_masked(const struct subject *subject)
{
	const struct mount *proc = subject->mounts->state == STATE_PRESENT ? mount_serving(subject->mounts, "/proc") : NULL;

	if (!proc)
		return -1;
	if (!streq(proc->type, "proc"))
		return 0;
	for (size_t i = 0; i < subject->mounts->n; i++) {
		const struct mount *m = &subject->mounts->list[i];

		if (m != proc && path_is_below(m->target, "/proc") && !streq(m->target, "/proc") && !streq(m->type, "binfmt_misc"))
			return 0;
	}
	return 1;
}

static void add(const struct sign *signs, size_t n, const char *origin, struct items *items)
{
	struct buffer words = { .arena = items->arena };
	int64_t held = 0, unknown = 0;
	struct item *item;

	for (size_t i = 0; i < n; i++) {
		held += signs[i].held > 0;
		unknown += signs[i].held < 0;
		if (signs[i].held > 0)
			buffer_printf(&words, "%s%s", words.size ? ", " : "", signs[i].words);
	}
	/* unless three are there anyhow, or cannot be any more */
	if (held < 3 && held + unknown >= 3) {
		items_add_state(items, "signs", origin, STATE_BROKEN, "%d of the five signs could not be read", (int)unknown);
		return;
	}
	item = items_add_integer(items, "signs", origin, held);
	if (held)
		item->text = arena_printf(items->arena, "%d of 5: %s", (int)held, words.text);
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	auto_arena struct arena *scratch = arena_new();
	struct sign signs[] = {
		{ "CAP_SYS_ADMIN and CAP_SYS_MODULE", 0 }, { "no system call filter", 0 }, { "every device", 0 }, { "/sys writable", 0 },
		{ "nothing of /proc masked", 0 },
	};
	int touches;

	(void)params;
	if (!members_were_read(subject, items, "signs"))
		return;
	look_at_processes(subject, &signs[0], &signs[1]);
	touches = may_touch_the_host(subject);
	signs[2].held = both(touches, devices_are_open(subject, scratch));
	signs[3].held = both(touches, sys_is_writable(subject));
	signs[4].held = nothing_is_masked(subject);
	add(signs, ARRAY_LEN(signs), init_path(subject, items, "status"), items);
}

const struct check check_privileged = {
	.name = "privileged",
	.summary = "how many signs of a privileged container there are",
	.reference = "Counts five signs that --privileged leaves whatever the engine: CAP_SYS_ADMIN and CAP_SYS_MODULE in the bounding set of a "
		     "process in the host's user namespace, no system call filter of its own, no device policy, /sys mounted writable, nothing "
		     "of /proc masked. Devices and /sys count where a process is root of the host, or in its user namespace. A full set of "
		     "capabilities is no good sign: engines grant the list they were built with.",
	.subjects = SUBJECT_CONTAINER,
	.params = { { 0 } },
	.observe = observe,
};
