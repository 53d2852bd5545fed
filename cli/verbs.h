/* SPDX-License-Identifier: Apache-2.0 */
/* One file per verb, each exporting its descriptor; the table is in verbs.c. */
#ifndef CLI_VERBS_H
#define CLI_VERBS_H

#include "cli/options.h"

enum { EXIT_CLEAN = 0, EXIT_FINDINGS = 1, EXIT_NO_AUDIT = 2, EXIT_UNDETERMINED = 3, EXIT_NOT_COMPARABLE = 3 };

extern const struct verb verb_audit;
extern const struct verb verb_completion;
extern const struct verb verb_config;
extern const struct verb verb_containers;
extern const struct verb verb_report;
extern const struct verb verb_diff;
extern const struct verb verb_fix;
extern const struct verb verb_snapshot;
extern const struct verb verb_list;
extern const struct verb verb_explain;
extern const struct verb verb_validate;
extern const struct verb verb_waiver;

/* NULL: there is no such command. */
const struct verb *verb_find(const char *name);

/* Says "plimsoll: sentence" on stderr, of an empty one nothing, and returns EXIT_NO_AUDIT. */
int complain(const struct err *err);

/* Sees that all of standard output was written. Returns `status`, or complains; a reader that left a pipe early is told nothing. */
int end_output(int status);

#endif
