/* SPDX-License-Identifier: Apache-2.0 */
#include "core/config/document.h"

#include "core/base/text.h"
#include "core/config/document_build.h"

#include <assert.h>
#include <strings.h>

enum { MATCHES_MOST = 4096, LARGE = 64, KEY_BITS = 1 << 16 };

/* ---- building ---- */

bool build_fail(struct document_build *build, struct place_in_file at, const char *what)
{
	struct document *d = build->document;

	if (d->state == STATE_MALFORMED)
		return false;
	d->state = STATE_MALFORMED;
	d->where = arena_printf(build->arena, "%s:%u:%u", d->file->path, at.line, at.column);
	d->why = text_safe(build->arena, what, strlen(what), 512);
	d->root = NULL;
	return false;
}

bool build_count(struct document_build *build, size_t more, struct place_in_file at)
{
	if (more > DOCUMENT_MOST || build->n + more > DOCUMENT_MOST)
		return build_fail(build, at, "more than 20000 values");
	build->n += more;
	return true;
}

static const char *take_text(struct document_build *build, const char *text, size_t size, struct place_in_file at)
{
	if (!text)
		return NULL;
	if (!memchr(text, '\0', size))
		return arena_strndup(build->arena, text, size);
	build_fail(build, at, "a NUL byte in a string");
	return NULL;
}

struct value *build_add(struct document_build *build, struct value *into, const struct raw_value *raw)
{
	struct value *v = arena_new_of(build->arena, struct value);

	*v = (struct value){ .kind = (enum value_kind)raw->kind, .file = build->document->file->path, .line = raw->at.line, .column = raw->at.column };
	v->key = take_text(build, raw->key, raw->key_size, raw->at);
	v->text = take_text(build, raw->text, raw->text_size, raw->at);
	if ((raw->key && !v->key) || (raw->text && !v->text))
		return NULL;
	if (raw->depth > DOCUMENT_DEEPEST) {
		build_fail(build, raw->at, "nested deeper than 64 levels");
		return NULL;
	}
	if (!build_count(build, 1, raw->at))
		return NULL;
	if (into) {
		*(into->last ? &into->last->next : &into->first) = v;
		into->last = v;
		into->n++;
	} else {
		build->document->root = v;
	}
	return v;
}

/* ---- reading ---- */

enum syntax syntax_of(const char *word)
{
	if (streq(word, "json"))
		return SYNTAX_JSON;
	if (streq(word, "yaml"))
		return SYNTAX_YAML;
	assert(streq(word, "toml"));
	return SYNTAX_TOML;
}

static bool is_blank(const struct file *file)
{
	return strspn(file->data, " \t\r\n") == file->size;
}

struct document *document_read(struct source *source, struct arena *arena, const char *path, enum syntax syntax)
{
	static bool (*const parsers[])(struct document_build *, const char *, size_t) = {
		[SYNTAX_JSON] = document_parse_json, [SYNTAX_YAML] = document_parse_yaml, [SYNTAX_TOML] = document_parse_toml,
	};
	struct document *d = arena_new_of(arena, struct document);
	struct document_build build = { .arena = arena, .document = d };

	d->file = source_read(source, path + strspn(path, "/"), DOCUMENT_LIMIT);
	d->state = d->file->state;
	d->where = d->file->path;
	d->why = d->file->why;
	if (d->state != STATE_PRESENT || is_blank(d->file))
		return d;
	if (!parsers[syntax](&build, d->file->data, d->file->size))
		d->root = NULL;
	d->n = build.n;
	return d;
}

/* ---- looking ---- */

char *value_where(struct arena *arena, const struct value *value)
{
	return value->line ? arena_printf(arena, "%s:%u", value->file, value->line) : arena_strdup(arena, value->file);
}

const struct value *value_member(const struct value *table, const char *key)
{
	if (!table || table->kind != VALUE_TABLE)
		return NULL;
	for (const struct value *v = table->first; v; v = v->next)
		if (streq(v->key, key))
			return v;
	return NULL;
}

/* A part of a pointer without its escapes. */
static char *unescape(struct arena *arena, const char *part, size_t size)
{
	static const char escaped[] = "~/ ";
	char *text = arena_strndup(arena, part, size), *to = text;

	for (const char *from = text; *from; from++) {
		if (from[0] == '~' && from[1] >= '0' && from[1] <= '2')
			*to++ = escaped[*++from - '0'];
		else
			*to++ = *from;
	}
	*to = '\0';
	return text;
}

/* One step of a walk along a pointer. */
struct step {
	const char *rest;            /* of the pointer: "" or begins with a slash */
	const char *end;
	const char *so_far;
	bool other_case;
};

static void follow(const struct value *v, struct step at, struct matches *m);

/* The name of a member as a part of a pointer; an entry of a list has its number. */
static const char *part_name(struct arena *arena, const struct value *v, size_t index)
{
	return v->key ? text_safe(arena, v->key, strlen(v->key), 256) : arena_printf(arena, "%zu", index);
}

static void follow_member(const struct value *v, size_t index, struct step at, struct matches *m)
{
	at.so_far = arena_printf(m->arena, "%s/%s", at.so_far, part_name(m->arena, v, index));
	follow(v, at, m);
}

static bool is_wanted(const struct value *v, size_t index, const char *part, bool any_case)
{
	int64_t number = -1;

	if (streq(part, "*"))
		return true;
	if (v->key)
		return any_case ? strcasecmp(v->key, part) == 0 : streq(v->key, part);
	return text_integer(part, &number) && number >= 0 && (uint64_t)number == index;
}

static void follow(const struct value *v, struct step at, struct matches *m)
{
	const char *part;
	size_t n, index = 0;
	bool other_case = at.other_case;

	if (at.rest == at.end) {
		if (m->n < MATCHES_MOST)
			arena_push(m->arena, m->list, m->n) = (struct match){ at.so_far, v, at.other_case };
		else
			m->cut = true;
		return;
	}
	n = strcspn(at.rest + 1, "/ ");
	part = unescape(m->arena, at.rest + 1, n);
	at.rest += n + 1;
	for (const struct value *child = v->first; child && !m->cut; child = child->next, index++) {
		if (!is_wanted(child, index, part, m->any_case))
			continue;
		at.other_case = other_case || (child->key && !streq(part, "*") && !streq(part, child->key));
		follow_member(child, index, at, m);
	}
}

void value_find(const struct value *root, const char *pointers, struct matches *m)
{
	size_t n;

	for (const char *at = pointers, *pointer; root && (pointer = list_next(&at, " ", &n));)
		follow(root, (struct step){ pointer, pointer + n, "", false }, m);
}

/* ---- merging ---- */

struct merge {
	struct arena *arena;
	const struct merging *how;
	unsigned depth;
	const char *path[DOCUMENT_DEEPEST + 2];   /* keys from the root on */
};

/* Where the merge stands is one of the places that the list names. */
static bool stands_at(const struct merge *m, const char *pointers)
{
	size_t n;

	for (const char *at = pointers, *pointer; pointers && (pointer = list_next(&at, " ", &n));) {
		const char *end = pointer + n;
		unsigned depth = 0;

		while (pointer < end && depth < m->depth) {
			size_t size = strcspn(pointer + 1, "/ ");
			const char *part = unescape(m->arena, pointer + 1, size);

			if (!streq(part, "*") && !streq(part, m->path[depth]))
				break;
			pointer += size + 1;
			depth++;
		}
		if (pointer == end && depth == m->depth)
			return true;
	}
	return false;
}

static struct value *copy_of(struct arena *arena, const struct value *v)
{
	struct value *copy = arena_new_of(arena, struct value);

	*copy = *v;
	copy->next = NULL;
	return copy;
}

static void append(struct value *into, struct value *v)
{
	*(into->last ? &into->last->next : &into->first) = v;
	into->last = v;
	into->n++;
}

static const char *identity_of(const struct value *v, const char *keys)
{
	char key[64];
	size_t n;

	for (const char *at = keys, *word; keys && (word = list_next(&at, " ", &n));) {
		const struct value *member;

		snprintf(key, sizeof(key), "%.*s", (int)n, word);
		member = value_member(v, key);
		if (member && member->text)
			return member->text;
	}
	return NULL;
}

static bool is_replaced(const struct value *v, const struct value *over, const char *keys)
{
	const char *own = identity_of(v, keys);

	for (const struct value *o = over->first; own && o; o = o->next) {
		const char *other = identity_of(o, keys);

		if (other && streq(own, other))
			return true;
	}
	return false;
}

static struct value *join(const struct merge *m, const struct value *base, const struct value *over)
{
	struct value *joined = copy_of(m->arena, over);

	joined->first = joined->last = NULL;
	joined->n = 0;
	for (const struct value *v = base->first; v; v = v->next)
		if (!is_replaced(v, over, m->how->identity))
			append(joined, copy_of(m->arena, v));
	for (const struct value *v = over->first; v; v = v->next)
		append(joined, copy_of(m->arena, v));
	return joined;
}

/* The last word on it counts. */
static bool is_appended(const struct value *base, const struct value *over)
{
	const struct value *word = NULL;

	for (const struct value *v = base->first; v; v = v->next)
		word = value_member(v, "append") ? value_member(v, "append") : word;
	for (const struct value *v = over->first; v; v = v->next)
		word = value_member(v, "append") ? value_member(v, "append") : word;
	return word && word->text && streq(word->text, "true");
}

static struct value *merge(struct merge *m, const struct value *base, const struct value *over);

static bool is_empty(const struct value *v)
{
	if (v->kind == VALUE_STRING)
		return !*v->text;
	if (v->kind == VALUE_BOOLEAN)
		return streq(v->text, "false");
	return v->kind == VALUE_INTEGER ? streq(v->text, "0") : v->kind == VALUE_LIST && !v->n;
}

/* A bit for each hash that a key of a large table has, so that most keys are known to be in one table only at once; NULL of a small one. */
static const uint64_t *keys_of(struct arena *arena, const struct value *table)
{
	uint64_t *keys = table->n < LARGE ? NULL : arena_array_of(arena, uint64_t, KEY_BITS / 64);

	for (const struct value *v = keys ? table->first : NULL; v; v = v->next) {
		uint32_t bit = text_hash(v->key, strlen(v->key)) % KEY_BITS;

		keys[bit / 64] |= UINT64_C(1) << bit % 64;
	}
	return keys;
}

static const struct value *member_by(const struct value *table, const uint64_t *keys, const char *key)
{
	uint32_t bit = keys ? text_hash(key, strlen(key)) % KEY_BITS : 0;

	return keys && !(keys[bit / 64] >> bit % 64 & 1) ? NULL : value_member(table, key);
}

static struct value *merge_tables(struct merge *m, const struct value *base, const struct value *over)
{
	const uint64_t *base_keys = keys_of(m->arena, base), *over_keys = keys_of(m->arena, over);
	struct value *merged = copy_of(m->arena, base);

	merged->first = merged->last = NULL;
	merged->n = 0;
	for (const struct value *v = base->first; v; v = v->next) {
		const struct value *other = member_by(over, over_keys, v->key);

		if (m->how->keeps && other && is_empty(other) && !is_empty(v))
			append(merged, copy_of(m->arena, v));
		m->path[m->depth++] = v->key;
		append(merged, other ? merge(m, v, other) : copy_of(m->arena, v));
		m->depth--;
	}
	for (const struct value *v = over->first; v; v = v->next)
		if (!member_by(base, base_keys, v->key))
			append(merged, copy_of(m->arena, v));
	return merged;
}

static struct value *merge(struct merge *m, const struct value *base, const struct value *over)
{
	if (base->kind == VALUE_TABLE && over->kind == VALUE_TABLE && !stands_at(m, m->how->whole))
		return merge_tables(m, base, over);
	if (base->kind == VALUE_LIST && over->kind == VALUE_LIST && (stands_at(m, m->how->joined) || (m->how->appends && is_appended(base, over))))
		return join(m, base, over);
	return copy_of(m->arena, over);
}

const struct value *value_merge(struct arena *arena, const struct value *base, const struct value *over, const struct merging *how)
{
	struct merge m = { .arena = arena, .how = how };

	return !base ? over : !over ? base : merge(&m, base, over);
}
