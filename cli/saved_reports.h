/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON reports that a verb works on, with the benchmarks that they were judged by. */
#ifndef CLI_SAVED_REPORTS_H
#define CLI_SAVED_REPORTS_H

#include "cli/locate.h"
#include "core/audit/diff.h"

struct saved_reports {
	struct loaded loaded;        /* benchmarks and policies, each used by one report */
	struct audit **audits;       /* by file */
	size_t n;
	struct audit *whole;         /* the one, or all put together */
};

/* Reads the n files. Returns 0, or -errno with a sentence. */
int saved_reports_read(struct saved_reports *saved, const struct options *options, const char *const *paths, size_t n, struct err *err);

/* Reads the one that --baseline names, if it is given: then `audits` is not empty. Returns 0, or -errno with a sentence. */
int saved_reports_read_baseline(struct saved_reports *saved, const struct options *options, struct err *err);

/* Compares the audit with that one: audit->changes. *diff is freed by diff_free(). Returns 0, or -errno with a sentence. */
int saved_reports_compare(const struct saved_reports *baseline, struct audit *audit, struct diff **diff, struct err *err);
void saved_reports_release(struct saved_reports *saved);

#define auto_saved_reports __attribute__((cleanup(saved_reports_release)))

#endif
