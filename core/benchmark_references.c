/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the parts of a benchmark fit together, once all are read. */
#include "core/benchmark_reading.h"

#include "core/text.h"

#include <errno.h>

static int fail_at(struct reading *r, unsigned line, const char *format, ...) PRINTF_LIKE(3, 4);

static int fail_at(struct reading *r, unsigned line, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = arena_vprintf(r->arena, format, args);
	va_end(args);
	return err_set(r->err, EINVAL, "%s:%u: %s", r->path, line, text);
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
	const struct rule *rule = benchmark_rule(b, id);

	if (rule)
		return &rule->item;
	for (size_t i = 0; i < b->n_groups; i++)
		if (streq(b->groups[i]->id, id))
			return b->groups[i];
	return NULL;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int check_unique(struct reading *r)
{
	struct benchmark *b = r->benchmark;
	size_t n = 0;
	const char **ids = arena_array_of(r->arena, const char *, b->n_rules + b->n_groups + b->n_values + b->n_profiles + 1);

	for (size_t i = 0; i < b->n_rules; i++)
		ids[n++] = b->rules[i]->item.id;
	for (size_t i = 0; i < b->n_groups; i++)
		ids[n++] = b->groups[i]->id;
	for (size_t i = 0; i < b->n_values; i++)
		ids[n++] = b->values[i]->id;
	for (size_t i = 0; i < b->n_profiles; i++)
		ids[n++] = b->profiles[i]->id;
	qsort(ids, n, sizeof(*ids), by_text);
	for (size_t i = 1; i < n; i++) {
		const struct rule *twice;

		if (!streq(ids[i - 1], ids[i]))
			continue;
		for (size_t k = b->n_rules; k-- > 0;) {
			twice = b->rules[k];
			if (streq(twice->item.id, ids[i]))
				return fail_at(r, twice->item.line, "the id %s is given twice", ids[i]);
		}
		return err_set(r->err, EINVAL, "%s: the id %s is given twice", r->path, ids[i]);
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
		if (benchmark_value(b, s->idref))
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
			return fail_at(r, item->line, "%s conflicts with something that does not exist", item->short_id);
	for (size_t i = 0; i < item->n_needs; i++)
		for (const char *at = item->needs[i], *w; at && (w = list_next(&at, " \t\n", &n));)
			if (!item_of(r->benchmark, arena_strndup(r->arena, w, n)))
				return fail_at(r, item->line, "%s requires '%.*s', which does not exist", item->short_id, (int)n, w);
	return 0;
}

int reading_check_references(struct reading *r)
{
	struct benchmark *b = r->benchmark;
	int rc = check_unique(r);

	if (rc == 0)
		rc = check_profiles(r);
	for (size_t i = 0; i < b->n_rules && rc == 0; i++)
		rc = check_item_references(r, &b->rules[i]->item);
	for (size_t i = 0; i < b->n_groups && rc == 0; i++)
		rc = check_item_references(r, b->groups[i]);
	return rc;
}
