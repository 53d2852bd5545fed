/* SPDX-License-Identifier: Apache-2.0 */
/* What the next boot mounts, and how that differs from what is mounted now. */
#include "checks/checks.h"
#include "checks/mounted.h"

#include "core/base/text.h"
#include "core/boot/fstab.h"
#include "core/boot/unit.h"

#include <fnmatch.h>

struct look {
	const struct subject *subject;
	const struct fstab *fstab;
	const char *target, *type, *option;   /* NULL: any */
	struct items *items;
};

/* ---- entries ---- */

static bool fits(const struct look *look, const struct fstab_entry *e)
{
	const char *resolved = look->target && !path_is_pattern(look->target) ? mount_point_of(look->subject, look->items->arena, look->target) : NULL;

	if (look->type && !list_has(look->type, " ", e->mount.type))
		return false;
	if (look->target && fnmatch(look->target, e->mount.target, 0) != 0 && !(resolved && streq(resolved, e->mount.target)))
		return false;
	return e->mount.target[0] == '/' && fstab_holds(look->fstab, e);
}

static void add_entry(const struct look *look, const struct fstab_entry *e)
{
	struct items *items = look->items;
	char *name = arena_printf(items->arena, "%s on %s at the next boot", *e->mount.type ? e->mount.type : "mount", e->mount.target), *value;
	struct mount settled = { .options = e->options };

	if (!look->option) {
		items_add_set(items, name, e->origin, e->mount.options);
		return;
	}
	name = arena_printf(items->arena, "%s, option %s", name, look->option);
	value = mount_option(items->arena, &settled, look->option);
	if (!value)
		items_add_state(items, name, e->origin, STATE_ABSENT, "mounted without the option (%s)", *e->mount.options ? e->mount.options : "defaults");
	else
		items_add_text(items, name, e->origin, *value ? value : "present");
}

/* What keeps from saying that nothing more is mounted. True where an item was added. */
static bool add_doubt(const struct look *look, const char *name)
{
	const struct unseen *unseen = &look->fstab->unseen;

	if (unseen->why)
		items_add_state(look->items, name, unseen->origin, unseen->state, "%s", unseen->why);
	return unseen->why != NULL;
}

/* ZFS mounts its datasets from its own record of them. */
static bool mounts_itself(const struct mount *mount)
{
	return streq(mount->type, "zfs");
}

static void add_nothing(const struct look *look, const struct params *params, const char *idle)
{
	const char *missing = params_get(params, "missing"), *name = look->target ? look->target : look->type;
	const struct mount *now = look->target ? mount_at(look->subject->mounts, mount_point_of(look->subject, look->items->arena, look->target)) : NULL;
	enum state state = missing && streq(missing, "inapplicable") ? STATE_INAPPLICABLE : STATE_ABSENT;
	const char *place = look->fstab->file->path;

	if (add_doubt(look, name))
		return;
	name = arena_printf(look->items->arena, "%s at the next boot", name);
	if (now && mounts_itself(now))
		items_add_state(look->items, name, look->subject->mounts->file->path, STATE_INAPPLICABLE, "%s mounts it, from its own record", now->type);
	else if (idle)
		items_add_state(look->items, name, place, state, "not mounted: %s", idle);
	else
		items_add_state(look->items, name, place, state, "nothing mounts it");
}

static void observe_entries(const struct look *look, const struct params *params)
{
	const char *idle = NULL;

	for (size_t i = 0; i < look->fstab->n; i++) {
		const struct fstab_entry *e = &look->fstab->list[i];

		if (!fits(look, e))
			continue;
		if (e->idle && !(look->option && e->by_hand))
			idle = arena_printf(look->items->arena, "%s: %s", e->origin, e->idle);
		else
			add_entry(look, e);
	}
	if (!look->items->n)
		add_nothing(look, params, idle);
	else if (!look->target || path_is_pattern(look->target))
		add_doubt(look, "file systems");
}

/* ---- differences ---- */

/* Below these, programs mount as they work; nobody expects it to outlast the boot. */
static bool is_passing(const char *target)
{
	static const char *const places[] = {
		"/proc", "/sys", "/dev", "/run", "/media", "/snap", "/var/snap", "/var/lib/snapd", "/var/lib/docker", "/var/lib/containers", "/var/lib/containerd",
		"/var/lib/kubelet", "/var/lib/lxd", "/var/lib/lxc", "/var/lib/incus", "/var/lib/machines", "/var/lib/flatpak",
	};

	for (size_t i = 0; i < ARRAY_LEN(places); i++)
		if (path_is_below(target, places[i]))
			return true;
	return false;
}

/* A disk, or a share of the network; not a part of a file system that is mounted elsewhere, too, unless it is a subvolume. */
static bool should_last(const struct mount *m)
{
	if (streq(m->target, "/") || is_passing(m->target) || mounts_itself(m))
		return false;
	if (list_has("nfs nfs4 cifs smb3 ceph glusterfs", " ", m->type))
		return true;
	return starts_with(m->source, "/dev/") && (streq(m->root, "/") || streq(m->type, "btrfs"));
}

static bool is_foreseen(const struct look *look, const char *target)
{
	for (size_t i = 0; i < look->fstab->n; i++) {
		const char *planned = look->fstab->list[i].mount.target;

		if (streq(planned, target) || streq(mount_point_of(look->subject, look->items->arena, planned), target))
			return true;
	}
	return false;
}

static void add_difference(const struct look *look, const char *origin, const char *target, const char *what)
{
	items_add_text(look->items, "mounts", origin, arena_printf(look->items->arena, "%s: %s", target, what));
}

static void compare_options(const struct look *look, const struct fstab_entry *e, const struct mount *now)
{
	struct arena *arena = look->items->arena;
	unsigned is = mount_flags(now->own_options), will = mount_flags(e->options);

	/* a file system that is read-only is so for all its mounts */
	if (mount_flags(now->options) & MOUNT_RO)
		is |= MOUNT_RO;
	if (!streq(now->type, "autofs") && is != will)
		add_difference(look, e->origin, e->mount.target,
			       arena_printf(arena, "%s now, but %s after the next boot", mount_flags_text(arena, is), mount_flags_text(arena, will)));
}

static void compare_entry(const struct look *look, const struct fstab_entry *e)
{
	const struct mount *now = mount_at(look->subject->mounts, mount_point_of(look->subject, look->items->arena, e->mount.target));
	bool may_lack = list_has(e->mount.options, ",", "nofail") || is_passing(e->mount.target);

	if (e->idle || e->rank == FSTAB_BUILT_IN || e->mount.target[0] != '/' || !fstab_holds(look->fstab, e))
		return;
	if (now)
		compare_options(look, e, now);
	else if (!may_lack)
		add_difference(look, e->origin, e->mount.target, "mounted at the next boot, but not now");
}

static void observe_differences(const struct look *look)
{
	const struct mounts *mounts = look->subject->mounts;
	struct items *items = look->items;

	if (mounts->state != STATE_PRESENT) {
		items_add_state(items, "mounts", mounts->file->path, mounts->state, "%s", mounts->why);
		return;
	}
	for (size_t i = 0; i < look->fstab->n; i++)
		compare_entry(look, &look->fstab->list[i]);
	if (add_doubt(look, "mounts"))
		return;
	for (size_t i = 0; i < mounts->n; i++)
		if (should_last(&mounts->list[i]) && !is_foreseen(look, mounts->list[i].target))
			add_difference(look, mounts->file->path, mounts->list[i].target, "mounted now, but not after the next boot");
	if (!items->n)
		items_add_state(items, "mounts", look->fstab->file->path, STATE_ABSENT, "all that is mounted at boot is mounted so now, and nothing else");
}

const struct fstab *mounts_planned(const struct subject *subject, struct arena *arena, const char *target)
{
	const struct fstab *lines = subject_table(subject, &fstab_table);
	const struct units *units = subject_units(subject);
	const char *resolved;

	if (!target || path_is_pattern(target))
		return fstab_with_units(lines, units, arena, NULL);
	resolved = mount_point_of(subject, arena, target);
	lines = fstab_with_units(lines, units, arena, target);
	return streq(resolved, target) ? lines : fstab_with_units(lines, units, arena, resolved);
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const char *target = params_get(params, "target");
	const struct look look = { subject, mounts_planned(subject, items->arena, target), target, params_get(params, "type"), params_get(params, "option"), items };

	if (look.target || look.type)
		observe_entries(&look, params);
	else
		observe_differences(&look);
}

const struct check check_fstab = {
	.name = "fstab",
	.summary = "what the next boot mounts, and how that differs from what is mounted now",
	.reference = "Read from /etc/fstab and from the .mount units of systemd with their drop-ins: a unit below /etc or /run goes before a line of fstab, one "
		     "below /usr after it, and a masked unit keeps the line from being mounted. What systemd mounts by itself (/proc, /sys, /dev/shm) "
		     "counts, too. The value is the set of options as written; with `option` the value of that one, the word `present` for one that has none: "
		     "user, users, owner and group count for what they bring, and a later suid, dev or exec takes it back; defaults changes nothing. Without `option` only what "
		     "the boot mounts is there, not noauto lines or units that no target wants. Without target and type, an item for each "
		     "difference in ro, nosuid, nodev and noexec between what is mounted now and what will be, for each entry that is not mounted now (but for "
		     "nofail), and for each disk or network file system that is mounted now and has no entry; absent where there is none. See fstab(5), mount(8) and "
		     "systemd.mount(5).",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "target", PARAM_STRING, OPTIONAL, "absolute path of the mount point, or a glob", NULL },
		{ "type", PARAM_STRING, OPTIONAL, "file-system types, separated by spaces", NULL },
		{ "option", PARAM_STRING, OPTIONAL, "the option to look at; without it all of them", NULL },
		{ "missing", PARAM_WORD, OPTIONAL, "what it means that nothing mounts it", "absent inapplicable" },
		{ 0 },
	},
	.observe = observe,
};
