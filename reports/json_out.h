/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing JSON piece by piece. jansson makes every value; only brackets between which many values stand are written by hand, so that one
 * value is in memory at a time.
 */
#ifndef REPORTS_JSON_OUT_H
#define REPORTS_JSON_OUT_H

#include "core/base/arena.h"
#include "core/base/err.h"
#include "reports/output.h"

#include <jansson.h>

struct json_out {
	struct output output;
	struct arena *arena;
	char *text;               /* of one value */
	size_t room;
	bool failed;              /* a value could not be made: out of memory */
};

/* Writes a value. Takes it over. */
void json_out_value(struct json_out *out, json_t *value);

/* A member of an object whose brackets are written by hand; `before` is what stands in front of it. Takes the value over. */
void json_out_member(struct json_out *out, const char *before, const char *key, json_t *value);

/* Makes the value of the i-th element. */
typedef json_t *json_out_make(const struct json_out *out, const void *elements, size_t i);

/* An array of all n of them. NULL where any could not be made. */
json_t *json_out_array(const struct json_out *out, size_t n, json_out_make *make, const void *elements);

/* null where it is none. */
json_t *json_out_number(double value);

/* Flushes. Returns 0, or -errno with a sentence where anything was lost. */
int json_out_finish(struct json_out *out, struct err *err);

#endif
