/* SPDX-License-Identifier: Apache-2.0 */
/* The terminal report: what was audited, the score, what to fix first, the groups, what nobody can say, the verdict last. */
#include "reports/text.h"

#include "reports/changes.h"
#include "reports/fixes.h"
#include "reports/formats.h"
#include "reports/roster.h"
#include "reports/view.h"

#include "core/base/text.h"

enum {
	DEFAULT_WIDTH = 80,
	BAR_MOST = 40,                    /* columns */
};

static size_t count(const struct text_report *t, enum outcome outcome)
{
	return t->audit->counts.of[outcome];
}

static size_t undetermined(const struct text_report *t)
{
	return count(t, OUTCOME_UNKNOWN) + count(t, OUTCOME_ERROR);
}

static size_t rules_judged(const struct text_report *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->audit->n_subjects; i++)
		n += t->audit->subjects[i].n;
	return n;
}

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

static const char *or_unknown(const char *text)
{
	return text && *text ? text : "unknown";
}

/* ---- what applies ---- */

static size_t policy_index(const struct text_report *t, const struct policy *policy)
{
	size_t i = 0;

	while (i < t->audit->n_policies && t->audit->policies[i] != policy)
		i++;
	return i;
}

bool text_applies(const struct text_report *t, const struct policy *policy)
{
	return t->applies[policy_index(t, policy)];
}

static void find_applying(struct text_report *t)
{
	const struct policy *known = NULL;
	bool any = false;

	t->applies = arena_array_of(t->arena, bool, t->audit->n_policies + 1);
	for (size_t i = 0; i < t->audit->n_subjects; i++) {
		const struct subject_results *s = &t->audit->subjects[i];

		for (size_t k = 0; k < s->n; k++) {
			if (s->results[k].outcome == OUTCOME_NOTAPPLICABLE || s->policies[k] == known)
				continue;
			known = s->policies[k];
			t->applies[policy_index(t, known)] = any = true;
		}
	}
	for (size_t i = 0; i < t->audit->n_policies && !any; i++)
		t->applies[i] = true;
}

/* ---- header ---- */

static const char *vantage(const struct text_report *t)
{
	const struct host_facts *host = t->audit->hosts;

	if (!host->root)
		return "from single files";
	if (!host->live)
		return arena_printf(t->arena, "in the root directory %s", host->root);
	return host->ordinary ? "not as root, who can see more" : "as root";
}

/* A rule of it was judged; where none was at all, each is named. */
static bool was_used(const struct text_report *t, const struct policy *policy)
{
	for (size_t i = 0; i < t->audit->n_subjects; i++)
		for (size_t k = 0; k < t->audit->subjects[i].n; k++)
			if (t->audit->subjects[i].policies[k] == policy)
				return true;
	return !rules_judged(t);
}

static bool same_text(const char *a, const char *b)
{
	return streq(a ? a : "", b ? b : "");
}

/* An earlier one reads the same: of another host. */
static bool was_named(const struct text_report *t, size_t which)
{
	const struct policy *p = t->audit->policies[which];

	for (size_t i = 0; i < which; i++) {
		const struct policy *other = t->audit->policies[i];

		if (streq(p->benchmark->short_id, other->benchmark->short_id) && same_text(p->benchmark->version, other->benchmark->version) &&
		    same_text(p->profile ? p->profile->short_id : NULL, other->profile ? other->profile->short_id : NULL) &&
		    t->applies[i] == t->applies[which] && was_used(t, other))
			return true;
	}
	return false;
}

/* "nothing of docker, podman is here" */
static void put_inapplicable(struct text_report *t)
{
	struct buffer names = { .arena = t->arena };

	for (size_t i = 0; i < t->audit->n_policies; i++)
		if (was_used(t, t->audit->policies[i]) && !t->applies[i] && !was_named(t, i))
			buffer_printf(&names, "%s %s", names.text ? "," : "", t->audit->policies[i]->benchmark->short_id);
	if (!names.text)
		return;
	page_put(&t->page, STYLE_DIM, "not applicable here:");
	page_flow(&t->page, STYLE_DIM, 2, names.text);
	page_end(&t->page);
}

/* "11 containers; 2 ended while they were read" */
static void put_containers(struct text_report *t)
{
	const struct audit *audit = t->audit;
	size_t n = 0, ended = 0, looked = 0;

	for (size_t i = 0; i < audit->n_subjects; i++)
		n += audit->subjects[i].kind == SUBJECT_CONTAINER;
	for (size_t i = 0; i < audit->n_hosts; i++) {
		const struct host_facts *host = &audit->hosts[i];

		ended += host->ended;
		looked += host->looked && !host->containers_why;
		if (!host->looked || !host->containers_why)
			continue;
		page_printf(&t->page, STYLE_MEDIUM, "containers unknown%s%s: %s", audit->n_hosts > 1 ? " on " : "", audit->n_hosts > 1 ? text_host(host) : "",
			    host->containers_why);
		page_end(&t->page);
	}
	if (!looked)
		return;
	page_printf(&t->page, STYLE_PLAIN, "%zu container%s", n, plural(n));
	if (ended)
		page_flow(&t->page, STYLE_PLAIN, 2, arena_printf(t->arena, ", %zu more ended while they were read", ended));
	page_end(&t->page);
}

static void put_host(struct text_report *t)
{
	const struct host_facts *host = t->audit->hosts;
	struct page *page = &t->page;

	page_put(page, STYLE_BOLD, text_host(host));
	if (host->os && *host->os)
		page_flow(page, STYLE_PLAIN, 2, arena_printf(t->arena, "  %s,", host->os));
	else
		page_put(page, STYLE_PLAIN, " ");
	page_flow(page, STYLE_PLAIN, 2, arena_printf(t->arena, " kernel %s", or_unknown(host->kernel)));
	if (host->arch)
		page_flow(page, STYLE_PLAIN, 2, arena_printf(t->arena, " %s", host->arch));
	page_end(page);
}

static void put_header(struct text_report *t)
{
	struct page *page = &t->page;

	(t->audit->n_hosts > 1 ? text_host_names : put_host)(t);
	for (size_t i = 0; i < t->audit->n_policies; i++) {
		const struct policy *p = t->audit->policies[i];
		const char *version = p->benchmark->version;

		if (!was_used(t, p) || !t->applies[i] || was_named(t, i))
			continue;
		page_printf(page, STYLE_PLAIN, "benchmark %s%s%s", p->benchmark->short_id, version && *version ? " " : "",
			    version ? version : "");
		page_flow(page, STYLE_PLAIN, 2, p->profile ? arena_printf(t->arena, ", profile %s", p->profile->short_id)
							    : ", no profile");
		page_end(page);
	}
	put_inapplicable(t);
	put_containers(t);
	page_printf(page, STYLE_PLAIN, t->audit->n_subjects > 1 ? "%zu verdict%s in %s ms," : "%zu rule%s judged in %s ms,", rules_judged(t),
		    plural(rules_judged(t)), view_fixed(t->arena, t->audit->duration_ms, 1));
	page_flow(page, STYLE_PLAIN, 2, arena_printf(t->arena, " %s", t->audit->n_hosts > 1 ? "all hosts together" : vantage(t)));
	page_end(page);
}

/* ---- score ---- */

static const char *score_words(const struct text_report *t)
{
	return t->audit->score < 0 ? "none" : view_fixed(t->arena, t->audit->score, 1);
}

static void put_score_bar(struct text_report *t)
{
	struct page *page = &t->page;
	double score = t->audit->score;
	enum style style = score >= 90 ? STYLE_GOOD : score >= 60 ? STYLE_MEDIUM : STYLE_HIGH;
	size_t room = page->width > page->column + 12 ? page->width - page->column - 4 : 0;

	page_to(page, page->column + 2);
	if (room)
		page_bar(page, style, room < BAR_MOST ? room : BAR_MOST, score / 100);
}

static void put_score(struct text_report *t)
{
	struct page *page = &t->page;

	page_end(page);
	if (t->audit->score < 0) {
		page_put(page, STYLE_BOLD, "SCORE none:");
		page_flow(page, STYLE_PLAIN, 2, " no rule that counts was judged");
	} else {
		page_printf(page, STYLE_BOLD, "SCORE %s/100", score_words(t));
		put_score_bar(t);
	}
	page_end(page);
}

/* "39 failed: 7 high, 11 medium, 21 low" */
static void put_failed_counts(struct text_report *t, const struct findings *failed)
{
	size_t of[SEVERITIES] = { 0 };
	bool first = true;

	for (size_t i = 0; i < failed->n; i++)
		of[failed->list[i].result->severity] += 1 + failed->list[i].n_also;
	page_printf(&t->page, failed->n ? STYLE_BOLD : STYLE_GOOD, "%zu failed", findings_results(failed));
	for (int s = SEVERITIES - 1; s >= 0; s--) {
		if (!of[s])
			continue;
		page_put(&t->page, STYLE_PLAIN, first ? ":" : ",");
		page_flow(&t->page, page_severity_style((enum severity)s), 2,
			  arena_printf(t->arena, " %zu %s%s", of[s], severity_name((enum severity)s),
				       s == SEVERITY_UNKNOWN ? " severity" : ""));
		first = false;
	}
	page_end(&t->page);
}

static void put_counts(struct text_report *t, const struct findings *failed)
{
	static const struct {
		enum outcome outcome;
		const char *words;
		enum style style;
	} shown[] = {
		{ OUTCOME_PASS, "passed", STYLE_GOOD },
		{ OUTCOME_UNKNOWN, "unknown", STYLE_MEDIUM },
		{ OUTCOME_ERROR, "in error", STYLE_HIGH },
		{ OUTCOME_NOTAPPLICABLE, "not applicable", STYLE_PLAIN },
		{ OUTCOME_NOTCHECKED, "not checked", STYLE_PLAIN },
		{ OUTCOME_INFORMATIONAL, "informational", STYLE_PLAIN },
		{ OUTCOME_NOTSELECTED, "not selected, by --rule, --skip or a tailoring", STYLE_PLAIN },
	};

	put_failed_counts(t, failed);
	for (size_t i = 0; i < ARRAY_LEN(shown); i++) {
		size_t n = count(t, shown[i].outcome);

		if (!n && shown[i].outcome != OUTCOME_PASS)
			continue;
		if (i)
			page_put(&t->page, STYLE_PLAIN, ",");
		page_flow(&t->page, shown[i].style, 2, arena_printf(t->arena, "%s%zu %s", i ? " " : "", n, shown[i].words));
	}
	if (t->audit->counts.waived)
		page_flow(&t->page, STYLE_PLAIN, 2, arena_printf(t->arena, ", %zu waived", t->audit->counts.waived));
	page_end(&t->page);
}

/* ---- what could not be judged ---- */

static void put_undetermined(struct text_report *t)
{
	bool ordinary = false;

	for (size_t i = 0; i < t->audit->n_hosts; i++)
		ordinary = ordinary || t->audit->hosts[i].ordinary;
	if (undetermined(t)) {
		page_heading(&t->page, "NOT DETERMINED",
			     arena_printf(t->arena, "%zu of %zu rules%s", undetermined(t), rules_judged(t),
					  ordinary ? "; root can see more" : ""));
		text_causes(t, OUTCOME_ERROR);
		text_causes(t, OUTCOME_UNKNOWN);
	}
	if (count(t, OUTCOME_NOTCHECKED)) {
		page_heading(&t->page, "NOT CHECKED",
			     arena_printf(t->arena, "%zu of %zu rules", count(t, OUTCOME_NOTCHECKED), rules_judged(t)));
		text_causes(t, OUTCOME_NOTCHECKED);
	}
}

/* ---- verdict ---- */

/* The rule to read about next: the worst failure, else one that could not be determined; NULL where all is well. */
static const char *next_rule(const struct text_report *t, const struct findings *failed)
{
	static const enum outcome order[] = { OUTCOME_ERROR, OUTCOME_UNKNOWN };

	if (failed->n)
		return failed->list[0].result->rule->item.short_id;
	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		struct findings found = findings_of(t, order[i]);

		if (found.n)
			return found.list[0].result->rule->item.short_id;
	}
	return NULL;
}

/* "39 failed (7 high or above)" */
static const char *failed_words(const struct text_report *t, size_t failed)
{
	enum severity least = t->options->fail_on;
	size_t above = audit_failures(t->audit, least);

	if (above == failed || least == SEVERITIES)
		return arena_printf(t->arena, "%zu failed", failed);
	return arena_printf(t->arena, "%zu failed (%zu at or above %s)", failed, above, severity_name(least));
}

static void put_verdict(struct text_report *t, const struct findings *failed)
{
	struct page *page = &t->page;
	const char *next = next_rule(t, failed);
	size_t open = undetermined(t), unchecked = count(t, OUTCOME_NOTCHECKED);
	bool bad = audit_failures(t->audit, t->options->fail_on) > 0;

	page_end(page);
	page_put(page, bad ? STYLE_HIGH : open || unchecked ? STYLE_MEDIUM : STYLE_GOOD, failed_words(t, findings_results(failed)));
	page_flow(page, STYLE_BOLD, 2, arena_printf(t->arena, ", score %s", score_words(t)));
	page_flow(page, STYLE_BOLD, 2, arena_printf(t->arena, ", %zu not determined", open));
	if (unchecked)
		page_flow(page, STYLE_BOLD, 2, arena_printf(t->arena, ", %zu not checked", unchecked));
	if (t->audit->counts.waived)
		page_flow(page, STYLE_BOLD, 2, arena_printf(t->arena, ", %zu waived", t->audit->counts.waived));
	page_put(page, STYLE_BOLD, ".");
	if (next) {
		const struct benchmark *only = t->options->named_benchmarks ? t->audit->policies[0]->benchmark : NULL;
		const char *type = arena_printf(t->arena, " Next: plimsoll explain %s%s%s%s", only ? "-b " : "", only ? only->path : "",
						only ? " " : "", next);

		page_flow(page, STYLE_PLAIN, 0, page_columns(type) <= page->width + 1 ? type : " Next: plimsoll explain -b FILE RULE");
	}
	page_end(page);
}

static void put_report(struct text_report *t)
{
	struct findings failed = findings_of(t, OUTCOME_FAIL);

	find_applying(t);
	put_header(t);
	if (!rules_judged(t)) {
		page_end(&t->page);
		page_wrap(&t->page, STYLE_BOLD, 0, 0, "No rule was judged: the profile and the options select none.");
		page_end(&t->page);
		return;
	}
	put_score(t);
	put_counts(t, &failed);
	text_hosts(t);
	text_failures(t, &failed);
	text_waived(t);
	text_groups(t);
	text_changes(t);
	put_undetermined(t);
	if (t->options->verbose > 1) {
		text_details(t, OUTCOME_PASS, "PASSED");
		text_details(t, OUTCOME_INFORMATIONAL, "INFORMATIONAL");
		text_details(t, OUTCOME_NOTAPPLICABLE, "NOT APPLICABLE");
		text_left_out(t);
	}
	put_verdict(t, &failed);
}

static int write_report(const struct audit *audit, const struct format_options *options, FILE *file, struct err *err)
{
	auto_arena struct arena *arena = arena_new();
	struct output output = { .file = file };
	struct text_report text = {
		.arena = arena, .audit = audit, .options = options,
		.page = { .output = &output, .arena = arena, .color = options->color, .unicode = options->unicode,
			.width = options->width > 0 ? (size_t)options->width : DEFAULT_WIDTH,
		},
	};

	put_report(&text);
	return output_finish(&output, err);
}

const struct format format_text = {
	.name = "text",
	.summary = "for people: the score, what to fix first, what could not be determined",
	.mime = "text/plain; charset=utf-8",
	.write = write_report,
	.write_roster = roster_text,
	.write_changes = changes_text,
	.write_fixes = fixes_text,
};
