/* SPDX-License-Identifier: Apache-2.0 */
/*
 * XCCDF 1.2: the benchmark as it was read, with a TestResult per host in it, for the tools of SCAP: they show results and make fixes only
 * together with the rules. A document holds one benchmark.
 */
#include "reports/formats.h"

#include "core/benchmark/benchmark_document.h"
#include "reports/test_result.h"
#include "reports/view.h"

#include <errno.h>

static int takes(size_t n_benchmarks, struct err *err)
{
	if (n_benchmarks == 1)
		return 0;
	return err_set(err, EINVAL, "an XCCDF document holds one benchmark, and these results are of %zu; choose one with --benchmark, or write arf, "
		       "which holds them all", n_benchmarks);
}

static bool is_named(const struct benchmark *b, const struct format_options *options)
{
	for (const char *const *name = options->benchmarks; name && *name; name++)
		if (streq(*name, b->short_id) || streq(*name, b->path))
			return true;
	return false;
}

/* Of several those that --benchmark names: an earlier audit is of all of them, and one can be written. */
static int choose(const struct test_results *set, const struct format_options *options, size_t *index, struct err *err)
{
	size_t n = 0;

	*index = 0;
	for (size_t i = 0; i < set->n_benchmarks; i++) {
		if (!is_named(set->benchmarks[i], options))
			continue;
		*index = i;
		n++;
	}
	return takes(n ? n : set->n_benchmarks, err);
}

static int write_report(const struct audit *audit, const struct format_options *options, FILE *file, struct err *err)
{
	auto_arena struct arena *arena = arena_new();
	struct test_results set;
	struct benchmark_document document;
	auto_xml_out struct xml_out *xml = NULL;
	size_t chosen = 0;
	int rc = test_results_of(&set, audit, arena, err);

	if (rc == 0)
		rc = choose(&set, options, &chosen, err);
	if (rc == 0)
		rc = benchmark_document(&document, set.benchmarks[chosen], arena, err);
	if (rc < 0)
		return rc;
	xml = xml_out_new(file);
	xml_out_raw(xml, document.head);
	for (size_t i = 0; i < set.n; i++)
		if (set.list[i].benchmark == chosen)
			test_result_write(xml, &set.list[i], view_uri(arena, set.benchmarks[chosen]->path));
	xml_out_raw(xml, document.tail);
	xml_out_raw(xml, "\n");
	return xml_out_finish(xml, err);
}

const struct format format_xccdf = {
	.name = "xccdf",
	.summary = "XCCDF 1.2, for SCAP tools: one benchmark, with its results in it",
	.mime = "application/xml",
	.explains = true,
	.takes = takes,
	.write = write_report,
};
