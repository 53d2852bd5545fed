/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Known ways out of a container that the programs which run it are open to: by the versions of the packages that brought them, and by what the
 * distribution wrote into the package's changelog, since distributions mend an old release without raising its number.
 */
#include "checks/runtime.h"

#include "checks/container.h"

#include "core/base/text.h"
#include "core/packages/packages.h"

#include <limits.h>

/* ---- releases ---- */

enum { PARTS = 4 };

struct release {
	long part[PARTS];
	long candidate;          /* 93 of "1.0.0-rc93"; LONG_MAX for the release itself */
};

/* "5:20.10.24+dfsg1-1", "1.0.0~rc93+ds1-5", "1.4.0-rc.3": an epoch and what follows the numbers say nothing of the release. */
static bool read_release(struct release *release, const char *text, size_t size)
{
	const char *end = text + size, *colon = memchr(text, ':', size), *at = colon ? colon + 1 : text;
	size_t n = 0;
	char *next;

	*release = (struct release){ .candidate = LONG_MAX };
	while (n < PARTS && at < end && *at >= '0' && *at <= '9') {
		release->part[n++] = strtol(at, &next, 10);
		at = next;
		if (at + 1 >= end || *at != '.' || at[1] < '0' || at[1] > '9')
			break;
		at++;
	}
	if (at < end && strchr("-~.", *at))
		at++;
	if (n && end - at > 2 && starts_with(at, "rc"))
		release->candidate = strtol(at + 2 + (at[2] == '.'), NULL, 10);
	return n > 0;
}

static int compare(const struct release *a, const struct release *b)
{
	for (size_t i = 0; i < PARTS; i++)
		if (a->part[i] != b->part[i])
			return a->part[i] < b->part[i] ? -1 : 1;
	return a->candidate < b->candidate ? -1 : a->candidate > b->candidate;
}

static bool same_branch(const struct release *a, const struct release *b)
{
	return a->part[0] == b->part[0] && a->part[1] == b->part[1];
}

/* ---- flaws ---- */

/* "runc:CVE-2024-21626=1.0.0-rc93..1.1.12": from the first release that has it, where that is said, to the first of each branch that has not. */
struct flaw {
	const char *program, *name, *since, *mended;   /* neither is ended by a NUL */
	size_t program_size, name_size, since_size, mended_size;
};

static bool read_flaw(struct flaw *flaw, const char *word, size_t size)
{
	const char *end = word + size, *colon = memchr(word, ':', size), *equal = memchr(word, '=', size);
	const char *dots = equal ? memmem(equal, (size_t)(end - equal), "..", 2) : NULL;

	if (!colon || !equal || colon > equal || equal + 1 == end)
		return false;
	*flaw = (struct flaw){ .program = word, .program_size = (size_t)(colon - word), .name = colon + 1, .name_size = (size_t)(equal - colon - 1) };
	flaw->since = equal + 1;
	flaw->since_size = dots ? (size_t)(dots - equal - 1) : 0;
	flaw->mended = dots ? dots + 2 : equal + 1;
	flaw->mended_size = (size_t)(end - flaw->mended);
	return flaw->mended_size > 0;
}

/* The release is one of those that have it. A branch that was mended never is as good as the last one mended. */
static bool has_flaw(const struct flaw *flaw, const struct release *release)
{
	const char *end = flaw->mended + flaw->mended_size;
	struct release since, mended;
	bool newest = true;

	if (flaw->since_size && (!read_release(&since, flaw->since, flaw->since_size) || compare(release, &since) < 0))
		return false;
	for (const char *at = flaw->mended, *comma; at < end; at = comma + 1) {
		comma = memchr(at, ',', (size_t)(end - at));
		comma = comma ? comma : end;
		if (!read_release(&mended, at, (size_t)(comma - at)))
			continue;
		if (same_branch(release, &mended))
			return compare(release, &mended) < 0;
		newest = newest && compare(release, &mended) > 0;
	}
	return !newest;
}

/* ---- packages ---- */

struct program {
	const char *name;
	const char *packages;    /* of distributions, which mend old releases */
	const char *vendors;     /* of the project itself: the number tells all */
};

static const struct program programs[] = {
	{ "runc", "runc", "" },
	{ "crun", "crun", "" },
	{ "containerd", "containerd", "containerd.io" },
	{ "docker", "docker.io", "docker-ce" },
	{ "podman", "podman", "" },
	{ "cri-o", "cri-o", "" },
};

struct view {
	const struct subject *subject;
	const char *flaws;
	struct items *items;
	struct arena *scratch;
	struct buffer judged;    /* "runc 1.3.3, podman 5.4.0" */
};

/* The installed one that brings the program at the path; of any path where it is not known. */
static const char *package_of(const struct view *v, const char *names, const char *path)
{
	size_t n;

	for (const char *at = names, *w; (w = list_next(&at, " ", &n));) {
		const char *name = arena_strndup(v->scratch, w, n);

		if (packages_version(packages_of(v->subject), name) &&
		    (!path || packages_holds(v->subject->source, v->scratch, name, path)))
			return name;
	}
	return NULL;
}

/* Ubuntu ships only the newest entries. */
static bool is_whole(const struct file *changelog)
{
	return !strstr(changelog->data, "# For older changelog entries");
}

static void add_flaw(const struct view *v, const struct flaw *flaw, const char *package, bool vendor)
{
	const char *name = arena_strndup(v->items->arena, flaw->name, flaw->name_size);
	const char *version = packages_version(packages_of(v->subject), package);
	const struct file *changelog;
	const char *text = arena_printf(v->items->arena, "%s: %s %s, mended in %.*s", name, package, version, (int)flaw->mended_size, flaw->mended);

	if (vendor) {
		items_add_text(v->items, "flaw", "/var/lib/dpkg/status", text);
		return;
	}
	changelog = packages_changelog(v->subject->source, v->scratch, package);
	if (changelog->state != STATE_PRESENT || (!strstr(changelog->data, name) && !is_whole(changelog)))
		items_add_state(v->items, "flaw", arena_printf(v->items->arena, "/usr/share/doc/%s", package), STATE_UNAVAILABLE,
				"%s, or by the distribution: its changelog, which would tell, is not there", text);
	else if (!strstr(changelog->data, name))
		items_add_text(v->items, "flaw", arena_printf(v->items->arena, "/usr/share/doc/%s", package),
			       arena_printf(v->items->arena, "%s; the distribution's changelog does not name it", text));
}

static const struct program *program_called(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(programs); i++)
		if (streq(programs[i].name, name))
			return &programs[i];
	return NULL;
}

static void judge(struct view *v, const char *name, const char *path)
{
	const struct program *program = program_called(name);
	const char *package = package_of(v, program->packages, path), *vendor = package ? NULL : package_of(v, program->vendors, path);
	const char *version = packages_version(packages_of(v->subject), package ? package : vendor ? vendor : "");
	struct release release;
	struct flaw flaw;
	size_t n;

	if (!version || !read_release(&release, version, strlen(version))) {
		items_add_state(v->items, "flaw", "/var/lib/dpkg/status", STATE_UNAVAILABLE, "no package that is recorded there brings %s%s%s", name,
				path ? " at " : "", path ? path : "");
		return;
	}
	buffer_printf(&v->judged, "%s%s %s", v->judged.size ? ", " : "", name, version);
	for (const char *at = v->flaws, *w; (w = list_next(&at, " \n\t", &n));) {
		if (!read_flaw(&flaw, w, n))
			items_add_state(v->items, "flaw", "the benchmark", STATE_MALFORMED, "'%.*s' is not PROGRAM:NAME=RELEASES", (int)n, w);
		else if (list_has_part(name, " ", flaw.program, flaw.program_size) && has_flaw(&flaw, &release))
			add_flaw(v, &flaw, package ? package : vendor, !package);
	}
}

/* ---- the programs of a container ---- */

/* Where the program of a daemon of the host lies that bears the name; NULL where none runs. */
static const char *daemon_program(const struct view *v, const char *comm)
{
	const struct processes *all = v->subject->all->processes;

	for (size_t i = 0; i < all->n; i++)
		if (!all->list[i].container && streq(all->list[i].comm, comm))
			return runtime_executable(v->subject, &all->list[i], v->scratch);
	return NULL;
}

static void judge_engine(struct view *v)
{
	const struct container *c = v->subject->container;
	const char *runtime = c->runtime;
	bool shim = c->monitor && starts_with(c->monitor->comm, "containerd-shim");

	if (shim || list_has("docker containerd nerdctl", " ", runtime))
		judge(v, "containerd", shim ? runtime_executable(v->subject, c->monitor, v->scratch) : daemon_program(v, "containerd"));
	if (streq(runtime, "docker"))
		judge(v, "docker", daemon_program(v, "dockerd"));
	else if (streq(runtime, "podman"))
		judge(v, "podman", NULL);
	else if (streq(runtime, "cri-o") || (streq(runtime, "kubernetes") && !shim))
		judge(v, "cri-o", daemon_program(v, "crio"));
}

/* What made it has other files before it than the host's; a sandbox with the host's root directory, as buildah makes one for itself, has the same. */
static bool is_made_elsewhere(const struct subject *subject)
{
	const struct processes *all = subject->all->processes;
	const struct container *parent = subject->container->parent;

	if (!parent)
		return false;
	return !parent->init->root_known || !all->host_root_known || parent->init->root.device != all->host_root.device ||
	       parent->init->root.inode != all->host_root.inode;
}

void runtime_add_flaws(const struct subject *subject, const char *flaws, struct items *items)
{
	auto_arena struct arena *scratch = arena_new();
	struct view v = { subject, flaws, items, scratch, { .arena = scratch } };
	const struct container *c = subject->container;
	const char *path = NULL, *name;

	if (c->witness == WITNESS_NONE && c->kind == CONTAINER && subject->all->states_denied) {
		items_add_state(items, "flaw", "the container's identity", STATE_DENIED, "what runs it stands in files that this user cannot read");
		return;
	}
	if (!list_has("docker podman containerd cri-o kubernetes runc crun nerdctl buildah", " ", c->runtime)) {
		items_add_state(items, "flaw", "the container's identity", STATE_INAPPLICABLE, "no OCI runtime runs it");
		return;
	}
	if (is_made_elsewhere(subject)) {
		items_add_state(items, "flaw", "the container's identity", STATE_UNAVAILABLE, "the programs that run it are those of the container it is in");
		return;
	}
	name = runtime_low_level(subject, scratch, &path);
	if (name && program_called(name))
		judge(&v, name, path);
	else
		items_add_state(items, "flaw", "the container's identity", STATE_UNAVAILABLE, "%s",
				name ? arena_printf(scratch, "no flaws of %s are known here", name) : "which program made it is not known");
	judge_engine(&v);
	if (!items->n)
		items_add_none(items, "flaw", "/var/lib/dpkg/status", arena_printf(items->arena, "no known way out of %s", v.judged.text));
}
