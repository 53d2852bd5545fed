/* SPDX-License-Identifier: Apache-2.0 */
/* The device nodes that a container sees. */
#include "checks/checks.h"
#include "checks/container.h"
#include "checks/device.h"

#include "core/rootfs.h"
#include "core/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>

enum { DEV_DEPTH = 3, DEPTH_MOST = 40, ENTRIES_MOST = 100000, NODES_MOST = 500, ITEMS_MOST = 10 };

static const int64_t nanoseconds_most = 1000000000;

/* ---- searching ---- */

/*
 * What is found is kept as text, a line a node: "b 254:0 /dev/vda". A line "! why" says that a part could not be searched.
 */
struct search {
	const struct subject *subject;
	struct arena *scratch;
	struct device_policy policy;
	struct buffer found;
	size_t entries, nodes;
	size_t disks;            /* that may be opened */
	int64_t end;
	bool cut;
};

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void found(struct search *s, const char *directory, const char *name, const struct stat *st)
{
	struct device device = { S_ISBLK(st->st_mode) ? 'b' : 'c', major(st->st_rdev), minor(st->st_rdev) };
	const char *path = arena_printf(s->scratch, "%s/%s", streq(directory, "/") ? "" : directory, name);

	if ((!S_ISBLK(st->st_mode) && !S_ISCHR(st->st_mode)) || device_is_usual(&device))
		return;
	if (device.type == 'c' && !device.major && !device.minor)
		return;   /* the mark of an overlay for a deleted file */
	s->disks += device.type == 'b' && device_policy_allows(&s->policy, &device, DEVICE_READ | DEVICE_WRITE) == 1;
	if (s->nodes++ < NODES_MOST)
		buffer_printf(&s->found, "%c %u:%u %s\n", device.type, device.major, device.minor,
			      text_safe(s->scratch, path, strlen(path), 512));
}

static bool is_exhausted(struct search *s)
{
	if (s->entries >= ENTRIES_MOST || (s->entries % 256 == 255 && now() > s->end))
		s->cut = true;
	return s->cut;
}

/* Takes the descriptor over. Nothing is entered that stands on another file system. */
static void walk(struct search *s, int fd, const char *directory, unsigned depth)
{
	DIR *stream = fdopendir(fd);
	struct stat here, st;

	if (!stream || fstat(fd, &here) < 0) {
		s->cut = true;
		if (stream)
			closedir(stream);
		else
			close(fd);
		return;
	}
	for (struct dirent *d; !is_exhausted(s) && (d = readdir(stream)); s->entries++) {
		int below;

		if (streq(d->d_name, ".") || streq(d->d_name, "..") ||
		    (d->d_type != DT_CHR && d->d_type != DT_BLK && d->d_type != DT_DIR && d->d_type != DT_UNKNOWN))
			continue;
		if (fstatat(fd, d->d_name, &st, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) < 0)
			continue;
		if (!S_ISDIR(st.st_mode)) {
			found(s, directory, d->d_name, &st);
		} else if (depth && st.st_dev == here.st_dev) {
			below = openat(fd, d->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
			if (below >= 0)
				walk(s, below, arena_printf(s->scratch, "%s/%s", streq(directory, "/") ? "" : directory, d->d_name), depth - 1);
		}
	}
	closedir(stream);
}

/* A single node that is bound to a path: engines do that where they may make none, in a user namespace. */
static void look_at_mount(struct search *s, const struct mount *m)
{
	static const char usual[] = "/null /zero /full /random /urandom /tty /console /ptmx";
	const char *why, *slash = strrchr(m->target, '/');
	struct stat st;

	if (streq(m->root, "/") || list_has(usual, " ", m->root) || mount_serving(s->subject->mounts, m->target) != m)
		return;
	if (rootfs_stat(s->subject, m->target, &st, &why) == 0 && !S_ISDIR(st.st_mode))
		found(s, slash == m->target ? "/" : arena_strndup(s->scratch, m->target, (size_t)(slash - m->target)), slash + 1, &st);
}

/* Every mount that lets devices be opened and lies on a file system that the kernel serves. */
static void look_elsewhere(struct search *s)
{
	const struct mounts *mounts = s->subject->mounts;
	const char *why;

	for (size_t i = 0; i < mounts->n && !s->cut; i++) {
		const struct mount *m = &mounts->list[i];
		int fd;

		if (mount_has(m, "nodev") || streq(m->target, "/dev") || mount_serving(mounts, m->target) != m)
			continue;
		fd = rootfs_open(s->subject, m->target, &why);
		if (fd == -ENOTDIR)
			look_at_mount(s, m);
		else if (fd >= 0)
			walk(s, fd, m->target, DEPTH_MOST);
	}
	if (s->cut)
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
	for (size_t i = 0; i < s->policy.n; i++)
		if (!device_rule_is_usual(&s->policy.rules[i]))
			return true;
	return s->policy.open || s->policy.state != STATE_PRESENT;
}

static int search(struct search *s, const char **why)
{
	const struct mounts *mounts = s->subject->mounts;
	int fd = rootfs_open(s->subject, "/dev", why);

	if (fd < 0 && (fd != -ENOENT || !source_is_live(s->subject->source)))
		return fd;
	if (fd >= 0)
		walk(s, fd, "/dev", DEV_DEPTH);
	for (size_t i = 0; i < mounts->n; i++)
		if (streq(mounts->list[i].type, "devtmpfs"))
			look_at_mount(s, &mounts->list[i]);
	if (!s->cut && elsewhere_matters(s))
		look_elsewhere(s);
	else if (s->cut)
		buffer_puts(&s->found, "! /dev could not be searched to the end\n");
	return 0;
}

/* Asked for by several rules, searched once. */
static const struct file *nodes_of(const struct subject *subject)
{
	const struct process *init = subject->container->init;
	const char *name = arena_printf(subject->arena, "the device nodes of process %d, %" PRIu64, init->pid, init->start), *why;
	const struct file *nodes = source_recall(subject->source, name);
	auto_arena struct arena *scratch = arena_new();
	struct search s = { .subject = subject, .scratch = scratch, .found = { .arena = scratch }, .end = now() + nanoseconds_most };
	int rc;

	if (nodes)
		return nodes;
	s.policy = device_policy_read(subject, scratch);
	rc = search(&s, &why);
	if (rc < 0)
		return source_remember(subject->source, name, rc == -EACCES || rc == -EPERM ? STATE_DENIED : STATE_BROKEN, why, NULL, 0);
	return source_remember(subject->source, name, STATE_PRESENT, NULL, s.found.text, s.found.size);
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

	if (*line == '!')
		items_add_state(v->items, "device", origin, STATE_BROKEN, "%.*s", (int)strcspn(line + 2, "\n"), line + 2);
	else if (sscanf(line, "%c %u:%u %n", &device.type, &device.major, &device.minor, &path) == 3 && path)
		add(v, &device, arena_strndup(v->items->arena, line + path, strcspn(line + path, "\n")), origin);
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	auto_arena struct arena *scratch = arena_new();
	struct device_policy policy = { 0 };
	struct view v = { .block = streq(params_get(params, "kind"), "block"), .policy = &policy, .items = items };
	const char *origin = init_path(subject, items, "root/dev");
	const struct file *nodes;

	if (!mounts_were_read(subject, items, "device"))
		return;
	nodes = nodes_of(subject);
	if (nodes->state != STATE_PRESENT) {
		items_add_state(items, "device", origin, nodes->state, "%s", nodes->why);
		return;
	}
	if (v.block && nodes->size)
		policy = device_policy_read(subject, scratch);
	for (const char *line = nodes->data; *line; line += strcspn(line, "\n"), line += *line == '\n')
		add_line(&v, line, origin);
	if (!items->n)
		items_add_none(items, "device", origin, v.block ? "no disk that may be opened" : "no device beyond the usual ones");
	else if (v.more)
		items_add_text(items, "device", origin, arena_printf(items->arena, "and %zu more", v.more));
}

const struct check check_device_node = {
	.name = "device-node",
	.summary = "the device nodes that a container sees",
	.reference = "Lists the device nodes below the container's /dev (four directories deep, on its own file system) other than null, zero, full, random, "
		     "urandom, tty, console, ptmx and pseudo terminals, and single nodes that are bound from the host's /dev. Where no disk that may be "
		     "opened is among them, and the device policy lets root of the host open more than every container may, its other mounts without nodev "
		     "are searched, too, on file systems that the kernel serves: at most 100,000 files and one second, more is unknown. kind=\"block\" lists "
		     "the disks that the device policy lets be opened. /proc/PID/root is entered only where the container's mount table shows a local file "
		     "system.",
	.subjects = SUBJECT_CONTAINER,
	.params = { { "kind", PARAM_WORD, REQUIRED, "which", "any block" }, { 0 } },
	.observe = observe,
};
