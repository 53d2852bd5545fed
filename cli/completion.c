/* SPDX-License-Identifier: Apache-2.0 */
/* What the shells have in common, and bash. */
#include "cli/completion.h"

#include "core/base/text.h"
#include "reports/formats.h"

const char completion_shells[] = "bash zsh fish";

/* ---- what is taken ---- */

static char *names_of_commands(struct arena *arena)
{
	struct buffer names = { .arena = arena };

	for (const struct verb *const *v = verbs; *v; v++)
		buffer_word(&names, (*v)->name, strlen((*v)->name));
	return names.text;
}

static char *names_of_formats(struct arena *arena)
{
	struct buffer names = { .arena = arena };

	for (const struct format *const *f = formats; *f; f++)
		if ((*f)->write)
			buffer_word(&names, (*f)->name, strlen((*f)->name));
	return names.text;
}

const char *completion_words(struct arena *arena, const char *values)
{
	if (!values)
		return NULL;
	if (streq(values, "<format>"))
		return names_of_formats(arena);
	if (streq(values, "<command>"))
		return names_of_commands(arena);
	if (streq(values, "<shell>"))
		return completion_shells;
	if (streq(values, "<subject>"))
		return "host containers sandboxes";
	return *values == '<' ? NULL : values;
}

const char *completion_topic(struct arena *arena, const char *values)
{
	static const char *const topics[] = { "<rule>", "<profile>", "<value>", "<benchmark>" };

	for (size_t i = 0; values && i < ARRAY_LEN(topics); i++)
		if (streq(topics[i], values))
			return arena_strndup(arena, values + 1, strlen(values) - 2);
	return NULL;
}

char *completion_quoted(struct arena *arena, const char *text, const char *escaped, const char *quote)
{
	struct buffer out = { .arena = arena };

	buffer_puts(&out, "'");
	for (; *text; text++) {
		if (*text == '\'')
			buffer_puts(&out, quote);
		else
			buffer_printf(&out, "%s%c", strchr(escaped, *text) ? "\\" : "", *text);
	}
	buffer_puts(&out, "'");
	return out.text;
}

/* ---- bash ---- */

/* A word goes onto the command line as it is, so only plain ones are proposed; --set takes VALUE=TEXT, and the rest is typed. */
static const char bash_head[] =
	"_plimsoll_list()\n"
	"{\n"
	"	case $2 in\n"
	"	rule)      \"$1\" list rules -p paranoid || \"$1\" list rules ;;\n"
	"	profile)   \"$1\" list profiles | while read -r _ word _; do echo \"$word\"; done ;;\n"
	"	value)     \"$1\" list values | while IFS= read -r word; do [[ $word == ' '* ]] || echo \"${word%% *}=\"; done ;;\n"
	"	benchmark) \"$1\" list benchmarks | while IFS= read -r word; do [[ $word == ' '* ]] || echo \"$word\"; done ;;\n"
	"	esac 2>/dev/null\n"
	"}\n\n"
	"_plimsoll_add()\n"
	"{\n"
	"	local word\n"
	"	while read -r word _; do\n"
	"		[[ $word == \"$cur\"* && $word =~ ^[A-Za-z0-9_.,:@/+=-]+$ ]] && COMPREPLY+=(\"$word\")\n"
	"	done\n"
	"	[[ ${#COMPREPLY[@]} != 1 || ${COMPREPLY[0]} != *= ]] || compopt -o nospace 2>/dev/null\n"
	"}\n\n"
	"_plimsoll_take()\n"
	"{\n"
	"	case $1 in\n"
	"	file)      mapfile -t COMPREPLY < <(compgen -f -- \"$cur\"); compopt -o filenames 2>/dev/null ;;\n"
	"	directory) mapfile -t COMPREPLY < <(compgen -d -- \"$cur\"); compopt -o filenames 2>/dev/null ;;\n"
	"	words)     _plimsoll_add < <(printf '%s\\n' \"${@:2}\") ;;\n"
	"	benchmark) _plimsoll_add < <(_plimsoll_list \"${COMP_WORDS[0]}\" benchmark)\n"
	"	           [[ ${#COMPREPLY[@]} != 0 ]] || _plimsoll_take file ;;\n"
	"	*)         _plimsoll_add < <(_plimsoll_list \"${COMP_WORDS[0]}\" \"$1\") ;;\n"
	"	esac\n"
	"}\n\n";

/* Readline takes "=" for a word of its own. */
static const char bash_function[] =
	"_plimsoll()\n"
	"{\n"
	"	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} word only_arguments=\n"
	"	COMPREPLY=()\n"
	"	if [[ $cur == = ]]; then\n"
	"		cur=\n"
	"	elif [[ $prev == = ]]; then\n"
	"		prev=${COMP_WORDS[COMP_CWORD - 2]}\n"
	"		[[ $prev == -* ]] || { _plimsoll_take file; return; }\n"
	"	fi\n"
	"	for word in \"${COMP_WORDS[@]:1:COMP_CWORD - 1}\"; do\n"
	"		[[ $word != -- ]] || only_arguments=yes\n"
	"	done\n"
	"	if ((COMP_CWORD == 1)); then\n";

static void bash_take(FILE *stream, struct arena *arena, const char *values)
{
	const char *words = completion_words(arena, values), *topic = completion_topic(arena, values);

	if (words)
		fprintf(stream, "_plimsoll_take words %s", words);
	else if (topic)
		fprintf(stream, "_plimsoll_take %s", topic);
	else if (values && (streq(values, "<file>") || streq(values, "<directory>")))
		fprintf(stream, "_plimsoll_take %.*s", (int)strlen(values) - 2, values + 1);
	else
		fputs(":", stream);
}

static void bash_verb(FILE *stream, struct arena *arena, const struct verb *verb)
{
	fprintf(stream, "	%s)\n		case $only_arguments$prev in\n", verb->name);
	for (const struct option_row *row = option_rows; row->name; row++) {
		if (!(row->verbs & verb->bit) || !row->argument)
			continue;
		fputs("		", stream);
		if (row->letter)
			fprintf(stream, "-%c|", row->letter);
		fprintf(stream, "--%s) ", row->name);
		bash_take(stream, arena, row->values);
		fputs("; return ;;\n", stream);
	}
	fputs("		esac\n		if [[ $cur == -* && -z $only_arguments ]]; then\n			_plimsoll_take words", stream);
	for (const struct option_row *row = option_rows; row->name; row++)
		if (row->verbs & verb->bit)
			fprintf(stream, " --%s", row->name);
	fputs("\n		else\n			", stream);
	bash_take(stream, arena, verb->completes);
	fputs("\n		fi ;;\n", stream);
}

static void completion_bash(FILE *stream, struct arena *arena)
{
	fputs("# bash completion for plimsoll; made from the tables of the program.\n\n", stream);
	fputs(bash_head, stream);
	fputs(bash_function, stream);
	fputs("		_plimsoll_take words", stream);
	for (const struct verb *const *v = verbs; *v; v++)
		fprintf(stream, " %s", (*v)->name);
	fputs(" help --help --version\n		return\n	fi\n	case ${COMP_WORDS[1]} in\n	help) ", stream);
	bash_take(stream, arena, "<command>");
	fputs(" ;;\n", stream);
	for (const struct verb *const *v = verbs; *v; v++)
		bash_verb(stream, arena, *v);
	fputs("	esac\n}\n\ncomplete -F _plimsoll plimsoll\n", stream);
}

bool completion_write(FILE *stream, const char *shell)
{
	static const struct {
		const char *name;
		void (*write)(FILE *stream, struct arena *arena);
	} shells[] = { { "bash", completion_bash }, { "zsh", completion_zsh }, { "fish", completion_fish } };
	auto_arena struct arena *arena = arena_new();

	for (size_t i = 0; i < ARRAY_LEN(shells); i++) {
		if (streq(shells[i].name, shell)) {
			shells[i].write(stream, arena);
			return true;
		}
	}
	return false;
}
