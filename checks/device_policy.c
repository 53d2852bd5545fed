/* SPDX-License-Identifier: Apache-2.0 */
/* Which devices a container's control group lets it open. */
#include "checks/cgroup.h"
#include "checks/checks.h"
#include "checks/container.h"

#include "core/text.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <sys/syscall.h>

static void add_v1(const struct subject *subject, const struct cgroup_place *place, struct items *items)
{
	const struct file *file = cgroup_file(subject, subject->arena, place, "devices.list");

	if (file->state == STATE_ABSENT)
		items_add_state(items, "devices", file->path, STATE_UNAVAILABLE, "the control group does not show it");
	else if (file->state != STATE_PRESENT)
		items_add_file_state(items, "devices", file);
	else if (streq(place->path, "/"))
		items_add_text(items, "devices", file->path, "open");
	else
		items_add_text(items, "devices", file->path, starts_with(file->data, "a *:* ") ? "open" : "restricted");
}

/* How many programs of the type are attached to the cgroup; -errno. */
static int programs_at(const char *path)
{
	auto_close int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	union bpf_attr attr = { .query = { .attach_type = BPF_CGROUP_DEVICE } };
	uint32_t ids[64];

	if (fd < 0)
		return -errno;
	attr.query.target_fd = (uint32_t)fd;
	attr.query.prog_ids = (uintptr_t)ids;
	attr.query.prog_cnt = ARRAY_LEN(ids);
	if (syscall(SYS_bpf, BPF_PROG_QUERY, &attr, sizeof(attr)) < 0 && errno != ENOSPC)
		return -errno;
	return (int)attr.query.prog_cnt;
}

/* A program at any level restricts what is below it. */
static void add_v2(const struct subject *subject, struct cgroup_place *place, struct items *items)
{
	const char *origin = arena_printf(items->arena, "bpf(2), BPF_PROG_QUERY of /%s%s", place->top, place->path);

	if (!source_is_live(subject->source)) {
		items_add_state(items, "devices", origin, STATE_UNAVAILABLE, "only the running kernel tells");
		return;
	}
	do {
		int n = programs_at(arena_printf(subject->arena, "/%s%s", place->top, place->path));

		if (n < 0) {
			items_add_state(items, "devices", origin, n == -EPERM || n == -EACCES ? STATE_DENIED : STATE_BROKEN, "%s", strerror(-n));
			return;
		}
		if (n > 0) {
			items_add_text(items, "devices", origin, "restricted");
			return;
		}
	} while (cgroup_up(subject->arena, place));
	items_add_text(items, "devices", origin, "open");
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	struct cgroup_place place = cgroup_find(subject, subject->arena, "devices");

	(void)params;
	if (place.state != STATE_PRESENT)
		items_add_state(items, "devices", init_path(subject, items, "cgroup"), place.state, "%s", place.why);
	else if (place.version == 1)
		add_v1(subject, &place, items);
	else
		add_v2(subject, &place, items);
}

const struct check check_device_policy = {
	.name = "device-policy",
	.summary = "whether a container's control group restricts devices",
	.reference = "Version 1: \"open\" where devices.list begins with \"a *:* rwm\", every device; version 2: where no BPF program of type cgroup_device is attached to "
		     "the cgroup or one above it (bpf(2), BPF_PROG_QUERY: the kernel shows it nowhere else). Else \"restricted\".",
	.subjects = SUBJECT_CONTAINER,
	.params = { { 0 } },
	.observe = observe,
};
