/* SPDX-License-Identifier: Apache-2.0 */
/* Reading XCCDF: what is refused, and that the message names the line. */
#include "tests/unit_fake.h"

#include <sys/wait.h>
#include <time.h>

#define GOOD SEES("int:1")

/* ---- mistakes ---- */

struct mistake {
	const char *xml;
	unsigned line;         /* 0: the message need not have one */
	const char *part;      /* of the message */
};

/* The first mistake, in reading or in taking up the profile. */
static int read_and_take_up(const char *path, struct err *err)
{
	auto_benchmark struct benchmark *b = NULL;
	auto_policy struct policy *policy = NULL;
	int rc = benchmark_read(&b, path, &fake_registry, err);

	return rc < 0 ? rc : policy_new(&policy, b, &fake_registry, NULL, err);
}

/* True when the document is refused as it should be; else says what was said instead. */
static bool is_refused(struct folder *folder, const struct mistake *m)
{
	struct err err = { "" };
	char *path = folder_puts(folder, "wrong.xml", m->xml);
	int rc = read_and_take_up(path, &err);
	char *start = m->line ? arena_printf(folder->arena, "%s:%u: ", path, m->line) : path;

	int wanted = streq(m->part, "no XCCDF") ? -ENOMSG : -EINVAL;

	if (rc == wanted && starts_with(err.text, start) && strstr(err.text, m->part) && !strchr(err.text, '\n'))
		return true;
	print_error("line %u, '%s' was wanted, %d and '%s' was given for\n%s\n", m->line, m->part, rc, err.text, m->xml);
	return false;
}

#define ALL_REFUSED(state, ...) \
	do { \
		static const struct mistake mistakes[] = { __VA_ARGS__ }; \
		size_t wrong_ = 0; \
		for (size_t i_ = 0; i_ < ARRAY_LEN(mistakes); i_++) \
			wrong_ += !is_refused((state), &mistakes[i_]); \
		assert_int_equal(wrong_, 0); \
	} while (0)

static void test_wrong_elements(void **state)
{
	ALL_REFUSED(*state,
		{ XCCDF("\n<Rul id=\"x\"/>"), 3, "'Rule'" },
		{ XCCDF("<bogus/>"), 2, "'bogus'" },
		{ XCCDF("\n\n<Group id=\"g\">\n<bogus/></Group>"), 5, "'bogus'" },
		{ XCCDF(RULE("a", "", "\n<titel>x</titel>" GOOD)), 3, "'title'" },
		{ XCCDF(RULE("a", "", GOOD "\n<Rule id=\"b\"/>")), 3, "'Rule'" },
		{ XCCDF("<Value id=\"v\"><value>1</value>\n<valeu/></Value>"), 3, "'value'" },
		{ XCCDF("<Profile id=\"p\">\n\n<selcet idref=\"x\"/></Profile>"), 4, "'select'" },
		{ XCCDF(RULE("a", "", "<complex-check operator=\"AND\">\n<chek system=\"x\"/></complex-check>")), 3,
			"'check'" });
}

static void test_wrong_attributes(void **state)
{
	ALL_REFUSED(*state,
		{ XCCDF("\n" RULE("a", "severty=\"low\"", GOOD)), 3, "'severity'" },
		{ XCCDF("<Group id=\"g\" wieght=\"1\"/>"), 2, "'weight'" },
		{ XCCDF("<Value id=\"v\" typ=\"number\"><value>1</value></Value>"), 2, "'type'" },
		{ XCCDF("<Profile id=\"p\" extend=\"q\"/>"), 2, "'extends'" },
		{ XCCDF(RULE("a", "", "\n<check system=\"urn:plimsoll:check:1\" negat=\"true\"/>")), 3, "'negate'" },
		{ XCCDF(RULE("a", "", "\n<complex-check opertor=\"AND\"/>")), 3, "'operator'" },
		{ XCCDF(RULE("a", "", GOOD) "<Profile id=\"p\">\n<select idref=\"xccdf_t_rule_a\" select=\"false\"/>"
		  "</Profile>"), 4, "'selected'" },
		{ "<Benchmark xmlns=\"http://checklists.nist.gov/xccdf/1.2\" id=\"b\" bogus=\"1\"/>", 1, "'bogus'" });
}

static void test_wrong_words(void **state)
{
	ALL_REFUSED(*state,
		{ XCCDF(RULE("a", "severity=\"hihg\"", GOOD)), 2, "'high'" },
		{ XCCDF(RULE("a", "severity=\"\"", GOOD)), 2, "severity" },
		{ XCCDF(RULE("a", "role=\"maybe\"", GOOD)), 2, "role" },
		{ XCCDF(RULE("a", "weight=\"-1\"", GOOD)), 2, "weight" },
		{ XCCDF(RULE("a", "weight=\"heavy\"", GOOD)), 2, "weight" },
		{ XCCDF(RULE("a", "weight=\"\"", GOOD)), 2, "weight" },
		{ XCCDF(RULE("a", "weight=\"1 \"", GOOD)), 2, "weight" },
		{ XCCDF(RULE("a", "weight=\"nan\"", GOOD)), 2, "weight" },
		{ XCCDF("<Group id=\"g\" weight=\"-0.5\"/>"), 2, "weight" },
		{ XCCDF(RULE("a", "", "\n<complex-check operator=\"XOR\">" GOOD "</complex-check>")), 3, "operator" },
		{ XCCDF(RULE("a", "", "\n<complex-check>" GOOD "</complex-check>")), 3, "operator" });
}

/* A weight that is no finite number makes every score meaningless. */
static void test_infinite_weight(void **state)
{
	ALL_REFUSED(*state,
		{ XCCDF(RULE("a", "weight=\"inf\"", GOOD)), 2, "weight" },
		{ XCCDF(RULE("a", "weight=\"1e999\"", GOOD)), 2, "weight" },
		{ XCCDF(RULE("a", "", GOOD) "<Profile id=\"p\">\n<refine-rule idref=\"xccdf_t_rule_a\" weight=\"inf\"/>"
		  "</Profile>"), 4, "weight" });
}

/* xs:boolean has four words. Any other must not be read as false: a rule would go unjudged without a word. */
static void test_wrong_booleans(void **state)
{
	ALL_REFUSED(*state,
		{ XCCDF(RULE("a", "selected=\"yes\"", GOOD)), 2, "selected" },
		{ XCCDF(RULE("a", "multiple=\"True\"", GOOD)), 2, "multiple" },
		{ XCCDF(RULE("a", "", "\n<check system=\"urn:other\" negate=\"yes\"/>")), 3, "negate" },
		{ XCCDF(RULE("a", "", GOOD) "<Profile id=\"p\">\n<select idref=\"xccdf_t_rule_a\" selected=\"ture\"/>"
		  "</Profile>"), 4, "selected" });
}

static void test_missing(void **state)
{
	ALL_REFUSED(*state,
		{ "<Benchmark xmlns=\"http://checklists.nist.gov/xccdf/1.2\">\n</Benchmark>", 1, "Benchmark has no id" },
		{ XCCDF("\n<Rule>" GOOD "</Rule>"), 3, "Rule has no id" },
		{ XCCDF("\n<Group/>"), 3, "Group has no id" },
		{ XCCDF("\n<Value><value>1</value></Value>"), 3, "Value has no id" },
		{ XCCDF("\n<Value id=\"xccdf_t_value_v\"/>"), 3, "no value" },
		{ XCCDF("\n<Profile/>"), 3, "Profile has no id" },
		{ XCCDF("<Profile id=\"p\">\n<select selected=\"true\"/></Profile>"), 3, "no idref" },
		{ XCCDF("<Profile id=\"p\">\n<set-value>1</set-value></Profile>"), 3, "no idref" },
		{ XCCDF(RULE("a", "", "\n<check/>")), 3, "no system" },
		{ XCCDF(RULE("a", "", "\n<complex-check operator=\"AND\"/>")), 3, "no check" },
		{ XCCDF("\n" RULE("a", "extends=\"b\"", GOOD)), 3, "extends" });
}

static void test_ids_given_twice(void **state)
{
	ALL_REFUSED(*state,
		{ XCCDF(RULE("a", "", GOOD) RULE("b", "", GOOD) "\n" RULE("a", "", GOOD)), 5, "xccdf_t_rule_a" },
		{ XCCDF("<Group id=\"xccdf_t_rule_a\"/>\n" RULE("a", "", GOOD)), 3, "xccdf_t_rule_a" },
		{ XCCDF("<Group id=\"g\"/>\n<Group id=\"g\"/>"), 3, "twice" },
		{ XCCDF("<Value id=\"v\"><value>1</value></Value>\n<Value id=\"v\"><value>2</value></Value>"), 3, "twice" },
		{ XCCDF("<Profile id=\"p\"/>\n\n<Profile id=\"p\"/>"), 4, "twice" });
}

static void test_dangling(void **state)
{
	ALL_REFUSED(*state,
		{ XCCDF("<Profile id=\"p\">\n<select idref=\"xccdf_t_rule_none\"/></Profile>"), 3, "xccdf_t_rule_none" },
		{ XCCDF("<Profile id=\"p\">\n<refine-rule idref=\"none\" weight=\"1\"/></Profile>"), 3, "none" },
		{ XCCDF("<Profile id=\"p\">\n<set-value idref=\"none\">1</set-value></Profile>"), 3, "none" },
		{ XCCDF("<Profile id=\"p\">\n<refine-value idref=\"none\" selector=\"x\"/></Profile>"), 3, "none" },
		{ XCCDF("\n<Profile id=\"p\" extends=\"none\"/>"), 3, "none" },
		{ XCCDF("\n" RULE("a", "", "<requires idref=\"none\"/>" GOOD)), 3, "none" },
		{ XCCDF("\n" RULE("a", "", "<conflicts idref=\"none\"/>" GOOD)), 3, "conflicts" },
		{ XCCDF("\n<Group id=\"g\"><requires idref=\"x none\"/></Group>"), 3, "requires" },
		{ XCCDF(RULE("a", "", "<check system=\"urn:plimsoll:check:1\">"
		  "<check-export value-id=\"none\" export-name=\"n\"/><check-content>\n"
			      "<fake xmlns=\"urn:plimsoll:check:1\" name=\"int:1\" is=\"$n\" absent=\"fail\"/>"
			"</check-content></check>")), 2, "none" });
}

/* An id that is only short for the item's is none: what reads it later looks for the whole. */
static void test_short_ids_in_references(void **state)
{
	struct folder *folder = *state;
	auto_benchmark struct benchmark *b = NULL;
	auto_policy struct policy *p = NULL;
	struct err err = { "" };
	char *path = folder_puts(folder, "b.xml", XCCDF(RULE("a", "", GOOD)
		"<Profile id=\"xccdf_t_profile_default\"><select idref=\"a\" selected=\"false\"/></Profile>"));

	if (benchmark_read(&b, path, &fake_registry, &err) < 0)
		return;
	p = fake_policy(b, "default");
	assert_false(fake_rule(p, "a")->selected);
}

static void test_circles(void **state)
{
	ALL_REFUSED(*state,
		{ XCCDF("\n<Profile id=\"p\" extends=\"p\"/>"), 3, "circle" },
		{ XCCDF("<Profile id=\"p\" extends=\"q\"/>\n<Profile id=\"q\" extends=\"r\"/>\n"
		  "<Profile id=\"r\" extends=\"p\"/>"), 2, "circle" });
}

#define BAD_TEST(attributes) XCCDF(RULE("a", "", CHECK("\n" FAKE(attributes))))

static void test_wrong_tests(void **state)
{
	ALL_REFUSED(*state,
		{ BAD_TEST("is=\"1\" absent=\"fail\""), 3, "'name'" },
		{ BAD_TEST("name=\"\" is=\"1\" absent=\"fail\""), 3, "empty" },
		{ BAD_TEST("name=\"x\" absent=\"fail\""), 3, "expected" },
		{ BAD_TEST("name=\"x\" is=\"1\""), 3, "absent" },
		{ BAD_TEST("name=\"x\" is=\"1\" absent=\"maybe\""), 3, "absent" },
		{ BAD_TEST("name=\"x\" is=\"1\" absent=\"unknown\""), 3, "absent" },
		{ BAD_TEST("name=\"x\" is=\"1\" absent=\"fail\" otherwise=\"pass\""), 3, "otherwise" },
		{ BAD_TEST("name=\"x\" at-laest=\"1\" absent=\"fail\""), 3, "'at-least'" },
		{ BAD_TEST("nam=\"x\" is=\"1\" absent=\"fail\""), 3, "'name'" },
		{ BAD_TEST("name=\"x\" at-least=\"two\" absent=\"fail\""), 3, "'two'" },
		{ BAD_TEST("name=\"x\" matches=\"(\" absent=\"fail\""), 3, "regular expression" },
		{ BAD_TEST("name=\"x\" bits-set=\"second\" absent=\"fail\""), 3, "'second'" },
		{ BAD_TEST("name=\"x\" exists=\"1\""), 3, "neither true nor false" },
		{ BAD_TEST("name=\"x\" one-of=\"\" absent=\"fail\""), 3, "empty" },
		{ BAD_TEST("name=\"x\" flag=\"yes\" is=\"1\" absent=\"fail\""), 3, "'yes'" },
		{ BAD_TEST("name=\"x\" word=\"three\" is=\"1\" absent=\"fail\""), 3, "one two" },
		{ BAD_TEST("name=\"x\" is=\"1\" absent=\"fail\" kernel=\"6.6\""), 3, "kernel" },
		{ BAD_TEST("name=\"x\" is=\"1\" absent=\"fail\" kernel=\"\""), 3, "kernel" },
		{ BAD_TEST("name=\"x\" is=\"$n\" absent=\"fail\""), 3, "$n" },
		{ BAD_TEST("name=\"$n\" is=\"1\" absent=\"fail\""), 3, "$n" },
		{ BAD_TEST("name=\"x\" is=\"1\" is-not=\"2\" at-least=\"1\" at-most=\"3\" one-of=\"1\" absent=\"fail\""),
			3, "comparisons" });
}

/* An architecture that no kernel is called would make a rule not applicable everywhere, in silence. */
static void test_wrong_arch(void **state)
{
	ALL_REFUSED(*state,
		{ BAD_TEST("name=\"x\" is=\"1\" absent=\"fail\" arch=\"\""), 3, "arch" },
		{ BAD_TEST("name=\"x\" is=\"1\" absent=\"fail\" arch=\"x86-64\""), 3, "x86_64" });
}

static void test_wrong_check_content(void **state)
{
	ALL_REFUSED(*state,
		{ XCCDF(RULE("a", "", "\n<check system=\"urn:plimsoll:check:1\"/>")), 3, "check-content" },
		{ XCCDF(RULE("a", "", "<check system=\"urn:plimsoll:check:1\">\n<check-content/></check>")), 3,
			"one element" },
		{ XCCDF(RULE("a", "", "<check system=\"urn:plimsoll:check:1\">\n<check-content-ref href=\"x\"/>"
		  "</check>")), 3, "check-content-ref" },
		{ XCCDF(RULE("a", "", "<check system=\"urn:plimsoll:check:1\">\n<check-export export-name=\"x\"/>"
		  "</check>")), 3, "check-export" },
		{ XCCDF(RULE("a", "", "<check system=\"urn:plimsoll:check:1\"><check-content>\n"
		  "<fake name=\"x\" is=\"1\" absent=\"fail\"/></check-content></check>")), 3,
		  "namespace" },
		{ XCCDF(RULE("a", "", CHECK("\n<p:fak name=\"x\"/>"))), 3, "'fake'" },
		{ XCCDF(RULE("a", "", CHECK("\n<p:sysctl name=\"x\"/>"))), 3, "no check 'sysctl'" },
		{ XCCDF(RULE("a", "", CHECK("<p:fake name=\"x\" is=\"1\" absent=\"fail\">\n<p:fake/></p:fake>"))), 3,
			"no elements" },
		{ XCCDF(RULE("a", "", CHECK("\n<p:all-of/>"))), 3, "nothing" },
		{ XCCDF(RULE("a", "", CHECK("\n<p:not/>"))), 3, "nothing" },
		{ XCCDF(RULE("a", "", CHECK("\n<p:all-of absent=\"fail\">"
			FAKE("name=\"x\" exists=\"true\"") "</p:all-of>"))), 3, "'absent'" },
		{ XCCDF(RULE("a", "", CHECK("\n<p:any-of kernel=\"6\">" FAKE("name=\"x\" exists=\"true\"") "</p:any-of>"))), 3, "kernel" },
		{ XCCDF(RULE("a", "", CHECK("\n<p:not>" FAKE("name=\"x\" exists=\"true\"") FAKE("name=\"x\" exists=\"true\"") "</p:not>"))), 3, "more than one" });
}

static void test_wrong_settings(void **state)
{
	ALL_REFUSED(*state,
		{ XCCDF(RULE("a", "", GOOD) "<Profile id=\"p\">\n<refine-rule idref=\"xccdf_t_rule_a\" weight=\"x\"/>"
		  "</Profile>"), 4, "weight" },
		{ XCCDF(RULE("a", "", GOOD) "<Profile id=\"p\">\n<refine-rule idref=\"xccdf_t_rule_a\" role=\"x\"/>"
		  "</Profile>"), 4, "role" },
		{ XCCDF(RULE("a", "", GOOD) "<Profile id=\"p\">\n<refine-rule idref=\"xccdf_t_rule_a\" severity=\"x\"/>"
		  "</Profile>"), 4, "severity" },
		{ XCCDF(RULE("a", "", GOOD) "<Profile id=\"p\">\n<refine-rule idref=\"xccdf_t_rule_a\" selected=\"1\"/>"
		  "</Profile>"), 4, "'selected'" });
}

static void test_not_well_formed(void **state)
{
	ALL_REFUSED(*state,
		{ "", 0, "" }, { "\n", 0, "" }, { "plain text", 1, "" }, { "<Benchmark", 1, "" },
		{ XCCDF("<Rule id=\"a\">\n</Group>"), 3, "" }, { XCCDF("<a b=\"1\" b=\"2\"/>"), 2, "" },
		{ XCCDF("\n\n&undefined;"), 4, "" },
		{ XCCDF("<title>\n&undefined;</title>"), 3, "" }, { XCCDF("<title>\xff\xfe</title>"), 2, "" },
		{ XCCDF("<title>\x01</title>"), 2, "" },
		{ XCCDF("<x:Rule/>"), 2, "" },
		{ XCCDF("") "<again/>", 0, "" }, { "<html><body/></html>", 0, "no XCCDF" },
		{ "<Benchmark xmlns=\"http://checklists.nist.gov/xccdf/1.1\" id=\"b\"/>", 0, "no XCCDF" },
		{ "<Benchmark id=\"b\"/>", 0, "no XCCDF" });
}

/* ---- hostile ---- */

static void assert_doctype_refused(struct folder *folder, const char *doctype, unsigned line)
{
	struct mistake m = { arena_printf(folder->arena, "<?xml version=\"1.0\"?>\n%s\n" XCCDF(RULE("a", "", GOOD)),
		doctype), line, "DOCTYPE" };
	struct timespec start, end;

	clock_gettime(CLOCK_MONOTONIC, &start);
	assert_true(is_refused(folder, &m));
	clock_gettime(CLOCK_MONOTONIC, &end);
	assert_in_range(end.tv_sec - start.tv_sec, 0, 1);
}

static void test_doctype(void **state)
{
	struct folder *folder = *state;
	char *secret = folder_puts(folder, "secret", "secret");
	struct buffer laughs = { .arena = folder->arena };

	assert_doctype_refused(folder, "<!DOCTYPE Benchmark>", 2);
	assert_doctype_refused(folder, "\n<!DOCTYPE Benchmark SYSTEM \"file:///etc/passwd\">", 3);
	assert_doctype_refused(folder, "<!DOCTYPE Benchmark PUBLIC \"x\" \"http://127.0.0.1:1/x.dtd\">", 2);
	assert_doctype_refused(folder, arena_printf(folder->arena, "<!DOCTYPE b [<!ENTITY e SYSTEM \"%s\">]>", secret), 2);
	assert_doctype_refused(folder, "<!DOCTYPE b [<!ENTITY % p SYSTEM \"file:///etc/passwd\"> %p;]>", 2);
	buffer_puts(&laughs, "<!DOCTYPE b [<!ENTITY a0 \"ha\">");
	for (int i = 1; i < 30; i++)
		buffer_printf(&laughs, "<!ENTITY a%d \"&a%d;&a%d;&a%d;&a%d;&a%d;&a%d;&a%d;&a%d;\">", i, i - 1, i - 1,
			i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
	buffer_puts(&laughs, "]><x>&a29;</x>");
	assert_doctype_refused(folder, laughs.text, 2);
}

static void test_xinclude(void **state)
{
	struct folder *folder = *state;
	char *secret = folder_puts(folder, "secret", "secret");
	char *xml = arena_printf(folder->arena, XCCDF(RULE("a", "",
		"<title>x<xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" href=\"%s\" "
							      "parse=\"text\"/></title>" GOOD)), secret);
	auto_benchmark struct benchmark *b = fake_benchmark(folder, xml);

	assert_string_equal(b->rules[0]->item.title, "x");
}

/* Reads in a process of its own, which may fall over its stack: the signal, or what read_and_take_up() says. */
static int read_apart(const char *path)
{
	struct err err = { "" };
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0)
		_exit(-read_and_take_up(path, &err));
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? -WEXITSTATUS(status) : WTERMSIG(status);
}

/* Nested deeper than anybody writes. What is read is walked recursively, so it must not be taken. */
static void test_deep(void **state)
{
	enum { DEPTH = 200000 };
	static const struct {
		const char *before, *element, *after;
	} cases[] = {
		{ "", "Group", "" },
		{ "", "Rule", "" },
		{ "<title>", "b", "</title>" },
		{ "<Rule id=\"r\"><title>", "b", "</title></Rule>" },
		{ "<Rule id=\"r\"><fix>", "b", "</fix></Rule>" },
	};
	struct folder *folder = *state;
	size_t wrong = 0;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buffer xml = { .arena = folder->arena };
		int rc;

		buffer_printf(&xml, "<Benchmark xmlns=\"http://checklists.nist.gov/xccdf/1.2\" id=\"b\">%s",
			cases[i].before);
		for (int k = 0; k < DEPTH; k++)
			buffer_printf(&xml, "<%s id=\"i%d\">", cases[i].element, k);
		for (int k = 0; k < DEPTH; k++)
			buffer_printf(&xml, "</%s>", cases[i].element);
		buffer_printf(&xml, "%s</Benchmark>", cases[i].after);
		rc = read_apart(folder_puts(folder, "deep.xml", xml.text));
		if (rc != -EINVAL)
			print_error("%s%s: %d\n", cases[i].before, cases[i].element, rc);
		wrong += rc != -EINVAL;
	}
	assert_int_equal(wrong, 0);
}

static void test_deep_checks(void **state)
{
	static const struct {
		const char *before, *open, *close, *after;
		int most;
	} cases[] = {
		{ "", "<complex-check operator=\"AND\">", "</complex-check>", "", 32 },
		{ "<check system=\"urn:plimsoll:check:1\"><check-content xmlns:p=\"urn:plimsoll:check:1\">", "<p:not>",
			"</p:not>", "</check-content></check>", 16 },
	};
	struct folder *folder = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		for (int depth = 4; depth < 200; depth *= 2) {
			struct buffer xml = { .arena = folder->arena };
			auto_benchmark struct benchmark *b = NULL;
			struct err err = { "" };
			int rc;

			buffer_printf(&xml, "%s\n<Rule id=\"r\">%s", "<Benchmark xmlns=\"http://checklists.nist.gov/xccdf/1.2\" id=\"b\">", cases[i].before);
			for (int k = 0; k < depth; k++)
				buffer_puts(&xml, cases[i].open);
			buffer_puts(&xml, i ? FAKE("name=\"int:1\" exists=\"true\"") : GOOD);
			for (int k = 0; k < depth; k++)
				buffer_puts(&xml, cases[i].close);
			buffer_printf(&xml, "%s</Rule></Benchmark>", cases[i].after);
			rc = benchmark_read(&b, folder_puts(folder, "deep.xml", xml.text), &fake_registry, &err);
			assert_int_equal(rc, depth <= cases[i].most ? 0 : -EINVAL);
			if (rc < 0)
				assert_holds(err.text, "deeper");
		}
	}
}

/* ---- files ---- */

static void test_files(void **state)
{
	struct folder *folder = *state;
	struct benchmark *b = NULL;
	struct err err = { "" };

	assert_int_equal(benchmark_read(&b, folder_path(folder, "none.xml"), &fake_registry, &err), -ENOENT);
	assert_holds(err.text, "none.xml");
	assert_int_equal(benchmark_read(&b, folder->path, &fake_registry, &err), -EINVAL);
	assert_int_equal(mkfifo(folder_path(folder, "fifo"), 0644), 0);
	assert_int_equal(benchmark_read(&b, folder_path(folder, "fifo"), &fake_registry, &err), -EINVAL);
	assert_null(b);
}

/* ---- every mistake at once ---- */

struct told {
	struct arena *arena;
	const char **said;
	size_t n;
};

static void tell(void *with, const char *mistake)
{
	struct told *told = with;

	arena_push(told->arena, told->said, told->n) = arena_strdup(told->arena, mistake);
}

static void test_listener(void **state)
{
	static const char xml[] = XCCDF(
		"<bogus/>\n"
		RULE("a", "severity=\"x\"", GOOD)
		RULE("b", "", GOOD)
		"<Value id=\"v\"/>\n"
		"<Group id=\"g\"><bogus/>\n"
		RULE("c", "", CHECK(FAKE("name=\"int:1\" is=\"1\"")))
		"</Group>\n"
		"<Profile id=\"p\"><selec/></Profile>");
	static const unsigned lines[] = { 2, 3, 5, 6, 7, 9 };
	struct folder *folder = *state;
	struct told told = { .arena = folder->arena };
	const struct benchmark_listener listener = { tell, &told };
	auto_benchmark struct benchmark *b = NULL;
	struct err err = { "" };
	char *path = folder_puts(folder, "wrong.xml", xml);

	assert_int_equal(benchmark_read_all(&b, path, &fake_registry, &listener, &err), 0);
	assert_int_equal(told.n, ARRAY_LEN(lines));
	for (size_t i = 0; i < told.n; i++)
		assert_starts_with(told.said[i], arena_printf(folder->arena, "%s:%u: ", path, lines[i]));
	assert_non_null(benchmark_rule(b, "b"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_folder(test_wrong_elements),
		test_with_folder(test_wrong_attributes),
		test_with_folder(test_wrong_words),
		test_with_folder(test_infinite_weight),
		test_with_folder(test_wrong_booleans),
		test_with_folder(test_missing),
		test_with_folder(test_ids_given_twice),
		test_with_folder(test_dangling),
		test_with_folder(test_short_ids_in_references),
		test_with_folder(test_circles),
		test_with_folder(test_wrong_tests),
		test_with_folder(test_wrong_arch),
		test_with_folder(test_wrong_check_content),
		test_with_folder(test_wrong_settings),
		test_with_folder(test_not_well_formed),
		test_with_folder(test_doctype),
		test_with_folder(test_xinclude),
		test_with_folder(test_deep),
		test_with_folder(test_deep_checks),
		test_with_folder(test_files),
		test_with_folder(test_listener),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
