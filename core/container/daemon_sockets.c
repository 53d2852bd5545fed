/* SPDX-License-Identifier: Apache-2.0 */
#include "core/container/daemon_sockets.h"

#include "core/base/text.h"
#include "core/process/mount.h"

#include <errno.h>

enum { TABLE_LIMIT = 16 << 20 };

static const char programs[] = "balena-engine-d buildkitd containerd cri-dockerd crio dockerd incusd k3s-agent k3s-server libvirtd lxd podman "
			       "rke2 virtlxcd virtqemud";

static const char *const places[] = {
	"/run/docker.sock", "/run/podman/podman.sock", "/run/containerd/containerd.sock", "/run/docker/containerd/containerd.sock",
	"/run/k3s/containerd/containerd.sock", "/run/crio/crio.sock", "/run/cri-dockerd.sock", "/run/dockershim.sock",
	"/run/buildkit/buildkitd.sock", "/run/libvirt/libvirt-sock", "/run/libvirt/virtqemud-sock", "/run/libvirt/virtlxcd-sock",
	"/var/lib/lxd/unix.socket", "/var/snap/lxd/common/lxd/unix.socket", "/var/lib/incus/unix.socket", "/run/incus/unix.socket",
};

/* Globs of where else something listens that can only be an engine. */
static const char *const names[] = {
	"*/docker.sock", "*/dockerd.sock", "*/podman.sock", "*/containerd.sock", "*/containerd/s/*", "*/crio.sock", "*/cri-dockerd.sock",
	"*/buildkitd.sock", "*/balena-engine.sock", "*/lxd/unix.socket", "*/incus/unix.socket", "*/libvirt-sock", "*/virt*d-sock",
};

struct search {
	const struct processes *processes;
	struct source *source;
	struct arena *arena;
	struct daemon_sockets *found;
};

static bool is_known(const struct search *s, const char *path)
{
	for (size_t i = 0; i < s->found->n; i++)
		if (streq(s->found->list[i].path, path))
			return true;
	return false;
}

static void add(const struct search *s, const char *path, const char *why, bool sure)
{
	if (!is_known(s, path))
		arena_push(s->arena, s->found->list, s->found->n) = (struct daemon_socket){ path, why, sure };
}

/* Only root makes anything in these directories: it is safe to look there. */
static void look_in_usual_places(const struct search *s)
{
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		const struct file *file = source_stat(s->source, places[i] + 1);

		if (file->state == STATE_PRESENT && S_ISSOCK(file->stat.st_mode))
			add(s, places[i], "a container engine is usually asked there", true);
		else if (file->state != STATE_PRESENT && file->state != STATE_ABSENT)
			add(s, places[i], arena_printf(s->arena, "%s: %s", file->path, file->why), false);
	}
}

/* ---- who listens ---- */

struct listener {
	const char *path;
	uint64_t inode;          /* of the socket, not of the file: that of "socket:[N]" */
};

struct listeners {
	struct listener *list;   /* by inode */
	size_t n;
};

/* "ffff…: 00000002 00000000 00010000 0001 01 12345 /run/x.sock": flags 00010000 say that it listens. */
static bool parse_line(struct listener *l, struct arena *arena, const char *line)
{
	unsigned long long inode;
	unsigned flags;
	int at = 0;

	if (sscanf(line, "%*s %*x %*x %x %*x %*x %llu %n", &flags, &inode, &at) != 2 || !at || line[at] != '/' || !(flags & 0x10000))
		return false;
	*l = (struct listener){ path_usual(arena, text_safe(arena, line + at, strcspn(line + at, "\n"), 512)), inode };
	return true;
}

static int by_inode(const void *a, const void *b)
{
	const struct listener *x = a, *y = b;

	return x->inode < y->inode ? -1 : x->inode > y->inode;
}

/*
 * In the host's network namespace. The paths are not looked at: anybody may bind one, also on a file system of his own that never answers.
 */
static struct listeners read_listeners(const struct search *s)
{
	const struct file *file = source_read(s->source, "proc/1/net/unix", TABLE_LIMIT);
	struct listeners all = { NULL, 0 };
	struct text_line line;
	struct listener one;

	if (file->state != STATE_PRESENT)
		file = source_read(s->source, "proc/self/net/unix", TABLE_LIMIT);
	s->found->state = file->state == STATE_ABSENT ? STATE_UNAVAILABLE : file->state;
	s->found->why = file->why;
	s->found->origin = file->path;
	for (const char *rest = file->state == STATE_PRESENT ? file->data : ""; text_next_line(&line, &rest);)
		if (parse_line(&one, s->arena, line.text))
			arena_push(s->arena, all.list, all.n) = one;
	if (all.n)
		qsort(all.list, all.n, sizeof(*all.list), by_inode);
	return all;
}

static bool has_telling_name(const char *path)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (text_glob(names[i], path))
			return true;
	return false;
}

static void look_at_descriptor(const struct search *s, const struct listeners *all, const struct process *p, const char *target)
{
	struct listener key = { NULL, 0 }, *found;

	if (!starts_with(target, "socket:["))
		return;
	key.inode = strtoull(target + strlen("socket:["), NULL, 10);
	found = bsearch(&key, all->list, all->n, sizeof(key), by_inode);
	if (found)
		add(s, found->path, arena_printf(s->arena, "%s listens there", p->comm), true);
}

/* False: its descriptors could not be seen. */
static bool look_at_program(const struct search *s, const struct listeners *all, const struct process *p)
{
	auto_arena struct arena *scratch = arena_new();
	auto_pin struct pin pin = { .fd = -1 };
	struct directory fds;
	int rc = process_pin(s->processes, p, scratch, &pin);

	if (rc < 0)
		return rc == -ESRCH;
	fds = pin_list(&pin, scratch, "fd");
	for (size_t i = 0; i < fds.n; i++) {
		struct file link = pin_link(&pin, scratch, arena_printf(scratch, "fd/%s", fds.entries[i].name));

		if (link.state == STATE_PRESENT)
			look_at_descriptor(s, all, p, link.data);
	}
	return fds.state == STATE_PRESENT || pin.gone;
}

static void look_at_listeners(const struct search *s, const struct listeners *all)
{
	const char *unseen = NULL;

	for (size_t i = 0; i < all->n; i++)
		if (has_telling_name(all->list[i].path))
			add(s, all->list[i].path, "a container engine listens there, by its name", true);
	for (size_t i = 0; all->n && i < s->processes->n; i++) {
		const struct process *p = &s->processes->list[i];

		/* what runs in a container has paths of its own */
		if (!p->container && list_has(programs, " ", p->comm) && !look_at_program(s, all, p))
			unseen = p->comm;
	}
	for (size_t i = 0; unseen && i < all->n; i++)
		add(s, all->list[i].path, arena_printf(s->arena, "%s may listen there, whose open files cannot be seen", unseen), false);
}

struct daemon_sockets *daemon_sockets_read(const struct processes *processes, struct arena *arena)
{
	const struct search s = { processes, processes->source, arena, arena_new_of(arena, struct daemon_sockets) };
	struct listeners all;

	look_in_usual_places(&s);
	all = read_listeners(&s);
	look_at_listeners(&s, &all);
	return s.found;
}
