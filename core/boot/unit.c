/* SPDX-License-Identifier: Apache-2.0 */
/* Which units there are, where, and under which names. */
#include "core/boot/unit_private.h"

#include "core/base/text.h"

#include <dirent.h>

/* systemd.unit(5), "Unit File Load Path", of the system manager. */
static const struct {
	const char *path;
	enum unit_place place;
} search_path[] = {
	{ "etc/systemd/system.control", PLACE_CONFIG },
	{ "run/systemd/system.control", PLACE_RUNTIME },
	{ "run/systemd/transient", PLACE_TRANSIENT },
	{ "run/systemd/generator.early", PLACE_GENERATOR },
	{ "etc/systemd/system", PLACE_CONFIG },
	{ "etc/systemd/system.attached", PLACE_CONFIG },
	{ "run/systemd/system", PLACE_RUNTIME },
	{ "run/systemd/system.attached", PLACE_RUNTIME },
	{ "run/systemd/generator", PLACE_GENERATOR },
	{ "usr/local/lib/systemd/system", PLACE_VENDOR },
	{ "usr/lib/systemd/system", PLACE_VENDOR },
	{ "lib/systemd/system", PLACE_VENDOR },
	{ "run/systemd/generator.late", PLACE_GENERATOR },
};

static const char suffixes[] = ".service .socket .target .timer .path .mount .automount .swap .slice .scope .device";

/* ---- names ---- */

const char *unit_suffix(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot && dot != name && list_has(suffixes, " ", dot) ? dot : NULL;
}

const char *unit_full_name(struct arena *arena, const char *name)
{
	return unit_suffix(name) ? arena_strdup(arena, name) : arena_printf(arena, "%s.service", name);
}

const char *unit_template(struct arena *arena, const char *name)
{
	const char *at = strchr(name, '@'), *suffix = unit_suffix(name);

	if (!at || !suffix || suffix <= at + 1)
		return NULL;
	return arena_printf(arena, "%.*s@%s", (int)(at - name), name, suffix);
}

bool unit_is_template(const char *name)
{
	const char *at = strchr(name, '@'), *suffix = unit_suffix(name);

	return at && suffix == at + 1;
}

bool unit_is_null(const char *target)
{
	return target && streq(target, "/dev/null");
}

/* "getty@tty1.service" of the template "getty@.service" and of the name "x@tty1.service". */
static const char *instance_of(struct arena *arena, const char *template, const char *name)
{
	const char *at = strchr(template, '@'), *instance = strchr(name, '@'), *suffix = unit_suffix(name);

	if (!unit_is_template(template) || !instance || !suffix || suffix <= instance + 1)
		return template;
	return arena_printf(arena, "%.*s%.*s%s", (int)(at - template), template, (int)(suffix - instance), instance, unit_suffix(template));
}

/* ---- looking up ---- */

const struct unit_entry *unit_entry(const struct units *units, const char *name)
{
	size_t low = 0, high = units->n_entries;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (strcmp(units->entries[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < units->n_entries && streq(units->entries[low].name, name) ? &units->entries[low] : NULL;
}

char *unit_path(const struct units *units, struct arena *arena, const struct unit_entry *entry)
{
	return arena_printf(arena, "%s/%s", units->dirs[entry->dir].path, entry->name);
}

/* The link leads to another name of the search path: an alias. Else it is the same unit, kept elsewhere. */
static bool is_alias(const struct units *units, struct arena *arena, const struct unit_entry *entry, const char *base)
{
	const char *template = unit_template(arena, entry->name), *slash = strrchr(entry->target, '/');

	if (!unit_suffix(base) || streq(base, entry->name) || (template && streq(base, template)))
		return false;
	if (!slash || entry->target[0] != '/')
		return true;
	for (size_t i = 0; i < units->n_dirs; i++)
		if (strlen(units->dirs[i].path) == (size_t)(slash - entry->target - 1) &&
		    starts_with(entry->target + 1, units->dirs[i].path))
			return true;
	return starts_with(entry->target, "/lib/systemd/system/");
}

struct unit_found unit_find(const struct units *units, struct arena *arena, const char *name)
{
	struct unit_found found = { .name = name };

	for (int hops = 0; hops < UNIT_HOPS; hops++) {
		const char *template = unit_template(arena, found.name), *base;
		const struct unit_entry *entry = unit_entry(units, found.name);

		if (!entry && template)
			entry = unit_entry(units, template);
		found.entry = entry;
		if (!entry || !entry->is_link || !entry->target)
			return found;
		found.masked = unit_is_null(entry->target);
		base = strrchr(entry->target, '/');
		base = base ? base + 1 : entry->target;
		if (found.masked || !is_alias(units, arena, entry, base))
			return found;
		found.name = instance_of(arena, arena_strdup(arena, base), found.name);
	}
	found.entry = NULL;
	return found;
}

const struct unit_want *unit_wants(const struct units *units, const char *name, size_t *n)
{
	size_t low = 0, high = units->n_wants, end;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (strcmp(units->wants[middle].unit, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < units->n_wants && streq(units->wants[end].unit, name); end++)
		;
	*n = end - low;
	return units->wants + low;
}

/* ---- listing ---- */

static void note_trouble(struct units *units, const struct directory *dir)
{
	if (units->state != STATE_PRESENT || dir->state == STATE_PRESENT || dir->state == STATE_ABSENT || dir->state == STATE_UNAVAILABLE)
		return;
	units->state = dir->state;
	units->why = dir->why;
	units->trouble = dir->path;
}

static bool ends_in(const char *name, const char *end, size_t *stem)
{
	size_t n = strlen(name), m = strlen(end);

	*stem = n > m ? n - m : 0;
	return n > m && streq(name + n - m, end);
}

/* Only what an administrator or a generator put there can take something back. */
static bool want_is_masked(struct units *units, unsigned dir, const char *path, unsigned char type)
{
	const struct file *link;

	if (units->dirs[dir].place == PLACE_VENDOR || (type != DT_LNK && type != DT_UNKNOWN))
		return false;
	link = source_link(units->source, path);
	return link->state == STATE_PRESENT && unit_is_null(link->data);
}

static void list_wants(struct units *units, struct arena *arena, unsigned dir, const char *name, size_t stem)
{
	const char *folder = arena_printf(arena, "%s/%s", units->dirs[dir].path, name), *unit = arena_strndup(arena, name, stem);
	const struct directory *list = source_list(units->source, folder);

	note_trouble(units, list);
	for (size_t i = 0; i < list->n; i++) {
		const char *path = arena_printf(arena, "%s/%s", folder, list->entries[i].name);

		if (!unit_suffix(list->entries[i].name))
			continue;
		arena_push(arena, units->wants, units->n_wants) = (struct unit_want){
			.unit = unit, .name = list->entries[i].name, .dir = dir, .path = path, .requires = streq(name + stem, ".requires"),
			.masked = want_is_masked(units, dir, path, list->entries[i].type),
		};
	}
}

static void add_entry(struct units *units, struct arena *arena, unsigned dir, const struct entry *e)
{
	struct unit_entry entry = { .name = e->name, .dir = dir };
	const char *path = arena_printf(arena, "%s/%s", units->dirs[dir].path, e->name);

	if (e->type == DT_UNKNOWN) {
		const struct file *file = source_stat(units->source, path);

		entry.is_link = file->state == STATE_PRESENT && S_ISLNK(file->stat.st_mode);
	} else {
		entry.is_link = e->type == DT_LNK;
	}
	if (entry.is_link) {
		const struct file *link = source_link(units->source, path);

		entry.target = link->state == STATE_PRESENT ? link->data : NULL;
	}
	arena_push(arena, units->entries, units->n_entries) = entry;
}

static void list_dir(struct units *units, struct arena *arena, unsigned dir, const struct directory *list)
{
	size_t stem;

	for (size_t i = 0; i < list->n; i++) {
		const struct entry *e = &list->entries[i];

		if (ends_in(e->name, ".d", &stem))
			arena_push(arena, units->dropins, units->n_dropins) = (struct unit_entry){ .name = e->name, .dir = dir };
		else if (ends_in(e->name, ".wants", &stem) || ends_in(e->name, ".requires", &stem) || ends_in(e->name, ".upholds", &stem))
			list_wants(units, arena, dir, e->name, stem);
		else if (unit_suffix(e->name) && e->type != DT_DIR)
			add_entry(units, arena, dir, e);
	}
}

/* /lib may be a link to /usr/lib: the same directory is listed once. */
static bool is_listed(const struct units *units, const struct stat *st)
{
	for (size_t i = 0; i < units->n_dirs; i++)
		if (units->dirs[i].stat.st_dev == st->st_dev && units->dirs[i].stat.st_ino == st->st_ino)
			return true;
	return false;
}

static void list_all(struct units *units, struct arena *arena)
{
	units->dirs = arena_array_of(arena, struct unit_dir, ARRAY_LEN(search_path));
	for (size_t i = 0; i < ARRAY_LEN(search_path); i++) {
		const struct directory *list = source_list(units->source, search_path[i].path);
		const struct file *at = source_stat(units->source, search_path[i].path);

		note_trouble(units, list);
		if (list->state != STATE_PRESENT || at->state != STATE_PRESENT || is_listed(units, &at->stat))
			continue;
		units->dirs[units->n_dirs] = (struct unit_dir){ search_path[i].path, search_path[i].place, at->stat };
		list_dir(units, arena, (unsigned)units->n_dirs++, list);
	}
}

static int by_name(const void *left, const void *right)
{
	const struct unit_entry *a = left, *b = right;
	int order = strcmp(a->name, b->name);

	return order ? order : (int)a->dir - (int)b->dir;
}

static int by_unit(const void *left, const void *right)
{
	const struct unit_want *a = left, *b = right;
	int order = strcmp(a->unit, b->unit);

	order = order ? order : strcmp(a->name, b->name);
	return order ? order : (int)a->dir - (int)b->dir;
}

/* ---- the init system ---- */

static bool stands(struct source *source, const char *path)
{
	return source_stat(source, path)->state == STATE_PRESENT;
}

/* What runs is asked first; then what /sbin/init leads to; then what there are files of. */
enum init_system init_system_of(struct source *source)
{
	const struct file *init = source_link(source, "sbin/init");

	if (stands(source, "run/systemd/system"))
		return INIT_SYSTEMD;
	if (stands(source, "run/openrc/softlevel"))
		return INIT_OPENRC;
	if (init->state == STATE_PRESENT && strstr(init->data, "systemd"))
		return INIT_SYSTEMD;
	if (stands(source, "usr/lib/systemd/systemd") || stands(source, "lib/systemd/systemd"))
		return INIT_SYSTEMD;
	if (stands(source, "etc/runlevels"))
		return INIT_OPENRC;
	if (stands(source, "usr/lib/systemd/system") || stands(source, "lib/systemd/system") || stands(source, "etc/systemd/system"))
		return INIT_SYSTEMD;
	return stands(source, "etc/rc2.d") ? INIT_SYSV : INIT_UNKNOWN;
}

struct units *units_list(struct source *source, struct arena *arena)
{
	struct units *units = arena_new_of(arena, struct units);

	units->source = source;
	units->state = STATE_PRESENT;
	units->init = init_system_of(source);
	if (units->init == INIT_SYSTEMD) {
		list_all(units, arena);
		if (units->n_entries)
			qsort(units->entries, units->n_entries, sizeof(*units->entries), by_name);
		if (units->n_dropins)
			qsort(units->dropins, units->n_dropins, sizeof(*units->dropins), by_name);
		if (units->n_wants)
			qsort(units->wants, units->n_wants, sizeof(*units->wants), by_unit);
	}
	return units;
}

struct units *units_read(struct source *source, struct arena *arena)
{
	struct units *units = units_list(source, arena);

	if (units->init == INIT_SYSTEMD)
		units->reach = unit_reach(units, arena);
	return units;
}

static void *read_units(struct source *source, struct arena *arena)
{
	return units_read(source, arena);
}

const struct units *subject_units(const struct subject *subject)
{
	static const struct host_table table = { read_units };

	return subject_table(subject, &table);
}

enum init_system units_init(const struct units *units)
{
	return units->init;
}

const char *unit_next_name(const struct units *units, const char *suffix, size_t *at)
{
	while (*at < units->n_entries) {
		const char *name = units->entries[(*at)++].name, *end = unit_suffix(name);

		if (end && streq(end, suffix) && (*at == units->n_entries || !streq(units->entries[*at].name, name)))
			return name;
	}
	return NULL;
}
