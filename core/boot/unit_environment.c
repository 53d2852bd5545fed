/* SPDX-License-Identifier: Apache-2.0 */
/* The variables that systemd gives to the program of a unit: systemd.exec(5), "Environment". */
#include "core/boot/unit_command_private.h"

#include "core/base/text.h"
#include "core/config/setting.h"
#include "core/source/paths.h"

enum { ENVIRONMENT_LIMIT = 1 << 20 };

struct unit_reader {
	struct source *source;
	struct arena *arena;
	const struct unit *from;
	struct unit_command *unit;
};

/* ---- a file of variables ---- */

enum spot { BEFORE_KEY, IN_KEY, BEFORE_VALUE, IN_VALUE, IN_ESCAPE, IN_SINGLE, IN_DOUBLE, IN_DOUBLE_ESCAPE, IN_COMMENT };

struct file_reader {
	struct unit_reader *unit;
	struct buffer key, value;
	size_t kept;                 /* so much of the value counts in any case: white space behind it is dropped where the value ends */
};

static void end_value(struct file_reader *f)
{
	struct unit_command *unit = f->unit->unit;
	size_t n = f->key.size;

	while (n && strchr(" \t", f->key.text[n - 1]))
		n--;
	arena_push(f->unit->arena, unit->variables, unit->n_variables) =
		arena_printf(f->unit->arena, "%.*s=%.*s", (int)n, f->key.text, (int)f->kept, f->kept ? f->value.text : "");
	f->key.size = f->value.size = f->kept = 0;
}

static enum spot keep(struct file_reader *f, enum spot place, char c)
{
	buffer_add(&f->value, &c, 1);
	f->kept = f->value.size;
	return place;
}

static enum spot in_key(struct file_reader *f, enum spot place, char c)
{
	if (c == '\n') {
		f->key.size = 0;
		return BEFORE_KEY;
	}
	if (c == '=')
		return BEFORE_VALUE;
	if (place == BEFORE_KEY && strchr(" \t\r#;", c))
		return c == '#' || c == ';' ? IN_COMMENT : BEFORE_KEY;
	buffer_add(&f->key, &c, 1);
	return IN_KEY;
}

/* Quotes count at the beginning of a value only, and behind other quotes. */
static enum spot in_value(struct file_reader *f, enum spot place, char c)
{
	if (c == '\n') {
		end_value(f);
		return BEFORE_KEY;
	}
	if (c == '\\')
		return IN_ESCAPE;
	if (place == BEFORE_VALUE && (c == '\'' || c == '"'))
		return c == '"' ? IN_DOUBLE : IN_SINGLE;
	if (!strchr(" \t\r", c))
		return keep(f, IN_VALUE, c);
	if (place == IN_VALUE)
		buffer_add(&f->value, &c, 1);
	return place;
}

static enum spot step(struct file_reader *f, enum spot place, char c)
{
	switch (place) {
	case BEFORE_KEY:
	case IN_KEY:
		return in_key(f, place, c);
	case BEFORE_VALUE:
	case IN_VALUE:
		return in_value(f, place, c);
	case IN_ESCAPE:
		return c == '\n' ? IN_VALUE : keep(f, IN_VALUE, c);
	case IN_SINGLE:
		return c == '\'' ? BEFORE_VALUE : keep(f, place, c);
	case IN_DOUBLE:
		return c == '"' ? BEFORE_VALUE : c == '\\' ? IN_DOUBLE_ESCAPE : keep(f, place, c);
	case IN_DOUBLE_ESCAPE:
		if (c != '\n' && !strchr("\"\\`$", c))
			keep(f, IN_DOUBLE, '\\');
		return c == '\n' ? IN_DOUBLE : keep(f, IN_DOUBLE, c);
	case IN_COMMENT:
		break;
	}
	return c == '\n' ? BEFORE_KEY : IN_COMMENT;
}

/* As systemd reads EnvironmentFile=: lines are continued by a backslash and within quotes. */
static void take_variables(struct unit_reader *r, const struct file *file)
{
	struct file_reader f = { .unit = r, .key = { .arena = r->arena }, .value = { .arena = r->arena } };
	enum spot place = BEFORE_KEY;

	for (size_t i = 0; i < file->size; i++)
		if (file->data[i])
			place = step(&f, place, file->data[i]);
	if (place >= BEFORE_VALUE && place != IN_COMMENT)
		end_value(&f);
}

/* A path or a pattern; with a dash in front it need not be there. */
static void read_environment(struct unit_reader *r, const char *pattern)
{
	bool optional = *pattern == '-';
	struct paths paths = { .list = NULL };

	pattern = unit_specifiers(r->arena, r->from, pattern + optional);
	if (strchr(pattern, '%'))
		unit_command_unread(r->unit, pattern, STATE_UNAVAILABLE, "what the % in its name stands for is not known");
	paths_match(r->source, r->arena, pattern, &paths);
	for (size_t i = 0; i < paths.n; i++) {
		const struct file *file = source_read(r->source, paths.list[i], ENVIRONMENT_LIMIT);

		arena_push(r->arena, r->unit->environment_files, r->unit->n_environment_files) = file->path;
		if (file->state == STATE_PRESENT)
			take_variables(r, file);
		else if (file->state != STATE_ABSENT || !optional)
			unit_command_unread(r->unit, file->path, file->state, file->why);
	}
	if (paths.unseen.why)
		unit_command_unread(r->unit, paths.unseen.origin, paths.unseen.state, paths.unseen.why);
}

static void take_words(struct unit_reader *r, const char *text, const char *origin)
{
	if (!unit_words(r->arena, text, NULL, &r->unit->variables, &r->unit->n_variables))
		unit_command_unread(r->unit, origin, STATE_BROKEN, unit_command_too_long);
}

/* Those that systemd gives to all that it starts (systemd-system.conf(5)). A line that it does not understand it leaves out. */
static void take_defaults(struct unit_reader *r)
{
	const struct settings *all = settings_read(r->source, r->arena, setting_syntax_of("systemd"), "/etc/systemd/system.conf");
	const struct setting *s;

	for (size_t i = 0; i < all->faults.n; i++)
		if (all->faults.list[i].state != STATE_MALFORMED)
			unit_command_unread(r->unit, all->faults.list[i].origin, all->faults.list[i].state, all->faults.list[i].why);
	for (size_t at = 0; (s = settings_next(all, "Manager", "DefaultEnvironment", &at));)
		take_words(r, s->value, s->origin);
}

static void take_own(struct unit_reader *r)
{
	const struct unit_setting *s;

	for (size_t at = 0; (s = unit_next(r->from, "Service", "Environment", &at));)
		take_words(r, unit_specifiers(r->arena, r->from, s->value), arena_printf(r->arena, "%s:%u", s->origin, s->line));
	for (size_t at = 0; (s = unit_next(r->from, "Service", "EnvironmentFile", &at));)
		read_environment(r, s->value);
}

/* UnsetEnvironment= has the last word: "NAME" whatever its value, "NAME=value" only with that. */
static void take_away(struct unit_reader *r, const char *word)
{
	struct unit_command *u = r->unit;
	size_t size = strcspn(word, "="), kept = 0;

	for (size_t i = 0; i < u->n_variables; i++)
		if (word[size] ? !streq(u->variables[i], word) : !(starts_with(u->variables[i], word) && u->variables[i][size] == '='))
			u->variables[kept++] = u->variables[i];
	u->n_variables = kept;
}

/* By the unit itself, whose variables begin there. */
static bool is_set(const struct unit_command *unit, size_t own, const char *name)
{
	for (size_t i = own; i < unit->n_variables; i++)
		if (starts_with(unit->variables[i], name) && unit->variables[i][strlen(name)] == '=')
			return true;
	return false;
}

/* $NAME and ${NAME} in a text. */
static bool is_used(struct unit_reader *r, const char *text, const char *name)
{
	const char *at, *plain = arena_printf(r->arena, "$%s", name);

	if (strstr(text, arena_printf(r->arena, "${%s}", name)))
		return true;
	for (at = text; (at = strstr(at, plain)); at++)
		if (!at[strlen(plain)] || strchr(" \t\n\"'", at[strlen(plain)]))
			return true;
	return false;
}

static bool has_word(const char **list, size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++)
		if (streq(list[i], word))
			return true;
	return false;
}

/* What systemd itself was started with is in no file. It is missed where the command line uses it, or where the program reads it by itself. */
static void note_passed(struct unit_reader *r, size_t own, const struct unit_setting *pass, const char *name)
{
	static const char *const read_by_daemons[] = { "CONTAINER_", "CONTAINERS_", "ETCD_", "K3S_", "REGISTRIES_CONFIG_PATH", "RKE2_" };
	const struct unit_setting *start = unit_setting(r->from, "Service", "ExecStart");
	bool matters = start && is_used(r, start->value, name);

	for (size_t i = 0; i < ARRAY_LEN(read_by_daemons); i++)
		matters = matters || starts_with(name, read_by_daemons[i]);
	if (matters && !is_set(r->unit, own, name))
		unit_command_unread(r->unit, arena_printf(r->arena, "%s:%u", pass->origin, pass->line), STATE_UNAVAILABLE,
				   arena_printf(r->arena, "%s is that of systemd itself, which is in no file", name));
}

/* Those of files go over those of the unit, these over what systemd passes on, and that over what it gives to all. */
void unit_environment_read(struct source *source, struct arena *arena, const struct unit *from, struct unit_command *unit)
{
	struct unit_reader r = { source, arena, from, unit };
	const char **unset = NULL, **passed;
	const struct unit_setting *s;
	size_t own, n_unset = 0, n;

	take_defaults(&r);
	own = unit->n_variables;
	take_own(&r);
	for (size_t at = 0; (s = unit_next(from, "Service", "UnsetEnvironment", &at));)
		unit_words(arena, s->value, NULL, &unset, &n_unset);
	for (size_t at = 0; (s = unit_next(from, "Service", "PassEnvironment", &at));) {
		passed = NULL;
		n = 0;
		unit_words(arena, s->value, NULL, &passed, &n);
		for (size_t i = 0; i < n; i++)
			if (!has_word(unset, n_unset, passed[i]))
				note_passed(&r, own, s, passed[i]);
	}
	for (size_t i = 0; i < n_unset; i++)
		take_away(&r, unset[i]);
}
