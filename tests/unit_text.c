/* SPDX-License-Identifier: Apache-2.0 */
/* Strings: made safe, numbers, versions, lists, globs, distances. */
#include "tests/unit.h"

#include "core/base/text.h"

/* A second opinion on UTF-8, with one branch for each row of the table in RFC 3629: bytes of the character, or 0. */
static size_t well_formed(const unsigned char *s, size_t size)
{
	static const struct {
		unsigned char first[2], second[2], more;
	} rows[] = {
		{ { 0x00, 0x7F }, { 0x00, 0x00 }, 0 }, { { 0xC2, 0xDF }, { 0x80, 0xBF }, 1 }, { { 0xE0, 0xE0 },
		{ 0xA0, 0xBF }, 2 },
		{ { 0xE1, 0xEC }, { 0x80, 0xBF }, 2 }, { { 0xED, 0xED }, { 0x80, 0x9F }, 2 }, { { 0xEE, 0xEF },
		{ 0x80, 0xBF }, 2 },
		{ { 0xF0, 0xF0 }, { 0x90, 0xBF }, 3 }, { { 0xF1, 0xF3 }, { 0x80, 0xBF }, 3 }, { { 0xF4, 0xF4 },
		{ 0x80, 0x8F }, 3 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (s[0] < rows[i].first[0] || s[0] > rows[i].first[1])
			continue;
		if (size <= rows[i].more || (rows[i].more && (s[1] < rows[i].second[0] || s[1] > rows[i].second[1])))
			return 0;
		for (size_t k = 2; k <= rows[i].more; k++)
			if (s[k] < 0x80 || s[k] > 0xBF)
				return 0;
		return 1u + rows[i].more;
	}
	return 0;
}

/* Valid UTF-8 without C0, DEL or C1. */
static void assert_harmless(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;

	for (size_t left = strlen(text), n; left; left -= n, s += n) {
		n = well_formed(s, left);
		if (!n || s[0] < 0x20 || s[0] == 0x7F || (s[0] == 0xC2 && s[1] < 0xA0))
			fail_msg("\"%s\" is harmful at byte %zu", text, strlen(text) - left);
	}
}

static void test_safe_every_byte(void **state)
{
	for (unsigned c = 0; c < 256; c++) {
		char in[3] = { 'a', (char)c, 'z' }, expected[8];
		char *out = text_safe(*state, in, 3, TEXT_MAX);

		if (c == '\n' || c == '\t')
			snprintf(expected, sizeof(expected), "a\\%cz", c == '\n' ? 'n' : 't');
		else if (c < 0x20 || c >= 0x7F)
			snprintf(expected, sizeof(expected), "a\\x%02xz", c);
		else
			snprintf(expected, sizeof(expected), "a%cz", c);
		assert_string_equal(out, expected);
	}
}

static void test_safe_every_pair(void **state)
{
	for (unsigned c = 0; c < 65536; c++) {
		char in[2] = { (char)(c >> 8), (char)c };

		assert_harmless(text_safe(*state, in, 2, TEXT_MAX));
	}
}

static void test_safe_code_points(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "", "" },
		{ "plain ~!\"'<&>\\", "plain ~!\"'<&>\\" },
		{ "\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m" },
		{ "a\r\nb", "a\\x0d\\nb" },
		{ "\xc2\x80", "\\x80" }, { "\xc2\x85", "\\x85" }, { "\xc2\x9b" "31m", "\\x9b31m" },
		{ "\xc2\x9f", "\\x9f" },  /* C1 */
		{ "\xc2\xa0", "\xc2\xa0" },                                         /* no-break space: printable */
		{ "\xc2\xad", "\\xad" },                                            /* soft hyphen */
		{ "\xc3\xa9\xe2\x82\xac\xf0\x9f\x9a\xa2", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x9a\xa2" },   /* é, €, a ship */
		{ "\xd8\x9c", "\\u{61c}" }, { "\xe2\x80\x8b", "\\u{200b}" }, { "\xe2\x80\x8e", "\\u{200e}" },
		{ "\xe2\x80\x8f", "\\u{200f}" },
		{ "\xe2\x80\xa8", "\\u{2028}" }, { "\xe2\x80\xa9", "\\u{2029}" },   /* line and paragraph separator */
		{ "\xe2\x80\xaa", "\\u{202a}" }, { "\xe2\x80\xae", "\\u{202e}" },   /* embedding, override */
		{ "\xe2\x81\xa6", "\\u{2066}" }, { "\xe2\x81\xa9", "\\u{2069}" },   /* isolates */
		{ "\xef\xbb\xbf", "\\u{feff}" },                                    /* byte-order mark */
		{ "\xef\xb7\x90", "\\u{fdd0}" }, { "\xef\xb7\xaf", "\\u{fdef}" },   /* non-characters */
		{ "\xef\xbf\xbe", "\\u{fffe}" }, { "\xef\xbf\xbf", "\\u{ffff}" }, { "\xf0\x9f\xbf\xbe", "\\u{1fffe}" },
		{ "\xf4\x8f\xbf\xbf", "\\u{10ffff}" },
		{ "\xef\xbf\xbd", "\xef\xbf\xbd" },                                 /* the replacement character itself */
		{ "\xf3\xa0\x80\x81", "\\u{e0001}" }, { "\xf3\xa0\x81\xbf", "\\u{e007f}" },   /* tags */
		{ "\xed\xa0\x80", "\\xed\\xa0\\x80" }, { "\xed\xbf\xbf", "\\xed\\xbf\\xbf" },   /* surrogates */
		{ "\xed\x9f\xbf", "\xed\x9f\xbf" }, { "\xee\x80\x80", "\xee\x80\x80" },         /* their neighbours */
		{ "\xc0\xaf", "\\xc0\\xaf" }, { "\xc1\xbf", "\\xc1\\xbf" },         /* overlong */
		{ "\xe0\x80\xaf", "\\xe0\\x80\\xaf" }, { "\xe0\x9f\xbf", "\\xe0\\x9f\\xbf" },
		{ "\xf0\x80\x80\xaf", "\\xf0\\x80\\x80\\xaf" },
		{ "\xf0\x8f\xbf\xbf", "\\xf0\\x8f\\xbf\\xbf" },
		{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" },
		{ "\xf5\x80\x80\x80", "\\xf5\\x80\\x80\\x80" },   /* beyond Unicode */
		{ "\xf8\x88\x80\x80\x80", "\\xf8\\x88\\x80\\x80\\x80" },
		{ "\xe2\x82", "\\xe2\\x82" }, { "\xe2", "\\xe2" }, { "\xe2\x82z", "\\xe2\\x82z" },   /* cut */
		{ "\xf0\x9f\x9a", "\\xf0\\x9f\\x9a" }, { "\x80\xbf", "\\x80\\xbf" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char *out = text_safe(*state, cases[i].in, strlen(cases[i].in), TEXT_MAX);

		assert_string_equal(out, cases[i].out);
		assert_harmless(out);
	}
}

/* The whole of the first plane, in the three-byte form: surrogates and overlong ones among it. */
static void test_safe_first_plane(void **state)
{
	for (uint32_t c = 0; c <= 0xFFFF; c++) {
		char in[3] = { (char)(0xE0 | c >> 12), (char)(0x80 | (c >> 6 & 0x3F)), (char)(0x80 | (c & 0x3F)) };

		assert_harmless(text_safe(*state, in, 3, TEXT_MAX));
		arena_reset(*state);
	}
}

static void test_safe_nul_and_limit(void **state)
{
	char *out;

	assert_string_equal(text_safe(*state, "a\0b", 3, TEXT_MAX), "a\\x00b");
	assert_string_equal(text_safe(*state, "abc", 3, 3), "abc");
	out = text_safe(*state, "abcd", 4, 3);
	assert_string_equal(out, "abc… (4 bytes)");
	assert_string_equal(text_safe(*state, "abcd", 4, 0), "… (4 bytes)");
	assert_string_equal(text_safe(*state, "", 0, 0), "");
	/* never cut inside a character or an escape */
	assert_string_equal(text_safe(*state, "\xe2\x82\xac\xe2\x82\xac", 6, 1), "\xe2\x82\xac… (6 bytes)");
	assert_string_equal(text_safe(*state, "\x01\x02", 2, 1), "\\x01… (2 bytes)");
}

/* A megabyte of anything stays within the limit, the longest escape and the note about the size. */
static void test_safe_large(void **state)
{
	size_t size = 1 << 20;
	char *large = arena_alloc(*state, size), *out;

	for (int c = 0; c < 256; c += 5) {
		memset(large, c, size);
		out = text_safe(*state, large, size, TEXT_MAX);
		assert_harmless(out);
		assert_in_range(strlen(out), TEXT_MAX, TEXT_MAX + 64);
		assert_holds(out, "… (1048576 bytes)");
	}
}

static void test_integer(void **state)
{
	static const struct {
		const char *text;
		int64_t value;
	} good[] = {
		{ "0", 0 }, { "1", 1 }, { "-1", -1 }, { "+5", 5 }, { "007", 7 }, { "08", 8 }, { "0x1f", 31 },
		{ "0XFF", 255 }, { "-0x10", -16 },
		{ "9223372036854775807", INT64_MAX }, { "-9223372036854775808", INT64_MIN },
		{ "0x7fffffffffffffff", INT64_MAX },
	};
	static const char *const bad[] = {
		"", "-", "+", " 1", "1 ", "1\n", "--1", "+-1", "0x", "0xg", "1x", "0b1", "1.0", "1e3", "x", "y",
			"9223372036854775808",
		"-9223372036854775809", "0x8000000000000000", "99999999999999999999999", "- 1", "0x 1", "0x-1", "1,2",
			"\xc2\xb2",
	};
	int64_t value;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		value = 42;
		if (!text_integer(good[i].text, &value) || value != good[i].value)
			fail_msg("\"%s\" was read as %lld", good[i].text, (long long)value);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (text_integer(bad[i], &value))
			fail_msg("\"%s\" was taken for a number", bad[i]);
}

static void test_boolean(void **state)
{
	static const char *const yes[] = { "1", "y", "Y", "yes", "YES", "t", "true", "True", "on", "ON", "On" };
	static const char *const no[] = { "0", "n", "N", "no", "f", "false", "FALSE", "off", "OFF" };
	static const char *const neither[] = { "", " ", "2", "o", "enabled", "auto", "force", "on,nosmt", "-1", "10", "00" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(yes); i++)
		assert_int_equal(text_boolean(yes[i]), 1);
	for (size_t i = 0; i < ARRAY_LEN(no); i++)
		assert_int_equal(text_boolean(no[i]), 0);
	for (size_t i = 0; i < ARRAY_LEN(neither); i++)
		if (text_boolean(neither[i]) != -1)
			fail_msg("\"%s\" was taken for a truth value", neither[i]);
}

static void test_version_compare(void **state)
{
	static const struct {
		const char *a, *b;
		int order;
	} cases[] = {
		{ "6.8", "6.8.12", -1 }, { "6.8", "6.8.0", 0 }, { "6.10", "6.9", 1 }, { "6.1.0-28-amd64", "6.1", 0 },
		{ "6.1.0-28-amd64", "6.1.0-30-amd64", 0 }, { "6.1.0-28-amd64", "6.1.1", -1 },
		{ "6.1.0-28-amd64", "6.2", -1 },
		{ "6.1", "6.1", 0 }, { "10", "9", 1 }, { "5.15.0", "5.15", 0 }, { "4.18.0-553.el8.x86_64", "4.18", 0 },
		{ "6.18.0-rc3", "6.18", 0 }, { "6.18-rc3", "6.17.99", 1 }, { "5.3", "5.2.99", 1 }, { "5.10.149", "5.9", 1 },
		{ "6.6.104.2", "6.6.104", 1 }, { "6.01", "6.1", 0 }, { "6.", "6", 0 }, { "6..1", "6", 0 }, { "", "", 0 },
		{ "", "1", -1 },
		{ "v6", "6", -1 }, { "6+", "6", 0 }, { "6.1_9", "6.1", 0 }, { "0.0.1", "0", 1 },
		{ "18446744073709551615", "1", 1 }, { "6.1.y", "6.1.0", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int there = version_compare(cases[i].a, cases[i].b), back = version_compare(cases[i].b, cases[i].a);

		if ((there > 0) - (there < 0) != cases[i].order || (back > 0) - (back < 0) != -cases[i].order)
			fail_msg("\"%s\" against \"%s\": %d, and back %d", cases[i].a, cases[i].b, there, back);
	}
}

static void test_version_valid(void **state)
{
	(void)state;
	assert_true(version_valid("6.1.0-28-amd64"));
	assert_true(version_valid("6"));
	assert_false(version_valid(""));
	assert_false(version_valid("v6.1"));
	assert_false(version_valid(".1"));
	assert_false(version_valid("-6"));
	assert_false(version_valid("\xd9\xa6.1"));   /* an Arabic six */
}

static void test_trim(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "", "" }, { " ", "" }, { "\r\n\t ", "" }, { "a", "a" }, { " a b\n", "a b" }, { "\n\na\n", "a" },
		{ "a\vb\v", "a\vb\v" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_string_equal(text_trim(arena_strdup(*state, cases[i].in)), cases[i].out);
}

/* The words of the list, each in brackets. */
static char *walk(struct arena *arena, const char *list, const char *separators)
{
	struct buffer out = { .arena = arena };
	size_t n;

	buffer_puts(&out, "");
	for (const char *at = list, *w; (w = list_next(&at, separators, &n));)
		buffer_printf(&out, "[%.*s]", (int)n, w);
	return out.text;
}

static void test_list(void **state)
{
	assert_string_equal(walk(*state, "", ","), "");
	assert_string_equal(walk(*state, ",,,", ","), "");
	assert_string_equal(walk(*state, "a", ","), "[a]");
	assert_string_equal(walk(*state, ",a,,b,", ","), "[a][b]");
	assert_string_equal(walk(*state, "a, b\tc d", ", "), "[a][b\tc][d]");
	assert_string_equal(walk(*state, "one two", ""), "[one two]");
	assert_true(list_has("lockdown,yama,apparmor", ",", "yama"));
	assert_true(list_has("yama", ",", "yama"));
	assert_false(list_has("lockdown,yamalike,apparmor", ",", "yama"));
	assert_false(list_has("lockdown,ya", ",", "yama"));
	assert_false(list_has("", ",", "yama"));
	assert_false(list_has("a,,b", ",", ""));
}

static void test_glob(void **state)
{
	static const struct {
		const char *pattern, *text;
		bool matches;
	} cases[] = {
		{ "", "", true }, { "", "a", false }, { "*", "", true }, { "*", "anything", true }, { "**", "a", true },
		{ "?", "", false },
		{ "?", "a", true }, { "?", "ab", false }, { "a*c", "abbbc", true }, { "a*c", "ac", true },
		{ "a*c", "acb", false },
		{ "sysctl.*", "sysctl.kernel.kptr_restrict", true }, { "sysctl.*", "sysctl", false },
		{ "*kptr*", "sysctl.kernel.kptr_restrict", true },
		{ "a*b*c", "a-b-b-c", true }, { "a*b*c", "a-c-b", false }, { "*a", "aaab", false },
		{ "*ab", "aaab", true }, { "a?c", "abc", true },
		{ "a?c", "a*c", true }, { "[a]", "a", false }, { "[a]", "[a]", true }, { "a", "A", false },
		{ "a\\*", "a*", false }, { "abc", "ab", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		if (text_glob(cases[i].pattern, cases[i].text) != cases[i].matches)
			fail_msg("pattern \"%s\" over \"%s\"", cases[i].pattern, cases[i].text);
}

/* A pattern of many stars takes no exponential time: this would not end. */
static void test_glob_bomb(void **state)
{
	char text[20001], pattern[401];

	(void)state;
	memset(text, 'a', 20000);
	text[20000] = '\0';
	for (size_t i = 0; i < 400; i += 2)
		memcpy(pattern + i, "*a", 2);
	pattern[399] = 'b';
	pattern[400] = '\0';
	assert_false(text_glob(pattern, text));
}

static void test_distance(void **state)
{
	char longest[64], longer[65];

	(void)state;
	assert_int_equal(text_distance("", ""), 0);
	assert_int_equal(text_distance("", "abc"), 3);
	assert_int_equal(text_distance("abc", ""), 3);
	assert_int_equal(text_distance("kitten", "sitting"), 3);
	assert_int_equal(text_distance("severity", "severtiy"), 1);
	assert_int_equal(text_distance("audti", "audit"), 1);
	assert_int_equal(text_distance("ab", "ba"), 1);
	assert_int_equal(text_distance("hgih", "high"), 1);
	assert_int_equal(text_distance("abcd", "badc"), 2);
	assert_int_equal(text_distance("acb", "bca"), 2);
	assert_int_equal(text_distance("at-least", "atleast"), 1);
	assert_int_equal(text_distance("same", "same"), 0);
	memset(longest, 'a', 63);
	longest[63] = '\0';
	memset(longer, 'a', 64);
	longer[64] = '\0';
	assert_int_equal(text_distance(longest, longest), 0);
	assert_int_equal(text_distance(longest, "b"), 63);
	assert_int_equal(text_distance(longer, longer), 63);   /* too long to be near anything */
}

static void test_buffer(void **state)
{
	struct buffer b = { .arena = *state };

	assert_null(b.text);
	for (int i = 0; i < 1000; i++)
		buffer_printf(&b, "%d,", i % 10);
	assert_int_equal(b.size, 2000);
	assert_int_equal(strlen(b.text), 2000);
	buffer_printf(&b, "%0700d", 7);   /* longer than what is formatted on the stack */
	assert_int_equal(b.size, 2700);
	assert_int_equal(b.text[2699], '7');
	assert_int_equal(b.text[2700], '\0');
}

/* Each line once, the last one also without a line break, and what is too long cut, not lost. */
static void test_lines(void **state)
{
	auto_free char *text = xmalloc(20000);
	const char *rest = text;
	struct text_line line;

	(void)state;
	memcpy(text, "one\n\n", 5);
	memset(text + 5, 'x', 10000);
	memcpy(text + 10005, "\nlast", sizeof("\nlast"));
	assert_true(text_next_line(&line, &rest));
	assert_string_equal(line.text, "one");
	assert_int_equal(line.size, 3);
	assert_true(text_next_line(&line, &rest));
	assert_string_equal(line.text, "");
	assert_true(text_next_line(&line, &rest));
	assert_int_equal(line.size, sizeof(line.text) - 1);
	assert_int_equal(strspn(line.text, "x"), line.size);
	assert_true(text_next_line(&line, &rest));
	assert_string_equal(line.text, "last");
	assert_false(text_next_line(&line, &rest));
	rest = "";
	assert_false(text_next_line(&line, &rest));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_arena(test_safe_every_byte),
		test_with_arena(test_safe_every_pair),
		test_with_arena(test_safe_code_points),
		test_with_arena(test_safe_first_plane),
		test_with_arena(test_safe_nul_and_limit),
		test_with_arena(test_safe_large),
		cmocka_unit_test(test_integer),
		cmocka_unit_test(test_boolean),
		cmocka_unit_test(test_version_compare),
		cmocka_unit_test(test_version_valid),
		test_with_arena(test_trim),
		test_with_arena(test_list),
		cmocka_unit_test(test_glob),
		cmocka_unit_test(test_glob_bomb),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_distance),
		test_with_arena(test_buffer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
