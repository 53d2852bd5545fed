/* SPDX-License-Identifier: Apache-2.0 */
/* One run: policies × subjects → results, counts and scores. What a format writes is all in here. */
#ifndef CORE_AUDIT_H
#define CORE_AUDIT_H

#include "core/policy.h"
#include "core/result.h"
#include "core/score.h"
#include "core/subject.h"

/* All results of one subject, benchmark after benchmark, in document order. */
struct subject_results {
	const struct subject *subject;
	struct result *results;
	const struct policy **policies;   /* by result: whose rule it is */
	size_t n;
	struct counts counts;
	double score;                     /* headline; -1: nothing counts */
	struct score (*models)[SCORE_MODELS];   /* by benchmark */
};

/* Which of the selected rules are judged: short ids that match any of `only` (if there is one) and none of `skip`. */
struct rule_filter {
	const char *const *only, *const *skip;   /* globs; NULL, or ended by NULL */
};

struct audit {
	int64_t started;                  /* seconds since the epoch */
	double duration_ms;               /* of reading and judging */
	const struct subject *host;
	struct policy **policies;         /* one per benchmark */
	size_t n_policies;
	struct subject_results *subjects;
	size_t n_subjects;
	struct counts counts;
	double score;
	bool complete;                    /* nothing selected is unknown or error */
	struct arena *arena;
};

/* Judge every selected rule of every policy on the host. Borrows all it is given. Freed by audit_free(). */
struct audit *audit_run(const struct subject *host, struct policy **policies, size_t n_policies,
			const struct rule_filter *filter);
void audit_free(struct audit *audit);

/* How many failed results are of this severity or a higher one. */
size_t audit_failures(const struct audit *audit, enum severity at_least);

#define auto_audit __attribute__((cleanup(audit_free_)))
static inline void audit_free_(struct audit **audit)
{
	audit_free(*audit);
}

#endif
