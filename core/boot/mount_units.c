/* SPDX-License-Identifier: Apache-2.0 */
/* The .mount units of systemd, as entries beside the lines of fstab. */
#include "core/boot/fstab.h"

#include "core/base/text.h"
#include "core/boot/unit.h"

#include <ctype.h>

static const char suffix[] = ".mount";

/* ---- names, by the escapes of systemd.unit(5) ---- */

/* "/var/log" for "var-log.mount". */
static const char *path_of_name(struct arena *arena, const char *name)
{
	struct buffer path = { .arena = arena };
	size_t n = strlen(name) - strlen(suffix);

	if (n == 1 && *name == '-')
		return "/";
	buffer_puts(&path, "/");
	for (size_t i = 0; i < n; i++) {
		char digits[3] = "", *end = digits, byte = name[i];

		if (name[i] == '\\' && i + 3 < n && name[i + 1] == 'x') {
			memcpy(digits, name + i + 2, 2);
			byte = (char)strtoul(digits, &end, 16);
			i += 3;
		} else if (byte == '-') {
			byte = '/';
		}
		if (end == digits + strlen(digits))
			buffer_add(&path, &byte, 1);
	}
	return text_safe(arena, path.text, path.size, 1024);
}

static const char *name_of_path(struct arena *arena, const char *path)
{
	struct buffer name = { .arena = arena };

	path += strspn(path, "/");
	if (!*path)
		buffer_puts(&name, "-");
	for (const char *c = path; *c; c++) {
		if (*c == '/')
			buffer_puts(&name, "-");
		else if (isalnum((unsigned char)*c) || *c == ':' || *c == '_' || (*c == '.' && c > path))
			buffer_add(&name, c, 1);
		else
			buffer_printf(&name, "\\x%02x", (unsigned char)*c);
	}
	buffer_puts(&name, suffix);
	return name.text;
}

/* ---- units ---- */

/* The value that counts; a % is written twice there. */
static const char *value_of(const struct unit *unit, struct arena *arena, const char *key)
{
	const struct unit_setting *s = unit_setting(unit, "Mount", key);
	struct buffer value = { .arena = arena };

	for (const char *c = s ? s->value : ""; *c; c++) {
		buffer_add(&value, c, 1);
		c += c[0] == '%' && c[1] == '%';
	}
	return value.text ? text_safe(arena, value.text, value.size, 1024) : "";
}

static void note_unseen(struct fstab *fstab, struct arena *arena, enum state state, const char *origin, const char *why)
{
	if (!fstab->unseen.why)
		fstab->unseen = (struct unseen){ state, text_safe(arena, origin, strlen(origin), 512), why };
}

/* What mounts it on demand starts with the system. */
static bool is_on_demand(const struct units *units, struct arena *arena, const char *name)
{
	size_t stem = strlen(name) - strlen(suffix);

	return unit_boot(units, arena, arena_printf(arena, "%.*s.automount", (int)stem, name)).start != START_NEVER;
}

/* Why the start does not mount it, or NULL. */
static const char *idle_because(struct fstab *fstab, const struct units *units, struct arena *arena, const struct unit *unit)
{
	struct unit_boot boot = unit_boot(units, arena, unit->name);

	if (unit->masked)
		return "masked";
	if (boot.start != START_NEVER || is_on_demand(units, arena, unit->name))
		return NULL;
	if (boot.state != STATE_PRESENT)
		note_unseen(fstab, arena, boot.state, boot.origin, boot.why);
	return boot.why ? boot.why : "nothing starts it";
}

/* What a generator made of a line of fstab, or a program for this run, says nothing of the next boot. */
static bool is_of_this_run(const struct unit *unit)
{
	return starts_with(unit->path, "/run/systemd/generator/") || starts_with(unit->path, "/run/systemd/transient/");
}

static void take_unit(struct fstab *fstab, const struct units *units, struct arena *arena, const char *name)
{
	const struct unit *unit = unit_load(units, arena, name);
	struct fstab_entry entry = { .rank = FSTAB_UNIT_OF_VENDOR };

	if (unit->state == STATE_ABSENT || is_of_this_run(unit))
		return;
	if (unit->state != STATE_PRESENT) {
		note_unseen(fstab, arena, unit->state, unit->path, unit->why);
		return;
	}
	if (starts_with(unit->path, "/etc/") || starts_with(unit->path, "/run/systemd/system/"))
		entry.rank = FSTAB_UNIT_OF_ADMIN;
	entry.origin = text_safe(arena, unit->path, strlen(unit->path), 512);
	entry.mount = (struct mount){
		.root = "/", .own_options = "", .propagation = "", .target = path_of_name(arena, name), .source = value_of(unit, arena, "What"),
		.type = value_of(unit, arena, "Type"), .options = value_of(unit, arena, "Options"),
	};
	entry.idle = idle_because(fstab, units, arena, unit);
	fstab_settle(arena, &entry);
	arena_push(arena, fstab->list, fstab->n) = entry;
}

/* A line of fstab has its target want the unit of that name, also where that is the administrator's and hides the line. */
static void wake(struct fstab *fstab, size_t lines)
{
	for (size_t i = lines; i < fstab->n; i++)
		for (size_t k = 0; k < lines; k++)
			if (fstab->list[i].idle && !streq(fstab->list[i].idle, "masked") && fstab->list[k].rank == FSTAB_LINE &&
			    !fstab->list[k].idle && streq(fstab->list[k].mount.target, fstab->list[i].mount.target))
				fstab->list[i].idle = NULL;
}

const struct fstab *fstab_with_units(const struct fstab *fstab, const struct units *units, struct arena *arena, const char *target)
{
	struct fstab *both = arena_new_of(arena, struct fstab);
	const char *name;
	size_t at = 0;

	*both = *fstab;
	both->list = NULL;
	both->n = 0;
	for (size_t i = 0; i < fstab->n; i++)
		arena_push(arena, both->list, both->n) = fstab->list[i];
	if (units_init(units) != INIT_SYSTEMD)
		return both;
	if (target)
		take_unit(both, units, arena, name_of_path(arena, target));
	while (!target && (name = unit_next_name(units, suffix, &at)))
		take_unit(both, units, arena, name);
	wake(both, fstab->n);
	return both;
}
