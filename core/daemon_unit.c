/* SPDX-License-Identifier: Apache-2.0 */
#include "core/daemon.h"
#include "core/text.h"

enum { UNIT_LIMIT = 1 << 20, WORDS_MOST = 4096 };

/* Where units are, the first that has one wins; drop-ins of all of them count. */
static const char *const folders[] = {
	"etc/systemd/system", "run/systemd/system", "usr/local/lib/systemd/system", "usr/lib/systemd/system", "lib/systemd/system",
};

/* ---- words ---- */

struct splitter {
	struct arena *arena;
	const struct daemon_unit *variables;
	const char ***list;
	size_t *n;
};

/* The value of a variable; "" where it is not set, as systemd has it. */
static const char *variable(const struct splitter *s, const char *name, size_t size)
{
	for (size_t i = s->variables ? s->variables->n_variables : 0; i-- > 0;) {
		const char *v = s->variables->variables[i];

		if (strncmp(v, name, size) == 0 && v[size] == '=')
			return v + size + 1;
	}
	return "";
}

static size_t name_length(const char *text)
{
	return strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
}

static void add_word(const struct splitter *s, const char *word)
{
	if (*s->n < WORDS_MOST)
		arena_push(s->arena, *s->list, *s->n) = word;
}

/* "$NAME" alone becomes as many words as the value has. */
static void add_words_of(const struct splitter *s, const char *value)
{
	const struct splitter plain = { .arena = s->arena, .list = s->list, .n = s->n };

	daemon_words(plain.arena, value, NULL, plain.list, plain.n);
}

/* One character or variable of a word that is not quoted by single quotes. */
static const char *take_part(const struct splitter *s, const char *at, struct buffer *word)
{
	if (at[0] == '\\' && at[1]) {
		buffer_add(word, at[1] == 'n' ? "\n" : at[1] == 't' ? "\t" : at + 1, 1);
		return at + 2;
	}
	if (s->variables && at[0] == '$' && at[1] == '{') {
		size_t n = name_length(at + 2);

		if (n && at[2 + n] == '}') {
			buffer_puts(word, variable(s, at + 2, n));
			return at + n + 3;
		}
	}
	if (s->variables && (at[0] == '$' || at[0] == '%') && at[1] == at[0])
		at++;
	buffer_add(word, at, 1);
	return at + 1;
}

static const char *take_word(const struct splitter *s, const char *at)
{
	struct buffer word = { .arena = s->arena };
	size_t n = s->variables && at[0] == '$' ? name_length(at + 1) : 0;
	char quote = 0;

	if (n && (!at[n + 1] || strchr(" \t\n", at[n + 1]))) {
		add_words_of(s, variable(s, at + 1, n));
		return at + n + 1;
	}
	buffer_puts(&word, "");
	while (*at && (quote || !strchr(" \t\n", *at))) {
		if (quote ? *at == quote : *at == '"' || *at == '\'')
			quote = quote ? 0 : *at, at++;
		else if (quote == '\'')
			buffer_add(&word, at++, 1);
		else
			at = take_part(s, at, &word);
	}
	add_word(s, word.text);
	return at;
}

void daemon_words(struct arena *arena, const char *text, const struct daemon_unit *variables, const char ***list, size_t *n)
{
	const struct splitter s = { arena, variables, list, n };

	for (const char *at = text + strspn(text, " \t\n"); *at; at += strspn(at, " \t\n"))
		at = take_word(&s, at);
}

/* ---- files ---- */

struct unit_reader {
	struct source *source;
	struct arena *arena;
	struct daemon_unit *unit;
	const char *exec;            /* the text of ExecStart= */
};

static void note_unread(struct unit_reader *r, const struct file *file)
{
	if (r->unit->unread)
		return;
	r->unit->unread = file->path;
	r->unit->unread_state = file->state;
	r->unit->unread_why = file->why;
}

/* "NAME=value" lines, comments by # and ;, quotes around values, as systemd.exec(5) tells of EnvironmentFile=. */
static void read_environment(struct unit_reader *r, const char *path)
{
	bool optional = *path == '-';
	const struct file *file = source_read(r->source, path + optional + strspn(path + optional, "/"), UNIT_LIMIT);
	char *text, *line;

	arena_push(r->arena, r->unit->environment_files, r->unit->n_environment_files) = file->path;
	if (file->state == STATE_ABSENT && optional)
		return;
	if (file->state != STATE_PRESENT) {
		note_unread(r, file);
		return;
	}
	text = arena_strdup(r->arena, file->data);
	while ((line = strsep(&text, "\n"))) {
		char *equals = strchr(line = text_trim(line), '='), *value;
		size_t n;

		if (!equals || *line == '#' || *line == ';')
			continue;
		value = text_trim(equals + 1);
		n = strlen(value);
		if (n >= 2 && (*value == '"' || *value == '\'') && value[n - 1] == *value)
			value = arena_strndup(r->arena, value + 1, n - 2);
		arena_push(r->arena, r->unit->variables, r->unit->n_variables) = arena_printf(r->arena, "%.*s=%s", (int)(equals - line), line, value);
	}
}

static void take_stream(struct unit_reader *r, const char *value, const char *origin)
{
	struct daemon_unit *u = r->unit;
	size_t n = u->n_listen;

	if (!*value) {
		u->n_listen = 0;
		return;
	}
	arena_push(r->arena, u->listen_origins, n) = origin;
	arena_push(r->arena, u->listen, u->n_listen) = value;
}

static void take_assignment(struct unit_reader *r, const char *key, const char *value, const char *origin)
{
	struct daemon_unit *u = r->unit;

	if (streq(key, "ExecStart")) {
		r->exec = *value ? value + strspn(value, "-@:+!|") : NULL;
		u->origin = *value ? origin : NULL;
	} else if (streq(key, "Environment")) {
		if (*value)
			daemon_words(r->arena, value, NULL, &u->variables, &u->n_variables);
		else
			u->n_variables = 0;
	} else if (streq(key, "EnvironmentFile")) {
		if (*value)
			read_environment(r, value);
		else
			u->n_environment_files = 0;
	} else if (streq(key, "User")) {
		u->user = *value ? value : NULL;
	} else if (streq(key, "ListenStream")) {
		take_stream(r, value, origin);
	}
}

/* A line that ends in a backslash goes on in the next one. Returns the line, trimmed; *at is behind it. */
static char *next_line(struct arena *arena, const char **at, unsigned *number)
{
	struct buffer line = { .arena = arena };
	bool more = true;

	buffer_puts(&line, "");
	while (more && **at) {
		size_t n = strcspn(*at, "\n");

		more = n && (*at)[n - 1] == '\\';
		buffer_add(&line, *at, more ? n - 1 : n);
		if (more)
			buffer_puts(&line, " ");
		*at += n + ((*at)[n] == '\n');
		(*number)++;
	}
	return text_trim(line.text);
}

static void read_file(struct unit_reader *r, const struct file *file)
{
	unsigned number = 0;

	arena_push(r->arena, r->unit->files, r->unit->n_files) = file->path;
	if (file->state != STATE_PRESENT) {
		note_unread(r, file);
		return;
	}
	for (const char *at = file->data; *at;) {
		unsigned first = number + 1;
		char *line = next_line(r->arena, &at, &number), *equals = strchr(line, '=');

		if (!equals || *line == '#' || *line == ';' || *line == '[')
			continue;
		*equals = '\0';
		take_assignment(r, text_trim(line), text_trim(equals + 1), arena_printf(r->arena, "%s:%u", file->path, first));
	}
}

/* Where a drop-in of that name is: that of the first folder hides the others. NULL where a folder before has it. */
static bool is_hidden(struct unit_reader *r, const char *name, const char *drop_in, size_t folder)
{
	for (size_t i = 0; i < folder; i++)
		if (source_stat(r->source, arena_printf(r->arena, "%s/%s.d/%s", folders[i], name, drop_in))->state == STATE_PRESENT)
			return true;
	return false;
}

static int by_base_name(const void *a, const void *b)
{
	const char *x = *(const char *const *)a, *y = *(const char *const *)b;

	return strcmp(strrchr(x, '/'), strrchr(y, '/'));
}

static void read_drop_ins(struct unit_reader *r, const char *name)
{
	const char **paths = NULL;
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		const struct directory *dir = source_list(r->source, arena_printf(r->arena, "%s/%s.d", folders[i], name));

		for (size_t k = 0; k < dir->n; k++)
			if (text_glob("*.conf", dir->entries[k].name) && !is_hidden(r, name, dir->entries[k].name, i))
				arena_push(r->arena, paths, n) = arena_printf(r->arena, "%s/%s.d/%s", folders[i], name, dir->entries[k].name);
	}
	if (n)
		qsort(paths, n, sizeof(*paths), by_base_name);
	for (size_t i = 0; i < n; i++)
		read_file(r, source_read(r->source, paths[i], UNIT_LIMIT));
}

static const struct file *find_unit(struct source *source, struct arena *arena, const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		const char *path = arena_printf(arena, "%s/%s", folders[i], name);

		if (source_stat(source, path)->state != STATE_ABSENT)
			return source_read(source, path, UNIT_LIMIT);
	}
	return NULL;
}

struct daemon_unit *daemon_unit_read(struct source *source, struct arena *arena, const char *name)
{
	struct daemon_unit *unit = arena_new_of(arena, struct daemon_unit);
	struct unit_reader r = { source, arena, unit, NULL };
	const struct file *file = find_unit(source, arena, name);

	unit->state = STATE_ABSENT;
	unit->why = "there is no such unit";
	if (!file)
		return unit;
	if (file->state != STATE_PRESENT || !file->size) {   /* masked: a link to /dev/null, or empty */
		unit->why = "the unit is masked, or leads nowhere";
		if (file->state == STATE_DENIED)
			unit->state = STATE_DENIED;
		return unit;
	}
	unit->state = STATE_PRESENT;
	unit->why = NULL;
	read_file(&r, file);
	read_drop_ins(&r, name);
	if (r.exec)
		daemon_words(arena, r.exec, unit, &unit->arguments, &unit->n);
	return unit;
}
