/* SPDX-License-Identifier: Apache-2.0 */
#include "core/packages.h"

#include "core/gunzip.h"
#include "core/text.h"

enum { RECORD_LIMIT = 64 << 20, CHANGELOG_LIMIT = 8 << 20 };

static const char path[] = "var/lib/dpkg/status";

/* The value of a field, where the line is of that field: its start, and its length in *size. */
static const char *field(const char *line, size_t length, const char *name, size_t *size)
{
	size_t n = strlen(name);

	if (length < n || memcmp(line, name, n) != 0)
		return NULL;
	for (line += n, length -= n; length && (*line == ' ' || *line == '\t'); length--)
		line++;
	*size = length;
	return line;
}

/* "install ok installed", "hold ok installed". */
static bool is_installed(const char *status, size_t size)
{
	static const char word[] = " installed";
	size_t n = strlen(word);

	return size >= n && memcmp(status + size - n, word, n) == 0;
}

struct stanza {
	struct package package;
	bool installed;
};

static void take_line(struct stanza *stanza, struct arena *arena, const char *line, size_t length)
{
	const char *value;
	size_t size;

	if ((value = field(line, length, "Package:", &size)))
		stanza->package.name = arena_strndup(arena, value, size);
	else if ((value = field(line, length, "Status:", &size)))
		stanza->installed = is_installed(value, size);
	else if ((value = field(line, length, "Version:", &size)))
		stanza->package.version = arena_strndup(arena, value, size);
}

static void take_stanza(struct packages *packages, struct arena *arena, const struct stanza *stanza)
{
	if (stanza->installed && stanza->package.name && stanza->package.version)
		arena_push(arena, packages->list, packages->n) = stanza->package;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct package *)a)->name, ((const struct package *)b)->name);
}

struct packages *packages_read(struct source *source, struct arena *arena)
{
	struct packages *packages = arena_new_of(arena, struct packages);
	struct stanza stanza = { 0 };
	const char *line, *end;

	packages->file = source_read(source, path, RECORD_LIMIT);
	if (packages->file->state != STATE_PRESENT)
		return packages;
	end = packages->file->data + packages->file->size;
	for (line = packages->file->data; line < end;) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		size_t length = (size_t)((newline ? newline : end) - line);

		if (!length) {
			take_stanza(packages, arena, &stanza);
			stanza = (struct stanza){ 0 };
		} else {
			take_line(&stanza, arena, line, length);
		}
		line += length + 1;
	}
	take_stanza(packages, arena, &stanza);
	if (packages->n)
		qsort(packages->list, packages->n, sizeof(*packages->list), by_name);
	return packages;
}

const char *packages_version(const struct packages *packages, const char *name)
{
	struct package key = { .name = name };
	const struct package *found = packages->n ? bsearch(&key, packages->list, packages->n, sizeof(key), by_name) : NULL;

	return found ? found->version : NULL;
}

static bool has_line(const struct file *file, const char *line)
{
	size_t n = strlen(line);

	for (const char *at = file->data; (at = strstr(at, line)); at += n)
		if ((at == file->data || at[-1] == '\n') && (at[n] == '\n' || !at[n]))
			return true;
	return false;
}

bool packages_holds(struct source *source, struct arena *arena, const char *name, const char *file)
{
	const struct file *list = source_read(source, arena_printf(arena, "var/lib/dpkg/info/%s.list", name), CHANGELOG_LIMIT);

	if (list->state != STATE_PRESENT)
		return false;
	/* a system whose /bin is a link may know the file by either name */
	return has_line(list, file) || (starts_with(file, "/usr/") ? has_line(list, file + strlen("/usr"))
								   : has_line(list, arena_printf(arena, "/usr%s", file)));
}

static const struct file *unpack(struct source *source, const char *name, const struct file *packed)
{
	auto_arena struct arena *scratch = arena_new();
	const char *why = packed->why;
	size_t size = packed->size;
	const char *text = packed->state == STATE_PRESENT ? packed->data : NULL;

	if (text && is_gzip(packed))
		text = gunzip(scratch, packed, CHANGELOG_LIMIT, &size, &why);
	return source_remember(source, name, text ? STATE_PRESENT : packed->state != STATE_PRESENT ? packed->state : STATE_MALFORMED, why, text,
			       text ? size : 0);
}

const struct file *packages_changelog(struct source *source, struct arena *arena, const char *name)
{
	static const char *const names[] = { "changelog.Debian.gz", "changelog.Debian" };
	const char *call = arena_printf(arena, "the changelog of the package %s", name);
	const struct file *file = source_recall(source, call);

	if (file)
		return file;
	for (size_t i = 0; i < ARRAY_LEN(names) && (!file || file->state == STATE_ABSENT); i++)
		file = source_read(source, arena_printf(arena, "usr/share/doc/%s/%s", name, names[i]), CHANGELOG_LIMIT);
	return unpack(source, call, file);
}
