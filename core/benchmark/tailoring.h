/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tailoring: an XCCDF 1.2 document of its own that holds Profiles for a benchmark, each of which mostly extends one of the benchmark's.
 * SCAP Workbench and autotailor write them. Read alone first, then joined with the benchmark that it is for.
 */
#ifndef CORE_TAILORING_H
#define CORE_TAILORING_H

#include "core/benchmark/benchmark.h"

struct tailoring {
	struct benchmark document;     /* its path, id, version and profiles; nothing else is in it */
	const char *time;              /* of its version, as it says it; NULL: an earlier report that does not tell */
	const char *benchmark_id;      /* what it says that it is for; or NULL, as the next */
	const char *benchmark_href;
};

/*
 * Reads the first XCCDF 1.2 Tailoring of the file. Refused as benchmark_read() refuses; with a listener, it is told of every mistake
 * that reading can go on behind. Returns 0, or -errno with "FILE:LINE: what"; -ENOMSG where there is no Tailoring in it.
 */
int tailoring_read(struct tailoring **ret, const char *path, const struct benchmark_listener *listener, struct err *err);
void tailoring_free(struct tailoring *tailoring);

/*
 * Which of the n benchmarks it is for: the one whose id or file name it gives, else the one that has most of what its profiles name.
 * NULL: none of them.
 */
const struct benchmark *tailoring_benchmark(const struct tailoring *tailoring, struct benchmark *const *benchmarks, size_t n);

/*
 * Finds what its profiles extend and set, in the benchmark, which must outlive it: what is not there, and a text that a Value does not
 * take, is a mistake. Returns 0, or -EINVAL with "FILE:LINE: what, did you mean …".
 */
int tailoring_join(struct tailoring *tailoring, const struct benchmark *benchmark, const struct benchmark_listener *listener, struct err *err);

#define auto_tailoring __attribute__((cleanup(tailoring_free_)))
static inline void tailoring_free_(struct tailoring **tailoring)
{
	tailoring_free(*tailoring);
}

#endif
