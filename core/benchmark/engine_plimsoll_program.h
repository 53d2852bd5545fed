/* SPDX-License-Identifier: Apache-2.0 */
/* What a check in our language becomes: a tree of tests. Shared by the two files of the engine; nobody else includes this. */
#ifndef CORE_ENGINE_PLIMSOLL_PROGRAM_H
#define CORE_ENGINE_PLIMSOLL_PROGRAM_H

#include "core/benchmark/check.h"
#include "core/benchmark/engine.h"

enum { EXPECTS = 4 };

enum node_kind { NODE_TEST, NODE_COMBINE, NODE_NOT };

/* An attribute as written, kept until the profile's values are known. */
struct attribute {
	const char *name, *text;
	int param;                   /* index of the check's parameter, or -1 */
	enum expect_op op;           /* where it is a comparison */
};

struct node {
	enum node_kind kind;
	enum operator operator;
	struct node *children, *next;
	const char *kernel, *arch, *cpu;   /* guards, or NULL */
	unsigned line;

	/* NODE_TEST */
	const struct check *check;
	struct attribute *attributes;
	size_t n_attributes;
	struct params params;
	struct expect *expects;
	size_t n_expects;
	const char *expected;        /* all of them in words, under the values that are bound */
	enum outcome absent;
	enum outcome otherwise;      /* what a comparison that does not hold means; FAIL unless said */
};

struct export {
	const char *name, *value_id;
	unsigned line;
};

struct program {
	struct node *root;
	struct export *exports;
	size_t n_exports;
};

/* As struct engine wants them. */
enum outcome program_judge(const void *program, const struct subject *subject, struct evidences *evidence);
void program_describe(const void *program, struct buffer *out);

#endif
