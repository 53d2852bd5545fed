/* SPDX-License-Identifier: Apache-2.0 */
#include "core/benchmark/outcome.h"

#include <assert.h>

static const char *const names[OUTCOMES] = {
	[OUTCOME_ERROR] = "error", [OUTCOME_PASS] = "pass", [OUTCOME_FAIL] = "fail", [OUTCOME_UNKNOWN] = "unknown",
	[OUTCOME_NOTAPPLICABLE] = "notapplicable", [OUTCOME_NOTCHECKED] = "notchecked",
	[OUTCOME_NOTSELECTED] = "notselected", [OUTCOME_INFORMATIONAL] = "informational",
};

/* Both tables of the schema are total orders: whichever operand stands first in these lists wins. */
static const enum outcome and_order[OUTCOMES] = {
	OUTCOME_FAIL, OUTCOME_UNKNOWN, OUTCOME_ERROR, OUTCOME_PASS,
	OUTCOME_NOTAPPLICABLE, OUTCOME_NOTCHECKED, OUTCOME_NOTSELECTED, OUTCOME_INFORMATIONAL,
};
static const enum outcome or_order[OUTCOMES] = {
	OUTCOME_PASS, OUTCOME_UNKNOWN, OUTCOME_ERROR, OUTCOME_FAIL,
	OUTCOME_NOTAPPLICABLE, OUTCOME_NOTCHECKED, OUTCOME_NOTSELECTED, OUTCOME_INFORMATIONAL,
};

const char *outcome_name(enum outcome outcome)
{
	assert(outcome < OUTCOMES);
	return names[outcome];
}

bool outcome_is_scored(enum outcome outcome)
{
	return outcome == OUTCOME_PASS || outcome == OUTCOME_FAIL || outcome_is_undetermined(outcome);
}

bool outcome_is_undetermined(enum outcome outcome)
{
	return outcome == OUTCOME_ERROR || outcome == OUTCOME_UNKNOWN;
}

static enum outcome stronger(const enum outcome order[OUTCOMES], enum outcome a, enum outcome b)
{
	for (size_t i = 0; i < OUTCOMES; i++)
		if (a == order[i] || b == order[i])
			return order[i];
	return OUTCOME_ERROR;
}

enum outcome outcome_and(enum outcome a, enum outcome b)
{
	return stronger(and_order, a, b);
}

enum outcome outcome_or(enum outcome a, enum outcome b)
{
	return stronger(or_order, a, b);
}

enum outcome outcome_not(enum outcome a)
{
	return a == OUTCOME_PASS ? OUTCOME_FAIL : a == OUTCOME_FAIL ? OUTCOME_PASS : a;
}

bool outcome_decides_first(enum outcome a)
{
	return a == OUTCOME_PASS || a == OUTCOME_FAIL || a == OUTCOME_ERROR;
}

enum outcome outcome_first(enum outcome a, enum outcome b)
{
	if (outcome_decides_first(a))
		return a;
	return a == OUTCOME_UNKNOWN && !outcome_decides_first(b) ? a : b;
}

enum outcome outcome_combine(enum operator operator, enum outcome a, enum outcome b)
{
	return operator == OPERATOR_AND ? outcome_and(a, b) : operator == OPERATOR_OR ? outcome_or(a, b) : outcome_first(a, b);
}

static const char *const severities[SEVERITIES] = {
	[SEVERITY_UNKNOWN] = "unknown", [SEVERITY_INFO] = "info", [SEVERITY_LOW] = "low",
	[SEVERITY_MEDIUM] = "medium", [SEVERITY_HIGH] = "high",
};

const char *severity_name(enum severity severity)
{
	assert(severity < SEVERITIES);
	return severities[severity];
}

enum severity severity_of(const char *name)
{
	enum severity s = SEVERITY_UNKNOWN;

	while (s < SEVERITIES && strcmp(severities[s], name) != 0)
		s++;
	return s;
}
