/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/changes.h"

#include "core/audit/waiver.h"
#include "core/base/text.h"
#include "reports/view.h"

enum { DEFAULT_WIDTH = 80, COLUMN_SEVERITY = 2, COLUMN_ID = 10, COLUMN_LABEL = 4, COLUMN_TEXT = 12, LINES_MOST = 2, LISTED_MOST = 8 };

const char *changes_side(struct arena *arena, const struct result *r)
{
	const struct evidence *e = r ? result_evidence(r) : NULL;
	const char *value = e && e->state == STATE_PRESENT ? e->value : NULL;

	if (!r)
		return "not there";
	if (r->waiver)
		return view_safe(arena, arena_printf(arena, "waived until %s: %s", r->waiver->expires, r->reason ? r->reason : ""), VIEW_TEXT_MAX);
	if (r->reason)
		return view_safe(arena, arena_printf(arena, "%s: %s", outcome_name(r->outcome), r->reason), VIEW_TEXT_MAX);
	if (value)
		return view_safe(arena, arena_printf(arena, "%s: %s", outcome_name(r->outcome), *value ? value : "empty"), VIEW_TEXT_MAX);
	return outcome_name(r->outcome);
}

const char *changes_subject(struct arena *arena, const struct change *change)
{
	return change->subject->facts ? view_safe(arena, change->subject->facts->label, VIEW_TEXT_MAX) : "host";
}

/* ---- a change ---- */

static void put_side(struct page *page, const char *label, const struct result *result)
{
	page_to(page, COLUMN_LABEL);
	page_put(page, STYLE_DIM, label);
	page_to(page, COLUMN_TEXT);
	page_wrap(page, STYLE_PLAIN, COLUMN_TEXT, LINES_MOST, changes_side(page->arena, result));
	page_end(page);
}

static void put_change(struct page *page, const struct change *c)
{
	bool worse = c->kind == CHANGE_REGRESSED || c->kind == CHANGE_NEW;
	enum style style = worse ? page_severity_style(c->severity) : c->kind == CHANGE_IMPROVED ? STYLE_GOOD : STYLE_DIM;
	const char *title = view_text(page->arena, c->policy, c->rule->item.title);

	page_put(page, style, worse ? (page->unicode ? "▼" : "-") : c->kind == CHANGE_IMPROVED ? (page->unicode ? "▲" : "+") : " ");
	page_to(page, COLUMN_SEVERITY);
	page_put(page, style, severity_name(c->severity));
	page_to(page, COLUMN_ID);
	page_put(page, STYLE_BOLD, c->rule->item.short_id);
	if (c->subject->facts)
		page_flow(page, STYLE_PLAIN, COLUMN_ID, arena_printf(page->arena, " of %s", changes_subject(page->arena, c)));
	page_end(page);
	page_to(page, COLUMN_ID);
	page_wrap(page, STYLE_DIM, COLUMN_ID, LINES_MOST, title);
	page_end(page);
	put_side(page, "was", c->before);
	put_side(page, "is", c->after);
}

static void put_kind(struct page *page, const struct diff *diff, enum change_kind kind, const char *title)
{
	if (!diff->of[kind])
		return;
	page_heading(page, title, arena_printf(page->arena, "%zu", diff->of[kind]));
	for (size_t i = 0; i < diff->n; i++)
		if (diff->list[i].kind == kind)
			put_change(page, &diff->list[i]);
}

/* ---- names ---- */

static void put_names(struct page *page, const char *label, const struct diff_names *names, bool verbose)
{
	struct buffer words = { .arena = page->arena };
	size_t most = verbose || names->n <= LISTED_MOST ? names->n : LISTED_MOST - 1;

	if (!names->n)
		return;
	for (size_t i = 0; i < most; i++)
		buffer_printf(&words, "%s%s", i ? ", " : "", view_safe(page->arena, names->list[i], VIEW_TEXT_MAX));
	if (most < names->n)
		buffer_printf(&words, " and %zu more", names->n - most);
	page_put(page, STYLE_DIM, label);
	page_put(page, STYLE_PLAIN, " ");
	page_wrap(page, STYLE_PLAIN, COLUMN_LABEL, 0, words.text);
	page_end(page);
}

void changes_put(struct page *page, const struct diff *diff, bool verbose)
{
	put_kind(page, diff, CHANGE_REGRESSED, "WORSE");
	put_kind(page, diff, CHANGE_NEW, "NEW FAILURES");
	if (verbose)
		put_kind(page, diff, CHANGE_OTHER, "OTHERWISE CHANGED");
	put_kind(page, diff, CHANGE_IMPROVED, "BETTER");
	if (diff->new_subjects.n || diff->gone_subjects.n || diff->new_rules.n || diff->gone_rules.n)
		page_end(page);
	put_names(page, "new here:", &diff->new_subjects, verbose);
	put_names(page, "gone:", &diff->gone_subjects, verbose);
	put_names(page, "new rules:", &diff->new_rules, verbose);
	put_names(page, "rules that are gone:", &diff->gone_rules, verbose);
}

/* ---- the report ---- */

static const char *score_words(struct arena *arena, const struct audit *audit)
{
	return audit->score < 0 ? "none" : view_fixed(arena, audit->score, 1);
}

static void put_head(struct page *page, const struct diff *diff)
{
	const char *name = diff->after->hosts->name;

	page_put(page, STYLE_BOLD, name && *name ? view_safe(page->arena, name, 256) : "this system");
	page_flow(page, STYLE_PLAIN, 2, arena_printf(page->arena, "  from %sZ (score %s)", view_time(page->arena, diff->before->started),
						     score_words(page->arena, diff->before)));
	page_flow(page, STYLE_PLAIN, 2, arena_printf(page->arena, " to %sZ (score %s)", view_time(page->arena, diff->after->started),
						     score_words(page->arena, diff->after)));
	page_end(page);
}

/* ", 2 rules and 1 container are gone": what is not looked at any more cannot get worse. */
static const char *gone_words(struct arena *arena, const struct diff *diff)
{
	size_t rules = diff->gone_rules.n, subjects = diff->gone_subjects.n;
	const char *both = arena_printf(arena, "%zu rule%s", rules, rules == 1 ? "" : "s");
	const char *containers = arena_printf(arena, "%zu container%s", subjects, subjects == 1 ? "" : "s");

	if (!rules && !subjects)
		return "";
	if (rules && subjects)
		return arena_printf(arena, ", %s and %s are gone", both, containers);
	return arena_printf(arena, ", %s %s gone", rules ? both : containers, rules + subjects == 1 ? "is" : "are");
}

static void put_verdict(struct page *page, const struct diff *diff, bool verbose)
{
	size_t worse = diff_regressions(diff);

	page_end(page);
	page_put(page, worse ? STYLE_HIGH : STYLE_GOOD, arena_printf(page->arena, "%zu worse", worse));
	page_flow(page, STYLE_BOLD, 2, arena_printf(page->arena, ", %zu otherwise changed, %zu better%s.", diff->of[CHANGE_OTHER],
						    diff->of[CHANGE_IMPROVED], gone_words(page->arena, diff)));
	page_end(page);
	if (diff->of[CHANGE_OTHER] && !verbose) {
		page_put(page, STYLE_DIM, "-v shows what is otherwise changed.");
		page_end(page);
	}
}

int changes_text(const struct audit *audit, const struct format_options *options, FILE *file, struct err *err)
{
	auto_arena struct arena *arena = arena_new();
	struct output output = { .file = file };
	struct page page = {
		.output = &output, .arena = arena, .color = options->color, .unicode = options->unicode,
		.width = options->width > 0 ? (size_t)options->width : DEFAULT_WIDTH,
	};

	put_head(&page, audit->changes);
	changes_put(&page, audit->changes, options->verbose > 0);
	put_verdict(&page, audit->changes, options->verbose > 0);
	return output_finish(&output, err);
}
