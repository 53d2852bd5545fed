/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The JSON report, schema plimsoll/report/1: keys are added, never renamed or removed, and a key with nothing to say is
 * null. jansson makes every value; only the outermost brackets are written here, so that one result is in memory at a time and
 * stands on a line of its own.
 */
#include "reports/changes.h"
#include "reports/fixes.h"
#include "reports/formats.h"
#include "reports/roster.h"

#include "core/audit/waiver.h"
#include "reports/json_out.h"
#include "reports/view.h"

#include <errno.h>
#include <math.h>

static const char *safe(const struct json_out *r, const char *text)
{
	return view_safe(r->arena, text, VIEW_TEXT_MAX);
}

static const char *safe_or_null(const struct json_out *r, const char *text)
{
	return text && *text ? safe(r, text) : NULL;
}

/* ---- values ---- */

static json_t *tenths(double value)
{
	return value >= 0 ? json_out_number(round(value * 10) / 10) : json_null();
}

static json_t *counts_of(const struct counts *counts)
{
	static const enum outcome shown[] = {
		OUTCOME_PASS, OUTCOME_FAIL, OUTCOME_ERROR, OUTCOME_UNKNOWN, OUTCOME_NOTAPPLICABLE, OUTCOME_NOTCHECKED,
		OUTCOME_INFORMATIONAL, OUTCOME_NOTSELECTED,
	};
	json_t *object = json_object();
	int rc = 0;

	for (size_t i = 0; i < ARRAY_LEN(shown) && rc == 0; i++)
		rc = json_object_set_new(object, outcome_name(shown[i]), json_integer((json_int_t)counts->of[shown[i]]));
	if (rc == 0)
		rc = json_object_set_new(object, "waived", json_integer((json_int_t)counts->waived));
	if (rc == 0)
		return object;
	json_decref(object);
	return NULL;
}

/* null: they were not looked for. */
static json_t *containers_of(const struct json_out *r, const struct host_facts *host)
{
	return host->looked ? json_pack("{s:I, s:s?}", "ended", (json_int_t)host->ended, "why", safe(r, host->containers_why)) : json_null();
}

static json_t *waiver_of(const struct json_out *r, const struct waiver *w)
{
	if (!w)
		return json_null();
	return json_pack("{s:s, s:s?, s:s?, s:s, s:s, s:s, s:s?, s:s?, s:s}", "rule", safe(r, w->rule), "subject", safe(r, w->subject),
			 "host", safe(r, w->host), "owner", safe(r, w->owner), "reason", safe(r, w->reason), "expires", safe(r, w->expires),
			 "ticket", safe(r, w->ticket), "found", safe(r, w->found), "where", safe(r, w->where));
}

static json_t *host_of(const struct json_out *r, const struct host_facts *host)
{
	return json_pack("{s:s?, s:s?, s:s?, s:s?, s:s?, s:b, s:b, s:o}", "hostname", safe_or_null(r, host->name),
			 "os", safe_or_null(r, host->os), "kernel", safe_or_null(r, host->kernel),
			 "arch", safe_or_null(r, host->arch), "root", safe(r, host->root), "live", host->live, "ordinary", host->ordinary,
			 "containers", containers_of(r, host));
}

/* Those that are not what the benchmark's profile says. */
static json_t *values_of(const struct json_out *r, const struct policy *policy)
{
	const struct benchmark *b = policy->benchmark;
	json_t *array = json_array();

	for (size_t i = 0; array && policy->base_values && i < b->n_values; i++) {
		if (streq(policy->values[i], policy->base_values[i]))
			continue;
		if (json_array_append_new(array, json_pack("{s:s, s:s}", "id", safe(r, b->values[i]->short_id),
							   "value", safe(r, policy->values[i]))) < 0) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

/* null: the profile is the benchmark's own. */
static json_t *tailoring_of(const struct json_out *r, const struct policy *policy)
{
	if (!policy->tailoring)
		return json_null();
	return json_pack("{s:s, s:s, s:s?, s:s?, s:s?, s:s?}", "id", safe(r, policy->tailoring->document.id), "href", safe(r, policy->tailoring->document.path),
			 "version", safe_or_null(r, policy->tailoring->document.version),
			 "extends", policy->base ? safe(r, policy->base->short_id) : NULL, "profile", policy->profile ? safe(r, policy->profile->id) : NULL,
			 "time", safe_or_null(r, policy->tailoring->time));
}

/* The ids of those of its rules that were not judged, by what left them out. */
static json_t *not_selected(const struct json_out *r, const struct policy *policy)
{
	json_t *object = json_object();

	for (int why = LEFT_IN + 1; why < LEFT_OUTS; why++) {
		json_t *ids = json_array();
		int rc = 0;

		for (size_t i = 0; i < policy->benchmark->n_rules && rc == 0; i++)
			if (policy->rules[i].left_out == (enum left_out)why)
				rc = json_array_append_new(ids, json_string(safe(r, policy->benchmark->rules[i]->item.short_id)));
		if (json_object_set_new(object, left_out_name((enum left_out)why), ids) < 0 || rc < 0) {
			json_decref(object);
			return NULL;
		}
	}
	return object;
}

static json_t *benchmark_of(const struct json_out *r, const void *with, size_t i)
{
	const struct policy *policy = ((struct policy *const *)with)[i];
	const struct benchmark *b = policy->benchmark;

	return json_pack("{s:s, s:s?, s:s?, s:s?, s:o, s:o, s:o}", "id", safe(r, b->short_id), "version", safe_or_null(r, b->version),
			 "profile", policy->profile ? safe(r, policy->profile->short_id) : NULL,
			 "href", safe_or_null(r, b->path), "tailoring", tailoring_of(r, policy), "values", values_of(r, policy),
			 "notselected", not_selected(r, policy));
}

static json_t *evidence_of(const struct json_out *r, const void *with, size_t i)
{
	const struct evidence *e = &((const struct evidence *)with)[i];
	bool present = e->state == STATE_PRESENT;

	return json_pack("{s:s?, s:s, s:s?, s:s?, s:s?, s:s?, s:s}", "origin", safe(r, e->origin), "state", state_name(e->state),
			 "value", present ? safe(r, e->value) : NULL, "expected", safe(r, e->expected),
			 "name", safe(r, e->name), "why", safe(r, e->why), "outcome", outcome_name(e->outcome));
}

static json_t *ident_of(const struct json_out *r, const void *with, size_t i)
{
	const struct ident *ident = &((const struct ident *)with)[i];

	return json_pack("{s:s?, s:s?}", "system", safe(r, ident->system), "id", safe(r, ident->id));
}

static json_t *result_of(const struct json_out *r, const struct result *result, const struct policy *policy)
{
	const struct rule *rule = result->rule;

	return json_pack("{s:s, s:s?, s:s, s:o, s:s, s:s?, s:o, s:o, s:o, s:s, s:I}", "rule", safe(r, rule->item.short_id),
			 "title", view_text(r->arena, policy, rule->item.title), "severity", severity_name(result->severity),
			 "weight", json_out_number(result->weight), "result", outcome_name(result->outcome),
			 "reason", safe(r, result->reason),
			 "evidence", json_out_array(r, result->n_evidence, evidence_of, result->evidence),
			 "idents", json_out_array(r, rule->n_idents, ident_of, rule->idents), "waived", waiver_of(r, result->waiver),
			 "benchmark", safe(r, policy->benchmark->short_id), "decisive", (json_int_t)result->decisive);
}

/* ---- the report ---- */

/* What a container has besides; `before` is put in front. */
static void write_container(struct json_out *r, const struct container_facts *c)
{
	json_out_member(r, ", ", "runtime", json_string(safe(r, c->runtime)));
	json_out_member(r, ", ", "image", c->image ? json_string(safe(r, c->image)) : json_null());
	json_out_member(r, ", ", "pid", json_integer(c->pid));
	json_out_member(r, ", ", "rootless", c->rootless < 0 ? json_null() : json_boolean(c->rootless));
	json_out_member(r, ", ", "parent", c->parent ? json_string(safe(r, c->parent)) : json_null());
	json_out_member(r, ", ", "claimed", json_boolean(c->claimed));
	json_out_member(r, ", ", "pod", c->pod ? json_string(safe(r, c->pod)) : json_null());
}

static void write_subject(struct json_out *r, const struct subject_results *s)
{
	json_out_member(r, "\n  {", "kind", json_string(s->facts ? s->facts->kind : "host"));
	json_out_member(r, ", ", "id", json_string(safe(r, s->id)));
	json_out_member(r, ", ", "name", s->name ? json_string(safe(r, s->name)) : json_null());
	if (s->facts)
		write_container(r, s->facts);
	json_out_member(r, ", ", "score", tenths(s->score));
	json_out_member(r, ", ", "counts", counts_of(&s->counts));
	output_puts(&r->output, ",\n   \"results\": [");
	for (size_t i = 0; i < s->n; i++) {
		output_puts(&r->output, i ? ",\n    " : "\n    ");
		json_out_value(r, result_of(r, &s->results[i], s->policies[i]));
	}
	output_puts(&r->output, "]}");
}

static void write_head(struct json_out *r, const struct audit *audit)
{
	const char *started = arena_printf(r->arena, "%sZ", view_time(r->arena, audit->started));

	json_out_member(r, "{", "schema", json_string("plimsoll/report/1"));
	json_out_member(r, ",\n ", "tool", json_pack("{s:s, s:s}", "name", "plimsoll", "version", view_tool_version()));
	json_out_member(r, ",\n ", "started", json_string(started));
	json_out_member(r, ", ", "duration_ms", tenths(audit->duration_ms));
	json_out_member(r, ",\n ", "host", host_of(r, audit->hosts));
	json_out_member(r, ",\n ", "benchmarks", json_out_array(r, audit->n_policies, benchmark_of, audit->policies));
	json_out_member(r, ",\n ", "score", tenths(audit->score));
	json_out_member(r, ", ", "complete", json_boolean(audit->complete));
	json_out_member(r, ",\n ", "counts", counts_of(&audit->counts));
}

static int write_report(const struct audit *audit, const struct format_options *options, FILE *file, struct err *err)
{
	auto_arena struct arena *arena = arena_new();
	struct json_out r = { .output = { .file = file }, .arena = arena };

	(void)options;
	if (audit->n_hosts > 1)
		return err_set(err, EINVAL, "a JSON report is of one host; these are of %zu", audit->n_hosts);
	write_head(&r, audit);
	json_out_member(&r, ",\n ", "changes", audit->changes ? changes_value(arena, audit->changes) : json_null());
	output_puts(&r.output, ",\n \"subjects\": [");
	for (size_t i = 0; i < audit->n_subjects; i++) {
		if (i)
			output_puts(&r.output, ",");
		write_subject(&r, &audit->subjects[i]);
	}
	output_puts(&r.output, "]}\n");
	return json_out_finish(&r, err);
}

const struct format format_json = {
	.name = "json",
	.summary = "everything, for programs: one object, each result on a line of its own",
	.mime = "application/json",
	.write = write_report,
	.write_roster = roster_json,
	.write_changes = changes_json,
	.write_fixes = fixes_json,
};
