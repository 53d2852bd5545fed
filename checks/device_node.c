/* SPDX-License-Identifier: Apache-2.0 */
/* The device nodes that a container sees. */
#include "checks/checks.h"
#include "checks/container.h"
#include "checks/device.h"

#include "core/base/text.h"
#include "core/subject/rootfs.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

enum { ENTRIES_MOST = 100000, NODES_MOST = 500, ITEMS_MOST = 10 };

static const int64_t nanoseconds_most = 1000000000;

/* ---- searching ---- */

/*
 * What is found is kept as text, a line a node: "b 254:0 /dev/vda". A line "! why" says that a part could not be searched, "!c why" that there are more of this type
 * than are kept: a container makes as many as it likes, and one type must not hide the other.
 */
struct search {
	const struct subject *subject;
	const struct device_policy *policy;
	struct buffer found;
	size_t blocks, characters;
	size_t disks;            /* that may be opened */
	struct rootfs_walk walk;
};

static bool found(void *with, const struct rootfs_entry *entry)
{
	struct search *s = with;
	struct device device = { S_ISBLK(entry->place.mode) ? 'b' : 'c', major(entry->place.device), minor(entry->place.device) };
	size_t *nodes = device.type == 'b' ? &s->blocks : &s->characters;
	const char *path;

	if (device_is_usual(&device) || (device.type == 'c' && !device.major && !device.minor))
		return true;   /* 0:0 is the mark of an overlay for a deleted file */
	s->disks += device.type == 'b' && device_policy_allows(s->policy, &device, DEVICE_READ | DEVICE_WRITE) == 1;
	if ((*nodes)++ == NODES_MOST)
		buffer_printf(&s->found, "!%c there are more than the %d that were looked at\n", device.type, NODES_MOST);
	if (*nodes > NODES_MOST)
		return true;
	path = arena_printf(s->subject->arena, "%s/%s", streq(entry->path, "/") ? "" : entry->path, entry->name);
	buffer_printf(&s->found, "%c %u:%u %s\n", device.type, device.major, device.minor, text_safe(s->subject->arena, path, strlen(path), 512));
	return true;
}

/* A node that is bound to a path, and no directory. */
static bool is_unusual_node(const struct mount *m)
{
	static const char usual[] = "/null /zero /full /random /urandom /tty /console /ptmx";

	return !streq(m->root, "/") && !list_has(usual, " ", m->root);
}

/* Single nodes that are bound from the host's /dev: engines do that where they may make none, in a user namespace. */
static void look_at_bound(struct search *s)
{
	const struct mounts *mounts = s->subject->mounts;
	const char *why;

	for (size_t i = 0; i < mounts->n && !s->walk.cut; i++) {
		const struct mount *m = &mounts->list[i];

		if (streq(m->type, "devtmpfs") && is_unusual_node(m) && mount_serving(mounts, m->target) == m)
			rootfs_walk(&s->walk, s->subject, m->target, &why);
	}
}

/* Every mount that lets devices be opened and lies on a file system that the kernel serves. */
static void look_elsewhere(struct search *s)
{
	const struct mounts *mounts = s->subject->mounts;
	const char *why;

	for (size_t i = 0; i < mounts->n && !s->walk.cut; i++) {
		const struct mount *m = &mounts->list[i];

		if (streq(m->type, "devtmpfs") && is_unusual_node(m))
			continue;   /* was looked at */
		if (!mount_has(m, "nodev") && !streq(m->target, "/dev") && mount_serving(mounts, m->target) == m)
			rootfs_walk(&s->walk, s->subject, m->target, &why);
	}
	if (s->walk.cut)
		buffer_puts(&s->found, "! what lies outside /dev could not be searched to the end\n");
}

/* Root of the host is one of the ids of its user namespace: 1, it is not: 0, not known: -1. */
static int maps_host_root(const struct subject *subject)
{
	const struct id_map *uids = &subject->uids;

	if (in_host_user_namespace(subject) == 1)
		return 1;
	if (uids->state != STATE_PRESENT)
		return -1;
	for (size_t i = 0; i < uids->n; i++)
		if (uids->list[i].outside == 0)
			return 1;
	return 0;
}

/*
 * A node outside /dev matters where the policy lets more devices be opened than every container may open, and to root of the host: another user
 * could open it by its path on the host as well.
 */
static bool elsewhere_matters(const struct search *s)
{
	if (s->disks || maps_host_root(s->subject) == 0)
		return false;
	for (size_t i = 0; i < s->policy->n; i++)
		if (!device_rule_is_usual(&s->policy->rules[i]))
			return true;
	return s->policy->open || s->policy->state != STATE_PRESENT;
}

static int search(struct search *s, const char **why)
{
	int rc = rootfs_walk(&s->walk, s->subject, "/dev", why);

	s->walk.alone = true;
	if (rc < 0 && (rc != -ENOENT || !source_is_live(s->subject->source)))
		return rc;
	look_at_bound(s);
	if (s->walk.cut)
		buffer_puts(&s->found, "! /dev could not be searched to the end\n");
	else if (elsewhere_matters(s))
		look_elsewhere(s);
	return 0;
}

static struct file search_all(const struct subject *subject)
{
	struct file nodes = { .path = NULL };
	struct search s = {
		.subject = subject, .found = { .arena = subject->arena },
		.walk = { .types = 1U << DT_CHR | 1U << DT_BLK, .most = ENTRIES_MOST, .until = rootfs_now() + nanoseconds_most, .visit = found },
	};
	int rc;

	s.walk.with = &s;
	s.policy = device_policy_of(subject);
	rc = search(&s, &nodes.why);
	nodes.state = rc >= 0 ? STATE_PRESENT : rc == -EACCES || rc == -EPERM ? STATE_DENIED : STATE_BROKEN;
	nodes.data = s.found.text ? s.found.text : "";
	nodes.size = s.found.size;
	return nodes;
}

/* Asked for by several rules, searched once. A snapshot holds what was found. */
static void *read_nodes(const struct subject *subject)
{
	const char *call = arena_printf(subject->arena, "device nodes below %s/root", subject->pin->path);
	const struct file *known = source_keeps(subject->source) ? source_recall(subject->source, call) : NULL;
	struct file *nodes = arena_new_of(subject->arena, struct file);

	*nodes = known ? *known : search_all(subject);
	if (!known && source_keeps(subject->source))
		source_remember(subject->source, call, nodes->state, nodes->why, nodes->data, nodes->size);
	return nodes;
}

static const struct file *nodes_of(const struct subject *subject)
{
	static const struct container_table table = { read_nodes };

	return subject_own_table(subject, &table);
}

/* ---- the check ---- */

struct view {
	bool block;              /* only those that hold a disk and may be opened */
	const struct device_policy *policy;
	struct items *items;
	size_t more;
};

static void add(struct view *v, const struct device *device, const char *path, const char *origin)
{
	int allowed = v->block ? device_policy_allows(v->policy, device, DEVICE_READ | DEVICE_WRITE) : 1;
	const char *text = arena_printf(v->items->arena, "%s, %s %u:%u", path, device->type == 'b' ? "block" : "character", device->major,
					device->minor);

	if (!allowed || (v->block && device->type != 'b'))
		return;
	if (v->items->n >= ITEMS_MOST)
		v->more++;
	else if (allowed < 0)
		items_add_state(v->items, "device", origin, STATE_BROKEN, "whether it may open %s is not known: %s", text,
				v->policy->why ? v->policy->why : "its device policy cannot be followed");
	else
		items_add_text(v->items, "device", origin, text);
}

static void add_line(struct view *v, const char *line, const char *origin)
{
	struct device device;
	int path = 0;

	if (*line == '!') {
		if (line[1] != 'c' || !v->block)
			items_add_state(v->items, "device", origin, STATE_BROKEN, "%s", line + 2);
	} else if (sscanf(line, "%c %u:%u %n", &device.type, &device.major, &device.minor, &path) == 3 && path) {
		add(v, &device, arena_strdup(v->items->arena, line + path), origin);
	}
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	struct view v = { .block = streq(params_get(params, "kind"), "block"), .policy = device_policy_of(subject), .items = items };
	const char *origin = init_path(subject, items, "root/dev");
	const struct file *nodes;
	struct text_line line;

	if (!mounts_were_read(subject, items, "device"))
		return;
	nodes = nodes_of(subject);
	if (nodes->state != STATE_PRESENT) {
		items_add_state(items, "device", origin, nodes->state, "%s", nodes->why);
		return;
	}
	for (const char *rest = nodes->data; text_next_line(&line, &rest);)
		add_line(&v, line.text, origin);
	if (!items->n)
		items_add_none(items, "device", origin, v.block ? "no disk that may be opened" : "no device beyond the usual ones");
	else if (v.more)
		items_add_text(items, "device", origin, arena_printf(items->arena, "and %zu more", v.more));
}

const struct check check_device_node = {
	.name = "device-node",
	.summary = "the device nodes that a container sees",
	.reference = "Lists the device nodes below the container's /dev (on its own file system) other than null, zero, full, random, "
		     "urandom, tty, console, ptmx and pseudo terminals, and single nodes that are bound from the host's /dev. Where no disk that may be "
		     "opened is among them, and the device policy lets root of the host open more than every container may, its other mounts without nodev "
		     "are searched, too, on file systems that the kernel serves: at most 100,000 files and one second, more is unknown. kind=\"block\" lists "
		     "the disks that the device policy lets be opened. /proc/PID/root is entered only where the container's mount table shows a local file "
		     "system.",
	.subjects = SUBJECT_CONTAINER,
	.params = { { "kind", PARAM_WORD, REQUIRED, "which", "any block" }, { 0 } },
	.observe = observe,
};
