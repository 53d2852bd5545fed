/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What changed between two audits of the same host. Results are compared by subject, benchmark and rule. Containers are made anew with
 * every deployment: one of the same runtime and name is the same subject as the one before.
 */
#ifndef CORE_DIFF_H
#define CORE_DIFF_H

#include "core/audit/audit.h"
#include "core/base/err.h"

enum change_kind {
	CHANGE_REGRESSED,        /* it fails, or cannot be determined any more, and did not before; also a failure that was waived */
	CHANGE_NEW,              /* it fails, and its rule or subject was not there before */
	CHANGE_OTHER,            /* neither better nor worse: it does not apply any more, was accepted, or failed and is not looked at any more */
	CHANGE_IMPROVED,         /* it passes, and failed or could not be determined before */
	CHANGES,
};

struct change {
	enum change_kind kind;
	const struct subject_results *subject;
	const struct policy *policy;
	const struct rule *rule;
	enum severity severity;          /* of the later one */
	double weight;
	const struct result *before, *after;   /* NULL where it was not there, or is no more */
};

/* Subjects and rules that only one of the two has. */
struct diff_names {
	const char **list;
	size_t n;
};

struct diff {
	const struct audit *before, *after;
	struct change *list;             /* by kind, then severe and heavy ones first, then in the order of the later audit */
	size_t n;
	size_t of[CHANGES];              /* how many of each kind */
	const struct subject_results **earlier;   /* by subject of the later audit: the same in the earlier one; NULL: it was not there */
	struct diff_names new_subjects, gone_subjects, new_rules, gone_rules;
	struct arena *arena;
};

/* "regressed", "new", … */
const char *change_name(enum change_kind kind);

/*
 * Compares; both audits must outlive what is made. Returns 0, or -EXDEV with a sentence where they are not comparable: of different hosts, one benchmark by
 * different profiles, or the later one looked at less: not at the host, or not by a benchmark of the earlier one. Freed by diff_free().
 */
int diff_of(struct diff **ret, const struct audit *before, const struct audit *after, struct err *err);
void diff_free(struct diff *diff);

/* What the earlier audit says of the i-th result of a subject of the later one; NULL: nothing. */
const struct result *diff_earlier(const struct diff *diff, const struct subject_results *subject, size_t i);

/* Regressions and new failures. */
size_t diff_regressions(const struct diff *diff);

#define auto_diff __attribute__((cleanup(diff_free_)))
static inline void diff_free_(struct diff **diff)
{
	diff_free(*diff);
}

#endif
