/* SPDX-License-Identifier: Apache-2.0 */
/* Every comparison against every kind of value, and what a benchmark may not want. */
#include "tests/unit.h"

#include "core/benchmark/expect.h"

#include <time.h>

static const struct bit_name bits[] = {
	{ 0, "proprietary" }, { 1, "forced-load" }, { 12, "out-of-tree" }, { 63, "last" }, { 0, NULL },
};

enum { P = OUTCOME_PASS, F = OUTCOME_FAIL, E = OUTCOME_ERROR };

struct expect_case {
	enum expect_op op;
	const char *wanted;
	enum item_type type;
	const char *text;       /* a number in decimal for integers and masks */
	int outcome;
};

static struct item *item_for(struct items *items, const struct expect_case *c)
{
	switch (c->type) {
	case ITEM_INTEGER:
		return items_add_integer(items, "n", "o", strtoll(c->text, NULL, 10));
	case ITEM_BITS:
		return items_add_bits(items, "n", "o", strtoull(c->text, NULL, 10));
	case ITEM_SET:
		return items_add_set(items, "n", "o", c->text);
	case ITEM_VERSION:
		return items_add_version(items, "n", "o", c->text);
	default:
		return items_add_text(items, "n", "o", c->text);
	}
}

static void assert_cases(struct arena *arena, const struct expect_case *cases, size_t n)
{
	struct items items = { .arena = arena };

	for (size_t i = 0; i < n; i++) {
		const struct expect_case *c = &cases[i];
		struct expect expect;
		struct err err = { "" };
		enum outcome outcome;

		if (expect_parse(&expect, c->op, c->wanted, bits, &err) != 0)
			fail_msg("%s=\"%s\": %s", expect_op_name(c->op), c->wanted, err.text);
		outcome = expect_judge(&expect, item_for(&items, c));
		expect_release(&expect);
		if ((int)outcome != c->outcome)
			fail_msg("%s=\"%s\" on type %d \"%s\" is %s", expect_op_name(c->op), c->wanted, (int)c->type,
				c->text, outcome_name(outcome));
	}
}

static void test_is(void **state)
{
	static const struct expect_case cases[] = {
		{ EXPECT_IS, "1", ITEM_INTEGER, "1", P }, { EXPECT_IS, "1", ITEM_INTEGER, "2", F },
		{ EXPECT_IS, "0x10", ITEM_INTEGER, "16", P },
		{ EXPECT_IS, "-1", ITEM_INTEGER, "-1", P }, { EXPECT_IS, "01", ITEM_INTEGER, "1", P },
		{ EXPECT_IS, "y", ITEM_INTEGER, "1", F },
		{ EXPECT_IS, "y", ITEM_STRING, "y", P }, { EXPECT_IS, "y", ITEM_STRING, "Y", F },
		{ EXPECT_IS, "y", ITEM_STRING, "yes", F },
		{ EXPECT_IS, "", ITEM_STRING, "", P }, { EXPECT_IS, "", ITEM_STRING, "x", F },
		{ EXPECT_IS, "1", ITEM_STRING, "", F },
		{ EXPECT_IS, "01", ITEM_STRING, "1", F }, { EXPECT_IS, "1", ITEM_STRING, "1", P },
		{ EXPECT_IS, "a b", ITEM_STRING, "a b", P },
		{ EXPECT_IS, "6.8", ITEM_VERSION, "6.8", P }, { EXPECT_IS, "6.8", ITEM_VERSION, "6.9", F },
		{ EXPECT_IS, "3", ITEM_BITS, "3", P }, { EXPECT_IS, "0", ITEM_BITS, "1", F },
		{ EXPECT_IS, "on", ITEM_SET, "on", P },
		{ EXPECT_IS, "on", ITEM_SET, "on,nosmt", F },
		{ EXPECT_IS_NOT, "1", ITEM_INTEGER, "1", F }, { EXPECT_IS_NOT, "1", ITEM_INTEGER, "0", P },
		{ EXPECT_IS_NOT, "0x1", ITEM_INTEGER, "1", F },
		{ EXPECT_IS_NOT, "y", ITEM_STRING, "y", F }, { EXPECT_IS_NOT, "y", ITEM_STRING, "n", P },
		{ EXPECT_IS_NOT, "", ITEM_STRING, "", F },
	};

	assert_cases(*state, cases, ARRAY_LEN(cases));
}

static void test_order(void **state)
{
	static const struct expect_case cases[] = {
		{ EXPECT_AT_LEAST, "1", ITEM_INTEGER, "0", F }, { EXPECT_AT_LEAST, "1", ITEM_INTEGER, "1", P },
		{ EXPECT_AT_LEAST, "1", ITEM_INTEGER, "2", P },
		{ EXPECT_AT_LEAST, "1", ITEM_INTEGER, "-1", F }, { EXPECT_AT_LEAST, "10", ITEM_INTEGER, "9", F },
		{ EXPECT_AT_LEAST, "-9223372036854775808", ITEM_INTEGER, "9223372036854775807", P },
		{ EXPECT_AT_LEAST, "9223372036854775807", ITEM_INTEGER, "-9223372036854775808", F },
		{ EXPECT_AT_MOST, "1", ITEM_INTEGER, "0", P }, { EXPECT_AT_MOST, "1", ITEM_INTEGER, "1", P },
		{ EXPECT_AT_MOST, "1", ITEM_INTEGER, "2", F },
		{ EXPECT_AT_MOST, "-1", ITEM_INTEGER, "-2", P },
		{ EXPECT_AT_LEAST, "6.8", ITEM_VERSION, "6.8.12", P }, { EXPECT_AT_LEAST, "6.8.12", ITEM_VERSION, "6.8", F },
		{ EXPECT_AT_LEAST, "6.9", ITEM_VERSION, "6.10.1-generic", P },
		{ EXPECT_AT_MOST, "6.9", ITEM_VERSION, "6.10", F },
		{ EXPECT_AT_MOST, "6.9", ITEM_VERSION, "6.9.0", P }, { EXPECT_AT_LEAST, "6", ITEM_VERSION, "6.1", P },
		{ EXPECT_AT_MOST, "6", ITEM_VERSION, "5.99", P },
		/* not comparable: no pass, and no fail that would hide it */
		{ EXPECT_AT_LEAST, "1", ITEM_STRING, "two", E }, { EXPECT_AT_LEAST, "1", ITEM_STRING, "2", E },
		{ EXPECT_AT_MOST, "1", ITEM_STRING, "", E },
		{ EXPECT_AT_LEAST, "1", ITEM_SET, "2", E }, { EXPECT_AT_LEAST, "1.5", ITEM_INTEGER, "2", E },
		{ EXPECT_AT_LEAST, "6.1", ITEM_VERSION, "v6.2", E },
		{ EXPECT_AT_LEAST, "6.1", ITEM_VERSION, "", E },
	};

	assert_cases(*state, cases, ARRAY_LEN(cases));
}

static void test_words(void **state)
{
	static const struct expect_case cases[] = {
		{ EXPECT_ONE_OF, "1 2", ITEM_INTEGER, "2", P }, { EXPECT_ONE_OF, "1 2", ITEM_INTEGER, "3", F },
		{ EXPECT_ONE_OF, "0x1,0x2", ITEM_INTEGER, "2", P },
		{ EXPECT_ONE_OF, "y m", ITEM_STRING, "m", P }, { EXPECT_ONE_OF, "y m", ITEM_STRING, "n", F },
		{ EXPECT_ONE_OF, "y m", ITEM_STRING, "y m", F },
		{ EXPECT_ONE_OF, "y", ITEM_STRING, "", F },
		{ EXPECT_ONE_OF, "integrity confidentiality", ITEM_STRING, "confidential", F },
		{ EXPECT_ONE_OF, "abc ab", ITEM_STRING, "ab", P },
		{ EXPECT_CONTAINS, "yama", ITEM_SET, "lockdown,yama,apparmor", P },
		{ EXPECT_CONTAINS, "yama lockdown", ITEM_SET, "lockdown,yama", P },
		{ EXPECT_CONTAINS, "yama selinux", ITEM_SET, "lockdown,yama", F },
		{ EXPECT_CONTAINS, "yam", ITEM_SET, "yama", F },
		{ EXPECT_CONTAINS, "yama", ITEM_SET, "", F }, { EXPECT_CONTAINS, "b", ITEM_STRING, "a b c", P },
		{ EXPECT_CONTAINS, "a a", ITEM_SET, "a", P },
		{ EXPECT_EXCLUDES, "yama", ITEM_SET, "lockdown,yama", F }, { EXPECT_EXCLUDES, "a b", ITEM_SET, "b", F },
		{ EXPECT_EXCLUDES, "a b", ITEM_SET, "c", P },
		{ EXPECT_EXCLUDES, "a", ITEM_SET, "", P }, { EXPECT_EXCLUDES, "yam", ITEM_SET, "yama", P },
		{ EXPECT_SUBSET_OF, "a b", ITEM_SET, "a", P }, { EXPECT_SUBSET_OF, "a b", ITEM_SET, "b,a", P },
		{ EXPECT_SUBSET_OF, "a b", ITEM_SET, "a c", F },
		{ EXPECT_SUBSET_OF, "a b", ITEM_SET, "", P }, { EXPECT_SUBSET_OF, "ab", ITEM_SET, "a", F },
		{ EXPECT_SUBSET_OF, "a", ITEM_SET, "a a a", P },
	};

	assert_cases(*state, cases, ARRAY_LEN(cases));
}

/* A word longer than any buffer inside is compared like any other. */
static void test_long_words(void **state)
{
	char word[301], list[401];
	const struct expect_case cases[] = {
		{ EXPECT_ONE_OF, list, ITEM_STRING, word, P }, { EXPECT_IS, word, ITEM_STRING, word, P },
		{ EXPECT_CONTAINS, word, ITEM_SET, list, P },
		{ EXPECT_EXCLUDES, word, ITEM_SET, list, F }, { EXPECT_SUBSET_OF, list, ITEM_SET, word, P },
	};

	memset(word, 'w', 300);
	word[300] = '\0';
	snprintf(list, sizeof(list), "short %s", word);
	assert_cases(*state, cases, ARRAY_LEN(cases));
}

static void test_bits(void **state)
{
	static const struct expect_case cases[] = {
		{ EXPECT_BITS_SET, "0", ITEM_BITS, "1", P }, { EXPECT_BITS_SET, "0 1", ITEM_BITS, "1", F },
		{ EXPECT_BITS_SET, "0,1", ITEM_BITS, "7", P },
		{ EXPECT_BITS_SET, "out-of-tree", ITEM_BITS, "4096", P },
		{ EXPECT_BITS_SET, "out-of-tree 0", ITEM_BITS, "4096", F },
		{ EXPECT_BITS_SET, "63", ITEM_BITS, "9223372036854775808", P },
		{ EXPECT_BITS_SET, "last", ITEM_BITS, "1", F },
		{ EXPECT_BITS_CLEAR, "0 1", ITEM_BITS, "4", P }, { EXPECT_BITS_CLEAR, "0 1", ITEM_BITS, "2", F },
		{ EXPECT_BITS_CLEAR, "forced-load", ITEM_BITS, "2", F },
		{ EXPECT_BITS_CLEAR, "last", ITEM_BITS, "18446744073709551615", F },
		{ EXPECT_BITS_CLEAR, "0x4", ITEM_BITS, "4", P },
		{ EXPECT_BITS_CLEAR, "0x4", ITEM_BITS, "16", F }, { EXPECT_BITS_SET, "2", ITEM_INTEGER, "4", P },
		{ EXPECT_BITS_CLEAR, "2", ITEM_INTEGER, "4", F },
		{ EXPECT_BITS_SET, "0", ITEM_STRING, "1", E }, { EXPECT_BITS_CLEAR, "0", ITEM_STRING, "2", E },
		{ EXPECT_BITS_CLEAR, "0", ITEM_SET, "", E },
	};

	assert_cases(*state, cases, ARRAY_LEN(cases));
	assert_string_equal(expect_bits_text(*state, 4097, bits), "4097 (proprietary, out-of-tree)");
	assert_string_equal(expect_bits_text(*state, 0, bits), "0");
	assert_string_equal(expect_bits_text(*state, 4, bits), "4");
	assert_string_equal(expect_bits_text(*state, UINT64_C(1) << 63, bits), "9223372036854775808 (last)");
	assert_string_equal(expect_bits_text(*state, 7, NULL), "7");
}

static void test_matches(void **state)
{
	static const struct expect_case cases[] = {
		{ EXPECT_MATCHES, "^/usr/lib/", ITEM_STRING, "|/usr/lib/systemd/systemd-coredump", F },
		{ EXPECT_MATCHES, "^\\|/usr/lib/", ITEM_STRING, "|/usr/lib/systemd/systemd-coredump", P },
		{ EXPECT_MATCHES, "core", ITEM_STRING, "a core file", P }, { EXPECT_MATCHES, "^$", ITEM_STRING, "", P },
		{ EXPECT_MATCHES, "x", ITEM_STRING, "", F },
		{ EXPECT_MATCHES, "^1[0-9]$", ITEM_INTEGER, "17", P },
		{ EXPECT_MATCHES, "(?i)mitigation", ITEM_STRING, "MITIGATION: x", P },
		{ EXPECT_MATCHES, "^.$", ITEM_STRING, "\xe2\x82\xac", P },
		{ EXPECT_MATCHES, "(?=.*a)(?=.*b)", ITEM_SET, "b,a", P },
	};

	assert_cases(*state, cases, ARRAY_LEN(cases));
}

#define MANY "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"

/* An expression that takes exponential time ends in an error, and soon: a hundred of them in the time of one without our limit. */
static void test_matches_bomb(void **state)
{
	static const struct expect_case cases[] = {
		{ EXPECT_MATCHES, "^(a+)+$", ITEM_STRING, MANY, E },
		{ EXPECT_MATCHES, "^(a|aa)*$", ITEM_STRING, MANY, E },
	};
	struct timespec start, end;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
	for (int i = 0; i < 50; i++)
		assert_cases(*state, cases, ARRAY_LEN(cases));
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
	assert_in_range(end.tv_sec - start.tv_sec, 0, 5);
}

static void test_exists(void **state)
{
	static const struct expect_case cases[] = {
		{ EXPECT_EXISTS, "true", ITEM_STRING, "", P }, { EXPECT_EXISTS, "true", ITEM_INTEGER, "0", P },
		{ EXPECT_EXISTS, "false", ITEM_STRING, "x", F },
		{ EXPECT_EXISTS, "false", ITEM_SET, "", F },
	};

	assert_cases(*state, cases, ARRAY_LEN(cases));
}

static void test_parse_refuses(void **state)
{
	static const struct {
		enum expect_op op;
		const char *wanted, *said;
	} cases[] = {
		{ EXPECT_AT_LEAST, "", "neither a number nor a version" }, { EXPECT_AT_LEAST, "two", "'two'" }, { EXPECT_AT_MOST, "1x", "'1x'" },
		{ EXPECT_AT_MOST, "v6", "'v6'" },
		{ EXPECT_AT_MOST, "-", "'-'" }, { EXPECT_AT_LEAST, " 1", "' 1'" },
		{ EXPECT_ONE_OF, "", "empty" }, { EXPECT_ONE_OF, " , ", "empty" }, { EXPECT_CONTAINS, "", "empty" },
		{ EXPECT_EXCLUDES, " ", "empty" },
		{ EXPECT_SUBSET_OF, "", "empty" },
		{ EXPECT_MATCHES, "(", "'('" }, { EXPECT_MATCHES, "a{2", NULL }, { EXPECT_MATCHES, "[a", "[a" },
		{ EXPECT_MATCHES, "*", "*" },
		{ EXPECT_MATCHES, "\xff", "regular expression" },
		{ EXPECT_BITS_SET, "", "names no bit" }, { EXPECT_BITS_SET, "64", "64" }, { EXPECT_BITS_CLEAR, "-1", "-1" },
		{ EXPECT_BITS_CLEAR, "unheard-of", "unheard-of" }, { EXPECT_BITS_SET, "0 unheard-of", "unheard-of" },
		{ EXPECT_BITS_SET, "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww",
			"wwww" },
		{ EXPECT_EXISTS, "", "neither true nor false" }, { EXPECT_EXISTS, "yes", "'yes'" },
		{ EXPECT_EXISTS, "1", "'1'" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct expect expect;
		struct err err = { "" };
		int rc = expect_parse(&expect, cases[i].op, cases[i].wanted, bits, &err);

		expect_release(&expect);
		if (!cases[i].said) {
			assert_int_equal(rc, 0);   /* odd, and right: PCRE2 takes it literally */
			continue;
		}
		if (rc != -EINVAL)
			fail_msg("%s=\"%s\" gave %d", expect_op_name(cases[i].op), cases[i].wanted, rc);
		assert_holds(err.text, cases[i].said);
	}
}

/* Names of bits need a check that has names; numbers do not. */
static void test_bits_without_names(void **state)
{
	struct expect expect;
	struct err err = { "" };

	(void)state;
	assert_int_equal(expect_parse(&expect, EXPECT_BITS_SET, "proprietary", NULL, &err), -EINVAL);
	assert_int_equal(expect_parse(&expect, EXPECT_BITS_SET, "5 0x6", NULL, &err), 0);
	assert_int_equal(expect.number, 0x60);
}

static void test_names(void **state)
{
	static const char *const names[] = { "is", "is-not", "at-least", "at-most", "one-of", "contains", "excludes",
		"subset-of", "matches",
					     "bits-set", "bits-clear", "exists" };

	(void)state;
	assert_int_equal(ARRAY_LEN(names), EXPECT_OPS);
	for (enum expect_op op = 0; op < EXPECT_OPS; op++) {
		assert_string_equal(expect_op_name(op), names[op]);
		assert_int_equal(expect_op_of(names[op]), op);
		assert_true(strlen(expect_op_help(op)) > 10);
	}
	assert_int_equal(expect_op_of("equals"), EXPECT_OPS);
	assert_int_equal(expect_op_of(""), EXPECT_OPS);
}

static void test_text(void **state)
{
	static const struct {
		enum expect_op op;
		const char *wanted, *text;
	} cases[] = {
		{ EXPECT_IS, "y", "y" }, { EXPECT_IS, "", "empty" }, { EXPECT_IS_NOT, "y", "not y" },
		{ EXPECT_AT_LEAST, "1", "at least 1" },
		{ EXPECT_AT_MOST, "6.6", "at most 6.6" }, { EXPECT_ONE_OF, "1 2", "one of 1 2" },
		{ EXPECT_CONTAINS, "a", "contains a" },
		{ EXPECT_EXCLUDES, "a", "without a" }, { EXPECT_MATCHES, "^a", "matching ^a" },
		{ EXPECT_EXISTS, "true", "there" },
		{ EXPECT_EXISTS, "false", "not there" },
		{ EXPECT_BITS_CLEAR, "0 out-of-tree", "without bits 0 out-of-tree" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct expect expect;
		struct err err = { "" };

		assert_int_equal(expect_parse(&expect, cases[i].op, cases[i].wanted, bits, &err), 0);
		assert_string_equal(expect_text(*state, &expect), cases[i].text);
		expect_release(&expect);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_arena(test_is),
		test_with_arena(test_order),
		test_with_arena(test_words),
		test_with_arena(test_long_words),
		test_with_arena(test_bits),
		test_with_arena(test_matches),
		test_with_arena(test_matches_bomb),
		test_with_arena(test_exists),
		cmocka_unit_test(test_parse_refuses),
		cmocka_unit_test(test_bits_without_names),
		cmocka_unit_test(test_names),
		test_with_arena(test_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
