/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The comparison between an item and what a benchmark wants: one vocabulary for all checks, and pure.
 * A row of the table below is an attribute of a check element in a benchmark.
 */
#ifndef CORE_EXPECT_H
#define CORE_EXPECT_H

#include "core/base/err.h"
#include "core/benchmark/outcome.h"
#include "core/source/item.h"

enum expect_op {
	EXPECT_IS, EXPECT_IS_NOT, EXPECT_AT_LEAST, EXPECT_AT_MOST, EXPECT_ONE_OF, EXPECT_CONTAINS, EXPECT_EXCLUDES,
	EXPECT_SUBSET_OF, EXPECT_MATCHES, EXPECT_BITS_SET, EXPECT_BITS_CLEAR, EXPECT_EXISTS, EXPECT_OPS,
};

/* A bit of an ITEM_BITS item and its name ("forced-load"), for bits-set, bits-clear and for what is shown. */
struct bit_name {
	unsigned bit;
	const char *name;
};

/* A part of a longer text. */
struct word {
	const char *text;
	size_t size;
};

struct expect {
	enum expect_op op;
	const char *wanted;      /* as written in the benchmark */
	int64_t number;          /* at-least, at-most on numbers; bits-set, bits-clear: the mask; exists: 1 or 0 */
	bool is_number;
	/* freed by expect_release() */
	void *regex;             /* matches: the compiled pcre2_code */
	struct word *words;      /* excludes, subset-of: what is wanted, sorted; else NULL */
	size_t n_words;
};

/* The attribute of each comparison, and one line of help for the reference pages. */
const char *expect_op_name(enum expect_op op);
const char *expect_op_help(enum expect_op op);

/* EXPECT_OPS for a name that is none. */
enum expect_op expect_op_of(const char *name);

/* Read what is wanted. `bits` may be NULL, else ends with a NULL name. Returns 0, or -EINVAL with a sentence. */
int expect_parse(struct expect *expect, enum expect_op op, const char *wanted, const struct bit_name *bits,
		 struct err *err);
void expect_release(struct expect *expect);

/* Judge a present item. Error where the comparison makes no sense for the value (at-least on a word). */
enum outcome expect_judge(const struct expect *expect, const struct item *item);

/* The words of a set that should not be there, or are missing ("not wanted: CAP_SYS_ADMIN"); NULL where none is at fault, and for other comparisons. */
char *expect_offenders(struct arena *arena, const struct expect *expect, const struct item *item);

/* "at least 1", "one of 1 2", for reports. */
char *expect_text(struct arena *arena, const struct expect *expect);

/* The mask with the names of its bits: "4096 (out-of-tree)". */
char *expect_bits_text(struct arena *arena, uint64_t mask, const struct bit_name *bits);

#endif
