/* SPDX-License-Identifier: Apache-2.0 */
/* The mounted file systems of the host and their options. */
#include "checks/checks.h"

struct wanted {
	const char *type, *target, *option;   /* NULL: any */
};

static bool matches(const struct wanted *wanted, const struct mount *mount)
{
	return (!wanted->type || streq(wanted->type, mount->type)) &&
	       (!wanted->target || streq(wanted->target, mount->target));
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
	char *name = arena_printf(items->arena, "%s%s%s", wanted->type ? wanted->type : "mount",
				  wanted->target ? " on " : "", wanted->target ? wanted->target : "");

	if (wanted->type && wanted->target)
		items_add_state(items, name, origin, state, "nothing of type %s is mounted on %s", wanted->type,
				wanted->target);
	else if (wanted->type)
		items_add_state(items, name, origin, state, "nothing of type %s is mounted", wanted->type);
	else
		items_add_state(items, name, origin, state, "nothing is mounted on %s", wanted->target);
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct wanted wanted = { params_get(params, "type"), params_get(params, "target"),
				       params_get(params, "option") };
	const struct mounts *mounts = subject->mounts;
	const char *origin = mounts->file->path;
	size_t before = items->n;

	if (!wanted.type && !wanted.target) {
		items_add_state(items, "mount", origin, STATE_MALFORMED, "the rule names neither a type nor a target");
		return;
	}
	if (mounts->state != STATE_PRESENT) {
		/* a missing table does not show that nothing is mounted */
		items_add_state(items, wanted.type ? wanted.type : wanted.target, origin,
				mounts->state == STATE_ABSENT ? STATE_UNAVAILABLE : mounts->state, "%s", mounts->why);
		return;
	}
	for (size_t i = 0; i < mounts->n; i++)
		if (matches(&wanted, &mounts->list[i]))
			add_mount(&wanted, &mounts->list[i], origin, items);
	if (items->n == before)
		add_nothing(&wanted, params, origin, items);
}

const struct check check_mount = {
	.name = "mount",
	.summary = "the mounted file systems of a type or at a place, and their options",
	.reference = "Read from the mount table of process 1 (/proc/1/mountinfo), or of plimsoll itself where that is "
		     "not open to the user. Every mount that fits is an item of its own. Its value is the set of its "
		     "options, those of the mount and those of the file system behind it; with `option` the value of "
		     "that one option, the word `present` for an option that has none. A mount without the option is "
		     "absent, and so is a type or target that no mount has, unless `missing` says that the rule is then "
		     "not applicable. See proc_pid_mountinfo(5) and mount(8).",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "type", PARAM_STRING, OPTIONAL, "file-system type, as in proc or tracefs; this or target must be given", NULL },
		{ "target", PARAM_STRING, OPTIONAL, "absolute path of the mount point", NULL },
		{ "option", PARAM_STRING, OPTIONAL, "the option to look at; without it all of them", NULL },
		{ "missing", PARAM_WORD, OPTIONAL, "what it means that no mount fits", "absent inapplicable" },
	},
	.observe = observe,
};
