/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The eight results of XCCDF 1.2 and how they combine: the truth tables printed in the schema's complexCheckType
 * (xccdf_1.2.xsd). FIRST is ours: the first operand that could be determined decides, so that a rule reads the
 * effective state where it can be seen and the intent only where it cannot.
 */
#ifndef CORE_OUTCOME_H
#define CORE_OUTCOME_H

#include "core/base/defs.h"

enum outcome {
	OUTCOME_ERROR,           /* the start value of every result: only a completed evaluation changes it */
	OUTCOME_PASS,
	OUTCOME_FAIL,
	OUTCOME_UNKNOWN,
	OUTCOME_NOTAPPLICABLE,
	OUTCOME_NOTCHECKED,
	OUTCOME_NOTSELECTED,
	OUTCOME_INFORMATIONAL,
	OUTCOMES,
};

enum operator { OPERATOR_AND, OPERATOR_OR, OPERATOR_FIRST };

/* As in an XCCDF result element: "pass", "notapplicable", … */
const char *outcome_name(enum outcome outcome);

/* Counted in a score: pass, fail, error, unknown (XCCDF 1.2 §7.3.2: error and unknown score 0). */
bool outcome_is_scored(enum outcome outcome);

/* error and unknown: selected, and nobody can say. */
bool outcome_is_undetermined(enum outcome outcome);

enum outcome outcome_and(enum outcome a, enum outcome b);
enum outcome outcome_or(enum outcome a, enum outcome b);
enum outcome outcome_not(enum outcome a);

/* The left operand if it was determined or failed on its own (error), else the right one. */
enum outcome outcome_first(enum outcome a, enum outcome b);

enum outcome outcome_combine(enum operator operator, enum outcome a, enum outcome b);

/* The operand decides a FIRST: later operands need not be looked at. */
bool outcome_decides_first(enum outcome a);

enum severity { SEVERITY_UNKNOWN, SEVERITY_INFO, SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_HIGH, SEVERITIES };

const char *severity_name(enum severity severity);

/* SEVERITIES for a word that is none. */
enum severity severity_of(const char *name);

#endif
