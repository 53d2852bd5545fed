/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Asset Reporting Format 1.1: benchmarks, hosts and results in one document, and which belongs to which. A benchmark stands as it is, not in a
 * data stream: that has to hold a component of checks, which no benchmark of ours has, and oscap makes no fixes out of one that has none.
 */
#include "reports/formats.h"

#include "core/benchmark/benchmark_document.h"
#include "reports/test_result.h"
#include "reports/view.h"

#define ARF_NAMESPACE    "http://scap.nist.gov/schema/asset-reporting-format/1.1"
#define ASSET_NAMESPACE  "http://scap.nist.gov/schema/asset-identification/1.1"
#define CORE_NAMESPACE   "http://scap.nist.gov/schema/reporting-core/1.1"
#define RELATIONS        "http://scap.nist.gov/specifications/arf/vocabulary/relationships/1.0#"

struct arf {
	struct xml_out *xml;
	struct arena *arena;
	const struct audit *audit;
	const struct test_results *set;
	const struct benchmark_document *documents;   /* by benchmark */
};

/* ---- names ---- */

static const char *request_id(const struct arf *a, size_t benchmark)
{
	return arena_printf(a->arena, "request-%zu", benchmark + 1);
}

static const char *asset_id(const struct arf *a, const struct host_facts *host)
{
	return arena_printf(a->arena, "asset-%zu", (size_t)(host - a->audit->hosts) + 1);
}

static const char *report_id(const struct arf *a, size_t result)
{
	return arena_printf(a->arena, "report-%zu", result + 1);
}

/* ---- what belongs to what ---- */

static void write_relation(const struct arf *a, const char *type, size_t result, const char *to)
{
	xml_out_start(a->xml, "core:relationship");
	xml_out_attribute(a->xml, "type", type);
	xml_out_attribute(a->xml, "subject", report_id(a, result));
	xml_out_element(a->xml, "core:ref", to);
	xml_out_end(a->xml);
}

static void write_relations(const struct arf *a)
{
	if (!a->set->n)
		return;
	xml_out_start(a->xml, "core:relationships");
	xml_out_attribute(a->xml, "xmlns:arfvocab", RELATIONS);
	for (size_t i = 0; i < a->set->n; i++) {
		write_relation(a, "arfvocab:createdFor", i, request_id(a, a->set->list[i].benchmark));
		write_relation(a, "arfvocab:isAbout", i, asset_id(a, a->set->list[i].host));
	}
	xml_out_end(a->xml);
}

/* ---- benchmarks ---- */

static void write_request(const struct arf *a, size_t benchmark)
{
	xml_out_start(a->xml, "report-request");
	xml_out_attribute(a->xml, "id", request_id(a, benchmark));
	xml_out_start(a->xml, "content");
	xml_out_raw(a->xml, a->documents[benchmark].head);
	xml_out_raw(a->xml, a->documents[benchmark].tail);
	xml_out_end(a->xml);
	xml_out_end(a->xml);
}

/* ---- hosts ---- */

/* As the schema wants one; what else calls itself a host name is only an id. */
static bool is_host_name(const char *name)
{
	for (const char *c = name; *c; c++)
		if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.", *c) || (*c == '.' && (c == name || c[1] == '.' || !c[1])))
			return false;
	return *name;
}

static void write_asset(const struct arf *a, const struct host_facts *host)
{
	const char *name = host->name && *host->name ? view_safe(a->arena, host->name, VIEW_TEXT_MAX) : "localhost";

	xml_out_start(a->xml, "asset");
	xml_out_attribute(a->xml, "id", asset_id(a, host));
	xml_out_start(a->xml, "ai:computing-device");
	xml_out_start(a->xml, "ai:synthetic-id");
	xml_out_attribute(a->xml, "resource", "urn:plimsoll:asset:host-name");
	xml_out_attribute(a->xml, "id", name);
	xml_out_end(a->xml);
	if (is_host_name(name) && strchr(name, '.'))
		xml_out_element(a->xml, "ai:fqdn", name);
	if (is_host_name(name))
		xml_out_element(a->xml, "ai:hostname", name);
	xml_out_end(a->xml);
	xml_out_end(a->xml);
}

/* ---- the collection ---- */

static void write_report_of(const struct arf *a, size_t result)
{
	const struct test_result *r = &a->set->list[result];

	xml_out_start(a->xml, "report");
	xml_out_attribute(a->xml, "id", report_id(a, result));
	xml_out_start(a->xml, "content");
	test_result_write(a->xml, r, arena_printf(a->arena, "#%s", request_id(a, r->benchmark)));
	xml_out_end(a->xml);
	xml_out_end(a->xml);
}

static void write_collection(const struct arf *a)
{
	xml_out_start(a->xml, "asset-report-collection");
	xml_out_attribute(a->xml, "xmlns", ARF_NAMESPACE);
	xml_out_attribute(a->xml, "xmlns:ai", ASSET_NAMESPACE);
	xml_out_attribute(a->xml, "xmlns:core", CORE_NAMESPACE);
	write_relations(a);
	xml_out_start(a->xml, "report-requests");
	for (size_t i = 0; i < a->set->n_benchmarks; i++)
		write_request(a, i);
	xml_out_end(a->xml);
	xml_out_start(a->xml, "assets");
	for (size_t i = 0; i < a->audit->n_hosts; i++)
		write_asset(a, &a->audit->hosts[i]);
	xml_out_end(a->xml);
	xml_out_start(a->xml, "reports");
	for (size_t i = 0; i < a->set->n; i++)
		write_report_of(a, i);
	xml_out_end(a->xml);
	xml_out_end(a->xml);
}

static int write_report(const struct audit *audit, const struct format_options *options, FILE *file, struct err *err)
{
	auto_arena struct arena *arena = arena_new();
	auto_xml_out struct xml_out *xml = NULL;
	struct benchmark_document *documents;
	struct test_results set;
	struct arf a = { .arena = arena, .audit = audit, .set = &set };
	int rc = test_results_of(&set, audit, arena, err);

	(void)options;
	if (rc < 0)
		return rc;
	documents = arena_array_of(arena, struct benchmark_document, set.n_benchmarks + 1);
	for (size_t i = 0; i < set.n_benchmarks && rc == 0; i++)
		rc = benchmark_document(&documents[i], set.benchmarks[i], arena, err);
	if (rc < 0)
		return rc;
	a.documents = documents;
	a.xml = xml = xml_out_new(file);
	write_collection(&a);
	return xml_out_finish(xml, err);
}

const struct format format_arf = {
	.name = "arf",
	.summary = "Asset Reporting Format 1.1, for SCAP tools: all benchmarks, hosts and results",
	.mime = "application/xml",
	.explains = true,
	.write = write_report,
};
