/* SPDX-License-Identifier: Apache-2.0 */
/* Values in configuration documents: JSON, YAML or TOML. */
#include "checks/checks.h"
#include "checks/daemon_item.h"
#include "checks/daemon_named.h"
#include "checks/document_view.h"

#include "core/base/text.h"

/* The files of one rule as the program that reads them puts them together. */
struct reading {
	struct arena *arena;
	struct source *source;
	enum syntax syntax;
	struct merging merging;
	const struct value *root;
	const struct document **troubles;   /* files that are there and could not be read or understood */
	size_t n_troubles;
	size_t n_values;             /* in all of them */
	const char *first, *last;    /* paths looked for, and the last one found */
};

static bool add_file(struct reading *r, const char *path)
{
	struct document *d = document_read(r->source, r->arena, path, r->syntax);

	if (!r->first)
		r->first = d->file->path;
	if (d->state == STATE_ABSENT)
		return false;
	r->last = d->file->path;
	r->n_values += d->n;
	if (d->state == STATE_PRESENT && r->n_values > DOCUMENT_MOST) {
		d->state = STATE_BROKEN;
		d->why = "it and the files before it hold more than 20000 values";
		d->root = NULL;
	}
	if (d->state != STATE_PRESENT)
		arena_push(r->arena, r->troubles, r->n_troubles) = d;
	r->root = value_merge(r->arena, r->root, d->root, &r->merging);
	return true;
}

/* A directory that cannot be listed is a trouble like a file. */
static bool add_pattern(struct reading *r, const char *pattern)
{
	const char *slash = strrchr(pattern, '/'), *folder;
	const struct directory *dir;
	bool any = false;

	if (!slash || !strpbrk(slash, "*?"))
		return add_file(r, pattern);
	folder = arena_strndup(r->arena, pattern, (size_t)(slash - pattern));
	dir = source_list(r->source, folder + strspn(folder, "/"));
	if (dir->state != STATE_PRESENT && dir->state != STATE_ABSENT) {
		struct document *d = arena_new_of(r->arena, struct document);

		*d = (struct document){ .state = dir->state, .where = dir->path, .why = dir->why };
		arena_push(r->arena, r->troubles, r->n_troubles) = d;
	}
	for (size_t i = 0; i < dir->n; i++)
		if (text_glob(slash + 1, dir->entries[i].name))
			any |= add_file(r, arena_printf(r->arena, "%s/%s", folder, dir->entries[i].name));
	return any;
}

/* "one|other": the first that is there. */
static void add_alternatives(struct reading *r, const char *word, size_t size)
{
	const char *part;
	size_t n;

	for (const char *list = arena_strndup(r->arena, word, size); (part = list_next(&list, "|", &n));)
		if (add_pattern(r, arena_strndup(r->arena, part, n)))
			return;
}

/* The key is "SYNTAX JOINED PATH…", with "-" for nothing joined. */
static void *read_documents(struct source *source, struct arena *arena, const char *key)
{
	struct reading *r = arena_new_of(arena, struct reading);
	const char *at = key, *word;
	size_t n;

	*r = (struct reading){ .arena = arena, .source = source };
	word = list_next(&at, " ", &n);
	r->syntax = syntax_of(arena_strndup(arena, word, n));
	word = list_next(&at, " ", &n);
	r->merging = (struct merging){ .joined = arena_strndup(arena, word, n), .identity = "prefix location name", .appends = r->syntax == SYNTAX_TOML };
	while ((word = list_next(&at, " ", &n)))
		add_alternatives(r, word, n);
	return r;
}

/* ---- items ---- */

static const char *words_of(struct arena *arena, const struct value *v)
{
	struct buffer words = { .arena = arena };

	buffer_puts(&words, "");
	for (const struct value *c = v->first; c; c = c->next) {
		const char *word = c->key ? c->key : c->text ? c->text : "{…}";

		if (!c->key && value_member(c, "append"))   /* containers.conf(5): what is behind it adds to what was there */
			continue;

		buffer_word(&words, word, strlen(word));
	}
	return words.text;
}

static void add_match(const struct match *m, bool count, struct items *items)
{
	const struct value *v = m->value;
	const char *name = *m->pointer ? m->pointer : "/", *origin = value_where(items->arena, v);

	if (count)
		items_add_integer(items, name, origin, (int64_t)v->n);
	else if (v->kind == VALUE_NULL || (v->kind >= VALUE_LIST && !v->n))
		items_add_state(items, name, origin, STATE_ABSENT, "it is empty");
	else if (v->kind >= VALUE_LIST)
		items_add_set(items, name, origin, words_of(items->arena, v));
	else if (v->kind == VALUE_INTEGER)
		items_add_word(items, name, origin, v->text);
	else
		items_add_text(items, name, origin, v->text);
}

/* Each value is the path of a seccomp profile. */
static void add_profiles(const struct reading *r, const struct items *named, struct items *items)
{
	for (size_t i = 0; i < named->n; i++) {
		const struct item *setting = &named->list[i];

		if (setting->state == STATE_PRESENT)
			items_add_seccomp(items, r->source, setting, *setting->text == '/' ? setting->text + 1 : NULL, "the path is relative to a directory that is not known");
		else
			items_add_state(items, setting->name, setting->origin, setting->state, "%s", setting->why);
	}
}

/* In an arena of ours: the table's is not to be written to any more. */
static void add_found(const struct reading *r, const struct params *params, struct items *items)
{
	const char *pointer = params_get(params, "pointer"), *show = params_get(params, "show");
	struct matches m = { .arena = items->arena, .any_case = r->syntax == SYNTAX_TOML };   /* Go's parsers take keys so */
	struct items named = { .arena = items->arena };
	struct items *values = show && streq(show, "seccomp") ? &named : items;

	if (pointer)
		value_find(r->root, pointer, &m);
	else if (r->root)
		arena_push(items->arena, m.list, m.n) = (struct match){ "", r->root, false };
	for (size_t i = 0; i < m.n; i++)
		add_match(&m.list[i], show && streq(show, "count"), values);
	add_profiles(r, &named, items);
	if (m.cut)
		items_add_state(items, pointer, r->last, STATE_BROKEN, "there are more of them than are looked at");
	for (size_t i = 0; i < r->n_troubles; i++)
		items_add_state(items, pointer ? pointer : "document", r->troubles[i]->where, r->troubles[i]->state, "%s", r->troubles[i]->why);
	if (!m.n && !r->n_troubles)
		items_add_state(items, pointer ? pointer : "document", r->last ? r->last : r->first ? r->first : "/", STATE_ABSENT, "%s",
				r->last ? "not set" : "not there");
}

static bool is_installed(const struct subject *subject, const char *programs, struct items *items)
{
	const char *word;
	size_t n;

	for (const char *at = programs; programs && (word = list_next(&at, " ", &n));) {
		const char *path = arena_strndup(items->arena, word, n);

		if (source_stat(subject->source, path + strspn(path, "/"))->state != STATE_ABSENT)
			return true;
	}
	if (programs)
		items_add_state(items, "document", programs, STATE_INAPPLICABLE, "no program that reads it is installed");
	return !programs;
}

static void add_of(const struct subject *subject, const char *paths, const struct params *params, struct items *items)
{
	static const struct keyed_table kept = { read_documents };
	const char *joined = params_get(params, "joined");
	const char *key = arena_printf(items->arena, "%s %s %s", params_get(params, "syntax"), joined ? joined : "-", paths);

	add_found(subject_keyed_table(subject, &kept, key), params, items);
}

/* A path with * in a directory is as many paths as there are such directories, and each file stands on its own. */
static void add_of_directories(const struct subject *subject, const char *path, const struct params *params, struct items *items)
{
	const char *star = strchr(path, '*'), *slash, *rest = star + strcspn(star, "/");
	const struct directory *dir;

	for (slash = star; *slash != '/'; slash--)
		;
	dir = source_list(subject->source, arena_strndup(items->arena, path + 1, (size_t)(slash - path - 1)));
	if (dir->state != STATE_PRESENT)
		items_add_state(items, "document", dir->path, dir->state, "%s", dir->why);
	for (size_t i = 0; i < dir->n; i++) {
		const char *name = dir->entries[i].name;

		if (text_glob(arena_strndup(items->arena, slash + 1, (size_t)(rest - slash - 1)), name))
			add_of(subject, arena_printf(items->arena, "%.*s/%s%s", (int)(slash - path), path, name, rest), params, items);
	}
	if (!items->n)
		items_add_state(items, "document", dir->path, STATE_ABSENT, "there is none");
}

static bool has_directory_pattern(const char *path)
{
	const char *star = strchr(path, '*');

	return *path == '/' && star && strchr(star, '/') && !strchr(path, ' ');
}

/* A file as the daemon sees it, or files below a directory. */
static void add_told(const struct subject *subject, const struct daemon *daemon, const struct said *said, const char *path,
		     const struct params *params, struct items *items)
{
	const char *why, *here = daemon_path(items->arena, daemon, path, &why), *below = params_get(params, "below");

	if (!here)
		items_add_state(items, said->name, said->origin, STATE_UNAVAILABLE, "%s", why);
	else if (below)
		add_of_directories(subject, arena_printf(items->arena, "/%s/%s", here, below), params, items);
	else
		add_of(subject, arena_printf(items->arena, "/%s", here), params, items);
}

/*
 * "--audit-policy-file", or no more than the dashes, and behind a space pointers into the daemon's files: what they name, else the default. Several
 * directories are parted by colons.
 */
static void add_of_flag(const struct subject *subject, const struct daemon *daemon, const struct params *params, struct items *items)
{
	const char *flag = params_get(params, "path"), *fallback = params_get(params, "default"), *below = params_get(params, "below"), *part;
	size_t size = strcspn(flag, " "), n;
	const struct setting_query query = { .flags = size > 2 ? arena_strndup(items->arena, flag + 2, size - 2) : NULL,
					     .pointers = flag[size] ? flag + size + 1 : NULL };
	struct saids saids = { .arena = items->arena };

	daemon_setting(daemon, &query, &saids);
	for (size_t i = 0; i < saids.n; i++) {
		const struct said *said = &saids.list[i];
		bool is_none = said->state == STATE_ABSENT || (said->state == STATE_PRESENT && !*said->text);

		if (is_none && fallback)
			add_of(subject, fallback, params, items);
		else if (is_none)
			items_add_state(items, said->name, said->origin, STATE_ABSENT, "%s", said->why ? said->why : "it is empty");
		else if (said->state != STATE_PRESENT && said->state != STATE_INAPPLICABLE)
			items_add_state(items, said->name, said->origin, said->state, "%s", said->why);
		for (const char *at = said->state == STATE_PRESENT ? said->text : ""; (part = list_next(&at, below ? ":" : "\n", &n));)
			add_told(subject, daemon, said, arena_strndup(items->arena, part, n), params, items);
	}
}

/* A path below the data directory of each daemon of that name. */
static const char *file_in_data(const struct daemon *daemon, const char *path, struct items *items)
{
	enum state state = STATE_BROKEN;
	const char *why = "its data directory is not known", *data = daemon_data(items->arena, daemon, &state, &why);

	if (!data)
		items_add_state(items, "data", daemon->origin, state, "%s", why);
	return data ? arena_printf(items->arena, "/%s/%s", data, path) : NULL;
}

static void add_of_daemons(const struct subject *subject, const char *name, const struct params *params, struct items *items)
{
	const struct daemon_set *set = daemons_find(subject, name);
	const char *path = params_get(params, "path");

	if (!daemon_is_here(set, items))
		return;
	for (size_t i = 0; i < set->n; i++) {
		const struct daemon *daemon = &set->list[i];
		const char *file = starts_with(path, "--") ? NULL : file_in_data(daemon, path, items);

		if (file)
			add_of(subject, file, params, items);
		else if (starts_with(path, "--"))
			add_of_flag(subject, daemon, params, items);
	}
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && streq(a, b));
}

/* What a further set of files says that is not said yet. */
static void add_further(const struct subject *subject, const char *paths, const struct params *params, struct items *items)
{
	struct items more = { .arena = items->arena };

	add_of(subject, paths, params, &more);
	for (size_t i = 0; i < more.n; i++) {
		const struct item *item = &more.list[i];
		bool known = false;

		for (size_t k = 0; k < items->n && !known; k++) {
			const struct item *other = &items->list[k];

			known = other->state == item->state && streq(other->name, item->name) &&
				(item->state == STATE_ABSENT || (same_text(other->origin, item->origin) && same_text(other->text, item->text)));
		}
		if (!known)
			arena_push(items->arena, items->list, items->n) = *item;
	}
}

static void add_views(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct views views = document_views(subject, params, items);

	add_of(subject, params_get(params, "path"), params, items);
	for (size_t i = 0; i < views.n; i++)
		add_further(subject, views.list[i], params, items);
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const char *in = params_get(params, "in");

	if (!is_installed(subject, params_get(params, "program"), items))
		return;
	if (in)
		add_of_daemons(subject, in, params, items);
	else if (has_directory_pattern(params_get(params, "path")))
		add_of_directories(subject, params_get(params, "path"), params, items);
	else
		add_views(subject, params, items);
}

const struct check check_document = {
	.name = "document",
	.summary = "a value in a configuration document: JSON, YAML or TOML",
	.reference = "Reads the files in their order and puts each on top of those before it: members of tables are merged, "
		     "everything else is replaced; entries of the list `joined` are added, and one with the same prefix, location "
		     "or name replaces the other. A * in the last part of a path stands for every file of that directory in the "
		     "order of their names; of paths joined by | the first that is there is read; one path with a * in a directory "
		     "is as many files, each of which stands on its own. What the pointer leads to becomes an item for each match, "
		     "with FILE:LINE: a list is a set of its entries, a table of its keys, with show=\"count\" the number of them; with "
		     "show=\"seccomp\" it names a seccomp profile: builtin, unconfined, or what that file does by default (SCMP_ACT_ERRNO). "
		     "Absent where the files have no such value, or one that is empty. A file that the parser refuses, and a key "
		     "that stands twice, are errors with line and column. Files are at most 4 MiB, 64 levels deep and hold at most "
		     "20,000 values, with all that aliases repeat. TOML may be missing in a build, and takes keys in any capital letters. With `own`, `newer` and `variable` several "
		     "sets of files are put together, and each counts.",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "path", PARAM_STRING, REQUIRED, "the files, in the order in which they override each other, separated by spaces", NULL },
		{ "syntax", PARAM_WORD, REQUIRED, "how they are written", "json yaml toml" },
		{ "pointer", PARAM_STRING, OPTIONAL, "JSON pointer, * for every member; several after spaces; a space in a key is ~2", NULL },
		{ "show", PARAM_WORD, OPTIONAL, "what the item is; the value where it is left out", "value count seccomp" },
		{ "joined", PARAM_STRING, OPTIONAL, "pointer to a list that is joined from all files", NULL },
		{ "program", PARAM_STRING, OPTIONAL, "programs that read it, by path: not applicable where none is installed", NULL },
		{ "in", PARAM_WORD, OPTIONAL,
		  "the daemon in whose data directory the one path is, or whose flag names it: path=\"--flag\", perhaps with pointers behind it", DAEMON_NAMES },
		{ "default", PARAM_STRING, OPTIONAL, "the path where that flag names none", NULL },
		{ "below", PARAM_STRING, OPTIONAL, "files below the directories that it names, as \"*/hosts.toml\"", NULL },
		{ "own", PARAM_STRING, OPTIONAL, "root's own files: where one is there, what is said with them on top counts, too", NULL },
		{ "instead", PARAM_WORD, OPTIONAL, "and what they say alone, where the first of them is there", "true" },
		{ "newer", PARAM_STRING, OPTIONAL, "the files as a newer release reads them; what they say counts, too", NULL },
		{ "variable", PARAM_STRING, OPTIONAL,
		  "variables that name one file instead, and with _OVERRIDE one on top, in root's units and processes of podman and in /etc/environment", NULL },
	},
	.observe = observe,
};
