/* SPDX-License-Identifier: Apache-2.0 */
/* The HTML page's list of what changed since an earlier audit, where there is one to compare with. */
#include "reports/html.h"

#include "core/audit/diff.h"
#include "core/base/text.h"
#include "reports/changes.h"
#include "reports/view.h"

enum { CHANGES_MOST = 100, NAMES_MOST = 12, SIDE_BYTES = 240 };

static const struct {
	const char *word, *class_name;
} kinds[CHANGES] = {
	[CHANGE_REGRESSED] = { "worse", "t0" },
	[CHANGE_NEW] = { "new", "t0" },
	[CHANGE_OTHER] = { "otherwise", "t2" },
	[CHANGE_IMPROVED] = { "better", "t3" },
};

static struct html_finding *finding_of(const struct html *h, const struct result *result)
{
	for (size_t i = 0; i < h->n_findings; i++)
		for (size_t k = 0; k < h->findings[i].n; k++)
			if (h->findings[i].entries[k].result == result)
				return &h->findings[i];
	return NULL;
}

static void write_side(struct html *h, const struct result *result)
{
	html_start(h, "td", NULL);
	html_cut(h, changes_side(h->arena, result), SIDE_BYTES);
	html_end(h);
}

static void write_change(struct html *h, const struct change *c)
{
	struct html_finding *finding = c->after ? finding_of(h, c->after) : NULL;

	html_start(h, "tr", NULL);
	html_element(h, "td", kinds[c->kind].class_name, "%s", kinds[c->kind].word);
	html_start(h, "td", NULL);
	html_severity(h, c->severity);
	html_text(h, " ");
	if (finding)
		html_link(h, finding);
	else
		html_text(h, c->rule->item.short_id);
	if (c->subject->facts)
		html_text(h, arena_printf(h->arena, " on %s", changes_subject(h->arena, c)));
	html_element(h, "small", NULL, "%s", view_text(h->arena, c->policy, c->rule->item.title));
	html_end(h);
	write_side(h, c->before);
	write_side(h, c->after);
	html_end(h);
}

static bool is_worse(const struct change *c)
{
	return c->kind == CHANGE_REGRESSED || c->kind == CHANGE_NEW;
}

static void write_list(struct html *h, const struct diff *diff, bool worse)
{
	static const char *const words[] = { "Change", "Rule", "Was", "Is" };
	size_t n = 0;

	html_start(h, "table", "list");
	html_start(h, "tr", NULL);
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		html_start(h, "th", NULL);
		html_attribute(h, "scope", "col");
		html_text(h, words[i]);
		html_end(h);
	}
	html_end(h);
	for (size_t i = 0; i < diff->n; i++)
		if (is_worse(&diff->list[i]) == worse && n++ < CHANGES_MOST)
			write_change(h, &diff->list[i]);
	html_end(h);
	if (n > CHANGES_MOST)
		html_element(h, "p", "remark", "%zu more are in the JSON report.", n - CHANGES_MOST);
}

/* What got worse at once, the rest for who asks. */
static void write_lists(struct html *h, const struct diff *diff)
{
	size_t worse = diff_regressions(diff);

	if (worse)
		write_list(h, diff, true);
	if (worse == diff->n)
		return;
	html_start(h, "details", "rest");
	html_element(h, "summary", NULL, "Show what got better or changed otherwise (%zu)", diff->n - worse);
	write_list(h, diff, false);
	html_end(h);
}

static void write_names(struct html *h, const char *label, const struct diff_names *names)
{
	struct buffer words = { .arena = h->arena };
	size_t named = names->n > NAMES_MOST + 1 ? NAMES_MOST : names->n;

	if (!names->n)
		return;
	for (size_t i = 0; i < named; i++)
		buffer_printf(&words, "%s%s", i ? ", " : "", names->list[i]);
	if (named < names->n)
		buffer_printf(&words, " and %zu more", names->n - named);
	html_element(h, "p", "remark", "%s: %s", label, words.text);
}

const char *html_changes_counts(struct html *h)
{
	struct buffer out = { .arena = h->arena };

	for (int kind = 0; kind < CHANGES; kind++)
		if (h->audit->changes->of[kind])
			buffer_printf(&out, "%s%zu %s", out.text ? ", " : "", h->audit->changes->of[kind], kinds[kind].word);
	return out.text ? out.text : "Nothing";
}

/* "2 worse, 1 new, 5 better since 2026-11-23 18:22:00 UTC; the score was 84.0 and is 86.0." */
static const char *summary(struct html *h, const struct diff *diff)
{
	return arena_printf(h->arena, "%s since %s; the score was %s and is %s.", html_changes_counts(h), html_time(h, diff->before->started),
			    html_score(h, diff->before->score), html_score(h, diff->after->score));
}

void html_changes(struct html *h)
{
	const struct diff *diff = h->audit->changes;

	if (!diff)
		return;
	html_section(h, "changes", "What changed", summary(h, diff));
	write_lists(h, diff);
	write_names(h, "New here", &diff->new_subjects);
	write_names(h, "Gone", &diff->gone_subjects);
	write_names(h, "New rules", &diff->new_rules);
	write_names(h, "Rules that are gone", &diff->gone_rules);
	html_end(h);
}
