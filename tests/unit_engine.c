/* SPDX-License-Identifier: Apache-2.0 */
/* Our check language: what each state and comparison means, combinations, guards, and the words for it. */
#include "tests/unit_fake.h"

/* The host a test is judged on; its source serves single files, or a root. */
struct on {
	const char *release, *arch;
	bool root;
};

static const struct on usual = { "6.12.43", "x86_64", true };

static struct result judge_on(struct folder *folder, const char *content, const struct on *on)
{
	char *xml = arena_printf(folder->arena, XCCDF("<Rule id=\"xccdf_t_rule_a\">" CHECK("%s") "</Rule>"), content);
	auto_benchmark struct benchmark *b = fake_benchmark(folder, xml);
	auto_policy struct policy *p = fake_policy(b, NULL);
	auto_source struct source *source = on->root ? NULL : source_of_files();
	struct fake_host host;
	struct result r;
	struct err err;

	if (on->root)
		assert_int_equal(source_open(&source, folder->path, &err), 0);
	r = judge_rule(p, b->rules[0], fake_host(&host, source, on->release, on->arch), folder->arena,
		strings_new(folder->arena));
	for (size_t i = 0; i < r.n_evidence; i++)   /* what was wanted is the benchmark's, and goes with it */
		r.evidence[i].expected = r.evidence[i].expected ? arena_strdup(folder->arena, r.evidence[i].expected) : NULL;
	return r;
}

static void assert_on(struct folder *folder, const char *content, const struct on *on, enum outcome expected,
	size_t n_evidence)
{
	struct result r = judge_on(folder, content, on);

	if (r.outcome != expected)
		fail_msg("%s is %s (%s), not %s", content, outcome_name(r.outcome), r.reason ? r.reason : "",
			outcome_name(expected));
	if (n_evidence && r.n_evidence != n_evidence)
		fail_msg("%s rests on %zu, not %zu", content, r.n_evidence, n_evidence);
	if (expected != OUTCOME_PASS)
		assert_non_null(r.reason);
	assert_true(r.decisive < r.n_evidence);
}

static void assert_judged(struct folder *folder, const char *content, enum outcome expected, size_t n_evidence)
{
	assert_on(folder, content, &usual, expected, n_evidence);
}

#define SEEN(what)   FAKE("name=\"" what "\" is=\"1\" absent=\"fail\"")
#define PASS         SEEN("int:1")
#define FAIL         SEEN("int:0")
#define ERROR        SEEN("malformed")
#define DENIED       SEEN("denied")
#define BROKEN       SEEN("broken")
#define UNAVAILABLE  SEEN("unavailable")
#define NOT_GIVEN    SEEN("not-given")
#define NA           SEEN("inapplicable")
#define ALL(body)    "<p:all-of>" body "</p:all-of>"
#define ANY(body)    "<p:any-of>" body "</p:any-of>"
#define FIRST(body)  "<p:first-of>" body "</p:first-of>"
#define NOT(body)    "<p:not>" body "</p:not>"

static void test_states(void **state)
{
	assert_judged(*state, PASS, OUTCOME_PASS, 1);
	assert_judged(*state, FAIL, OUTCOME_FAIL, 1);
	assert_judged(*state, NA, OUTCOME_NOTAPPLICABLE, 1);
	assert_judged(*state, DENIED, OUTCOME_UNKNOWN, 1);
	assert_judged(*state, BROKEN, OUTCOME_UNKNOWN, 1);
	assert_judged(*state, UNAVAILABLE, OUTCOME_UNKNOWN, 1);
	assert_judged(*state, ERROR, OUTCOME_ERROR, 1);
	assert_judged(*state, FAKE("name=\"text:word\" at-least=\"1\" absent=\"fail\""), OUTCOME_ERROR, 1);
}

static void test_absent(void **state)
{
	assert_judged(*state, FAKE("name=\"absent\" is=\"1\" absent=\"pass\""), OUTCOME_PASS, 1);
	assert_judged(*state, FAKE("name=\"absent\" is=\"1\" absent=\"fail\""), OUTCOME_FAIL, 1);
	assert_judged(*state, FAKE("name=\"absent\" is=\"1\" absent=\"notapplicable\""), OUTCOME_NOTAPPLICABLE, 1);
	/* only what was looked for and not there is absent */
	assert_judged(*state, FAKE("name=\"denied\" is=\"1\" absent=\"pass\""), OUTCOME_UNKNOWN, 1);
	assert_judged(*state, FAKE("name=\"broken\" is=\"1\" absent=\"pass\""), OUTCOME_UNKNOWN, 1);
	assert_judged(*state, FAKE("name=\"unavailable\" is=\"1\" absent=\"pass\""), OUTCOME_UNKNOWN, 1);
	assert_judged(*state, FAKE("name=\"malformed\" is=\"1\" absent=\"pass\""), OUTCOME_ERROR, 1);
	assert_judged(*state, FAKE("name=\"not-given\" is=\"1\" absent=\"pass\""), OUTCOME_NOTCHECKED, 1);
	assert_judged(*state, FAKE("name=\"inapplicable\" is=\"1\" absent=\"pass\""), OUTCOME_NOTAPPLICABLE, 1);
	/* a value that is there is not */
	assert_judged(*state, FAKE("name=\"text:\" is=\"1\" absent=\"pass\""), OUTCOME_FAIL, 1);
}

static void test_exists(void **state)
{
	assert_judged(*state, FAKE("name=\"int:0\" exists=\"true\""), OUTCOME_PASS, 1);
	assert_judged(*state, FAKE("name=\"absent\" exists=\"true\""), OUTCOME_FAIL, 1);
	assert_judged(*state, FAKE("name=\"int:0\" exists=\"false\""), OUTCOME_FAIL, 1);
	assert_judged(*state, FAKE("name=\"absent\" exists=\"false\""), OUTCOME_PASS, 1);
	assert_judged(*state, FAKE("name=\"denied\" exists=\"false\""), OUTCOME_UNKNOWN, 1);
	assert_judged(*state, FAKE("name=\"broken\" exists=\"false\""), OUTCOME_UNKNOWN, 1);
	assert_judged(*state, FAKE("name=\"unavailable\" exists=\"false\""), OUTCOME_UNKNOWN, 1);
	assert_judged(*state, FAKE("name=\"denied\" exists=\"true\""), OUTCOME_UNKNOWN, 1);
}

static void test_otherwise(void **state)
{
	assert_judged(*state, FAKE("name=\"int:0\" is=\"1\" absent=\"fail\" otherwise=\"notapplicable\""),
		OUTCOME_NOTAPPLICABLE, 1);
	assert_judged(*state, FAKE("name=\"int:1\" is=\"1\" absent=\"fail\" otherwise=\"notapplicable\""), OUTCOME_PASS, 1);
	assert_judged(*state, FAKE("name=\"absent\" is=\"1\" absent=\"fail\" otherwise=\"notapplicable\""), OUTCOME_FAIL, 1);
	assert_judged(*state, FAKE("name=\"denied\" is=\"1\" absent=\"fail\" otherwise=\"notapplicable\""),
		OUTCOME_UNKNOWN, 1);
	assert_judged(*state, FAKE("name=\"text:x\" at-least=\"1\" absent=\"fail\" otherwise=\"notapplicable\""),
		OUTCOME_ERROR, 1);
}

/* Several comparisons must all hold, and on each item. */
static void test_several(void **state)
{
	assert_judged(*state, FAKE("name=\"int:2\" at-least=\"1\" at-most=\"3\" absent=\"fail\""), OUTCOME_PASS, 1);
	assert_judged(*state, FAKE("name=\"int:4\" at-least=\"1\" at-most=\"3\" absent=\"fail\""), OUTCOME_FAIL, 1);
	assert_judged(*state, FAKE("name=\"int:2\" at-least=\"1\" at-most=\"3\" is-not=\"2\" absent=\"fail\""),
		OUTCOME_FAIL, 1);
	assert_judged(*state, FAKE("name=\"int:1 int:1 int:1\" is=\"1\" absent=\"fail\""), OUTCOME_PASS, 3);
	assert_judged(*state, FAKE("name=\"int:1 int:0 int:1\" is=\"1\" absent=\"fail\""), OUTCOME_FAIL, 3);
	assert_judged(*state, FAKE("name=\"int:1 denied int:1\" is=\"1\" absent=\"fail\""), OUTCOME_UNKNOWN, 3);
	assert_judged(*state, FAKE("name=\"denied int:0\" is=\"1\" absent=\"fail\""), OUTCOME_FAIL, 2);
	assert_judged(*state, FAKE("name=\"int:1 inapplicable\" is=\"1\" absent=\"fail\""), OUTCOME_PASS, 2);
	assert_judged(*state, FAKE("name=\"int:1 absent\" is=\"1\" absent=\"notapplicable\""), OUTCOME_PASS, 2);
	assert_judged(*state, FAKE("name=\"int:1 malformed\" is=\"1\" absent=\"fail\""), OUTCOME_ERROR, 2);
	assert_judged(*state, FAKE("name=\"bits:9\" bits-set=\"first fourth\" bits-clear=\"1 2\" absent=\"fail\""),
		OUTCOME_PASS, 1);
	assert_judged(*state, FAKE("name=\"set:a,b\" contains=\"a\" excludes=\"c\" subset-of=\"a b d\" absent=\"fail\""),
		OUTCOME_PASS, 1);
	assert_judged(*state, FAKE("name=\"version:6.10.1\" at-least=\"6.9\" absent=\"fail\""), OUTCOME_PASS, 1);
}

/* A check that looked at nothing has shown nothing. */
static void test_no_items(void **state)
{
	struct result r = judge_on(*state, FAKE("name=\"nothing\" is=\"1\" absent=\"pass\""), &usual);

	assert_int_equal(r.outcome, OUTCOME_ERROR);
	assert_int_equal(r.n_evidence, 0);
	assert_non_null(r.reason);
	assert_int_equal(judge_on(*state, ALL(PASS FAKE("name=\"nothing\" is=\"1\" absent=\"pass\"")), &usual).outcome,
		OUTCOME_ERROR);
}

static void test_all_of(void **state)
{
	assert_judged(*state, ALL(PASS), OUTCOME_PASS, 1);
	assert_judged(*state, ALL(PASS PASS), OUTCOME_PASS, 2);
	assert_judged(*state, ALL(PASS FAIL), OUTCOME_FAIL, 2);
	assert_judged(*state, ALL(FAIL PASS), OUTCOME_FAIL, 2);
	assert_judged(*state, ALL(PASS DENIED), OUTCOME_UNKNOWN, 2);
	assert_judged(*state, ALL(DENIED FAIL), OUTCOME_FAIL, 2);
	assert_judged(*state, ALL(ERROR PASS), OUTCOME_ERROR, 2);
	assert_judged(*state, ALL(ERROR DENIED), OUTCOME_UNKNOWN, 2);
	assert_judged(*state, ALL(NA PASS), OUTCOME_PASS, 2);
	assert_judged(*state, ALL(NA NA), OUTCOME_NOTAPPLICABLE, 2);
}

static void test_any_of(void **state)
{
	assert_judged(*state, ANY(FAIL PASS), OUTCOME_PASS, 2);
	assert_judged(*state, ANY(FAIL FAIL), OUTCOME_FAIL, 2);
	assert_judged(*state, ANY(FAIL DENIED), OUTCOME_UNKNOWN, 2);
	assert_judged(*state, ANY(DENIED FAIL), OUTCOME_UNKNOWN, 2);
	assert_judged(*state, ANY(DENIED PASS), OUTCOME_PASS, 2);
	assert_judged(*state, ANY(FAIL ERROR), OUTCOME_ERROR, 2);
	assert_judged(*state, ANY(NA FAIL), OUTCOME_FAIL, 2);
	assert_judged(*state, ANY(NA NA), OUTCOME_NOTAPPLICABLE, 2);
	/* the rest need not be looked at */
	assert_judged(*state, ANY(PASS DENIED), OUTCOME_PASS, 1);
	assert_judged(*state, ANY(FAIL PASS ERROR), OUTCOME_PASS, 2);
}

static void test_first_of(void **state)
{
	assert_judged(*state, FIRST(PASS FAIL), OUTCOME_PASS, 1);
	assert_judged(*state, FIRST(FAIL PASS), OUTCOME_FAIL, 1);
	assert_judged(*state, FIRST(ERROR PASS), OUTCOME_ERROR, 1);
	/* what is there and cannot be read may be anything: what was intended says nothing about it */
	assert_judged(*state, FIRST(DENIED PASS), OUTCOME_UNKNOWN, 1);
	assert_judged(*state, FIRST(BROKEN PASS), OUTCOME_UNKNOWN, 1);
	/* what cannot be seen, or does not exist here, leaves the question to the next */
	assert_judged(*state, FIRST(UNAVAILABLE PASS), OUTCOME_PASS, 2);
	assert_judged(*state, FIRST(UNAVAILABLE FAIL), OUTCOME_FAIL, 2);
	assert_judged(*state, FIRST(NOT_GIVEN PASS), OUTCOME_PASS, 2);
	assert_judged(*state, FIRST(NA FAIL), OUTCOME_FAIL, 2);
	assert_judged(*state, FIRST(NA NA), OUTCOME_NOTAPPLICABLE, 2);
	assert_judged(*state, FIRST(NA DENIED PASS), OUTCOME_UNKNOWN, 2);
	assert_judged(*state, FIRST(UNAVAILABLE NA), OUTCOME_UNKNOWN, 2);
	assert_judged(*state, FIRST(UNAVAILABLE DENIED PASS), OUTCOME_UNKNOWN, 2);
	assert_judged(*state, FIRST(UNAVAILABLE NA PASS), OUTCOME_PASS, 3);
	assert_judged(*state, FIRST(FAKE("name=\"absent\" is=\"1\" absent=\"notapplicable\"") FAIL), OUTCOME_FAIL, 2);
	assert_judged(*state, FIRST(FAKE("name=\"absent\" is=\"1\" absent=\"pass\"") FAIL), OUTCOME_PASS, 1);
	assert_judged(*state, FIRST(FAKE("name=\"int:0\" is=\"1\" absent=\"fail\" otherwise=\"notapplicable\"") FAIL),
		OUTCOME_FAIL, 2);
	assert_judged(*state, FIRST(FAKE("name=\"int:0\" is=\"1\" absent=\"fail\" otherwise=\"notapplicable\"") PASS),
		OUTCOME_PASS, 2);
}

/* One of several things that could not be read is enough, whichever of them is taken for the decisive one. */
static void test_first_of_mixed(void **state)
{
	assert_judged(*state, FIRST(FAKE("name=\"unavailable denied\" is=\"1\" absent=\"fail\"") PASS), OUTCOME_UNKNOWN, 0);
	assert_judged(*state, FIRST(FAKE("name=\"denied unavailable\" is=\"1\" absent=\"fail\"") PASS), OUTCOME_UNKNOWN, 0);
	assert_judged(*state, FIRST(ALL(UNAVAILABLE DENIED) PASS), OUTCOME_UNKNOWN, 0);
	assert_judged(*state, FIRST(ALL(DENIED UNAVAILABLE) PASS), OUTCOME_UNKNOWN, 0);
	assert_judged(*state, FIRST(ANY(UNAVAILABLE DENIED) PASS), OUTCOME_UNKNOWN, 0);
	assert_judged(*state, FIRST(NOT(DENIED) PASS), OUTCOME_UNKNOWN, 0);
	assert_judged(*state, FIRST(NOT(UNAVAILABLE) PASS), OUTCOME_PASS, 0);
}

static void test_not(void **state)
{
	assert_judged(*state, NOT(PASS), OUTCOME_FAIL, 1);
	assert_judged(*state, NOT(FAIL), OUTCOME_PASS, 1);
	assert_judged(*state, NOT(DENIED), OUTCOME_UNKNOWN, 1);
	assert_judged(*state, NOT(ERROR), OUTCOME_ERROR, 1);
	assert_judged(*state, NOT(NA), OUTCOME_NOTAPPLICABLE, 1);
	assert_judged(*state, NOT(NOT(PASS)), OUTCOME_PASS, 1);
	assert_judged(*state, NOT(ALL(PASS FAIL)), OUTCOME_PASS, 2);
	assert_judged(*state, NOT(ANY(FAIL FAIL)), OUTCOME_PASS, 2);
	assert_judged(*state, NOT(FAKE("name=\"absent\" is=\"1\" absent=\"pass\"")), OUTCOME_FAIL, 1);
	assert_judged(*state, NOT(FAKE("name=\"text:x\" at-least=\"1\" absent=\"pass\"")), OUTCOME_ERROR, 1);
}

static void test_nested(void **state)
{
	assert_judged(*state, ALL(ANY(FAIL PASS) FIRST(NA PASS) NOT(FAIL)), OUTCOME_PASS, 5);
	assert_judged(*state, ANY(ALL(PASS FAIL) ALL(PASS PASS)), OUTCOME_PASS, 4);
	assert_judged(*state, FIRST(ALL(NA NA) ANY(FAIL PASS)), OUTCOME_PASS, 4);
	assert_judged(*state, ALL(PASS ANY(DENIED FAIL)), OUTCOME_UNKNOWN, 3);
}

/* ---- guards ---- */

#define WITH(attributes, what) FAKE("name=\"" what "\" is=\"1\" absent=\"fail\" " attributes)

static void test_kernel_guard(void **state)
{
	static const struct {
		const char *release, *guard;
		bool applies;
	} cases[] = {
		{ "6.12.43", "&gt;= 6.6", true }, { "6.5", "&gt;= 6.6", false }, { "6.6", "&lt; 6.6", false },
		{ "5.15.0-91-generic", "&gt;= 5.10 &lt; 6", true },
		{ "6.1", "&gt;= 5.10 &lt; 6", false }, { "6.10", "&gt; 6.9", true },
	};
	struct folder *folder = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct on on = { cases[i].release, "x86_64", true };

		assert_on(folder, arena_printf(folder->arena, WITH("kernel=\"%s\"", "int:1"), cases[i].guard), &on,
			  cases[i].applies ? OUTCOME_PASS : OUTCOME_NOTAPPLICABLE, 1);
		assert_on(folder, arena_printf(folder->arena, WITH("kernel=\"%s\"", "int:0"), cases[i].guard), &on,
			  cases[i].applies ? OUTCOME_FAIL : OUTCOME_NOTAPPLICABLE, 1);
		assert_on(folder, arena_printf(folder->arena, "<p:all-of kernel=\"%s\">" PASS FAIL "</p:all-of>",
			cases[i].guard), &on,
			  cases[i].applies ? OUTCOME_FAIL : OUTCOME_NOTAPPLICABLE, cases[i].applies ? 2 : 1);
		assert_on(folder, arena_printf(folder->arena, "<p:not kernel=\"%s\">" PASS "</p:not>", cases[i].guard), &on,
			  cases[i].applies ? OUTCOME_FAIL : OUTCOME_NOTAPPLICABLE, 1);
	}
}

static void test_arch_guard(void **state)
{
	static const struct on arm = { "6.12.43", "arm64", true };

	assert_judged(*state, WITH("arch=\"x86_64\"", "int:0"), OUTCOME_FAIL, 1);
	assert_judged(*state, WITH("arch=\"arm64 x86_64\"", "int:0"), OUTCOME_FAIL, 1);
	assert_judged(*state, WITH("arch=\"arm64\"", "int:0"), OUTCOME_NOTAPPLICABLE, 1);
	assert_judged(*state, WITH("arch=\"x86_32\"", "int:0"), OUTCOME_NOTAPPLICABLE, 1);
	assert_on(*state, WITH("arch=\"x86_64 arm64\"", "int:0"), &arm, OUTCOME_FAIL, 1);
	assert_on(*state, WITH("arch=\"arm\"", "int:0"), &arm, OUTCOME_NOTAPPLICABLE, 1);
	assert_judged(*state, WITH("arch=\"x86_64\" kernel=\"&lt; 6\"", "int:0"), OUTCOME_NOTAPPLICABLE, 1);
	assert_judged(*state, WITH("arch=\"x86_64\" kernel=\"&gt; 6\"", "int:0"), OUTCOME_FAIL, 1);
}

/* What uname(2) calls an architecture means the same, or is refused; it is never a rule that applies nowhere. */
static void test_arch_by_another_name(void **state)
{
	static const struct on arm = { "6.12.43", "arm64", true };
	struct folder *folder = *state;
	struct benchmark *b = NULL;
	struct err err;
	char *path = folder_puts(folder, "arch.xml", XCCDF("<Rule id=\"xccdf_t_rule_a\">" CHECK(WITH("arch=\"aarch64\"",
		"int:0")) "</Rule>"));

	if (benchmark_read(&b, path, &fake_registry, &err) < 0)
		return;
	benchmark_free(b);
	assert_on(folder, WITH("arch=\"aarch64\"", "int:0"), &arm, OUTCOME_FAIL, 1);
}

static void test_guard_in_first_of(void **state)
{
	assert_judged(*state, FIRST(WITH("kernel=\"&lt; 6\"", "int:0") PASS), OUTCOME_PASS, 2);
	assert_judged(*state, FIRST(WITH("kernel=\"&gt; 6\"", "int:0") PASS), OUTCOME_FAIL, 1);
}

/* Which kernel it is cannot be told: whether the rule applies is not known either. */
static void test_guard_unknown(void **state)
{
	static const struct on root = { NULL, NULL, true }, files = { NULL, NULL, false };

	assert_on(*state, WITH("kernel=\"&gt;= 6.6\"", "int:1"), &root, OUTCOME_UNKNOWN, 1);
	assert_on(*state, WITH("arch=\"x86_64\"", "int:1"), &root, OUTCOME_UNKNOWN, 1);
	assert_on(*state, WITH("kernel=\"&gt;= 6.6\"", "int:1"), &files, OUTCOME_NOTCHECKED, 1);
	assert_on(*state, WITH("arch=\"x86_64\"", "int:1"), &files, OUTCOME_NOTCHECKED, 1);
	assert_on(*state, PASS, &root, OUTCOME_PASS, 1);
}

/* ---- not given ---- */

static void test_not_given(void **state)
{
	assert_judged(*state, NOT_GIVEN, OUTCOME_NOTCHECKED, 1);
	assert_judged(*state, NOT(NOT_GIVEN), OUTCOME_NOTCHECKED, 1);
	assert_judged(*state, ALL(PASS NOT_GIVEN), OUTCOME_NOTCHECKED, 2);
	assert_judged(*state, ALL(FAIL NOT_GIVEN), OUTCOME_FAIL, 2);
	assert_judged(*state, ANY(FAIL NOT_GIVEN), OUTCOME_NOTCHECKED, 2);
	assert_judged(*state, ANY(NOT_GIVEN PASS), OUTCOME_PASS, 2);
	assert_judged(*state, FIRST(NOT_GIVEN NOT_GIVEN), OUTCOME_NOTCHECKED, 2);
	/* something else could not be read: that is more than a file not given */
	assert_judged(*state, ALL(NOT_GIVEN DENIED), OUTCOME_UNKNOWN, 2);
	assert_judged(*state, ALL(DENIED NOT_GIVEN), OUTCOME_UNKNOWN, 2);
	assert_judged(*state, FIRST(NOT_GIVEN UNAVAILABLE), OUTCOME_UNKNOWN, 2);
	assert_judged(*state, ALL(NOT_GIVEN ERROR), OUTCOME_UNKNOWN, 2);
}

/* ---- evidence and words ---- */

static void test_evidence(void **state)
{
	struct result r = judge_on(*state, ALL(FAKE("name=\"int:1\" at-least=\"1\" absent=\"fail\"") FAKE("name=\"denied\" is=\"1\" absent=\"fail\"")
					       FAKE("name=\"int:5\" one-of=\"1 2\" absent=\"fail\"")), &usual);

	assert_int_equal(r.outcome, OUTCOME_FAIL);
	assert_int_equal(r.n_evidence, 3);
	assert_int_equal(r.decisive, 2);
	assert_string_equal(r.reason, "int:5: 5, wanted one of 1 2");
	assert_string_equal(r.evidence[0].name, "int:1");
	assert_string_equal(r.evidence[0].origin, "fake");
	assert_string_equal(r.evidence[0].value, "1");
	assert_string_equal(r.evidence[0].expected, "at least 1");
	assert_int_equal(r.evidence[0].outcome, OUTCOME_PASS);
	assert_int_equal(r.evidence[1].state, STATE_DENIED);
	assert_null(r.evidence[1].value);
	assert_string_equal(r.evidence[1].why, "made denied");
	assert_int_equal(r.evidence[1].outcome, OUTCOME_UNKNOWN);
}

static void test_reasons(void **state)
{
	assert_null(judge_on(*state, PASS, &usual).reason);
	assert_string_equal(judge_on(*state, FAIL, &usual).reason, "0, wanted 1");
	assert_string_equal(judge_on(*state, FAKE("name=\"text:\" is=\"x\" absent=\"fail\""), &usual).reason,
		"empty, wanted x");
	assert_string_equal(judge_on(*state, SEEN("absent"), &usual).reason, "made absent, wanted 1");
	assert_string_equal(judge_on(*state, DENIED, &usual).reason, "fake: made denied");
	assert_string_equal(judge_on(*state, NA, &usual).reason, "made inapplicable");
	assert_string_equal(judge_on(*state, WITH("arch=\"arm64\"", "int:1"), &usual).reason, "the architecture is x86_64");
	assert_string_equal(judge_on(*state, FAKE("name=\"int:9\" at-least=\"1\" at-most=\"3\" absent=\"fail\""),
		&usual).reason,
			    "9, wanted at least 1 and at most 3");
}

static void test_describe(void **state)
{
	struct folder *folder = *state;
	auto_benchmark struct benchmark *b = fake_benchmark(folder, XCCDF("<Rule id=\"a\">" CHECK(
		"<p:first-of kernel=\"&gt;= 6\">"
		FAKE("name=\"int:1\" flag=\"true\" word=\"two\" at-least=\"1\" at-most=\"3\" absent=\"notapplicable\" otherwise=\"notapplicable\"")
		"<p:not>" FAKE("name=\"x\" exists=\"true\" arch=\"arm64\"") "</p:not></p:first-of>") "</Rule>"));
	auto_policy struct policy *p = fake_policy(b, NULL);
	struct buffer out = { .arena = folder->arena };

	assert_non_null(p);   /* which has put the values in */
	engine_plimsoll.describe(b->rules[0]->conditions->program, &out);
	assert_string_equal(out.text, "the first that can be seen of [kernel >= 6]\n"
				      "  fake int:1 true two: at least 1 and at most 3 (not there: notapplicable), else this says nothing\n"
				      "  not\n"
				      "    fake x: there [on arm64]\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_folder(test_states),
		test_with_folder(test_absent),
		test_with_folder(test_exists),
		test_with_folder(test_otherwise),
		test_with_folder(test_several),
		test_with_folder(test_no_items),
		test_with_folder(test_all_of),
		test_with_folder(test_any_of),
		test_with_folder(test_first_of),
		test_with_folder(test_first_of_mixed),
		test_with_folder(test_not),
		test_with_folder(test_nested),
		test_with_folder(test_kernel_guard),
		test_with_folder(test_arch_guard),
		test_with_folder(test_arch_by_another_name),
		test_with_folder(test_guard_in_first_of),
		test_with_folder(test_guard_unknown),
		test_with_folder(test_not_given),
		test_with_folder(test_evidence),
		test_with_folder(test_reasons),
		test_with_folder(test_describe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
