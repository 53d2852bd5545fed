/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the parts of a benchmark fit together, once all are read. */
#include "core/benchmark_reading.h"

#include "core/text.h"

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

static int check_unique(struct reading *r)
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

static int check_setting(struct reading *r, const struct setting *s)
{
	const struct benchmark *b = r->benchmark;

	switch (s->kind) {
	case SETTING_SELECT:
	case SETTING_REFINE_RULE:
		if (item_of(b, s->idref) || has_cluster(b, s->idref))
			return 0;
		return fail_at(r, s->line, "no Rule, Group or cluster has the id '%s'", s->idref);
	default:
		if (has_value(b, s->idref))
			return 0;
		return fail_at(r, s->line, "no Value has the id '%s'", s->idref);
	}
}

static int check_profiles(struct reading *r)
{
	struct benchmark *b = r->benchmark;

	for (size_t i = 0; i < b->n_profiles; i++) {
		struct profile *p = b->profiles[i];

		if (p->extends) {
			p->base = benchmark_profile(b, p->extends);
			if (p->base && !streq(p->base->id, p->extends))
				p->base = NULL;
			if (!p->base)
				return fail_at(r, p->line, "Profile %s extends '%s', which does not exist", p->short_id, p->extends);
		}
		for (size_t k = 0; k < p->n_settings; k++) {
			int rc = check_setting(r, &p->settings[k]);

			if (rc < 0)
				return rc;
		}
	}
	for (size_t i = 0; i < b->n_profiles; i++) {
		size_t steps = 0;

		for (const struct profile *p = b->profiles[i]; p; p = p->base)
			if (steps++ > b->n_profiles)
				return fail_at(r, b->profiles[i]->line, "Profile %s extends itself, in a circle", b->profiles[i]->short_id);
	}
	return 0;
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
	int rc = check_unique(r);

	if (rc == 0)
		rc = check_profiles(r);
	if (rc == 0)
		rc = check_subs(r);
	for (size_t i = 0; i < b->n_rules && rc == 0; i++)
		rc = check_item_references(r, &b->rules[i]->item);
	for (size_t i = 0; i < b->n_groups && rc == 0; i++)
		rc = check_item_references(r, b->groups[i]);
	return rc;
}
