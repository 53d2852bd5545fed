/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of text files that say something: entries of a crontab, directives of a configuration. */
#include "checks/checks.h"

#include "core/base/text.h"

enum { LINE_LIMIT = 16 << 20, LINES_MOST = 200, FILES_MOST = 2000 };

struct asking {
	const struct subject *subject;
	const char *word, *glob, *includes;
	bool any_case;
	struct items *items;
	size_t files;
	const struct file *trouble;  /* the first that is there and could not be read */
};

/* The line as it is compared: in lower case where both cases are the same. */
static const char *compared(const struct asking *a, const char *line)
{
	char *lower = arena_strdup(a->items->arena, line);

	if (!a->any_case)
		return line;
	for (char *c = lower; *c; c++)
		*c = *c >= 'A' && *c <= 'Z' ? *c + 'a' - 'A' : *c;
	return lower;
}

/* The line's first word is one of those asked for; then what follows is the value. */
static const char *value_of(const struct asking *a, const char *line, const char *seen)
{
	size_t n = strcspn(seen, " \t");

	if (a->word && !list_has_part(a->word, " ", seen, n))
		return NULL;
	if (a->glob && !text_glob(a->glob, seen))
		return NULL;
	return a->word ? line + n + strspn(line + n, " \t") : line;
}

static void take_line(struct asking *a, const char *line, const char *origin)
{
	const char *seen = compared(a, line), *value = value_of(a, line, seen), *shown = text_safe(a->items->arena, line, strlen(line), 200);

	if (value)
		items_add_text(a->items, shown, origin, value);
	else if (a->includes && list_has_part(a->includes, " ", seen, strcspn(seen, " \t")))
		items_add_state(a->items, shown, origin, STATE_UNAVAILABLE, "what it names is not read, and may hold such a line");
}

static void take_file(struct asking *a, const char *path)
{
	const struct file *file = source_read(a->subject->source, path, LINE_LIMIT);
	unsigned number = 0;

	if (file->state != STATE_PRESENT) {
		if (file->state != STATE_ABSENT && !a->trouble)
			a->trouble = file;
		return;
	}
	a->files++;
	for (const char *at = file->data; *at && a->items->n < LINES_MOST;) {
		size_t n = strcspn(at, "\n");
		const char *line = text_trim(arena_strndup(a->items->arena, at, n));

		number++;
		at += n + (at[n] == '\n');
		if (*line && *line != '#')
			take_line(a, line, arena_printf(a->items->arena, "%s:%u", file->path, number));
	}
}

/* The last part of the path may hold * and ?. */
static void take_pattern(struct asking *a, const char *pattern)
{
	const char *slash = strrchr(pattern, '/');
	const struct directory *dir;

	if (!strpbrk(pattern, "*?") || !slash) {
		take_file(a, pattern);
		return;
	}
	dir = source_list(a->subject->source, arena_strndup(a->items->arena, pattern, (size_t)(slash - pattern)));
	if (dir->state != STATE_PRESENT && dir->state != STATE_ABSENT && !a->trouble)
		a->trouble = source_read(a->subject->source, dir->path + 1, LINE_LIMIT);
	for (size_t i = 0; i < dir->n && i < FILES_MOST; i++) {
		const char *name = dir->entries[i].name;
		const char *path = arena_printf(a->items->arena, "%s/%s", dir->path + 1, name);
		const struct file *file;

		if (!text_glob(slash + 1, name) || *name == '.')
			continue;
		file = source_stat(a->subject->source, path);
		if (file->state != STATE_PRESENT || !S_ISDIR(file->stat.st_mode))
			take_file(a, path);
	}
}

/* What cannot be looked at may be there. */
static bool stands_any(const struct subject *subject, struct arena *arena, const char *paths)
{
	size_t n;

	for (const char *at = paths, *w; (w = list_next(&at, " \t\n", &n));)
		if (source_stat(subject->source, arena_strndup(arena, w + (*w == '/'), n - (*w == '/')))->state != STATE_ABSENT)
			return true;
	return false;
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	struct asking a = {
		.subject = subject, .word = params_get(params, "word"), .glob = params_get(params, "glob"),
		.includes = params_get(params, "includes"), .any_case = params_true(params, "ignore-case"), .items = items,
	};
	const char *paths = params_get(params, "path"), *needs = params_get(params, "needs"), *shown = list_brief(items->arena, paths);
	const char *first = paths + strspn(paths, " ");
	size_t n;

	first = arena_strndup(items->arena, first, strcspn(first, " "));

	if (needs && !stands_any(subject, items->arena, needs)) {
		items_add_state(items, shown, first, STATE_INAPPLICABLE, "%s: not there", list_brief(items->arena, needs));
		return;
	}
	for (const char *at = paths, *w; (w = list_next(&at, " \t\n", &n));)
		if (n > 1)
			take_pattern(&a, arena_strndup(items->arena, w + (*w == '/'), n - (*w == '/')));
	if (a.trouble)
		items_add_file_state(items, a.trouble->path, a.trouble);
	else if (!items->n && !a.files)
		items_add_state(items, shown, first, STATE_ABSENT, "no such file");
	else if (!items->n)
		items_add_state(items, shown, first, STATE_ABSENT, "no such line");
}

const struct check check_line = {
	.name = "line",
	.summary = "lines of text files, by their first word or a pattern",
	.reference =
		"Reads the files, of which the last part of a path may hold * and ?, and gives an item for each line that fits, with its "
		"number; white space around it, empty lines and those that begin with # are left out. With word the first word must be one "
		"of those, and the value is what follows it; else it is the whole line. With glob the whole line must match. Absent where "
		"no line fits or no file is there. A file that is there and cannot be read is an item of its own, because it may hold such "
		"a line. Includes are not followed: with includes a line that begins with one of those words is unknown, for what it names may "
		"hold such a line.",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "path", PARAM_STRING, REQUIRED, "files, separated by spaces", NULL },
		{ "word", PARAM_STRING, OPTIONAL, "the first word of the line: one of these", NULL },
		{ "glob", PARAM_STRING, OPTIONAL, "a pattern with * and ? for the whole line", NULL },
		{ "ignore-case", PARAM_BOOLEAN, OPTIONAL, "upper and lower case are the same; word, glob and includes are in lower case", NULL },
		{ "includes", PARAM_STRING, OPTIONAL, "first words of lines that name further files", NULL },
		{ "needs", PARAM_STRING, OPTIONAL, "not applicable where none of these paths is there", NULL },
	},
	.observe = observe,
};
