/* SPDX-License-Identifier: Apache-2.0 */
/* A benchmark as the document that it was read from, with room for the results of an audit. */
#ifndef CORE_BENCHMARK_DOCUMENT_H
#define CORE_BENCHMARK_DOCUMENT_H

#include "core/benchmark/benchmark.h"

/* The Benchmark element as UTF-8 text, in two parts. XCCDF's TestResult elements stand between them. */
struct benchmark_document {
	const char *head, *tail;
};

/*
 * The element is as it was read, also out of a data stream, but for TestResult elements of others, and for a signature, which would be one of
 * another document. Returns 0, or -errno with a sentence: -ENOENT where the document is not at hand.
 */
int benchmark_document(struct benchmark_document *ret, const struct benchmark *benchmark, struct arena *arena, struct err *err);

#endif
