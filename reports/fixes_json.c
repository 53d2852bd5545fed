/* SPDX-License-Identifier: Apache-2.0 */
/* The plan as JSON, schema plimsoll/fix/1: keys are added, never renamed or removed, and a key with nothing to say is null. */
#include "core/fix/fix_files.h"
#include "core/fix/fix_script.h"
#include "reports/fixes.h"
#include "reports/json_out.h"

#include "core/base/text.h"
#include "reports/view.h"

static json_t *text(const struct json_out *r, const char *value)
{
	return value && *value ? json_string(view_safe(r->arena, value, VIEW_TEXT_MAX)) : json_null();
}

/* What is to be copied to the last sign is not made safe: JSON quotes it. */
static json_t *verbatim(const char *value)
{
	json_t *string = value ? json_string(value) : NULL;

	return string ? string : json_null();
}

static json_t *make_note(const struct json_out *r, const void *notes, size_t i)
{
	return text(r, ((const char *const *)notes)[i]);
}

static json_t *warnings_of(const struct json_out *r, const struct fix_item *item)
{
	json_t *array = json_array();

	for (size_t i = 0; i < item->rule->n_warnings; i++)
		json_array_append_new(array, text(r, view_text(r->arena, item->policy, item->rule->warnings[i])));
	return array;
}

/* ---- what is to be done ---- */

static json_t *files_of(const struct json_out *r, const struct fix_item *item)
{
	const struct fix_script script = item->kind == FIX_SCRIPT ? fix_script_read(r->arena, item->text) : (struct fix_script){ 0 };
	json_t *array = json_array();

	for (size_t i = 0; i < script.n_files; i++)
		json_array_append_new(array, json_pack("{s:s, s:s, s:s}", "path", script.files[i].path, "text", script.files[i].text, "mode",
						       arena_printf(r->arena, "%04o", script.mode)));
	return array;
}

static json_t *changes_of(const struct fix_item *item)
{
	json_t *array = json_array();

	for (size_t i = 0; i < item->n_changes; i++)
		json_array_append_new(array, json_pack("{s:s, s:s, s:s}", "path", item->changes[i].target->path, "syntax", item->changes[i].edit.syntax, "change",
						       item->changes[i].edit.rest));
	return array;
}

static json_t *container_of(const struct json_out *r, const struct fix_item *item)
{
	if (item->kind != FIX_CONTAINER)
		return json_null();
	return json_pack("{s:o, s:o, s:o}", "run", verbatim(fix_text(r->arena, item->policy, item->rule, "urn:plimsoll:fix:run")),
			 "compose", verbatim(fix_text(r->arena, item->policy, item->rule, "urn:plimsoll:fix:compose")),
			 "kubernetes", verbatim(fix_text(r->arena, item->policy, item->rule, "urn:plimsoll:fix:kubernetes")));
}

static const char *text_of_kind(const struct fix_item *item, enum fix_kind kind)
{
	return item->kind == kind ? item->text : NULL;
}

static json_t *found_of(const struct json_out *r, const struct fix_item *item)
{
	const struct evidence *e = item->result ? result_evidence(item->result) : NULL;

	if (!e)
		return json_null();
	return json_pack("{s:o, s:s, s:o, s:o, s:o}", "origin", text(r, e->origin), "state", state_name(e->state), "value", text(r, e->value), "why", text(r, e->why),
			 "expected", text(r, e->expected));
}

static json_t *make_item(const struct json_out *r, const void *items, size_t i)
{
	static const char *const kinds[FIX_KINDS] = {
		[FIX_SCRIPT] = "script", [FIX_CMDLINE] = "cmdline", [FIX_KCONFIG] = "kconfig", [FIX_DAEMON_JSON] = "daemon-json", [FIX_EDIT] = "patch",
		[FIX_CONTAINER] = "container", [FIX_BY_HAND] = "by-hand",
	};
	const struct fix_item *item = &((const struct fix_item *)items)[i];

	return json_pack("{s:s, s:o, s:s, s:s, s:o, s:s, s:o, s:o, s:b, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
			 "rule", item->rule->item.short_id, "title", text(r, view_text(r->arena, item->policy, item->rule->item.title)),
			 "subject", item->subject && item->subject->facts ? view_safe(r->arena, item->subject->id, VIEW_TEXT_MAX) : "host",
			 "severity", severity_name(item->severity), "reason", text(r, item->result ? item->result->reason : NULL), "kind", kinds[item->kind],
			 "found", found_of(r, item), "may_break", warnings_of(r, item), "reboot", item->reboot, "set_apart", item->set_apart,
			 "notes", json_out_array(r, item->n_notes, make_note, item->notes), "by_hand", text(r, view_text(r->arena, item->policy, item->rule->fixtext)),
			 "script", verbatim(text_of_kind(item, FIX_SCRIPT)), "files", files_of(r, item),
			 "words", verbatim(text_of_kind(item, FIX_CMDLINE)), "kconfig", verbatim(text_of_kind(item, FIX_KCONFIG)),
			 "daemon_json", verbatim(text_of_kind(item, FIX_DAEMON_JSON)), "changes", changes_of(item), "then", verbatim(item->then),
			 "container", container_of(r, item));
}

/* ---- patches ---- */

static json_t *make_patch(const struct json_out *r, const void *targets, size_t i)
{
	const struct fix_target *target = ((struct fix_target *const *)targets)[i];
	char *diff = NULL;
	size_t size = 0;
	struct fixes f = { .arena = r->arena };
	json_t *patch;

	f.output.file = open_memstream(&diff, &size);
	if (!f.output.file)
		return NULL;
	if (target->after)
		fixes_put_diff(&f, "", target->path, target->text, target->after);
	fclose(f.output.file);
	patch = json_pack("{s:s, s:s, s:o, s:o}", "path", target->path, "state", state_name(target->state), "why", text(r, target->why),
			  "diff", size ? verbatim(diff) : json_null());
	free(diff);
	return patch;
}

static json_t *counts_of(const struct fix_plan *plan)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "script", (json_int_t)plan->of[FIX_SCRIPT], "cmdline", (json_int_t)plan->of[FIX_CMDLINE],
			 "kconfig", (json_int_t)plan->of[FIX_KCONFIG], "daemon_json", (json_int_t)plan->of[FIX_DAEMON_JSON], "patch", (json_int_t)plan->of[FIX_EDIT],
			 "container", (json_int_t)plan->of[FIX_CONTAINER], "by_hand", (json_int_t)plan->of[FIX_BY_HAND], "set_apart", (json_int_t)plan->apart);
}

int fixes_json(const struct audit *audit, const struct format_options *options, FILE *file, struct err *err)
{
	auto_arena struct arena *arena = arena_new();
	const struct fix_plan *plan = audit->fixes;
	const struct host_facts *host = audit->hosts;
	struct json_out out = { .output = { .file = file }, .arena = arena };

	(void)options;
	output_puts(&out.output, "{");
	json_out_member(&out, "", "schema", json_string("plimsoll/fix/1"));
	json_out_member(&out, ",\n ", "tool", json_pack("{s:s, s:s}", "name", "plimsoll", "version", view_tool_version()));
	json_out_member(&out, ",\n ", "started", json_string(arena_printf(arena, "%sZ", view_time(arena, host->started))));
	json_out_member(&out, ",\n ", "host", json_pack("{s:o, s:o, s:o, s:o}", "hostname", text(&out, host->name), "os", text(&out, host->os),
						       "kernel", text(&out, host->kernel), "root", text(&out, host->root)));
	json_out_member(&out, ",\n ", "not_looked", text(&out, plan->not_looked));
	json_out_member(&out, ",\n ", "counts", counts_of(plan));
	json_out_member(&out, ",\n ", "patches", json_out_array(&out, plan->n_targets, make_patch, plan->targets));
	output_puts(&out.output, ",\n \"items\": [");
	for (size_t i = 0; i < plan->n; i++) {
		output_puts(&out.output, i ? ",\n  " : "\n  ");
		json_out_value(&out, make_item(&out, plan->items, i));
	}
	output_puts(&out.output, plan->n ? "\n ]}\n" : "]}\n");
	return json_out_finish(&out, err);
}
