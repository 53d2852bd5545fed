/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/test_result.h"

#include "core/base/text.h"
#include "core/benchmark/tailoring.h"
#include "core/benchmark/xml.h"
#include "reports/rule_result.h"
#include "reports/view.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <time.h>

/* ---- which there are ---- */

char *test_result_name(struct arena *arena, const char *name)
{
	char *copy = arena_strdup(arena, name && *name ? name : "localhost");

	for (char *c = copy; *c; c++)
		if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-", *c))
			*c = '-';
	return copy;
}

static bool is_version(const struct benchmark *a, const struct benchmark *b)
{
	return streq(a->id, b->id) && streq(a->version ? a->version : "", b->version ? b->version : "");
}

static bool is_document(const struct benchmark *a, const struct benchmark *b)
{
	if (!a->document || !b->document)
		return a->document == b->document;
	return a->document_size == b->document_size && memcmp(a->document, b->document, a->document_size) == 0;
}

/* The index of the benchmark, added where it is new. */
static int benchmark_index(struct test_results *set, const struct benchmark *b, struct arena *arena, size_t *index, struct err *err)
{
	for (*index = 0; *index < set->n_benchmarks; (*index)++) {
		if (!is_version(set->benchmarks[*index], b))
			continue;
		if (is_document(set->benchmarks[*index], b))
			return 0;
		return err_set(err, EINVAL, "%s and %s differ, though both are version '%s' of benchmark '%s'", set->benchmarks[*index]->path, b->path,
			       b->version ? b->version : "", b->short_id);
	}
	arena_push(arena, set->benchmarks, set->n_benchmarks) = b;
	return 0;
}

/* The one that was judged by the policy: of several hosts each has policies of its own. NULL: none of its rules was judged on any. */
static const struct host_facts *host_of(const struct audit *audit, const struct policy *policy)
{
	if (audit->n_hosts == 1)
		return audit->hosts;
	for (size_t i = 0; i < audit->n_subjects; i++) {
		const struct subject_results *s = &audit->subjects[i];

		for (size_t k = 0; k < s->n; k++)
			if (s->policies[k] == policy)
				return s->host;
	}
	return NULL;
}

/* Host and benchmark, as a reader of a collection picks a result by it; two hosts of one name are told apart by a number. */
static const char *id_of(const struct test_results *set, const struct test_result *result, struct arena *arena)
{
	const char *name = arena_printf(arena, "xccdf_org.plimsoll_testresult_%s_%s%s", test_result_name(arena, result->host->name),
					test_result_name(arena, result->policy->benchmark->short_id), result->waived ? "_waived" : "");
	const char *id = name;

	for (unsigned number = 2;; number++) {
		bool taken = false;

		for (size_t i = 0; i < set->n && !taken; i++)
			taken = streq(set->list[i].id, id);
		if (!taken)
			return id;
		id = arena_printf(arena, "%s-%u", name, number);
	}
}

static bool any_waived(const struct test_result *result)
{
	for (size_t i = 0; i < result->audit->n_subjects; i++) {
		const struct subject_results *s = &result->audit->subjects[i];

		for (size_t k = 0; k < s->n && s->host == result->host; k++)
			if (s->policies[k] == result->policy && rule_result_waived(&s->results[k]))
				return true;
	}
	return false;
}

/* The whole one last: that is the one that a reader who is told of none takes. */
static void add_result(struct test_results *set, struct test_result result, struct arena *arena)
{
	for (int waived = any_waived(&result); waived >= 0; waived--) {
		result.waived = waived;
		result.id = id_of(set, &result, arena);
		arena_push(arena, set->list, set->n) = result;
	}
}

int test_results_of(struct test_results *ret, const struct audit *audit, struct arena *arena, struct err *err)
{
	struct test_result *all = arena_array_of(arena, struct test_result, audit->n_policies + 1);
	struct test_results set = { 0 };

	for (size_t i = 0; i < audit->n_policies; i++) {
		int rc;

		all[i] = (struct test_result){ .audit = audit, .host = host_of(audit, audit->policies[i]), .policy = audit->policies[i] };
		rc = all[i].host ? benchmark_index(&set, all[i].policy->benchmark, arena, &all[i].benchmark, err) : 0;
		if (rc < 0)
			return rc;
	}
	for (size_t benchmark = 0; benchmark < set.n_benchmarks; benchmark++) {
		for (size_t i = 0; i < audit->n_policies; i++)
			if (all[i].host && all[i].benchmark == benchmark)
				add_result(&set, all[i], arena);
	}
	if (!set.n)
		return err_set(err, ENODATA, "no rule was judged on any of the hosts");
	*ret = set;
	return 0;
}

/* ---- the head ---- */

struct writing {
	const struct test_result *result;
	struct xml_out *xml;
	struct arena *arena;
};

static const char *safe(const struct writing *w, const char *text)
{
	return view_safe(w->arena, text, VIEW_TEXT_MAX);
}

static const char *time_of(const struct writing *w, int64_t seconds)
{
	return arena_printf(w->arena, "%sZ", view_time(w->arena, seconds));
}

/* Of several hosts only the sum is known of how long they took. */
static int64_t end_of(const struct test_result *result)
{
	double duration = result->audit->n_hosts == 1 ? round(result->audit->duration_ms * 10) / 10000 : 0;

	return result->host->started + (duration > 0 && duration < 1e9 ? (int64_t)ceil(duration) : 0);
}

static void write_start(const struct writing *w)
{
	const struct test_result *r = w->result;
	const struct benchmark *b = r->policy->benchmark;

	xml_out_start(w->xml, "TestResult");
	xml_out_attribute(w->xml, "xmlns", XCCDF_NAMESPACE);
	xml_out_attribute(w->xml, "id", r->id);
	xml_out_attribute(w->xml, "start-time", time_of(w, r->host->started));
	xml_out_attribute(w->xml, "end-time", time_of(w, end_of(r)));
	xml_out_attribute(w->xml, "test-system", arena_printf(w->arena, "cpe:/a:plimsoll:plimsoll:%s", view_tool_version()));
	if (b->version && *b->version)
		xml_out_attribute(w->xml, "version", safe(w, b->version));
}

/* As the schema wants one; out of a report that somebody else wrote it may be anything. */
static bool is_name(const char *id)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789.-";

	return *id && strspn(id, letters) == strlen(id) && (strchr("_", *id) || isalpha((unsigned char)*id));
}

/* 2026-11-23T18:22:00, with a fraction and a zone or without */
static bool is_time(const char *text)
{
	static const char form[] = "0000-00-00T00:00:00";
	struct tm tm = { 0 };

	for (size_t i = 0; i < strlen(form); i++)
		if (form[i] == '0' ? !isdigit((unsigned char)text[i]) : text[i] != form[i])
			return false;
	text = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
	if (text && *text == '.')
		text += 1 + strspn(text + 1, "0123456789");
	return text && (!*text || streq(text, "Z") || (strchr("+-", *text) && strlen(text) == 6 && text[3] == ':' && strspn(text + 1, "0123456789:") == 5));
}

/* The profile is of that document; without its id and time, which its schema wants, no reader could tell which is meant. */
static void write_tailoring(const struct writing *w)
{
	const struct tailoring *t = w->result->policy->tailoring;

	if (!t || !is_name(t->document.id) || !t->time || !is_time(t->time))
		return;
	xml_out_start(w->xml, "tailoring-file");
	xml_out_attribute(w->xml, "href", view_uri(w->arena, t->document.path));
	xml_out_attribute(w->xml, "id", t->document.id);
	xml_out_attribute(w->xml, "version", t->document.version ? safe(w, t->document.version) : "");
	xml_out_attribute(w->xml, "time", t->time);
	xml_out_end(w->xml);
}

static void write_fact(const struct writing *w, const char *name, const char *type, const char *value)
{
	if (!value || !*value)
		return;
	xml_out_start(w->xml, "fact");
	xml_out_attribute(w->xml, "name", name);
	xml_out_attribute(w->xml, "type", type);
	xml_out_text(w->xml, safe(w, value));
	xml_out_end(w->xml);
}

static void write_target(const struct writing *w)
{
	const struct host_facts *host = w->result->host;

	if (host->live) {
		xml_out_start(w->xml, "identity");
		xml_out_attribute(w->xml, "authenticated", "true");
		xml_out_attribute(w->xml, "privileged", host->ordinary ? "false" : "true");
		xml_out_text(w->xml, host->ordinary ? "an ordinary user" : "root");
		xml_out_end(w->xml);
	}
	if (w->result->policy->profile) {
		xml_out_start(w->xml, "profile");
		xml_out_attribute(w->xml, "idref", w->result->policy->profile->id);
		xml_out_end(w->xml);
	}
	xml_out_element(w->xml, "target", host->name && *host->name ? safe(w, host->name) : "localhost");
	xml_out_start(w->xml, "target-facts");
	write_fact(w, "urn:xccdf:fact:asset:identifier:host_name", "string", host->name);
	write_fact(w, "urn:plimsoll:fact:os", "string", host->os);
	write_fact(w, "urn:plimsoll:fact:kernel", "string", host->kernel);
	write_fact(w, "urn:plimsoll:fact:architecture", "string", host->arch);
	write_fact(w, "urn:plimsoll:fact:root", "string", host->root);
	write_fact(w, "urn:plimsoll:fact:live", "boolean", host->live ? "true" : "false");
	xml_out_end(w->xml);
}

/* The kernel, as the dictionary of platforms calls it. How it calls the distribution not every system says. */
static void write_platform(const struct writing *w)
{
	const char *kernel = w->result->host->kernel;
	size_t n = kernel ? strspn(kernel, "0123456789.") : 0;

	if (!n)
		return;
	xml_out_start(w->xml, "platform");
	xml_out_attribute(w->xml, "idref", arena_printf(w->arena, "cpe:/o:linux:linux_kernel:%.*s", (int)(n < 32 ? n : 32), kernel));
	xml_out_end(w->xml);
}

/* All of them, so that a text or a fix of the benchmark can be filled in without its profiles. */
static void write_values(const struct writing *w)
{
	const struct policy *policy = w->result->policy;

	for (size_t i = 0; i < policy->benchmark->n_values; i++) {
		xml_out_start(w->xml, "set-value");
		xml_out_attribute(w->xml, "idref", policy->benchmark->values[i]->id);
		xml_out_text(w->xml, safe(w, policy->values[i]));
		xml_out_end(w->xml);
	}
}

static void write_scores(const struct writing *w, const struct by_rule *rules)
{
	const struct policy *policy = w->result->policy;

	for (int model = 0; model < SCORE_MODELS; model++) {
		struct score score = score_of_tallies((enum score_model)model, policy, rules->tallies);

		xml_out_start(w->xml, "score");
		xml_out_attribute(w->xml, "system", score_model_uri((enum score_model)model));
		xml_out_attribute(w->xml, "maximum", view_fixed(w->arena, score.maximum, 3));
		xml_out_text(w->xml, view_fixed(w->arena, score.score, 3));
		xml_out_end(w->xml);
	}
}

void test_result_write(struct xml_out *xml, const struct test_result *result, const char *href)
{
	auto_arena struct arena *arena = arena_new();
	const struct benchmark *b = result->policy->benchmark;
	struct writing w = { result, xml, arena };
	struct by_rule rules = by_rule_of(arena, result->audit, result->host, result->policy);

	write_start(&w);
	xml_out_start(xml, "benchmark");
	xml_out_attribute(xml, "href", href);
	xml_out_attribute(xml, "id", b->id);
	xml_out_end(xml);
	write_tailoring(&w);
	xml_out_element(xml, "title", arena_printf(arena, "plimsoll %s: %s%s", view_tool_version(), safe(&w, b->title), result->waived ? ": failures that are waived" : ""));
	write_target(&w);
	write_platform(&w);
	write_values(&w);
	for (size_t i = 0; i < b->n_rules; i++)
		(result->waived ? rule_result_write_waived : rule_result_write)(xml, &rules, i);
	write_scores(&w, &rules);
	xml_out_end(xml);
}
