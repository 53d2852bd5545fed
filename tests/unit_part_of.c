/* SPDX-License-Identifier: Apache-2.0 */
/* A failure that is part of another is counted once. */
#include "tests/unit_fake.h"

#include "core/audit/part_of.h"

#define FAILS   SEES("int:0")
#define PASSES  SEES("int:1")
#define UNKNOWN SEES("denied")
#define PART_OF(id) "<ident system=\"" PART_OF_SYSTEM "\">" id "</ident>"

static const char parts[] = XCCDF(
	RULE("whole.fails", "severity=\"medium\"", FAILS) RULE("whole.passes", "severity=\"medium\"", PASSES) RULE("whole.unknown", "", UNKNOWN)
	RULE("whole.low", "severity=\"low\"", FAILS) RULE("whole.off", "selected=\"false\"", FAILS)
	RULE("part", "severity=\"medium\" weight=\"3\"", PART_OF("whole.fails") FAILS)
	RULE("passes", "severity=\"medium\"", PART_OF("whole.fails") PASSES)
	RULE("second", "severity=\"low\"", PART_OF("whole.passes") PART_OF("whole.fails") FAILS)
	RULE("of-pass", "severity=\"low\"", PART_OF("whole.passes") FAILS)
	RULE("of-unknown", "severity=\"low\"", PART_OF("whole.unknown") FAILS)
	RULE("of-low", "severity=\"medium\"", PART_OF("whole.low") FAILS)
	RULE("of-off", "severity=\"low\"", PART_OF("whole.off") FAILS)
	RULE("of-nothing", "severity=\"low\"", PART_OF("nowhere") FAILS)
	RULE("of-itself", "severity=\"low\"", PART_OF("of-itself") FAILS)
	RULE("twin.one", "severity=\"low\"", PART_OF("twin.other") FAILS) RULE("twin.other", "severity=\"low\"", PART_OF("twin.one") FAILS)
	RULE("other-ident", "severity=\"low\"", "<ident system=\"urn:other\">whole.fails</ident>" FAILS));

static const struct result *result_of(const struct audit *audit, const char *id)
{
	for (size_t i = 0; i < audit->subjects[0].n; i++)
		if (streq(audit->subjects[0].results[i].rule->item.short_id, id))
			return &audit->subjects[0].results[i];
	fail_msg("no result of %s", id);
	return NULL;
}

static void test_parts(void **state)
{
	static const char *const hidden[] = { "part", "second", "twin.one" };
	static const char *const fails[] = {
		"whole.fails", "whole.low", "of-pass", "of-unknown", "of-low", "of-off", "of-nothing", "of-itself", "twin.other", "other-ident",
	};
	struct folder *folder = *state;
	auto_benchmark struct benchmark *b = fake_benchmark(folder, parts);
	struct policy *p = fake_policy(b, NULL);
	auto_policy struct policy *freed = p;
	auto_source struct source *source = source_of_files();
	struct fake_host host;
	const struct audit_plan plan = {
		.host = fake_host(&host, source, "6.12.43", "x86_64"), .policies = &p, .n_policies = 1, .subjects = { .host = true },
	};
	auto_audit struct audit *audit = audit_run(&plan);

	(void)freed;
	for (size_t i = 0; i < ARRAY_LEN(hidden); i++)
		assert_int_equal(result_of(audit, hidden[i])->outcome, OUTCOME_NOTAPPLICABLE);
	for (size_t i = 0; i < ARRAY_LEN(fails); i++)
		assert_int_equal(result_of(audit, fails[i])->outcome, OUTCOME_FAIL);
	assert_int_equal(result_of(audit, "passes")->outcome, OUTCOME_PASS);
	assert_string_equal(result_of(audit, "part")->reason, "part of whole.fails, which fails");
	assert_int_equal(result_of(audit, "part")->n_evidence, 1);
	assert_int_equal(audit->counts.of[OUTCOME_FAIL], ARRAY_LEN(fails));
	assert_int_equal(audit->counts.of[OUTCOME_NOTAPPLICABLE], ARRAY_LEN(hidden));
}

/* The whole may be of another benchmark, and what --skip leaves out hides nothing. */
static void test_two_benchmarks(void **state)
{
	static const char whole[] = XCCDF(RULE("whole", "severity=\"low\"", FAILS) RULE("good", "severity=\"low\"", PASSES));
	static const char part[] = XCCDF(RULE("part", "severity=\"low\"", PART_OF("whole") FAILS) RULE("fine", "severity=\"low\"", PASSES));
	struct folder *folder = *state;
	auto_benchmark struct benchmark *one = fake_benchmark(folder, part), *other = fake_benchmark(folder, whole);
	auto_policy struct policy *first = fake_policy(one, NULL), *second = fake_policy(other, NULL);
	struct policy *policies[] = { first, second };
	auto_source struct source *source = source_of_files();
	const char *const skip[] = { "whole", NULL };
	struct fake_host host;
	struct audit_plan plan = {
		.host = fake_host(&host, source, "6.12.43", "x86_64"), .policies = policies, .n_policies = 2, .subjects = { .host = true },
	};
	auto_audit struct audit *both = audit_run(&plan);
	auto_audit struct audit *alone = audit_run((plan.rules = (struct rule_filter){ NULL, skip }, &plan));

	assert_int_equal(result_of(both, "part")->outcome, OUTCOME_NOTAPPLICABLE);
	assert_true(both->subjects[0].models[0][SCORE_FLAT_UNWEIGHTED].score == 1.0);
	assert_true(both->subjects[0].models[0][SCORE_FLAT_UNWEIGHTED].maximum == 1.0);
	assert_true(both->subjects[0].models[1][SCORE_FLAT_UNWEIGHTED].maximum == 2.0);
	assert_int_equal(result_of(alone, "part")->outcome, OUTCOME_FAIL);
	assert_true(alone->subjects[0].models[0][SCORE_FLAT_UNWEIGHTED].maximum == 2.0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_folder(test_parts),
		test_with_folder(test_two_benchmarks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
