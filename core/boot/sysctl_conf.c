/* SPDX-License-Identifier: Apache-2.0 */
#include "core/boot/sysctl_conf.h"

#include "core/base/text.h"
#include "core/boot/unit.h"
#include "core/source/conf_files.h"

#include <ctype.h>
#include <fnmatch.h>

enum { ENTRIES_MOST = 4000 };

struct reading {
	struct source *source;
	struct arena *arena;
	struct sysctl_entry *list;
	size_t n;
	bool systemd;
};

char *sysctl_key(struct arena *arena, const char *name)
{
	char *key = arena_strdup(arena, name);
	const char *first = strpbrk(key, "./");

	if (first && *first == '.')
		for (char *c = key; *c; c++)
			*c = *c == '.' ? '/' : *c == '/' ? '.' : *c;
	return key;
}

static void add_entry(struct reading *r, const struct sysctl_entry *entry)
{
	if (r->n < ENTRIES_MOST)
		arena_push(r->arena, r->list, r->n) = *entry;
	else
		r->list[r->n - 1] = (struct sysctl_entry){ NULL, NULL, entry->origin, STATE_BROKEN, "more lines than are read" };
}

/* sysctl(8) takes the whole path, too; to systemd-sysctl it is one below /proc/sys. */
static const char *without_root(const struct reading *r, const char *key)
{
	if (!r->systemd && starts_with(key, "/proc/sys/"))
		key += strlen("/proc/sys/");
	return key + strspn(key, "/");
}

/* "-key = value", "-key", or what is none of both. */
static void take_line(struct reading *r, char *line, const char *origin)
{
	struct sysctl_entry entry = { .origin = origin, .state = STATE_PRESENT };
	char *equals = strchr(line, '=');
	bool excludes = *line == '-' && !equals;

	line += *line == '-';
	if (equals) {
		*equals = '\0';
		entry.value = text_trim(equals + 1);
	} else if (!excludes) {
		line[strcspn(line, " \t")] = '\0';
		entry.state = STATE_MALFORMED;
		entry.why = "the line sets nothing, it has no =";
	}
	entry.key = sysctl_key(r->arena, without_root(r, text_trim(line)));
	if (strstr(entry.key, "..")) {
		entry.value = NULL;
		entry.state = STATE_MALFORMED;
		entry.why = "no parameter has a name with ..";
	}
	if (*entry.key)
		add_entry(r, &entry);
}

static void take_file(struct reading *r, const struct file *file)
{
	struct conf_lines lines = conf_lines_of(r->arena, file, false);
	const char *path = text_safe(r->arena, file->path, strlen(file->path), 512);
	struct unseen unseen;

	if (file->state == STATE_ABSENT)
		return;
	if (conf_file_unread(r->arena, file, &unseen)) {
		add_entry(r, &(struct sysctl_entry){ NULL, NULL, unseen.origin, unseen.state, unseen.why });
		return;
	}
	for (char *line; (line = conf_lines_next(&lines));)
		if (*line && *line != '#' && *line != ';')
			take_line(r, line, arena_printf(r->arena, "%s:%u", path, lines.line));
}

/* NAME=VALUE of a shell fragment, without quotes; NULL where no line sets it. */
static const char *shell_value(struct arena *arena, const struct file *file, const char *name)
{
	struct conf_lines lines = conf_lines_of(arena, file, false);
	const char *value = NULL;
	size_t n = strlen(name);

	for (char *line; (line = conf_lines_next(&lines));) {
		if (strncmp(line, name, n) != 0 || line[n] != '=')
			continue;
		line += n + 1;
		line += *line == '"' || *line == '\'';
		line[strcspn(line, "\"' \t#")] = '\0';
		value = line;
	}
	return value;
}

/* ufw runs sysctl(8) over a file of its own when it starts, if it is on. */
static void take_ufw(struct reading *r)
{
	const struct file *conf = source_read(r->source, "etc/ufw/ufw.conf", SOURCE_LIMIT), *defaults;
	const char *enabled, *path;

	if (conf->state == STATE_ABSENT)
		return;
	if (conf->state != STATE_PRESENT) {
		take_file(r, conf);
		return;
	}
	enabled = shell_value(r->arena, conf, "ENABLED");
	if (!enabled || !(streq(enabled, "yes") || streq(enabled, "YES")))
		return;
	defaults = source_read(r->source, "etc/default/ufw", SOURCE_LIMIT);
	path = shell_value(r->arena, defaults, "IPT_SYSCTL");
	if (path && *path == '/')
		take_file(r, source_read(r->source, path + strspn(path, "/"), SOURCE_LIMIT));
	else if (defaults->state != STATE_PRESENT && defaults->state != STATE_ABSENT)
		take_file(r, defaults);
}

static bool is_glob(const char *key)
{
	return strpbrk(key, "*?[") != NULL;
}

/* The later of two lines for the same glob, if they do not say the same. */
static bool is_replaced(const struct reading *r, size_t i)
{
	const struct sysctl_entry *e = &r->list[i], *other;

	for (size_t k = i + 1; k < r->n; k++) {
		other = &r->list[k];
		if (other->key && other->state == STATE_PRESENT && streq(other->key, e->key))
			return !(e->value && other->value ? streq(e->value, other->value) : e->value == other->value);
	}
	return false;
}

/* A line that says once more what an earlier one for the same glob does: it is that one that counts, at its place. */
static bool is_repeated(const struct reading *r, size_t i)
{
	const struct sysctl_entry *e = &r->list[i], *other;

	for (size_t k = i; k > 0; k--) {
		other = &r->list[k - 1];
		if (other->key && other->state == STATE_PRESENT && streq(other->key, e->key))
			return e->value && other->value ? streq(e->value, other->value) : e->value == other->value;
	}
	return false;
}

/*
 * systemd-sysctl(8) keeps one line of each key: a later one takes the place of the earlier, or the glob out altogether where it has no value, but one
 * that says the same changes nothing. Of lines without a glob the last counts anyway.
 */
static void settle_globs(struct reading *r)
{
	bool *leaves = arena_array_of(r->arena, bool, r->n);
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++)
		leaves[i] = r->list[i].key && r->list[i].state == STATE_PRESENT && is_glob(r->list[i].key) && (is_replaced(r, i) || is_repeated(r, i));
	for (size_t i = 0; i < r->n; i++)
		if (!leaves[i])
			r->list[n++] = r->list[i];
	r->n = n;
}

struct sysctl_conf *sysctl_conf_read(struct source *source, struct arena *arena)
{
	static const char *const directories[] = {
		"etc/sysctl.d", "run/sysctl.d", "usr/local/lib/sysctl.d", "usr/lib/sysctl.d", "lib/sysctl.d", NULL,
	};
	struct sysctl_conf *conf = arena_new_of(arena, struct sysctl_conf);
	struct reading r = { .source = source, .arena = arena, .systemd = init_system_of(source) == INIT_SYSTEMD }, idle = r;
	struct conf_files files = conf_files_read(source, arena, directories);
	const struct file *old = source_read(source, "etc/sysctl.conf", SOURCE_LIMIT);

	for (size_t i = 0; i < files.n; i++)
		take_file(&r, files.list[i].file);
	if (files.unseen.why)
		add_entry(&r, &(struct sysctl_entry){ NULL, NULL, files.unseen.origin, files.unseen.state, files.unseen.why });
	take_file(r.systemd ? &idle : &r, old);
	take_ufw(&r);
	settle_globs(&r);
	conf->list = r.list;
	conf->n = r.n;
	conf->idle = idle.list;
	conf->n_idle = idle.n;
	return conf;
}

static void *read_table(struct source *source, struct arena *arena)
{
	return sysctl_conf_read(source, arena);
}

const struct host_table sysctl_conf_table = { read_table };

/* ---- asking ---- */

static const struct sysctl_entry *last_of(const struct sysctl_entry *list, size_t n, const char *key)
{
	const struct sysctl_entry *malformed = NULL;

	for (size_t i = n; i > 0; i--) {
		const struct sysctl_entry *e = &list[i - 1];

		if (!e->key)
			return e;
		if (!streq(e->key, key))
			continue;
		if (e->state == STATE_PRESENT)
			return e;
		malformed = malformed ? malformed : e;
	}
	return malformed;
}

const struct sysctl_entry *sysctl_conf_find(const struct sysctl_conf *conf, const char *key)
{
	const struct sysctl_entry *found = last_of(conf->list, conf->n, key);

	if (found)
		return found->value || found->state != STATE_PRESENT ? found : NULL;
	for (size_t i = conf->n; i > 0; i--) {
		const struct sysctl_entry *e = &conf->list[i - 1];

		if (e->value && is_glob(e->key) && fnmatch(e->key, key, FNM_PATHNAME) == 0)
			return e;
	}
	return NULL;
}

const struct sysctl_entry *sysctl_conf_find_idle(const struct sysctl_conf *conf, const char *key)
{
	const struct sysctl_entry *found = last_of(conf->idle, conf->n_idle, key);

	return found && found->value ? found : NULL;
}
