/* SPDX-License-Identifier: Apache-2.0 */
/* A unit of systemd, or a service of OpenRC: whether it is enabled, started with the system, and how it is set. */
#include "checks/checks.h"

#include "core/base/text.h"
#include "core/boot/unit.h"

struct asking {
	const struct subject *subject;
	const struct units *units;
	const char *setting;         /* SECTION.KEY, or NULL */
	struct items *items;
};

static const char *start_word(const struct unit *unit, const struct unit_boot *boot)
{
	return unit->masked ? "masked" : boot->start == START_BOOT ? "started" : boot->start == START_ON_DEMAND ? "on-demand" : "not-started";
}

static void add_boot(const struct asking *a, const struct unit *unit)
{
	struct unit_boot boot = unit_boot(a->units, a->items->arena, unit->name);
	const char *hollow = unit_hollow(a->units, a->items->arena, unit), *why = hollow ? hollow : boot.why;
	const char *name = arena_printf(a->items->arena, "%s%s%s%s", unit->name, why ? " (" : "", why ? why : "", why ? ")" : "");

	if (boot.state != STATE_PRESENT)
		items_add_state(a->items, unit->name, boot.origin, boot.state, "%s", boot.why);
	else
		items_add_text(a->items, name, boot.origin, hollow && boot.start != START_NEVER ? "hollow" : start_word(unit, &boot));
}

static void add_enabled(const struct asking *a, const char *name)
{
	const char *origin, *word = unit_enabled(a->units, a->items->arena, name, &origin);

	if (word)
		items_add_text(a->items, name, origin, word);
	else
		items_add_state(a->items, name, origin, STATE_ABSENT, "no such unit");
}

static void add_preset(const struct asking *a, const char *name)
{
	const char *origin, *word;

	if (units_init(a->units) != INIT_SYSTEMD) {
		items_add_state(a->items, name, "/usr/lib/systemd/system-preset", STATE_INAPPLICABLE, "the system has no systemd");
		return;
	}
	word = unit_preset(a->units, a->items->arena, name, &origin);
	items_add_text(a->items, name, origin, word);
}

static void add_setting(const struct asking *a, const struct unit *unit)
{
	struct arena *arena = a->items->arena;
	const char *dot = strchr(a->setting, '.'), *section, *key;
	const struct unit_setting *s;
	size_t at = 0, before = a->items->n;

	if (!dot) {
		items_add_state(a->items, a->setting, unit->path, STATE_MALFORMED, "the rule names no SECTION.KEY");
		return;
	}
	section = arena_strndup(arena, a->setting, (size_t)(dot - a->setting));
	key = dot + 1;
	while ((s = unit_next(unit, section, key, &at)))
		items_add_text(a->items, arena_printf(arena, "%s of %s", a->setting, unit->name), arena_printf(arena, "%s:%u", s->origin, s->line),
			       s->value);
	if (a->items->n == before)
		items_add_state(a->items, arena_printf(arena, "%s of %s", a->setting, unit->name), unit->path, STATE_ABSENT, "not set");
}

/* ---- running ---- */

/* system.slice, or the slice that the unit or its template is put into: "a-b.slice" lies in "a.slice". */
static const char *slice_of(struct arena *arena, const struct unit *unit)
{
	const struct unit_setting *slice = unit_setting(unit, "Service", "Slice");
	const char *at = strchr(unit->name, '@');
	struct buffer path = { .arena = arena };
	const char *name;

	if (!slice && at)
		return arena_printf(arena, "system.slice/system-%.*s.slice", (int)(at - unit->name), unit->name);
	name = slice ? slice->value : "system.slice";
	for (const char *dash = name; (dash = strchr(dash, '-')); dash++)
		buffer_printf(&path, "%.*s.slice/", (int)(dash - name), name);
	buffer_puts(&path, name);
	return path.text;
}

/* systemd keeps the processes of a service in a cgroup of its name, which is gone when the last of them is. */
static void add_running(const struct asking *a, const struct unit *unit)
{
	static const char *const trees[] = { "sys/fs/cgroup", "sys/fs/cgroup/systemd", "sys/fs/cgroup/unified" };
	struct arena *arena = a->items->arena;
	struct source *source = a->subject->source;
	const struct file *at = NULL;

	if (units_init(a->units) == INIT_OPENRC) {
		const char *script = arena_strndup(arena, unit->name, strcspn(unit->name, "."));
		const struct directory *run = source_list(source, "run/openrc");

		at = source_stat(source, arena_printf(arena, "run/openrc/started/%s", script));
		if (run->state != STATE_PRESENT)
			items_add_state(a->items, unit->name, run->path, STATE_UNAVAILABLE, "no OpenRC runs here");
		else
			items_add_text(a->items, unit->name, at->path, at->state == STATE_PRESENT ? "running" : "not-running");
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(trees); i++) {
		if (source_stat(source, arena_printf(arena, "%s/system.slice", trees[i]))->state != STATE_PRESENT)
			continue;
		at = source_stat(source, arena_printf(arena, "%s/%s/%s", trees[i], slice_of(arena, unit), unit->name));
		if (at->state == STATE_PRESENT)
			break;
	}
	if (!at)
		items_add_state(a->items, unit->name, "/sys/fs/cgroup/system.slice", STATE_UNAVAILABLE, "no systemd runs here");
	else if (at->state != STATE_PRESENT && at->state != STATE_ABSENT)
		items_add_file_state(a->items, unit->name, at);
	else
		items_add_text(a->items, unit->name, at->path, at->state == STATE_PRESENT ? "running" : "not-running");
}

/* ---- all of them ---- */

static void add_one(const struct asking *a, const char *field, const struct unit *unit)
{
	if (streq(field, "boot"))
		add_boot(a, unit);
	else if (streq(field, "running"))
		add_running(a, unit);
	else if (streq(field, "setting"))
		add_setting(a, unit);
	else if (streq(field, "path"))
		items_add_text(a->items, unit->name, unit->path, unit->masked ? "masked" : unit->path);
}

static bool is_told(const struct items *items, size_t first, const char *name)
{
	for (size_t i = first; i < items->n; i++)
		if (starts_with(items->list[i].name, name))
			return true;
	return false;
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	struct asking a = { .subject = subject, .units = subject_units(subject), .setting = params_get(params, "setting"), .items = items };
	const char *names = params_get(params, "name"), *field = params_get(params, "field");
	const struct unit *last = NULL;
	size_t n;

	field = a.setting ? "setting" : field ? field : "boot";
	for (const char *at = names, *w; (w = list_next(&at, " \t\n", &n));) {
		const char *name = unit_full_name(items->arena, arena_strndup(items->arena, w, n));
		const struct unit *unit = unit_load(a.units, items->arena, name);

		last = unit;
		if (streq(field, "preset"))
			add_preset(&a, name);
		else if (unit->state == STATE_ABSENT || (is_told(items, 0, unit->name) && !streq(field, "enabled")))
			continue;
		else if (unit->state != STATE_PRESENT)
			items_add_state(items, unit->name, unit->path, unit->state, "%s", unit->why);
		else if (streq(field, "enabled"))
			add_enabled(&a, name);
		else
			add_one(&a, field, unit);
	}
	if (!items->n)
		items_add_state(items, list_brief(items->arena, names), last ? last->path : "/usr/lib/systemd/system", STATE_ABSENT, "%s",
				last ? last->why : "no unit is named");
}

const struct check check_unit = {
	.name = "unit",
	.summary = "a systemd unit, or a service of OpenRC or System V init: its start and its settings",
	.reference =
		"Read from the files alone, so that it can be told of a system that does not run: systemd's search path below /etc, /run, "
		"/usr/local/lib, /usr/lib and /lib, with what generators left in /run; aliases are followed, drop-ins merged (those of the "
		"template, of shortened names and of the whole type, too). Of several names each that exists gives an item; absent where "
		"none does. `boot`, which is meant where neither field nor setting is given, says whether the start of the system reaches "
		"the unit from its default target along wants and requirements, as links and as settings: `started`; `on-demand` where a "
		"socket, path or timer that is started sets it off; `not-started`; `masked`; `hollow` where it is started and runs nothing, as a drop-in "
		"took its commands away or left true(1) alone, or it is the timer of such a service. Of conditions and assertions only ConditionPathExists= and "
		"ConditionFileIsExecutable= and their like are looked at, and what D-Bus, a device or a user pulls in is not followed. On Alpine and "
		"others with OpenRC a service is started where the runlevels sysinit, boot or default have it, with System V init where "
		"/etc/rc2.d to rc5.d do. `enabled` is the word of systemctl is-enabled; `preset` enable or disable, as systemd.preset(5) "
		"has it; `path` the unit's file; `running` is seen by the unit's cgroup (OpenRC: /run/openrc/started) and is not available "
		"of a system that does not run. With `setting` each value of a key that still counts is an item, \"Service.ExecStart\". See "
		"systemd.unit(5), systemctl(1), rc-update(8).",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "name", PARAM_STRING, REQUIRED, "names of units, separated by spaces; without a suffix that of a service", NULL },
		{ "field", PARAM_WORD, OPTIONAL, "what to look at; boot where it is left out", "boot enabled preset running path" },
		{ "setting", PARAM_STRING, OPTIONAL, "SECTION.KEY of the merged unit, instead of a field", NULL },
	},
	.observe = observe,
};
