/* SPDX-License-Identifier: Apache-2.0 */
/* One unit merged of its file and its drop-ins. */
#include "core/boot/unit_private.h"

#include "core/base/text.h"

/* ---- syntax ---- */

struct parsing {
	struct unit *unit;
	struct arena *arena;
	const struct file *file;
	const char *section;
	struct buffer line;          /* joined of lines that end in a backslash */
	unsigned number, first;      /* the line read, and that on which the joined one begins */
};

static void add_setting(struct parsing *p, char *line)
{
	char *equals = strchr(line, '=');

	if (!equals || !p->section)
		return;   /* systemd, too, warns and goes on */
	*equals = '\0';
	arena_push(p->arena, p->unit->settings, p->unit->n) = (struct unit_setting){
		.section = p->section, .key = text_trim(line), .value = text_trim(equals + 1), .origin = p->file->path, .line = p->first,
	};
}

static void take_line(struct parsing *p, char *line)
{
	size_t n;

	line = text_trim(line);
	n = strlen(line);
	if (!n)
		return;
	if (*line == '[' && line[n - 1] == ']')
		p->section = arena_strndup(p->arena, line + 1, n - 2);
	else
		add_setting(p, line);
}

/* A comment between two lines that are joined is left out. */
static void read_line(struct parsing *p, const char *line, size_t n)
{
	size_t blank = strspn(line, " \t");
	bool more = n && line[n - 1] == '\\';

	p->number++;
	if (n && blank < n && strchr("#;", line[blank]))
		return;
	if (!p->line.size)
		p->first = p->number;
	buffer_add(&p->line, line, more ? n - 1 : n);
	if (more) {
		buffer_puts(&p->line, " ");
		return;
	}
	if (p->line.size)
		take_line(p, arena_strndup(p->arena, p->line.text, p->line.size));
	p->line.size = 0;
}

void unit_parse(struct unit *unit, struct arena *arena, const struct file *file)
{
	struct parsing p = { .unit = unit, .arena = arena, .file = file, .line = { .arena = arena } };
	const char *line = file->data, *end = file->data + file->size;

	while (line < end) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		size_t n = (size_t)((newline ? newline : end) - line);

		read_line(&p, line, n);
		line += n + 1;
	}
	if (p.line.size)
		take_line(&p, arena_strndup(arena, p.line.text, p.line.size));
}

/* ---- drop-ins ---- */

/* The directories whose files are merged into a unit, the first that has a file of a name counts. */
struct places {
	const struct units *units;
	struct arena *arena;
	const char **paths;
	size_t n;
};

/* As strcmp() with "NAME.d". */
static int compare_place(const struct unit_entry *e, const char *name, unsigned dir)
{
	size_t n = strlen(name);
	int order = strncmp(e->name, name, n);

	order = order ? order : strcmp(e->name + n, ".d");
	return order ? order : (int)e->dir - (int)dir;
}

static void add_place(struct places *p, unsigned dir, const char *name)
{
	size_t low = 0, high = p->units->n_dropins;
	const struct unit_entry *e;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (compare_place(&p->units->dropins[middle], name, dir) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	e = &p->units->dropins[low];
	if (low < p->units->n_dropins && compare_place(e, name, dir) == 0)
		arena_push(p->arena, p->paths, p->n) = arena_printf(p->arena, "%s/%s", p->units->dirs[dir].path, e->name);
}

/* "a-b-c.service": also those of "a-b-.service" and "a-.service"; an instance or template keeps what is behind the "@". */
static void add_shortened(struct places *p, unsigned dir, const char *name)
{
	size_t stem = strcspn(name, "@"), end;
	const char *suffix = unit_suffix(name), *rest;

	if (!suffix)
		return;
	if (name[stem] != '@')
		stem = (size_t)(suffix - name);
	rest = name + stem;
	for (end = stem; end > 0; end--)
		if (name[end - 1] == '-' && end != stem)
			add_place(p, dir, arena_printf(p->arena, "%.*s%s", (int)end, name, rest));
}

static void add_places_of(struct places *p, const char *name)
{
	const char *template = unit_template(p->arena, name);

	for (unsigned dir = 0; dir < p->units->n_dirs; dir++) {
		add_place(p, dir, name);
		if (template) {
			add_place(p, dir, template);
			add_shortened(p, dir, template);
		}
		add_shortened(p, dir, name);
	}
}

/* Its other names: the links that lead to it. */
static void add_places_of_aliases(struct places *p, const char *name)
{
	for (size_t i = 0; i < p->units->n_entries; i++) {
		const struct unit_entry *e = &p->units->entries[i];
		const char *base = e->target ? strrchr(e->target, '/') : NULL;

		if (e->target && streq(base ? base + 1 : e->target, name) && !streq(e->name, name))
			add_places_of(p, e->name);
	}
}

struct dropin {
	const char *name, *path;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct dropin *)a)->name, ((const struct dropin *)b)->name);
}

static bool has_name(const struct dropin *list, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (streq(list[i].name, name))
			return true;
	return false;
}

/* A directory or file that cannot be read may hold anything. */
static void spoil(struct unit *unit, enum state state, const char *path, const char *why, struct arena *arena)
{
	if (unit->state != STATE_PRESENT)
		return;
	unit->state = state;
	unit->unread = path;
	unit->why = arena_printf(arena, "%s: %s", path, why);
}

static void merge_dropin(struct unit *unit, struct arena *arena, struct source *source, const char *path)
{
	const struct file *link = source_link(source, path), *file;

	if (link->state == STATE_PRESENT && unit_is_null(link->data))
		return;
	file = source_read(source, path, UNIT_LIMIT);
	if (file->state != STATE_ABSENT)
		arena_push(arena, unit->files, unit->n_files) = file->path;
	if (file->state == STATE_PRESENT)
		unit_parse(unit, arena, file);
	else if (file->state != STATE_ABSENT)
		spoil(unit, file->state, file->path, file->why, arena);
}

static void merge_dropins(struct unit *unit, struct places *p)
{
	struct dropin *list = NULL;
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++) {
		const struct directory *dir = source_list(p->units->source, p->paths[i]);

		if (dir->state != STATE_PRESENT)
			spoil(unit, dir->state, dir->path, dir->why, p->arena);
		for (size_t k = 0; k < dir->n; k++) {
			const char *name = dir->entries[k].name, *dot = strrchr(name, '.');

			if (dot && streq(dot, ".conf") && *name != '.' && !has_name(list, n, name))
				arena_push(p->arena, list, n) =
					(struct dropin){ name, arena_printf(p->arena, "%s/%s", p->paths[i], name) };
		}
	}
	if (n)
		qsort(list, n, sizeof(*list), by_name);
	for (size_t i = 0; i < n; i++)
		merge_dropin(unit, p->arena, p->units->source, list[i].path);
}

/* ---- units ---- */

static void load_found(const struct units *units, struct arena *arena, const struct unit_found *found, struct unit *unit)
{
	struct places places = { .units = units, .arena = arena };
	const char *suffix = unit_suffix(found->name);
	const struct file *file;

	file = source_read(units->source, unit_path(units, arena, found->entry), UNIT_LIMIT);
	unit->path = file->path;
	unit->masked = found->masked || (file->state == STATE_PRESENT && !file->size);
	unit->state = unit->masked ? STATE_PRESENT : file->state;
	unit->why = file->why;
	if (!unit->masked && file->state != STATE_ABSENT)
		arena_push(arena, unit->files, unit->n_files) = file->path;
	if (unit->masked || file->state != STATE_PRESENT) {
		if (file->state == STATE_ABSENT)
			unit->why = "its link leads nowhere";
		return;
	}
	unit_parse(unit, arena, file);
	add_places_of(&places, found->name);
	add_places_of_aliases(&places, found->name);
	for (unsigned dir = 0; dir < units->n_dirs && suffix; dir++)
		add_place(&places, dir, suffix + 1);
	merge_dropins(unit, &places);
}

/* On other init systems a service is a script. */
static void load_script(const struct units *units, struct arena *arena, struct unit *unit)
{
	const char *script = unit_script(arena, unit->name);
	const struct file *file;

	unit->state = STATE_ABSENT;
	unit->why = "no such service";
	unit->path = "/etc/init.d";
	if (units->init == INIT_UNKNOWN) {
		unit->why = "no init system has files here";
		return;
	}
	if (!script)
		return;
	file = source_stat(units->source, arena_printf(arena, "etc/init.d/%s", script));
	unit->path = file->path;
	unit->state = file->state;
	unit->why = file->state == STATE_ABSENT ? "no such service" : file->why;
}

const struct unit *unit_load(const struct units *units, struct arena *arena, const char *name)
{
	struct unit *unit = arena_new_of(arena, struct unit);
	struct unit_found found;

	unit->name = unit_full_name(arena, name);
	if (units->init != INIT_SYSTEMD) {
		load_script(units, arena, unit);
		return unit;
	}
	found = unit_find(units, arena, unit->name);
	unit->name = found.name;
	if (found.entry) {
		load_found(units, arena, &found, unit);
		return unit;
	}
	load_script(units, arena, unit);
	if (unit->state == STATE_ABSENT && units->state != STATE_PRESENT) {
		unit->state = units->state;
		unit->why = units->why;
		unit->path = units->trouble;
	} else if (unit->state == STATE_ABSENT) {
		unit->path = "/usr/lib/systemd/system";
		unit->why = "no such unit";
	}
	return unit;
}

const struct unit_setting *unit_next(const struct unit *unit, const char *section, const char *key, size_t *at)
{
	if (!*at)   /* an empty value takes back what stands before it */
		for (size_t i = 0; i < unit->n; i++)
			if (streq(unit->settings[i].section, section) && streq(unit->settings[i].key, key) && !*unit->settings[i].value)
				*at = i + 1;
	for (; *at < unit->n; (*at)++) {
		const struct unit_setting *s = &unit->settings[*at];

		if (streq(s->section, section) && streq(s->key, key) && *s->value) {
			(*at)++;
			return s;
		}
	}
	return NULL;
}

const struct unit_setting *unit_setting(const struct unit *unit, const char *section, const char *key)
{
	const struct unit_setting *last = NULL, *s;
	size_t at = 0;

	while ((s = unit_next(unit, section, key, &at)))
		last = s;
	return last;
}
