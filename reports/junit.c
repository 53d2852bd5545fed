/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The JUnit report, in the flavour that both the schema of Jenkins' xunit plug-in and that of Windy Road accept: a test
 * suite per subject and outermost group, a test case per rule. Viewers differ in whether they show the message or the body of
 * a result, so the facts stand in both. No measured value stands in a name: by names viewers recognise a case from run to run.
 */
#include "reports/formats.h"

#include "core/base/text.h"
#include "reports/view.h"
#include "reports/xml.h"

enum {
	MESSAGE_MAX = 300,      /* bytes, of a message attribute */
	LINE_BYTES = 2048,      /* of a line of a body */
	BODY_MAX = 8192,        /* of a body; viewers cut or refuse long ones */
};

struct junit {
	struct xml_out *xml;
	struct arena *arena;
	const struct audit *audit;
	size_t n_rules;           /* on all subjects */
};

/* ---- words ---- */

static const char *host_label(const struct junit *j, const struct subject_results *subject)
{
	const char *name = subject->host->name;

	return name && *name ? view_safe(j->arena, name, VIEW_TEXT_MAX) : "localhost";
}

/* The host, with the container where the subject is one. */
static const char *subject_label(const struct junit *j, const struct subject_results *subject, char separator)
{
	const char *host = host_label(j, subject);

	if (subject->kind == SUBJECT_HOST)
		return host;
	return arena_printf(j->arena, "%s%c%s", host, separator, view_safe(j->arena, subject->name ? subject->name : subject->id, VIEW_TEXT_MAX));
}

static const char *section_label(const struct junit *j, const struct section *s)
{
	const char *benchmark = s->policy->benchmark->short_id;

	if (!s->group)
		return view_safe(j->arena, benchmark, VIEW_TEXT_MAX);
	return view_safe(j->arena, arena_printf(j->arena, "%s.%s", benchmark, s->group->short_id), VIEW_TEXT_MAX);
}

static void add_line(const struct junit *j, struct buffer *body, const char *label, const char *text)
{
	if (text && *text)
		buffer_printf(body, "%s: %s\n", label, view_safe(j->arena, text, LINE_BYTES));
}

static void add_evidence(const struct junit *j, struct buffer *body, const struct evidence *e, bool negated)
{
	const char *said = e->state == STATE_PRESENT ? e->value : e->why;

	if (!said || !*said)
		said = "empty";
	if (e->state == STATE_PRESENT)
		add_line(j, body, "found", arena_printf(j->arena, "%s = %s", e->name, said));
	else
		add_line(j, body, "found", arena_printf(j->arena, "%s: %s (%s)", e->name, said, state_name(e->state)));
	if (e->expected)
		add_line(j, body, "expected", negated ? arena_printf(j->arena, "not: %s", e->expected) : e->expected);
	add_line(j, body, "source", e->origin);
}

static void add_texts(const struct junit *j, struct buffer *body, const struct rule *rule, const struct policy *policy)
{
	add_line(j, body, "fix", view_text(j->arena, policy, rule->fixtext));
	for (size_t i = 0; i < rule->n_warnings; i++)
		add_line(j, body, "mind", view_text(j->arena, policy, rule->warnings[i]));
	add_line(j, body, "why", view_text(j->arena, policy, rule->rationale));
	for (size_t i = 0; i < rule->n_idents; i++)
		add_line(j, body, "ident", arena_printf(j->arena, "%s %s", rule->idents[i].system ? rule->idents[i].system : "",
							rule->idents[i].id));
	for (size_t i = 0; i < rule->n_references; i++)
		add_line(j, body, "see", arena_printf(j->arena, "%s %s", view_text(j->arena, policy, rule->references[i].text),
						      rule->references[i].href ? rule->references[i].href : ""));
}

/* Cuts whole lines off what is too long. */
static const char *capped(const struct junit *j, const struct buffer *body)
{
	size_t keep = BODY_MAX - sizeof("… 18446744073709551615 more lines"), more = 0;

	if (body->size <= BODY_MAX)
		return body->text;
	while (keep > 0 && body->text[keep - 1] != '\n')
		keep--;
	for (const char *c = body->text + keep; *c; c++)
		more += *c == '\n';
	return arena_printf(j->arena, "%.*s… %zu more lines\n", (int)keep, body->text, more);
}

/* The facts come first, so that a cap takes from the explanations. */
static const char *body_of(const struct junit *j, const struct result *result, const struct policy *policy)
{
	struct buffer body = { .arena = j->arena };
	const struct rule *rule = result->rule;

	add_line(j, &body, "rule", rule->item.short_id);
	add_line(j, &body, "severity", severity_name(result->severity));
	add_line(j, &body, "reason", result->reason);
	for (size_t i = 0; i < result->n_evidence; i++)
		add_evidence(j, &body, &result->evidence[i], result_is_negated(result));
	add_texts(j, &body, rule, policy);
	return capped(j, &body);
}

/* ---- elements ---- */

static void write_problem(const struct junit *j, const struct result *result, const struct policy *policy)
{
	bool failed = result->outcome == OUTCOME_FAIL;
	const char *type = failed ? severity_name(result->severity) : outcome_name(result->outcome);

	xml_out_start(j->xml, failed ? "failure" : "error");
	xml_out_attribute(j->xml, "type", type);
	xml_out_attribute(j->xml, "message", result->reason ? view_safe(j->arena, result->reason, MESSAGE_MAX) : "");
	xml_out_text(j->xml, body_of(j, result, policy));
	xml_out_end(j->xml);
}

/* The facts are shown all the same. */
static void write_waived(const struct junit *j, const struct result *result, const struct policy *policy)
{
	const char *message = arena_printf(j->arena, "waived %s", view_waiver(j->arena, result->waiver));

	xml_out_start(j->xml, "skipped");
	xml_out_attribute(j->xml, "message", view_safe(j->arena, message, MESSAGE_MAX));
	xml_out_text(j->xml, arena_printf(j->arena, "%s\n%s", view_safe(j->arena, message, LINE_BYTES), body_of(j, result, policy)));
	xml_out_end(j->xml);
}

static void write_skipped(const struct junit *j, const struct result *result)
{
	const char *what = result->outcome == OUTCOME_NOTAPPLICABLE ? "not applicable"
			 : result->outcome == OUTCOME_NOTCHECKED ? "not checked" : outcome_name(result->outcome);
	const char *message = result->reason ? arena_printf(j->arena, "%s: %s", what, result->reason) : what;

	xml_out_start(j->xml, "skipped");
	xml_out_attribute(j->xml, "message", view_safe(j->arena, message, MESSAGE_MAX));
	xml_out_text(j->xml, view_safe(j->arena, message, BODY_MAX));
	xml_out_end(j->xml);
}

static void write_case(const struct junit *j, const struct result *result, const struct policy *policy, const char *class_name)
{
	const struct selectable *item = &result->rule->item;
	const char *id = view_safe(j->arena, item->short_id, VIEW_TEXT_MAX);
	const char *title = view_text(j->arena, policy, item->title);

	xml_out_start(j->xml, "testcase");
	xml_out_attribute(j->xml, "classname", class_name);
	xml_out_attribute(j->xml, "name", arena_printf(j->arena, "%s %s", id, title));
	xml_out_attribute(j->xml, "time", "0.000");   /* rules are not timed alone */
	if (result->outcome == OUTCOME_FAIL && result->waiver)
		write_waived(j, result, policy);
	else if (result->outcome == OUTCOME_FAIL || outcome_is_undetermined(result->outcome))
		write_problem(j, result, policy);
	else if (result->outcome != OUTCOME_PASS)
		write_skipped(j, result);
	xml_out_end(j->xml);
}

static void write_property(const struct junit *j, const char *name, const char *value)
{
	xml_out_start(j->xml, "property");
	xml_out_attribute(j->xml, "name", name);
	xml_out_attribute(j->xml, "value", value ? view_safe(j->arena, value, VIEW_TEXT_MAX) : "");
	xml_out_end(j->xml);
}

static void write_properties(const struct junit *j, const struct subject_results *subject, const struct policy *policy)
{
	xml_out_start(j->xml, "properties");
	write_property(j, "tool.version", view_tool_version());
	write_property(j, "benchmark", policy->benchmark->short_id);
	write_property(j, "benchmark.version", policy->benchmark->version);
	write_property(j, "profile", policy->profile ? policy->profile->short_id : NULL);
	write_property(j, "score", subject->score >= 0 ? view_fixed(j->arena, subject->score, 1) : NULL);
	write_property(j, "kernel", subject->host->kernel);
	write_property(j, "complete", j->audit->complete ? "true" : "false");
	xml_out_end(j->xml);
}

/* Counts, and the suite's share of the run's time by its number of rules. */
static void write_suite_numbers(const struct junit *j, const struct section *s)
{
	size_t failures = section_count(s, OUTCOME_FAIL), passes = section_count(s, OUTCOME_PASS);
	size_t errors = section_count(s, OUTCOME_ERROR) + section_count(s, OUTCOME_UNKNOWN);
	double seconds = j->audit->duration_ms / 1000 * (double)s->n / (double)j->n_rules;

	xml_out_number(j->xml, "tests", s->n);
	xml_out_number(j->xml, "failures", failures);
	xml_out_number(j->xml, "errors", errors);
	xml_out_number(j->xml, "skipped", s->n - failures - errors - passes);
	xml_out_attribute(j->xml, "time", view_fixed(j->arena, seconds, 3));
}

static void write_suite(const struct junit *run, const struct subject_results *subject, const struct section *s, size_t id)
{
	auto_arena struct arena *arena = arena_new();   /* bodies are large: let go of them suite by suite */
	struct junit j = *run;
	const char *label, *class_name;

	j.arena = arena;
	label = section_label(&j, s);
	class_name = arena_printf(arena, "%s.%s", subject_label(&j, subject, '.'), label);
	xml_out_start(j.xml, "testsuite");
	xml_out_attribute(j.xml, "name", arena_printf(arena, "%s/%s", subject_label(&j, subject, '/'), label));
	xml_out_attribute(j.xml, "package", host_label(&j, subject));
	xml_out_number(j.xml, "id", id);
	xml_out_attribute(j.xml, "hostname", host_label(&j, subject));
	xml_out_attribute(j.xml, "timestamp", view_time(arena, subject->host->started));
	write_suite_numbers(&j, s);
	write_properties(&j, subject, s->policy);
	for (size_t i = 0; i < s->n; i++)
		write_case(&j, s->results[i], s->policy, class_name);
	xml_out_empty(j.xml, "system-out");
	xml_out_empty(j.xml, "system-err");
	xml_out_end(j.xml);
}

static int write_report(const struct audit *audit, const struct format_options *options, FILE *file, struct err *err)
{
	auto_arena struct arena *arena = arena_new();
	auto_xml_out struct xml_out *xml = xml_out_new(file);
	struct junit j = { .xml = xml, .arena = arena, .audit = audit };
	size_t n_suites = 0;

	(void)options;
	for (size_t i = 0; i < audit->n_subjects; i++)
		j.n_rules += audit->subjects[i].n;
	xml_out_start(xml, "testsuites");
	for (size_t i = 0; i < audit->n_subjects; i++) {
		struct sections sections = sections_of(arena, &audit->subjects[i]);

		for (size_t k = 0; k < sections.n; k++)
			write_suite(&j, &audit->subjects[i], &sections.list[k], n_suites++);
	}
	xml_out_end(xml);
	return xml_out_finish(xml, err);
}

const struct format format_junit = {
	.name = "junit",
	.summary = "JUnit XML, for CI systems: a test suite per group, a test case per rule",
	.mime = "application/xml",
	.explains = true,
	.write = write_report,
};
