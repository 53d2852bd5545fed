/* SPDX-License-Identifier: Apache-2.0 */
/* The pages of --help. */
#include "cli/options.h"

#include "core/base/text.h"
#include "reports/formats.h"

/* "text, json or junit": the formats that this verb's report can be written in. */
static const char *formats_of(struct arena *arena, const struct option_row *row)
{
	struct buffer out = { .arena = arena };
	const char *last = NULL;

	for (const struct format *const *f = formats; *f; f++) {
		if (!(row->verbs & VERB_CONTAINERS ? (*f)->write_roster : row->verbs & VERB_DIFF ? (*f)->write_changes : (*f)->write))
			continue;
		if (last)
			buffer_printf(&out, "%s%s", out.size ? ", " : "", last);
		last = (*f)->name;
	}
	return out.size ? arena_printf(arena, "%s or %s", out.text, last) : last;
}

const char *option_help(struct arena *arena, const struct option_row *row)
{
	static const char mark[] = "FORMATS";
	const char *at = strstr(row->help, mark);

	if (!at)
		return row->help;
	return arena_printf(arena, "%.*s%s%s", (int)(at - row->help), row->help, formats_of(arena, row), at + strlen(mark));
}

/* Behind the 31 columns of the option, within 80. */
static void wrapped(FILE *stream, const char *text)
{
	size_t column = 0, n;

	for (const char *at = text, *w; (w = list_next(&at, " ", &n)); column += n) {
		if (column && 31 + column + 1 + n > 80) {
			fprintf(stream, "\n%31s", "");
			column = 0;
		}
		column += column > 0;
		fprintf(stream, "%s%.*s", column ? " " : "", (int)n, w);
	}
	putc('\n', stream);
}

static void help_options(FILE *stream, const struct verb *verb)
{
	auto_arena struct arena *arena = arena_new();

	fputs("\nOptions:\n", stream);
	for (const struct option_row *row = option_rows; row->name; row++) {
		char left[64];
		int n;

		if (!(row->verbs & verb->bit))
			continue;
		n = snprintf(left, sizeof(left), "  %c%c%s--%s%s%s", row->letter ? '-' : ' ', row->letter ? row->letter : ' ',
			     row->letter ? ", " : "  ", row->name, row->argument ? " " : "", row->argument ? row->argument : "");
		if (n > 29)
			fprintf(stream, "%s\n%31s", left, "");
		else
			fprintf(stream, "%-31s", left);
		wrapped(stream, option_help(arena, row));
	}
}

void options_help(FILE *stream, const struct verb *verb)
{
	if (verb) {
		fprintf(stream, "Usage: plimsoll %s [options]%s%s\n\n%s\n", verb->name, *verb->arguments ? " " : "", verb->arguments,
			verb->about);
		help_options(stream, verb);
		return;
	}
	fputs("Usage: plimsoll COMMAND [options]\n\n"
	      "Audits the kernel, the configuration and the containers of a Linux host. Reads,\n"
	      "and changes nothing.\n\nCommands:\n", stream);
	for (const struct verb *const *v = verbs; *v; v++)
		fprintf(stream, "  %-10s %-9s %s\n", (*v)->name, (*v)->arguments, (*v)->summary);
	fputs("\nStart with 'plimsoll audit'. 'plimsoll COMMAND --help' tells the options of a\n"
	      "command; plimsoll(1) is the manual.\n", stream);
}
