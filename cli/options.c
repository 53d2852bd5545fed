/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/options.h"

#include "core/base/text.h"
#include "core/base/work.h"
#include "reports/formats.h"

#include <errno.h>

#define AUDITED "it says what is audited"
#define OF_ONE_WAIVER "it is said of one waiver"
#define OF_ONE_RUN "it is said of one run"
#define AT_ONCE "it is answered at once"

const struct option_row option_rows[] = {
	{ 'b', "benchmark", "NAME|FILE", "use this benchmark, by name or file; repeatable (default: all that are installed)",
	  VERB_AUDIT | VERB_LIST | VERB_EXPLAIN | VERB_CONTAINERS | VERB_REPORT | VERB_VALIDATE | VERB_DIFF | VERB_WAIVER | VERB_FIX | VERB_SNAPSHOT,
	  "<benchmark>", NULL, NULL },
	{ 'p', "profile", "ID", "use this profile of the benchmark or of a tailoring (default: server)",
	  VERB_AUDIT | VERB_LIST | VERB_EXPLAIN | VERB_CONTAINERS | VERB_WAIVER | VERB_FIX | VERB_SNAPSHOT, "<profile>", "server", NULL },
	{ 0, "tailoring", "FILE", "change the benchmark by this XCCDF Tailoring; repeatable, one for each benchmark",
	  VERB_AUDIT | VERB_LIST | VERB_EXPLAIN | VERB_CONTAINERS | VERB_FIX, "<file>", NULL, NULL },
	{ 0, "set", "VALUE=TEXT", "set a value of a benchmark, whatever the profile says; repeatable",
	  VERB_AUDIT | VERB_LIST | VERB_EXPLAIN | VERB_CONTAINERS | VERB_FIX, "<value>", NULL, NULL },
	{ 'r', "rule", "GLOB", "judge only the rules whose id matches; repeatable", VERB_AUDIT | VERB_LIST | VERB_FIX, "<rule>", NULL, NULL },
	{ 0, "skip", "GLOB", "leave out the rules whose id matches; repeatable", VERB_AUDIT | VERB_LIST | VERB_FIX, "<rule>", NULL, NULL },
	{ 's', "subject", "NAME", "audit only these: host, containers, sandboxes, or a container by name or id; repeatable", VERB_AUDIT | VERB_FIX,
	  "<subject>", NULL, NULL },
	{ 0, "root", "DIR", "audit the system captured below this directory, or a snapshot, not the running one",
	  VERB_AUDIT | VERB_CONTAINERS | VERB_WAIVER | VERB_FIX | VERB_SNAPSHOT,
	  "<directory>", NULL, AUDITED },
	{ 0, "waivers", "FILE|DIR", "accepted failures, instead of those in /etc/plimsoll/waivers.conf and waivers.d; repeatable; none: without any",
	  VERB_AUDIT | VERB_CONTAINERS | VERB_WAIVER | VERB_FIX | VERB_SNAPSHOT, "<file>", NULL, NULL },
	{ 0, "max-days", "N", "how many days away the last day of a waiver may be (default: 365)",
	  VERB_AUDIT | VERB_CONTAINERS | VERB_WAIVER | VERB_FIX | VERB_SNAPSHOT | VERB_VALIDATE, NULL, "365", NULL },
	{ 0, "owner", "TEXT", "add: who answers for it", VERB_WAIVER, NULL, NULL, OF_ONE_WAIVER },
	{ 0, "reason", "TEXT", "add: why the failure is accepted", VERB_WAIVER, NULL, NULL, OF_ONE_WAIVER },
	{ 0, "expires", "YYYY-MM-DD", "add: the last day on which it holds", VERB_WAIVER, NULL, NULL, OF_ONE_WAIVER },
	{ 0, "target", "host|KIND:GLOB", "add: on what (default: host)", VERB_WAIVER, NULL, NULL, OF_ONE_WAIVER },
	{ 0, "host", "GLOB", "add: only on hosts of such a name", VERB_WAIVER, NULL, NULL, OF_ONE_WAIVER },
	{ 0, "ticket", "TEXT", "add: where that was decided", VERB_WAIVER, NULL, NULL, OF_ONE_WAIVER },
	{ 0, "found", "TEXT", "add: the value that is accepted, and no other", VERB_WAIVER, NULL, NULL, OF_ONE_WAIVER },
	{ 0, "report", "FILE", "list, check, prune: by this JSON report; repeatable; - is standard input", VERB_WAIVER, "<file>", NULL, AUDITED },
	{ 0, "dry-run", NULL, "prune: say what would be taken out, and change nothing", VERB_WAIVER, NULL, NULL, OF_ONE_RUN },
	{ 0, "kconfig", "FILE", "audit a kernel from files alone: its configuration, plain or gzipped", VERB_AUDIT | VERB_FIX, "<file>", NULL, AUDITED },
	{ 0, "cmdline", "FILE", "... the command line it was booted with (a copy of /proc/cmdline)", VERB_AUDIT | VERB_FIX, "<file>", NULL, AUDITED },
	{ 0, "sysctl", "FILE", "... its parameters (the output of sysctl -a)", VERB_AUDIT | VERB_FIX, "<file>", NULL, AUDITED },
	{ 'a', "all", NULL, "sandboxes, too: bubblewrap, firejail, unshare, browsers", VERB_CONTAINERS, NULL, "no", NULL },
	{ 'f', "format", "NAME", "write the report as FORMATS (default: text)", VERB_AUDIT | VERB_REPORT | VERB_SNAPSHOT, "<format>", "text", NULL },
	{ 'f', "format", "NAME", "write the table as FORMATS (default: text)", VERB_CONTAINERS, "text json", "text", NULL },
	{ 'f', "format", "NAME", "write what changed as FORMATS (default: text)", VERB_DIFF, "text json markdown html", "text", NULL },
	{ 'f', "format", "NAME", "text (default on a terminal), sh (else), json, ansible or fragment; or a part alone: sysctl, modprobe, cmdline, kconfig, patch, daemon-json, "
	  "run, compose, kubernetes",
	  VERB_FIX, "text sh json ansible fragment sysctl modprobe cmdline kconfig patch daemon-json run compose kubernetes", "sh", NULL },
	{ 'f', "format", "NAME", "show them as text or json (default: text)", VERB_CONFIG | VERB_LIST, "text json", "text", "it is for what is asked now" },
	{ 'f', "format", "NAME", "list: as text or json (default: text)", VERB_WAIVER, "text json", "text", OF_ONE_RUN },
	{ 'o', "output", "[FORMAT=]FILE", "write the report to this file instead, as FORMAT or as -f says; repeatable; - is standard output",
	  VERB_AUDIT | VERB_CONTAINERS | VERB_REPORT | VERB_DIFF | VERB_FIX, "<file>", NULL, NULL },
	{ 'o', "output", "[FORMAT=]FILE", "write the report of this very run to a file, too; repeatable; - is standard output", VERB_SNAPSHOT,
	  "<file>", NULL, NULL },
	{ 'j', "jobs", "N", "share containers, and the search of the disks, among N threads (default: one per processor)",
	  VERB_AUDIT | VERB_CONTAINERS | VERB_WAIVER | VERB_FIX | VERB_SNAPSHOT,
	  NULL, NULL, NULL },
	{ 0, "baseline", "FILE", "an earlier JSON report of this host: what changed since is told", VERB_AUDIT | VERB_REPORT, "<file>", NULL, NULL },
	{ 0, "fail-on", "SEVERITY", "exit 1 from this severity up: low (default), medium, high; none: never; new: for what is worse than in the baseline, "
	  "whatever its severity", VERB_AUDIT, "info low medium high none new", "low", NULL },
	{ 0, "fail-on", "SEVERITY", "the report calls it failed from this severity up: low (default), medium, high; none: never", VERB_REPORT,
	  "info low medium high none", "low", NULL },
	{ 0, "min-score", "N", "exit 1 when the score, 0 to 100, is lower", VERB_AUDIT, NULL, NULL, NULL },
	{ 0, "min-score", "N", "the report calls it failed when the score, 0 to 100, is lower", VERB_REPORT, NULL, NULL, NULL },
	{ 'q', "quiet", NULL, "no report on standard output; the exit status tells", VERB_AUDIT | VERB_DIFF, NULL, "no", NULL },
	{ 0, "redact", NULL, "take out names of the host and of users, addresses, the machine's id, password hashes and keys", VERB_SNAPSHOT, NULL, "no", NULL },
	{ 'q', "quiet", NULL, "do not say what was written", VERB_SNAPSHOT, NULL, "no", NULL },
	{ 'v', "verbose", NULL, "more: every failure with its details; twice: what passed and did not apply, too",
	  VERB_AUDIT | VERB_REPORT, NULL, "0", NULL },
	{ 'v', "verbose", NULL, "more: in text also what is neither worse nor better", VERB_DIFF, NULL, "0", NULL },
	{ 'v', "verbose", NULL, "more: the names of the facts behind the rule, too", VERB_EXPLAIN, NULL, "0", NULL },
	{ 'v', "verbose", NULL, "in text: each item with what was found, what is wanted and its commands", VERB_FIX, NULL, "0", NULL },
	{ 0, "color", "WHEN", "auto (default), always or never; NO_COLOR is honoured",
	  VERB_AUDIT | VERB_EXPLAIN | VERB_LIST | VERB_CONTAINERS | VERB_REPORT | VERB_DIFF | VERB_FIX, "auto always never", "auto", NULL },
	{ 0, "config", "FILE", "read this configuration instead of /etc/plimsoll/plimsoll.conf and conf.d; /dev/null: none",
	  VERB_AUDIT | VERB_EXPLAIN | VERB_LIST | VERB_CONTAINERS | VERB_REPORT | VERB_VALIDATE | VERB_DIFF | VERB_CONFIG | VERB_WAIVER | VERB_FIX | VERB_SNAPSHOT,
	  "<file>", NULL,
	  "a configuration does not name another" },
	{ 'h', "help", NULL, "show this help", VERB_ANY, NULL, NULL, AT_ONCE },
	{ 'V', "version", NULL, "show the version", VERB_ANY, NULL, NULL, AT_ONCE },
	{ 0, NULL, NULL, NULL, 0, NULL, NULL, NULL },
};

/* ---- values ---- */

static void words_add(struct words *words, struct arena *arena, const char *word)
{
	arena_push(arena, words->list, words->n) = word;
	arena_push(arena, words->list, words->n) = NULL;
	words->n--;
}

static int take_word(const struct options *o, const struct option_row *row, const char *value, size_t *index, struct err *err)
{
	size_t n;

	*index = 0;
	for (const char *at = row->values, *w; (w = list_next(&at, " ", &n)); (*index)++)
		if (strlen(value) == n && memcmp(w, value, n) == 0)
			return 0;
	return err_set(err, EINVAL, "'%s' is none of: %s%s", value, row->values, nearest_hint(o->arena, row->values, value));
}

static int take_fail_on(struct options *o, const struct option_row *row, const char *value, struct err *err)
{
	static const enum severity severities[] = { SEVERITY_INFO, SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_HIGH, SEVERITIES, SEVERITY_LOW };
	size_t index;
	int rc = take_word(o, row, value, &index, err);

	if (rc < 0)
		return rc;
	o->fail_on = severities[index];
	o->fail_on_new = streq(value, "new");
	return 0;
}

static int take_color(struct options *o, const struct option_row *row, const char *value, struct err *err)
{
	size_t index;
	int rc = take_word(o, row, value, &index, err);

	if (rc == 0)
		o->color = (enum color)index;
	return rc;
}

static int take_min_score(struct options *o, const struct option_row *row, const char *value, struct err *err)
{
	char *end;

	(void)row;
	o->min_score = strtod(value, &end);
	if (end == value || *end || !(o->min_score >= 0 && o->min_score <= 100))
		return err_set(err, EINVAL, "'%s' is not a number from 0 to 100", value);
	return 0;
}

static int take_jobs(struct options *o, const struct option_row *row, const char *value, struct err *err)
{
	int64_t n;

	(void)row;
	if (!text_integer(value, &n) || n < 1 || n > WORKERS_MOST)
		return err_set(err, EINVAL, "'%s' is not a number from 1 to %d", value, WORKERS_MOST);
	o->jobs = (unsigned)n;
	return 0;
}

static int take_max_days(struct options *o, const struct option_row *row, const char *value, struct err *err)
{
	enum { CENTURY = 36500 };
	int64_t n;

	(void)row;
	if (!text_integer(value, &n) || n < 1 || n > CENTURY)
		return err_set(err, EINVAL, "'%s' is not a number of days from 1 to %d", value, CENTURY);
	o->max_days = (unsigned)n;
	return 0;
}

/* Given on the command line it is one more. */
static int take_verbose(struct options *o, const struct option_row *row, const char *value, struct err *err)
{
	int64_t n;

	(void)row;
	if (!value) {
		o->verbose++;
		return 0;
	}
	if (!text_integer(value, &n) || n < 0 || n > 2)
		return err_set(err, EINVAL, "'%s' is not 0, 1 or 2", value);
	o->verbose = (int)n;
	return 0;
}

static int take_set(struct options *o, const struct option_row *row, const char *value, struct err *err)
{
	const char *equals = strchr(value, '=');

	(void)row;
	if (!equals || equals == value)
		return err_set(err, EINVAL, "'%s' is not VALUE=TEXT", value);
	words_add(&o->values, o->arena, value);
	return 0;
}

static int take_format(struct options *o, const struct option_row *row, const char *value, struct err *err)
{
	struct buffer names = { .arena = o->arena };

	o->format = value;
	/* on the command line what can be written is known later */
	if (o->settling == LAYER_COMMAND_LINE)
		return 0;
	for (const struct format *const *f = formats; *f; f++)
		if (streq(row->values, "<format>") || list_has(row->values, " ", (*f)->name))
			buffer_word(&names, (*f)->name, strlen((*f)->name));
	if (list_has(names.text, " ", value))
		return 0;
	return err_set(err, EINVAL, "there is no format '%s'%s; there are: %s", value, nearest_hint(o->arena, names.text, value), names.text);
}

/* The option that just keeps its word, and where. */
static const char **plain_of(struct options *o, const char *name)
{
	const struct {
		const char *name;
		const char **at;
	} plain[] = {
		{ "profile", &o->profile }, { "root", &o->root }, { "kconfig", &o->kconfig }, { "cmdline", &o->cmdline },
		{ "sysctl", &o->sysctl }, { "baseline", &o->baseline },
		{ "owner", &o->owner }, { "reason", &o->reason }, { "expires", &o->expires }, { "target", &o->target },
		{ "host", &o->host }, { "ticket", &o->ticket }, { "found", &o->found }, { "config", &o->config },
	};

	for (size_t i = 0; i < ARRAY_LEN(plain); i++)
		if (streq(plain[i].name, name))
			return plain[i].at;
	return NULL;
}

static struct words *words_of(struct options *o, const char *name)
{
	return streq(name, "benchmark") ? &o->benchmarks : streq(name, "rule") ? &o->only : streq(name, "skip") ? &o->skip
	     : streq(name, "subject") ? &o->subjects : streq(name, "tailoring") ? &o->tailorings : streq(name, "set") ? &o->values
	     : streq(name, "waivers") ? &o->waivers : streq(name, "report") ? &o->reports
	     : streq(name, "output") ? &o->outputs : NULL;
}

static bool *flag_of(struct options *o, const char *name)
{
	return streq(name, "all") ? &o->all : streq(name, "quiet") ? &o->quiet : streq(name, "redact") ? &o->redact : streq(name, "dry-run") ? &o->dry_run : streq(name, "help") ? &o->help
	     : streq(name, "version") ? &o->version : NULL;
}

bool option_repeats(const struct option_row *row)
{
	return words_of(&(struct options){ NULL }, row->name) != NULL;
}

/* Those that are more than a word, a list or a flag. */
static const struct {
	const char *name;
	int (*take)(struct options *o, const struct option_row *row, const char *value, struct err *err);
} special[] = {
	{ "fail-on", take_fail_on }, { "min-score", take_min_score }, { "jobs", take_jobs }, { "color", take_color },
	{ "max-days", take_max_days }, { "verbose", take_verbose }, { "set", take_set }, { "format", take_format },
};

int option_take(struct options *o, const struct option_row *row, const char *value, struct err *err)
{
	const char **plain = plain_of(o, row->name);
	struct words *words = words_of(o, row->name);
	bool *flag = flag_of(o, row->name);
	int yes = value && flag ? text_boolean(value) : 1;

	for (size_t i = 0; i < ARRAY_LEN(special); i++)
		if (streq(special[i].name, row->name))
			return special[i].take(o, row, value, err);
	if (yes < 0)
		return err_set(err, EINVAL, "'%s' is neither yes nor no", value);
	if (plain)
		*plain = value;
	else if (words)
		words_add(words, o->arena, value);
	else if (flag)
		*flag = yes;
	return 0;
}

struct options options_default(struct arena *arena)
{
	return (struct options){ .arena = arena, .fail_on = SEVERITY_LOW, .min_score = -1, .jobs = work_processors(), .max_days = 365 };
}

const struct option_row *option_find(const char *name, unsigned takers)
{
	const struct option_row *row = option_rows;

	while (row->name && !(streq(row->name, name) && (row->verbs & takers)))
		row++;
	return row->name ? row : NULL;
}

char *option_names(struct arena *arena, unsigned takers, const char *before)
{
	struct buffer names = { .arena = arena };

	buffer_puts(&names, "");
	for (const struct option_row *row = option_rows; row->name; row++)
		if (row->verbs & takers)
			buffer_printf(&names, "%s%s ", before, row->name);
	return names.text;
}
