/* SPDX-License-Identifier: Apache-2.0 */
/* The program that a unit starts, and whether that is the daemon: what a script or a shell makes of its words is not told by them. */
#include "core/daemon/daemon_private.h"

#include "core/base/text.h"
#include "core/boot/unit.h"

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* "NAME=value" */
static bool is_assignment(const char *word)
{
	size_t n = strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

	return n && word[n] == '=';
}

/* Programs that start the one behind their own options: nice(1), ionice(1), and env(1) without any. How many words are its own; 0: it is none. */
static size_t wrapper_size(const char **words, size_t n)
{
	const char *name = base_name(words[0]);
	size_t i = 1;

	if (streq(name, "env")) {
		while (i < n && is_assignment(words[i]))
			i++;
		if (i < n && *words[i] == '-')
			return 0;
	} else if (streq(name, "nice") || streq(name, "ionice")) {
		while (i < n && *words[i] == '-')
			i += list_has("-n -c --adjustment --class --classdata", " ", words[i]) ? 2 : 1;
	} else {
		return 0;
	}
	return i < n ? i : 0;
}

struct daemon_start daemon_start_of(struct arena *arena, const struct unit_command *unit, const char *program)
{
	struct daemon_start start = { .variables = unit->variables, .n_variables = unit->n_variables };
	const char **words = unit->arguments;
	size_t n = unit->n, own;

	while (n && (own = wrapper_size(words, n))) {
		if (own > 1 && streq(base_name(words[0]), "env")) {
			start.variables = NULL;
			start.n_variables = 0;
			for (size_t i = 0; i < unit->n_variables; i++)
				arena_push(arena, start.variables, start.n_variables) = unit->variables[i];
			for (size_t i = 1; i < own; i++)
				arena_push(arena, start.variables, start.n_variables) = words[i];
		}
		words += own;
		n -= own;
	}
	if (!n)
		return start;
	start.program = words[0];
	start.arguments = words + 1;
	start.n = n - 1;
	if (!streq(base_name(words[0]), program))
		start.why = arena_printf(arena, "it starts %s, and what that tells %s is not known", words[0], program);
	return start;
}

static bool has_any(const char *text, const char *words)
{
	const char *word;
	size_t n;

	while ((word = list_next(&words, " ", &n)))
		if (memmem(text, strlen(text), word, n))
			return true;
	return false;
}

bool daemon_unit_starts(struct daemon_finder *f, struct arena *arena, const char *unit, const char *program, const char *words)
{
	const struct unit *from = unit_load(f->units, arena, unit);
	const struct unit_setting *command = unit_setting(from, "Service", "ExecStart");
	struct daemon_start start;

	if (from->masked || !command || !strstr(command->value, program))   /* most are none, and need not be taken apart */
		return false;
	start = daemon_start_of(arena, unit_command_read(f->source, arena, f->units, unit), program);
	if (start.why)
		return words && has_any(command->value, words);
	return start.program && (!words || (start.n && list_has(words, " ", start.arguments[0])));
}
