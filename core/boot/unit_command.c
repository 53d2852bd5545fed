/* SPDX-License-Identifier: Apache-2.0 */
/* What a systemd unit tells the program that it starts. */
#include "core/boot/unit_command_private.h"

#include "core/base/text.h"

enum { WORDS_MOST = 4096, TEXT_MOST = 1 << 20 };

const char unit_command_too_long[] = "it is longer than what is looked at";

/* ---- words ---- */

struct splitter {
	struct arena *arena;
	const struct unit_command *variables;
	const char ***list;
	size_t *n;
	size_t room;             /* bytes that may still be taken: variables in variables grow without end */
	bool cut;                /* there was more */
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

static void add_word(struct splitter *s, const char *word)
{
	if (*s->n < WORDS_MOST)
		arena_push(s->arena, *s->list, *s->n) = word;
	else
		s->cut = true;
}

static void add_text(struct splitter *s, struct buffer *word, const char *text, size_t size)
{
	if (size > s->room) {
		s->cut = true;
		return;
	}
	s->room -= size;
	buffer_add(word, text, size);
}

/* One character or variable of a word that is not quoted by single quotes. */
static const char *take_part(struct splitter *s, const char *at, struct buffer *word)
{
	if (at[0] == '\\' && at[1]) {
		add_text(s, word, at[1] == 'n' ? "\n" : at[1] == 't' ? "\t" : at + 1, 1);
		return at + 2;
	}
	if (s->variables && at[0] == '$' && at[1] == '{') {
		size_t n = name_length(at + 2);

		if (n && at[2 + n] == '}') {
			const char *value = variable(s, at + 2, n);

			add_text(s, word, value, strlen(value));
			return at + n + 3;
		}
	}
	if (s->variables && (at[0] == '$' || at[0] == '%') && at[1] == at[0])
		at++;
	add_text(s, word, at, 1);
	return at + 1;
}

static void split(struct splitter *s, const char *text);

/* "$NAME" alone becomes as many words as the value has, in which no variable counts. */
static void add_words_of(struct splitter *s, const char *value)
{
	const struct unit_command *variables = s->variables;

	s->variables = NULL;
	split(s, value);
	s->variables = variables;
}

static const char *take_word(struct splitter *s, const char *at)
{
	struct buffer word = { .arena = s->arena };
	size_t n = s->variables && at[0] == '$' ? name_length(at + 1) : 0;
	char quote = 0;

	if (n && (!at[n + 1] || strchr(" \t\n", at[n + 1]))) {
		add_words_of(s, variable(s, at + 1, n));
		return at + n + 1;
	}
	buffer_puts(&word, "");
	while (*at && !s->cut && (quote || !strchr(" \t\n", *at))) {
		if (quote ? *at == quote : *at == '"' || *at == '\'')
			quote = quote ? 0 : *at, at++;
		else if (quote == '\'')
			add_text(s, &word, at++, 1);
		else
			at = take_part(s, at, &word);
	}
	add_word(s, word.text);
	return at;
}

static void split(struct splitter *s, const char *text)
{
	for (const char *at = text + strspn(text, " \t\n"); *at && !s->cut; at += strspn(at, " \t\n"))
		at = take_word(s, at);
}

bool unit_words(struct arena *arena, const char *text, const struct unit_command *variables, const char ***list, size_t *n)
{
	struct splitter s = { arena, variables, list, n, TEXT_MOST, false };

	split(&s, text);
	return !s.cut;
}

/* ---- the unit ---- */

/* NULL where that is none of those that are known. */
static const char *specifier(struct arena *arena, const char *name, char c)
{
	static const char *const directories[] = { "t/run", "E/etc", "S/var/lib", "C/var/cache", "L/var/log", "h/root", "T/tmp", "V/var/tmp" };
	size_t stem = strlen(name) - strlen(".service"), prefix = strcspn(name, "@");

	for (size_t i = 0; i < ARRAY_LEN(directories); i++)
		if (directories[i][0] == c)
			return directories[i] + 1;
	if (prefix > stem)
		prefix = stem;
	switch (c) {
	case 'n':
		return name;
	case 'N':
		return arena_strndup(arena, name, stem);
	case 'p':
		return arena_strndup(arena, name, prefix);
	case 'i':
	case 'I':
		return prefix < stem ? arena_strndup(arena, name + prefix + 1, stem - prefix - 1) : "";
	default:
		return NULL;
	}
}

const char *unit_specifiers(struct arena *arena, const struct unit *unit, const char *text)
{
	struct buffer out = { .arena = arena };
	const char *percent, *value, *dot = strrchr(unit->name, '.');

	if (!strchr(text, '%') || !dot || !streq(dot, ".service"))
		return text;
	buffer_puts(&out, "");
	while ((percent = strchr(text, '%')) && percent[1]) {
		value = specifier(arena, unit->name, percent[1]);
		buffer_add(&out, text, (size_t)(percent - text));
		if (value)
			buffer_puts(&out, value);
		else
			buffer_add(&out, percent, 2);
		text = percent + 2;
	}
	buffer_puts(&out, text);
	return out.text;
}

struct unit_reader {
	struct source *source;
	struct arena *arena;
	const struct unit *from;
	struct unit_command *unit;
};

void unit_command_unread(struct unit_command *unit, const char *path, enum state state, const char *why)
{
	if (unit->unread)
		return;
	unit->unread = path;
	unit->unread_state = state;
	unit->unread_why = why;
}

static const char *origin_of(struct unit_reader *r, const struct unit_setting *s)
{
	return arena_printf(r->arena, "%s:%u", s->origin, s->line);
}

static void take_command(struct unit_reader *r)
{
	const struct unit_setting *start = unit_setting(r->from, "Service", "ExecStart"), *user = unit_setting(r->from, "Service", "User");
	size_t prefix;

	r->unit->user = user ? user->value : NULL;
	if (!start)
		return;
	r->unit->origin = origin_of(r, start);
	prefix = strspn(start->value, "-@:+!|");
	if (!unit_words(r->arena, unit_specifiers(r->arena, r->from, start->value + prefix), r->unit, &r->unit->arguments, &r->unit->n))
		unit_command_unread(r->unit, r->unit->origin, STATE_BROKEN, unit_command_too_long);
	if (memchr(start->value, '@', prefix) && r->unit->n > 1) {   /* the second word is only what the program is called */
		r->unit->arguments[1] = r->unit->arguments[0];
		r->unit->arguments++;
		r->unit->n--;
	}
}

/* Where it starts, and whether the files that it sees there are those of the host. */
static void take_places(struct unit_reader *r)
{
	static const char *const moving[] = { "RootImage", "BindPaths", "BindReadOnlyPaths", "TemporaryFileSystem", "MountImages", "ExtensionImages", "ExtensionDirectories" };
	const struct unit_setting *directory = unit_setting(r->from, "Service", "WorkingDirectory"), *root = unit_setting(r->from, "Service", "RootDirectory");
	const char *path = directory ? unit_specifiers(r->arena, r->from, directory->value) : "/";

	path += *path == '-';
	r->unit->directory = *path == '/' && !strchr(path, '%') ? path : NULL;
	r->unit->root = root ? unit_specifiers(r->arena, r->from, root->value) : "";
	if (streq(r->unit->root, "/"))
		r->unit->root = "";
	if (strchr(r->unit->root, '%'))
		r->unit->moved = "what the % in its root directory stands for is not known";
	for (size_t i = 0; i < ARRAY_LEN(moving); i++)
		if (unit_setting(r->from, "Service", moving[i]))
			r->unit->moved = arena_printf(r->arena, "by %s= of its unit it sees other files than the host does", moving[i]);
}

static void take_streams(struct unit_reader *r)
{
	const struct unit_setting *s;
	struct unit_command *u = r->unit;

	s = unit_setting(r->from, "Socket", "SocketGroup");
	u->socket_group = s ? s->value : NULL;
	s = unit_setting(r->from, "Socket", "SocketMode");
	u->socket_mode = s ? s->value : NULL;
	for (size_t at = 0; (s = unit_next(r->from, "Socket", "ListenStream", &at));) {
		size_t n = u->n_listen;

		arena_push(r->arena, u->listen_origins, n) = origin_of(r, s);
		arena_push(r->arena, u->listen, u->n_listen) = s->value;
	}
}

struct unit_command *unit_command_read(struct source *source, struct arena *arena, const struct units *units, const char *name)
{
	const struct unit *from = unit_load(units, arena, name);
	struct unit_command *unit = arena_new_of(arena, struct unit_command);
	struct unit_reader r = { source, arena, from, unit };

	unit->state = from->masked || from->state == STATE_ABSENT ? STATE_ABSENT : STATE_PRESENT;
	unit->why = from->masked ? "the unit is masked" : from->why;
	if (unit->state == STATE_ABSENT)
		return unit;
	unit->files = from->files;
	unit->n_files = from->n_files;
	if (from->state != STATE_PRESENT)
		unit_command_unread(unit, from->unread ? from->unread : from->path, from->state, from->why);
	unit_environment_read(source, arena, from, unit);
	take_command(&r);
	take_places(&r);
	take_streams(&r);
	return unit;
}
