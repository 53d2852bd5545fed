/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What judging a rule on a subject gave: plain data in an arena, no pointer into the benchmark's or the source's machinery but the
 * rule, what it wants, and the subject it is about.
 */
#ifndef CORE_RESULT_H
#define CORE_RESULT_H

#include "core/benchmark/outcome.h"
#include "core/source/item.h"

struct rule;
struct subject;
struct waiver;

/* One item that was looked at, and what was wanted of it. */
struct evidence {
	const char *name;        /* of the item */
	const char *origin;      /* path or system call */
	enum state state;
	const char *value;       /* present: as shown; else NULL */
	const char *why;         /* unless present: the reason */
	const char *expected;    /* "at least 1"; the benchmark's text */
	enum outcome outcome;    /* of this comparison alone */
};

struct evidences {
	struct arena *arena;
	struct evidence *list;
	size_t n;
	size_t decisive;         /* index of the one that the last judgement rests on */
};

struct result {
	const struct rule *rule;
	enum outcome outcome;
	enum severity severity;  /* after the profile's refine-rule */
	double weight;
	const char *reason;      /* "0, wanted at least 1"; NULL where a pass needs no words */
	struct evidence *evidence;
	size_t n_evidence;
	size_t decisive;         /* index of the evidence that decided; n_evidence where there is none */
	const struct waiver *waiver;   /* in force: who accepts that it fails, and until when (core/audit/waiver.h); or NULL */
};

/* It is to be mended: it fails, and nobody has accepted that. */
static inline bool result_failed(const struct result *result)
{
	return result->outcome == OUTCOME_FAIL && !result->waiver;
}

/* Of this outcome; a failure that somebody has accepted is of none. */
static inline bool result_is(const struct result *result, enum outcome outcome)
{
	return result->outcome == outcome && (outcome != OUTCOME_FAIL || result_failed(result));
}

struct counts {
	size_t of[OUTCOMES];     /* of failures, those that are not waived; notselected: what was taken away from the profile */
	size_t waived;
};

#endif
