/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/options.h"

#include "core/text.h"
#include "core/work.h"
#include "reports/formats.h"

#include <errno.h>
#include <getopt.h>

const struct option_row option_rows[] = {
	{ 'b', "benchmark", "NAME|FILE", "use this benchmark, by name or file; repeatable (default: all that are installed)",
	  VERB_AUDIT | VERB_LIST | VERB_EXPLAIN | VERB_CONTAINERS | VERB_REPORT | VERB_DIFF | VERB_WAIVER },
	{ 'p', "profile", "ID", "use this profile of the benchmark (default: server)",
	  VERB_AUDIT | VERB_LIST | VERB_EXPLAIN | VERB_CONTAINERS | VERB_WAIVER },
	{ 'r', "rule", "GLOB", "judge only the rules whose id matches; repeatable", VERB_AUDIT | VERB_LIST },
	{ 0, "skip", "GLOB", "leave out the rules whose id matches; repeatable", VERB_AUDIT | VERB_LIST },
	{ 's', "subject", "NAME", "audit only these: host, containers, sandboxes, or a container by name or id; repeatable", VERB_AUDIT },
	{ 0, "root", "DIR", "audit the system captured below this directory, not the running one",
	  VERB_AUDIT | VERB_CONTAINERS | VERB_WAIVER },
	{ 0, "kconfig", "FILE", "audit a kernel from files alone: its configuration, plain or gzipped", VERB_AUDIT },
	{ 0, "cmdline", "FILE", "... the command line it was booted with (a copy of /proc/cmdline)", VERB_AUDIT },
	{ 0, "sysctl", "FILE", "... its parameters (the output of sysctl -a)", VERB_AUDIT },
	{ 0, "waivers", "FILE|DIR", "accepted failures, instead of those in /etc/plimsoll/waivers.conf and waivers.d; repeatable; none: without any",
	  VERB_AUDIT | VERB_CONTAINERS | VERB_WAIVER },
	{ 0, "owner", "TEXT", "add: who answers for it", VERB_WAIVER },
	{ 0, "reason", "TEXT", "add: why the failure is accepted", VERB_WAIVER },
	{ 0, "expires", "YYYY-MM-DD", "add: the last day on which it holds", VERB_WAIVER },
	{ 0, "target", "host|KIND:GLOB", "add: on which subjects (default: host)", VERB_WAIVER },
	{ 0, "host", "GLOB", "add: only on hosts of such a name", VERB_WAIVER },
	{ 0, "ticket", "TEXT", "add: where that was decided", VERB_WAIVER },
	{ 0, "found", "TEXT", "add: the value that is accepted, and no other", VERB_WAIVER },
	{ 0, "report", "FILE", "list, check: by this JSON report; - is standard input", VERB_WAIVER },
	{ 'a', "all", NULL, "sandboxes, too: bubblewrap, firejail, unshare, browsers", VERB_CONTAINERS },
	{ 'f', "format", "NAME", "write the report as FORMATS (default: text)", VERB_AUDIT | VERB_REPORT },
	{ 'f', "format", "NAME", "write the table as FORMATS (default: text)", VERB_CONTAINERS },
	{ 'f', "format", "NAME", "write what changed as FORMATS (default: text)", VERB_DIFF },
	{ 'o', "output", "[FORMAT=]FILE", "write the report to this file instead; repeatable; - is standard output",
	  VERB_AUDIT | VERB_CONTAINERS | VERB_REPORT | VERB_DIFF },
	{ 'j', "jobs", "N", "share containers, and the search of the disks, among N threads (default: one per processor)",
	  VERB_AUDIT | VERB_CONTAINERS | VERB_WAIVER },
	{ 0, "baseline", "FILE", "an earlier JSON report of this host: what changed since is told", VERB_AUDIT | VERB_REPORT },
	{ 0, "fail-on", "SEVERITY", "exit 1 from this severity up: low (default), medium, high; none: never; new: for what is worse than in the baseline, "
	  "whatever its severity", VERB_AUDIT },
	{ 0, "fail-on", "SEVERITY", "the report calls it failed from this severity up: low (default), medium, high; none: never", VERB_REPORT },
	{ 0, "min-score", "N", "exit 1 when the score, 0 to 100, is lower", VERB_AUDIT },
	{ 0, "min-score", "N", "the report calls it failed when the score, 0 to 100, is lower", VERB_REPORT },
	{ 'q', "quiet", NULL, "no report on standard output; the exit status tells", VERB_AUDIT | VERB_DIFF },
	{ 'v', "verbose", NULL, "more: every failure with its details; twice: what passed and did not apply, too",
	  VERB_AUDIT | VERB_EXPLAIN | VERB_REPORT | VERB_DIFF },
	{ 0, "color", "WHEN", "auto (default), always or never; NO_COLOR is honoured",
	  VERB_AUDIT | VERB_EXPLAIN | VERB_LIST | VERB_CONTAINERS | VERB_REPORT | VERB_DIFF },
	{ 'h', "help", NULL, "show this help", VERB_ANY },
	{ 'V', "version", NULL, "show the version", VERB_ANY },
	{ 0, NULL, NULL, NULL, 0 },
};

/* ---- values ---- */

static void words_add(struct words *words, struct arena *arena, const char *word)
{
	arena_push(arena, words->list, words->n) = word;
	arena_push(arena, words->list, words->n) = NULL;
	words->n--;
}

static int take_word(const char *value, const char *allowed, const char *option, size_t *index, struct err *err)
{
	size_t n;

	*index = 0;
	for (const char *at = allowed, *w; (w = list_next(&at, " ", &n)); (*index)++)
		if (strlen(value) == n && memcmp(w, value, n) == 0)
			return 0;
	return err_set(err, EINVAL, "--%s: '%s' is none of: %s", option, value, allowed);
}

static int take_fail_on(struct options *o, const char *value, struct err *err)
{
	static const enum severity severities[] = { SEVERITY_INFO, SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_HIGH, SEVERITIES, SEVERITY_LOW };
	size_t index;
	int rc = take_word(value, "info low medium high none new", "fail-on", &index, err);

	if (rc < 0)
		return rc;
	o->fail_on = severities[index];
	o->fail_on_new = streq(value, "new");
	return 0;
}

static int take_min_score(struct options *o, const char *value, struct err *err)
{
	char *end;

	o->min_score = strtod(value, &end);
	if (end == value || *end || !(o->min_score >= 0 && o->min_score <= 100))
		return err_set(err, EINVAL, "--min-score: '%s' is not a number from 0 to 100", value);
	return 0;
}

static int take_jobs(struct options *o, const char *value, struct err *err)
{
	int64_t n;

	if (!text_integer(value, &n) || n < 1 || n > WORKERS_MOST)
		return err_set(err, EINVAL, "--jobs: '%s' is not a number from 1 to %d", value, WORKERS_MOST);
	o->jobs = (unsigned)n;
	return 0;
}

static int take_color(struct options *o, const char *value, struct err *err)
{
	size_t index;
	int rc = take_word(value, "auto always never", "color", &index, err);

	if (rc == 0)
		o->color = (enum color)index;
	return rc;
}

/* The option that just keeps its word, and where. */
static const char **plain_of(struct options *o, const char *name)
{
	const struct {
		const char *name;
		const char **at;
	} plain[] = {
		{ "profile", &o->profile }, { "root", &o->root }, { "kconfig", &o->kconfig }, { "cmdline", &o->cmdline },
		{ "sysctl", &o->sysctl }, { "format", &o->format }, { "baseline", &o->baseline },
		{ "owner", &o->owner }, { "reason", &o->reason }, { "expires", &o->expires }, { "target", &o->target },
		{ "host", &o->host }, { "ticket", &o->ticket }, { "found", &o->found }, { "report", &o->report },
	};

	for (size_t i = 0; i < ARRAY_LEN(plain); i++)
		if (streq(plain[i].name, name))
			return plain[i].at;
	return NULL;
}

static struct words *words_of(struct options *o, const char *name)
{
	return streq(name, "benchmark") ? &o->benchmarks : streq(name, "rule") ? &o->only : streq(name, "skip") ? &o->skip
	     : streq(name, "subject") ? &o->subjects : streq(name, "waivers") ? &o->waivers
	     : streq(name, "output") ? &o->outputs : NULL;
}

static int take(struct options *o, const struct option_row *row, const char *value, struct err *err)
{
	const char **plain = plain_of(o, row->name);
	struct words *words = words_of(o, row->name);

	if (plain)
		*plain = value;
	else if (words)
		words_add(words, o->arena, value);
	else if (streq(row->name, "fail-on"))
		return take_fail_on(o, value, err);
	else if (streq(row->name, "min-score"))
		return take_min_score(o, value, err);
	else if (streq(row->name, "jobs"))
		return take_jobs(o, value, err);
	else if (streq(row->name, "color"))
		return take_color(o, value, err);
	else if (streq(row->name, "verbose"))
		o->verbose++;
	else if (streq(row->name, "all"))
		o->all = true;
	else if (streq(row->name, "quiet"))
		o->quiet = true;
	else if (streq(row->name, "help"))
		o->help = true;
	else
		o->version = true;
	return 0;
}

/* ---- parsing ---- */

enum { ROWS = ARRAY_LEN(option_rows) };

static const char *names_for(struct arena *arena, unsigned verb)
{
	struct buffer names = { .arena = arena };

	for (const struct option_row *row = option_rows; row->name; row++)
		if (row->verbs & verb)
			buffer_printf(&names, "--%s ", row->name);
	return names.text;
}

static int misuse(const struct options *o, const struct verb *verb, int code, char **argv, struct err *err)
{
	const char *given = argv[optind - 1];
	char letter[3] = { '-', (char)optopt, '\0' };

	if (!starts_with(given, "--"))
		given = letter;
	if (code == ':')
		return err_set(err, EINVAL, "%s: %s needs a value", verb->name, given);
	if (code == '?' && strchr(given, '=') && optopt == 0) {
		const char *name = arena_strndup(o->arena, given, strcspn(given, "="));

		if (list_has(names_for(o->arena, verb->bit), " ", name))
			return err_set(err, EINVAL, "%s: %s takes no value", verb->name, name);
	}
	given = arena_strndup(o->arena, given, strcspn(given, "="));
	return err_set(err, EINVAL, "%s: unknown option %s%s", verb->name, given,
		       nearest_hint(o->arena, names_for(o->arena, verb->bit), given));
}

int options_parse(struct options *o, const struct verb *verb, int argc, char **argv, struct err *err)
{
	struct option longs[ROWS] = { 0 };
	const struct option_row *by_index[ROWS];
	struct buffer letters = { .arena = o->arena };
	int n = 0, code, index;

	buffer_puts(&letters, ":");
	for (const struct option_row *row = option_rows; row->name; row++) {
		if (!(row->verbs & verb->bit))
			continue;
		by_index[n] = row;
		longs[n++] = (struct option){ row->name, row->argument ? required_argument : no_argument, NULL, 0 };
		if (row->letter)
			buffer_printf(&letters, "%c%s", row->letter, row->argument ? ":" : "");
	}
	opterr = 0;
	optind = 1;
	while ((code = getopt_long(argc, argv, letters.text, longs, &index)) != -1) {
		int rc;

		if (code == '?' || code == ':')
			return misuse(o, verb, code, argv, err);
		for (int i = 0; code && i < n; i++)
			if (by_index[i]->letter == code)
				index = i;
		rc = take(o, by_index[index], optarg, err);
		if (rc < 0)
			return rc;
	}
	o->arguments = (const char *const *)argv + optind;
	o->n_arguments = (size_t)(argc - optind);
	return 0;
}

/* ---- help ---- */

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
	      "Audits the kernel and the configuration of a Linux host. Reads, and changes nothing.\n\nCommands:\n", stream);
	for (const struct verb *const *v = verbs; *v; v++)
		fprintf(stream, "  %-10s %-9s %s\n", (*v)->name, (*v)->arguments, (*v)->summary);
	fputs("\nStart with 'plimsoll audit'. 'plimsoll COMMAND --help' tells the options of a command;\n"
	      "plimsoll(1) is the manual.\n", stream);
}
