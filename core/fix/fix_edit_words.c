/* SPDX-License-Identifier: Apache-2.0 */
/* Mount options in fstab(5), and arguments of a program in a pod's manifest: a word among others. */
#include "core/base/text.h"
#include "core/fix/fix_edit_lines.h"

/* ---- fstab ---- */

enum { FIELDS = 4, PLACE = 1, TYPE = 2, OPTIONS = 3 };

struct fields {
	const char *start[FIELDS];
	size_t size[FIELDS];
	size_t n;
};

static struct fields fields_of(const char *line)
{
	struct fields f = { .n = 0 };
	const char *at = line;

	if (line[strspn(line, " \t")] == '#')
		return f;
	while (f.n < FIELDS && (f.start[f.n] = list_next(&at, " \t", &f.size[f.n])))
		f.n++;
	return f;
}

static bool is_of_place(struct arena *arena, const struct fields *f, const char *place)
{
	static const char network[] = "nfs nfs4 cifs smb3 9p ceph glusterfs fuse.sshfs fuse.glusterfs";

	if (f->n < OPTIONS)
		return false;
	if (streq(place, "network"))
		return list_has_part(network, " ", f->start[TYPE], f->size[TYPE]);
	return text_glob(place, arena_strndup(arena, f->start[PLACE], f->size[PLACE]));
}

/* nodev takes dev's place, and umask=0077 that of umask=0022. */
static bool takes_place_of(const char *option, const char *word, size_t n)
{
	const char *equals = strchr(option, '=');

	if (equals)
		return n > (size_t)(equals - option) && strncmp(word, option, (size_t)(equals - option) + 1) == 0;
	return starts_with(option, "no") && strlen(option) == n + 2 && strncmp(word, option + 2, n) == 0;
}

/* Behind all others: "user" brings its own, which the last word goes over. */
static const char *with_option(struct arena *arena, const char *options, const char *option)
{
	struct buffer out = { .arena = arena };
	const char *at = options, *word;
	size_t n;

	while ((word = list_next(&at, ",", &n)))
		if (!takes_place_of(option, word, n) && !(strlen(option) == n && strncmp(word, option, n) == 0))
			buffer_printf(&out, "%s%.*s", out.text ? "," : "", (int)n, word);
	buffer_printf(&out, "%s%s", out.text ? "," : "", option);
	return out.text;
}

static const char *changed_line(struct arena *arena, const char *line, const struct fields *f, const char *option)
{
	const char *options, *end;

	if (f->n == OPTIONS) {
		end = f->start[TYPE] + f->size[TYPE];
		return arena_printf(arena, "%.*s\tdefaults,%s%s", (int)(end - line), line, option, end);
	}
	options = arena_strndup(arena, f->start[OPTIONS], f->size[OPTIONS]);
	if (list_has(options, ",", option) && (strchr(option, '=') || !list_has(options, ",", option + 2)))
		return line;
	end = f->start[OPTIONS] + f->size[OPTIONS];
	return arena_printf(arena, "%.*s%s%s", (int)(f->start[OPTIONS] - line), line, with_option(arena, options, option), end);
}

bool edit_option(struct edit_lines *lines, const char *rest, const char **why)
{
	const char *at = rest, *place = edit_word(lines->arena, &at), *option = edit_word(lines->arena, &at);
	bool found = false;

	at += strspn(at, " ");
	for (size_t i = 0; place && option && i < lines->n; i++) {
		struct fields f = fields_of(lines->list[i]);

		if (!is_of_place(lines->arena, &f, place))
			continue;
		found = true;
		lines->list[i] = changed_line(lines->arena, lines->list[i], &f, option);
	}
	if (!found && *at)
		edit_lines_insert(lines, lines->n, at);
	else if (!found)
		*why = arena_printf(lines->arena, "it has no line for %s, which is mounted by something else", place ? place : "it");
	return found || *at;
}

/* ---- arguments ---- */

/* What stands behind "- ", without quotes around it; NULL: it is no item of a list. */
static const char *list_item(struct arena *arena, const char *line)
{
	const char *at = line + edit_indent(line);
	size_t n;

	if (!starts_with(at, "- "))
		return NULL;
	at = text_trim(arena_strdup(arena, at + 2));
	n = strlen(at);
	if (n > 1 && (*at == '"' || *at == '\'') && at[n - 1] == *at)
		return arena_strndup(arena, at + 1, n - 2);
	return at;
}

/* The line that names the program, by itself or with its folder. */
static size_t program_line(const struct edit_lines *lines, const char *program)
{
	for (size_t i = 0; i < lines->n; i++) {
		const char *item = list_item(lines->arena, lines->list[i]), *slash = item ? strrchr(item, '/') : NULL;

		if (item && streq(slash ? slash + 1 : item, program))
			return i;
	}
	return lines->n;
}

static const char *changed_list(struct arena *arena, const char *list, const char *word, bool add)
{
	struct buffer out = { .arena = arena };
	const char *at = list, *other;
	size_t n;

	while ((other = list_next(&at, ",", &n)))
		if (strlen(word) != n || strncmp(word, other, n) != 0)
			buffer_printf(&out, "%s%.*s", out.text ? "," : "", (int)n, other);
	if (add)
		buffer_printf(&out, "%s%s", out.text ? "," : "", word);
	return out.text;
}

/* The flag as it should be; NULL: it should not be there. `now` is its value, or NULL. */
static const char *wanted_flag(struct arena *arena, const char *flag, size_t name, const char *now)
{
	const char *value = flag + name + 1;
	bool add = flag[name - 1] == '+', take = flag[name - 1] == '-';

	if (add || take) {
		now = changed_list(arena, now ? now : "", value, add);
		return now ? arena_printf(arena, "%.*s=%s", (int)name - 1, flag, now) : NULL;
	}
	return flag;
}

static bool put_flag(struct edit_lines *lines, size_t program, const char *flag, bool take_out, const char **why)
{
	const char *equals = strchr(flag, '='), *made, *now = NULL;
	size_t name = equals ? (size_t)(equals - flag) : strlen(flag), bare = name, indent = edit_indent(lines->list[program]), at, found = 0;

	if (equals && (flag[name - 1] == '+' || flag[name - 1] == '-'))
		bare--;
	for (at = program + 1; at < lines->n && edit_indent(lines->list[at]) == indent && list_item(lines->arena, lines->list[at]); at++) {
		const char *item = list_item(lines->arena, lines->list[at]);

		if (strncmp(item, flag, bare) != 0 || (item[bare] && item[bare] != '='))
			continue;
		if (found || (!item[bare] && at + 1 < lines->n && list_item(lines->arena, lines->list[at + 1]) &&
			      *list_item(lines->arena, lines->list[at + 1]) != '-')) {
			*why = arena_printf(lines->arena, "%.*s stands in it twice, or over two lines", (int)bare, flag);
			return false;
		}
		found = at;
		now = item[bare] ? item + bare + 1 : "";
	}
	made = take_out ? NULL : wanted_flag(lines->arena, flag, name, now);
	if (found && !made)
		edit_lines_remove(lines, found);
	else if (found && !streq(list_item(lines->arena, lines->list[found]), made))
		lines->list[found] = arena_printf(lines->arena, "%*s- %s", (int)indent, "", made);
	else if (!found && made)
		edit_lines_insert(lines, at, arena_printf(lines->arena, "%*s- %s", (int)indent, "", made));
	return true;
}

bool edit_argument(struct edit_lines *lines, const char *rest, const char **why)
{
	const char *at = rest, *program = edit_word(lines->arena, &at), *flag = edit_word(lines->arena, &at);
	bool take_out = flag && streq(flag, "-");
	size_t line;

	if (take_out)
		flag = edit_word(lines->arena, &at);
	line = flag && starts_with(flag, "--") ? program_line(lines, program) : lines->n;
	if (line == lines->n) {
		*why = arena_printf(lines->arena, "the arguments of %s are not written in it as a list, a line each", program ? program : "it");
		return false;
	}
	return put_flag(lines, line, flag, take_out, why);
}
