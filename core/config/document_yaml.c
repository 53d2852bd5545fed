/* SPDX-License-Identifier: Apache-2.0 */
/*
 * YAML by libyaml, event by event. An alias shares what its anchor holds, so that a few lines cannot fill the memory; the values that it
 * repeats are counted all the same, so that they cannot keep a reader busy either. Plain scalars are read as YAML 1.1 does (yes and on
 * are true), because the programs whose files these are do so.
 */
#include "core/base/text.h"
#include "core/config/document_build.h"

#include <yaml.h>

struct anchor {
	const char *name;
	const struct value *value;   /* NULL: not complete yet */
	size_t weight;               /* values in it */
};

/* A list or table whose end has not come. */
struct open {
	struct value *value;
	const char *key;             /* of a table: read, and its value not yet */
	struct place_in_file key_at;
	size_t anchor;               /* index + 1, or 0 */
	size_t before;               /* values when it began */
	uint64_t *seen;              /* of a large table: a bit for each hash that a key had, so that most keys are known to be new at once */
};

enum { LARGE = 64, SEEN_BITS = 1 << 16 };

struct reader {
	struct document_build *build;
	struct open open[DOCUMENT_DEEPEST + 2];
	size_t depth;
	struct anchor *anchors;
	size_t n_anchors;
	bool done;
};

static struct place_in_file place_of(yaml_mark_t mark)
{
	return (struct place_in_file){ (unsigned)mark.line + 1, (unsigned)mark.column + 1 };
}

static struct open *innermost(struct reader *r)
{
	return r->depth ? &r->open[r->depth - 1] : NULL;
}

/* The next scalar is a key. */
static bool wants_key(struct reader *r)
{
	struct open *o = innermost(r);

	return o && o->value->kind == VALUE_TABLE && !o->key;
}

/* ---- scalars ---- */

static bool is_one_of(const char *text, const char *words)
{
	return *text && list_has(words, " ", text);
}

static enum value_kind kind_of_plain(const char *text, const char **canonical)
{
	int64_t number;
	char *end;

	if (!*text || is_one_of(text, "~ null Null NULL"))
		return VALUE_NULL;
	if (is_one_of(text, "y Y yes Yes YES true True TRUE on On ON")) {
		*canonical = "true";
		return VALUE_BOOLEAN;
	}
	if (is_one_of(text, "n N no No NO false False FALSE off Off OFF")) {
		*canonical = "false";
		return VALUE_BOOLEAN;
	}
	if (text_integer(text, &number))
		return VALUE_INTEGER;
	if (strspn(text, "+-.0123456789eE") == strlen(text) && strpbrk(text, "0123456789")) {
		strtod(text, &end);
		return *end ? VALUE_STRING : VALUE_REAL;
	}
	return VALUE_STRING;
}

static bool stands_already(struct reader *r, struct open *o)
{
	uint32_t bit = text_hash(o->key, strlen(o->key)) % SEEN_BITS;
	bool perhaps = true;

	if (o->value->n >= LARGE && !o->seen) {
		o->seen = arena_array_of(r->build->arena, uint64_t, SEEN_BITS / 64);
		for (const struct value *v = o->value->first; v; v = v->next) {
			uint32_t other = text_hash(v->key, strlen(v->key)) % SEEN_BITS;

			o->seen[other / 64] |= UINT64_C(1) << other % 64;
		}
	}
	if (o->seen) {
		perhaps = o->seen[bit / 64] >> bit % 64 & 1;
		o->seen[bit / 64] |= UINT64_C(1) << bit % 64;
	}
	return perhaps && value_member(o->value, o->key);
}

static bool take_key(struct reader *r, const char *text, size_t size, struct place_in_file at)
{
	struct open *o = innermost(r);

	if (memchr(text, '\0', size))
		return build_fail(r->build, at, "a NUL byte in a key");
	o->key = arena_strndup(r->build->arena, text, size);
	o->key_at = at;
	if (stands_already(r, o) && !streq(o->key, "<<"))
		return build_fail(r->build, at, arena_printf(r->build->arena, "the key %s stands here a second time", o->key));
	return true;
}

/* Adds a value where the next one is due. */
static struct value *put(struct reader *r, struct raw_value *raw)
{
	struct open *o = innermost(r);

	if (o && o->value->kind == VALUE_TABLE) {
		raw->key = o->key;
		raw->key_size = strlen(o->key);
		o->key = NULL;
	}
	raw->depth = (int)r->depth;
	return build_add(r->build, o ? o->value : NULL, raw);
}

static size_t add_anchor(struct reader *r, const yaml_char_t *name)
{
	if (!name)
		return 0;
	arena_push(r->build->arena, r->anchors, r->n_anchors) = (struct anchor){ .name = arena_strdup(r->build->arena, (const char *)name) };
	return r->n_anchors;
}

/* An alias may repeat a key as a value. */
static bool anchor_key(struct reader *r, size_t anchor)
{
	struct value *v;

	if (!anchor)
		return true;
	v = arena_new_of(r->build->arena, struct value);
	*v = (struct value){ .kind = VALUE_STRING, .text = innermost(r)->key };
	r->anchors[anchor - 1] = (struct anchor){ r->anchors[anchor - 1].name, v, 1 };
	return true;
}

static bool take_scalar(struct reader *r, const yaml_event_t *event)
{
	const char *text = (const char *)event->data.scalar.value, *canonical = text;
	struct raw_value raw = { .kind = VALUE_STRING, .text_size = event->data.scalar.length, .at = place_of(event->start_mark) };
	size_t anchor = add_anchor(r, event->data.scalar.anchor);
	struct value *v;

	if (wants_key(r))
		return take_key(r, text, raw.text_size, raw.at) && anchor_key(r, anchor);
	if (event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && event->data.scalar.plain_implicit)
		raw.kind = (int)kind_of_plain(text, &canonical);
	raw.text = canonical;
	raw.text_size = canonical == text ? raw.text_size : strlen(canonical);
	v = put(r, &raw);
	if (v && anchor)
		r->anchors[anchor - 1] = (struct anchor){ r->anchors[anchor - 1].name, v, 1 };
	return v != NULL;
}

/* ---- lists and tables ---- */

static bool begin(struct reader *r, const yaml_event_t *event, enum value_kind kind, const yaml_char_t *name)
{
	struct raw_value raw = { .kind = (int)kind, .at = place_of(event->start_mark) };
	size_t before = r->build->n, anchor = add_anchor(r, name);
	struct value *v;

	if (wants_key(r))
		return build_fail(r->build, raw.at, "a key that is no plain text");
	v = put(r, &raw);
	if (!v)
		return false;
	r->open[r->depth++] = (struct open){ .value = v, .anchor = anchor, .before = before };
	return true;
}

static void share(struct reader *r, struct value *table, const struct value *from)
{
	for (const struct value *v = from->first; v; v = v->next) {
		struct value *copy;

		if (value_member(table, v->key))
			continue;
		copy = arena_new_of(r->build->arena, struct value);
		*copy = *v;
		copy->next = NULL;
		*(table->last ? &table->last->next : &table->first) = copy;
		table->last = copy;
		table->n++;
	}
}

/* "<<: *defaults" or "<<: [*one, *other]": their members stand here, too, unless a key of the same name does (the merge key of YAML 1.1). */
static bool take_merge_key(struct reader *r, struct value *table)
{
	const struct value *merge = value_member(table, "<<");
	struct place_in_file at = { merge ? merge->line : 0, merge ? merge->column : 0 };

	if (!merge)
		return true;
	if (merge->kind == VALUE_TABLE) {
		share(r, table, merge);
		return build_count(r->build, merge->n, at);
	}
	for (const struct value *v = merge->kind == VALUE_LIST ? merge->first : NULL; v; v = v->next) {
		if (v->kind != VALUE_TABLE)
			return build_fail(r->build, at, "<< merges something that is no table");
		share(r, table, v);
		if (!build_count(r->build, v->n, at))
			return false;
	}
	return merge->kind == VALUE_LIST || build_fail(r->build, at, "<< merges something that is no table");
}

static bool end(struct reader *r)
{
	struct open *o = &r->open[--r->depth];

	if (o->value->kind == VALUE_TABLE && !take_merge_key(r, o->value))
		return false;
	if (o->anchor) {
		r->anchors[o->anchor - 1].value = o->value;
		r->anchors[o->anchor - 1].weight = r->build->n - o->before;
	}
	return true;
}

static bool take_alias(struct reader *r, const yaml_event_t *event)
{
	struct place_in_file at = place_of(event->start_mark);
	const char *name = (const char *)event->data.alias.anchor;
	struct raw_value raw = { .at = at };
	struct anchor *a = NULL;
	struct value *v;

	for (size_t i = 0; i < r->n_anchors; i++)
		if (streq(r->anchors[i].name, name))
			a = &r->anchors[i];
	if (!a)
		return build_fail(r->build, at, "an alias of what no anchor names");
	if (!a->value)
		return build_fail(r->build, at, "an alias of what it stands in");
	if (wants_key(r))
		return a->value->text ? take_key(r, a->value->text, strlen(a->value->text), at) : build_fail(r->build, at, "a key that is no plain text");
	raw.kind = (int)a->value->kind;
	v = put(r, &raw);
	if (!v || !build_count(r->build, a->weight, at))
		return false;
	*v = (struct value){ .kind = v->kind, .file = v->file, .key = v->key, .line = at.line, .column = at.column, .text = a->value->text,
			     .first = a->value->first, .last = a->value->last, .n = a->value->n };
	return true;
}

/* ---- events ---- */

static bool take(struct reader *r, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return take_scalar(r, event);
	case YAML_SEQUENCE_START_EVENT:
		return begin(r, event, VALUE_LIST, event->data.sequence_start.anchor);
	case YAML_MAPPING_START_EVENT:
		return begin(r, event, VALUE_TABLE, event->data.mapping_start.anchor);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return end(r);
	case YAML_ALIAS_EVENT:
		return take_alias(r, event);
	case YAML_DOCUMENT_END_EVENT:
	case YAML_STREAM_END_EVENT:
		r->done = true;
		return true;
	default:
		return true;
	}
}

static bool read_event(struct reader *r, yaml_parser_t *parser)
{
	yaml_event_t event;
	bool good;

	if (!yaml_parser_parse(parser, &event))
		return build_fail(r->build, place_of(parser->problem_mark), parser->problem ? parser->problem : "it cannot be read");
	good = take(r, &event);
	yaml_event_delete(&event);
	return good;
}

bool document_parse_yaml(struct document_build *build, const char *data, size_t size)
{
	struct reader r = { .build = build };
	yaml_parser_t parser;
	bool good = true;

	if (!yaml_parser_initialize(&parser))
		return build_fail(build, (struct place_in_file){ 1, 1 }, "no memory to read it");
	yaml_parser_set_input_string(&parser, (const unsigned char *)data, size);
	while (good && !r.done)
		good = read_event(&r, &parser);
	yaml_parser_delete(&parser);
	return good;
}
