/* SPDX-License-Identifier: Apache-2.0 */
/* The four scoring models of XCCDF, against sums done by hand. */
#include "tests/unit_fake.h"

#include "core/audit/score.h"

/*
 *   a (2)
 *   g (3)    b (1)  c (4)
 *            h (2)  d (1)  e (1)
 *   f (1)
 */
static const char tree[] = XCCDF(
	"<Rule id=\"a\" weight=\"2\"/><Group id=\"g\" weight=\"3\"><Rule id=\"b\"/><Rule id=\"c\" weight=\"4\"/>"
	"<Group id=\"h\" weight=\"2\">"
	"<Rule id=\"d\"/><Rule id=\"e\"/></Group></Group><Rule id=\"f\"/>"
	"<Profile id=\"p\"><refine-rule idref=\"a\" weight=\"7\"/><refine-rule idref=\"g\" weight=\"1\"/></Profile>"
	"<Profile id=\"zero\"><refine-rule idref=\"a\" weight=\"0\"/></Profile>");

enum { RULES = 6 };

/* A letter for each rule, in the order of the document: as the columns of XCCDF's truth tables. */
static void outcomes_of(const char *letters, enum outcome outcomes[RULES])
{
	static const char all[] = "EPFUNKSI";

	assert_int_equal(strlen(letters), RULES);
	for (size_t i = 0; i < RULES; i++) {
		const char *at = strchr(all, letters[i]);

		assert_non_null(at);
		outcomes[i] = (enum outcome)(at - all);
	}
}

static void assert_near(const char *what, double is, double wanted)
{
	if (!(is - wanted < 1e-9 && wanted - is < 1e-9))
		fail_msg("%s: %.12g, not %.12g", what, is, wanted);
}

static void assert_score(const struct policy *p, const char *letters, enum score_model model, double score, double maximum)
{
	enum outcome outcomes[RULES];
	struct score s;

	outcomes_of(letters, outcomes);
	s = score_compute(model, p, outcomes);
	assert_near(letters, s.score, score);
	assert_near(letters, s.maximum, maximum);
}

/* The weighted mean of the children, at each level. */
static void test_default(void **state)
{
	auto_benchmark struct benchmark *b = fake_benchmark(*state, tree);
	auto_policy struct policy *p = fake_policy(b, NULL);

	assert_score(p, "PPPPPP", SCORE_DEFAULT, 100, 100);
	assert_score(p, "FFFFFF", SCORE_DEFAULT, 0, 100);
	/* (100*2 + 0*3 + 0*1) / 6 */
	assert_score(p, "PFFFFF", SCORE_DEFAULT, 100.0 / 3, 100);
	/* h = 50; g = (100*1 + 0*4 + 50*2) / 7 = 200/7; (0*2 + 200/7*3 + 100*1) / 6 */
	assert_score(p, "FPFPFP", SCORE_DEFAULT, (200.0 / 7 * 3 + 100) / 6, 100);
	/* unknown and error count, and are worth nothing */
	assert_score(p, "UPEPUP", SCORE_DEFAULT, (200.0 / 7 * 3 + 100) / 6, 100);
	/* h has nothing that counts and is left out: g = (100*1 + 0*4) / 5 = 20; (0*2 + 20*3 + 100*1) / 6 */
	assert_score(p, "FPFNKP", SCORE_DEFAULT, 160.0 / 6, 100);
	/* g has nothing that counts: (0*2 + 100*1) / 3 */
	assert_score(p, "FNKSIP", SCORE_DEFAULT, 100.0 / 3, 100);
	/* only e: h = g = 100, alone */
	assert_score(p, "NNNNPN", SCORE_DEFAULT, 100, 100);
	assert_score(p, "NNNNFN", SCORE_DEFAULT, 0, 100);
}

static void test_flat(void **state)
{
	auto_benchmark struct benchmark *b = fake_benchmark(*state, tree);
	auto_policy struct policy *p = fake_policy(b, NULL);

	assert_score(p, "PPPPPP", SCORE_FLAT, 10, 10);
	assert_score(p, "FFFFFF", SCORE_FLAT, 0, 10);
	assert_score(p, "PFPFFP", SCORE_FLAT, 7, 10);
	assert_score(p, "PUEFFP", SCORE_FLAT, 3, 10);
	assert_score(p, "PNKSIF", SCORE_FLAT, 2, 3);
	assert_score(p, "PFPFFP", SCORE_FLAT_UNWEIGHTED, 3, 6);
	assert_score(p, "PUEFFP", SCORE_FLAT_UNWEIGHTED, 2, 6);
	assert_score(p, "PNKSIF", SCORE_FLAT_UNWEIGHTED, 1, 2);
}

static void test_absolute(void **state)
{
	auto_benchmark struct benchmark *b = fake_benchmark(*state, tree);
	auto_policy struct policy *p = fake_policy(b, NULL);

	assert_score(p, "PPPPPP", SCORE_ABSOLUTE, 1, 10);
	assert_score(p, "PPPPPF", SCORE_ABSOLUTE, 0, 10);
	assert_score(p, "PPPPPU", SCORE_ABSOLUTE, 0, 10);
	assert_score(p, "PPPPPE", SCORE_ABSOLUTE, 0, 10);
	assert_score(p, "PNKSIP", SCORE_ABSOLUTE, 1, 3);
	assert_score(p, "FNKSIN", SCORE_ABSOLUTE, 0, 2);
}

/* The profile's weights are those that count, of rules and of groups. */
static void test_refined(void **state)
{
	auto_benchmark struct benchmark *b = fake_benchmark(*state, tree);
	auto_policy struct policy *p = fake_policy(b, "p"), *zero = fake_policy(b, "zero");

	assert_score(p, "PFFFFF", SCORE_FLAT, 7, 15);
	assert_score(p, "PFFFFF", SCORE_FLAT_UNWEIGHTED, 1, 6);
	/* (100*7 + 0*1 + 0*1) / 9 */
	assert_score(p, "PFFFFF", SCORE_DEFAULT, 700.0 / 9, 100);
	/* g = (100*1 + 100*4 + 100*2) / 7 = 100; (0*7 + 100*1 + 0*1) / 9 */
	assert_score(p, "FPPPPF", SCORE_DEFAULT, 100.0 / 9, 100);
	assert_score(zero, "PFFFFF", SCORE_FLAT, 0, 8);
	assert_score(zero, "FPPPPP", SCORE_FLAT, 8, 8);
	assert_score(zero, "PNNNNN", SCORE_FLAT, 0, 0);
	assert_score(zero, "PNNNNN", SCORE_DEFAULT, 0, 100);
}

/* Of a rule with several results each is worth its weight; in the default model they share it. */
static void test_several_subjects(void **state)
{
	auto_benchmark struct benchmark *b = fake_benchmark(*state, tree);
	auto_policy struct policy *p = fake_policy(b, NULL);
	struct tally tallies[RULES] = { { 0, 0 } };
	struct score s;

	/* a: pass, pass, fail, and one that does not apply; f: fail */
	tally_add(&tallies[0], OUTCOME_PASS);
	tally_add(&tallies[0], OUTCOME_PASS);
	tally_add(&tallies[0], OUTCOME_FAIL);
	tally_add(&tallies[0], OUTCOME_NOTAPPLICABLE);
	tally_add(&tallies[5], OUTCOME_FAIL);
	s = score_of_tallies(SCORE_FLAT, p, tallies);
	assert_near("flat", s.score, 4);
	assert_near("flat", s.maximum, 7);
	s = score_of_tallies(SCORE_FLAT_UNWEIGHTED, p, tallies);
	assert_near("flat-unweighted", s.score, 2);
	assert_near("flat-unweighted", s.maximum, 4);
	/* (200/3*2 + 0*1) / 3 */
	assert_near("default", score_of_tallies(SCORE_DEFAULT, p, tallies).score, 400.0 / 9);
	assert_near("absolute", score_of_tallies(SCORE_ABSOLUTE, p, tallies).score, 0);
	tally_add(&tallies[5], OUTCOME_UNKNOWN);
	assert_near("unknown counts", score_of_tallies(SCORE_FLAT, p, tallies).maximum, 8);
}

/* A rule that failed is no full score, though it weighs nothing. */
static void test_failed_without_weight(void **state)
{
	auto_benchmark struct benchmark *b = fake_benchmark(*state, tree);
	auto_policy struct policy *zero = fake_policy(b, "zero");

	assert_score(zero, "FPPPPP", SCORE_FLAT_UNWEIGHTED, 5, 6);
	assert_score(zero, "FPPPPP", SCORE_DEFAULT, 100, 100);
}

static void test_nothing_counts(void **state)
{
	auto_benchmark struct benchmark *b = fake_benchmark(*state, tree), *empty = fake_benchmark(*state, XCCDF(""));
	auto_policy struct policy *p = fake_policy(b, NULL), *none = fake_policy(empty, NULL);
	static const enum outcome outcomes[1];

	assert_score(p, "NKSINK", SCORE_DEFAULT, 0, 100);
	assert_score(p, "NKSINK", SCORE_FLAT, 0, 0);
	assert_score(p, "NKSINK", SCORE_FLAT_UNWEIGHTED, 0, 0);
	assert_near("no rules", score_compute(SCORE_DEFAULT, none, outcomes).score, 0);
	assert_near("no rules", score_compute(SCORE_FLAT, none, outcomes).maximum, 0);
}

static void test_headline(void **state)
{
	struct result results[8] = {
		{ .outcome = OUTCOME_PASS, .weight = 3 }, { .outcome = OUTCOME_FAIL, .weight = 1 },
		{ .outcome = OUTCOME_UNKNOWN, .weight = 2 },
		{ .outcome = OUTCOME_ERROR, .weight = 2 }, { .outcome = OUTCOME_NOTAPPLICABLE, .weight = 50 },
		{ .outcome = OUTCOME_NOTCHECKED, .weight = 50 }, { .outcome = OUTCOME_INFORMATIONAL, .weight = 50 },
		{ .outcome = OUTCOME_NOTSELECTED, .weight = 50 },
	};

	(void)state;
	assert_near("all", score_headline(results, 8), 37.5);
	assert_near("pass", score_headline(results, 1), 100);
	assert_near("pass and fail", score_headline(results, 2), 75);
	assert_near("fail", score_headline(results + 1, 1), 0);
	assert_near("none that counts", score_headline(results + 4, 4), -1);
	assert_near("none", score_headline(results, 0), -1);
	results[0].weight = 0;
	assert_near("no weight", score_headline(results, 1), -1);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(score_model_uri(SCORE_DEFAULT), "urn:xccdf:scoring:default");
	assert_string_equal(score_model_uri(SCORE_FLAT), "urn:xccdf:scoring:flat");
	assert_string_equal(score_model_uri(SCORE_FLAT_UNWEIGHTED), "urn:xccdf:scoring:flat-unweighted");
	assert_string_equal(score_model_uri(SCORE_ABSOLUTE), "urn:xccdf:scoring:absolute");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_folder(test_default),
		test_with_folder(test_flat),
		test_with_folder(test_absolute),
		test_with_folder(test_refined),
		test_with_folder(test_several_subjects),
		test_with_folder(test_failed_without_weight),
		test_with_folder(test_nothing_counts),
		cmocka_unit_test(test_headline),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
