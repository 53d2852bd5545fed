/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line as one table: each row is an option with its help, the verbs that take it, and what its value is. Parsing, --help, the
 * configuration file, the environment, the man pages and completion are made from it.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/benchmark/outcome.h"

enum {
	VERB_AUDIT = 1, VERB_LIST = 2, VERB_EXPLAIN = 4, VERB_VALIDATE = 8, VERB_CONTAINERS = 16, VERB_REPORT = 32, VERB_DIFF = 64,
	VERB_WAIVER = 128, VERB_FIX = 256, VERB_SNAPSHOT = 512, VERB_CONFIG = 1 << 16, VERB_COMPLETION = 1 << 17,
};

#define VERB_ANY (~0u)

enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* Words given by a repeatable option; ended by NULL. */
struct words {
	const char **list;
	size_t n;
};

struct option_row {
	char letter;                  /* or 0 */
	const char *name, *argument;  /* argument: NULL where it takes none */
	const char *help;
	unsigned verbs;
	const char *values;           /* what it takes: words with spaces between, or one of the kinds in cli/completion.h; NULL: anything */
	const char *preset;           /* what holds where nothing is said; NULL: nothing, or it depends on the machine */
	const char *only_given;       /* why it is given on the command line only; NULL: a configuration file may hold it, too */
};

/* Ended by a row without a name. The first row of a name is the one that the environment and a section for all commands mean. */
extern const struct option_row option_rows[];

/* Where a value can come from; what comes later beats what comes before. */
enum layer { LAYER_DEFAULT, LAYER_FILE, LAYER_FILE_VERB, LAYER_ENVIRONMENT, LAYER_COMMAND_LINE };

struct given {
	const struct option_row *row;
	const char *value;            /* NULL: the option takes none. "": takes back what was said before */
	enum layer layer;
	const char *where;            /* "/etc/plimsoll/plimsoll.conf:3", "PLIMSOLL_FORMAT", "--format" */
};

struct options {
	struct arena *arena;
	struct words benchmarks, tailorings, values, only, skip, subjects, outputs, waivers, reports;
	const char *profile, *root, *kconfig, *cmdline, *sysctl, *format, *baseline, *config;
	const char *owner, *reason, *expires, *target, *host, *ticket, *found;   /* of a waiver */
	enum severity fail_on;        /* SEVERITIES: none */
	bool fail_on_new;             /* only what got worse than in the baseline */
	double min_score;             /* -1: not given */
	enum color color;
	unsigned jobs;                /* threads */
	unsigned max_days;            /* that the last day of a waiver may be away */
	int verbose;
	bool all, quiet, redact, dry_run, help, version;
	const char *const *arguments; /* what is left after the options; ended by NULL */
	size_t n_arguments;
	struct given *given;          /* everything that was said, whatever came of it */
	size_t n_given;
	enum layer settling;          /* where the value that is being taken comes from */
	const char **files;           /* configuration files that were read; ended by NULL */
	size_t n_files;
};

/* What the row's help says: FORMATS in it stands for their names. */
const char *option_help(struct arena *arena, const struct option_row *row);

struct verb {
	unsigned bit;
	const char *name, *arguments, *summary;
	const char *about;            /* paragraphs for --help and the man page */
	const char *completes;        /* what its arguments are, as the values of an option; or NULL */
	int (*run)(const struct options *options);   /* returns the exit status */
};

extern const struct verb *const verbs[];

struct options options_default(struct arena *arena);

/* Reads the command line; argv[0] is the verb. Only --help and --version are taken at once. Returns 0, or -EINVAL with a sentence. */
int options_parse(struct options *options, const struct verb *verb, int argc, char **argv, struct err *err);

/*
 * Adds what the environment and the configuration say, and takes of each option what the highest layer says: of a repeatable one all
 * of it, of any other the last. Returns 0, or -errno with a sentence that names where.
 */
int options_settle(struct options *options, const struct verb *verb, struct err *err);

/* Where the i-th word of an option comes from, for messages: "FILE:LINE", the variable, or "--name"; the option itself: i is 0. */
const char *option_where(const struct options *options, const char *name, size_t i);

/* The highest layer that says anything of an option. */
enum layer option_layer(const struct options *options, const char *name);

/* What counts of all that was given of an option, ended by a NULL: in the options' arena. */
const struct given **option_winners(const struct options *options, const struct option_row *row);

/* The general page, or that of one verb. */
void options_help(FILE *stream, const struct verb *verb);

/* ---- rows ---- */

/* The first of this name that any of the verbs takes; or NULL. */
const struct option_row *option_find(const char *name, unsigned takers);

/* The names of the options of any of these verbs, each behind `before` and before a space. */
char *option_names(struct arena *arena, unsigned takers, const char *before);
bool option_repeats(const struct option_row *row);

/* Takes a value over. Returns 0, or -EINVAL with a sentence that does not name the option. */
int option_take(struct options *options, const struct option_row *row, const char *value, struct err *err);

#endif
