/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON reports that a verb works on, with the benchmarks that they were judged by. */
#ifndef CLI_SAVED_REPORTS_H
#define CLI_SAVED_REPORTS_H

#include "cli/locate.h"
#include "core/audit.h"

struct saved_reports {
	struct loaded loaded;        /* benchmarks and policies, each used by one report */
	struct audit **audits;       /* by argument */
	size_t n;
	struct audit *whole;         /* the one, or all put together */
};

/* Reads the files that are the verb's arguments. Returns 0, or -errno with a sentence. */
int saved_reports_read(struct saved_reports *saved, const struct options *options, struct err *err);
void saved_reports_release(struct saved_reports *saved);

#define auto_saved_reports __attribute__((cleanup(saved_reports_release)))

#endif
