/* SPDX-License-Identifier: Apache-2.0 */
/* A service by all that tells of it: its package, its units, its program. */
#include "checks/checks.h"

#include "core/base/text.h"
#include "core/boot/unit.h"
#include "core/packages/packages.h"
#include "core/running/listener.h"
#include "core/running/running.h"

/* ---- installed ---- */

/* Evidence that decides nothing by itself, so what cannot be told is a word, too. */
static void add_installed(const struct subject *subject, const char *names, struct items *items)
{
	const struct packages *packages = packages_of(subject);
	struct arena *arena = items->arena;
	struct buffer found = { .arena = arena };
	size_t n;

	if (packages->file->state != STATE_PRESENT) {
		items_add_set(items, arena_printf(arena, "package (%s)", packages->file->why), packages->file->path, "perhaps-installed");
		return;
	}
	for (const char *at = names, *w; (w = list_next(&at, " \t\n", &n));) {
		const char *name = arena_strndup(arena, w, n), *version = packages_version(packages, name);

		if (version)
			buffer_printf(&found, "%s%s %s", found.size ? ", " : "package ", name, text_safe(arena, version, strlen(version), 128));
	}
	items_add_set(items, found.text ? found.text : arena_printf(arena, "package %s", list_brief(arena, names)), packages->file->path,
		      found.text ? "installed" : "not-installed");
}

/* ---- started ---- */

static const char *start_word(const struct unit *unit, const struct unit_boot *boot)
{
	return unit->masked ? "masked" : boot->start == START_BOOT ? "started" : boot->start == START_ON_DEMAND ? "on-demand" : "not-started";
}

static bool is_told(const struct items *items, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < items->n; i++)
		if (strncmp(items->list[i].name, name, n) == 0 && (items->list[i].name[n] == '\0' || items->list[i].name[n] == ' '))
			return true;
	return false;
}

static void add_start(const struct units *units, const char *word, struct items *items)
{
	struct arena *arena = items->arena;
	const struct unit *unit = unit_load(units, arena, word);
	struct unit_boot boot;
	const char *enabled, *origin, *hollow;

	if (unit->state == STATE_ABSENT || is_told(items, unit->name))
		return;
	boot = unit_boot(units, arena, unit->name);
	if (boot.state != STATE_PRESENT) {
		items_add_state(items, unit->name, boot.origin ? boot.origin : unit->path, boot.state, "%s", boot.why ? boot.why : "");
		return;
	}
	enabled = unit_enabled(units, arena, unit->name, &origin);
	hollow = boot.start != START_NEVER ? unit_hollow(units, arena, unit) : NULL;
	items_add_set(items, arena_printf(arena, "%s (%s; %s)", unit->name, enabled ? enabled : "no file", hollow ? hollow : boot.why ? boot.why : "by itself"),
		      boot.origin, hollow ? arena_printf(arena, "%s hollow", start_word(unit, &boot)) : start_word(unit, &boot));
}

static const char *where_units_are(const struct units *units)
{
	return units_init(units) == INIT_SYSTEMD ? "/usr/lib/systemd/system" : "/etc/init.d";
}

static void add_starts(const struct subject *subject, const char *names, struct items *items)
{
	const struct units *units = subject_units(subject);
	const char *name = arena_printf(items->arena, "start of %s", list_brief(items->arena, names));
	size_t before = items->n, n;

	for (const char *at = names, *w; (w = list_next(&at, " \t\n", &n));)
		add_start(units, arena_strndup(items->arena, w, n), items);
	if (items->n > before)
		return;
	if (units_init(units) == INIT_UNKNOWN)
		items_add_state(items, name, "/sbin/init", STATE_INAPPLICABLE, "no init system has files here");
	else
		items_add_set(items, name, where_units_are(units), "no-unit");
}

/* ---- running ---- */

/* What does not run cannot be running: an offline root gives no item. */
static void add_running(const struct subject *subject, const char *words, struct items *items)
{
	const struct running_list *programs = subject_running(subject);
	const char *name = arena_printf(items->arena, "process of %s", list_brief(items->arena, words));
	bool found = false;

	for (size_t i = 0; i < programs->n && !found; i++) {
		const struct running *p = &programs->list[i];

		found = !p->elsewhere && running_is(p, words);
		if (found)
			items_add_set(items, arena_printf(items->arena, "process %d, %s%s%s", p->pid, p->shown, p->applet ? " " : "",
							  p->applet ? p->applet : ""),
				      arena_printf(items->arena, "/proc/%d/exe", p->pid), "running");
	}
	if (found)
		return;
	if (programs->state == STATE_UNAVAILABLE)
		items_add_state(items, name, "/proc", STATE_INAPPLICABLE, "%s", programs->why);
	else if (programs->state != STATE_PRESENT)
		items_add_state(items, name, "/proc", programs->state, "%s", programs->why);
	else if (programs->hidden)
		items_add_state(items, name, "/proc", STATE_DENIED, "%s", programs->hidden_why);
	else
		items_add_set(items, name, "/proc", "not-running");
}

/* As the kernel makes some services run in threads of its own: NFS. */
static void add_kernel_service(const struct subject *subject, const char *port, struct items *items)
{
	const struct listeners *all = subject_listeners(subject);

	for (size_t i = 0; i < all->n; i++) {
		const char *own = listener_port(&all->list[i], items->arena);

		if (!streq(own, port))
			continue;
		items_add_set(items, arena_printf(items->arena, "%s on %s", own, listener_address(&all->list[i], items->arena)), "/proc/net",
			      "running");
		return;
	}
}

/* Nothing of the service was found by any means; *unseen is the item that tells of a means which failed, or NULL. */
static bool is_nowhere(const struct items *items, const struct item **unseen)
{
	*unseen = NULL;
	for (size_t i = 0; i < items->n; i++) {
		const struct item *item = &items->list[i];

		if (item->state == STATE_PRESENT && !list_has("no-unit not-running not-installed perhaps-installed", " ", item->text))
			return false;
		if (item->state != STATE_PRESENT && item->state != STATE_INAPPLICABLE)
			*unseen = item;
	}
	return items->n > 0;
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const char *package = params_get(params, "package"), *program = params_get(params, "program"), *port = params_get(params, "port");

	const char *names = params_get(params, "name");
	const struct item *unseen;

	add_starts(subject, names, items);
	if (program)
		add_running(subject, program, items);
	if (port)
		add_kernel_service(subject, port, items);
	if (package)
		add_installed(subject, package, items);
	if (!is_nowhere(items, &unseen))
		return;
	if (unseen) {
		items->list[0] = *unseen;
		items->n = 1;
	} else {
		const char *origin = items->list[0].origin;

		items->n = 0;
		items_add_state(items, list_brief(items->arena, names), origin, STATE_ABSENT, "neither a unit nor a process nor a package of it");
	}
}

const struct check check_service = {
	.name = "service",
	.summary = "a service: installed, started with the system, running",
	.reference =
		"What the checks package, unit and process see of one service, each as an item with one word. Of each unit that exists "
		"`started`, `on-demand`, `not-started` or `masked`, as unit has it, and `hollow` besides where what is started runs nothing, or `no-unit` where none of the names does; `running` or "
		"`not-running` by the program's executable, not applicable of a system that does not run; `installed`, `not-installed`, or "
		"`perhaps-installed` where no record of packages can be read; absent where none of them found anything. With port a socket "
		"on which the kernel itself listens counts as `running`, too. So excludes=\"started on-demand running\" wants a service to "
		"be off, now and after the next start, and excludes=\"no-unit not-started not-running masked hollow\" wants it on.",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "name", PARAM_STRING, REQUIRED, "units, as of the check unit", NULL },
		{ "program", PARAM_STRING, OPTIONAL, "programs, as of the check process", NULL },
		{ "package", PARAM_STRING, OPTIONAL, "packages that bring it, by all distributions' names", NULL },
		{ "port", PARAM_STRING, OPTIONAL, "a port such as tcp/2049 on which the kernel listens for it", NULL },
	},
	.observe = observe,
};
