/* SPDX-License-Identifier: Apache-2.0 */
/* The flags of a daemon, and the files that it reads, in its order. */
#include "core/daemon/daemon_private.h"

#include "core/base/text.h"

#include <dirent.h>

enum { FILES_MOST = 256 };

/* ---- flags ---- */

/* "--name", or "-n" where that is one letter (and by Go's flag package "-name"): what follows it, else NULL. Underscores are as good as dashes. */
static const char *flag_rest(const char *word, const char *name, size_t size)
{
	size_t dashes = strspn(word, "-");

	word += dashes;
	if (dashes != 1 && dashes != 2)
		return NULL;
	for (size_t i = 0; i < size; i++)
		if (word[i] != name[i] && !(word[i] == '_' && name[i] == '-'))
			return NULL;
	if (!word[size] || word[size] == '=' || (dashes == 1 && size == 1))
		return word + size;
	return NULL;
}

static const char *named_flag(const char *word, const char *flags)
{
	const char *rest = NULL, *name;
	size_t n;

	for (const char *at = flags; !rest && (name = list_next(&at, " ", &n));)
		rest = flag_rest(word, name, n);
	return rest;
}

/* Of "-DH" it is "-D", and *rest "-H": flags of one letter that take no value may stand before others. Else the word itself, and no rest. */
static const char *first_of(struct arena *arena, const struct daemon_kind *kind, const char *word, const char **rest)
{
	*rest = NULL;
	if (!kind->switches || word[0] != '-' || !word[1] || !strchr(kind->switches, word[1]) || !word[2] || word[2] == '=')
		return word;
	*rest = arena_printf(arena, "-%s", word + 2);
	return arena_strndup(arena, word, 2);
}

/*
 * The value may be joined by "=" or be the next word, which no boolean flag takes; that of a letter may follow at once (-Hfd://). Of
 * flags that nobody asks for it is not known whether they take the next word; a word that begins with a dash is taken for a flag then.
 */
size_t daemon_flags(struct arena *arena, const struct daemon *daemon, const char *flags, bool boolean, const char ***list)
{
	size_t found = 0;

	for (size_t i = 0; flags && i < daemon->n && !streq(daemon->arguments[i], "--"); i++) {
		const char *word = daemon->arguments[i], *more;

		for (word = first_of(arena, daemon->kind, word, &more); word; word = more ? first_of(arena, daemon->kind, more, &more) : NULL) {
			const char *rest = named_flag(word, flags);

			if (!rest)
				continue;
			if (*rest == '=')
				rest++;
			else if (!*rest && (boolean || more))
				rest = "true";
			else if (!*rest)
				rest = i + 1 < daemon->n ? daemon->arguments[++i] : "";
			arena_push(arena, *list, found) = rest;
		}
	}
	return found;
}

const char *daemon_flag(struct arena *arena, const struct daemon *daemon, const char *flags)
{
	const char **list = NULL;
	size_t n = daemon_flags(arena, daemon, flags, false, &list);

	return n ? list[n - 1] : NULL;
}

/* ---- configuration files ---- */

static void trouble(struct daemon *daemon, const char *where, enum state state, const char *why)
{
	if (daemon->config_state != STATE_PRESENT)
		return;
	daemon->config_state = state;
	daemon->config_where = where;
	daemon->config_why = why;
}

/* Puts a file of the host on top. `must` it be there? */
static void add_file(struct daemon_finder *f, struct daemon *daemon, const char *path, bool must)
{
	struct document *d;

	if (daemon->n_documents == FILES_MOST) {
		trouble(daemon, path, STATE_BROKEN, "it reads more than 256 files");
		return;
	}
	d = document_read(f->source, f->arena, path, daemon->kind->syntax);
	if (d->state == STATE_ABSENT && !must)
		return;
	arena_push(f->arena, daemon->documents, daemon->n_documents) = d;
	if (d->state == STATE_ABSENT)
		trouble(daemon, d->where, STATE_BROKEN, "it is not there, though the command line names it");
	else if (d->state != STATE_PRESENT)
		trouble(daemon, d->where, d->state, d->why);
	else if ((daemon->n_values += d->n) > DOCUMENT_MOST)
		trouble(daemon, d->where, STATE_BROKEN, "it and the files before it hold more than 20000 values");
	else
		daemon->config = value_merge(f->arena, daemon->config, d->root, &daemon->kind->merging);
}

/* A file named by a path as the daemon sees it. */
static void add_named(struct daemon_finder *f, struct daemon *daemon, const char *path, bool must)
{
	const char *why, *here = daemon_path(f->arena, daemon, path, &why);

	if (here)
		add_file(f, daemon, here, must);
	else
		trouble(daemon, path, STATE_UNAVAILABLE, why);
}

/* Files of the directory and of those below it, each directory in the order of its names; a link to a directory is none. */
static void add_entries(struct daemon_finder *f, struct daemon *daemon, const char *path, const struct directory *dir, unsigned depth)
{
	enum { DEEPEST = 8 };

	for (size_t i = 0; i < dir->n && daemon->n_documents <= FILES_MOST; i++) {
		const char *below = arena_printf(f->arena, "%s/%s", path, dir->entries[i].name);
		const struct directory *folder = NULL;

		if (dir->entries[i].type == DT_DIR && daemon->kind->subdirectories) {
			folder = source_list(f->source, below);
			if (folder->state != STATE_PRESENT)
				trouble(daemon, folder->path, folder->state == STATE_ABSENT ? STATE_BROKEN : folder->state, folder->why);
			else if (depth == DEEPEST)
				trouble(daemon, folder->path, STATE_BROKEN, "directories lie deeper in each other than is looked at");
			else
				add_entries(f, daemon, below, folder, depth + 1);
		} else if (text_glob(daemon->kind->directory_pattern, dir->entries[i].name)) {
			add_file(f, daemon, below, true);
		}
	}
}

static void add_directory(struct daemon_finder *f, struct daemon *daemon, const char *path, bool must)
{
	const char *why, *here = daemon_path(f->arena, daemon, path, &why);
	const struct directory *dir = here ? source_list(f->source, here) : NULL;

	if (!dir) {
		trouble(daemon, path, STATE_UNAVAILABLE, why);
		return;
	}
	if (dir->state != STATE_PRESENT && (must || dir->state != STATE_ABSENT))
		trouble(daemon, dir->path, dir->state == STATE_ABSENT ? STATE_BROKEN : dir->state, dir->why);
	add_entries(f, daemon, here, dir, 0);
}

static bool is_read(const struct daemon *daemon, const char *path)
{
	for (size_t i = 0; i < daemon->n_documents; i++)
		if (streq(daemon->documents[i]->file->path + 1, path))
			return true;
	return false;
}

/* A pattern with * in its last part, relative to the file that names it. */
static void add_import(struct daemon_finder *f, struct daemon *daemon, const char *pattern, const char *from)
{
	const char *slash, *folder, *why, *here;
	const struct directory *dir;

	if (*pattern != '/')
		pattern = arena_printf(f->arena, "%.*s/%s", (int)(strrchr(from, '/') - from), from, pattern);
	slash = strrchr(pattern, '/');
	folder = slash == pattern ? "/" : arena_strndup(f->arena, pattern, (size_t)(slash - pattern));
	here = daemon_path(f->arena, daemon, folder, &why);
	if (!here || strpbrk(folder, "*?[")) {
		trouble(daemon, pattern, STATE_UNAVAILABLE, here ? "a pattern in the name of a directory is not followed" : why);
		return;
	}
	dir = source_list(f->source, here);
	if (dir->state != STATE_PRESENT && dir->state != STATE_ABSENT)
		trouble(daemon, dir->path, dir->state, dir->why);
	for (size_t i = 0; i < dir->n; i++) {
		const char *path = arena_printf(f->arena, "%s/%s", here, dir->entries[i].name);

		if (text_glob(slash + 1, dir->entries[i].name) && !is_read(daemon, path))
			add_file(f, daemon, path, true);
	}
}

static void add_imports(struct daemon_finder *f, struct daemon *daemon)
{
	for (size_t i = 0; i < daemon->n_documents; i++) {
		struct matches m = { .arena = f->arena, .any_case = true };

		value_find(daemon->documents[i]->root, daemon->kind->imports, &m);
		for (size_t k = 0; k < m.n; k++)
			if (m.list[k].value->text)
				add_import(f, daemon, m.list[k].value->text, daemon->documents[i]->file->path);
	}
}

/* A rootless dockerd has its file in the home of its user. */
static const char *default_file(struct daemon_finder *f, const struct daemon *daemon)
{
	const char *config = daemon_variable(daemon, "XDG_CONFIG_HOME"), *home = daemon_variable(daemon, "HOME");

	if (daemon->uid > 0 && streq(daemon->kind->name, "dockerd") && config && *config)
		return arena_printf(f->arena, "%s/docker/daemon.json", config);
	if (daemon->uid > 0 && streq(daemon->kind->name, "dockerd") && home && *home)
		return arena_printf(f->arena, "%s/.config/docker/daemon.json", home);
	return daemon->kind->config_default;
}

/* Its first file tells which release reads it, or may not: then both ways are kept. */
static void merge_newer(struct daemon_finder *f, struct daemon *daemon)
{
	enum { NEWER_VERSION = 3 };   /* of containerd's files: since 2.0 */
	const struct value *version, *config = NULL;
	int64_t number = 0;

	if (!daemon->kind->newer || daemon->n_documents < 2 || daemon->config_state != STATE_PRESENT)
		return;
	for (size_t i = 0; i < daemon->n_documents; i++)
		config = value_merge(f->arena, config, daemon->documents[i]->root, daemon->kind->newer);
	version = value_member(daemon->documents[0]->root, "version");
	if (version && version->text && text_integer(version->text, &number) && number >= NEWER_VERSION)
		daemon->config = config;
	else
		daemon->config_newer = config;
}

void daemon_read_config(struct daemon_finder *f, struct daemon *daemon)
{
	const struct daemon_kind *kind = daemon->kind;
	const char *file = daemon_flag(f->arena, daemon, kind->config_flags), *folder = daemon_flag(f->arena, daemon, kind->directory_flags);
	const char *named = file;

	if (!file && kind->config_variable)
		file = named = daemon_variable(daemon, kind->config_variable);
	if (!folder && kind->directory_variable)
		folder = daemon_variable(daemon, kind->directory_variable);
	if (!file)
		file = default_file(f, daemon);
	if (file && *file)
		add_named(f, daemon, file, named != NULL);
	daemon->has_file = named || daemon->n_documents;
	if (!daemon->n_documents && kind->imports_default)
		add_import(f, daemon, kind->imports_default, "/");
	if (kind->imports)
		add_imports(f, daemon);
	merge_newer(f, daemon);
	if (folder || kind->directory_default)
		add_directory(f, daemon, folder ? folder : kind->directory_default, folder != NULL);
}
