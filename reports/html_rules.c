/* SPDX-License-Identifier: Apache-2.0 */
/* The HTML page's list of rules: each with its evidence, and the form that searches and filters them where scripts run. */
#include "reports/html.h"

#include "core/text.h"
#include "core/waiver.h"
#include "reports/view.h"

enum {
	CLUSTERS_MOST = 8, CLUSTERS_PASSED = 2,   /* ways in which subjects differ under one rule */
	SUBJECTS_MOST = 12,                       /* named for one of them */
	REASON_BYTES = 240,
};

static const struct {
	const char *title, *label, *word;
	struct html_bounds bounds;
	bool folded;
} kinds[HTML_KINDS] = {
	[HTML_FAILED] = { "Failed", "Failed", "fail", { 8, 1500, true }, false },
	[HTML_OPEN] = { "Not determined", "Not determined", "open", { 4, 400, true }, false },
	[HTML_WAIVED] = { "Failed, and waived", "Waived", "waived", { 8, 1500, true }, false },
	[HTML_PASSED] = { "Passed", "Passed", "pass", { 3, 240, true }, true },
	[HTML_OTHER] = { "Not applicable", "Not applicable", "other", { 0, 0, false }, true },
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

/* A hexadecimal digit for four subjects each, by their numbers: the script's filter reads it. */
static const char *subject_bits(struct html *h, const struct html_finding *f)
{
	size_t n = h->audit->n_subjects / 4 + 1, last = 0;
	char *bits = arena_array_of(h->arena, char, n + 1);

	for (size_t i = 0; i < f->n; i++) {
		size_t at = f->entries[i].subject;

		bits[at / 4] = (char)(bits[at / 4] | 1 << at % 4);
		last = at / 4 > last ? at / 4 : last;
	}
	for (size_t i = 0; i <= last; i++)
		bits[i] = "0123456789abcdef"[(unsigned char)bits[i]];
	bits[last + 1] = '\0';
	return bits;
}

static void write_marks(struct html *h, const struct html_finding *f)
{
	html_attribute(h, "data-g", arena_printf(h->arena, "%zu", f->entries->group));
	if (h->audit->n_subjects > 1)
		html_attribute(h, "data-s", subject_bits(h, f));
}

static void write_title(struct html *h, const struct html_finding *f)
{
	html_start(h, "span", NULL);
	html_element(h, "code", NULL, "%s", f->id);
	html_text(h, " ");
	html_text(h, view_text(h->arena, f->entries->policy, f->entries->result->rule->item.title));
	html_end(h);
}

/* "on 3 containers", where there are several subjects. */
static const char *spread(struct html *h, const struct html_finding *f)
{
	size_t hosts = 0;

	for (size_t i = 0; i < f->n; i++)
		hosts += h->audit->subjects[f->entries[i].subject].kind == SUBJECT_HOST;
	return f->n == 1 ? h->labels[f->entries->subject] : html_count_subjects(h, hosts, f->n - hosts);
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
	html_element(h, "dt", "on", "%s", "On");
	html_element(h, "dd", NULL, "%s", html_subjects(h, cluster->entries, cluster->n, SUBJECTS_MOST));
}

static void write_clusters(struct html *h, const struct html_finding *f, enum html_kind kind)
{
	struct clusters clusters = clusters_of(h, f, kind == HTML_PASSED ? CLUSTERS_PASSED : CLUSTERS_MOST);
	const struct cluster *rest = &clusters.list[CLUSTERS_MOST];

	for (size_t i = 0; i < clusters.n; i++) {
		const struct cluster *c = &clusters.list[i];

		if (h->audit->n_subjects > 1)
			write_on(h, c);
		write_waiver(h, c->entries[0]->result->waiver);
		html_evidence(h, c->entries[0]->result, kinds[kind].bounds);
	}
	if (rest->n)
		html_row(h, "Also on", arena_printf(h->arena, "%s; what was found there is in the JSON report",
						    html_subjects(h, rest->entries, rest->n, SUBJECTS_MOST)));
}

static void write_finding(struct html *h, const struct html_finding *f, enum html_kind kind)
{
	html_start(h, "details", NULL);
	write_marks(h, f);
	html_start(h, "summary", NULL);
	html_severity(h, f->severity);
	write_title(h, f);
	if (h->audit->n_subjects > 1)
		html_element(h, "i", NULL, "%s", spread(h, f));
	html_end(h);
	html_start(h, "dl", NULL);
	html_attribute(h, "id", arena_printf(h->arena, "f%zu", f->number));
	write_clusters(h, f, kind);
	if (kind != HTML_PASSED) {
		html_fix(h, f->entries);
		html_explanation(h, f->entries);
	}
	html_end(h);
	html_end(h);
	xml_out_raw(h->xml, "\n");
}

/* What does not apply has nothing to show but its reason. */
static void write_line(struct html *h, const struct html_finding *f)
{
	const struct result *r = f->entries->result;

	html_start(h, "p", NULL);
	write_marks(h, f);
	html_severity(h, f->severity);
	write_title(h, f);
	html_start(h, "small", NULL);
	if (r->outcome != OUTCOME_NOTAPPLICABLE) {
		html_text(h, outcome_name(r->outcome));
		html_text(h, ": ");
	}
	html_cut(h, r->reason ? r->reason : "no reason is known", REASON_BYTES);
	if (h->audit->n_subjects > 1)
		html_text(h, arena_printf(h->arena, " (%s)", spread(h, f)));
	html_end(h);
	html_end(h);
	xml_out_raw(h->xml, "\n");
}

/* ---- the list ---- */

static bool is_listed(const struct html *h, const struct html_finding *f)
{
	return f->entries->kind != HTML_OTHER || h->applies[f->entries->benchmark];
}

static void write_kind(struct html *h, enum html_kind kind)
{
	size_t n, listed = 0;
	const struct html_finding *list = html_findings(h, kind, &n);

	for (size_t i = 0; i < n; i++)
		listed += is_listed(h, &list[i]);
	if (!listed)
		return;
	html_start(h, "div", "kind");
	html_attribute(h, "data-o", kinds[kind].word);
	html_start(h, "h3", NULL);
	html_text(h, kinds[kind].title);
	html_text(h, " ");
	html_element(h, "small", "n", "%zu rule%s", listed, html_plural(listed));
	html_end(h);
	html_start(h, kinds[kind].folded ? "details" : "div", "fold");
	if (kinds[kind].folded)
		html_element(h, "summary", NULL, "%s", "Show them");
	xml_out_raw(h->xml, "\n");
	for (size_t i = 0; i < n; i++) {
		if (!is_listed(h, &list[i]))
			continue;
		if (kind == HTML_OTHER)
			write_line(h, &list[i]);
		else
			write_finding(h, &list[i], kind);
	}
	html_end(h);
	html_end(h);
	xml_out_raw(h->xml, "\n");
}

/* ---- the form ---- */

static void write_check(struct html *h, const char *name, const char *value, const char *label)
{
	html_start(h, "label", NULL);
	html_start(h, "input", NULL);
	html_attribute(h, "type", "checkbox");
	html_attribute(h, "name", name);
	html_attribute(h, "value", value);
	html_attribute(h, "checked", "checked");
	xml_out_end_void(h->xml);
	html_text(h, label);
	html_end(h);
}

static void write_option(struct html *h, const char *value, const char *text)
{
	html_start(h, "option", NULL);
	html_attribute(h, "value", value);
	html_text(h, text);
	html_end(h);
}

static void start_select(struct html *h, const char *name, const char *label, const char *all)
{
	html_start(h, "label", NULL);
	html_text(h, label);
	html_text(h, " ");
	html_start(h, "select", NULL);
	html_attribute(h, "name", name);
	write_option(h, "", all);
}

static void write_selects(struct html *h)
{
	if (h->audit->n_subjects > 1) {
		start_select(h, "subject", "On", "everything");
		for (size_t i = 0; i < h->audit->n_subjects; i++)
			write_option(h, arena_printf(h->arena, "%zu", i), h->labels[i]);
		html_end(h);
		html_end(h);
	}
	start_select(h, "group", "In", "all groups");
	for (size_t i = 0; i < h->n_groups; i++)
		if (h->applies[h->groups[i].key])
			write_option(h, arena_printf(h->arena, "%zu", i),
				     arena_printf(h->arena, "%s: %s", h->groups[i].benchmark, h->groups[i].title));
	html_end(h);
	html_end(h);
}

static void write_button(struct html *h, const char *id, const char *type, const char *text)
{
	html_start(h, "button", NULL);
	html_attribute(h, "type", type);
	html_attribute(h, "id", id);
	html_text(h, text);
	html_end(h);
}

static void write_checks(struct html *h)
{
	html_start(h, "fieldset", NULL);
	html_element(h, "legend", NULL, "Result");
	for (int kind = 0; kind < HTML_KINDS; kind++)
		if (h->n_of[kind])
			write_check(h, "result", kinds[kind].word, kinds[kind].label);
	html_end(h);
	html_start(h, "fieldset", NULL);
	html_element(h, "legend", NULL, "Severity");
	for (int s = SEVERITIES - 1; s >= 0; s--) {
		bool any = false;

		for (size_t i = 0; i < h->n_findings && !any; i++)
			any = h->findings[i].severity == (enum severity)s;
		if (any)
			write_check(h, "severity", arena_printf(h->arena, "%d", s), s == SEVERITY_UNKNOWN ? "unrated" : severity_name((enum severity)s));
	}
	html_end(h);
}

/* Hidden until the script shows it: without one it does nothing. */
static void write_form(struct html *h)
{
	html_start(h, "form", NULL);
	html_attribute(h, "id", "filter");
	html_attribute(h, "role", "search");
	html_attribute(h, "hidden", "hidden");
	html_start(h, "label", "search");
	html_text(h, "Search ");
	html_start(h, "input", NULL);
	html_attribute(h, "type", "search");
	html_attribute(h, "name", "words");
	html_attribute(h, "placeholder", "rule, title, path, value …");
	html_attribute(h, "autocomplete", "off");
	xml_out_end_void(h->xml);
	html_end(h);
	write_selects(h);
	write_checks(h);
	html_start(h, "p", "actions");
	html_start(h, "output", NULL);
	html_attribute(h, "id", "shown");
	html_attribute(h, "aria-live", "polite");
	html_end(h);
	write_button(h, "all-open", "button", "Open all");
	write_button(h, "all-closed", "button", "Close all");
	write_button(h, "all-shown", "reset", "Reset");
	html_end(h);
	html_end(h);
}

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

void html_rules(struct html *h)
{
	html_section(h, "rules", "All rules", NULL);
	write_form(h);
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
