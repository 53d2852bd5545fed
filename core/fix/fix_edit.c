/* SPDX-License-Identifier: Apache-2.0 */
#include "core/fix/fix_edit.h"

#include "core/base/text.h"
#include "core/fix/fix_edit_lines.h"

#include <ctype.h>

/* ---- lines ---- */

struct edit_lines edit_lines_of(struct arena *arena, const char *text)
{
	struct edit_lines lines = { .arena = arena };

	for (const char *line = text, *end; *line; line = *end ? end + 1 : end) {
		end = strchrnul(line, '\n');
		arena_push(arena, lines.list, lines.n) = arena_strndup(arena, line, (size_t)(end - line));
	}
	return lines;
}

const char *edit_lines_text(const struct edit_lines *lines)
{
	struct buffer out = { .arena = lines->arena };

	for (size_t i = 0; i < lines->n; i++)
		buffer_printf(&out, "%s\n", lines->list[i]);
	return out.text ? out.text : "";
}

void edit_lines_insert(struct edit_lines *lines, size_t at, const char *line)
{
	arena_push(lines->arena, lines->list, lines->n) = line;
	for (size_t i = lines->n - 1; i > at; i--)
		lines->list[i] = lines->list[i - 1];
	lines->list[at] = line;
}

void edit_lines_remove(struct edit_lines *lines, size_t at)
{
	lines->n--;
	for (size_t i = at; i < lines->n; i++)
		lines->list[i] = lines->list[i + 1];
}

const char *edit_word(struct arena *arena, const char **at)
{
	size_t n;
	const char *word = list_next(at, " ", &n);

	return word ? arena_strndup(arena, word, n) : NULL;
}

size_t edit_indent(const char *line)
{
	return strspn(line, " ");
}

/* ---- keys and values ---- */

struct key_syntax {
	const char *name;
	const char *between;         /* key and value, where a line is made anew */
	bool equals;                 /* "=" has to stand there */
};

static const struct key_syntax key_syntaxes[] = {
	{ "words", "\t", false },
	{ "equals", "=", true },
	{ "spaced", " = ", true },
	{ "word", NULL, false },
};

static const struct key_syntax *key_syntax_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(key_syntaxes); i++)
		if (streq(key_syntaxes[i].name, name))
			return &key_syntaxes[i];
	return NULL;
}

/* Where the value of a line with that key begins; NULL: it has another, or none. Keys are told apart as most programs do, without regard to case. */
static const char *value_in(const struct key_syntax *syntax, const char *line, const char *key)
{
	const char *at = line + strspn(line, " \t");
	size_t n = strlen(key);

	if (strncasecmp(at, key, n) != 0)
		return NULL;
	at += n;
	n = strspn(at, " \t");
	if (syntax->equals)
		return at[n] == '=' ? at + n + 1 + strspn(at + n + 1, " \t") : NULL;
	return n || !*at ? at + n : NULL;
}

/* The first line says it from now on, and it alone. */
static bool set_key(struct edit_lines *lines, const struct key_syntax *syntax, const char *key, const char *value)
{
	bool said = false;

	for (size_t i = 0; i < lines->n; i++) {
		const char *old = value_in(syntax, lines->list[i], key);

		if (!old)
			continue;
		if (said)
			edit_lines_remove(lines, i--);
		else if (syntax->between && strcasecmp(text_trim(arena_strdup(lines->arena, old)), value) != 0)
			lines->list[i] = arena_printf(lines->arena, "%.*s%s%s", (int)(old - lines->list[i]), lines->list[i],
						      !*old && !syntax->equals && !isspace((unsigned char)old[-1]) ? syntax->between : "", value);
		said = true;
	}
	if (!said)
		edit_lines_insert(lines, lines->n, syntax->between ? arena_printf(lines->arena, "%s%s%s", key, syntax->between, value) : key);
	return true;
}

static bool is_below(const char *value, const char *limit)
{
	int64_t number, least;

	return text_integer(value, &number) && text_integer(limit, &least) && number < least;
}

/* "without SYNTAX KEY [BELOW]" */
static bool take_out_key(struct edit_lines *lines, const char *rest, const char **why)
{
	const char *at = rest, *name = edit_word(lines->arena, &at), *key = edit_word(lines->arena, &at), *limit = edit_word(lines->arena, &at);
	const struct key_syntax *syntax = name ? key_syntax_of(name) : NULL;

	if (!syntax || !key) {
		*why = "the fix is not understood";
		return false;
	}
	for (size_t i = 0; i < lines->n; i++) {
		const char *value = value_in(syntax, lines->list[i], key);

		if (value && (!limit || is_below(text_trim(arena_strdup(lines->arena, value)), limit)))
			edit_lines_remove(lines, i--);
	}
	return true;
}

static bool edit_key(struct edit_lines *lines, const struct key_syntax *syntax, const char *rest, const char **why)
{
	const char *at = rest, *key = edit_word(lines->arena, &at);

	at += strspn(at, " ");
	if (!key || (syntax->between && !*at)) {
		*why = "the fix is not understood";
		return false;
	}
	return set_key(lines, syntax, key, at);
}

/* ---- the whole ---- */

typedef bool edit_fn(struct edit_lines *lines, const char *rest, const char **why);

static const struct {
	const char *syntax;
	edit_fn *edit;
} edits[] = {
	{ "without", take_out_key }, { "option", edit_option }, { "argument", edit_argument },
	{ "yaml", edit_yaml }, { "toml", edit_toml }, { "section", edit_section },
};

static edit_fn *edit_of(const char *syntax)
{
	for (size_t i = 0; i < ARRAY_LEN(edits); i++)
		if (streq(edits[i].syntax, syntax))
			return edits[i].edit;
	return NULL;
}

bool fix_edit_read(struct arena *arena, struct fix_edit *edit, const char *line)
{
	const char *at = line;

	edit->file = edit_word(arena, &at);
	edit->syntax = edit_word(arena, &at);
	edit->rest = at + strspn(at, " ");
	return edit->file && edit->syntax && *edit->rest && (*edit->file == '/' || *edit->file == '@') &&
	       (key_syntax_of(edit->syntax) || edit_of(edit->syntax));
}

/* A patch has the bytes of the file in it, and is read in a terminal. */
static bool is_harmless(struct arena *arena, const char *text)
{
	char *plain = arena_strdup(arena, text);
	size_t n = strlen(plain);

	for (char *c = plain; *c; c++)
		if (*c == '\t' || *c == '\n')
			*c = ' ';
	return streq(plain, text_safe(arena, plain, n, n + 1));
}

static const char *unfit(struct arena *arena, const char *text)
{
	return !is_harmless(arena, text) ? "it holds signs that a terminal would act on" : text[strspn(text, " \t\n")] == '{' ? "it is written in JSON" : NULL;
}

const char *fix_edit_apply(struct arena *arena, const struct fix_edit *edit, const char *text, const char **why)
{
	struct edit_lines lines = edit_lines_of(arena, text);
	const struct key_syntax *keys = key_syntax_of(edit->syntax);
	const char *before = edit_lines_text(&lines), *after;

	*why = unfit(arena, text);
	if (*why || !(keys ? edit_key(&lines, keys, edit->rest, why) : edit_of(edit->syntax)(&lines, edit->rest, why)))
		return NULL;
	after = edit_lines_text(&lines);
	return streq(before, after) ? text : after;
}
