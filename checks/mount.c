/* SPDX-License-Identifier: Apache-2.0 */
/* The mounted file systems of the host and their options. */
#include "checks/checks.h"
#include "checks/mounted.h"

#include "core/base/text.h"
#include "core/source/trail.h"

struct wanted {
	const char *type, *target, *option;   /* NULL: any */
	bool separate;
};

const char *mount_point_of(const struct subject *subject, struct arena *arena, const char *path)
{
	struct trail trail = trail_follow(subject->source, arena, path);

	if (trail.lost || trail.end->state != STATE_PRESENT)
		return path;
	return streq(trail.path, ".") ? "/" : text_safe(arena, arena_printf(arena, "/%s", trail.path), strlen(trail.path) + 1, TEXT_MAX);
}

static void add_mount(const struct wanted *wanted, const struct mount *mount, const char *origin, struct items *items)
{
	char *name = arena_printf(items->arena, "%s on %s", mount->type, mount->target), *value;

	if (!wanted->option) {
		items_add_set(items, name, origin, mount->options);
		return;
	}
	name = arena_printf(items->arena, "%s, option %s", name, wanted->option);
	value = mount_option(items->arena, mount, wanted->option);
	if (!value)
		items_add_state(items, name, origin, STATE_ABSENT, "mounted without the option");
	else if (*value)
		items_add_text(items, name, origin, value);
	else
		items_add_text(items, name, origin, "present");
}

static void add_nothing(const struct wanted *wanted, const struct params *params, const char *origin, struct items *items)
{
	const char *missing = params_get(params, "missing");
	enum state state = missing && streq(missing, "inapplicable") ? STATE_INAPPLICABLE : STATE_ABSENT;
	bool several = wanted->type && strchr(wanted->type, ' ');
	char *name = arena_printf(items->arena, "%s%s%s", wanted->type && !several ? wanted->type : "mount",
				  wanted->target ? " on " : "", wanted->target ? wanted->target : "");

	if (wanted->type && wanted->target)
		items_add_state(items, name, origin, state, "nothing of type %s is mounted on %s", wanted->type,
				wanted->target);
	else if (several)
		items_add_state(items, name, origin, state, "nothing of these types is mounted: %s", wanted->type);
	else if (wanted->type)
		items_add_state(items, name, origin, state, "nothing of type %s is mounted", wanted->type);
	else
		items_add_state(items, name, origin, state, "nothing is mounted on %s", wanted->target);
}

/* The file system of the directory that the mount point lies in is another one. */
static bool is_separate(const struct mounts *mounts, struct arena *arena, const struct mount *mount)
{
	const char *slash = strrchr(mount->target, '/');
	const char *above = slash == mount->target ? "/" : arena_strndup(arena, mount->target, (size_t)(slash - mount->target));
	const struct mount *other = mount_serving(mounts, above);

	return streq(mount->target, "/") || !other || other->device != mount->device;
}

static void look_at_target(const struct subject *subject, const struct wanted *wanted, const struct params *params, struct items *items)
{
	const struct mounts *mounts = subject->mounts;
	const struct mount *top = mount_at(mounts, mount_point_of(subject, items->arena, wanted->target));
	const char *origin = mounts->file->path;

	if (!top || (wanted->type && !list_has(wanted->type, " ", top->type)))
		add_nothing(wanted, params, origin, items);
	else if (wanted->option && streq(top->type, "autofs"))
		items_add_state(items, wanted->target, origin, STATE_INAPPLICABLE, "it is mounted only when it is used");
	else if (wanted->separate && !is_separate(mounts, items->arena, top))
		items_add_state(items, wanted->target, origin, STATE_ABSENT, "mounted, but it is a part of the file system around it (%s)", top->source);
	else
		add_mount(wanted, top, origin, items);
}

static void add_unseen(const struct mounts *mounts, const char *name, const struct params *params, struct items *items)
{
	const char *offline = params_get(params, "offline");

	if (mounts->state == STATE_UNAVAILABLE && offline && streq(offline, "inapplicable"))
		items_add_state(items, name, mounts->file->path, STATE_INAPPLICABLE, "the root is not that of a running system");
	else
		items_add_state(items, name, mounts->file->path, mounts->state, "%s", mounts->why);
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct wanted wanted = { params_get(params, "type"), params_get(params, "target"),
				       params_get(params, "option"), params_true(params, "separate") };
	const struct mounts *mounts = subject->mounts;
	const char *origin = mounts->file->path;
	size_t before = items->n;

	if (!wanted.type && !wanted.target) {
		items_add_state(items, "mount", origin, STATE_MALFORMED, "the rule names neither a type nor a target");
		return;
	}
	if (mounts->state != STATE_PRESENT) {
		add_unseen(mounts, wanted.target ? wanted.target : "mounts", params, items);
		return;
	}
	if (wanted.target) {
		look_at_target(subject, &wanted, params, items);
		return;
	}
	for (size_t i = 0; i < mounts->n; i++)
		if (list_has(wanted.type, " ", mounts->list[i].type))
			add_mount(&wanted, &mounts->list[i], origin, items);
	if (items->n == before)
		add_nothing(&wanted, params, origin, items);
}

const struct check check_mount = {
	.name = "mount",
	.summary = "the mounted file systems of a type or at a place, and their options",
	.reference = "Read from the mount table of process 1 (/proc/1/mountinfo), or of plimsoll itself where that is "
		     "not open to the user. Every mount of the types is an item of its own; of those on a target only "
		     "the one on top, also where the target is a symbolic link. The value is the set of its "
		     "options, those of the mount and those of the file system behind it; with `option` the value of "
		     "that one option, the word `present` for an option that has none. A mount without the option is "
		     "absent, and so is a type or target that no mount has, unless `missing` says that the rule is then "
		     "not applicable. With `separate` a mount is absent, too, that shows a part of the file system around it "
		     "(a bind mount, a subvolume). See proc_pid_mountinfo(5) and mount(8).",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "type", PARAM_STRING, OPTIONAL, "file-system types, as in proc or tracefs; this or target must be given", NULL },
		{ "target", PARAM_STRING, OPTIONAL, "absolute path of the mount point", NULL },
		{ "option", PARAM_STRING, OPTIONAL, "the option to look at; without it all of them", NULL },
		{ "missing", PARAM_WORD, OPTIONAL, "what it means that no mount fits", "absent inapplicable" },
		{ "separate", PARAM_BOOLEAN, OPTIONAL, "true: only a file system of its own; for use with target", NULL },
		{ "offline", PARAM_WORD, OPTIONAL, "what it means that a root holds no table of mounts", "unknown inapplicable" },
		{ 0 },
	},
	.observe = observe,
};
