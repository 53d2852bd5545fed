/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A benchmark seen through one of its profiles: which rules are selected, their weight, severity and role, and the values. The
 * benchmark itself stays as it was read.
 */
#ifndef CORE_POLICY_H
#define CORE_POLICY_H

#include "core/benchmark.h"

struct rule_policy {
	bool selected;
	double weight;
	enum severity severity;
	enum role role;
	const struct condition *condition;   /* the alternative to judge; NULL: none fits */
};

struct policy {
	const struct benchmark *benchmark;
	const struct profile *profile;       /* NULL: the benchmark as it stands */
	struct rule_policy *rules;           /* by rule index */
	struct rule_policy *groups;          /* by group index; only selected and weight count */
	const char **values;                 /* by value index: the text */
	struct arena *arena;
};

/*
 * Applies a profile (short or full id; NULL: "server" or "default" where the benchmark has one of that name, else none) and binds the
 * values into every rule's program: the programs are the benchmark's, so the policy applied last is the one that they are judged by.
 * Returns 0, or -errno with a sentence that names the nearest profile for an unknown one.
 */
int policy_new(struct policy **ret, const struct benchmark *benchmark, const struct registry *registry, const char *profile,
	       struct err *err);
void policy_free(struct policy *policy);

/* The text of a value under this policy, by full or short id; NULL where there is none. */
const char *policy_value(const struct policy *policy, const char *id);

/* A benchmark text with its <sub> elements filled in. */
char *policy_text(struct arena *arena, const struct policy *policy, const char *text);

#endif
