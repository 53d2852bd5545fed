/* SPDX-License-Identifier: Apache-2.0 */
/* Which reports are written, in which format, and where to. */
#ifndef CLI_REPORTS_H
#define CLI_REPORTS_H

#include "cli/locate.h"
#include "cli/options.h"
#include "core/audit/audit.h"
#include "reports/format.h"

/* The audit; the table of its containers; what changed since an earlier one; what would mend it. */
enum report { REPORT_AUDIT, REPORT_ROSTER, REPORT_CHANGES, REPORT_FIXES };

struct target {
	const struct format *format;
	const char *path;
};

struct targets {
	enum report what;
	struct target *list;
	size_t n;
};

/*
 * What --format, --output and --quiet ask for. Every name is looked up before anything is read: a misspelt format costs no audit.
 * Returns 0, or -errno with a sentence.
 */
int reports_plan(struct targets *targets, enum report what, const struct options *options, struct err *err);

/* That no report is written over one of these files, which it is made of. Returns 0, or -errno with a sentence. */
int reports_spare(const struct targets *targets, const char *const *inputs, size_t n, struct err *err);

/* Whether each of them can write what so many benchmarks give. Returns 0, or -errno with a sentence. */
int reports_take(const struct targets *targets, size_t n_benchmarks, struct err *err);

/* Whether one of them needs the texts that only explain a rule. */
enum texts reports_texts(const struct targets *targets);

/* The exit status that whoever reads standard output goes by: the given one, but where the format there has statuses of its own. */
int reports_status(const struct audit *audit, const struct options *options, int status);

/* As complain(), also in the words and with the status of that format. Good for options that could not be understood, too. */
int reports_complain(const struct options *options, const struct err *err);

/* Returns 0, or -errno with a sentence; what was written before that stays. */
int reports_write(const struct audit *audit, const struct targets *targets, const struct options *options, struct err *err);

#endif
