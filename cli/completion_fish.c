/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/completion.h"

#include "core/base/text.h"

static const char head[] =
	"function __plimsoll_list\n"
	"	switch $argv[1]\n"
	"	case rule\n"
	"		begin; command plimsoll list rules -p paranoid; or command plimsoll list rules; end 2>/dev/null | string match -r '^\\S+'\n"
	"	case profile\n"
	"		command plimsoll list profiles 2>/dev/null | string replace -rf '^\\S+ +(\\S+).*' '$1'\n"
	"	case value\n"
	"		command plimsoll list values 2>/dev/null | string replace -rf '^(\\S+).*' '$1='\n"
	"	case benchmark\n"
	"		command plimsoll list benchmarks 2>/dev/null | string match -r '^\\S+'\n"
	"	end\n"
	"end\n\n"
	"complete -c plimsoll -f\n";

static char *quoted(struct arena *arena, const char *text)
{
	return completion_quoted(arena, text, "\\", "\\'");
}

/* -x: an option takes something, and no file; -r -F: a file. */
static void put_values(FILE *stream, struct arena *arena, const char *values)
{
	const char *words = completion_words(arena, values), *topic = completion_topic(arena, values);

	if (words)
		fprintf(stream, " -x -a %s", quoted(arena, words));
	else if (topic)
		fprintf(stream, " %s -a '(__plimsoll_list %s)'", streq(topic, "benchmark") ? "-r -F" : "-x", topic);
	else if (values && streq(values, "<directory>"))
		fputs(" -x -a '(__fish_complete_directories)'", stream);
	else if (values && streq(values, "<file>"))
		fputs(" -r -F", stream);
	else
		fputs(" -x", stream);
}

static void command(FILE *stream, struct arena *arena, const struct verb *verb)
{
	const char *words = completion_words(arena, verb->completes), *topic = completion_topic(arena, verb->completes);
	char *when = arena_printf(arena, "complete -c plimsoll -n '__fish_seen_subcommand_from %s'", verb->name);

	fprintf(stream, "\ncomplete -c plimsoll -n __fish_use_subcommand -a %s -d %s\n", verb->name, quoted(arena, verb->summary));
	for (const struct option_row *row = option_rows; row->name; row++) {
		if (!(row->verbs & verb->bit))
			continue;
		fputs(when, stream);
		if (row->letter)
			fprintf(stream, " -s %c", row->letter);
		fprintf(stream, " -l %s", row->name);
		if (row->argument)
			put_values(stream, arena, row->values);
		fprintf(stream, " -d %s\n", quoted(arena, row->help));
	}
	if (words)
		fprintf(stream, "%s -a %s\n", when, quoted(arena, words));
	else if (topic)
		fprintf(stream, "%s -a '(__plimsoll_list %s)'\n", when, topic);
	else if (verb->completes && streq(verb->completes, "<file>"))
		fprintf(stream, "%s -F\n", when);
	else if (verb->completes && streq(verb->completes, "<directory>"))
		fprintf(stream, "%s -a '(__fish_complete_directories)'\n", when);
}

void completion_fish(FILE *stream, struct arena *arena)
{
	struct buffer names = { .arena = arena };

	for (const struct verb *const *v = verbs; *v; v++)
		buffer_word(&names, (*v)->name, strlen((*v)->name));
	fputs("# fish completion for plimsoll; made from the tables of the program.\n\n", stream);
	fputs(head, stream);
	fputs("complete -c plimsoll -n __fish_use_subcommand -a help -d 'how a command is used'\n", stream);
	fprintf(stream, "complete -c plimsoll -n '__fish_seen_subcommand_from help' -a '%s'\n", names.text);
	for (const struct verb *const *v = verbs; *v; v++)
		command(stream, arena, *v);
}
