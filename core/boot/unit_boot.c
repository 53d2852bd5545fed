/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the start of the system reaches: from the default target along wants and requirements, as links and as settings. Conditions other than
 * ConditionPathExists= and ConditionFileIsExecutable=, and the same as assertions, are not looked at, and what devices, D-Bus or a logged-in user pull in is not followed.
 */
#include "core/boot/unit_private.h"

#include "core/base/text.h"

enum { REACH_MOST = 20000 };

struct reached {
	const char *name;            /* the real one */
	struct unit_boot boot;
};

struct unit_reach {
	const struct units *units;
	struct arena *arena;
	struct reached *list;
	size_t n;
	uint32_t *slots;             /* open addressing: index + 1 into the list */
	size_t n_slots;
};

/* ---- the set ---- */

static uint32_t *slot_of(const struct unit_reach *r, const char *name)
{
	size_t i = text_hash(name, strlen(name)) & (r->n_slots - 1);

	while (r->slots[i] && !streq(r->list[r->slots[i] - 1].name, name))
		i = (i + 1) & (r->n_slots - 1);
	return &r->slots[i];
}

static void grow(struct unit_reach *r)
{
	r->n_slots = r->n_slots ? r->n_slots * 4 : 1024;
	r->slots = arena_array_of(r->arena, uint32_t, r->n_slots);
	for (size_t i = 0; i < r->n; i++)
		*slot_of(r, r->list[i].name) = (uint32_t)i + 1;
}

const struct unit_boot *unit_reached(const struct unit_reach *r, const char *name)
{
	uint32_t at = r && r->n_slots ? *slot_of(r, name) : 0;

	return at ? &r->list[at - 1].boot : NULL;
}

/* The unit is pulled in, or can be set off; what starts it at once counts more. */
static void reach(struct unit_reach *r, const char *name, enum unit_start start, const char *origin, const char *why)
{
	struct unit_found found = unit_find(r->units, r->arena, name);
	struct unit_boot boot = { .start = start, .origin = origin, .why = why, .state = STATE_PRESENT };
	uint32_t *slot;

	if (found.masked || !unit_suffix(found.name) || r->n >= REACH_MOST)
		return;
	if (!found.entry && !unit_script(r->arena, found.name))
		return;
	if (r->n * 2 >= r->n_slots)
		grow(r);
	slot = slot_of(r, found.name);
	if (*slot) {
		struct unit_boot *known = &r->list[*slot - 1].boot;

		if (known->start == START_BOOT || start != START_BOOT)
			return;
	}
	*slot = (uint32_t)r->n + 1;
	arena_push(r->arena, r->list, r->n) = (struct reached){ found.name, boot };
}

/* ---- one unit ---- */

/* %i, %p, %n and %N; what another specifier stands for is not known, and the name is left out. */
static const char *expand(const struct unit_reach *r, const char *word, size_t size, const char *name)
{
	const char *at = strchr(name, '@'), *suffix = unit_suffix(name);
	size_t stem = (size_t)(suffix - name), prefix = at ? (size_t)(at - name) : stem;
	struct buffer out = { .arena = r->arena };

	for (size_t i = 0; i < size; i++) {
		if (word[i] != '%' || i + 1 == size) {
			buffer_add(&out, word + i, 1);
			continue;
		}
		switch (word[++i]) {
		case 'i': case 'I':
			buffer_add(&out, at ? at + 1 : "", at ? stem - prefix - 1 : 0);
			break;
		case 'p': case 'P':
			buffer_add(&out, name, prefix);
			break;
		case 'n':
			buffer_puts(&out, name);
			break;
		case 'N':
			buffer_add(&out, name, stem);
			break;
		default:
			return NULL;
		}
	}
	return out.text;
}

/* The units that a setting names. */
static void reach_named(struct unit_reach *r, const struct unit *unit, const char *section, const char *key, enum unit_start start)
{
	for (size_t i = 0; i < unit->n; i++) {
		const struct unit_setting *s = &unit->settings[i];
		size_t n;

		if (!streq(s->key, key) || !streq(s->section, section))
			continue;
		for (const char *at = s->value, *w; (w = list_next(&at, " \t", &n));) {
			const char *name = expand(r, w, n, unit->name);

			if (name)
				reach(r, name, start, s->origin, arena_printf(r->arena, "%s= of %s", key, unit->name));
		}
	}
}

static void reach_wanted(struct unit_reach *r, const char *of, const char *name)
{
	size_t n;
	const struct unit_want *wants = unit_wants(r->units, of, &n);

	for (size_t i = 0; i < n; i++) {
		if (i && streq(wants[i].name, wants[i - 1].name))
			continue;   /* of several the first directory counts */
		if (!wants[i].masked)
			reach(r, wants[i].name, START_BOOT, arena_printf(r->arena, "/%s", wants[i].path),
			      arena_printf(r->arena, "wanted by %s", name));
	}
}

/* A link to an alias, "graphical.target.wants" of "default.target", counts for the unit. */
static void reach_all_wanted(struct unit_reach *r, const char *name)
{
	const char *template = unit_template(r->arena, name);

	reach_wanted(r, name, name);
	if (template)
		reach_wanted(r, template, name);
	for (size_t i = 0; i < r->units->n_entries; i++) {
		const struct unit_entry *e = &r->units->entries[i];
		const char *base = e->target ? strrchr(e->target, '/') : NULL;

		if (e->target && streq(base ? base + 1 : e->target, name) && !streq(e->name, name))
			reach_wanted(r, e->name, name);
	}
}

/* What a socket, path or timer sets off: the unit it names, else the service of its own name. */
static void reach_triggered(struct unit_reach *r, const struct unit *unit, const char *suffix)
{
	static const struct {
		const char *suffix, *section, *key;
	} triggers[] = {
		{ ".socket", "Socket", "Service" }, { ".path", "Path", "Unit" }, { ".timer", "Timer", "Unit" },
	};

	for (size_t i = 0; i < ARRAY_LEN(triggers); i++) {
		const struct unit_setting *accept, *named;
		const char *name;

		if (!streq(triggers[i].suffix, suffix))
			continue;
		named = unit_setting(unit, triggers[i].section, triggers[i].key);
		accept = unit_setting(unit, "Socket", "Accept");
		name = arena_printf(r->arena, "%.*s%s.service", (int)(suffix - unit->name), unit->name,
				    accept && text_boolean(accept->value) == 1 ? "@" : "");
		if (named)
			name = expand(r, named->value, strlen(named->value), unit->name);
		if (name)
			reach(r, name, START_ON_DEMAND, unit->path, arena_printf(r->arena, "%s sets it off", unit->name));
	}
}

static void follow(struct unit_reach *r, const char *name)
{
	static const char *const keys[] = { "Wants", "Requires", "BindsTo", "Upholds" };
	const struct unit *unit = unit_load(r->units, r->arena, name);

	if (unit->masked)
		return;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		reach_named(r, unit, "Unit", keys[i], START_BOOT);
	reach_named(r, unit, "Service", "Sockets", START_BOOT);
	reach_triggered(r, unit, unit_suffix(unit->name));
	reach_all_wanted(r, unit->name);
}

/* Scripts of System V init that have no unit are run by one that systemd makes of them at the start. */
static void reach_scripts(struct unit_reach *r)
{
	const struct directory *scripts = source_list(r->units->source, "etc/init.d");

	for (size_t i = 0; i < scripts->n; i++) {
		const char *script = scripts->entries[i].name, *name = arena_printf(r->arena, "%s.service", script), *why, *link;
		enum state state;

		if (unit_entry(r->units, name) || list_has("README skeleton rc rcS functions", " ", script))
			continue;
		link = sysv_link(r->units, r->arena, script, &state, &why);
		if (link)
			reach(r, name, START_BOOT, link, "an init script");
	}
}

struct unit_reach *unit_reach(const struct units *units, struct arena *arena)
{
	/* graphical.target stands in where nothing says which target is entered; the others every unit depends on by itself */
	static const char *const always[] = { "sysinit.target", "basic.target" };
	struct unit_reach *r = arena_new_of(arena, struct unit_reach);

	r->units = units;
	r->arena = arena;
	grow(r);
	reach(r, "default.target", START_BOOT, "/etc/systemd/system/default.target", "the target that is entered");
	if (!r->n) {
		reach(r, "graphical.target", START_BOOT, "/usr/lib/systemd/system", "the target that is entered where none is set");
		reach(r, "multi-user.target", START_BOOT, "/usr/lib/systemd/system", "the target that is entered where none is set");
	}
	for (size_t i = 0; i < ARRAY_LEN(always); i++)
		reach(r, always[i], START_BOOT, "/usr/lib/systemd/system", "every start enters it");
	reach_scripts(r);
	for (size_t i = 0; i < r->n; i++)   /* the list grows meanwhile */
		if (r->list[i].boot.start == START_BOOT)
			follow(r, r->list[i].name);
	return r;
}

/* ---- the answer ---- */

/* What lies in /run or /proc may be there when the system starts, and what is behind a "|" needs others. */
static bool is_lasting(const char *path)
{
	static const char *const passing[] = { "/run/", "/var/run/", "/proc/", "/sys/", "/dev/", "/tmp/" };

	for (size_t i = 0; i < ARRAY_LEN(passing); i++)
		if (starts_with(path, passing[i]))
			return false;
	return *path == '/' && !strchr(path, '%');
}

/* 1 and 0: the condition of a file holds, or not; -1: that cannot be told. */
static int condition_holds(const struct units *units, const char *value, bool executable)
{
	bool negated = *value == '!';
	const struct file *file;
	bool found;

	if (!is_lasting(value + negated))
		return -1;
	file = source_stat(units->source, value + negated + 1);
	if (file->state != STATE_PRESENT && file->state != STATE_ABSENT)
		return -1;
	found = file->state == STATE_PRESENT && (!executable || S_ISLNK(file->stat.st_mode) || file->stat.st_mode & 0111);
	return found != negated;
}

static const char *condition_in_the_way(const struct units *units, struct arena *arena, const struct unit *unit, const char **origin)
{
	static const char *const keys[] = { "ConditionPathExists", "AssertPathExists", "ConditionFileIsExecutable", "AssertFileIsExecutable" };

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		const struct unit_setting *s;
		size_t at = 0;

		while ((s = unit_next(unit, "Unit", keys[i], &at))) {
			if (condition_holds(units, s->value, i > 1) != 0)
				continue;
			*origin = arena_printf(arena, "%s:%u", s->origin, s->line);
			return arena_printf(arena, "%s=%s does not hold", keys[i], s->value);
		}
	}
	return NULL;
}

static struct unit_boot boot_of_script(const struct units *units, struct arena *arena, const struct unit *unit)
{
	struct unit_boot boot = { .start = START_NEVER, .origin = unit->path, .state = unit->state, .why = unit->why };
	const char *script = unit_script(arena, unit->name), *link;

	if (unit->state != STATE_PRESENT || !script)
		return boot;
	link = units->init == INIT_OPENRC ? openrc_link(units, arena, script, &boot.state, &boot.why)
					  : sysv_link(units, arena, script, &boot.state, &boot.why);
	if (link)
		boot = (struct unit_boot){ START_BOOT, link, "a runlevel of the start has it", STATE_PRESENT };
	return boot;
}

struct unit_boot unit_boot(const struct units *units, struct arena *arena, const char *name)
{
	const struct unit *unit = unit_load(units, arena, name);
	struct unit_boot boot = { .start = START_NEVER, .origin = unit->path, .state = unit->state, .why = unit->why };
	const struct unit_boot *reached;
	const char *why;

	if (units->init != INIT_SYSTEMD)
		return boot_of_script(units, arena, unit);
	if (unit->state != STATE_PRESENT)
		return boot;
	reached = unit->masked ? NULL : unit_reached(units->reach, unit->name);
	if (!reached) {
		boot.why = unit->masked ? "masked" : "nothing that is started pulls it in";
		boot.state = unit->masked ? STATE_PRESENT : units->state;
		if (boot.state != STATE_PRESENT) {
			boot.why = units->why;
			boot.origin = units->trouble;
		}
		return boot;
	}
	boot = *reached;
	why = condition_in_the_way(units, arena, unit, &boot.origin);
	if (why) {
		boot.start = START_NEVER;
		boot.why = why;
	}
	return boot;
}
