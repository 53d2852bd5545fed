/* SPDX-License-Identifier: Apache-2.0 */
/* Which names are taken out: of the host, its domains, its users and groups, its machine. */
#include "core/source/redact_private.h"

#include "core/source/source_private.h"

#include <ctype.h>
#include <dirent.h>

enum { ORDINARY = 1000, NOBODY = 65534, SHORTEST = 3, DES = 13 };

/* ---- which names ---- */

/* The word stands by itself somewhere in the text. */
static bool has_word(const char *text, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = text; (at = strstr(at, word)); at++)
		if ((at == text || !isalnum((unsigned char)at[-1])) && !isalnum((unsigned char)at[n]))
			return true;
	return false;
}

/*
 * The beginning of a path that is the system's, not that of a user: all of it, or as many parts. Behind it stand the names of cgroups, volumes, network
 * interfaces and boot entries, which are made of those of hosts and users.
 */
static const char *systems_part(struct arena *arena, const char *path)
{
	static const struct {
		const char *prefix;
		size_t parts;        /* 0: all */
	} places[] = {
		{ "proc/sys/net/", 5 }, { "proc/sys/", 0 }, { "sys/", 3 }, { "usr/local/", 2 }, { "usr/", 0 }, { "boot/", 2 }, { "lib", 0 }, { "bin/", 0 },
		{ "sbin/", 0 }, { "dev/", 1 }, { "etc/", 2 }, { "run/", 2 }, { "var/", 3 },
	};
	size_t parts = 0, end = 0;

	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		if (!starts_with(path, places[i].prefix))
			continue;
		while (path[end] && (!places[i].parts || parts < places[i].parts))
			parts += path[++end] == '/';
		return arena_strndup(arena, path, end);
	}
	return "";
}

static const char *contents(const struct redaction *r, const char *path)
{
	const struct file *file = source_read(r->source, path, SOURCE_LIMIT);

	return file->state == STATE_PRESENT ? file->data : "";
}

/* Of the configuration, as in "admin_space_left_action = halt". */
static bool begins_key(const struct fact *fact, const char *word)
{
	size_t n = strlen(word);

	if (fact->kind != FACT_READ || fact->file->state != STATE_PRESENT || !starts_with(fact->name, "etc/"))
		return false;
	for (const char *line = fact->file->data; *line; line += strcspn(line, "\n"), line += *line == '\n')
		if (strncmp(line, word, n) == 0 && line[n] == '_')
			return true;
	return false;
}

/* A word of the system, too: a program asks for a file of that name, whatever users there are. */
static bool is_common(const struct redaction *r, const char *word)
{
	auto_arena struct arena *scratch = arena_new();
	const struct facts *facts = &r->source->facts;

	if (strlen(word) < SHORTEST || has_word(contents(r, "etc/os-release"), word) || has_word(contents(r, "proc/version"), word))
		return true;
	for (size_t i = 0; i < facts->n_slots; i++) {
		const struct fact *fact = facts->slots[i];

		if (!fact || fact->kind == FACT_CALL)
			continue;
		if (begins_key(fact, word) || (strstr(fact->name, word) && has_word(systems_part(scratch, fact->name), word)))
			return true;
	}
	return false;
}

static void add_word(struct redaction *r, const char *is, const char *becomes, bool any_case)
{
	for (size_t i = 0; i < r->n; i++)
		if (streq(r->names[i].is, is))
			return;
	if (!*is || streq(is, "localhost"))
		return;
	if (is_common(r, is)) {
		if (!r->left.text || !list_has(r->left.text, " ", is))
			buffer_word(&r->left, is, strlen(is));
		return;
	}
	arena_push(r->arena, r->names, r->n) = (struct name){ is, becomes, strlen(is), any_case };
}

static void add_name(struct redaction *r, const char *is, const char *becomes)
{
	add_word(r, is, becomes, false);
}

/* ---- where they stand ---- */

/* A field of a line of passwd(5), from 0 on. */
static char *field(struct arena *arena, const char *line, size_t index)
{
	size_t size = strcspn(line, "\n");

	for (; index && memchr(line, ':', size); index--) {
		size_t n = (size_t)((const char *)memchr(line, ':', size) - line) + 1;

		line += n;
		size -= n;
	}
	return index ? arena_strdup(arena, "") : arena_strndup(arena, line, strcspn(line, ":\n"));
}

static bool is_ordinary(const char *number)
{
	int64_t id;

	return text_integer(number, &id) && id >= ORDINARY && id != NOBODY && id != UINT32_MAX;
}

/* Words that no user or group has yet. */
static const char *made_up(struct redaction *r, const char *word, size_t *number)
{
	const char *made;

	do
		made = arena_printf(r->arena, "%s%zu", word, ++*number);
	while (has_word(contents(r, "etc/passwd"), made) || has_word(contents(r, "etc/group"), made));
	return made;
}

static const char *next_line(const char *line)
{
	line += strcspn(line, "\n");
	return line + (*line == '\n');
}

/* Of users whom a directory service knows there may be nothing but the home. */
static void add_homes(struct redaction *r, size_t *n)
{
	const struct directory *homes = source_list(r->source, "home");

	for (size_t i = 0; i < homes->n; i++)
		if (homes->entries[i].type == DT_DIR && homes->entries[i].name[0] != '.' && !streq(homes->entries[i].name, "lost+found"))
			add_name(r, homes->entries[i].name, made_up(r, "person", n));
}

static void add_users(struct redaction *r)
{
	size_t n = 0, groups = 0;

	for (const char *line = contents(r, "etc/passwd"); *line; line = next_line(line)) {
		const char *said = field(r->arena, line, 4);

		if (!is_ordinary(field(r->arena, line, 2)))
			continue;
		add_name(r, field(r->arena, line, 0), made_up(r, "person", &n));
		said = arena_strndup(r->arena, said, strcspn(said, ","));
		if (strchr(said, ' '))   /* one word may mean anything elsewhere */
			add_name(r, said, arena_printf(r->arena, "Person %zu", n));
	}
	for (const char *line = contents(r, "etc/subuid"); *line; line = next_line(line))
		if (!isdigit((unsigned char)*line) && *line != '#' && *line != '\n')
			add_name(r, field(r->arena, line, 0), made_up(r, "person", &n));
	add_homes(r, &n);
	for (const char *line = contents(r, "etc/group"); *line; line = next_line(line))
		if (is_ordinary(field(r->arena, line, 2)))
			add_name(r, field(r->arena, line, 0), made_up(r, "team", &groups));
}

/* "web.example.com": the whole, the host, and the domain. */
static void add_host(struct redaction *r, const char *path)
{
	const char *text = contents(r, path);
	char *name = text_trim(arena_strndup(r->arena, text, strcspn(text, "\n"))), *dot = strchr(name, '.');

	if (!*name || streq(name, "(none)"))
		return;
	r->host = r->host ? r->host : name;
	if (dot) {
		add_word(r, name, "computer.example", true);
		add_word(r, dot + 1, "example", true);
	}
	add_word(r, arena_strndup(r->arena, name, strcspn(name, ".")), "computer", true);
}

/* "web" may be known as web.example.com nowhere but there. */
static void add_host_in_full(struct redaction *r)
{
	const char *at = contents(r, "etc/hosts"), *word;
	size_t n, size = r->host ? strcspn(r->host, ".") : 0;

	while (size && (word = list_next(&at, " \t\n", &n)))
		if (n > size + 1 && word[size] == '.' && strncasecmp(word, r->host, size) == 0) {
			add_word(r, arena_strndup(r->arena, word, n), "computer.example", true);
			add_word(r, arena_strndup(r->arena, word + size + 1, n - size - 1), "example", true);
		}
}

/* The domains in which names are looked up. */
static void add_domains(struct redaction *r)
{
	const char *at = contents(r, "etc/resolv.conf"), *line, *word;
	size_t size, n, number = 0;

	while ((line = list_next(&at, "\n", &size))) {
		const char *words = arena_strndup(r->arena, line, size);

		word = list_next(&words, " \t", &n);
		if (!word || !((n == 6 && memcmp(word, "search", n) == 0) || (n == 6 && memcmp(word, "domain", n) == 0)))
			continue;
		while ((word = list_next(&words, " \t", &n)))
			if (memchr(word, '.', n) && *word != '.')
				add_word(r, arena_strndup(r->arena, word, n), arena_printf(r->arena, "domain%zu.example", ++number), true);
	}
}

static void add_machine(struct redaction *r, const char *path, const char *becomes)
{
	const char *text = contents(r, path);
	size_t n = strspn(text, "0123456789abcdef-");

	if (n >= 32)             /* by chance it is no other word */
		arena_push(r->arena, r->names, r->n) = (struct name){ arena_strndup(r->arena, text, n), becomes, n, false };
}

/* Longer names first: one may be the beginning of another. */
static int by_size(const void *a, const void *b)
{
	const struct name *x = a, *y = b;

	return x->size != y->size ? (x->size < y->size ? 1 : -1) : strcmp(x->is, y->is);
}

struct redaction *redaction_new(struct source *source, struct arena *arena)
{
	struct redaction *r = arena_new_of(arena, struct redaction);

	*r = (struct redaction){ .source = source, .arena = arena, .left = { .arena = arena }, .addresses = { .arena = arena } };
	add_host(r, "proc/sys/kernel/hostname");
	add_host(r, "etc/hostname");
	add_host_in_full(r);
	add_domains(r);
	add_machine(r, "etc/machine-id", "00000000000000000000000000000001");
	add_machine(r, "proc/sys/kernel/random/boot_id", "00000000-0000-4000-8000-000000000001");
	add_users(r);
	if (r->n)
		qsort(r->names, r->n, sizeof(*r->names), by_size);
	return r;
}

const char *redaction_left(const struct redaction *r)
{
	return r->left.text;
}

/* ---- lines of passwd(5) ---- */

/* What stands between colons in passwd(5) and shadow(5) is a name or a hash, whatever it looks like. */
static void add_field(struct redaction *r, struct buffer *out, size_t index, const char *text)
{
	size_t n = strspn(text, "!*");

	if (index == 1 && strlen(text + n) >= DES && text[n] != '$') {
		buffer_add(out, text, n);
		for (size_t i = n; text[i]; i++)
			buffer_puts(out, "x");
		redact_tell_apart(&r->addresses, out, text + n, strlen(text + n));
	} else {
		buffer_puts(out, text);
	}
}

const char *redact_fields(struct redaction *r, const char *data, bool passwd)
{
	struct buffer out = { .arena = r->arena };

	for (const char *line = data; *line; line = next_line(line)) {
		size_t size = strcspn(line, "\n"), index = 0;

		for (size_t from = 0; from <= size; index++) {
			size_t n = strcspn(line + from, ":\n");

			if (index)
				buffer_puts(&out, ":");
			if (passwd && index == 4 && n && is_ordinary(field(r->arena, line, 2)))
				buffer_puts(&out, "Person");
			else
				add_field(r, &out, index, arena_strndup(r->arena, line + from, n));
			from += n + 1;
		}
		if (line[size])
			buffer_puts(&out, "\n");
	}
	return out.text ? out.text : "";
}
