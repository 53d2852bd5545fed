/* SPDX-License-Identifier: Apache-2.0 */
/* The first screen of the HTML page: the verdict, the score as a picture, and the counts by severity, by host and by group. */
#include "reports/html.h"

#include "core/base/text.h"
#include "reports/view.h"

#include <inttypes.h>

enum { GROUPS_MOST = 5 };   /* on the first screen */

/* ---- the verdict ---- */

static const char *host_name(const struct host_facts *host)
{
	return host->name && *host->name ? host->name : "this system";
}

static size_t undetermined(const struct html *h)
{
	return h->audit->counts.of[OUTCOME_UNKNOWN] + h->audit->counts.of[OUTCOME_ERROR];
}

struct html_verdict {
	const char *word, *class_name, *sentence;
};

/* "2 high, 47 medium" */
static const char *severities(struct html *h)
{
	struct buffer out = { .arena = h->arena };

	for (int s = SEVERITIES - 1; s >= 0; s--)
		if (h->failed_of[s])
			buffer_printf(&out, "%s%zu %s", out.text ? ", " : "", h->failed_of[s],
				      s == SEVERITY_UNKNOWN ? "unrated" : severity_name((enum severity)s));
	return out.text;
}

static struct html_verdict verdict_of(struct html *h)
{
	size_t failed = h->n_of[HTML_FAILED], open = h->n_of[HTML_OPEN], above = audit_failures(h->audit, h->options->fail_on);
	const char *more = open ? arena_printf(h->arena, " %zu could not be determined.", open) : "";

	if (!h->n_entries)
		return (struct html_verdict){ "Nothing judged", "open", "The profile and the options select no rule." };
	if (failed)
		return (struct html_verdict){ above ? "Failed" : "Passed with findings", above ? "bad" : "open",
			arena_printf(h->arena, "%zu verdict%s failed: %s.%s", failed, html_plural(failed), severities(h), more) };
	if (open)
		return (struct html_verdict){ "Not determined", "open",
			arena_printf(h->arena, "Nothing failed, but %zu verdict%s could not be determined.", open, html_plural(open)) };
	return (struct html_verdict){ "Passed", "good", h->n_of[HTML_WAIVED] ? "Nothing failed that is not waived." : "Nothing failed, and everything was determined." };
}

/* ---- the score ---- */

static void write_circle(struct html *h, const char *class_name, const char *dashes)
{
	html_start(h, "circle", class_name);
	html_attribute(h, "cx", "60");
	html_attribute(h, "cy", "60");
	html_attribute(h, "r", "52");
	if (dashes) {
		html_attribute(h, "pathLength", "100");
		html_attribute(h, "stroke-dasharray", dashes);
	}
	xml_out_end_void(h->xml);
}

static void write_centred(struct html *h, const char *class_name, const char *y, const char *text)
{
	html_start(h, "text", class_name);
	html_attribute(h, "x", "60");
	html_attribute(h, "y", y);
	html_text(h, text);
	html_end(h);
}

/* A ring that is filled as far as the score goes. */
static void write_score(struct html *h)
{
	double score = h->audit->score;
	const char *number = html_score(h, score);

	html_start(h, "svg", score >= 90 ? "score good" : score >= 60 ? "score open" : "score bad");
	html_attribute(h, "viewBox", "0 0 120 120");
	html_attribute(h, "role", "img");
	html_attribute(h, "aria-label", score < 0 ? "No score: no rule that counts was judged" : arena_printf(h->arena, "Score %s of 100", number));
	write_circle(h, "track", NULL);
	if (score > 0)
		write_circle(h, "fill", arena_printf(h->arena, "%s 100", number));
	write_centred(h, "number", "66", number);
	write_centred(h, "of", "84", score < 0 ? "score" : "of 100");
	html_end(h);
}

/* ---- what was audited ---- */

static const char *vantage(struct html *h, const struct host_facts *host)
{
	if (!host->root)
		return "from single files";
	if (!host->live)
		return arena_printf(h->arena, "in the root directory %s", host->root);
	return host->ordinary ? "as an ordinary user; root can see more" : "as root";
}

static const char *containers_words(struct html *h, const struct host_facts *host)
{
	size_t n = 0;

	if (!host->looked)
		return NULL;
	if (host->containers_why)
		return arena_printf(h->arena, "not known: %s", host->containers_why);
	for (size_t i = 0; i < h->audit->n_subjects; i++)
		n += h->audit->subjects[i].kind == SUBJECT_CONTAINER && h->audit->subjects[i].host == host;
	return host->ended ? arena_printf(h->arena, "%zu, and %zu more that ended while they were read", n, host->ended)
			   : arena_printf(h->arena, "%zu", n);
}

static const char *kernel_words(struct html *h, const struct host_facts *host)
{
	return host->kernel && *host->kernel ? arena_printf(h->arena, "%s %s", host->kernel, host->arch ? host->arch : "") : NULL;
}

static bool same_text(const char *a, const char *b)
{
	return streq(a ? a : "", b ? b : "");
}

static const char *profile_of(const struct policy *policy)
{
	return policy->profile ? policy->profile->short_id : NULL;
}

/* The benchmarks from this one on that have its version and profile: "host, kernel 0.1.0 (server)". Marks them. */
static void add_benchmarks(struct html *h, struct buffer *out, bool *told, size_t from)
{
	const struct policy *first = h->audit->policies[from];
	bool any = false;

	for (size_t i = from; i < h->audit->n_policies; i++) {
		const struct policy *p = h->audit->policies[i];

		if (told[i] || !h->applies[i] || !same_text(p->benchmark->version, first->benchmark->version) ||
		    !same_text(profile_of(p), profile_of(first)))
			continue;
		buffer_printf(out, "%s%s", any ? ", " : out->text ? "; " : "", p->benchmark->short_id);
		told[i] = any = true;
	}
	if (first->benchmark->version && *first->benchmark->version)
		buffer_printf(out, " %s", first->benchmark->version);
	if (first->profile)
		buffer_printf(out, " (%s)", first->profile->short_id);
}

static const char *benchmark_words(struct html *h)
{
	struct buffer out = { .arena = h->arena };
	bool *told = arena_array_of(h->arena, bool, h->audit->n_policies + 1);

	for (size_t i = 0; i < h->audit->n_policies; i++)
		if (h->applies[i] && !told[i])
			add_benchmarks(h, &out, told, i);
	return out.text;
}

static void write_facts(struct html *h)
{
	const struct host_facts *host = h->audit->hosts;

	html_start(h, "dl", "facts");
	if (h->audit->n_hosts == 1) {
		html_row(h, "System", host->os);
		html_row(h, "Kernel", kernel_words(h, host));
		html_row(h, "Containers", containers_words(h, host));
		html_row(h, "Seen", vantage(h, host));
	}
	html_row(h, "Judged by", benchmark_words(h));
	html_row(h, "When", arena_printf(h->arena, "%s, in %s ms", html_time(h, h->audit->started), view_fixed(h->arena, h->audit->duration_ms, 1)));
	html_end(h);
}

/* ---- by severity ---- */

static void write_cells(struct html *h, const size_t *n)
{
	html_start(h, "td", NULL);
	html_bar(h, n);
	html_end(h);
	for (int kind = 0; kind < HTML_OTHER; kind++)
		if (kind != HTML_WAIVED || h->n_of[HTML_WAIVED])
			html_element(h, "td", n[kind] ? arena_printf(h->arena, "t%d", kind) : NULL, "%zu", n[kind]);
}

static void write_short_heading(struct html *h, const char *text)
{
	html_start(h, "th", NULL);
	html_attribute(h, "scope", "col");
	html_text(h, text);
	html_end(h);
}

static void write_headings(struct html *h, const char *first, const char *last)
{
	static const char *const words[] = { "Failed", "Open", "Waived", "Passed" };

	html_start(h, "tr", NULL);
	write_short_heading(h, first);
	html_element(h, "td", NULL, "%s", "");
	for (int kind = 0; kind < HTML_OTHER; kind++)
		if (kind != HTML_WAIVED || h->n_of[HTML_WAIVED])
			write_short_heading(h, words[kind]);
	if (last)
		write_short_heading(h, last);
	html_end(h);
}

static void write_row_head(struct html *h)
{
	html_start(h, "th", NULL);
	html_attribute(h, "scope", "row");
}

/* All results as one bar, and what its colours mean. */
static void write_key(struct html *h)
{
	static const char *const words[HTML_KINDS] = { "failed", "open: not determined", "waived", "passed", "not applicable or informational" };

	html_bar(h, h->n_of);
	html_start(h, "p", "key");
	for (int kind = 0; kind < HTML_KINDS; kind++)
		if (h->n_of[kind])
			html_element(h, "span", arena_printf(h->arena, "t%d", kind), "%zu %s", h->n_of[kind], words[kind]);
	html_end(h);
}

static void write_severities(struct html *h)
{
	size_t of[SEVERITIES][HTML_KINDS] = { { 0 } }, all[HTML_KINDS] = { 0 };

	for (size_t i = 0; i < h->n_findings; i++)
		for (size_t k = 0; k < h->findings[i].n; k++)
			of[h->findings[i].entries[k].result->severity][h->findings[i].entries[k].kind]++;
	html_start(h, "div", "panel");
	html_start(h, "table", "counts");
	html_element(h, "caption", NULL, "By severity");
	write_headings(h, "Severity", NULL);
	for (int s = SEVERITIES - 1; s >= 0; s--) {
		size_t scored = 0;

		of[s][HTML_OTHER] = 0;
		for (int kind = 0; kind < HTML_OTHER; kind++) {
			scored += of[s][kind];
			all[kind] += of[s][kind];
		}
		if (!scored)
			continue;
		html_start(h, "tr", NULL);
		write_row_head(h);
		html_severity(h, (enum severity)s);
		html_end(h);
		write_cells(h, of[s]);
		html_end(h);
	}
	html_start(h, "tr", "sum");
	write_row_head(h);
	html_text(h, "all");
	html_end(h);
	write_cells(h, all);
	html_end(h);
	html_end(h);
	write_key(h);
	html_end(h);
}

/* ---- by host ---- */

static void write_host(struct html *h, const struct host_facts *host)
{
	size_t n[HTML_KINDS] = { 0 };

	for (size_t i = 0; i < h->n_findings; i++)
		for (size_t k = 0; k < h->findings[i].n; k++)
			if (h->audit->subjects[h->findings[i].entries[k].subject].host == host)
				n[h->findings[i].entries[k].kind]++;
	n[HTML_OTHER] = 0;
	html_start(h, "tr", NULL);
	write_row_head(h);
	html_text(h, host_name(host));
	html_element(h, "small", NULL, "%s", arena_printf(h->arena, "%s%s%s", host->os ? host->os : "", host->os && host->kernel ? ", " : "",
							  host->kernel ? kernel_words(h, host) : ""));
	html_element(h, "small", NULL, "%s, %s", html_time(h, host->started), vantage(h, host));
	html_end(h);
	write_cells(h, n);
	html_element(h, "td", "sum", "%s", html_score(h, audit_host_score(h->audit, host)));
	html_end(h);
}

static void write_hosts(struct html *h)
{
	if (h->audit->n_hosts < 2)
		return;
	html_section(h, "hosts", "Hosts", "Each with its containers.");
	html_start(h, "div", "wide");
	html_start(h, "table", "counts");
	write_headings(h, "Host", "Score");
	for (size_t i = 0; i < h->audit->n_hosts; i++)
		write_host(h, &h->audit->hosts[i]);
	html_end(h);
	html_end(h);
	html_end(h);
}

/* ---- by group ---- */

static void write_group(struct html *h, size_t index, const char *title)
{
	const struct html_group *g = &h->groups[index];
	size_t n[HTML_KINDS];

	memcpy(n, g->n, sizeof(n));
	n[HTML_OTHER] = 0;
	html_start(h, "tr", NULL);
	write_row_head(h);
	html_start(h, "a", NULL);
	html_attribute(h, "href", "#rules");
	html_attribute(h, "data-group", arena_printf(h->arena, "%zu", index));
	html_text(h, title);
	html_end(h);
	html_end(h);
	html_start(h, "td", NULL);
	html_bar(h, n);
	html_end(h);
	html_element(h, "td", n[HTML_FAILED] ? arena_printf(h->arena, "w%d", (int)g->worst) : NULL, "%zu", n[HTML_FAILED]);
	html_element(h, "td", n[HTML_OPEN] ? "t1" : NULL, "%zu", n[HTML_OPEN]);
	html_end(h);
}

/* Something in it was judged. */
static bool has_verdicts(const struct html_group *g)
{
	return g->n[HTML_FAILED] + g->n[HTML_OPEN] + g->n[HTML_WAIVED] + g->n[HTML_PASSED] > 0;
}

static void write_group_headings(struct html *h, const char *caption)
{
	html_element(h, "caption", NULL, "%s", caption);
	html_start(h, "tr", NULL);
	write_short_heading(h, "Group");
	html_element(h, "td", NULL, "%s", "");
	write_short_heading(h, "Failed");
	write_short_heading(h, "Open");
	html_end(h);
}

/* The group with most failures of the highest severity that is not marked yet; n_groups: none is left. */
static size_t worst_group(const struct html *h, const bool *marked)
{
	size_t worst = h->n_groups;

	for (size_t i = 0; i < h->n_groups; i++) {
		const struct html_group *g = &h->groups[i], *w = &h->groups[worst];

		if (marked[i] || !g->n[HTML_FAILED])
			continue;
		if (worst == h->n_groups || g->worst > w->worst || (g->worst == w->worst && g->n[HTML_FAILED] > w->n[HTML_FAILED]))
			worst = i;
	}
	return worst;
}

static void write_worst_groups(struct html *h)
{
	bool *marked = arena_array_of(h->arena, bool, h->n_groups + 1);
	size_t at = worst_group(h, marked);

	if (at == h->n_groups)
		return;
	html_start(h, "div", "panel");
	html_start(h, "table", "counts");
	write_group_headings(h, "By group, the worst first");
	for (size_t i = 0; i < GROUPS_MOST && at < h->n_groups; i++, at = worst_group(h, marked)) {
		marked[at] = true;
		write_group(h, at, arena_printf(h->arena, "%s: %s", h->groups[at].benchmark, h->groups[at].title));
	}
	html_end(h);
	html_end(h);
}

static void write_benchmark(struct html *h, size_t key)
{
	html_start(h, "div", "group");
	html_start(h, "table", "counts");
	write_group_headings(h, h->audit->policies[key]->benchmark->short_id);
	for (size_t i = 0; i < h->n_groups; i++)
		if (h->groups[i].key == key && has_verdicts(&h->groups[i]))
			write_group(h, i, h->groups[i].title);
	html_end(h);
	html_end(h);
	xml_out_raw(h->xml, "\n");
}

static void write_groups(struct html *h)
{
	html_section(h, "groups", "By group", "With the most severe of what failed; open is what was not determined.");
	html_start(h, "div", "cards");
	for (size_t key = 0; key < h->audit->n_policies; key++)
		if (h->applies[key])
			write_benchmark(h, key);
	html_end(h);
	html_end(h);
}

/* ---- the first screen ---- */

/* What changed, in one line that leads to the list. */
static void write_since(struct html *h)
{
	if (!h->audit->changes)
		return;
	html_start(h, "p", "remark");
	html_start(h, "a", NULL);
	html_attribute(h, "href", "#changes");
	html_text(h, arena_printf(h->arena, "%s since the last time", html_changes_counts(h)));
	html_end(h);
	html_end(h);
}

void html_overview(struct html *h)
{
	struct html_verdict v = verdict_of(h);

	html_start(h, "section", "hero");
	html_attribute(h, "id", "overview");
	html_attribute(h, "aria-label", "Overview");
	html_start(h, "div", arena_printf(h->arena, "verdict %s", v.class_name));
	write_score(h);
	html_start(h, "div", NULL);
	html_element(h, "p", "status", "%s", v.word);
	html_element(h, "h1", NULL, "%s", h->audit->n_hosts > 1 ? arena_printf(h->arena, "%zu hosts", h->audit->n_hosts) : host_name(h->audit->hosts));
	html_element(h, "p", "sentence", "%s", v.sentence);
	if (undetermined(h) && h->audit->hosts->ordinary)
		html_element(h, "p", "remark", "%s", "This was an audit by an ordinary user; root can see more.");
	write_since(h);
	html_end(h);
	write_facts(h);
	html_end(h);
	if (h->n_entries)
		write_severities(h);
	write_worst_groups(h);
	html_end(h);
	xml_out_raw(h->xml, "\n");
	if (!h->n_entries)
		return;
	html_changes(h);
	html_worst(h);
	write_hosts(h);
	html_containers(h);
	write_groups(h);
}
