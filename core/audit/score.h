/* SPDX-License-Identifier: Apache-2.0 */
/* The four scoring models of XCCDF 1.2 (NIST IR 7275r4, 7.3.2) and the headline score. Pure: results in, numbers out. */
#ifndef CORE_SCORE_H
#define CORE_SCORE_H

#include "core/benchmark/policy.h"
#include "core/benchmark/result.h"

enum score_model { SCORE_DEFAULT, SCORE_FLAT, SCORE_FLAT_UNWEIGHTED, SCORE_ABSOLUTE, SCORE_MODELS };

struct score {
	double score, maximum;
};

/* "urn:xccdf:scoring:flat", … */
const char *score_model_uri(enum score_model model);

/*
 * The score of one subject under one benchmark. `outcomes` and so the weights of the policy are by rule index; what was not judged is
 * OUTCOME_NOTSELECTED.
 */
struct score score_compute(enum score_model model, const struct policy *policy, const enum outcome *outcomes);

/* What one rule gave on all subjects that it was judged on: results that count, and those of them that are good. */
struct tally {
	size_t counted, passed;
};

/* One more result. */
void tally_add(struct tally *tally, enum outcome outcome);

/*
 * The same of several subjects together. Each result of a rule with multiple="true" is worth the rule's weight; in the default model, where a
 * rule is one branch, they share it.
 */
struct score score_of_tallies(enum score_model model, const struct policy *policy, const struct tally *tallies);

/* The headline, 0 to 100: the flat model as a percentage, over results of any benchmarks, without waived ones; -1 where nothing counts. */
double score_headline(const struct result *results, size_t n);

#endif
