/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a file in checks/ exports: a descriptor with its parameters and the function that observes. A check observes; it
 * does not judge. The descriptor is the single source of the check's name, parameters and reference text: the benchmark
 * reader, `plimsoll list checks`, the schema of the vocabulary and plimsoll-benchmark(7) are all made from it.
 */
#ifndef CORE_CHECK_H
#define CORE_CHECK_H

#include "core/benchmark/expect.h"
#include "core/subject/subject.h"

enum { CHECK_PARAMS = 14 };   /* at most, with the ending row */

enum param_type { PARAM_STRING, PARAM_BOOLEAN, PARAM_WORD };

enum { OPTIONAL = 0, REQUIRED = 1 };

struct param {
	const char *name;
	enum param_type type;
	bool required;
	const char *help;
	const char *words;       /* PARAM_WORD: the words allowed, separated by spaces */
};

/* The values of one test's parameters, in the order of the descriptor's table; NULL where none was given. */
struct params {
	const struct check *check;
	const char *values[CHECK_PARAMS];
};

struct check {
	const char *name;
	const char *summary;     /* "a kernel parameter under /proc/sys" */
	const char *reference;   /* a paragraph or two for the manual: what is read, what the values mean, sources */
	unsigned subjects;       /* SUBJECT_HOST | SUBJECT_CONTAINER */
	struct param params[CHECK_PARAMS];
	const struct bit_name *bits;   /* names of the bits, where the value is a mask; ends with a NULL name */

	/* Adds at least one item. May not fail: what went wrong is the state of an item. */
	void (*observe)(const struct subject *subject, const struct params *params, struct items *items);
};

/* The parameter's value, or NULL where the benchmark gave none. A name that the check does not declare is a bug. */
const char *params_get(const struct params *params, const char *name);

/* The parameter is given and is the word "true". */
bool params_true(const struct params *params, const char *name);

/* The check of that name in a table ended by NULL, or NULL. */
const struct check *check_find(const struct check *const *checks, const char *name);

#endif
