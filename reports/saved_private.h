/* SPDX-License-Identifier: Apache-2.0 */
/* What the two files that read a saved report share; nobody else includes this. */
#ifndef REPORTS_SAVED_PRIVATE_H
#define REPORTS_SAVED_PRIVATE_H

#include "reports/saved.h"

#include <jansson.h>

struct reader {
	const char *path;
	struct arena *arena;
	struct audit *audit;
	const struct saved_library *library;
	struct err *err;
};

/* -EINVAL with "FILE: where: what". */
int saved_fail(const struct reader *r, const char *where, const char *what);

/* A member; NULL, or `otherwise`, where it is not there or of another type. */
const char *saved_text(const struct reader *r, const json_t *object, const char *key);
double saved_number(const json_t *object, const char *key, double otherwise);

/* Adds the policy that an element of "benchmarks" tells of. */
int saved_read_benchmark(const struct reader *r, const json_t *root, const json_t *json);

struct policy *saved_policy_named(const struct reader *r, const char *id);

/* The rule that a result is of. NULL: the benchmark is at hand, and has none of that name. */
const struct rule *saved_rule(const struct reader *r, const struct policy *policy, const json_t *json, const char *id);

/* The profile of a tailoring is known by what its results say. */
void saved_take_rule(struct policy *policy, const struct result *result);

/* Once all results are read. */
void saved_finish_policy(const struct reader *r, struct policy *policy);

/* What left rules out, by the same element of "benchmarks"; behind that. */
void saved_take_left_out(struct policy *policy, const json_t *json);

#endif
