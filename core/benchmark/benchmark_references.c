/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the parts of a benchmark fit together, once all are read. */
#include "core/benchmark/benchmark_reading.h"

#include "core/base/text.h"

#include <errno.h>

static bool has_value(const struct benchmark *b, const char *id)
{
	for (size_t i = 0; i < b->n_values; i++)
		if (streq(b->values[i]->id, id))
			return true;
	return false;
}

static int fail_at(struct reading *r, unsigned line, const char *format, ...) PRINTF_LIKE(3, 4);

static int fail_at(struct reading *r, unsigned line, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = arena_vprintf(r->arena, format, args);
	va_end(args);
	return reading_tolerate(r, err_set(r->err, EINVAL, "%s:%u: %s", r->path, line, text));
}

static bool has_cluster(const struct benchmark *b, const char *id)
{
	for (size_t i = 0; i < b->n_rules; i++)
		if (b->rules[i]->item.cluster_id && streq(b->rules[i]->item.cluster_id, id))
			return true;
	for (size_t i = 0; i < b->n_groups; i++)
		if (b->groups[i]->cluster_id && streq(b->groups[i]->cluster_id, id))
			return true;
	return false;
}

static const struct selectable *item_of(const struct benchmark *b, const char *id)
{
	for (size_t i = 0; i < b->n_rules; i++)
		if (streq(b->rules[i]->item.id, id))
			return &b->rules[i]->item;
	for (size_t i = 0; i < b->n_groups; i++)
		if (streq(b->groups[i]->id, id))
			return b->groups[i];
	return NULL;
}

static int by_id(const void *a, const void *b)
{
	const struct idref *x = a, *y = b;
	int order = strcmp(x->id, y->id);

	return order ? order : x->line < y->line ? -1 : x->line > y->line;
}

int reading_check_unique(struct reading *r)
{
	struct benchmark *b = r->benchmark;
	struct idref *ids = arena_array_of(r->arena, struct idref, b->n_rules + b->n_groups + b->n_values + b->n_profiles + 1);
	size_t n = 0;

	for (size_t i = 0; i < b->n_rules; i++)
		ids[n++] = (struct idref){ b->rules[i]->item.id, b->rules[i]->item.line };
	for (size_t i = 0; i < b->n_groups; i++)
		ids[n++] = (struct idref){ b->groups[i]->id, b->groups[i]->line };
	for (size_t i = 0; i < b->n_values; i++)
		ids[n++] = (struct idref){ b->values[i]->id, b->values[i]->line };
	for (size_t i = 0; i < b->n_profiles; i++)
		ids[n++] = (struct idref){ b->profiles[i]->id, b->profiles[i]->line };
	qsort(ids, n, sizeof(*ids), by_id);
	for (size_t i = 1; i < n; i++) {
		bool second = streq(ids[i - 1].id, ids[i].id) && (i < 2 || !streq(ids[i - 2].id, ids[i].id));

		if (second && *ids[i].id) {
			int rc = fail_at(r, ids[i].line, "the id %s is given twice", ids[i].id);

			if (rc < 0)
				return rc;
		}
	}
	return 0;
}

bool reading_has_target(const struct benchmark *b, const struct setting *s)
{
	if (s->kind == SETTING_SELECT || s->kind == SETTING_REFINE_RULE)
		return item_of(b, s->idref) || has_cluster(b, s->idref);
	return has_value(b, s->idref);
}

/* An id that is right but for what stands before its name is better than a name that is near. */
struct near {
	const char *idref, *same;      /* the full id of the thing with the same short one, or NULL */
	struct buffer names;
};

static void consider(struct near *near, const char *id, const char *short_id)
{
	if (!near->same && streq(short_id, benchmark_short_id(near->idref)))
		near->same = id;
	buffer_word(&near->names, short_id, strlen(short_id));
}

static const char *hint_of(struct arena *arena, const struct near *near)
{
	if (near->same)
		return arena_printf(arena, ", did you mean '%s'?", near->same);
	return near->names.text ? nearest_hint(arena, near->names.text, benchmark_short_id(near->idref)) : "";
}

static int check_setting(struct reading *r, const struct benchmark *b, const struct setting *s)
{
	struct near near = { .idref = s->idref, .names = { .arena = r->arena } };
	bool is_item = s->kind == SETTING_SELECT || s->kind == SETTING_REFINE_RULE;

	if (reading_has_target(b, s))
		return 0;
	for (size_t i = 0; is_item && i < b->n_rules; i++)
		consider(&near, b->rules[i]->item.id, b->rules[i]->item.short_id);
	for (size_t i = 0; is_item && i < b->n_groups; i++)
		consider(&near, b->groups[i]->id, b->groups[i]->short_id);
	for (size_t i = 0; !is_item && i < b->n_values; i++)
		consider(&near, b->values[i]->id, b->values[i]->short_id);
	return fail_at(r, s->line, "no %s has the id '%s'%s", is_item ? "Rule, Group or cluster" : "Value", s->idref, hint_of(r->arena, &near));
}

static const struct profile *profile_with_id(const struct benchmark *b, const char *id)
{
	for (size_t i = 0; i < b->n_profiles; i++)
		if (streq(b->profiles[i]->id, id))
			return b->profiles[i];
	return NULL;
}

/* A Profile of a tailoring may have the id of the one that it extends, and stands in its place. */
static const struct profile *base_of(const struct reading *r, const struct benchmark *b, const struct profile *p)
{
	const struct profile *base = r->benchmark == b || !streq(p->id, p->extends) ? profile_with_id(r->benchmark, p->extends) : NULL;

	return base ? base : profile_with_id(b, p->extends);
}

static int check_base(struct reading *r, const struct benchmark *b, struct profile *p)
{
	struct near near = { .idref = p->extends, .names = { .arena = r->arena } };

	if (!p->extends)
		return 0;
	p->base = base_of(r, b, p);
	for (size_t i = 0; !p->base && i < b->n_profiles; i++)
		consider(&near, b->profiles[i]->id, b->profiles[i]->short_id);
	if (p->base)
		return 0;
	return fail_at(r, p->line, "Profile %s extends '%s', which does not exist%s", p->short_id, p->extends, hint_of(r->arena, &near));
}

int reading_check_profiles(struct reading *r, const struct benchmark *b)
{
	const struct benchmark *own = r->benchmark;
	int rc = 0;

	for (size_t i = 0; i < own->n_profiles && rc == 0; i++) {
		struct profile *p = own->profiles[i];

		rc = check_base(r, b, p);
		for (size_t k = 0; k < p->n_settings && rc == 0; k++)
			rc = check_setting(r, b, &p->settings[k]);
	}
	for (size_t i = 0; i < own->n_profiles && rc == 0; i++) {
		size_t steps = 0;

		for (const struct profile *p = own->profiles[i]; p; p = p->base)
			if (steps++ > own->n_profiles + b->n_profiles)
				return fail_at(r, own->profiles[i]->line, "Profile %s extends itself, in a circle", own->profiles[i]->short_id);
	}
	return rc;
}

static int check_item_references(struct reading *r, const struct selectable *item)
{
	size_t n;

	for (size_t i = 0; i < item->n_conflicts; i++)
		if (!item->conflicts[i] || !item_of(r->benchmark, item->conflicts[i]))
			return fail_at(r, item->line, "%s conflicts with '%s', which does not exist", item->short_id,
				       item->conflicts[i] ? item->conflicts[i] : "");
	for (size_t i = 0; i < item->n_needs; i++)
		for (const char *at = item->needs[i], *w; at && (w = list_next(&at, " \t\n", &n));)
			if (!item_of(r->benchmark, arena_strndup(r->arena, w, n)))
				return fail_at(r, item->line, "%s requires '%.*s', which does not exist", item->short_id, (int)n, w);
	return 0;
}

static bool is_plain_text(const struct reading *r, const char *id)
{
	for (size_t i = 0; i < r->n_plain_texts; i++)
		if (r->plain_texts[i] && streq(r->plain_texts[i], id))
			return true;
	return false;
}

static int check_subs(struct reading *r)
{
	for (size_t i = 0; i < r->n_subs; i++) {
		const char *id = r->subs[i].id ? r->subs[i].id : "";

		if (!has_value(r->benchmark, id) && !is_plain_text(r, id)) {
			int rc = fail_at(r, r->subs[i].line, "sub refers to '%s', which is no Value", id);

			if (rc < 0)
				return rc;
		}
	}
	return 0;
}

int reading_check_references(struct reading *r)
{
	struct benchmark *b = r->benchmark;
	int rc = reading_check_unique(r);

	if (rc == 0)
		rc = reading_check_profiles(r, b);
	if (rc == 0)
		rc = check_subs(r);
	for (size_t i = 0; i < b->n_rules && rc == 0; i++)
		rc = check_item_references(r, &b->rules[i]->item);
	for (size_t i = 0; i < b->n_groups && rc == 0; i++)
		rc = check_item_references(r, b->groups[i]);
	return rc;
}
