/* SPDX-License-Identifier: Apache-2.0 */
/* What a running daemon says of itself, and which file of the host a path of it is. */
#include "core/daemon/daemon_private.h"

#include "core/base/text.h"
#include "core/process/process.h"

#include <errno.h>

enum { ARGUMENTS_MOST = 500, SMALL_LIMIT = 65536, ENVIRONMENT_LIMIT = 1 << 20 };

/* ---- the process ---- */

static void unread(struct daemon *daemon, const struct file *file, const char *why)
{
	if (daemon->state != STATE_PRESENT)
		return;
	daemon->state = file->state == STATE_PRESENT ? STATE_BROKEN : file->state;
	daemon->where = file->path;
	daemon->why = why ? why : file->why;
}

static void read_arguments(struct daemon_finder *f, struct daemon *daemon, struct pin *pin)
{
	struct file file = pin_read(pin, f->arena, "cmdline", SMALL_LIMIT);
	const char **list = process_arguments(pin, f->arena);

	daemon->origin = file.path;
	while (list[daemon->n])
		daemon->n++;
	if (!daemon->n)
		unread(daemon, &file, file.state == STATE_PRESENT ? "it is empty" : NULL);
	else if (daemon->n > ARGUMENTS_MOST)
		unread(daemon, &file, "more than 500 arguments"), daemon->n = 0;
	else
		daemon->arguments = list + 1, daemon->n--;
}

static struct file read_variables(struct daemon_finder *f, struct daemon *daemon, struct pin *pin)
{
	struct file file = pin_read(pin, f->arena, "environ", ENVIRONMENT_LIMIT);

	daemon->environment_state = file.state;
	daemon->environment_why = file.why;
	if (file.state == STATE_PRESENT)
		for (const char *at = file.data; at < file.data + file.size; at += strlen(at) + 1)
			arena_push(f->arena, daemon->variables, daemon->n_variables) = at;
	return file;
}

static void read_environment(struct daemon_finder *f, struct daemon *daemon, struct pin *pin)
{
	struct file file = read_variables(f, daemon, pin);

	if (file.state != STATE_PRESENT)
		unread(daemon, &file, NULL);
}

/* The second of four numbers: the effective one. */
static void read_user(struct daemon_finder *f, struct daemon *daemon, struct pin *pin)
{
	struct file file = pin_read(pin, f->arena, "status", SMALL_LIMIT);
	const char *line = file.state == STATE_PRESENT ? strstr(file.data, "\nUid:") : NULL;
	long long real, effective;

	if (line && sscanf(line, " Uid: %lld %lld", &real, &effective) == 2)
		daemon->uid = effective;
}

/* Of the directory that it started in only the name is known, by which it would find a relative path again. */
static void read_places(struct daemon_finder *f, struct daemon *daemon, struct pin *pin)
{
	struct file root = pin_link(pin, f->arena, "root"), cwd = pin_link(pin, f->arena, "cwd");

	daemon->root = root.state == STATE_PRESENT && !streq(root.data, "/") ? root.data : "";
	daemon->directory = cwd.state == STATE_PRESENT ? cwd.data : NULL;
}

static bool same_namespace(struct daemon_finder *f, struct pin *pin, const char *name)
{
	auto_pin struct pin host = { .fd = -1 };
	struct file own = pin_link(pin, f->scratch, name), other;

	if (own.state != STATE_PRESENT)
		return own.state == STATE_UNAVAILABLE;   /* a captured root holds no namespaces: one of the host's daemons */
	if (pin_open(&host, f->source, "proc/2") < 0)
		return false;
	other = pin_link(&host, f->scratch, name);
	if (other.state != STATE_PRESENT)
		return other.state == STATE_UNAVAILABLE;
	return streq(own.data, other.data);
}

static void read_mounts(struct daemon_finder *f, struct daemon *daemon, struct pin *pin)
{
	struct file *mountinfo;
	struct mounts *mounts;

	if (same_namespace(f, pin, "ns/mnt"))
		return;
	mountinfo = arena_new_of(f->arena, struct file);
	*mountinfo = pin_read(pin, f->arena, "mountinfo", MOUNTINFO_LIMIT);
	if (!f->host_mounts)
		f->host_mounts = mounts_read(f->source, f->arena);
	mounts = mounts_parse(f->arena, mountinfo);
	mounts_locate(f->arena, mounts, f->host_mounts);
	daemon->mounts = mounts;
}

int daemon_examine(struct daemon_finder *f, struct daemon *daemon, struct pin *pin)
{
	daemon->label = arena_printf(f->arena, "%s (pid %d)", daemon->kind->name, daemon->pid);
	read_arguments(f, daemon, pin);
	read_user(f, daemon, pin);
	read_places(f, daemon, pin);
	read_mounts(f, daemon, pin);
	if (daemon->kind->many_uses)
		read_variables(f, daemon, pin);
	else if (daemon->kind->environment || (daemon->uid > 0 && streq(daemon->kind->name, "dockerd")))
		read_environment(f, daemon, pin);
	return pin->gone ? -ESRCH : 0;
}

bool daemon_is_nested(struct daemon_finder *f, struct pin *pin)
{
	struct file cgroup = pin_read(pin, f->scratch, "cgroup", SMALL_LIMIT);

	return cgroup.state == STATE_PRESENT && cgroup_identify(f->scratch, cgroup.data).class == CGROUP_CONTAINER &&
	       !same_namespace(f, pin, "ns/mnt");
}

/* ---- paths ---- */

/* By the manifest of a static pod: the volume that is mounted over the path. */
static const char *path_in_pod(struct arena *arena, const struct daemon *daemon, const char *path, const char **why)
{
	const struct value *mounts = value_member(daemon->container, "volumeMounts");
	struct matches volumes = { .arena = arena };
	const char *name = NULL, *target = "";

	value_find(daemon->pod, "/spec/volumes/*", &volumes);
	for (const struct value *v = mounts ? mounts->first : NULL; v; v = v->next) {
		const struct value *at = value_member(v, "mountPath"), *called = value_member(v, "name");

		if (at && at->text && called && called->text && path_is_below(path, at->text) && strlen(at->text) >= strlen(target)) {
			target = at->text;
			name = called->text;
		}
	}
	for (size_t i = 0; name && i < volumes.n; i++) {
		const struct value *called = value_member(volumes.list[i].value, "name");
		const struct value *from = value_member(value_member(volumes.list[i].value, "hostPath"), "path");

		if (called && called->text && streq(called->text, name) && from && from->text)
			return arena_printf(arena, "%s%s", from->text + strspn(from->text, "/"), path + strlen(target));
	}
	*why = "it lies in the container's own file system";
	return NULL;
}

/* Any of the host's names for what is mounted. */
static const char *host_name_of(const struct mount *mount)
{
	for (size_t i = 0; mount && i < mount->n_host_paths; i++)
		if (!mount->host_paths[i].inside)
			return mount->host_paths[i].path;
	return NULL;
}

static const char *path_by_mounts(struct arena *arena, const struct mounts *mounts, const char *path, const char **why)
{
	const struct mount *mount;
	const char *host;

	if (mounts->state != STATE_PRESENT) {
		*why = mounts->why;
		return NULL;
	}
	mount = mount_serving(mounts, path);
	host = host_name_of(mount);
	if (!host) {
		*why = "it lies on a file system that only the daemon's mount namespace has";
		return NULL;
	}
	path += streq(mount->target, "/") ? 0 : strlen(mount->target);
	path = arena_printf(arena, "%s%s", host, path);
	return path + strspn(path, "/");
}

const char *daemon_path(struct arena *arena, const struct daemon *daemon, const char *path, const char **why)
{
	if (daemon->moved) {
		*why = daemon->moved;
		return NULL;
	}
	if (*path != '/' && !daemon->directory) {
		*why = "the path is relative to a directory that is not known";
		return NULL;
	}
	if (*path != '/')
		path = arena_printf(arena, "%s/%s", daemon->directory, path);
	if (daemon->pod)
		return path_in_pod(arena, daemon, path, why);
	path = arena_printf(arena, "%s%s", daemon->root, path);
	if (daemon->mounts)
		return path_by_mounts(arena, daemon->mounts, path, why);
	return path + strspn(path, "/");
}
