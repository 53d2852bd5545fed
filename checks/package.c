/* SPDX-License-Identifier: Apache-2.0 */
/* Installed packages, their versions and their state. */
#include "checks/checks.h"

#include "core/base/text.h"
#include "core/packages/packages.h"

enum { SHOWN_MOST = 50 };

/* False, with an item that says why, where nothing is known of packages. */
static bool is_known(const struct packages *packages, const char *name, struct items *items)
{
	const struct file *file = packages->file;

	if (file->state == STATE_ABSENT)
		items_add_state(items, name, file->path, STATE_UNAVAILABLE, "no record of dpkg, rpm, apk or pacman");
	else if (file->state != STATE_PRESENT)
		items_add_file_state(items, name, file);
	return file->state == STATE_PRESENT;
}

static void add(const struct packages *packages, const struct package *package, const char *than, struct items *items)
{
	struct arena *arena = items->arena;
	const char *name = text_safe(arena, package->name, strlen(package->name), 256), *version = package->version;
	int order;

	if (!than) {
		items_add_version(items, name, packages->file->path, version);
		return;
	}
	order = package_version_compare(packages->manager, version, than);
	name = arena_printf(arena, "%s %s, beside %s", name, text_safe(arena, version, strlen(version), 256), than);
	items_add_text(items, name, packages->file->path, order < 0 ? "older" : order > 0 ? "newer" : "same");
}

static void add_named(const struct packages *packages, const char *word, const char *than, struct items *items)
{
	struct package package = { .name = word };

	if (strpbrk(word, "*?")) {
		for (size_t i = 0; i < packages->n && items->n < SHOWN_MOST; i++)
			if (text_glob(word, packages->list[i].name))
				add(packages, &packages->list[i], than, items);
		return;
	}
	package.version = packages_version(packages, word);
	if (package.version)
		add(packages, &package, than, items);
}

/* What dpkg keeps back, or did not bring to an end. */
static void add_flagged(const struct packages *packages, bool held, struct items *items)
{
	const struct package *list = held ? packages->list : packages->unfinished;
	size_t n = held ? packages->n : packages->n_unfinished;

	if (packages->manager != PACKAGES_DPKG) {
		items_add_state(items, "packages", packages->file->path, STATE_INAPPLICABLE, "%s keeps no such state",
				package_manager_name(packages->manager));
		return;
	}
	for (size_t i = 0; i < n && items->n < SHOWN_MOST; i++)
		if (!held || list[i].flags & PACKAGE_HELD)
			add(packages, &list[i], NULL, items);
	if (!items->n)
		items_add_state(items, "packages", packages->file->path, STATE_ABSENT, "none");
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct packages *packages = packages_of(subject);
	const char *names = params_get(params, "name"), *show = params_get(params, "show");
	const char *shown = names ? list_brief(items->arena, names) : "packages";
	size_t n;

	if (!is_known(packages, shown, items))
		return;
	if (show && !streq(show, "version")) {
		add_flagged(packages, streq(show, "held"), items);
		return;
	}
	for (const char *at = names ? names : "*", *w; (w = list_next(&at, " \t\n", &n));)
		add_named(packages, arena_strndup(items->arena, w, n), params_get(params, "than"), items);
	if (!items->n)
		items_add_state(items, shown, packages->file->path, STATE_ABSENT, "not installed");
}

const struct check check_package = {
	.name = "package",
	.summary = "installed packages and their versions",
	.reference =
		"By the package manager's own record: dpkg's /var/lib/dpkg/status, apk's /lib/apk/db/installed, rpm's rpmdb.sqlite (where "
		"plimsoll was built with SQLite) or Packages.db below /var/lib/rpm or /usr/lib/sysimage/rpm, pacman's "
		"/var/lib/pacman/local. An item for each of the names that is installed, with its version; absent where none is. Names may "
		"hold * and ?. With `than` the value is `older`, `same` or `newer` than that version, by the rules of the package manager "
		"(deb-version(7), rpm-version(7)). `held` lists what dpkg is told not to upgrade, `unfinished` what it did not bring to an "
		"end of its installation. Where there is no record nothing is known: unavailable.",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "name", PARAM_STRING, OPTIONAL, "names of packages, separated by spaces; all where it is left out", NULL },
		{ "show", PARAM_WORD, OPTIONAL, "what is listed; version where it is left out", "version held unfinished" },
		{ "than", PARAM_STRING, OPTIONAL, "a version to compare with", NULL },
	},
	.observe = observe,
};
