/* SPDX-License-Identifier: Apache-2.0 */
/* Where a running container is weaker than its bundle asked for. */
#include "checks/cgroup.h"
#include "checks/checks.h"
#include "checks/container.h"

#include "core/text.h"

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
	} sets[] = { { CAP_BOUNDING, "bounding" }, { CAP_EFFECTIVE, "effective" }, { CAP_PERMITTED, "permitted" }, { CAP_AMBIENT, "ambient" } };
	const struct status *s = v->subject->container->init->status;

	if (!v->config->has_caps || !members_were_read(v->subject, v->items, "difference"))
		return;
	for (size_t i = 0; i < ARRAY_LEN(sets); i++) {
		uint64_t more = s->caps[sets[i].set] & ~v->config->caps[sets[i].set];

		/* a program that is executed as root may get all that the bounding set allows */
		if (sets[i].set != CAP_BOUNDING)
			more &= ~v->config->caps[CAP_BOUNDING];
		if (more)
			add(v, "status", arena_printf(v->items->arena, "%s holds %s besides", sets[i].name, capability_names(v->items->arena, more)));
	}
}

static void seccomp(const struct view *v)
{
	if (!members_were_read(v->subject, v->items, "difference"))
		return;
	if (v->config->has_seccomp && v->subject->container->init->status->seccomp == 0)
		add(v, "status", "a filter was asked for, and none is in force");
}

static void no_new_privs(const struct view *v)
{
	if (!members_were_read(v->subject, v->items, "difference"))
		return;
	if (v->config->no_new_privileges && v->subject->container->init->status->no_new_privs == 0)
		add(v, "status", "no_new_privs was asked for, and is not set");
}

/* A path that was to be masked or read-only is covered by no mount of its own any more; what this kernel lacks never was. */
static void paths(const struct view *v, const struct oci_list *list, bool masked)
{
	if (!mounts_were_read(v->subject, v->items, "difference"))
		return;
	for (size_t i = 0; i < list->n; i++) {
		const char *path = list->list[i];
		const struct mount *m = *path == '/' ? mount_serving(v->subject->mounts, path) : NULL;
		bool kept = m && streq(m->target, path) && (masked || mount_has(m, "ro"));

		if (!m || kept || path_is_below(path, "/proc/self"))
			continue;
		if (path_is_below(path, "/proc") || path_is_below(path, "/sys")) {
			enum state state = source_stat(v->subject->source, path + 1)->state;

			if (state != STATE_PRESENT)
				continue;
		}
		if (m->target[0] && (masked ? streq(m->type, "proc") || streq(m->type, "sysfs") : !mount_has(m, "ro")))
			add(v, "mountinfo", arena_printf(v->items->arena, "%s is not %s any more", path, masked ? "masked" : "read-only"));
	}
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

static void limit(const struct view *v, const char *controller, const char *const file[2], int64_t wanted)
{
	struct cgroup_place place = cgroup_find(v->subject, v->subject->arena, controller);
	const struct file *text;
	int64_t now;

	if (wanted < 0)
		return;
	if (place.state != STATE_PRESENT) {
		items_add_state(v->items, "difference", init_path(v->subject, v->items, "cgroup"), place.state, "%s", place.why);
		return;
	}
	text = cgroup_file(v->subject, v->subject->arena, &place, file[place.version - 1]);
	if (text->state != STATE_PRESENT)
		items_add_file_state(v->items, "difference", text);
	else if (starts_with(text->data, "max") ||
		 (text_integer(text_trim(arena_strdup(v->subject->arena, text->data)), &now) && now > wanted))
		items_add_text(v->items, "difference", text->path, arena_printf(v->items->arena, "was %lld, now %s", (long long)wanted,
										text_trim(arena_strdup(v->items->arena, text->data))));
}

static void limits(const struct view *v)
{
	static const char *const memory[] = { "memory.limit_in_bytes", "memory.max" }, *const pids[] = { "pids.max", "pids.max" };

	limit(v, "memory", memory, v->config->memory);
	limit(v, "pids", pids, v->config->pids);
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const char *of = params_get(params, "of");
	const struct view v = { subject, config_or_item(subject, items, "difference"), items };

	if (!v.config)
		return;
	if (streq(of, "capabilities"))
		capabilities(&v);
	else if (streq(of, "seccomp"))
		seccomp(&v);
	else if (streq(of, "no-new-privs"))
		no_new_privs(&v);
	else if (streq(of, "masks"))
		paths(&v, &v.config->masked, true);
	else if (streq(of, "read-only-paths"))
		paths(&v, &v.config->readonly, false);
	else if (streq(of, "rootfs"))
		rootfs(&v);
	else
		limits(&v);
	if (!items->n)
		items_add_none(items, "difference", arena_printf(items->arena, "/%s", subject->container->bundle), "as the bundle asked for");
}

const struct check check_drift = {
	.name = "drift",
	.summary = "where a running container is weaker than its bundle asked for",
	.reference = "Compares the config.json of the container's OCI bundle with what the kernel shows: capabilities, seccomp and no_new_privs in "
		     "/proc/PID/status of the first process, masked and read-only paths and the root's option in mountinfo, the limits of memory and processes in "
		     "its cgroup. Only what is weaker counts. An item for each.",
	.subjects = SUBJECT_CONTAINER,
	.params = {
		{ "of", PARAM_WORD, REQUIRED, "what is compared", "capabilities seccomp no-new-privs masks read-only-paths limits rootfs" }, { 0 },
	},
	.observe = observe,
};
