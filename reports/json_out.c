/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/json_out.h"

#include <errno.h>
#include <math.h>

/* 15 digits say 71.4 where 17 would say 71.400000000000006. */
#define DUMP_FLAGS (JSON_ENCODE_ANY | JSON_REAL_PRECISION(15))

/* It is made in memory first: a result is some hundred pieces, and a write of each costs more than the pieces. */
void json_out_value(struct json_out *out, json_t *value)
{
	size_t size = value ? json_dumpb(value, out->text, out->room, DUMP_FLAGS) : 0;

	if (size > out->room) {
		out->room = size * 2;
		out->text = arena_alloc(out->arena, out->room);
		size = json_dumpb(value, out->text, out->room, DUMP_FLAGS);
	}
	if (size)
		output_write(&out->output, out->text, size);
	else
		out->failed = true;
	json_decref(value);
}

void json_out_member(struct json_out *out, const char *before, const char *key, json_t *value)
{
	output_puts(&out->output, before);
	output_puts(&out->output, "\"");
	output_puts(&out->output, key);
	output_puts(&out->output, "\": ");
	json_out_value(out, value);
}

json_t *json_out_array(const struct json_out *out, size_t n, json_out_make *make, const void *elements)
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < n; i++) {
		if (json_array_append_new(array, make(out, elements, i)) < 0) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

json_t *json_out_number(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

int json_out_finish(struct json_out *out, struct err *err)
{
	int rc = output_finish(&out->output, err);

	if (rc == 0 && out->failed)
		return err_set(err, ENOMEM, "the report could not be written: a value cannot be made into JSON");
	return rc;
}
