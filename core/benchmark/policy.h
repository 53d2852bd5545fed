/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A benchmark seen through one of its profiles: which rules are selected, their weight, severity and role, and the values. The
 * benchmark itself stays as it was read.
 */
#ifndef CORE_POLICY_H
#define CORE_POLICY_H

#include "core/benchmark/tailoring.h"

/* Why a rule of the benchmark is not judged: what took it away from the profile, or that does not select it. */
enum left_out { LEFT_IN, LEFT_BY_TAILORING, LEFT_BY_RULE, LEFT_BY_SKIP, LEFT_BY_PROFILE, LEFT_OUTS };

/* "tailoring", "rule", "skip", "profile" */
const char *left_out_name(enum left_out left_out);

struct rule_policy {
	bool selected;
	bool taken_away;                     /* the benchmark's profile selects it, and a tailoring does not */
	enum left_out left_out;              /* of the audit that was made with it */
	double weight;
	enum severity severity;
	enum role role;
	const struct condition *condition;   /* the alternative to judge; NULL: none fits */
};

struct policy {
	const struct benchmark *benchmark;
	const struct profile *profile;       /* NULL: the benchmark as it stands */
	const struct profile *base;          /* the benchmark's own: the same, or what that of a tailoring extends; or NULL */
	const struct tailoring *tailoring;   /* that the profile is of; or NULL */
	struct rule_policy *rules;           /* by rule index */
	struct rule_policy *groups;          /* by group index; only selected and weight count */
	const char **values;                 /* by value index: the text */
	const char **base_values;            /* the same by the base alone: those that differ were set by somebody */
	struct arena *arena;
};

/* A value that somebody sets, whatever the profile says. */
struct value_wish {
	const char *id, *text;               /* full or short id */
	const char *where;                   /* for messages: "--set"; or NULL */
};

/* What is made of a benchmark. */
struct policy_choice {
	const char *profile;                 /* short or full id; NULL: the one of a tailoring, else "server" or "default" */
	bool no_profile;                     /* the benchmark as it stands */
	const struct tailoring *tailoring;   /* joined with the benchmark: the profile is one of its own; or NULL */
	const struct value_wish *values;     /* of other benchmarks, too */
	size_t n_values;
};

/*
 * As policy_new(). A value that the benchmark has is set where its type, bounds and choices allow the text: else -EINVAL with
 * "WHERE: NAME cannot be 'TEXT': …".
 */
int policy_make(struct policy **ret, const struct benchmark *benchmark, const struct registry *registry, const struct policy_choice *choice,
		struct err *err);

/*
 * Applies a profile (short or full id; NULL: "server" or "default" where the benchmark has one of that name, else none) and binds the
 * values into every rule's program: the programs are the benchmark's, so the policy applied last is the one that they are judged by.
 * Returns 0, or -errno with a sentence that names the nearest profile for an unknown one.
 */
int policy_new(struct policy **ret, const struct benchmark *benchmark, const struct registry *registry, const char *profile,
	       struct err *err);
void policy_free(struct policy *policy);

/* Binds its values into the programs anew, after another policy of the benchmark was made. */
int policy_bind(const struct policy *policy, const struct registry *registry, struct err *err);

/* The text of a value under this policy, by full or short id; NULL where there is none. */
const char *policy_value(const struct policy *policy, const char *id);

/* A benchmark text with its <sub> elements filled in. */
char *policy_text(struct arena *arena, const struct policy *policy, const char *text);

#endif
