/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The TestResult element of XCCDF 1.2: what one benchmark gave on one host and its containers. A rule of a container has a rule-result per
 * container, with the container as its instance.
 *
 * Where failures are waived there are two. The whole one has each of them as informational, which does not count, with a message of who accepts it.
 * Before it stands one of them alone, each overridden from fail by the owner of its waiver: the schematron rules that come with OpenSCAP take an override
 * only where every result of a TestResult has one.
 */
#ifndef REPORTS_TEST_RESULT_H
#define REPORTS_TEST_RESULT_H

#include "core/audit/audit.h"
#include "core/base/err.h"
#include "reports/xml.h"

struct test_result {
	const struct audit *audit;
	const struct host_facts *host;
	const struct policy *policy;
	size_t benchmark;          /* index among those of the set */
	bool waived;               /* of waived failures alone */
	const char *id;            /* xccdf_org.plimsoll_testresult_web01_kernel, …_kernel_waived; no other of the set has it */
};

/* All that an audit gave, by benchmark, then by host. */
struct test_results {
	const struct benchmark **benchmarks;   /* that differ, in the order of the audit */
	size_t n_benchmarks;
	struct test_result *list;
	size_t n;
};

/*
 * At least one. Returns 0, or -errno with a sentence: -ENODATA, none was judged; -EINVAL, hosts were judged by documents that differ though they
 * have the same id and version, so that nobody could tell which is meant.
 */
int test_results_of(struct test_results *ret, const struct audit *audit, struct arena *arena, struct err *err);

/* Writes the element. `href` is where its Benchmark stands. */
void test_result_write(struct xml_out *xml, const struct test_result *result, const char *href);

/* What a name may have in an xs:NCName behind its beginning: other characters become "-". "localhost" for no name. */
char *test_result_name(struct arena *arena, const char *name);

#endif
