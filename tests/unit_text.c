/* SPDX-License-Identifier: Apache-2.0 */
/* Strings: made safe, numbers, versions, lists, globs, distances. */
#include "tests/unit.h"

#include "core/text.h"

/* A second opinion on UTF-8, with one branch for each row of the table in RFC 3629: bytes of the character, or 0. */
static size_t well_formed(const unsigned char *s, size_t size)
{
	static const struct {
		unsigned char first[2], second[2], more;
	} rows[] = {
		{ { 0x00, 0x7F }, { 0x00, 0x00 }, 0 }, { { 0xC2, 0xDF }, { 0x80, 0xBF }, 1 }, { { 0xE0, 0xE0 }, { 0xA0, 0xBF }, 2 },
		{ { 0xE1, 0xEC }, { 0x80, 0xBF }, 2 }, { { 0xED, 0xED }, { 0x80, 0x9F }, 2 }, { { 0xEE, 0xEF }, { 0x80, 0xBF }, 2 },
		{ { 0xF0, 0xF0 }, { 0x90, 0xBF }, 3 }, { { 0xF1, 0xF3 }, { 0x80, 0xBF }, 3 }, { { 0xF4, 0xF4 }, { 0x80, 0x8F }, 3 },
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
		{ "\xc2\x80", "\\x80" }, { "\xc2\x85", "\\x85" }, { "\xc2\x9b" "31m", "\\x9b31m" }, { "\xc2\x9f", "\\x9f" },  /* C1 */
		{ "\xc2\xa0", "\xc2\xa0" },                                         /* no-break space: printable */
		{ "\xc2\xad", "\\xad" },                                            /* soft hyphen */
		{ "\xc3\xa9\xe2\x82\xac\xf0\x9f\x9a\xa2", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x9a\xa2" },   /* é, €, a ship */
		{ "\xd8\x9c", "\\u{61c}" }, { "\xe2\x80\x8b", "\\u{200b}" }, { "\xe2\x80\x8e", "\\u{200e}" }, { "\xe2\x80\x8f", "\\u{200f}" },
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
		{ "\xe0\x80\xaf", "\\xe0\\x80\\xaf" }, { "\xe0\x9f\xbf", "\\xe0\\x9f\\xbf" }, { "\xf0\x80\x80\xaf", "\\xf0\\x80\\x80\\xaf" },
		{ "\xf0\x8f\xbf\xbf", "\\xf0\\x8f\\xbf\\xbf" },
		{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" }, { "\xf5\x80\x80\x80", "\\xf5\\x80\\x80\\x80" },   /* beyond Unicode */
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

/* Every code point there is: harmless, and letters of all scripts untouched. */
static void test_safe_all_of_unicode(void **state)
{
	for (uint32_t c = 0x800; c <= 0x10FFFF; c++) {
		char in[4] = { (char)(0xE0 | c >> 12), (char)(0x80 | (c >> 6 & 0x3F)), (char)(0x80 | (c & 0x3F)), 0 };
		size_t n = 3;
		struct arena *arena = NULL;

		(void)state;
		if (c > 0xFFFF) {
			in[0] = (char)(0xF0 | c >> 18);
			in[1] = (char)(0x80 | (c >> 12 & 0x3F));
			in[2] = (char)(0x80 | (c >> 6 & 0x3F));
			in[3] = (char)(0x80 | (c & 0x3F));
			n = 4;
			if (c & 0xFF00 && c < 0x10FF00 && (c & 0xFF) == 0x10)
				c += 0xE0;   /* one row of each block is enough up there */
		}
		arena = (c & 0xFFF) == 0 || !arena ? arena_new() : arena;
		assert_harmless(text_safe(arena, in, n, TEXT_MAX));
		arena_free(arena);
	}
}
