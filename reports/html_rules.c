/* SPDX-License-Identifier: Apache-2.0 */
/* The HTML page's list of rules: each with its evidence, and the form that searches and filters them where scripts run. */
#include "reports/html.h"

#include "core/audit/waiver.h"
#include "core/base/text.h"
#include "reports/view.h"

enum {
	CLUSTERS_MOST = 8, CLUSTERS_PASSED = 2,   /* ways in which subjects differ under one rule */
	SUBJECTS_MOST = 12,                       /* named for one of them */
};

const struct html_kind_words html_kinds[HTML_KINDS] = {
	[HTML_FAILED] = { "Failed", "Failed", "fail" },
	[HTML_OPEN] = { "Not determined", "Not determined", "open" },
	[HTML_WAIVED] = { "Failed, and waived", "Waived", "waived" },
	[HTML_PASSED] = { "Passed", "Passed", "pass" },
	[HTML_OTHER] = { "Not applicable", "Not applicable", "other" },
};

/* How much is shown of each, and whether it is to be asked for. */
static const struct {
	struct html_bounds bounds;
	bool folded;
} shown[HTML_KINDS] = {
	[HTML_FAILED] = { { 8, 1500, true }, false },
	[HTML_OPEN] = { { 4, 400, true }, false },
	[HTML_WAIVED] = { { 8, 1500, true }, false },
	[HTML_PASSED] = { { 3, 240, true }, true },
	[HTML_OTHER] = { { 0, 0, false }, true },
};

/* ---- subjects that say the same ---- */

struct cluster {
	const struct html_entry **entries;
	size_t n;
};

struct clusters {
	struct cluster list[CLUSTERS_MOST + 1];   /* the last: of which only names are told */
	size_t n;
};

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && streq(a, b));
}

static bool same_waiver(const struct waiver *a, const struct waiver *b)
{
	return a == b || (a && b && same_text(a->reason, b->reason) && same_text(a->owner, b->owner) && same_text(a->expires, b->expires) &&
			  same_text(a->where, b->where));
}

/* Where it was seen differs from container to container: /proc/PID. */
static bool same_evidence(const struct evidence *a, const struct evidence *b)
{
	return a->state == b->state && a->outcome == b->outcome && same_text(a->name, b->name) && same_text(a->value, b->value) &&
	       same_text(a->why, b->why) && same_text(a->expected, b->expected);
}

static bool same_result(const struct result *a, const struct result *b)
{
	if (a->outcome != b->outcome || a->severity != b->severity || a->n_evidence != b->n_evidence || !same_waiver(a->waiver, b->waiver))
		return false;
	for (size_t i = 0; i < a->n_evidence; i++)
		if (!same_evidence(&a->evidence[i], &b->evidence[i]))
			return false;
	return a->n_evidence || same_text(a->reason, b->reason);
}

static struct clusters clusters_of(struct html *h, const struct html_finding *f, size_t most)
{
	struct clusters clusters = { .n = 0 };

	for (size_t i = 0; i < f->n; i++) {
		struct cluster *rest = &clusters.list[CLUSTERS_MOST];
		size_t k = 0;

		while (k < clusters.n && !same_result(clusters.list[k].entries[0]->result, f->entries[i].result))
			k++;
		if (k == clusters.n && k < most)
			clusters.n++;
		rest = k < most ? &clusters.list[k] : rest;
		arena_push(h->arena, rest->entries, rest->n) = &f->entries[i];
	}
	return clusters;
}

/* ---- one rule ---- */

static void write_title(struct html *h, const struct html_finding *f)
{
	html_element(h, "i", NULL, "%s", f->id);
	html_text(h, " ");
	html_text(h, view_text(h->arena, f->entries->policy, f->entries->result->rule->item.title));
}

static void write_waiver(struct html *h, const struct waiver *w)
{
	if (!w)
		return;
	html_row(h, "Waived", w->reason);
	html_row(h, "By", w->ticket ? arena_printf(h->arena, "%s, %s", w->owner, w->ticket) : w->owner);
	html_row(h, "Until", w->expires);
}

static void write_on(struct html *h, const struct cluster *cluster)
{
	html_tag(h, "dt class=\"on\"");
	html_text(h, "On");
	html_tag(h, "dd");
	html_text(h, html_subjects(h, cluster->entries, cluster->n, SUBJECTS_MOST));
}

static void write_clusters(struct html *h, const struct html_finding *f, enum html_kind kind)
{
	struct clusters clusters = clusters_of(h, f, kind == HTML_PASSED ? CLUSTERS_PASSED : CLUSTERS_MOST);
	const struct cluster *rest = &clusters.list[CLUSTERS_MOST];

	for (size_t i = 0; i < clusters.n; i++) {
		const struct cluster *c = &clusters.list[i];

		if (f->n > 1)
			write_on(h, c);
		write_waiver(h, c->entries[0]->result->waiver);
		html_evidence(h, c->entries[0]->result, shown[kind].bounds);
	}
	if (rest->n)
		html_row(h, "Also on", arena_printf(h->arena, "%s; what was found there is in the JSON report",
						    html_subjects(h, rest->entries, rest->n, SUBJECTS_MOST)));
}

static void write_finding(struct html *h, const struct html_finding *f, enum html_kind kind)
{
	html_start(h, "details", NULL);
	html_marks(h, f->entries, f->n);
	html_start(h, "summary", NULL);
	if (*html_spread(h, f->entries, f->n))
		html_element(h, "small", NULL, "%s", html_spread(h, f->entries, f->n));
	write_title(h, f);
	html_end(h);
	html_start(h, "dl", NULL);
	if (f->linked)
		html_attribute(h, "id", arena_printf(h->arena, "f%zu", f->number));
	write_clusters(h, f, kind);
	if (kind != HTML_PASSED) {
		html_fix(h, f->entries);
		html_explanation(h, f);
	}
	html_end(h);
	html_end(h);
	xml_out_raw(h->xml, "\n");
}

/* ---- the list ---- */

/* The groups of so many rules, by their numbers: the script's filter reads them. */
static const char *group_numbers(struct html *h, const struct html_finding *list, size_t n)
{
	struct buffer out = { .arena = h->arena };

	for (size_t i = 0; i < n; i++)
		buffer_printf(&out, "%s%zu", i ? " " : "", list[i].entries->group);
	return out.text;
}

/* Rules of one kind and one severity. */
static void write_severity(struct html *h, const struct html_finding *list, size_t n, enum html_kind kind)
{
	html_start(h, "div", arena_printf(h->arena, "r%d", (int)list->severity));
	html_attribute(h, "data-g", group_numbers(h, list, n));
	html_start(h, "h4", NULL);
	html_severity(h, list->severity);
	html_element(h, "small", NULL, "%zu", n);
	html_end(h);
	xml_out_raw(h->xml, "\n");
	for (size_t i = 0; i < n; i++)
		write_finding(h, &list[i], kind);
	html_end(h);
	xml_out_raw(h->xml, "\n");
}

static void write_severities(struct html *h, const struct html_finding *list, size_t n, enum html_kind kind)
{
	for (size_t from = 0, to; from < n; from = to) {
		for (to = from + 1; to < n && list[to].severity == list[from].severity;)
			to++;
		write_severity(h, &list[from], to - from, kind);
	}
}

static void write_kind(struct html *h, enum html_kind kind)
{
	size_t n, listed;
	const struct html_finding *list = html_findings(h, kind, &n);

	listed = kind == HTML_OTHER ? html_count_others(h) : n;
	if (!listed)
		return;
	html_start(h, "div", "kind");
	html_attribute(h, "data-o", html_kinds[kind].word);
	html_start(h, "h3", NULL);
	html_text(h, html_kinds[kind].title);
	html_text(h, " ");
	html_element(h, "small", "n", "%zu rule%s", listed, html_plural(listed));
	html_end(h);
	html_start(h, shown[kind].folded ? "details" : "div", "fold");
	if (shown[kind].folded)
		html_element(h, "summary", NULL, "%s", "Show them");
	if (kind == HTML_OTHER)
		html_others(h);
	else
		write_severities(h, list, n, kind);
	html_end(h);
	html_end(h);
	xml_out_raw(h->xml, "\n");
}

/* ---- all of them ---- */

static void write_unlisted(struct html *h)
{
	struct buffer names = { .arena = h->arena };
	size_t n = 0, key = h->audit->n_policies;

	for (size_t i = 0; i < h->n_groups; i++) {
		const struct html_group *g = &h->groups[i];

		if (h->applies[g->key])
			continue;
		n += g->n[HTML_OTHER];
		if (g->key != key)
			buffer_printf(&names, "%s%s", names.text ? ", " : "", g->benchmark);
		key = g->key;
	}
	if (names.text)
		html_element(h, "p", "remark", "Not listed: %zu rules of benchmarks of which nothing is here (%s).", n, names.text);
}

static const char *remark_of(struct html *h)
{
	for (size_t i = h->explained; i < h->n_findings; i++)
		if (h->findings[i].entries->kind < HTML_PASSED)
			return arena_printf(h->arena, "Why it matters is told here of the %zu most urgent rules, and of any by: plimsoll explain RULE", h->explained);
	return NULL;
}

void html_rules(struct html *h)
{
	html_section(h, "rules", "All rules", remark_of(h));
	html_filter(h);
	for (int kind = 0; kind < HTML_KINDS; kind++)
		write_kind(h, (enum html_kind)kind);
	html_start(h, "p", NULL);
	html_attribute(h, "id", "none");
	html_attribute(h, "hidden", "hidden");
	html_text(h, "No rule matches.");
	html_end(h);
	write_unlisted(h);
	html_end(h);
}
