/* SPDX-License-Identifier: Apache-2.0 */
/* What profiles make of a benchmark: selection, values, weights, and the condition of each rule. */
#include "tests/unit_fake.h"

#include "core/audit/audit.h"

static const char profiles[] = XCCDF(
	RULE("a", "severity=\"low\" weight=\"2\" cluster-id=\"twins\"", SEES("int:1"))
	RULE("b", "selected=\"false\" cluster-id=\"twins\"", SEES("int:1"))
	"<Group id=\"xccdf_t_group_g\" weight=\"3\">" RULE("c", "", SEES("int:1")) "<Group id=\"xccdf_t_group_h\">"
		RULE("d", "", SEES("int:1")) "</Group></Group>\n"
	"<Group id=\"xccdf_t_group_off\" selected=\"false\">" RULE("e", "", SEES("int:1")) "</Group>\n"
	"<Value id=\"xccdf_t_value_v\"><value>1</value><value selector=\"strict\">2</value>"
	"<value selector=\"lax\">0</value></Value>\n"
	"<Profile id=\"xccdf_t_profile_base\"><select idref=\"xccdf_t_rule_a\" selected=\"false\"/>"
	"<select idref=\"xccdf_t_rule_b\" selected=\"true\"/>"
	"<refine-value idref=\"xccdf_t_value_v\" selector=\"strict\"/>"
	"<refine-rule idref=\"xccdf_t_rule_b\" weight=\"7\" severity=\"high\"/></Profile>\n"
	"<Profile id=\"xccdf_t_profile_derived\" extends=\"xccdf_t_profile_base\">"
	"<select idref=\"xccdf_t_rule_a\" selected=\"true\"/>"
	"<refine-rule idref=\"xccdf_t_rule_b\" role=\"unscored\"/></Profile>\n"
	"<Profile id=\"xccdf_t_profile_third\" extends=\"xccdf_t_profile_derived\">"
	"<refine-rule idref=\"xccdf_t_rule_b\" weight=\"0.5\"/>"
	"<set-value idref=\"xccdf_t_value_v\">9</set-value></Profile>\n"
	"<Profile id=\"xccdf_t_profile_twins\"><select idref=\"twins\" selected=\"true\"/>"
	"<refine-rule idref=\"twins\" severity=\"medium\"/></Profile>\n"
	"<Profile id=\"xccdf_t_profile_no-twins\"><select idref=\"twins\" selected=\"false\"/></Profile>\n"
	"<Profile id=\"xccdf_t_profile_groups\"><select idref=\"xccdf_t_group_g\" selected=\"false\"/>"
	"<select idref=\"xccdf_t_rule_d\" selected=\"true\"/>"
	"<select idref=\"xccdf_t_group_off\" selected=\"1\"/><refine-rule idref=\"xccdf_t_group_g\" weight=\"4\"/></Profile>\n"
	"<Profile id=\"xccdf_t_profile_order\"><select idref=\"xccdf_t_rule_a\" selected=\"false\"/>"
	"<select idref=\"xccdf_t_rule_a\" selected=\"true\"/>"
	"<select idref=\"xccdf_t_rule_c\" selected=\"true\"/><select idref=\"xccdf_t_rule_c\" selected=\"0\"/></Profile>");

/* The short ids of the selected rules, each followed by a space. */
static char *selected_rules(struct arena *arena, const struct policy *p)
{
	struct buffer out = { .arena = arena };

	buffer_puts(&out, "");
	for (size_t i = 0; i < p->benchmark->n_rules; i++)
		if (p->rules[i].selected)
			buffer_printf(&out, "%s ", p->benchmark->rules[i]->item.short_id);
	return out.text;
}

static void test_selection(void **state)
{
	static const char *const cases[][2] = {
		{ NULL, "a c d " }, { "base", "b c d " }, { "derived", "a b c d " }, { "third", "a b c d " },
		{ "twins", "a b c d " }, { "no-twins", "c d " },
		{ "groups", "a e " }, { "order", "a d " }, { "xccdf_t_profile_base", "b c d " },
	};
	struct folder *folder = *state;
	auto_benchmark struct benchmark *b = fake_benchmark(folder, profiles);

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_policy struct policy *p = fake_policy(b, cases[i][0]);

		assert_string_equal(selected_rules(folder->arena, p), cases[i][1]);
		assert_int_equal(p->profile == NULL, cases[i][0] == NULL);
	}
}

static void test_refined_rules(void **state)
{
	auto_benchmark struct benchmark *b = fake_benchmark(*state, profiles);
	auto_policy struct policy *none = fake_policy(b, NULL), *base = fake_policy(b, "base"), *third = fake_policy(b,
		"third");
	auto_policy struct policy *twins = fake_policy(b, "twins"), *groups = fake_policy(b, "groups");

	assert_true(fake_rule(none, "a")->weight == 2);
	assert_int_equal(fake_rule(none, "a")->severity, SEVERITY_LOW);
	assert_true(fake_rule(none, "b")->weight == 1);
	assert_true(fake_rule(base, "b")->weight == 7);
	assert_int_equal(fake_rule(base, "b")->severity, SEVERITY_HIGH);
	assert_int_equal(fake_rule(base, "b")->role, ROLE_FULL);
	assert_true(fake_rule(third, "b")->weight == 0.5);            /* its own */
	assert_int_equal(fake_rule(third, "b")->role, ROLE_UNSCORED);   /* of the one between */
	assert_int_equal(fake_rule(third, "b")->severity, SEVERITY_HIGH);   /* of the base */
	assert_int_equal(fake_rule(twins, "a")->severity, SEVERITY_MEDIUM);
	assert_int_equal(fake_rule(twins, "b")->severity, SEVERITY_MEDIUM);
	assert_int_equal(fake_rule(twins, "c")->severity, SEVERITY_UNKNOWN);
	assert_true(none->groups[0].weight == 3);
	assert_true(groups->groups[0].weight == 4);
	/* the benchmark stays as it was read */
	assert_true(benchmark_rule(b, "b")->item.weight == 1);
	assert_false(benchmark_rule(b, "b")->item.selected);
}

static void test_values(void **state)
{
	static const char *const cases[][2] = { { NULL, "1" }, { "base", "2" }, { "derived", "2" }, { "third", "9" },
	{ "twins", "1" } };
	struct folder *folder = *state;
	auto_benchmark struct benchmark *b = fake_benchmark(folder, profiles);

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_policy struct policy *p = fake_policy(b, cases[i][0]);

		assert_string_equal(policy_value(p, "v"), cases[i][1]);
		assert_string_equal(policy_value(p, "xccdf_t_value_v"), cases[i][1]);
		assert_null(policy_value(p, "w"));
		assert_string_equal(policy_text(folder->arena, p, "want \x1axccdf_t_value_v\x1a!"),
				    arena_printf(folder->arena, "want %s!", cases[i][1]));
	}
}

static void test_which_profile(void **state)
{
	struct folder *folder = *state;
	auto_benchmark struct benchmark *none = fake_benchmark(folder, XCCDF("<Profile id=\"xccdf_t_profile_x\"/>"));
	auto_benchmark struct benchmark *other = fake_benchmark(folder,
		XCCDF("<Profile id=\"xccdf_t_profile_x\"/><Profile id=\"xccdf_t_profile_default\"/>"));
	auto_benchmark struct benchmark *both = fake_benchmark(folder,
		XCCDF("<Profile id=\"xccdf_t_profile_default\"/><Profile id=\"xccdf_t_profile_server\"/>"));
	auto_policy struct policy *p = fake_policy(none, NULL), *q = fake_policy(other, NULL), *r = fake_policy(both, NULL);
	struct policy *s = NULL;
	struct err err = { "" };

	assert_null(p->profile);
	assert_string_equal(q->profile->short_id, "default");
	assert_string_equal(r->profile->short_id, "server");
	assert_int_equal(policy_new(&s, both, &fake_registry, "sever", &err), -ENOENT);
	assert_holds(err.text, "'sever'");
	assert_holds(err.text, "server");
	assert_null(s);
}

/* ---- requires and conflicts ---- */

/* Rules a, b and c with what stands in each, c under a group. */
static void assert_selected(struct folder *folder, const char *a, const char *b, const char *c, const char *expected)
{
	char *xml = arena_printf(folder->arena, XCCDF("<Rule id=\"xccdf_t_rule_a\" %s</Rule>"
		"<Rule id=\"xccdf_t_rule_b\" %s</Rule>"
						      "<Group id=\"xccdf_t_group_g\" %s</Rule></Group>"), a, b, c);
	auto_benchmark struct benchmark *benchmark = fake_benchmark(folder, xml);
	auto_policy struct policy *p = fake_policy(benchmark, NULL);
	char *is = selected_rules(folder->arena, p);

	if (!streq(is, expected))
		fail_msg("%s / %s / %s: <%s>, not <%s>", a, b, c, is, expected);
}

#define ON  ">"
#define OFF "selected=\"false\">"
#define NEEDS(what) "<requires idref=\"" what "\"/>"
#define HATES(what) "<conflicts idref=\"" what "\"/>"
#define RC "<Rule id=\"xccdf_t_rule_c\">"

static void test_requires(void **state)
{
	assert_selected(*state, ON, ON, ON RC, "a b c ");
	assert_selected(*state, ON NEEDS("xccdf_t_rule_b"), ON, ON RC, "a b c ");
	assert_selected(*state, ON NEEDS("xccdf_t_rule_b"), OFF, ON RC, "c ");
	/* one of several ids is enough; of several elements all must be met */
	assert_selected(*state, ON NEEDS("xccdf_t_rule_b xccdf_t_rule_c"), OFF, ON RC, "a c ");
	assert_selected(*state, ON NEEDS("xccdf_t_rule_b") NEEDS("xccdf_t_rule_c"), OFF, ON RC, "c ");
	assert_selected(*state, ON NEEDS("xccdf_t_rule_b\n xccdf_t_group_g"), OFF, OFF RC, "");
	/* a group, and what lies in one that is not selected */
	assert_selected(*state, ON NEEDS("xccdf_t_group_g"), ON, ON RC, "a b c ");
	assert_selected(*state, ON NEEDS("xccdf_t_group_g"), ON, OFF RC, "b ");
	assert_selected(*state, ON NEEDS("xccdf_t_rule_c"), ON, OFF RC, "b ");
	assert_selected(*state, OFF, ON, ON NEEDS("xccdf_t_rule_a") RC, "b ");
	/* in a chain, against the order of the document */
	assert_selected(*state, ON NEEDS("xccdf_t_rule_b"), ON NEEDS("xccdf_t_rule_c"), OFF RC, "");
	/* of each other, and of itself */
	assert_selected(*state, ON NEEDS("xccdf_t_rule_b"), ON NEEDS("xccdf_t_rule_a"), ON RC, "a b c ");
	assert_selected(*state, ON NEEDS("xccdf_t_rule_a"), ON, ON RC, "a b c ");
}

static void test_conflicts(void **state)
{
	assert_selected(*state, ON HATES("xccdf_t_rule_b"), ON, ON RC, "b c ");
	assert_selected(*state, ON HATES("xccdf_t_rule_b"), OFF, ON RC, "a c ");
	assert_selected(*state, ON HATES("xccdf_t_group_g"), ON, ON RC, "b c ");
	assert_selected(*state, ON HATES("xccdf_t_rule_c"), ON, OFF RC, "a b ");
	assert_selected(*state, ON, ON, ON HATES("xccdf_t_rule_a") RC, "a b ");
	/* of two that exclude each other one is left */
	assert_selected(*state, ON HATES("xccdf_t_rule_b"), ON HATES("xccdf_t_rule_a"), ON RC, "b c ");
	assert_selected(*state, ON NEEDS("xccdf_t_rule_b"), ON HATES("xccdf_t_rule_c"), ON RC, "c ");
}

/* A chain longer than any number of rounds one could guess. */
static void test_long_chain(void **state)
{
	enum { LINKS = 100 };
	struct folder *folder = *state;
	struct buffer xml = { .arena = folder->arena };
	auto_benchmark struct benchmark *b = NULL;
	auto_policy struct policy *p = NULL;

	buffer_puts(&xml, "<Benchmark xmlns=\"http://checklists.nist.gov/xccdf/1.2\" id=\"b\">");
	for (int i = 0; i < LINKS; i++)
		buffer_printf(&xml, "<Rule id=\"r%d\"><requires idref=\"r%d\"/></Rule>", i, i + 1);
	buffer_printf(&xml, "<Rule id=\"r%d\" selected=\"false\"/></Benchmark>", LINKS);
	b = fake_benchmark(folder, xml.text);
	p = fake_policy(b, NULL);
	for (size_t i = 0; i < b->n_rules; i++)
		assert_false(p->rules[i].selected);
}

/* ---- conditions ---- */

static struct result judge_fake(struct folder *folder, const struct policy *policy, const char *rule)
{
	auto_source struct source *source = source_of_files();
	struct fake_host host;

	return judge_rule(policy, benchmark_rule(policy->benchmark, rule), fake_host(&host, source, "6.12.43", "x86_64"),
		folder->arena, strings_new(folder->arena));
}

/* A rule of which this is the whole body, under the benchmark without a profile. */
static void assert_judged(struct folder *folder, const char *body, enum outcome expected, const char *reason)
{
	char *xml = arena_printf(folder->arena, XCCDF("<Rule id=\"xccdf_t_rule_a\">%s</Rule>"), body);
	auto_benchmark struct benchmark *b = fake_benchmark(folder, xml);
	auto_policy struct policy *p = fake_policy(b, NULL);
	struct result r = judge_fake(folder, p, "a");

	if (r.outcome != expected)
		fail_msg("%s is %s (%s), not %s", body, outcome_name(r.outcome), r.reason ? r.reason : "",
			outcome_name(expected));
	if (expected == OUTCOME_PASS)
		assert_null(r.reason);
	else
		assert_non_null(r.reason);
	if (reason)
		assert_holds(r.reason, reason);
}

#define PASSES  SEES("int:1")
#define FAILS   SEES("int:0")
#define UNKNOWN SEES("denied")
#define ERRS    SEES("malformed")
#define NA      SEES("inapplicable")
#define OTHER   "<check system=\"urn:other\"/>"
#define AND(body) "<complex-check operator=\"AND\">" body "</complex-check>"
#define OR(body)  "<complex-check operator=\"OR\">" body "</complex-check>"
#define NAND(body) "<complex-check operator=\"AND\" negate=\"true\">" body "</complex-check>"
#define NOR(body)  "<complex-check operator=\"OR\" negate=\"1\">" body "</complex-check>"

static void test_single_checks(void **state)
{
	assert_judged(*state, PASSES, OUTCOME_PASS, NULL);
	assert_judged(*state, FAILS, OUTCOME_FAIL, "0, wanted 1");
	assert_judged(*state, UNKNOWN, OUTCOME_UNKNOWN, "made denied");
	assert_judged(*state, ERRS, OUTCOME_ERROR, "made malformed");
	assert_judged(*state, NA, OUTCOME_NOTAPPLICABLE, "made inapplicable");
	assert_judged(*state, OTHER, OUTCOME_NOTCHECKED, "urn:other");
	assert_judged(*state, "", OUTCOME_NOTCHECKED, "no check");
	assert_judged(*state, "<check system=\"urn:other\" negate=\"true\"/>", OUTCOME_NOTCHECKED, "urn:other");
}

#define NEGATED(what) "<check system=\"urn:plimsoll:check:1\" negate=\"true\"><check-content xmlns:p=\"urn:plimsoll:check:1\">" \
	FAKE("name=\"" what "\" is=\"1\" absent=\"fail\"") "</check-content></check>"

static void test_negated_checks(void **state)
{
	assert_judged(*state, NEGATED("int:1"), OUTCOME_FAIL, NULL);
	assert_judged(*state, NEGATED("int:0"), OUTCOME_PASS, NULL);
	assert_judged(*state, NEGATED("denied"), OUTCOME_UNKNOWN, NULL);
	assert_judged(*state, NEGATED("malformed"), OUTCOME_ERROR, NULL);
	assert_judged(*state, NEGATED("inapplicable"), OUTCOME_NOTAPPLICABLE, NULL);
	assert_judged(*state, NEGATED("not-given"), OUTCOME_NOTCHECKED, NULL);
}

static void test_complex_checks(void **state)
{
	assert_judged(*state, AND(PASSES PASSES), OUTCOME_PASS, NULL);
	assert_judged(*state, AND(PASSES FAILS), OUTCOME_FAIL, "0, wanted 1");
	assert_judged(*state, AND(UNKNOWN FAILS), OUTCOME_FAIL, "0, wanted 1");
	assert_judged(*state, AND(PASSES UNKNOWN), OUTCOME_UNKNOWN, "made denied");
	assert_judged(*state, AND(PASSES NA), OUTCOME_PASS, NULL);
	assert_judged(*state, AND(PASSES ERRS), OUTCOME_ERROR, "made malformed");
	assert_judged(*state, AND(OTHER PASSES), OUTCOME_PASS, NULL);
	assert_judged(*state, OR(FAILS PASSES), OUTCOME_PASS, NULL);
	assert_judged(*state, OR(FAILS FAILS), OUTCOME_FAIL, NULL);
	assert_judged(*state, OR(FAILS UNKNOWN), OUTCOME_UNKNOWN, "made denied");
	assert_judged(*state, OR(UNKNOWN PASSES), OUTCOME_PASS, NULL);
	assert_judged(*state, OR(NA FAILS), OUTCOME_FAIL, NULL);
	assert_judged(*state, NAND(PASSES FAILS), OUTCOME_PASS, NULL);
	assert_judged(*state, NAND(PASSES PASSES), OUTCOME_FAIL, NULL);
	assert_judged(*state, NAND(PASSES UNKNOWN), OUTCOME_UNKNOWN, NULL);
	assert_judged(*state, NOR(FAILS FAILS), OUTCOME_PASS, NULL);
	assert_judged(*state, NOR(FAILS PASSES), OUTCOME_FAIL, NULL);
	assert_judged(*state, AND(OR(FAILS PASSES) NOR(FAILS)), OUTCOME_PASS, NULL);
	assert_judged(*state, OR(AND(PASSES FAILS) NAND(PASSES)), OUTCOME_FAIL, NULL);
	assert_judged(*state, AND(PASSES), OUTCOME_PASS, NULL);
	assert_judged(*state, NAND(NEGATED("int:1") PASSES), OUTCOME_PASS, NULL);
	/* it stands above a plain check */
	assert_judged(*state, FAILS AND(PASSES), OUTCOME_PASS, NULL);
}

/* An engine of another language does not stand in the way of ours. */
static void test_systems(void **state)
{
	assert_judged(*state, OTHER PASSES, OUTCOME_PASS, NULL);
	assert_judged(*state, PASSES OTHER, OUTCOME_PASS, NULL);
	assert_judged(*state, OTHER "<check system=\"urn:third\"/>", OUTCOME_NOTCHECKED, NULL);
}

static void test_selectors(void **state)
{
	static const char xml[] = XCCDF(
		"<Rule id=\"xccdf_t_rule_a\">" FAILS
		"<check system=\"urn:plimsoll:check:1\" selector=\"other\"><check-content>"
		"<fake xmlns=\"urn:plimsoll:check:1\" name=\"int:1\" is=\"1\" absent=\"fail\"/>"
		"</check-content></check></Rule>"
		"<Profile id=\"xccdf_t_profile_other\"><refine-rule idref=\"xccdf_t_rule_a\" selector=\"other\"/></Profile>"
		"<Profile id=\"xccdf_t_profile_none\"><refine-rule idref=\"xccdf_t_rule_a\" selector=\"none\"/></Profile>");
	struct folder *folder = *state;
	auto_benchmark struct benchmark *b = fake_benchmark(folder, xml);
	auto_policy struct policy *plain = fake_policy(b, NULL), *other = fake_policy(b, "other"), *none = fake_policy(b,
		"none");

	assert_int_equal(judge_fake(folder, plain, "a").outcome, OUTCOME_FAIL);
	assert_int_equal(judge_fake(folder, other, "a").outcome, OUTCOME_PASS);
	assert_int_equal(judge_fake(folder, none, "a").outcome, OUTCOME_FAIL);   /* the one without a selector */
}

static void test_roles(void **state)
{
	static const char xml[] = XCCDF(
		RULE("pass", "role=\"unscored\"", PASSES) RULE("fail", "role=\"unscored\"", FAILS) RULE("na",
			"role=\"unscored\"", NA)
		RULE("off", "role=\"unchecked\"", FAILS) RULE("full", "role=\"full\"", FAILS)
		"<Profile id=\"xccdf_t_profile_p\"><refine-rule idref=\"xccdf_t_rule_full\" role=\"unchecked\"/></Profile>");
	struct folder *folder = *state;
	auto_benchmark struct benchmark *b = fake_benchmark(folder, xml);
	auto_policy struct policy *p = fake_policy(b, NULL), *q = fake_policy(b, "p");

	assert_int_equal(judge_fake(folder, p, "pass").outcome, OUTCOME_INFORMATIONAL);
	assert_int_equal(judge_fake(folder, p, "fail").outcome, OUTCOME_INFORMATIONAL);
	assert_int_equal(judge_fake(folder, p, "na").outcome, OUTCOME_NOTAPPLICABLE);
	assert_int_equal(judge_fake(folder, p, "off").outcome, OUTCOME_NOTCHECKED);
	assert_int_equal(judge_fake(folder, p, "full").outcome, OUTCOME_FAIL);
	assert_int_equal(judge_fake(folder, q, "full").outcome, OUTCOME_NOTCHECKED);
	assert_int_equal(judge_fake(folder, p, "off").n_evidence, 0);
}

/* ---- values in checks ---- */

#define EXPORTING(attributes) "<check system=\"urn:plimsoll:check:1\"><check-export value-id=\"xccdf_t_value_v\" export-name=\"wanted\"/>" \
	"<check-export value-id=\"xccdf_t_value_w\" export-name=\"seen\"/>" \
	"<check-content xmlns:p=\"urn:plimsoll:check:1\">" FAKE(attributes) "</check-content></check>"

static void test_exported_values(void **state)
{
	static const char xml[] = XCCDF(
		"<Value id=\"xccdf_t_value_v\"><value>2</value><value selector=\"lax\">1</value></Value>"
		"<Value id=\"xccdf_t_value_w\"><value>int:1</value></Value>\n"
		"<Profile id=\"xccdf_t_profile_lax\"><refine-value idref=\"xccdf_t_value_v\" selector=\"lax\"/></Profile>\n"
		"<Profile id=\"xccdf_t_profile_seen\"><set-value idref=\"xccdf_t_value_w\">int:3</set-value></Profile>\n"
		"<Profile id=\"xccdf_t_profile_bad\">\n<set-value idref=\"xccdf_t_value_v\">many</set-value></Profile>\n"
		RULE("a", "", EXPORTING("name=\"$seen\" at-least=\"$wanted\" absent=\"fail\""))
		RULE("literal", "", EXPORTING("name=\"text:$\" is=\"$\" absent=\"fail\""))
		RULE("several", "", EXPORTING("name=\"text:int:3\" one-of=\"$wanted $seen\" absent=\"fail\""))
		RULE("mixed", "", EXPORTING("name=\"text:x\" one-of=\"$wanted x $seen\" absent=\"fail\"")));
	struct folder *folder = *state;
	auto_benchmark struct benchmark *b = fake_benchmark(folder, xml);
	static const struct {
		const char *profile;
		enum outcome outcome, several;
	} cases[] = {
		{ NULL, OUTCOME_FAIL, OUTCOME_FAIL }, { "lax", OUTCOME_PASS, OUTCOME_FAIL }, { "seen", OUTCOME_PASS, OUTCOME_PASS },
		{ NULL, OUTCOME_FAIL, OUTCOME_FAIL },
	};
	struct policy *bad = NULL;
	struct err err = { "" };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_policy struct policy *p = fake_policy(b, cases[i].profile);

		assert_int_equal(judge_fake(folder, p, "a").outcome, cases[i].outcome);
		assert_int_equal(judge_fake(folder, p, "literal").outcome, OUTCOME_PASS);   /* a lone $ is one */
		assert_int_equal(judge_fake(folder, p, "several").outcome, cases[i].several);
		assert_int_equal(judge_fake(folder, p, "mixed").outcome, OUTCOME_PASS);
	}
	/* a value that the comparison cannot take is a mistake of the profile */
	assert_int_equal(policy_new(&bad, b, &fake_registry, "bad", &err), -EINVAL);
	assert_holds(err.text, "'many'");
	assert_holds(err.text, "benchmark.xml:");
	assert_null(bad);
}

/* ---- the whole run ---- */

static void test_audit(void **state)
{
	static const char xml[] = XCCDF(
		RULE("p.one", "severity=\"low\" weight=\"3\"", PASSES) RULE("f.one", "severity=\"high\"",
			FAILS) RULE("f.two", "severity=\"low\"", FAILS)
		RULE("u", "", UNKNOWN) RULE("n", "", NA) RULE("off", "selected=\"false\"", FAILS) RULE("many",
			"multiple=\"true\"", FAILS));
	struct folder *folder = *state;
	auto_benchmark struct benchmark *b = fake_benchmark(folder, xml);
	struct policy *p = fake_policy(b, NULL);
	auto_policy struct policy *freed = p;
	auto_source struct source *source = source_of_files();
	struct fake_host host;
	const struct subject *subject = fake_host(&host, source, "6.12.43", "x86_64");
	const char *const only[] = { "f.*", "p.*", NULL }, *const skip[] = { "*.two", NULL };
	struct audit_plan plan = { .host = subject, .policies = &p, .n_policies = 1, .subjects = { .host = true, .containers = true } };
	auto_audit struct audit *all = audit_run(&plan);
	auto_audit struct audit *some = audit_run((plan.rules = (struct rule_filter){ only, skip }, &plan));

	(void)freed;
	assert_int_equal(all->n_subjects, 1);
	assert_int_equal(all->subjects[0].n, 5);   /* those of containers are not judged on the host */
	assert_int_equal(all->counts.of[OUTCOME_PASS], 1);
	assert_int_equal(all->counts.of[OUTCOME_FAIL], 2);
	assert_int_equal(all->counts.of[OUTCOME_UNKNOWN], 1);
	assert_int_equal(all->counts.of[OUTCOME_NOTAPPLICABLE], 1);
	assert_false(all->complete);
	assert_true(all->score == 50.0);
	assert_int_equal(audit_failures(all, SEVERITY_UNKNOWN), 2);
	assert_int_equal(audit_failures(all, SEVERITY_MEDIUM), 1);
	assert_int_equal(some->subjects[0].n, 2);
	assert_true(some->complete);
	assert_true(some->score == 75.0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_folder(test_selection),
		test_with_folder(test_refined_rules),
		test_with_folder(test_values),
		test_with_folder(test_which_profile),
		test_with_folder(test_requires),
		test_with_folder(test_conflicts),
		test_with_folder(test_long_chain),
		test_with_folder(test_single_checks),
		test_with_folder(test_negated_checks),
		test_with_folder(test_complex_checks),
		test_with_folder(test_systems),
		test_with_folder(test_selectors),
		test_with_folder(test_roles),
		test_with_folder(test_exported_values),
		test_with_folder(test_audit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
