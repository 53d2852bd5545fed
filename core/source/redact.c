/* SPDX-License-Identifier: Apache-2.0 */
#include "core/source/redact_private.h"

#include "core/source/source_private.h"

#include <ctype.h>

/* ---- taking them out ---- */

static size_t hex_digits(const char *data, size_t at, size_t n)
{
	for (size_t i = 1; i <= n; i++)
		if (i > at || !isxdigit((unsigned char)data[at - i]))
			return 0;
	return n;
}

/*
 * What stands before `at` is a byte or a character in other words, and no letter of the word that begins there: "\x2d", "\040", "\u0020", "%2f", "\n".
 */
static bool ends_escape(const char *data, size_t at)
{
	if (hex_digits(data, at, 2) && ((at >= 4 && data[at - 4] == '\\' && data[at - 3] == 'x') || (at >= 3 && data[at - 3] == '%')))
		return true;
	if (hex_digits(data, at, 4) && at >= 6 && data[at - 6] == '\\' && data[at - 5] == 'u')
		return true;
	if (hex_digits(data, at, 3) && at >= 4 && data[at - 4] == '\\')
		return true;
	return at >= 2 && data[at - 2] == '\\' && strchr("abfnrtv", data[at - 1]);
}

static bool begins_with(const struct name *name, const char *at, size_t size)
{
	return size >= name->size && (name->any_case ? strncasecmp(at, name->is, name->size) == 0 : memcmp(at, name->is, name->size) == 0);
}

static size_t take_name(const struct redaction *r, struct buffer *out, const char *at, size_t size)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct name *name = &r->names[i];

		if (!begins_with(name, at, size))
			continue;
		if (size > name->size && isalnum((unsigned char)at[name->size]))
			continue;
		buffer_puts(out, name->becomes);
		return name->size;
	}
	return 0;
}

typedef size_t take_address_fn(struct addresses *addresses, struct buffer *out, const char *at, size_t size, char before);

static size_t no_address(struct addresses *addresses, struct buffer *out, const char *at, size_t size, char before)
{
	(void)addresses;
	(void)out;
	(void)at;
	(void)size;
	(void)before;
	return 0;
}

static void take_out(struct redaction *r, struct buffer *out, const char *data, size_t size, take_address_fn *take_address)
{
	struct buffer piece = { .arena = out->arena };
	size_t from = 0;

	for (size_t i = 0; i < size;) {
		char before = i && !ends_escape(data, i) ? data[i - 1] : '\0';
		size_t n;

		if (isalnum((unsigned char)before)) {
			i++;
			continue;
		}
		piece.size = 0;
		n = take_name(r, &piece, data + i, size - i);
		n = n ? n : redact_secret(&r->addresses, &piece, data + i, size - i, before);
		n = n ? n : take_address(&r->addresses, &piece, data + i, size - i, before);
		if (n) {
			buffer_add(out, data + from, i - from);
			buffer_add(out, piece.text, piece.size);
			from = i + n;
		}
		i += n ? n : 1;
	}
	buffer_add(out, data + from, size - from);
}

char *redact_text(struct redaction *r, const char *text)
{
	struct buffer out = { .arena = r->arena };

	take_out(r, &out, text, strlen(text), redact_address);
	return out.text ? out.text : arena_strdup(r->arena, "");
}

/* ---- answers ---- */

static bool ends_in(const char *name, const char *end)
{
	size_t n = strlen(name), m = strlen(end);

	return n >= m && streq(name + n - m, end);
}

/* How addresses are written there, if they are: numbers with dots may be versions. */
static take_address_fn *addresses_in(const char *name)
{
	static const char *const prefixes[] = {
		"var/lib/dpkg/", "var/lib/apt/", "lib/apk/", "usr/lib/apk/", "usr/share/doc/", "var/lib/pacman/", "the packages in ",
		"the changelog of ", "proc/version", "proc/sys/kernel/", "boot/config", "etc/os-release", "usr/lib/os-release",
	};

	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++)
		if (starts_with(name, prefixes[i]))
			return no_address;
	return ends_in(name, "/if_inet6") ? redact_digits : redact_address;
}

/* No text: what is replaced in it would only break it. A log may hold a NUL, and of a process's arguments each is ended by one. */
static bool is_binary(const struct fact *fact)
{
	const struct file *file = fact->file;
	size_t n = 0;

	if (fact->kind == FACT_PIN_CALL)
		return true;
	if (!memchr(file->data, '\0', file->size) || ends_in(fact->name, "/cmdline") || ends_in(fact->name, "/environ"))
		return false;
	for (size_t i = 0; i < file->size; i++)
		n += iscntrl((unsigned char)file->data[i]) && !isspace((unsigned char)file->data[i]);
	return n > file->size / 16;
}

static bool tells_host(const char *name)
{
	return streq(name, "proc/sys/kernel/hostname") || streq(name, "etc/hostname");
}

static void redact_contents(struct redaction *r, const struct fact *fact, struct file *file)
{
	bool passwd = starts_with(fact->name, "etc/passwd");
	struct buffer out = { .arena = r->arena };
	const char *data = file->data;
	size_t size = file->size;

	if (passwd || starts_with(fact->name, "etc/shadow") || starts_with(fact->name, "etc/gshadow")) {
		data = redact_fields(r, data, passwd);
		size = strlen(data);
	}
	if (ends_in(fact->name, "/environ"))
		data = redact_variables(r->arena, data, size);
	if (r->host && tells_host(fact->name) && starts_with(data, r->host))
		buffer_puts(&out, strchr(r->host, '.') ? "computer.example\n" : "computer\n");
	else
		take_out(r, &out, data, size, addresses_in(fact->name));
	file->data = out.text ? out.text : "";
	file->size = out.size;
}

static struct file *redact_file(struct redaction *r, const struct fact *fact)
{
	struct file *file = arena_new_of(r->arena, struct file);

	*file = *fact->file;
	if (file->why)
		file->why = redact_text(r, file->why);
	if (file->size && !is_binary(fact))
		redact_contents(r, fact, file);
	return file;
}

static int by_entry(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

static struct directory *redact_directory(struct redaction *r, const struct directory *was)
{
	struct directory *is = arena_new_of(r->arena, struct directory);

	*is = *was;
	if (was->why)
		is->why = redact_text(r, was->why);
	is->entries = arena_array_of(r->arena, struct entry, was->n + 1);
	for (size_t i = 0; i < was->n; i++)
		is->entries[i] = (struct entry){ redact_text(r, was->entries[i].name), was->entries[i].type };
	if (is->n)
		qsort(is->entries, is->n, sizeof(*is->entries), by_entry);
	return is;
}

struct fact *redact_fact(struct redaction *r, const struct fact *fact)
{
	struct fact *first = NULL, **end = &first;
	const char *name = redact_text(r, fact->name);

	for (; fact; fact = fact->later, end = &(*end)->later) {
		*end = arena_new_of(r->arena, struct fact);
		**end = (struct fact){ .name = name, .kind = fact->kind };
		if (fact_is_list(fact->kind))
			(*end)->directory = redact_directory(r, fact->directory);
		else
			(*end)->file = redact_file(r, fact);
	}
	return first;
}
