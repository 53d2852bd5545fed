/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/completion.h"

#include "core/base/text.h"

static const char head[] =
	"_plimsoll_list()\n"
	"{\n"
	"	local -a lines\n"
	"	case $1 in\n"
	"	rule)\n"
	"		lines=(${(f)\"$($plimsoll list rules -p paranoid 2>/dev/null || $plimsoll list rules 2>/dev/null)\"})\n"
	"		compadd -- ${lines%% *} ;;\n"
	"	profile)\n"
	"		lines=(${(f)\"$($plimsoll list profiles 2>/dev/null)\"})\n"
	"		compadd -- ${${lines##[^ ]# ##}%% *} ;;\n"
	"	value)\n"
	"		lines=(${${(f)\"$($plimsoll list values 2>/dev/null)\"}:#' '*})\n"
	"		compadd -S = -- ${lines%% *} ;;\n"
	"	benchmark)\n"
	"		lines=(${${(f)\"$($plimsoll list benchmarks 2>/dev/null)\"}:#' '*})\n"
	"		compadd -- ${lines%% *}\n"
	"		_files ;;\n"
	"	esac\n"
	"}\n\n";

/* ":NAME:action" of an option or an argument. */
static char *action(struct arena *arena, const char *name, const char *values)
{
	const char *words = completion_words(arena, values), *topic = completion_topic(arena, values);
	const char *what = " ";

	if (words)
		what = arena_printf(arena, "(%s)", words);
	else if (topic)
		what = arena_printf(arena, "{_plimsoll_list %s}", topic);
	else if (values && streq(values, "<file>"))
		what = "_files";
	else if (values && streq(values, "<directory>"))
		what = "_files -/";
	return arena_printf(arena, ":%s:%s", name, what);
}

/* Brackets and colons mean something to _arguments. */
static void option(FILE *stream, struct arena *arena, const struct option_row *row)
{
	bool repeats = option_repeats(row) || streq(row->name, "verbose");
	char *help = completion_quoted(arena, row->help, "[]:\\", "'\\''");
	const char *equals = row->argument ? "=" : "";

	help[strlen(help) - 1] = '\0';
	fprintf(stream, "			");
	if (repeats)
		fputs("'*'", stream);
	else if (row->letter)
		fprintf(stream, "'(-%c --%s)'", row->letter, row->name);
	if (row->letter)
		fprintf(stream, "{-%c,--%s%s}", row->letter, row->name, equals);
	else
		fprintf(stream, "--%s%s", row->name, equals);
	fprintf(stream, "'[%s]%s' \\\n", help + 1, row->argument ? action(arena, row->argument, row->values) : "");
}

static void command(FILE *stream, struct arena *arena, const struct verb *verb)
{
	fprintf(stream, "	%s)\n		_arguments -s -S \\\n", verb->name);
	for (const struct option_row *row = option_rows; row->name; row++)
		if (row->verbs & verb->bit)
			option(stream, arena, row);
	fprintf(stream, "			'*%s' ;;\n", action(arena, "argument", verb->completes));
}

void completion_zsh(FILE *stream, struct arena *arena)
{
	struct buffer names = { .arena = arena };

	fputs("#compdef plimsoll\n# Made from the tables of the program.\n\n", stream);
	fputs(head, stream);
	fputs("_plimsoll()\n{\n	local plimsoll=${(Q)words[1]} command curcontext=$curcontext\n	local -a commands\n	commands=(\n", stream);
	for (const struct verb *const *v = verbs; *v; v++) {
		fprintf(stream, "		%s\n", completion_quoted(arena, arena_printf(arena, "%s:%s", (*v)->name, (*v)->summary), "\\", "'\\''"));
		buffer_word(&names, (*v)->name, strlen((*v)->name));
	}
	fputs("		'help:how a command is used'\n	)\n	if ((CURRENT == 2)); then\n		_describe command commands\n		return\n	fi\n"
	      "	command=$words[2]\n	shift words\n	((CURRENT--))\n	case $command in\n", stream);
	fprintf(stream, "	help) compadd -- %s ;;\n", names.text);
	for (const struct verb *const *v = verbs; *v; v++)
		command(stream, arena, *v);
	fputs("	esac\n}\n\nif [[ $funcstack[1] == _plimsoll ]]; then\n	_plimsoll \"$@\"\nelse\n	compdef _plimsoll plimsoll\nfi\n", stream);
}
