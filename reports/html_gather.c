/* SPDX-License-Identifier: Apache-2.0 */
/* What the HTML page shows of rules: results on any subjects joined by rule, and counted by group. */
#include "reports/html.h"

#include "reports/view.h"

enum {
	LABEL_BYTES = 200,
	EXPLAINED_PERCENT = 45,   /* of the findings, and at least so many: 200 rules of which most failed stay below 150 kB */
	EXPLAINED_LEAST = 90,
};

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && streq(a, b));
}

/* ---- benchmarks ---- */

static bool same_benchmark(const struct policy *a, const struct policy *b)
{
	return a == b || (streq(a->benchmark->short_id, b->benchmark->short_id) && same_text(a->benchmark->version, b->benchmark->version) &&
			  same_text(a->profile ? a->profile->short_id : NULL, b->profile ? b->profile->short_id : NULL));
}

static size_t benchmark_index(const struct html *h, const struct policy *policy)
{
	size_t i = 0;

	while (i < h->audit->n_policies && !same_benchmark(h->audit->policies[i], policy))
		i++;
	return i;
}

/* An engine that is not there is named once, and not group by group; where nothing at all applies, everything is. */
static void find_applying(struct html *h, const struct html_entry *entries)
{
	bool any = false;

	h->applies = arena_array_of(h->arena, bool, h->audit->n_policies + 1);
	for (size_t i = 0; i < h->n_entries; i++)
		if (entries[i].result->outcome != OUTCOME_NOTAPPLICABLE)
			h->applies[entries[i].benchmark] = any = true;
	for (size_t i = 0; i < h->n_entries && !any; i++)
		h->applies[entries[i].benchmark] = true;
}

/* ---- subjects ---- */

static const char *label_of(struct html *h, const struct subject_results *s)
{
	const char *host = s->host->name && *s->host->name ? s->host->name : "this system";
	const char *label = s->facts ? s->facts->label : host;

	if (s->facts && h->audit->n_hosts > 1)
		label = arena_printf(h->arena, "%s / %s", host, label);
	return view_safe(h->arena, label, LABEL_BYTES);
}

static void label_subjects(struct html *h)
{
	h->labels = arena_array_of(h->arena, const char *, h->audit->n_subjects + 1);
	for (size_t i = 0; i < h->audit->n_subjects; i++)
		h->labels[i] = label_of(h, &h->audit->subjects[i]);
}

/* ---- entries ---- */

static enum html_kind kind_of(const struct result *result)
{
	if (result->outcome == OUTCOME_FAIL)
		return result->waiver ? HTML_WAIVED : HTML_FAILED;
	if (outcome_is_undetermined(result->outcome) || result->outcome == OUTCOME_NOTCHECKED)
		return HTML_OPEN;
	return result->outcome == OUTCOME_PASS ? HTML_PASSED : HTML_OTHER;
}

static size_t group_index(struct html *h, const struct section *section)
{
	size_t key = benchmark_index(h, section->policy);
	const char *id = section->group ? section->group->short_id : "";
	const char *title = section->group ? section->group->title : "Rules in no group";

	for (size_t i = 0; i < h->n_groups; i++)
		if (h->groups[i].key == key && streq(h->groups[i].id, id))
			return i;
	arena_push(h->arena, h->groups, h->n_groups) = (struct html_group){
		.title = title && *title ? view_text(h->arena, section->policy, title) : view_safe(h->arena, id, LABEL_BYTES),
		.benchmark = view_safe(h->arena, section->policy->benchmark->short_id, LABEL_BYTES), .id = id, .key = key,
	};
	return h->n_groups - 1;
}

static void count_entry(struct html *h, const struct html_entry *entry)
{
	struct html_group *group = &h->groups[entry->group];

	group->n[entry->kind]++;
	group->containers += h->audit->subjects[entry->subject].kind == SUBJECT_CONTAINER;
	h->n_of[entry->kind]++;
	if (entry->kind != HTML_FAILED)
		return;
	h->failed_of[entry->result->severity]++;
	if (entry->result->severity > group->worst)
		group->worst = entry->result->severity;
}

/* All results, section by section. */
static struct html_entry *entries_of(struct html *h)
{
	struct html_entry *entries = NULL;

	for (size_t i = 0; i < h->audit->n_subjects; i++) {
		struct sections sections = sections_of(h->arena, &h->audit->subjects[i]);

		for (size_t k = 0; k < sections.n; k++) {
			const struct section *section = &sections.list[k];
			size_t group = group_index(h, section);

			for (size_t m = 0; m < section->n; m++) {
				arena_push(h->arena, entries, h->n_entries) = (struct html_entry){
					.result = section->results[m], .policy = section->policy, .subject = i, .group = group,
					.benchmark = h->groups[group].key, .kind = kind_of(section->results[m]), .order = h->n_entries,
				};
				count_entry(h, &entries[h->n_entries - 1]);
			}
		}
	}
	return entries;
}

/* ---- findings ---- */

static int compare_sizes(size_t a, size_t b)
{
	return a < b ? -1 : a > b;
}

static int same_rule(const struct html_entry *a, const struct html_entry *b)
{
	int rc = compare_sizes(a->benchmark, b->benchmark);

	if (rc == 0 && a->result->rule != b->result->rule)
		rc = strcmp(a->result->rule->item.short_id, b->result->rule->item.short_id);
	return rc ? rc : compare_sizes(a->kind, b->kind);
}

static int by_rule(const void *left, const void *right)
{
	const struct html_entry *a = left, *b = right;
	int rc = same_rule(a, b);

	if (rc == 0)
		rc = compare_sizes(b->result->severity, a->result->severity);
	return rc ? rc : compare_sizes(a->order, b->order);
}

/* A joined finding is as urgent as its first entry. */
static int by_urgency(const void *left, const void *right)
{
	const struct html_entry *a = ((const struct html_finding *)left)->entries, *b = ((const struct html_finding *)right)->entries;
	int rc = compare_sizes(a->kind, b->kind);

	if (rc == 0)
		rc = compare_sizes(b->result->severity, a->result->severity);
	if (rc == 0 && (a->result->weight < b->result->weight || a->result->weight > b->result->weight))
		rc = a->result->weight > b->result->weight ? -1 : 1;
	return rc ? rc : compare_sizes(a->order, b->order);
}

/* The order in which rules are met is that of their addresses or names: only the later sort decides what is seen. */
static void join_findings(struct html *h, struct html_entry *entries)
{
	if (h->n_entries > 1)
		qsort(entries, h->n_entries, sizeof(*entries), by_rule);
	for (size_t from = 0, to; from < h->n_entries; from = to) {
		for (to = from + 1; to < h->n_entries && same_rule(&entries[from], &entries[to]) == 0;)
			to++;
		arena_push(h->arena, h->findings, h->n_findings) = (struct html_finding){
			.entries = &entries[from], .n = to - from, .severity = entries[from].result->severity,
			.id = view_safe(h->arena, entries[from].result->rule->item.short_id, LABEL_BYTES),
		};
	}
	if (h->n_findings > 1)
		qsort(h->findings, h->n_findings, sizeof(*h->findings), by_urgency);
	for (size_t i = 0; i < h->n_findings; i++)
		h->findings[i].number = i + 1;
}

void html_gather(struct html *h)
{
	struct html_entry *entries;

	label_subjects(h);
	entries = entries_of(h);
	find_applying(h, entries);
	join_findings(h, entries);
	h->explained = h->n_findings * EXPLAINED_PERCENT / 100;
	h->explained = h->explained < EXPLAINED_LEAST ? EXPLAINED_LEAST : h->explained;
	html_gather_sources(h);
}

struct html_finding *html_findings(const struct html *h, enum html_kind kind, size_t *n)
{
	size_t from = 0, to;

	while (from < h->n_findings && h->findings[from].entries->kind < kind)
		from++;
	for (to = from; to < h->n_findings && h->findings[to].entries->kind == kind;)
		to++;
	*n = to - from;
	return h->findings + from;
}
