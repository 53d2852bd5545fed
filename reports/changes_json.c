/* SPDX-License-Identifier: Apache-2.0 */
/* Schema plimsoll/diff/1: keys are added, never renamed or removed. */
#include "reports/changes.h"

#include "reports/output.h"
#include "reports/view.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>

static json_t *text(struct arena *arena, const char *given)
{
	const char *safe = view_safe(arena, given, VIEW_TEXT_MAX);

	return safe ? json_string(safe) : json_null();
}

static json_t *side(struct arena *arena, const struct result *r)
{
	const struct evidence *e = r ? result_evidence(r) : NULL;

	if (!r)
		return json_null();
	return json_pack("{s:s, s:b, s:o, s:o, s:o}", "result", outcome_name(r->outcome), "waived", r->waiver != NULL, "reason", text(arena, r->reason),
			 "value", text(arena, e && e->state == STATE_PRESENT ? e->value : NULL), "origin", text(arena, e ? e->origin : NULL));
}

static json_t *change(struct arena *arena, const struct change *c)
{
	return json_pack("{s:s, s:o, s:o, s:s, s:o, s:s, s:s, s:o, s:o}", "change", change_name(c->kind), "subject", text(arena, c->subject->id),
			 "name", text(arena, c->subject->name), "benchmark", view_safe(arena, c->policy->benchmark->short_id, VIEW_TEXT_MAX),
			 "rule", text(arena, c->rule->item.short_id), "title", view_text(arena, c->policy, c->rule->item.title),
			 "severity", severity_name(c->severity), "before", side(arena, c->before), "after", side(arena, c->after));
}

static json_t *changes(struct arena *arena, const struct diff *diff)
{
	json_t *list = json_array();

	for (size_t i = 0; i < diff->n; i++)
		json_array_append_new(list, change(arena, &diff->list[i]));
	return list;
}

static json_t *names(struct arena *arena, const struct diff_names *names)
{
	json_t *list = json_array();

	for (size_t i = 0; i < names->n; i++)
		json_array_append_new(list, text(arena, names->list[i]));
	return list;
}

static json_t *run(struct arena *arena, const struct audit *audit)
{
	return json_pack("{s:s, s:o}", "started", arena_printf(arena, "%sZ", view_time(arena, audit->started)), "score",
			 audit->score >= 0 ? json_real(round(audit->score * 10) / 10) : json_null());
}

json_t *changes_value(struct arena *arena, const struct diff *d)
{
	return json_pack("{s:s, s:o, s:o, s:o, s:{s:I, s:I, s:I, s:I}, s:o, s:o, s:o, s:o, s:o}", "schema", "plimsoll/diff/1",
			 "hostname", text(arena, d->after->hosts->name), "before", run(arena, d->before), "after", run(arena, d->after), "counts",
			 change_name(CHANGE_REGRESSED), (json_int_t)d->of[CHANGE_REGRESSED], change_name(CHANGE_NEW), (json_int_t)d->of[CHANGE_NEW],
			 change_name(CHANGE_OTHER), (json_int_t)d->of[CHANGE_OTHER], change_name(CHANGE_IMPROVED), (json_int_t)d->of[CHANGE_IMPROVED],
			 "changes", changes(arena, d), "new_subjects", names(arena, &d->new_subjects), "gone_subjects", names(arena, &d->gone_subjects),
			 "new_rules", names(arena, &d->new_rules), "gone_rules", names(arena, &d->gone_rules));
}

static int on_dump(const char *data, size_t size, void *with)
{
	output_write(with, data, size);
	return 0;
}

int changes_json(const struct audit *audit, const struct format_options *options, FILE *file, struct err *err)
{
	auto_arena struct arena *arena = arena_new();
	struct output output = { .file = file };
	json_t *json = changes_value(arena, audit->changes);
	bool failed = !json || json_dump_callback(json, on_dump, &output, JSON_INDENT(1) | JSON_REAL_PRECISION(15)) < 0;
	int rc;

	(void)options;
	json_decref(json);
	output_puts(&output, "\n");
	rc = output_finish(&output, err);
	return rc == 0 && failed ? err_set(err, ENOMEM, "a value cannot be made into JSON") : rc;
}
