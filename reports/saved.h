/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads a JSON report (plimsoll/report/1) back, so that it can be written in another format or compared: the other end of reports/json.c.
 * A report is input as any other: whoever wrote it may have put anything into it.
 */
#ifndef REPORTS_SAVED_H
#define REPORTS_SAVED_H

#include "core/audit/audit.h"
#include "core/base/err.h"

/* What a report says of a benchmark that it was judged by. */
struct saved_benchmark {
	const char *id, *version, *profile, *href;   /* short ids; or NULL but for the id */
};

/* Who knows the benchmarks of a saved report. What it only names by its id has titles and severities, but no groups, reasons and fixes. */
struct saved_library {
	/* The policy by which it was judged, or NULL: there is none of this id and version. Returns 0, or -errno with a sentence. */
	int (*policy)(void *with, const struct saved_benchmark *benchmark, struct policy **policy, struct err *err);
	void *with;
};

/*
 * Reads the report in the file, "-" for standard input. Returns 0, or -errno with a sentence, "FILE:LINE: …" or "FILE: subjects[0].results[3]: …", where it cannot be read or is
 * none. Freed by audit_free(); borrows the policies.
 */
int saved_read(struct audit **ret, const char *path, const struct saved_library *library, struct err *err);

/* Puts several together into one audit of several hosts. They must outlive it. Freed by audit_free(). */
struct audit *saved_join(struct audit *const *audits, size_t n);

#endif
