/* SPDX-License-Identifier: Apache-2.0 */
/* Links of chains to the host that rest on what is mounted in a container. */
#include "checks/escape.h"
#include "checks/kernel_place.h"

#include "core/base/text.h"

/* All that is mounted in the container could be read, and what of it is the host's. */
static bool tables_known(const struct view *v)
{
	for (size_t i = 0; i < v->subject->n_tables; i++)
		if (v->subject->tables[i]->state != STATE_PRESENT)
			return false;
	return v->subject->host->mounts->state == STATE_PRESENT;
}

static void look_at(const struct view *v, fits_fn *fits, const char *words, const struct mount *m, struct link *best)
{
	for (size_t i = 0; i == 0 || i < m->n_host_paths; i++) {
		const struct host_path *h = i < m->n_host_paths ? &m->host_paths[i] : NULL;
		enum truth truth = fits(v, m, h);

		if (truth == YES || (truth == UNKNOWN && best->holds == NO))
			*best = link_of(truth, arena_printf(v->scratch, "%s %s %s %s", words, h ? h->path : m->type,
							    h && h->inside ? "inside what is at" : "at", m->target));
		if (truth == YES)
			return;
	}
}

struct link mount_that(const struct view *v, fits_fn *fits, const char *words)
{
	struct link best = link_of(NO, words);

	for (size_t t = 0; t < v->subject->n_tables; t++)
		for (size_t i = 0; i < v->subject->tables[t]->n && best.holds != YES; i++)
			look_at(v, fits, words, &v->subject->tables[t]->list[i], &best);
	if (best.holds == NO && !tables_known(v))
		return link_of(UNKNOWN, "mounts that could not be read");
	return best;
}

/* The socket of a user's engine with a network of its own is in no table that is read. */
static bool may_be_of_user(const char *path)
{
	return path_is_below(path, "/run/user") && list_has("buildkitd.sock containerd.sock docker.sock podman.sock", " ", basename(path));
}

/* It shows the socket of an engine, itself or by a directory above it on the same file system: whoever may write to one of these is root. */
enum truth shows_socket(const struct view *v, const struct mount *m, const struct host_path *h)
{
	const struct daemon_sockets *sockets;
	enum truth truth;

	if (!h || subject_stands_on(v->subject, m))
		return NO;
	sockets = subject_daemon_sockets(v->subject);
	truth = sockets->state != STATE_PRESENT || may_be_of_user(h->path) ? UNKNOWN : NO;
	for (size_t i = 0; i < sockets->n; i++) {
		const struct daemon_socket *s = &sockets->list[i];
		const struct mount *serving = path_is_below(s->path, h->path) ? mount_serving(v->subject->host->mounts, s->path) : NULL;

		if (!serving || serving->device != m->device)
			continue;
		if (s->sure)
			return YES;
		truth = UNKNOWN;
	}
	return truth;
}

static bool is_root(const struct host_path *h)
{
	return h && streq(h->path, "/");
}

/* It shows that path of the host, itself or by a directory above it on the same file system. */
static bool shows(const struct view *v, const struct mount *m, const struct host_path *h, const char *path)
{
	const struct mount *serving = path_is_below(path, h->path) ? mount_serving(v->subject->host->mounts, path) : NULL;

	return serving && serving->device == m->device;
}

/* The system bus, or systemd's own socket: both do for root what he asks, and a mount that is read-only keeps nobody from connecting. */
enum truth shows_bus(const struct view *v, const struct mount *m, const struct host_path *h)
{
	static const char *const sockets[] = { "/run/dbus/system_bus_socket", "/run/systemd/private" };
	enum truth truth = NO;

	if (!h || subject_stands_on(v->subject, m))
		return NO;
	for (size_t i = 0; i < ARRAY_LEN(sockets) && truth != YES; i++) {
		enum truth there = shows(v, m, h, sockets[i]) ? is_there(source_stat(v->subject->source, sockets[i] + 1)) : NO;

		truth = there == NO ? truth : there;
	}
	return truth;
}

/* What lies there says what the host runs as root, or who root is. */
enum truth shows_commanding_files(const struct view *v, const struct mount *m, const struct host_path *h)
{
	static const char *const harmless[] = { "/etc/hostname", "/etc/hosts", "/etc/localtime", "/etc/resolv.conf", "/etc/timezone" };
	static const char *const paths[] = { "/bin", "/boot", "/etc", "/lib", "/lib32", "/lib64", "/root", "/run/systemd/system", "/run/udev/rules.d",
					     "/sbin", "/usr", "/var/spool/cron" };

	if (!h || is_root(h) || mount_has(m, "ro") || subject_stands_on(v->subject, m))
		return NO;
	for (size_t i = 0; i < ARRAY_LEN(harmless); i++)
		if (streq(h->path, harmless[i]))
			return NO;
	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		if (path_is_below(h->path, paths[i]) || shows(v, m, h, paths[i]))
			return YES;
	return NO;
}


enum truth shows_writable_root(const struct view *v, const struct mount *m, const struct host_path *h)
{
	(void)v;
	return is_root(h) && !mount_has(m, "ro") ? YES : NO;
}

enum truth shows_root(const struct view *v, const struct mount *m, const struct host_path *h)
{
	(void)v;
	(void)m;
	return is_root(h) ? YES : NO;
}

/* A file or directory of a disk of the host: a handle on its file system opens any other file of it. */
enum truth is_on_host_disk(const struct view *v, const struct mount *m, const struct host_path *h)
{
	(void)v;
	return h && list_has("ext2 ext3 ext4 xfs btrfs f2fs", " ", m->type) ? YES : NO;
}

enum truth is_release_agent(const struct view *v, const struct mount *m, const struct host_path *h)
{
	(void)v;
	(void)h;
	return streq(m->type, "cgroup") && streq(m->root, "/") && !mount_has(m, "ro") ? YES : NO;
}

/* Every directory on the way can be passed by everybody, and the host's own mount honours set-user-ID. */
static enum truth users_reach(const struct view *v, const char *path)
{
	const struct mount *host = mount_serving(v->subject->host->mounts, path);

	if (!host || mount_has(host, "nosuid"))
		return NO;
	for (const char *slash = path; slash; slash = strchr(slash + 1, '/')) {
		const char *next = strchr(slash + 1, '/');
		const struct file *part = source_stat(v->subject->source, next ? arena_strndup(v->scratch, path + 1, (size_t)(next - path - 1))
											: path + 1);

		if (part->state != STATE_PRESENT)
			return is_there(part);
		if (!S_ISDIR(part->stat.st_mode) || !(part->stat.st_mode & 001))
			return NO;
	}
	return YES;
}

enum truth takes_setuid(const struct view *v, const struct mount *m, const struct host_path *h)
{
	if (!h || is_root(h) || subject_stands_on(v->subject, m) || mount_has(m, "ro") || mount_has(m, "nosuid") || is_on_host_disk(v, m, h) == NO)
		return NO;
	return users_reach(v, h->path);
}

struct link writable_sysctl(const struct view *v)
{
	static const char pattern[] = "/proc/sys/kernel/core_pattern";
	struct kernel_place place = { 0 };

	while (kernel_place_next(v->subject, v->scratch, pattern, &place)) {
		if (mount_has(place.mount, "ro"))
			continue;
		if (streq(place.path, pattern))
			return link_of(YES, "/proc/sys is writable");
		return link_of(YES, arena_printf(v->scratch, "%s is writable at %s", pattern, place.path));
	}
	for (size_t i = 0; i < v->subject->n_tables; i++)
		if (v->subject->tables[i]->state != STATE_PRESENT)
			return link_of(UNKNOWN, "mounts that could not be read");
	return link_of(NO, "/proc/sys is writable");
}
