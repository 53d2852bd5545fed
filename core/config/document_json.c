/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON by jansson. It tells where a mistake is but not where a value is, so a second walk over the text that it has accepted counts the
 * lines: there every brace, comma and quote stands where it must.
 */
#include "core/base/text.h"
#include "core/config/document_build.h"

#include <jansson.h>

static inline void decref_(json_t **json)
{
	json_decref(*json);
}

#define auto_json __attribute__((cleanup(decref_)))

struct walk {
	struct document_build *build;
	const char *at, *line_start;
	unsigned line;
};

static void skip_space(struct walk *w)
{
	for (;; w->at++) {
		if (*w->at == '\n') {
			w->line++;
			w->line_start = w->at + 1;
		} else if (*w->at != ' ' && *w->at != '\t' && *w->at != '\r') {
			return;
		}
	}
}

/* Behind a string that begins here. */
static void skip_string(struct walk *w)
{
	for (w->at++; *w->at && *w->at != '"'; w->at++)
		if (*w->at == '\\' && w->at[1])
			w->at++;
	w->at += *w->at == '"';
}

static void skip_past(struct walk *w, char mark)
{
	skip_space(w);
	w->at += *w->at == mark;
	skip_space(w);
}

/* Kind and text; numbers keep their digits. */
static void take_scalar(struct walk *w, const json_t *json, struct raw_value *raw)
{
	const char *begin = w->at;

	if (json_is_string(json)) {
		raw->kind = VALUE_STRING;
		raw->text = json_string_value(json);
		raw->text_size = json_string_length(json);
		skip_string(w);
		return;
	}
	raw->kind = json_is_boolean(json) ? VALUE_BOOLEAN : json_is_integer(json) ? VALUE_INTEGER : json_is_real(json) ? VALUE_REAL : VALUE_NULL;
	w->at += strcspn(w->at, ",]} \t\r\n");
	raw->text = begin;
	raw->text_size = (size_t)(w->at - begin);
}

static bool walk_value(struct walk *w, const json_t *json, struct value *into, struct raw_value raw);

static bool walk_object(struct walk *w, const json_t *json, struct value *v, int depth)
{
	/* iterated in the order of the text */
	for (void *i = json_object_iter((json_t *)json); i; i = json_object_iter_next((json_t *)json, i)) {
		struct raw_value raw = { .key = json_object_iter_key(i), .depth = depth };

		raw.key_size = strlen(raw.key);
		skip_past(w, ',');
		skip_string(w);
		skip_past(w, ':');
		if (!walk_value(w, json_object_iter_value(i), v, raw))
			return false;
	}
	skip_past(w, '}');
	return true;
}

static bool walk_array(struct walk *w, const json_t *json, struct value *v, int depth)
{
	const json_t *entry;
	size_t i;

	json_array_foreach (json, i, entry) {
		skip_past(w, ',');
		if (!walk_value(w, entry, v, (struct raw_value){ .depth = depth }))
			return false;
	}
	skip_past(w, ']');
	return true;
}

/* The recursion ends at DOCUMENT_DEEPEST, where build_add() refuses. */
static bool walk_value(struct walk *w, const json_t *json, struct value *into, struct raw_value raw)
{
	struct value *v;

	raw.at = (struct place_in_file){ w->line, (unsigned)(w->at - w->line_start) + 1 };
	if (json_is_object(json))
		raw.kind = VALUE_TABLE;
	else if (json_is_array(json))
		raw.kind = VALUE_LIST;
	else
		take_scalar(w, json, &raw);
	v = build_add(w->build, into, &raw);
	if (!v)
		return false;
	if (raw.kind < VALUE_LIST)
		return true;
	w->at++;
	return raw.kind == VALUE_TABLE ? walk_object(w, json, v, raw.depth + 1) : walk_array(w, json, v, raw.depth + 1);
}

bool document_parse_json(struct document_build *build, const char *data, size_t size)
{
	static const char mark[] = "\xef\xbb\xbf";
	size_t skip = size >= 3 && memcmp(data, mark, 3) == 0 ? 3 : 0;   /* dockerd takes the mark of UTF-8 */
	json_error_t error;
	auto_json json_t *json = json_loadb(data + skip, size - skip, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
	struct walk w = { .build = build, .at = data + skip, .line_start = data + skip, .line = 1 };

	if (!json)
		return build_fail(build, (struct place_in_file){ (unsigned)error.line, (unsigned)error.column }, error.text);
	skip_space(&w);
	return walk_value(&w, json, NULL, (struct raw_value){ 0 });
}
