/* SPDX-License-Identifier: Apache-2.0 */
#include "core/benchmark/expect.h"

#include "core/base/text.h"

#include <errno.h>
#include <inttypes.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define SEPARATORS ", \t\n"

static const struct {
	const char *name, *phrase, *help;
} ops[EXPECT_OPS] = {
	[EXPECT_IS]         = { "is", "", "the value is this one; two numbers are compared as numbers" },
	[EXPECT_IS_NOT]     = { "is-not", "not ", "the value is another one" },
	[EXPECT_AT_LEAST]   = { "at-least", "at least ", "the number or version is this one or higher" },
	[EXPECT_AT_MOST]    = { "at-most", "at most ", "the number or version is this one or lower" },
	[EXPECT_ONE_OF]     = { "one-of", "one of ", "the value is one of these words, separated by spaces" },
	[EXPECT_CONTAINS]   = { "contains", "contains ", "the set holds every one of these words" },
	[EXPECT_EXCLUDES]   = { "excludes", "without ", "the set holds none of these words" },
	[EXPECT_SUBSET_OF]  = { "subset-of", "nothing but ", "the set holds no other words than these" },
	[EXPECT_MATCHES]    = { "matches", "matching ", "the value matches this Perl-compatible regular expression" },
	[EXPECT_BITS_SET]   = { "bits-set", "with bits ", "all of these bits are set; by number or name" },
	[EXPECT_BITS_CLEAR] = { "bits-clear", "without bits ", "none of these bits is set; by number or name" },
	[EXPECT_EXISTS]     = { "exists", "", "true: it is there, whatever its value; false: it is not there" },
};

const char *expect_op_name(enum expect_op op)
{
	return ops[op].name;
}

const char *expect_op_help(enum expect_op op)
{
	return ops[op].help;
}

enum expect_op expect_op_of(const char *name)
{
	enum expect_op op = 0;

	while (op < EXPECT_OPS && !streq(ops[op].name, name))
		op++;
	return op;
}

/* ---- reading ---- */

static int parse_bits(struct expect *expect, const struct bit_name *bits, struct err *err)
{
	size_t n;

	for (const char *at = expect->wanted, *w; (w = list_next(&at, SEPARATORS, &n));) {
		char word[64] = "";
		int64_t bit;

		if (n < sizeof(word))
			memcpy(word, w, n);
		if (!text_integer(word, &bit)) {
			const struct bit_name *b = bits;

			while (b && b->name && !streq(b->name, word))
				b++;
			if (!b || !b->name)
				return err_set(err, EINVAL, "'%.*s' is neither a bit number nor the name of one", (int)n, w);
			bit = b->bit;
		}
		if (bit < 0 || bit > 63)
			return err_set(err, EINVAL, "there is no bit %" PRId64 ", only 0 to 63", bit);
		expect->number |= (int64_t)(UINT64_C(1) << bit);
	}
	return expect->number ? 0 : err_set(err, EINVAL, "names no bit");
}

static int parse_regex(struct expect *expect, struct err *err)
{
	PCRE2_UCHAR message[256];
	PCRE2_SIZE offset;
	int code;

	expect->regex = pcre2_compile((PCRE2_SPTR)expect->wanted, PCRE2_ZERO_TERMINATED, PCRE2_UTF, &code, &offset, NULL);
	if (expect->regex)
		return 0;
	pcre2_get_error_message(code, message, sizeof(message));
	return err_set(err, EINVAL, "not a regular expression, %s at character %zu: '%.80s'",
		       (const char *)message, (size_t)offset + 1, expect->wanted);
}

static int by_word(const void *left, const void *right)
{
	const struct word *a = left, *b = right;

	return a->size != b->size ? (a->size < b->size ? -1 : 1) : memcmp(a->text, b->text, a->size);
}

static int parse_words(struct expect *expect, struct err *err)
{
	struct word word;

	for (const char *at = expect->wanted; (word.text = list_next(&at, SEPARATORS, &word.size));) {
		expect->words = xrealloc(expect->words, (expect->n_words + 1) * sizeof(word));
		expect->words[expect->n_words++] = word;
	}
	if (!expect->n_words)
		return err_set(err, EINVAL, "the list is empty");
	qsort(expect->words, expect->n_words, sizeof(word), by_word);
	return 0;
}

int expect_parse(struct expect *expect, enum expect_op op, const char *wanted, const struct bit_name *bits,
		 struct err *err)
{
	*expect = (struct expect){ .op = op, .wanted = wanted };
	expect->is_number = text_integer(wanted, &expect->number);
	switch (op) {
	case EXPECT_AT_LEAST:
	case EXPECT_AT_MOST:
		if (!expect->is_number && (!version_valid(wanted) || wanted[strspn(wanted, "0123456789.")]))
			return err_set(err, EINVAL, "'%s' is neither a number nor a version", wanted);
		return 0;
	case EXPECT_BITS_SET:
	case EXPECT_BITS_CLEAR:
		expect->number = 0;
		return parse_bits(expect, bits, err);
	case EXPECT_EXISTS:
		if (!streq(wanted, "true") && !streq(wanted, "false"))
			return err_set(err, EINVAL, "'%s' is neither true nor false", wanted);
		expect->number = streq(wanted, "true");
		return 0;
	case EXPECT_MATCHES:
		return parse_regex(expect, err);
	case EXPECT_EXCLUDES:
	case EXPECT_SUBSET_OF:
		return parse_words(expect, err);
	case EXPECT_ONE_OF:
	case EXPECT_CONTAINS:
		return wanted[strspn(wanted, SEPARATORS)] ? 0 : err_set(err, EINVAL, "the list is empty");
	default:
		return 0;
	}
}

void expect_release(struct expect *expect)
{
	pcre2_code_free(expect->regex);
	free(expect->words);
	expect->regex = expect->words = NULL;
}

/* ---- judging ---- */

static enum outcome pass_if(bool good)
{
	return good ? OUTCOME_PASS : OUTCOME_FAIL;
}

static bool item_has_number(const struct item *item)
{
	return item->type == ITEM_INTEGER || item->type == ITEM_BITS;
}

static bool equal(const struct item *item, const char *word, bool is_number, int64_t number)
{
	return item_has_number(item) && is_number ? item->number == number : streq(item->text, word);
}

static enum outcome judge_order(const struct expect *expect, const struct item *item)
{
	int order;

	if (item_has_number(item) && expect->is_number)
		order = item->number < expect->number ? -1 : item->number > expect->number;
	else if (item->type == ITEM_VERSION && version_valid(item->text))
		order = version_compare(item->text, expect->wanted);
	else
		return OUTCOME_ERROR;
	return pass_if(expect->op == EXPECT_AT_LEAST ? order >= 0 : order <= 0);
}

static enum outcome judge_one_of(const struct expect *expect, const struct item *item)
{
	size_t n;

	for (const char *at = expect->wanted, *w; (w = list_next(&at, SEPARATORS, &n));) {
		char word[256] = "";
		int64_t number = 0;
		bool is_number;

		if (n == strlen(item->text) && memcmp(w, item->text, n) == 0)
			return OUTCOME_PASS;
		if (n >= sizeof(word))
			continue;
		memcpy(word, w, n);
		is_number = text_integer(word, &number);
		if (equal(item, word, is_number, number))
			return OUTCOME_PASS;
	}
	return OUTCOME_FAIL;
}

static bool is_wanted(const struct expect *expect, const struct word *word)
{
	return bsearch(word, expect->words, expect->n_words, sizeof(*word), by_word) != NULL;
}

/* The next word of the item, at or behind *at, that is among those wanted; or, with `wanted` false, that is not. False: there is none. */
static bool next_word(const struct expect *expect, const char **at, bool wanted, struct word *word)
{
	while ((word->text = list_next(at, SEPARATORS, &word->size)))
		if (is_wanted(expect, word) == wanted)
			return true;
	return false;
}

static bool any_word(const struct expect *expect, const struct item *item, bool wanted)
{
	const char *at = item->text;
	struct word word;

	return next_word(expect, &at, wanted, &word);
}

/* The next word wanted that the item lacks. */
static bool next_missing(const struct item *item, const char **at, struct word *word)
{
	while ((word->text = list_next(at, SEPARATORS, &word->size)))
		if (!list_has_part(item->text, SEPARATORS, word->text, word->size))
			return true;
	return false;
}

static bool any_missing(const struct expect *expect, const struct item *item)
{
	const char *at = expect->wanted;
	struct word word;

	return next_missing(item, &at, &word);
}

static enum outcome judge_regex(const struct expect *expect, const struct item *item)
{
	pcre2_match_context *limits = pcre2_match_context_create(NULL);
	pcre2_match_data *match = pcre2_match_data_create_from_pattern(expect->regex, NULL);
	int rc = PCRE2_ERROR_NOMEMORY;

	if (limits && match) {
		pcre2_set_match_limit(limits, 100000);
		rc = pcre2_match(expect->regex, (PCRE2_SPTR)item->text, strlen(item->text), 0, 0, match, limits);
	}
	pcre2_match_data_free(match);
	pcre2_match_context_free(limits);
	return rc >= 0 ? OUTCOME_PASS : rc == PCRE2_ERROR_NOMATCH ? OUTCOME_FAIL : OUTCOME_ERROR;
}

enum outcome expect_judge(const struct expect *expect, const struct item *item)
{
	switch (expect->op) {
	case EXPECT_IS:
		return pass_if(equal(item, expect->wanted, expect->is_number, expect->number));
	case EXPECT_IS_NOT:
		/* a word where a number should stand is not understood, rather than another number */
		if (expect->is_number && item->type == ITEM_STRING)
			return OUTCOME_ERROR;
		return pass_if(!equal(item, expect->wanted, expect->is_number, expect->number));
	case EXPECT_AT_LEAST:
	case EXPECT_AT_MOST:
		return judge_order(expect, item);
	case EXPECT_ONE_OF:
		return judge_one_of(expect, item);
	case EXPECT_CONTAINS:
		return pass_if(!any_missing(expect, item));
	case EXPECT_EXCLUDES:
		return pass_if(!any_word(expect, item, true));
	case EXPECT_SUBSET_OF:
		return pass_if(!any_word(expect, item, false));
	case EXPECT_MATCHES:
		return judge_regex(expect, item);
	case EXPECT_BITS_SET:
		return item_has_number(item) ? pass_if((item->number & expect->number) == expect->number) : OUTCOME_ERROR;
	case EXPECT_BITS_CLEAR:
		return item_has_number(item) ? pass_if((item->number & expect->number) == 0) : OUTCOME_ERROR;
	case EXPECT_EXISTS:
		return pass_if(expect->number == 1);
	case EXPECT_OPS:
		break;
	}
	return OUTCOME_ERROR;
}

char *expect_offenders(struct arena *arena, const struct expect *expect, const struct item *item)
{
	bool missing = expect->op == EXPECT_CONTAINS, wanted = expect->op == EXPECT_EXCLUDES;
	const char *at = missing ? expect->wanted : item->text;
	struct buffer words = { .arena = arena };
	struct word word;

	if (!missing && !wanted && expect->op != EXPECT_SUBSET_OF)
		return NULL;
	while (missing ? next_missing(item, &at, &word) : next_word(expect, &at, wanted, &word)) {
		buffer_puts(&words, words.size ? " " : missing ? "missing: " : "not wanted: ");
		buffer_add(&words, word.text, word.size);
	}
	return words.text;
}

/* Lists are broken into lines in benchmarks. */
static char *one_line(struct arena *arena, const char *text)
{
	struct buffer out = { .arena = arena };
	size_t n;

	for (const char *at = text, *w; (w = list_next(&at, " \t\n", &n));)
		buffer_word(&out, w, n);
	return out.text;
}

char *expect_text(struct arena *arena, const struct expect *expect)
{
	if (expect->op == EXPECT_EXISTS)
		return arena_strdup(arena, expect->number ? "there" : "not there");
	if (*expect->wanted == '\0')
		return arena_printf(arena, "%sempty", ops[expect->op].phrase);
	if (expect->op >= EXPECT_ONE_OF && expect->op <= EXPECT_SUBSET_OF)
		return arena_printf(arena, "%s%s", ops[expect->op].phrase, one_line(arena, expect->wanted));
	return arena_printf(arena, "%s%s", ops[expect->op].phrase, expect->wanted);
}

char *expect_bits_text(struct arena *arena, uint64_t mask, const struct bit_name *bits)
{
	struct buffer out = { .arena = arena };
	const char *separator = " (";

	buffer_printf(&out, "%" PRIu64, mask);
	for (const struct bit_name *b = bits; b && b->name; b++) {
		if (mask >> b->bit & 1) {
			buffer_printf(&out, "%s%s", separator, b->name);
			separator = ", ";
		}
	}
	if (separator[0] == ',')
		buffer_puts(&out, ")");
	return out.text;
}
