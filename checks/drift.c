/* SPDX-License-Identifier: Apache-2.0 */
/* Where a running container is weaker than its bundle asked for. */
#include "checks/cgroup.h"
#include "checks/checks.h"
#include "checks/container.h"
#include "checks/seccomp.h"

#include "core/base/text.h"

#include <inttypes.h>

struct view {
	const struct subject *subject;
	const struct oci_config *config;
	struct items *items;
};

static void add(const struct view *v, const char *path, const char *text)
{
	items_add_text(v->items, "difference", init_path(v->subject, v->items, path), text);
}

static void capabilities(const struct view *v)
{
	static const struct {
		enum cap_set set;
		const char *name;
	} sets[] = {
		{ CAP_BOUNDING, "bounding" }, { CAP_EFFECTIVE, "effective" }, { CAP_PERMITTED, "permitted" }, { CAP_INHERITABLE, "inheritable" },
		{ CAP_AMBIENT, "ambient" },
	};
	const struct process *init = v->subject->container->init;

	if (!v->config->has_caps || !members_were_read(v->subject, v->items, "difference"))
		return;
	for (size_t i = 0; i < ARRAY_LEN(sets); i++) {
		uint64_t more = init->status->caps[sets[i].set] & ~v->config->caps[sets[i].set];

		/* a program that is executed as root may get all that the bounding set allows */
		if (sets[i].set != CAP_BOUNDING)
			more &= ~v->config->caps[CAP_BOUNDING];
		if (more)
			items_add_text(v->items, "difference", status_path(init, PART_CAPABILITIES, v->items),
				       arena_printf(v->items->arena, "%s holds %s besides", sets[i].name, capability_names(v->items->arena, more)));
	}
}

static void seccomp(const struct view *v)
{
	const struct process *init = v->subject->container->init;
	enum filtering filtering;
	int own;

	if (!members_were_read(v->subject, v->items, "difference") || !v->config->has_seccomp)
		return;
	filtering = seccomp_filtering(v->subject, init->status, &own);
	if (filtering == FILTERING_UNKNOWN)
		items_add_state(v->items, "difference", status_path(init, PART_SECCOMP, v->items), STATE_UNAVAILABLE, "this kernel does not tell");
	else if (filtering == FILTERING_NONE || filtering == FILTERING_FOREIGN)
		items_add_text(v->items, "difference", status_path(init, PART_SECCOMP, v->items), filtering == FILTERING_NONE ?
			       "a filter was asked for, and none is in force" : "a filter was asked for, and those in force are not the container's");
}

static void no_new_privs(const struct view *v)
{
	const struct process *init = v->subject->container->init;

	if (!members_were_read(v->subject, v->items, "difference"))
		return;
	if (v->config->no_new_privileges && init->status->no_new_privs == 0)
		items_add_text(v->items, "difference", status_path(init, PART_NO_NEW_PRIVS, v->items), "no_new_privs was asked for, and is not set");
}

/* Of those that were to be made new, the ones that its first process does not have. */
static void namespaces(const struct view *v)
{
	const struct processes *all = v->subject->all->processes;
	const struct process *init = v->subject->container->init;

	for (int kind = 0; kind < NAMESPACES; kind++) {
		const char *name = namespace_name((enum namespace)kind), *path = arena_printf(v->items->arena, "ns/%s", name);

		if (!oci_list_has(&v->config->namespaces, name))
			continue;
		if (!init->ns[kind] || !all->host_ns[kind])
			items_add_state(v->items, "difference", init_path(v->subject, v->items, path), init->ns_denied ? STATE_DENIED : STATE_BROKEN,
					"whether the %s namespace is its own could not be seen", name);
		else if (init->ns[kind] == all->host_ns[kind])
			add(v, path, arena_printf(v->items->arena, "a %s namespace of its own was asked for, and it is in the host's", name));
	}
}

/* The mount shows just what it is to hide: of a procfs or sysfs, the very file or directory that the path is called after. */
static bool shows_itself(const struct view *v, const struct mount *m, const char *path)
{
	const char *top = streq(m->type, "proc") ? "/proc" : streq(m->type, "sysfs") ? "/sys" : NULL;
	const char *shown = path_moved(v->subject->arena, path, m->target, m->root);

	return top && streq(path_moved(v->subject->arena, shown, "/", top), path);
}

/* A path that was to be masked or read-only is covered by no mount of its own any more; what this kernel lacks never was. */
static void paths(const struct view *v, const struct oci_list *list, bool masked)
{
	if (!mounts_were_read(v->subject, v->items, "difference"))
		return;
	for (size_t i = 0; i < list->n; i++) {
		const char *path = list->list[i];
		const struct mount *m = *path == '/' ? mount_serving(v->subject->mounts, path) : NULL;

		if (!m || path_is_below(path, "/proc/self") || (masked ? !shows_itself(v, m, path) : mount_has(m, "ro")))
			continue;
		if ((path_is_below(path, "/proc") || path_is_below(path, "/sys")) &&
		    source_stat(v->subject->source, path + 1)->state != STATE_PRESENT)
			continue;
		add(v, "mountinfo", arena_printf(v->items->arena, "%s is not %s any more", path, masked ? "masked" : "read-only"));
	}
}

static void masks(const struct view *v)
{
	paths(v, &v->config->masked, true);
}

static void read_only_paths(const struct view *v)
{
	paths(v, &v->config->readonly, false);
}

static void rootfs(const struct view *v)
{
	const struct mount *m;

	if (!mounts_were_read(v->subject, v->items, "difference"))
		return;
	m = mount_serving(v->subject->mounts, "/");
	if (v->config->root_readonly && m && !mount_has(m, "ro"))
		add(v, "mountinfo", "its root was to be read-only, and is writable");
}

/* Bundles name either: /var/run is a link to /run in most images, too. */
static const char *plain(const struct view *v, const char *path)
{
	return path_usual(v->items->arena, path);
}

/* What is mounted is at or below that directory of the host, by one of its names. */
static bool is_of_host(const struct mount *m, const char *directory)
{
	for (size_t i = 0; i < m->n_host_paths; i++)
		if (!m->host_paths[i].inside && path_is_below(m->host_paths[i].path, directory))
			return true;
	return false;
}

/* The bundle names the place, one above it, or what is mounted there. */
static bool was_asked_for(const struct view *v, const struct mount *m)
{
	const char *target = plain(v, m->target);

	for (size_t i = 0; i < v->config->n_mounts; i++) {
		const struct oci_mount *asked = &v->config->mounts[i];

		if (path_is_below(target, plain(v, asked->destination)))
			return true;
		if (asked->source && *asked->source == '/' && is_of_host(m, plain(v, asked->source)))
			return true;
	}
	return oci_list_has(&v->config->masked, m->target) || oci_list_has(&v->config->readonly, m->target);
}

/* Of the host, though the bundle has no such mount. A rootless runtime mounts device nodes. */
static bool is_extra(const struct view *v, const struct mount *m)
{
	return m->n_host_paths && !subject_stands_on(v->subject, m) && !is_of_host(m, "/dev") && !was_asked_for(v, m);
}

static void mounts(const struct view *v)
{
	const struct mounts *live = v->subject->mounts;

	if (!mounts_were_read(v->subject, v->items, "difference"))
		return;
	for (size_t i = 0; i < v->config->n_mounts; i++) {
		const struct oci_mount *asked = &v->config->mounts[i];
		bool fixed = asked->bind && asked->read_only && *asked->destination == '/';
		const struct mount *m = fixed ? mount_serving(live, plain(v, asked->destination)) : NULL;

		if (m && streq(m->target, plain(v, asked->destination)) && !mount_has(m, "ro"))
			add(v, "mountinfo", arena_printf(v->items->arena, "%s was to be read-only, and is writable", m->target));
	}
	for (size_t i = 0; i < live->n; i++) {
		const struct mount *m = &live->list[i];

		if (is_extra(v, m))
			add(v, "mountinfo", arena_printf(v->items->arena, "%s of the host is mounted at %s, which was not asked for",
							 m->host_paths[0].path, m->target));
	}
}

/* It has none, or a higher one. */
static void limit(const struct view *v, const char *resource, const char *controller, int64_t wanted)
{
	struct arena *arena = v->subject->arena;
	struct cgroup_place place = cgroup_find(v->subject, arena, controller);
	struct cgroup_limit now;

	if (wanted < 0)
		return;
	if (place.state != STATE_PRESENT) {
		items_add_state(v->items, "difference", init_path(v->subject, v->items, "cgroup"), place.state, "%s", place.why);
		return;
	}
	now = cgroup_limit_at(v->subject, arena, resource, &place);
	if (now.state == STATE_PRESENT && now.value > wanted)
		items_add_text(v->items, "difference", now.origin,
			       arena_printf(arena, "%s was %" PRId64 ", now %" PRId64, resource, wanted, now.value));
	else if (now.state == STATE_ABSENT && (now.value < 0 || now.value > wanted))
		items_add_text(v->items, "difference", now.origin,
			       arena_printf(arena, "%s was %" PRId64 ", now none: %s", resource, wanted, now.why));
	else if (now.state != STATE_PRESENT && now.state != STATE_ABSENT)
		items_add_state(v->items, "difference", now.origin, now.state, "%s", now.why);
}

static void limits(const struct view *v)
{
	limit(v, "memory", "memory", v->config->memory);
	limit(v, "pids", "pids", v->config->pids);
}

/* In hundredths of a CPU; the period is a tenth of a second where the bundle does not say. */
static void cpu(const struct view *v)
{
	int64_t period = v->config->cpu_period > 0 ? v->config->cpu_period : 100000;

	limit(v, "cpu", "cpu", v->config->cpu_quota < 0 ? -1 : v->config->cpu_quota * 100 / period);
}

static const struct {
	const char *of;
	void (*compare)(const struct view *v);
} aspects[] = {
	{ "capabilities", capabilities }, { "seccomp", seccomp }, { "no-new-privs", no_new_privs }, { "masks", masks },
	{ "read-only-paths", read_only_paths }, { "rootfs", rootfs }, { "limits", limits }, { "cpu", cpu }, { "namespaces", namespaces },
	{ "mounts", mounts },
};

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const char *of = params_get(params, "of");
	const struct view v = { subject, config_or_item(subject, items, "difference"), items };

	if (!v.config)
		return;
	for (size_t i = 0; i < ARRAY_LEN(aspects); i++)
		if (streq(aspects[i].of, of))
			aspects[i].compare(&v);
	if (!items->n)
		items_add_none(items, "difference", arena_printf(items->arena, "/%s", subject->container->bundle), "as the bundle asked for");
}

const struct check check_drift = {
	.name = "drift",
	.summary = "where a running container is weaker than its bundle asked for",
	.reference = "Compares the config.json of the container's OCI bundle with what the kernel shows: capabilities, seccomp and no_new_privs "
		     "in /proc/PID/status of the first process and its namespaces, where new ones were asked for; masked and read-only paths "
		     "and the root's option in mountinfo; mounts of the host's files that the bundle does not have, or has read-only; limits of "
		     "memory, processes and cpu (the quota) in its cgroup and those above it. Only what is weaker counts. An item for each.",
	.subjects = SUBJECT_CONTAINER,
	.params = {
		{ "of", PARAM_WORD, REQUIRED, "what is compared",
		  "capabilities seccomp no-new-privs masks read-only-paths limits cpu rootfs namespaces mounts" },
		{ 0 },
	},
	.observe = observe,
};
