/* SPDX-License-Identifier: Apache-2.0 */
/* The results of a SARIF run, and where each was seen. */
#include "reports/sarif.h"

#include "core/audit/diff.h"
#include "core/audit/waiver.h"
#include "core/base/text.h"
#include "reports/view.h"

#include <inttypes.h>

/* ---- what it came to ---- */

unsigned sarif_rank(const struct result *result)
{
	static const unsigned ranks[OUTCOMES] = {
		[OUTCOME_FAIL] = 2, [OUTCOME_ERROR] = 3, [OUTCOME_UNKNOWN] = 3, [OUTCOME_NOTCHECKED] = 5, [OUTCOME_INFORMATIONAL] = 6,
		[OUTCOME_PASS] = 7, [OUTCOME_NOTAPPLICABLE] = 8, [OUTCOME_NOTSELECTED] = 8,
	};

	if (result->outcome != OUTCOME_FAIL)
		return ranks[result->outcome];
	if (result->waiver)
		return 4;
	return result->severity == SEVERITY_HIGH ? 0 : result->severity == SEVERITY_MEDIUM ? 1 : 2;
}

static const char *kind_of(enum outcome outcome)
{
	static const char *const kinds[OUTCOMES] = {
		[OUTCOME_FAIL] = "fail", [OUTCOME_PASS] = "pass", [OUTCOME_ERROR] = "open", [OUTCOME_UNKNOWN] = "open",
		[OUTCOME_NOTAPPLICABLE] = "notApplicable", [OUTCOME_NOTSELECTED] = "notApplicable", [OUTCOME_NOTCHECKED] = "review",
		[OUTCOME_INFORMATIONAL] = "informational",
	};

	return kinds[outcome];
}

/* "container web: Kernel addresses are hidden from unprivileged readers: fail (0, wanted at least 1)" */
static const char *sentence_of(const struct sarif *s, const struct subject_results *subject, size_t i)
{
	const struct result *result = &subject->results[i];
	const char *title = view_text(s->arena, subject->policies[i], result->rule->item.title);
	struct buffer text = { .arena = s->arena };

	if (subject->facts)
		buffer_printf(&text, "%s %s: ", subject->facts->kind, subject->facts->label);
	buffer_printf(&text, "%s: %s", title, outcome_name(result->outcome));
	if (result->reason && *result->reason)
		buffer_printf(&text, " (%s)", result->reason);
	return text.text;
}

/* ---- where ---- */

/* "etc/ssh/sshd_config" of "/etc/ssh/sshd_config:12", and the line; NULL: it is not one file. */
static const char *file_of(const struct sarif *s, const char *origin, int64_t *line)
{
	const char *colon = origin ? strrchr(origin, ':') : NULL, *path;

	*line = 0;
	if (!origin || *origin != '/' || strstr(origin, " /") || strchr(origin, '*'))
		return NULL;
	path = origin;
	if (colon && colon[1] && strspn(colon + 1, "0123456789") == strlen(colon + 1) && text_integer(colon + 1, line) && *line > 0 && *line < INT32_MAX)
		path = arena_strndup(s->arena, origin, (size_t)(colon - origin));
	else
		*line = 0;
	path += strspn(path, "/");
	return *path ? path : "./";
}

static json_t *physical_location(const struct sarif *s, const char *path, int64_t line)
{
	json_t *artifact = json_pack("{s:s, s:s}", "uri", view_uri(s->arena, view_safe(s->arena, path, SARIF_TEXT_MAX)), "uriBaseId", "ROOT");

	if (!line)
		return json_pack("{s:o}", "artifactLocation", artifact);
	return json_pack("{s:o, s:{s:I}}", "artifactLocation", artifact, "region", "startLine", (json_int_t)line);
}

static json_t *logical_locations(const struct sarif *s, const struct subject_results *subject)
{
	const char *host = sarif_host(s), *name = subject->facts ? view_safe(s->arena, subject->facts->label, SARIF_TEXT_MAX) : host;
	const char *full = subject->facts ? arena_printf(s->arena, "%s/%s", host, name) : host;

	return json_pack("[{s:s, s:s, s:s}]", "name", name, "fullyQualifiedName", full, "kind", "resource");
}

static json_t *location(const struct sarif *s, const struct subject_results *subject, const struct evidence *e, bool negated)
{
	json_t *object = json_pack("{s:o}", "logicalLocations", logical_locations(s, subject));
	int64_t line = 0;
	const char *path = e ? file_of(s, e->origin, &line) : NULL;
	int rc = 0;

	if (path)
		rc = json_object_set_new(object, "physicalLocation", physical_location(s, path, line));
	if (e && rc == 0)
		rc = json_object_set_new(object, "message", sarif_message(s, sentence_of_evidence(s->arena, e, negated), SARIF_TEXT_MAX));
	if (rc == 0)
		return object;
	json_decref(object);
	return NULL;
}

/* What decided comes first. Where nothing was looked at, the subject alone. */
static json_t *locations(const struct sarif *s, const struct subject_results *subject, const struct result *result)
{
	const struct evidence *first = result_evidence(result);
	bool negated = result_is_negated(result);
	json_t *array = json_array();

	if (first || !result->n_evidence)
		sarif_append(&array, location(s, subject, first, negated));
	for (size_t i = 0; i < result->n_evidence && json_array_size(array) < SARIF_LOCATIONS_MOST && array; i++)
		if (&result->evidence[i] != first)
			sarif_append(&array, location(s, subject, &result->evidence[i], negated));
	return array;
}

/* ---- the same from run to run ---- */

/* FNV-1a, 64 bits: a fingerprint is compared and never trusted. */
static uint64_t hash(const char *text)
{
	uint64_t h = 0xcbf29ce484222325;

	for (; *text; text++)
		h = (h ^ (unsigned char)*text) * 0x100000001b3;
	return h;
}

/* By names: an id of a container is another one each time that it is made anew, and so is a value. */
static const char *subject_name(const struct sarif *s, const struct subject_results *subject)
{
	const struct container_facts *c = subject->facts;
	struct buffer name = { .arena = s->arena };

	if (!c)
		return "host";
	buffer_printf(&name, "container %s", c->runtime);
	if (c->pod)
		buffer_printf(&name, " %s", c->pod);
	buffer_printf(&name, " %s", subject->name ? subject->name : c->image ? c->image : subject->id);
	return name.text;
}

static json_t *fingerprints(const struct sarif *s, const struct subject_results *subject, size_t i)
{
	const char *text = arena_printf(s->arena, "%s %s %s", subject->policies[i]->benchmark->short_id, subject->results[i].rule->item.short_id,
					subject_name(s, subject));

	return json_pack("{s:s, s:s}", "primaryLocationLineHash", arena_printf(s->arena, "%016" PRIx64 ":1", hash(text)), "plimsollResult/v1",
			 view_safe(s->arena, text, SARIF_TEXT_MAX));
}

/* ---- waivers ---- */

static json_t *suppressions(const struct sarif *s, const struct result *result)
{
	const struct waiver *w = result->waiver;

	if (!w || result->outcome != OUTCOME_FAIL)
		return json_array();
	return json_pack("[{s:s, s:s, s:s, s:{s:s, s:s, s:s, s:s?}}]", "kind", "external", "status", "accepted", "justification",
			 view_safe(s->arena, arena_printf(s->arena, "waived %s", view_waiver(s->arena, w)), SARIF_TEXT_MAX), "properties",
			 "owner", view_safe(s->arena, w->owner, SARIF_TEXT_MAX), "reason", view_safe(s->arena, w->reason, SARIF_TEXT_MAX),
			 "expires", view_safe(s->arena, w->expires, SARIF_TEXT_MAX), "ticket", view_safe(s->arena, w->ticket, SARIF_TEXT_MAX));
}

/* ---- against a baseline ---- */

static bool same_text(const char *a, const char *b)
{
	return streq(a ? a : "", b ? b : "");
}

/*
 * In SARIF's words (2.1.0, 3.27.24), either of every result of a run or of none. What fails now and did not before is new, whatever else was said of its rule:
 * whoever looks for what is new looks for that. What is no longer there is no result of this run.
 */
static const char *baseline_state(const struct sarif *s, const struct subject_results *subject, size_t i)
{
	const struct result *now = &subject->results[i], *before = diff_earlier(s->audit->changes, subject, i);

	if (!before || (now->outcome == OUTCOME_FAIL && before->outcome != OUTCOME_FAIL))
		return "new";
	return now->outcome == before->outcome && now->severity == before->severity && !now->waiver == !before->waiver && same_text(now->reason, before->reason)
	     ? "unchanged" : "updated";
}

/* ---- one ---- */

/* A level other than none is only for what fails. */
json_t *sarif_result(const struct sarif *s, const struct subject_results *subject, size_t i)
{
	const struct result *result = &subject->results[i];
	const struct policy *policy = subject->policies[i];

	return json_pack("{s:s, s:I, s:s, s:s, s:o, s:o, s:o, s:o, s:s*, s:{s:s, s:s, s:s, s:s?}}",
			 "ruleId", view_safe(s->arena, result->rule->item.short_id, SARIF_TEXT_MAX),
			 "ruleIndex", (json_int_t)sarif_rule_index(s, policy, result->rule),
			 "kind", kind_of(result->outcome), "level", result->outcome == OUTCOME_FAIL ? sarif_level(result->severity) : "none",
			 "message", sarif_message(s, sentence_of(s, subject, i), SARIF_TEXT_MAX), "locations", locations(s, subject, result),
			 "partialFingerprints", fingerprints(s, subject, i), "suppressions", suppressions(s, result),
			 "baselineState", s->audit->changes ? baseline_state(s, subject, i) : NULL,
			 "properties", "result", outcome_name(result->outcome), "severity", severity_name(result->severity),
			 "benchmark", view_safe(s->arena, policy->benchmark->short_id, SARIF_TEXT_MAX),
			 "container", subject->facts ? view_safe(s->arena, subject->id, SARIF_TEXT_MAX) : NULL);
}

json_t *sarif_notification(const struct sarif *s, const struct subject_results *subject, size_t i)
{
	const struct result *result = &subject->results[i];

	return json_pack("{s:s, s:o, s:{s:s, s:I}}", "level", result->outcome == OUTCOME_ERROR ? "error" : "warning",
			 "message", sarif_message(s, sentence_of(s, subject, i), SARIF_TEXT_MAX), "associatedRule",
			 "id", view_safe(s->arena, result->rule->item.short_id, SARIF_TEXT_MAX),
			 "index", (json_int_t)sarif_rule_index(s, subject->policies[i], result->rule));
}
