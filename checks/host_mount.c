/* SPDX-License-Identifier: Apache-2.0 */
/* Directories and files of the host that are mounted in a container. */
#include "checks/cgroup.h"
#include "checks/checks.h"
#include "checks/container.h"
#include "checks/kernel_place.h"

#include "core/base/text.h"

enum { WORDS_MOST = 128 };

/* A list of paths or globs, split once for all mounts. */
struct words {
	const char *list[WORDS_MOST];
	size_t n;
	bool cut;                /* there are more */
};

struct wanted {
	const struct subject *subject;
	struct words paths, except;      /* no paths: all of the host */
	const char *lacking, *propagation;
	bool above, writable;
	const struct daemon_sockets *sockets;   /* where engines listen: they count like the paths; or NULL */
	struct items *items;
};

static void split(struct words *words, struct arena *arena, const char *text)
{
	size_t n;

	words->n = 0;
	for (const char *at = text ? text : "", *w; (w = list_next(&at, " \t\n", &n));) {
		words->cut = words->cut || words->n == WORDS_MOST;
		if (words->n < WORDS_MOST)
			words->list[words->n++] = path_usual(arena, arena_strndup(arena, w, n));
	}
}

static bool is_excepted(const struct wanted *w, const char *path)
{
	for (size_t i = 0; i < w->except.n; i++)
		if (text_glob(w->except.list[i], path))
			return true;
	return false;
}

/* "/home/x/.ssh" or what lies below it, for the glob of the directory. */
static bool globs(const char *glob, const char *path)
{
	char below[512];

	if (text_glob(glob, path))
		return true;
	snprintf(below, sizeof(below), "%s/*", glob);
	return text_glob(below, path);
}

/* "/run/user/1000" for "/run/user/SOMEBODY/docker.sock" with a glob for him: the path's components fit those that the glob begins with. */
static bool may_hold(const char *glob, const char *path)
{
	while (*glob == '/' && *path == '/' && path[1]) {
		size_t n = strcspn(++glob, "/"), m = strcspn(++path, "/");
		char one[256], part[256];

		if (n >= sizeof(one) || m >= sizeof(part))
			return false;
		snprintf(one, sizeof(one), "%.*s", (int)n, glob);
		snprintf(part, sizeof(part), "%.*s", (int)m, path);
		if (!text_glob(one, part))
			return false;
		glob += n;
		path += m;
	}
	return *glob == '/' && !path[*path == '/'];
}

/* The path is at or below that one of the listed, or with `above` it holds it. What lies inside of the mount counts where it holds or is held. */
static bool is_listed_by(const struct wanted *w, const char *one, const char *path, bool inside)
{
	bool glob = strchr(one, '*') != NULL;

	if (inside && !w->above)
		return false;
	if (glob && globs(one, path))
		return true;
	if (streq(one, "/") ? streq(path, "/") : path_is_below(path, one))
		return true;
	return w->above && (path_is_below(one, path) || (glob && may_hold(one, path)));
}

static bool is_listed(const struct wanted *w, const struct host_path *h, const char *path)
{
	for (size_t i = 0; i < w->paths.n; i++)
		if (is_listed_by(w, w->paths.list[i], path, h->inside))
			return true;
	return !w->paths.n;
}

/* The socket of an engine that the mount shows, itself or somewhere in it; one that may be an engine's where there is no other, else `maybe`. */
static const struct daemon_socket *shown_socket(const struct wanted *w, const struct mount *m, const struct host_path *h,
						const struct daemon_socket *maybe)
{

	for (size_t i = 0; w->sockets && i < w->sockets->n; i++) {
		const struct daemon_socket *s = &w->sockets->list[i];
		const struct mount *serving;

		if (!path_is_below(s->path, h->path))
			continue;
		serving = mount_serving(w->subject->host->mounts, s->path);
		if (!serving || serving->device != m->device)
			continue;
		if (s->sure)
			return s;
		maybe = s;
	}
	return maybe;
}

static bool lacks_one(const struct wanted *w, const struct mount *m)
{
	size_t n;

	for (const char *at = w->lacking, *word; (word = list_next(&at, " \t\n", &n));) {
		char option[16];

		snprintf(option, sizeof(option), "%.*s", (int)n, word);
		if (!mount_has(m, option))
			return true;
	}
	return false;
}

/* What happens in there shows on the host, or the other way. */
static bool propagates(const struct wanted *w, const struct mount *m, const struct mounts *host)
{
	return streq(w->propagation, "shared") ? mount_spreads_to(m, host) : strstr(m->propagation, "master:") != NULL;
}

/* What is asked of the mount itself, whatever it shows. */
static bool fits(const struct wanted *w, const struct mount *m)
{
	if (w->writable && mount_has(m, "ro"))
		return false;
	if (w->lacking && !lacks_one(w, m))
		return false;
	return !w->propagation || propagates(w, m, w->subject->host->mounts);
}

/* ---- what is a container's own, though it is a directory of the host, too ---- */

/*
 * The kernel's own file systems in their usual places. Where a namespace is shared, an engine can give a container only those of the host: the
 * sysfs of the host's network, read-only, and with it all that is mounted in there, and the processes of the host.
 */
static bool is_usual(const struct wanted *w, const struct mount *m, const char *path)
{
	const struct process *init = w->subject->container->init;

	if (streq(m->type, "sysfs") && streq(m->target, "/sys") && streq(path, "/sys") && mount_has(m, "ro"))
		return true;
	if (w->paths.n)
		return false;
	if (path_is_below(m->target, "/sys/fs/cgroup") && starts_with(m->type, "cgroup") && mount_has(m, "ro"))
		return true;
	if (streq(m->type, "proc") && streq(m->target, "/proc") && streq(path, "/proc"))
		return init->ns[NS_PID] && init->ns[NS_PID] == w->subject->all->processes->host_ns[NS_PID];
	return path_is_below(path, "/sys") && streq(m->target, path) && (mount_has(m, "ro") || kernel_place_is_own(w->subject, m) > 0);
}

static bool is_own(const struct wanted *w, const struct mount *m)
{
	if (subject_stands_on(w->subject, m))
		return true;
	for (size_t i = 0; i < m->n_host_paths; i++)
		if (!m->host_paths[i].inside && is_usual(w, m, m->host_paths[i].path))
			return true;
	return cgroup_is_own_branch(w->subject, w->items->arena, m);
}

/*
 * One of several names for a mount is excepted. That is all of it where the name is given by the host's mount that is nearest to it: storage of an
 * engine that was moved to another disk is the engine's by whatever name. It is this name alone where the host mounted something of its own just there:
 * a volume that is /etc is /etc.
 */
static bool is_excepted_whole(const struct wanted *w, const struct mount *m)
{
	const struct mount *nearest = NULL;
	bool excepted = false;

	for (size_t i = 0; w->except.n && i < m->n_host_paths; i++) {
		const struct host_path *h = &m->host_paths[i];
		bool is = !h->inside && is_excepted(w, path_usual(w->items->arena, h->path)) && !is_excepted(w, h->by->target);

		if (h->inside || (nearest && strlen(h->by->root) < strlen(nearest->root)))
			continue;
		excepted = is || (excepted && nearest && strlen(h->by->root) == strlen(nearest->root));
		nearest = h->by;
	}
	return excepted;
}

/* ---- looking ---- */

static void add(const struct wanted *w, const struct mounts *mounts, const struct mount *m, const struct host_path *h)
{
	items_add_once(w->items, "mount", mounts->file->path,
		       arena_printf(w->items->arena, "%s of the host %s %s, %s", h->path, h->inside ? "inside what is at" : "at", m->target,
				    mount_has(m, "ro") ? "read-only" : "writable"));
}

static void add_socket(const struct wanted *w, const struct mounts *mounts, const struct mount *m, const struct daemon_socket *s)
{
	if (s->sure)
		items_add_once(w->items, "mount", mounts->file->path,
			       arena_printf(w->items->arena, "%s of the host in reach at %s: %s", s->path, m->target, s->why));
	else
		items_add_state(w->items, "mount", mounts->file->path, STATE_BROKEN, "%s of the host is in reach at %s: %s", s->path, m->target, s->why);
}

static bool is_better(const struct host_path *h, const struct host_path *than)
{
	if (!than || h->inside != than->inside)
		return !than || than->inside;
	return strlen(h->path) < strlen(than->path);
}

/*
 * Of its names that are asked for, the shortest is the one that people know: /home rather than /mnt/disk/home. True where it may hold the socket of
 * an engine, which is not known.
 */
static bool look_at(const struct wanted *w, const struct mounts *mounts, const struct mount *m)
{
	const struct host_path *best = NULL;
	const struct daemon_socket *socket = NULL;

	if (!m->n_host_paths || !fits(w, m))
		return false;
	for (size_t i = 0; i < m->n_host_paths; i++) {
		const struct host_path *h = &m->host_paths[i];
		const char *path = path_usual(w->items->arena, h->path);

		if (is_excepted(w, path))
			continue;
		if (is_listed(w, h, path) && is_better(h, best))
			best = h;
		if (!socket || !socket->sure)
			socket = shown_socket(w, m, h, socket);
	}
	if (!best && !socket)
		return w->sockets && w->sockets->state != STATE_PRESENT && !is_own(w, m);
	if (is_own(w, m) || is_excepted_whole(w, m))
		return false;
	if (best)
		add(w, mounts, m, best);
	else
		add_socket(w, mounts, m, socket);
	return false;
}

/* The host's mounts and the lists of the rule; else an item says what is wrong: false. */
static bool is_prepared(struct wanted *w, const struct params *params)
{
	const struct subject *subject = w->subject;
	const struct mounts *host = subject->host->mounts;

	if (host->state != STATE_PRESENT) {
		items_add_state(w->items, "mount", host->file->path, host->state, "the host's mounts are not known: %s", host->why);
		return false;
	}
	split(&w->paths, subject->arena, params_get(params, "paths"));
	split(&w->except, subject->arena, params_get(params, "except"));
	if (w->paths.cut || w->except.cut) {
		items_add_state(w->items, "mount", "the benchmark", STATE_MALFORMED, "more than %d paths are listed", WORDS_MOST);
		return false;
	}
	w->sockets = params_true(params, "listening") ? subject_daemon_sockets(subject) : NULL;
	return true;
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	struct wanted w = {
		.subject = subject, .lacking = params_get(params, "lacking"), .propagation = params_get(params, "propagation"),
		.above = params_true(params, "above"), .writable = params_true(params, "writable"), .items = items,
	};
	bool open = false;

	if (!mounts_were_read(subject, items, "mount") || !is_prepared(&w, params))
		return;
	for (size_t t = 0; t < subject->n_tables; t++)
		for (size_t i = 0; i < subject->tables[t]->n; i++)
			open |= look_at(&w, subject->tables[t], &subject->tables[t]->list[i]);
	if (open)
		items_add_state(items, "mount", w.sockets->origin, w.sockets->state, "where engines listen is not known: %s", w.sockets->why);
	if (!items->n)
		items_add_none(items, "mount", subject->mounts->file->path, "no such mount");
}

const struct check check_host_mount = {
	.name = "host-mount",
	.summary = "directories and files of the host mounted in a container",
	.reference = "A mount of the container (/proc/PID/mountinfo, of every mount namespace that its processes are in) shows a path of the host where the host's own "
		     "table has a mount of the same device whose directory reaches it: a bind mount bears no other sign. Where the host mounts something in several "
		     "places, each name counts; a mount that reaches further up than the host's own, as the top of a btrfs file system does, shows what the host has "
		     "inside of it. Lists those at or below one of the paths; with above, also directories that one of the paths lies in, because /run holds every "
		     "socket in it; without paths, every mount that shows anything of the host. The container's own root file system and branch of the control "
		     "groups do not count, nor what is mounted from in there, unless it is the host's root; neither does /sys of the host's network, read-only in its "
		     "usual place, and without paths no other of the kernel's file systems so. /var/run is /run. See proc_pid_mountinfo(5).",
	.subjects = SUBJECT_CONTAINER,
	.params = {
		{ "paths", PARAM_STRING, OPTIONAL, "absolute paths of the host or globs of them, separated by spaces; / means the root directory alone", NULL },
		{ "above", PARAM_BOOLEAN, OPTIONAL, "directories that hold one of the paths count, too", NULL },
		{ "except", PARAM_STRING, OPTIONAL, "globs of host paths that do not count", NULL },
		{ "writable", PARAM_BOOLEAN, OPTIONAL, "only mounts that are not read-only", NULL },
		{ "lacking", PARAM_STRING, OPTIONAL, "only mounts without one of these options", NULL },
		{ "listening", PARAM_BOOLEAN, OPTIONAL, "sockets at which an engine of the host listens count like the paths, and what holds them", NULL },
		{ "propagation", PARAM_WORD, OPTIONAL, "only mounts that propagate so", "shared slave" },
		{ 0 },
	},
	.observe = observe,
};
