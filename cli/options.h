/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line as one table: each row is an option with its help, the verbs that take it, and where its value goes. Parsing, --help,
 * the man page and completion are made from it.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "core/arena.h"
#include "core/err.h"
#include "core/outcome.h"

enum {
	VERB_AUDIT = 1, VERB_LIST = 2, VERB_EXPLAIN = 4, VERB_VALIDATE = 8, VERB_CONTAINERS = 16, VERB_REPORT = 32, VERB_DIFF = 64,
	VERB_WAIVER = 128,
	VERB_ANY = VERB_AUDIT | VERB_LIST | VERB_EXPLAIN | VERB_VALIDATE | VERB_CONTAINERS | VERB_REPORT | VERB_DIFF | VERB_WAIVER,
};

enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* Words given by a repeatable option; ended by NULL. */
struct words {
	const char **list;
	size_t n;
};

struct options {
	struct arena *arena;
	struct words benchmarks, only, skip, subjects, outputs, waivers;
	const char *profile, *root, *kconfig, *cmdline, *sysctl, *format, *baseline;
	const char *owner, *reason, *expires, *target, *host, *ticket, *found, *report;   /* of a waiver */
	enum severity fail_on;        /* SEVERITIES: none */
	bool fail_on_new;             /* only what got worse than in the baseline */
	double min_score;             /* -1: not given */
	enum color color;
	unsigned jobs;                /* threads */
	int verbose;
	bool all, quiet, help, version;
	const char *const *arguments; /* what is left after the options; ended by NULL */
	size_t n_arguments;
};

struct option_row {
	char letter;                  /* or 0 */
	const char *name, *argument;  /* argument: NULL where it takes none */
	const char *help;             /* FORMATS in it stands for their names: option_help() */
	unsigned verbs;
};

/* Ended by a row without a name. */
extern const struct option_row option_rows[];

/* What the row's help says. */
const char *option_help(struct arena *arena, const struct option_row *row);

struct verb {
	unsigned bit;
	const char *name, *arguments, *summary;
	const char *about;            /* paragraphs for --help and the man page */
	int (*run)(const struct options *options);   /* returns the exit status */
};

extern const struct verb *const verbs[];

/* Returns 0, or -EINVAL with a sentence. argv[0] is the verb. */
int options_parse(struct options *options, const struct verb *verb, int argc, char **argv, struct err *err);

/* The general page, or that of one verb. */
void options_help(FILE *stream, const struct verb *verb);

#endif
