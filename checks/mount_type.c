/* SPDX-License-Identifier: Apache-2.0 */
/* File systems of certain types that are mounted in a container. */
#include "checks/checks.h"
#include "checks/container.h"

#include "core/base/text.h"

/* "fuse.*" fits "fuse.sshfs". */
static bool is_listed(struct arena *arena, const char *types, const char *type)
{
	size_t n;

	for (const char *at = types, *word; (word = list_next(&at, " \t\n", &n));)
		if (text_glob(arena_strndup(arena, word, n), type))
			return true;
	return false;
}

static bool lacks_one(const char *options, const struct mount *m)
{
	size_t n;

	for (const char *at = options, *word; (word = list_next(&at, " \t\n", &n));) {
		char option[16];

		snprintf(option, sizeof(option), "%.*s", (int)n, word);
		if (!mount_has(m, option))
			return true;
	}
	return false;
}

struct wanted {
	const char *types, *lacking, *except;
	bool writable;
};

static bool fits(struct arena *arena, const struct wanted *w, const struct mount *m)
{
	return is_listed(arena, w->types, m->type) && !(w->writable && mount_has(m, "ro")) && (!w->lacking || lacks_one(w->lacking, m)) &&
	       !(w->except && is_listed(arena, w->except, m->target));
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct wanted w = { params_get(params, "types"), params_get(params, "lacking"), params_get(params, "except"),
				  params_true(params, "writable") };

	if (!mounts_were_read(subject, items, "mount"))
		return;
	for (size_t t = 0; t < subject->n_tables; t++) {
		const struct mounts *mounts = subject->tables[t];

		for (size_t i = 0; i < mounts->n; i++) {
			const struct mount *m = &mounts->list[i];

			if (fits(subject->arena, &w, m))
				items_add_once(items, "mount", mounts->file->path,
					       arena_printf(items->arena, "%s at %s, %s", m->type, m->target, m->own_options));
		}
	}
	if (!items->n)
		items_add_none(items, "mount", subject->mounts->file->path, "no such mount");
}

const struct check check_mount_type = {
	.name = "mount-type",
	.summary = "file systems of certain types mounted in a container",
	.reference = "Lists the mounts of these types in /proc/PID/mountinfo, of every mount namespace that the container's processes are in; on demand only those "
		     "that are writable, or lack one of some options.",
	.subjects = SUBJECT_CONTAINER,
	.params = {
		{ "types", PARAM_STRING, REQUIRED, "types or globs of them, separated by spaces", NULL },
		{ "writable", PARAM_BOOLEAN, OPTIONAL, "only mounts that are not read-only", NULL },
		{ "lacking", PARAM_STRING, OPTIONAL, "only mounts without one of these options", NULL },
		{ "except", PARAM_STRING, OPTIONAL, "globs of mount points that do not count", NULL },
		{ 0 },
	},
	.observe = observe,
};
