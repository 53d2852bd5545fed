/* SPDX-License-Identifier: Apache-2.0 */
/* How results combine: every cell of the tables that xccdf_1.2.xsd prints in complexCheckType, typed as they stand there. */
#include "tests/unit.h"

#include "core/benchmark/outcome.h"

/* A row: its letter, and its cells in the order of the columns. */
static const char columns[] = "PFUENKSI";
static const char *const and_rows[] = {
	"P || P | F | U | E | P | P | P | P",
	"F || F | F | F | F | F | F | F | F",
	"U || U | F | U | U | U | U | U | U",
	"E || E | F | U | E | E | E | E | E",
	"N || P | F | U | E | N | N | N | N",
	"K || P | F | U | E | N | K | K | K",
	"S || P | F | U | E | N | K | S | S",
	"I || P | F | U | E | N | K | S | I",
};
static const char *const or_rows[] = {
	"P || P | P | P | P | P | P | P | P",
	"F || P | F | U | E | F | F | F | F",
	"U || P | U | U | U | U | U | U | U",
	"E || P | E | U | E | E | E | E | E",
	"N || P | F | U | E | N | N | N | N",
	"K || P | F | U | E | N | K | K | K",
	"S || P | F | U | E | N | K | S | S",
	"I || P | F | U | E | N | K | S | I",
};
static const char not_row[] = "F | P | U | E | N | K | S | I";

/* Ours: what decides stays; else the right operand is taken, but for an unknown that nothing on the right decides. */
static const char *const first_rows[] = {
	"P || P | P | P | P | P | P | P | P",
	"F || F | F | F | F | F | F | F | F",
	"U || P | F | U | E | U | U | U | U",
	"E || E | E | E | E | E | E | E | E",
	"N || P | F | U | E | N | K | S | I",
	"K || P | F | U | E | N | K | S | I",
	"S || P | F | U | E | N | K | S | I",
	"I || P | F | U | E | N | K | S | I",
};

static enum outcome outcome_of(char letter)
{
	switch (letter) {
	case 'P': return OUTCOME_PASS;
	case 'F': return OUTCOME_FAIL;
	case 'U': return OUTCOME_UNKNOWN;
	case 'E': return OUTCOME_ERROR;
	case 'N': return OUTCOME_NOTAPPLICABLE;
	case 'K': return OUTCOME_NOTCHECKED;
	case 'S': return OUTCOME_NOTSELECTED;
	case 'I': return OUTCOME_INFORMATIONAL;
	default: fail_msg("'%c' stands for no result", letter);
	}
	return OUTCOMES;
}

static void assert_table(const char *const rows[OUTCOMES], enum outcome (*combine)(enum outcome, enum outcome),
	const char *name)
{
	for (size_t i = 0; i < OUTCOMES; i++) {
		assert_int_equal(rows[i][0], columns[i]);
		assert_int_equal(strlen(rows[i]), 34);
		for (size_t k = 0; k < OUTCOMES; k++) {
			enum outcome is = combine(outcome_of(columns[i]), outcome_of(columns[k]));

			if (is != outcome_of(rows[i][5 + 4 * k]))
				fail_msg("%c %s %c is %s, the table says %c", columns[i], name, columns[k],
					outcome_name(is), rows[i][5 + 4 * k]);
		}
	}
}

static void test_and(void **state)
{
	(void)state;
	assert_table(and_rows, outcome_and, "AND");
}

static void test_or(void **state)
{
	(void)state;
	assert_table(or_rows, outcome_or, "OR");
}

static void test_first(void **state)
{
	(void)state;
	assert_table(first_rows, outcome_first, "FIRST");
}

static void test_not(void **state)
{
	(void)state;
	for (size_t i = 0; i < OUTCOMES; i++)
		assert_int_equal(outcome_not(outcome_of(columns[i])), outcome_of(not_row[4 * i]));
}

/* What ends a FIRST must be what nothing on the right can change, and nothing else. */
static void test_decides_first(void **state)
{
	(void)state;
	for (size_t i = 0; i < OUTCOMES; i++) {
		enum outcome a = outcome_of(columns[i]);
		bool changed = false;

		for (enum outcome b = 0; b < OUTCOMES; b++)
			changed |= outcome_first(a, b) != a;
		assert_int_equal(outcome_decides_first(a), !changed);
	}
}

/* Folding from the left gives the same in any grouping, so that a rule of three operands is well-defined. */
static void test_associative(void **state)
{
	(void)state;
	for (enum outcome a = 0; a < OUTCOMES; a++)
		for (enum outcome b = 0; b < OUTCOMES; b++)
			for (enum outcome c = 0; c < OUTCOMES; c++) {
				assert_int_equal(outcome_and(outcome_and(a, b), c), outcome_and(a, outcome_and(b, c)));
				assert_int_equal(outcome_or(outcome_or(a, b), c), outcome_or(a, outcome_or(b, c)));
			}
}

static void test_words(void **state)
{
	static const char *const names[] = { "pass", "fail", "unknown", "error", "notapplicable", "notchecked",
		"notselected", "informational" };
	static const char *const severities[] = { "unknown", "info", "low", "medium", "high" };

	(void)state;
	for (size_t i = 0; i < OUTCOMES; i++)
		assert_string_equal(outcome_name(outcome_of(columns[i])), names[i]);
	assert_int_equal(SEVERITIES, ARRAY_LEN(severities));
	for (enum severity s = 0; s < SEVERITIES; s++) {
		assert_string_equal(severity_name(s), severities[s]);
		assert_int_equal(severity_of(severities[s]), s);
	}
	assert_int_equal(severity_of("High"), SEVERITIES);
	assert_int_equal(severity_of(""), SEVERITIES);
	assert_int_equal(severity_of("critical"), SEVERITIES);
}

static void test_classes(void **state)
{
	(void)state;
	for (size_t i = 0; i < OUTCOMES; i++) {
		enum outcome o = outcome_of(columns[i]);

		assert_int_equal(outcome_is_scored(o), strchr("PFUE", columns[i]) != NULL);
		assert_int_equal(outcome_is_undetermined(o), strchr("UE", columns[i]) != NULL);
	}
	assert_int_equal(OUTCOME_ERROR, 0);   /* memory that nobody has written to is no pass */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_and),
		cmocka_unit_test(test_or),
		cmocka_unit_test(test_not),
		cmocka_unit_test(test_first),
		cmocka_unit_test(test_decides_first),
		cmocka_unit_test(test_associative),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_classes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
