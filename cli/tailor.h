/* SPDX-License-Identifier: Apache-2.0 */
/* What the user makes of the benchmarks: the profile, tailorings, and values that are set. */
#ifndef CLI_TAILOR_H
#define CLI_TAILOR_H

#include "cli/locate.h"

/* Reads the tailorings of the options and finds the benchmark of each. Returns 0, or -errno with a sentence. */
int tailorings_load(struct loaded *loaded, const struct options *options, struct err *err);

/* -ENOENT: a tailoring is for none of the benchmarks. */
int tailoring_no_benchmark(const struct tailoring *tailoring, const struct loaded *loaded, struct arena *arena, struct err *err);

/* Applies profile, tailoring and values to every benchmark that is loaded. */
int policies_make(struct loaded *loaded, const struct options *options, struct err *err);

/* The same with another of its profiles, or of its tailoring's. */
int policy_of_profile(struct policy **policy, const struct loaded *loaded, size_t which, const struct profile *profile, struct err *err);

#endif
