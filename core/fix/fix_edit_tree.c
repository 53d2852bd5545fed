/* SPDX-License-Identifier: Apache-2.0 */
/* A key in YAML, as far as its tables are written with a line per key, and in TOML and files of sections. What is written otherwise is left to hands. */
#include "core/base/text.h"
#include "core/fix/fix_edit_lines.h"

enum { DEEPEST = 8, STEP = 2 };

/* ---- YAML ---- */

static bool says_nothing(const char *line)
{
	const char *at = line + strspn(line, " \t");

	return !*at || *at == '#';
}

/* What stands behind "key:" on a line of that depth; NULL: it is another. */
static const char *yaml_value(const char *line, size_t indent, const char *key)
{
	size_t n = strlen(key);

	if (edit_indent(line) != indent || strncmp(line + indent, key, n) != 0 || line[indent + n] != ':')
		return NULL;
	line += indent + n + 1;
	return !*line || *line == ' ' ? line + strspn(line, " ") : NULL;
}

/* The first line behind `at` that is not part of the value that begins there; items of a list may stand as deep as their key. */
static size_t yaml_end(const struct edit_lines *lines, size_t at, size_t indent)
{
	size_t end = at + 1;

	for (size_t i = at + 1; i < lines->n; i++) {
		if (says_nothing(lines->list[i]))
			continue;
		if (edit_indent(lines->list[i]) < indent || (edit_indent(lines->list[i]) == indent && !starts_with(lines->list[i] + indent, "- ")))
			break;
		end = i + 1;
	}
	return end;
}

/* A table between these lines, and how deep its keys stand. */
struct range {
	size_t start, end, indent;
};

static size_t yaml_find(const struct edit_lines *lines, const struct range *in, const char *key)
{
	for (size_t i = in->start; i < in->end; i++)
		if (yaml_value(lines->list[i], in->indent, key))
			return i;
	return in->end;
}

/* Into the table of that key. False where it is written otherwise than with a line per key. */
static bool yaml_enter(const struct edit_lines *lines, struct range *in, size_t at, const char *key)
{
	const char *value = yaml_value(lines->list[at], in->indent, key);
	size_t first = at + 1;

	if (*value && *value != '#')
		return false;
	in->end = yaml_end(lines, at, in->indent);
	while (first < in->end && says_nothing(lines->list[first]))
		first++;
	in->start = at + 1;
	in->indent = first < in->end ? edit_indent(lines->list[first]) : in->indent + STEP;
	return first == in->end || !starts_with(lines->list[first] + in->indent, "- ");
}

static void yaml_add(struct edit_lines *lines, const struct range *in, const char *const *keys, const char *value)
{
	size_t indent = in->indent, at = in->end;

	for (; *keys; keys++, indent += STEP)
		edit_lines_insert(lines, at++, arena_printf(lines->arena, "%*s%s:%s%s", (int)indent, "", *keys, keys[1] ? "" : " ", keys[1] ? "" : value));
}

static bool yaml_set(struct edit_lines *lines, const char *const *keys, const char *value, const char **why)
{
	struct range in = { .end = lines->n };

	while (in.end && says_nothing(lines->list[in.end - 1]))
		in.end--;
	for (; *keys; keys++) {
		size_t at = yaml_find(lines, &in, *keys);

		if (at == in.end) {
			if (value)
				yaml_add(lines, &in, keys, value);
			return true;
		}
		if (!keys[1]) {
			for (size_t end = yaml_end(lines, at, in.indent); end > at + 1; end--)
				edit_lines_remove(lines, end - 1);
			if (value)
				lines->list[at] = arena_printf(lines->arena, "%*s%s: %s", (int)in.indent, "", *keys, value);
			else
				edit_lines_remove(lines, at);
			return true;
		}
		if (!yaml_enter(lines, &in, at, *keys)) {
			*why = arena_printf(lines->arena, "%s is not written in it with a line per key", *keys);
			return false;
		}
	}
	return true;
}

/* More than one document, tabs, anchors: whatever is not plain block style. */
static bool is_plain_yaml(const struct edit_lines *lines)
{
	for (size_t i = 0; i < lines->n; i++)
		if (strchr(lines->list[i], '\t') || (i && starts_with(lines->list[i], "---") && !says_nothing(lines->list[i - 1])) ||
		    starts_with(lines->list[i], "%"))
			return false;
	return true;
}

bool edit_yaml(struct edit_lines *lines, const char *rest, const char **why)
{
	const char *at = rest, *path = edit_word(lines->arena, &at), *keys[DEEPEST + 1] = { NULL };
	bool take_out = path && streq(path, "-");
	size_t n = 0, size;

	if (take_out)
		path = edit_word(lines->arena, &at);
	at += strspn(at, " ");
	for (const char *walk = path, *key; path && n < DEEPEST && (key = list_next(&walk, ".", &size));)
		keys[n++] = arena_strndup(lines->arena, key, size);
	*why = !n || (!take_out && !*at) ? "the fix is not understood" : is_plain_yaml(lines) ? NULL : "it is no plain YAML";
	return !*why && yaml_set(lines, keys, take_out ? NULL : at, why);
}

/* ---- TOML, and sections ---- */

struct table_key {
	const char *table, *key, *value;     /* table: a glob; value: NULL: it is to be taken out */
	const char *between;
};

/* The name in "[name]", its quotes double ones; NULL: the line begins no table. Lists of tables are none. */
static const char *table_of(struct arena *arena, const char *line)
{
	const char *start = line + strspn(line, " \t"), *end;
	char *name;

	if (*start != '[')
		return NULL;
	end = strchr(start, ']');
	while (end && end[1] == ']')
		end++;
	name = end ? arena_strndup(arena, start + 1, (size_t)(end - start - 1)) : arena_strdup(arena, "");
	for (char *c = name; *c; c++)
		if (*c == '\'')
			*c = '"';
	return text_trim(name);
}

/* One of the globs that are separated by |. */
static bool is_wanted(struct arena *arena, const char *globs, const char *table)
{
	const char *at = globs, *glob;
	size_t n;

	while ((glob = list_next(&at, "|", &n)))
		if (text_glob(arena_strndup(arena, glob, n), table))
			return true;
	return false;
}

static bool has_key(const char *line, const char *key)
{
	const char *at = line + strspn(line, " \t");
	size_t n = strlen(key);

	return strncmp(at, key, n) == 0 && at[n + strspn(at + n, " \t")] == '=';
}

/* A list or a text may go on over lines: where it ends is not told from its beginning. */
static bool goes_on(const char *line)
{
	const char *value = strchr(line, '=');

	value += 1 + strspn(value + 1, " \t");
	return strstr(value, "\"\"\"") || strstr(value, "'''") || (*value == '[' && !strchr(value, ']')) || (*value == '{' && !strchr(value, '}'));
}

static bool change_line(struct edit_lines *lines, size_t *at, const struct table_key *k, const char **why)
{
	const char *line = lines->list[*at];

	if (goes_on(line)) {
		*why = arena_printf(lines->arena, "%s goes on over several lines", k->key);
		return false;
	}
	if (!k->value)
		edit_lines_remove(lines, (*at)--);
	else
		lines->list[*at] = arena_printf(lines->arena, "%.*s%s%s%s", (int)strspn(line, " \t"), line, k->key, k->between, k->value);
	return true;
}

static bool add_line(struct edit_lines *lines, size_t header, const struct table_key *k, const char **why)
{
	if (header < lines->n) {
		edit_lines_insert(lines, header + 1, arena_printf(lines->arena, "%.*s%s%s%s", (int)strspn(lines->list[header], " \t"), lines->list[header],
								  k->key, k->between, k->value));
		return true;
	}
	if (strpbrk(k->table, "*?|")) {
		*why = arena_printf(lines->arena, "it has no table [%s]", k->table);
		return false;
	}
	edit_lines_insert(lines, lines->n, arena_printf(lines->arena, "[%s]", k->table));
	edit_lines_insert(lines, lines->n, arena_printf(lines->arena, "%s%s%s", k->key, k->between, k->value));
	return true;
}

static bool set_in_table(struct edit_lines *lines, const struct table_key *k, const char **why)
{
	size_t header = lines->n;
	bool inside = false, said = false;

	for (size_t i = 0; i < lines->n; i++) {
		const char *table = table_of(lines->arena, lines->list[i]);

		if (table) {
			inside = is_wanted(lines->arena, k->table, table);
			if (inside && header == lines->n)
				header = i;
		} else if (inside && has_key(lines->list[i], k->key)) {
			said = true;
			if (!change_line(lines, &i, k, why))
				return false;
			if (!k->value)
				header = lines->n;
		}
	}
	return said || !k->value || add_line(lines, header, k, why);
}

static bool edit_table(struct edit_lines *lines, const char *rest, const char *between, const char **why)
{
	const char *at = rest;
	struct table_key k = { .table = edit_word(lines->arena, &at), .between = between };
	bool take_out = k.table && streq(k.table, "-");

	if (take_out)
		k.table = edit_word(lines->arena, &at);
	k.key = edit_word(lines->arena, &at);
	at += strspn(at, " ");
	k.value = take_out ? NULL : at;
	if (!k.key || (!take_out && !*at)) {
		*why = "the fix is not understood";
		return false;
	}
	return set_in_table(lines, &k, why);
}

bool edit_toml(struct edit_lines *lines, const char *rest, const char **why)
{
	return edit_table(lines, rest, " = ", why);
}

bool edit_section(struct edit_lines *lines, const char *rest, const char **why)
{
	return edit_table(lines, rest, "=", why);
}
