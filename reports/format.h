/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a file in reports/ exports: a format, which writes an audit in one way. All formats read the same results, and none
 * of them looks at the machine.
 */
#ifndef REPORTS_FORMAT_H
#define REPORTS_FORMAT_H

#include "core/audit/audit.h"

/* What the reader can take; formats for machines pass over it. */
struct format_options {
	bool color;               /* escape sequences may be written */
	bool unicode;             /* the reader's locale is UTF-8 */
	int width;                /* columns; 0: 80 */
	int height;               /* rows of the terminal; 0: not a terminal; below 0: a terminal that does not tell */
	int verbose;              /* how often -v was given */
	bool named_benchmarks;    /* they were chosen by name: a command that is suggested has to name them, too */
	const char *const *benchmarks;   /* those names, or files; ended by NULL; or NULL */
	enum severity fail_on;    /* the least severity whose failure makes the audit fail; SEVERITIES: none */
	bool fail_on_new;         /* instead: whatever is worse than in the baseline */
	double min_score;         /* a lower score makes it fail, too; -1: none does */
};

/* For a format whose reader goes by exit statuses of his own: those of the program where this format is what it writes to standard output. */
struct format_statuses {
	int (*of)(const struct audit *audit, const struct format_options *options);

	/* There is no audit: says so in the format's words. Returns the status. */
	int (*without_audit)(const char *sentence, FILE *file);
};

struct format {
	const char *name;         /* "json" */
	const char *summary;      /* "one object, for programs" */
	const char *mime;
	bool explains;            /* it shows the texts that benchmark_read_for_verdict() leaves out */

	/*
	 * Whether it can write what was judged by so many benchmarks; NULL: any. Returns 0, or -errno with a sentence. Asked before an audit; write()
	 * asks again.
	 */
	int (*takes)(size_t n_benchmarks, struct err *err);

	/* Writes the whole report and flushes the file. Returns 0, or -errno with a sentence where a byte was lost. NULL: this format is for something else. */
	int (*write)(const struct audit *audit, const struct format_options *options, FILE *file, struct err *err);

	/* The same for the table of the audit's containers, a row each; NULL: this format has none. */
	int (*write_roster)(const struct audit *audit, const struct format_options *options, FILE *file, struct err *err);

	/* The same for what changed since an earlier audit. */
	int (*write_changes)(const struct audit *audit, const struct format_options *options, FILE *file, struct err *err);

	/* The same for what would mend it: audit->fixes. */
	int (*write_fixes)(const struct audit *audit, const struct format_options *options, FILE *file, struct err *err);

	const struct format_statuses *statuses;   /* NULL: those of the command */
};

#endif
