/* SPDX-License-Identifier: Apache-2.0 */
/* What `systemctl is-enabled` would say, and what the presets want. */
#include "core/boot/unit_private.h"

#include "core/base/text.h"

/* ---- presets ---- */

enum { PRESET_LIMIT = 1 << 20 };

struct preset {
	const char *name, *path;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct preset *)a)->name, ((const struct preset *)b)->name);
}

static bool has_name(const struct preset *list, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (streq(list[i].name, name))
			return true;
	return false;
}

/* Of files with one name that of the first directory counts; all are read in the order of their names. */
static struct preset *preset_files(const struct units *units, struct arena *arena, size_t *n)
{
	static const char *const folders[] = {
		"etc/systemd/system-preset", "run/systemd/system-preset", "usr/local/lib/systemd/system-preset",
		"usr/lib/systemd/system-preset", "lib/systemd/system-preset",
	};
	struct preset *list = NULL;

	*n = 0;
	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		const struct directory *dir = source_list(units->source, folders[i]);

		for (size_t k = 0; k < dir->n; k++) {
			const char *name = dir->entries[k].name, *dot = strrchr(name, '.');

			if (dot && streq(dot, ".preset") && !has_name(list, *n, name))
				arena_push(arena, list, *n) = (struct preset){ name, arena_printf(arena, "%s/%s", folders[i], name) };
		}
	}
	if (*n)
		qsort(list, *n, sizeof(*list), by_name);
	return list;
}

/* "enable cron.service": the verb, where the line is about the unit. */
static const char *preset_of_line(struct arena *arena, const char *line, size_t n, const char *name)
{
	const char *at = arena_strndup(arena, line, n), *verb, *glob;
	size_t verb_size, glob_size;

	verb = list_next(&at, " \t\r", &verb_size);
	glob = verb ? list_next(&at, " \t\r", &glob_size) : NULL;
	if (!glob || strchr("#;", *verb))
		return NULL;
	verb = arena_strndup(arena, verb, verb_size);
	return list_has("enable disable ignore", " ", verb) && text_glob(arena_strndup(arena, glob, glob_size), name) ? verb : NULL;
}

const char *unit_preset(const struct units *units, struct arena *arena, const char *name, const char **origin)
{
	size_t n;
	const struct preset *files = preset_files(units, arena, &n);

	name = unit_full_name(arena, name);
	for (size_t i = 0; i < n; i++) {
		const struct file *file = source_read(units->source, files[i].path, PRESET_LIMIT);
		unsigned number = 1;

		if (file->state != STATE_PRESENT)
			continue;
		for (const char *line = file->data; *line; number++) {
			size_t size = strcspn(line, "\n");
			const char *verb = preset_of_line(arena, line, size, name);

			if (verb) {
				*origin = arena_printf(arena, "%s:%u", file->path, number);
				return verb;
			}
			line += size + (line[size] == '\n');
		}
	}
	*origin = "/usr/lib/systemd/system-preset";
	return "enable";
}

/* ---- enabled ---- */

struct looking {
	const struct units *units;
	struct arena *arena;
	const struct unit *unit;
	const char *origin;
};

static bool is_in_install(const struct looking *l, const char *key, const char *name)
{
	for (size_t i = 0; i < l->unit->n; i++) {
		const struct unit_setting *s = &l->unit->settings[i];

		if (streq(s->section, "Install") && streq(s->key, key) && (!name || list_has(s->value, " \t", name)))
			return true;
	}
	return false;
}

/* Of a template `systemctl enable` links its DefaultInstance=; any other instance is linked by hand. */
static bool is_name_of(const struct looking *l, const char *link, bool installed)
{
	const char *template = unit_is_template(l->unit->name) ? unit_template(l->arena, link) : NULL, *at;
	const struct unit_setting *instance = unit_setting(l->unit, "Install", "DefaultInstance");

	if (streq(link, l->unit->name))
		return true;
	if (!template || !streq(template, l->unit->name))
		return false;
	at = strchr(link, '@') + 1;
	return !installed || (instance && strlen(instance->value) == (size_t)(unit_suffix(link) - at) && starts_with(at, instance->value));
}

static bool leads_to(const struct looking *l, const struct unit_entry *e)
{
	const char *base = e->target ? strrchr(e->target, '/') : NULL;

	return e->target && streq(base ? base + 1 : e->target, l->unit->name);
}

/* A link in that directory that makes the unit start with another, or gives it another name: of those of [Install], or any. */
static bool is_linked_in(struct looking *l, unsigned dir, bool installed)
{
	for (size_t i = 0; i < l->units->n_wants; i++) {
		const struct unit_want *w = &l->units->wants[i];

		if (w->dir == dir && !w->masked && is_name_of(l, w->name, installed)) {
			l->origin = arena_printf(l->arena, "/%s", w->path);
			return true;
		}
	}
	for (size_t i = 0; i < l->units->n_entries; i++) {
		const struct unit_entry *e = &l->units->entries[i];

		if (e->dir != dir || !e->is_link || !leads_to(l, e) || is_name_of(l, e->name, false))
			continue;
		if (!installed || is_in_install(l, "Alias", e->name)) {
			l->origin = arena_printf(l->arena, "/%s", unit_path(l->units, l->arena, e));
			return true;
		}
	}
	return false;
}

/* The link in that directory has the unit's own name: it is kept elsewhere. */
static bool is_kept_elsewhere(struct looking *l, unsigned dir)
{
	for (size_t i = 0; i < l->units->n_entries; i++) {
		const struct unit_entry *e = &l->units->entries[i];

		if (e->dir == dir && e->is_link && streq(e->name, l->unit->name) && !unit_is_null(e->target)) {
			l->origin = arena_printf(l->arena, "/%s", unit_path(l->units, l->arena, e));
			return true;
		}
	}
	return false;
}

/* The order of the places is that of systemctl: what /etc says is the best answer. */
static const char *word_of_links(struct looking *l, bool installed)
{
	const char *runtime = NULL, *elsewhere = NULL;
	bool vendor = false;

	for (unsigned dir = 0; dir < l->units->n_dirs; dir++) {
		enum unit_place place = l->units->dirs[dir].place;

		if (is_linked_in(l, dir, installed)) {
			if (place == PLACE_CONFIG)
				return installed ? "enabled" : "indirect";
			vendor = vendor || place == PLACE_VENDOR;
			if (place != PLACE_VENDOR)   /* generators write to /run, too */
				runtime = "enabled-runtime";
		} else if (!elsewhere && place != PLACE_VENDOR && is_kept_elsewhere(l, dir)) {
			elsewhere = place == PLACE_CONFIG ? "linked" : "linked-runtime";
		}
	}
	if (runtime)
		return installed ? runtime : "indirect";
	if (vendor && strchr(l->unit->name, '@') && !unit_is_template(l->unit->name))
		return "static";
	return elsewhere;
}

static const char *word_of_file(struct looking *l)
{
	const char *word = word_of_links(l, true);

	if (!word)
		word = word_of_links(l, false);
	if (word)
		return word;
	l->origin = l->unit->path;
	if (is_in_install(l, "WantedBy", NULL) || is_in_install(l, "RequiredBy", NULL) || is_in_install(l, "UpheldBy", NULL) ||
	    is_in_install(l, "Alias", NULL))
		return "disabled";
	return is_in_install(l, "Also", NULL) ? "indirect" : "static";
}

static const char *word_of_script(const struct units *units, struct arena *arena, const struct unit *unit, const char **origin)
{
	const char *script = unit_script(arena, unit->name), *why, *link;
	enum state state;

	*origin = unit->path;
	if (unit->state != STATE_PRESENT || !script)
		return NULL;
	link = units->init == INIT_OPENRC ? openrc_link(units, arena, script, &state, &why) : sysv_link(units, arena, script, &state, &why);
	*origin = link ? link : unit->path;
	return link ? "enabled" : "disabled";
}

const char *unit_enabled(const struct units *units, struct arena *arena, const char *name, const char **origin)
{
	struct looking l = { .units = units, .arena = arena };
	const char *full = unit_full_name(arena, name);
	struct unit_found found = unit_find(units, arena, full);
	const struct unit_entry *own = unit_entry(units, full);
	enum unit_place place;

	l.unit = unit_load(units, arena, full);
	if (units->init != INIT_SYSTEMD || !found.entry)
		return word_of_script(units, arena, l.unit, origin);
	*origin = l.unit->path;
	if (l.unit->state == STATE_ABSENT)
		return NULL;
	place = units->dirs[found.entry->dir].place;
	if (l.unit->masked)
		return place == PLACE_CONFIG || place == PLACE_VENDOR ? "masked" : "masked-runtime";
	if (own && own->is_link && !streq(l.unit->name, full))
		return "alias";
	if ((place == PLACE_GENERATOR || place == PLACE_TRANSIENT) && !found.entry->is_link)
		return place == PLACE_GENERATOR ? "generated" : "transient";
	l.origin = l.unit->path;
	full = word_of_file(&l);
	*origin = l.origin;
	return full;
}
