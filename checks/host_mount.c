/* SPDX-License-Identifier: Apache-2.0 */
/* Directories and files of the host that are mounted in a container. */
#include "checks/checks.h"
#include "checks/container.h"

#include "core/text.h"

enum { ITEMS_MOST = 10 };

enum { WORDS_MOST = 128 };

/* A list of paths or globs, split once for all mounts. */
struct words {
	const char *list[WORDS_MOST];
	size_t n;
	bool cut;                /* there are more */
};

struct wanted {
	struct words paths, except;
	const char *lacking, *propagation;
	bool above, writable;
};

/* Symbolic links that every distribution has: people write either. */
static const char *canonical(struct arena *arena, const char *path)
{
	if (path_is_below(path, "/var/run"))
		return arena_printf(arena, "/run%s", path + strlen("/var/run"));
	if (path_is_below(path, "/var/lock"))
		return arena_printf(arena, "/run/lock%s", path + strlen("/var/lock"));
	return path;
}

static void split(struct words *words, struct arena *arena, const char *text)
{
	size_t n;

	words->n = 0;
	for (const char *at = text ? text : "", *w; (w = list_next(&at, " \t\n", &n));) {
		words->cut = words->cut || words->n == WORDS_MOST;
		if (words->n < WORDS_MOST)
			words->list[words->n++] = canonical(arena, arena_strndup(arena, w, n));
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

/* At or below one of the paths; with `above`, also a directory that one of them lies in. */
static bool is_listed(const struct wanted *w, const char *path)
{
	for (size_t i = 0; i < w->paths.n; i++) {
		const char *one = w->paths.list[i];

		if (strchr(one, '*') && globs(one, path))
			return true;
		if (streq(one, "/") ? streq(path, "/") : path_is_below(path, one))
			return true;
		if (w->above && (path_is_below(one, path) || may_hold(one, path)))
			return true;
	}
	return false;
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

static bool fits(const struct subject *subject, const struct wanted *w, const struct mount *m, const char *path)
{
	if (w->writable && mount_has(m, "ro"))
		return false;
	if (w->lacking && !lacks_one(w, m))
		return false;
	if (w->propagation && !propagates(w, m, subject->host->mounts))
		return false;
	return is_listed(w, path) && !is_excepted(w, path);
}

/*
 * The file system that a container stands on is a directory of the host, too, but the engine's storage of it, not something
 * handed in; unless it is the host's own root.
 */
static bool is_own_root(const struct mount *m, const char *path)
{
	return streq(m->target, "/") && !streq(path, "/");
}

/* With the host's network, an engine can only give the host's own sysfs: in its usual place, and read-only. */
static bool is_usual(const struct mount *m, const char *path)
{
	return streq(m->type, "sysfs") && streq(m->target, path) && streq(path, "/sys") && mount_has(m, "ro");
}

static void look_at(const struct subject *subject, const struct wanted *w, const struct mount *m, size_t *more, struct items *items)
{
	const char *path = m->host_path ? canonical(subject->arena, m->host_path) : NULL;

	if (!path || is_own_root(m, path) || is_usual(m, path) || !fits(subject, w, m, path))
		return;
	if (items->n >= ITEMS_MOST)
		++*more;
	else
		items_add_text(items, "mount", subject->mounts->file->path,
			       arena_printf(items->arena, "%s of the host at %s, %s", path, m->target, mount_has(m, "ro") ? "read-only" : "writable"));
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	struct wanted w = {
		.lacking = params_get(params, "lacking"), .propagation = params_get(params, "propagation"),
		.above = params_true(params, "above"), .writable = params_true(params, "writable"),
	};
	const struct mounts *host = subject->host->mounts;
	size_t more = 0;

	if (!mounts_were_read(subject, items, "mount"))
		return;
	if (host->state != STATE_PRESENT) {
		items_add_state(items, "mount", host->file->path, host->state, "the host's mounts are not known: %s", host->why);
		return;
	}
	split(&w.paths, subject->arena, params_get(params, "paths"));
	split(&w.except, subject->arena, params_get(params, "except"));
	if (w.paths.cut || w.except.cut) {
		items_add_state(items, "mount", "the benchmark", STATE_MALFORMED, "more than %d paths are listed", WORDS_MOST);
		return;
	}
	for (size_t i = 0; i < subject->mounts->n; i++)
		look_at(subject, &w, &subject->mounts->list[i], &more, items);
	if (!items->n)
		items_add_none(items, "mount", subject->mounts->file->path, "no such mount");
	else if (more)
		items_add_text(items, "mount", subject->mounts->file->path, arena_printf(items->arena, "and %zu more", more));
}

const struct check check_host_mount = {
	.name = "host-mount",
	.summary = "directories and files of the host mounted in a container",
	.reference = "A mount of the container (/proc/PID/mountinfo) shows a path of the host where the host's own table has a mount of the same device whose "
		     "directory reaches it: a bind mount bears no other sign. Lists those at or below one of the paths; with above, also directories that one of "
		     "the paths lies in, because /run holds every socket in it. The container's own root file system does not count unless it is the host's. "
		     "/var/run is /run. See proc_pid_mountinfo(5).",
	.subjects = SUBJECT_CONTAINER,
	.params = {
		{ "paths", PARAM_STRING, REQUIRED, "absolute paths of the host or globs of them, separated by spaces; / means the root directory alone", NULL },
		{ "above", PARAM_BOOLEAN, OPTIONAL, "directories that hold one of the paths count, too", NULL },
		{ "except", PARAM_STRING, OPTIONAL, "globs of host paths that do not count", NULL },
		{ "writable", PARAM_BOOLEAN, OPTIONAL, "only mounts that are not read-only", NULL },
		{ "lacking", PARAM_STRING, OPTIONAL, "only mounts without one of these options", NULL },
		{ "propagation", PARAM_WORD, OPTIONAL, "only mounts that propagate so", "shared slave" },
		{ 0 },
	},
	.observe = observe,
};
