/* SPDX-License-Identifier: Apache-2.0 */
/* The table of containers as JSON, schema plimsoll/containers/1: keys are added, never renamed or removed. */
#include "reports/roster.h"

#include "core/base/text.h"
#include "reports/output.h"
#include "reports/view.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>

#define DUMP_FLAGS (JSON_ENCODE_ANY | JSON_REAL_PRECISION(15))

static int on_dump(const char *data, size_t size, void *with)
{
	output_write(with, data, size);
	return 0;
}

static json_t *text_or_null(struct arena *arena, const char *text)
{
	return text ? json_string(view_safe(arena, text, VIEW_TEXT_MAX)) : json_null();
}

static json_t *words(const char *const *list)
{
	json_t *array = json_array();

	for (; *list; list++)
		json_array_append_new(array, json_string(*list));
	return array;
}

static json_t *capabilities(struct arena *arena, uint64_t mask)
{
	json_t *array = json_array();

	for (unsigned bit = 0; bit < 64; bit++)
		if (mask >> bit & 1)
			json_array_append_new(array, json_string(capability_name(arena, bit)));
	return array;
}

static json_t *processes(const struct container *c)
{
	json_t *array = json_array();

	for (size_t i = 0; i < c->n_members; i++)
		json_array_append_new(array, json_integer(c->members[i]->pid));
	return array;
}

static json_t *worst(struct arena *arena, const struct result *r)
{
	if (!r)
		return json_null();
	return json_pack("{s:s, s:s}", "rule", view_safe(arena, r->rule->item.short_id, VIEW_TEXT_MAX), "severity",
			 severity_name(r->severity));
}

static json_t *row_json(struct arena *arena, const struct roster_row *row)
{
	const struct container *c = row->container;
	const struct subject_results *s = row->subject;

	return json_pack("{s:s, s:o, s:o, s:o, s:o, s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s}",
			 "kind", container_kind_name(c->kind), "id", text_or_null(arena, c->id),
			 "runtime", text_or_null(arena, c->runtime), "name", text_or_null(arena, c->name),
			 "image", text_or_null(arena, c->image), "pid", c->init->pid, "processes", processes(c),
			 "rootless", c->rootless < 0 ? json_null() : json_boolean(c->rootless), "parent", c->parent ? text_or_null(arena, c->parent->id) : json_null(),
			 "pod", text_or_null(arena, c->pod), "uid", row->uid >= 0 ? json_integer(row->uid) : json_null(),
			 "user", text_or_null(arena, row->user), "host_namespaces", row->shared_known ? words(row->shared) : json_null(),
			 "extra_capabilities", roster_caps_known(row) ? capabilities(arena, row->extra) : json_null(),
			 "seccomp", text_or_null(arena, row->seccomp), "label", text_or_null(arena, row->label),
			 "worst", worst(arena, row->worst), "score", s->score >= 0 ? json_real(round(s->score * 10) / 10) : json_null(),
			 "identity", c->claimed ? "claim" : container_witness_name(c->witness));
}

int roster_json(const struct audit *audit, const struct format_options *options, FILE *file, struct err *err)
{
	auto_arena struct arena *arena = arena_new();
	struct roster roster = roster_of(arena, audit);
	struct output output = { .file = file };
	bool failed = false;
	int rc;

	(void)options;
	output_puts(&output, "{\"schema\": \"plimsoll/containers/1\",\n \"containers\": [");
	for (size_t i = 0; i < roster.n; i++) {
		json_t *row = row_json(arena, &roster.rows[i]);

		output_puts(&output, i ? ",\n  " : "\n  ");
		failed = failed || !row || json_dump_callback(row, on_dump, &output, DUMP_FLAGS) < 0;
		json_decref(row);
	}
	output_puts(&output, "]}\n");
	rc = output_finish(&output, err);
	return rc == 0 && failed ? err_set(err, ENOMEM, "a value cannot be made into JSON") : rc;
}
