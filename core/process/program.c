/* SPDX-License-Identifier: Apache-2.0 */
#include "core/process/program.h"

#include "core/base/text.h"

#include <ctype.h>
#include <limits.h>

enum { PROGRAM_LIMIT = 32 << 20, LONGEST = 32 };

static bool is_there(struct source *source, const char *path, size_t size)
{
	char name[PATH_MAX];

	if (size >= sizeof(name))
		return false;
	memcpy(name, path, size);
	name[size] = '\0';
	return source_stat(source, name)->state != STATE_ABSENT;
}

bool program_installed(struct source *source, const char *paths, bool configured)
{
	const char *word, *slash;
	size_t n;

	for (const char *at = paths; (word = list_next(&at, " ", &n));)
		if (is_there(source, word, n))
			return true;
	n = strcspn(paths, " ");
	slash = memrchr(paths, '/', n);
	return configured && slash && !is_there(source, paths, (size_t)(slash - paths));
}

static bool is_text(char c)
{
	return c >= ' ' && c <= '~';
}

/* How long a version stands at `at`: numbers and dots, and the p of a patch release. */
static size_t version_length(const char *at, const char *end)
{
	size_t n = 0;

	while (at + n < end && n < LONGEST && (isdigit((unsigned char)at[n]) || (n && (at[n] == '.' || at[n] == 'p'))))
		n++;
	return n;
}

static size_t count_dots(const char *at, size_t n)
{
	size_t dots = 0;

	for (size_t i = 0; i < n; i++)
		dots += at[i] == '.';
	return dots;
}

/* The version that follows the prefix at `at`, where the text begins; 0 where none does. */
static size_t version_at(const char *begin, const char *at, const char *end, size_t prefix)
{
	size_t n = version_length(at + prefix, end);
	const char *after = at + prefix + n;

	if ((at > begin && is_text(at[-1])) || !n || !count_dots(at + prefix, n))
		return 0;
	if (after < end && *after != ' ' && is_text(*after))
		return 0;
	return prefix || (count_dots(at, n) == 2 && (after == end || !is_text(*after))) ? n : 0;
}

const char *program_version(struct source *source, struct arena *arena, const char *path, const char *prefix)
{
	const struct file *file = source_read(source, path, PROGRAM_LIMIT);
	size_t length = strlen(prefix), n;
	const char *end, *best = NULL;

	if (file->state != STATE_PRESENT)
		return NULL;
	end = file->data + file->size;
	for (const char *at = file->data; at < end && (at = length ? memmem(at, (size_t)(end - at), prefix, length) : at); at++) {
		if (!length && !isdigit((unsigned char)*at))
			continue;
		n = version_at(file->data, at, end, length);
		/* of two texts the longer says more: "9.2" and "9.2p1" */
		if (n && (!best || n > strlen(best)))
			best = arena_strndup(arena, at + length, n);
	}
	return best;
}

bool program_holds(struct source *source, const char *path, const char *text)
{
	const struct file *file = source_read(source, path, PROGRAM_LIMIT);

	return file->state == STATE_PRESENT && memmem(file->data, file->size, text, strlen(text) + 1);
}
