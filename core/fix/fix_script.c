/* SPDX-License-Identifier: Apache-2.0 */
#include "core/fix/fix_script.h"

#include "core/base/text.h"

#include <ctype.h>

static const char plain_signs[] = "_.,:/+=@%-";

static bool is_plain_sign(char c)
{
	return isalnum((unsigned char)c) || (c && strchr(plain_signs, c));
}

bool shell_is_plain(const char *text)
{
	while (is_plain_sign(*text) || *text == ' ')
		text++;
	return !*text;
}

const char *shell_quoted(struct arena *arena, const char *text)
{
	struct buffer out = { .arena = arena };

	buffer_puts(&out, "'");
	for (const char *c = text; *c; c++)
		if (*c == '\'')
			buffer_puts(&out, "'\\''");
		else
			buffer_add(&out, c, 1);
	buffer_puts(&out, "'");
	return out.text;
}

/* ---- one line ---- */

static void skip_spaces(const char **at)
{
	while (**at == ' ')
		(*at)++;
}

/* A word in single quotes, or a plain one; NULL where it is neither. */
static const char *take_word(struct arena *arena, const char **at)
{
	const char *start = *at, *end;

	if (*start == '\'') {
		end = strchr(start + 1, '\'');
		if (!end || (end[1] && end[1] != ' ' && end[1] != '>'))
			return NULL;
		*at = end + 1;
		return arena_strndup(arena, start + 1, (size_t)(end - start - 1));
	}
	for (end = start; is_plain_sign(*end); end++)
		continue;
	*at = end;
	return end > start ? arena_strndup(arena, start, (size_t)(end - start)) : NULL;
}

/* Files of a folder of drop-ins are configuration; those of some are shown as they are, or have another sign for a remark. */
static bool takes_remarks(const char *path)
{
	static const char *const others[] = { "/apt.conf.d/", "/issue.d/", "/motd.d/", "/update-motd.d/" };

	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		if (strstr(path, others[i]))
			return false;
	return strstr(path, ".d/") != NULL;
}

static const char beginning[] = "printf '%s\\n' ";

static bool take_file(struct arena *arena, struct fix_script *script, const char *line)
{
	struct buffer text = { .arena = arena };
	const char *at = line + sizeof(beginning) - 1, *word;

	if (!starts_with(line, beginning))
		return false;
	for (skip_spaces(&at); *at && *at != '>'; skip_spaces(&at)) {
		word = take_word(arena, &at);
		if (!word)
			return false;
		buffer_printf(&text, "%s\n", word);
	}
	if (*at != '>')
		return false;
	at++;
	skip_spaces(&at);
	word = take_word(arena, &at);
	if (!word || *word != '/' || *at || !text.text)
		return false;
	arena_push(arena, script->files, script->n_files) = (struct fix_file){ word, text.text, takes_remarks(word) };
	return true;
}

static bool take_line(struct arena *arena, struct fix_script *script, const char *line)
{
	const char *at = line;

	if (starts_with(line, "mkdir -p ")) {
		at += strlen("mkdir -p ");
		at = take_word(arena, &at);
		if (!at || !shell_is_plain(line))
			return false;
		arena_push(arena, script->folders, script->n_folders) = at;
		return true;
	}
	if (starts_with(line, "umask ") && shell_is_plain(line)) {
		script->mode = 0666U & ~(unsigned)strtoul(line + strlen("umask "), NULL, 8);
		return true;
	}
	return take_file(arena, script, line);
}

struct fix_script fix_script_read(struct arena *arena, const char *text)
{
	struct fix_script script = { .mode = 0644 };
	const char *end;

	for (const char *at = text; *at; at = *end ? end + 1 : end) {
		end = strchrnul(at, '\n');
		if (!take_line(arena, &script, arena_strndup(arena, at, (size_t)(end - at)))) {
			script.rest = at;
			break;
		}
	}
	return script;
}

/* ---- remarks ---- */

/* Where the statement that starts here writes to, also over lines that end in a backslash; NULL: to no file, or something else follows. */
static const char *written_to(struct arena *arena, const char *statement)
{
	const char *end = strchrnul(statement, '\n'), *at;

	while (*end && end > statement && end[-1] == '\\')
		end = strchrnul(end + 1, '\n');
	at = memrchr(statement, '>', (size_t)(end - statement));
	if (!at)
		return NULL;
	at++;
	skip_spaces(&at);
	statement = take_word(arena, &at);
	return statement && *statement == '/' && at == end ? statement : NULL;
}

const char *fix_script_marked(struct arena *arena, const char *text, const char *remark)
{
	struct buffer out = { .arena = arena };

	for (const char *line = text, *end; *line; line = *end ? end + 1 : end) {
		const char *statement = line + strspn(line, " "), *path = NULL;

		end = strchrnul(line, '\n');
		if (starts_with(statement, beginning))
			path = written_to(arena, statement);
		if (path && takes_remarks(path)) {
			statement += sizeof(beginning) - 1;
			buffer_add(&out, line, (size_t)(statement - line));
			buffer_printf(&out, "%s ", shell_quoted(arena, remark));
			line = statement;
		}
		buffer_add(&out, line, (size_t)(end - line));
		buffer_puts(&out, "\n");
	}
	return out.text ? out.text : "";
}
