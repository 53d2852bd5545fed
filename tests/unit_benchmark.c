/* SPDX-License-Identifier: Apache-2.0 */
/* Reading XCCDF: what is taken over. What is refused: unit_benchmark_wrong.c. */
#include "tests/unit_fake.h"

#include "core/benchmark/benchmark_document.h"

#define GOOD SEES("int:1")

/* ---- what is taken over ---- */

static const char whole[] = XCCDF(
	"<status>draft</status><title>A  title\n of two lines</title><description>Text</description>"
	"<version>1.2</version>\n"                /* 2, 3 */
	"<Profile id=\"xccdf_t_profile_p\"><title>P</title><select idref=\"xccdf_t_rule_a\" selected=\"false\"/>"
	"</Profile>\n"           /* 4 */
	"<Value id=\"xccdf_t_value_v\" type=\"number\"><title>V</title><value>1</value>"
	"<value selector=\"high\"> 2 </value></Value>\n"
	"<Group id=\"xccdf_t_group_g\" weight=\"2.5\"><title>G</title>\n"
	"<Rule id=\"xccdf_t_rule_a\" severity=\"high\" weight=\"3.0\" cluster-id=\"cluster\" selected=\"false\">\n"                      /* 7 */
	"<title>A &amp; B &lt;c&gt; &#233; <![CDATA[<x>&amp;]]></title>"
	"<description>One <sub idref=\"xccdf_t_value_v\"/> two <h:b xmlns:h=\"urn:h\">bold</h:b></description>\n"
	"<warning>breaks</warning><warning category=\"general\">this</warning>"
	"<reference href=\"https://x/?a=1&amp;b=2\">ref</reference>\n"
	"<rationale>why</rationale><requires idref=\"xccdf_t_rule_b\"/><ident system=\"https://s\">ID-1</ident>\n"
	"<fixtext>do</fixtext><fix system=\"urn:xccdf:fix:script:sh\" reboot=\"true\">\n\tif x; then\n\t\ty &gt; z\n"
	"\tfi\n</fix>\n"
	GOOD "</Rule>\n"
	"<Group id=\"xccdf_t_group_h\"><Rule id=\"xccdf_t_rule_b\" role=\"unscored\" multiple=\"true\">"
		GOOD "</Rule></Group>\n"
	"</Group>\n"
	"<Rule id=\"xccdf_t_rule_c\"><check system=\"urn:other\"><check-content-ref href=\"x\"/></check></Rule>"
);

static void test_items(void **state)
{
	auto_benchmark struct benchmark *b = fake_benchmark(*state, whole);
	const struct rule *a;

	assert_string_equal(b->id, "xccdf_t_benchmark_b");
	assert_string_equal(b->short_id, "b");
	assert_string_equal(b->title, "A title of two lines");
	assert_string_equal(b->version, "1.2");
	assert_int_equal(b->n_rules, 3);
	assert_int_equal(b->n_groups, 2);
	assert_int_equal(b->n_values, 1);
	assert_int_equal(b->n_profiles, 1);
	a = b->rules[0];
	assert_string_equal(a->item.short_id, "a");
	assert_int_equal(a->item.line, 7);
	assert_int_equal(a->severity, SEVERITY_HIGH);
	assert_true(a->item.weight == 3.0);
	assert_false(a->item.selected);
	assert_string_equal(a->item.cluster_id, "cluster");
	assert_ptr_equal(a->item.parent, b->groups[0]);
	assert_ptr_equal(b->rules[1]->item.parent, b->groups[1]);
	assert_ptr_equal(b->groups[1]->parent, b->groups[0]);
	assert_ptr_equal(b->items, b->groups[0]);
	assert_ptr_equal(b->items->next, &b->rules[2]->item);
	assert_ptr_equal(b->groups[0]->children, &a->item);
	assert_ptr_equal(a->item.next, b->groups[1]);
	assert_true(b->groups[0]->weight == 2.5);
	assert_int_equal(b->rules[1]->role, ROLE_UNSCORED);
	assert_true(b->rules[1]->multiple);
	assert_int_equal(b->rules[1]->severity, SEVERITY_UNKNOWN);
	assert_true(b->rules[1]->item.weight == 1.0);
	assert_true(b->rules[1]->item.selected);
}

static void test_texts(void **state)
{
	auto_benchmark struct benchmark *b = fake_benchmark(*state, whole);
	const struct rule *a = b->rules[0];

	assert_string_equal(a->item.title, "A & B <c> é <x>&amp;");
	assert_string_equal(a->item.description, "One \x1a" "xccdf_t_value_v\x1a two bold");
	assert_int_equal(a->n_warnings, 2);
	assert_string_equal(a->warnings[1], "this");
	assert_int_equal(a->n_references, 1);
	assert_string_equal(a->references[0].href, "https://x/?a=1&b=2");
	assert_string_equal(a->references[0].text, "ref");
	assert_string_equal(a->rationale, "why");
	assert_string_equal(a->fixtext, "do");
	assert_int_equal(a->n_idents, 1);
	assert_string_equal(a->idents[0].system, "https://s");
	assert_string_equal(a->idents[0].id, "ID-1");
	assert_int_equal(a->n_fixes, 1);
	assert_string_equal(a->fixes[0].text, "if x; then\n\t\ty > z\n\tfi");
	assert_true(a->fixes[0].reboot);
	assert_int_equal(a->item.n_needs, 1);
	assert_string_equal(a->item.needs[0], "xccdf_t_rule_b");
	assert_int_equal(b->values[0]->n_choices, 2);
	assert_string_equal(b->values[0]->choices[0].selector, "");
	assert_string_equal(b->values[0]->choices[1].selector, "high");
	assert_string_equal(b->values[0]->choices[1].text, "2");
}

static void test_checks(void **state)
{
	auto_benchmark struct benchmark *b = fake_benchmark(*state, whole);

	assert_ptr_equal(b->rules[0]->conditions->engine, &engine_plimsoll);
	assert_non_null(b->rules[0]->conditions->program);
	assert_null(b->rules[2]->conditions->engine);
	assert_string_equal(b->rules[2]->conditions->system, "urn:other");
}

static void test_look_up(void **state)
{
	auto_benchmark struct benchmark *b = fake_benchmark(*state, whole);

	assert_ptr_equal(benchmark_rule(b, "a"), b->rules[0]);
	assert_ptr_equal(benchmark_rule(b, "xccdf_t_rule_a"), b->rules[0]);
	assert_null(benchmark_rule(b, "A"));
	assert_null(benchmark_rule(b, ""));
	assert_null(benchmark_rule(b, "g"));
	assert_ptr_equal(benchmark_value(b, "v"), b->values[0]);
	assert_ptr_equal(benchmark_profile(b, "xccdf_t_profile_p"), b->profiles[0]);
	assert_null(benchmark_profile(b, "q"));
}

static void test_short_id(void **state)
{
	(void)state;
	assert_string_equal(benchmark_short_id("xccdf_org.plimsoll_rule_cmdline.nosmt"), "cmdline.nosmt");
	assert_string_equal(benchmark_short_id("xccdf_org.x_group_a_b"), "a_b");
	assert_string_equal(benchmark_short_id("xccdf_org.x_profile_server"), "server");
	assert_string_equal(benchmark_short_id("rule_x"), "rule_x");
	assert_string_equal(benchmark_short_id(""), "");
}

static const char *looked_up(const void *with, const char *id)
{
	return streq(id, with) ? "seen" : NULL;
}

static void test_sub(void **state)
{
	assert_string_equal(benchmark_text(*state, "no mark", looked_up, "v"), "no mark");
	assert_string_equal(benchmark_text(*state, "\x1av\x1a", looked_up, "v"), "seen");
	assert_string_equal(benchmark_text(*state, "a \x1av\x1a b \x1axccdf_t_value_w\x1a.", looked_up, "v"), "a seen b w.");
	assert_string_equal(benchmark_text(*state, "half \x1av", looked_up, "v"), "half \x1av");
	assert_string_equal(benchmark_text(*state, "", looked_up, "v"), "");
}

/* The same verdicts from less memory: only the long texts are missing. */
static void test_for_verdict(void **state)
{
	struct folder *folder = *state;
	auto_benchmark struct benchmark *b = NULL;
	struct err err;

	assert_int_equal(benchmark_read_for_verdict(&b, folder_puts(folder, "b.xml", whole), &fake_registry, &err), 0);
	assert_int_equal(b->n_rules, 3);
	assert_string_equal(b->rules[0]->item.title, "A & B <c> é <x>&amp;");
	assert_int_equal(b->rules[0]->severity, SEVERITY_HIGH);
	assert_int_equal(b->rules[0]->item.n_needs, 1);
	assert_int_equal(b->rules[0]->n_fixes, 1);
	assert_non_null(b->rules[0]->conditions->program);
	assert_null(b->document);
	assert_int_equal(benchmark_document(&(struct benchmark_document){ NULL, NULL }, b, b->arena, &err), -ENOENT);
	assert_non_null(strstr(err.text, "--benchmark"));
}

/* ---- as a document ---- */

/* The element as it stands in the file, without what another audit put there. */
static void test_document(void **state)
{
	static const char xml[] =
		"<?xml version=\"1.0\"?>\n<!-- before --><Benchmark xmlns=\"http://checklists.nist.gov/xccdf/1.2\" id=\"xccdf_t_benchmark_b\"><title>\xc3\xa9 &amp; &lt;</title>"
		"<metadata><?results?></metadata>\n<TestResult id=\"r\"/><TestResult id=\"q\"/><signature/></Benchmark>";
	auto_benchmark struct benchmark *b = fake_benchmark(*state, xml);
	struct benchmark_document document;
	struct err err;

	assert_int_equal(b->document_size, strlen(xml));
	assert_string_equal(b->document, xml);
	assert_int_equal(benchmark_document(&document, b, b->arena, &err), 0);
	assert_string_equal(document.head, "<Benchmark xmlns=\"http://checklists.nist.gov/xccdf/1.2\" id=\"xccdf_t_benchmark_b\"><title>\xc3\xa9 &amp; &lt;</title>"
			    "<metadata><?results?></metadata>\n");
	assert_string_equal(document.tail, "</Benchmark>");
}

/* Out of a data stream it takes along the namespaces that it uses. */
static void test_document_of_stream(void **state)
{
	auto_benchmark struct benchmark *b = fake_benchmark(*state,
		"<s:stream xmlns:s=\"urn:s\" xmlns:x=\"http://checklists.nist.gov/xccdf/1.2\" xmlns:d=\"urn:d\"><s:c><Benchmark/></s:c>"
		"<s:c><x:Benchmark id=\"xccdf_t_benchmark_b\"><x:metadata><d:t/></x:metadata></x:Benchmark></s:c><s:c><x:Benchmark id=\"other\"/></s:c></s:stream>");
	struct benchmark_document document;
	struct err err;

	assert_int_equal(benchmark_document(&document, b, b->arena, &err), 0);
	assert_non_null(strstr(document.head, "xmlns:x=\"http://checklists.nist.gov/xccdf/1.2\""));
	assert_non_null(strstr(document.head, "xmlns:d=\"urn:d\""));
	assert_null(strstr(document.head, "stream"));
	assert_null(strstr(document.head, "other"));
	assert_string_equal(document.tail, "</x:Benchmark>");
}

/* ---- wrapped ---- */

static void test_data_stream(void **state)
{
	static const char xml[] =
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<ds:data-stream-collection xmlns:ds=\"http://scap.nist.gov/schema/scap/source/1.2\" xmlns:x=\"http://checklists.nist.gov/xccdf/1.2\">\n"
		"<ds:data-stream id=\"s\"><ds:checklists/></ds:data-stream>\n"
		"<ds:component id=\"oval\"><oval_definitions xmlns=\"urn:oval\"><Rule/><Benchmark/></oval_definitions>"
		"</ds:component>\n"
		"<ds:component id=\"c\"><x:Benchmark id=\"xccdf_t_benchmark_first\">\n"
		"<x:title>First</x:title><x:Rule id=\"xccdf_t_rule_a\">\n"
		"<x:check system=\"urn:plimsoll:check:1\"><x:check-content>"
		"<fake xmlns=\"urn:plimsoll:check:1\" name=\"int:1\" is=\"1\" absent=\"fail\"/></x:check-content></x:check>\n"
		"</x:Rule></x:Benchmark></ds:component>\n"
		"<ds:component id=\"d\"><x:Benchmark id=\"xccdf_t_benchmark_second\"><x:Rul/></x:Benchmark></ds:component>\n"
		"</ds:data-stream-collection>\n";
	auto_benchmark struct benchmark *b = fake_benchmark(*state, xml);

	assert_string_equal(b->short_id, "first");
	assert_string_equal(b->title, "First");
	assert_int_equal(b->n_rules, 1);
	assert_int_equal(b->rules[0]->item.line, 6);
}

/* What stands in other namespaces, in metadata and in results is stepped over, whatever it is. */
static void test_stepped_over(void **state)
{
	auto_benchmark struct benchmark *b = fake_benchmark(*state, XCCDF(
		"<metadata><dc:creator xmlns:dc=\"urn:dc\">x</dc:creator><Rule/></metadata>\n"
		"<other xmlns=\"urn:other\"><Rule id=\"x\"/></other><!-- <Rule/> --><?pi <Rule/> ?>\n"
		"<TestResult id=\"r\"><rule-result idref=\"x\"/><bogus/></TestResult>\n"
		RULE("a", "", "<metadata><bogus/></metadata>" GOOD)));

	assert_int_equal(b->n_rules, 1);
}

/* A value reaches the comparison as it was meant, with the characters that XML writes as references. */
static void test_attribute_references(void **state)
{
	static const char *const cases[][2] = {
		{ "a &amp; b &lt;&gt; &quot;&apos; &#65;&#x42;", "a & b <> \"' AB" }, { "&amp;amp;", "&amp;" },
		{ "&amp;#38;", "&#38;" }, { "&#38;#38;", "&#38;" },
		{ "^\\|/usr/lib/&amp;", "^\\|/usr/lib/&" }, { "a\nb", "a b" },
	};
	struct folder *folder = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char *xml = arena_printf(folder->arena, XCCDF(RULE("a", "",
			CHECK("<p:fake name=\"int:1\" is=\"%s\" absent=\"fail\"/>"))), cases[i][0]);
		auto_benchmark struct benchmark *b = fake_benchmark(folder, xml);
		auto_policy struct policy *p = fake_policy(b, NULL);
		struct buffer out = { .arena = folder->arena };

		assert_non_null(p);   /* which has put the values in */
		engine_plimsoll.describe(b->rules[0]->conditions->program, &out);
		assert_holds(out.text, arena_printf(folder->arena, ": %s (not there", cases[i][1]));
	}
}

static void test_pieces(void **state)
{
	struct folder *folder = *state;
	struct buffer xml = { .arena = folder->arena };
	auto_benchmark struct benchmark *b = NULL;

	buffer_puts(&xml, "<Benchmark xmlns=\"http://checklists.nist.gov/xccdf/1.2\" id=\"xccdf_t_benchmark_b\">\n");
	for (int i = 0; i < 2000; i++)
		buffer_printf(&xml, "<Rule id=\"xccdf_t_rule_%d\"><title>Title of rule %d, é</title>" GOOD "</Rule>\n", i,
			i);
	buffer_puts(&xml, "</Benchmark>\n");
	b = fake_benchmark(folder, xml.text);
	assert_int_equal(b->n_rules, 2000);
	for (unsigned i = 0; i < 2000; i++) {
		assert_string_equal(b->rules[i]->item.title, arena_printf(folder->arena, "Title of rule %u, é", i));
		assert_int_equal(b->rules[i]->item.line, i + 2);
	}
}

/* Cut after every byte, it is never taken for a benchmark with fewer rules. */
static void test_cut(void **state)
{
	struct folder *folder = *state;
	size_t end = strlen(whole);

	while (whole[end - 1] == '\n')
		end--;
	for (size_t at = 0; at < end; at++) {
		auto_benchmark struct benchmark *b = NULL;
		struct err err = { "" };
		char *path = folder_write(folder, "cut.xml", whole, at);

		if (benchmark_read(&b, path, &fake_registry, &err) != -EINVAL)
			fail_msg("cut at %zu of %zu it is taken", at, end);
		assert_starts_with(err.text, path);
	}
}

static void count(void *with, const char *mistake)
{
	(void)mistake;
	(*(size_t *)with)++;
}

static void test_listener_is_not_told_of_good_ones(void **state)
{
	struct folder *folder = *state;
	size_t told = 0;
	const struct benchmark_listener listener = { count, &told };
	auto_benchmark struct benchmark *b = NULL;
	struct err err;

	assert_int_equal(benchmark_read_all(&b, folder_puts(folder, "b.xml", whole), &fake_registry, &listener, &err), 0);
	assert_int_equal(told, 0);
	assert_int_equal(b->n_rules, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_folder(test_items),
		test_with_folder(test_texts),
		test_with_folder(test_checks),
		test_with_folder(test_look_up),
		cmocka_unit_test(test_short_id),
		test_with_arena(test_sub),
		test_with_folder(test_for_verdict),
		test_with_folder(test_document),
		test_with_folder(test_document_of_stream),
		test_with_folder(test_data_stream),
		test_with_folder(test_stepped_over),
		test_with_folder(test_attribute_references),
		test_with_folder(test_pieces),
		test_with_folder(test_cut),
		test_with_folder(test_listener_is_not_told_of_good_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
