/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/changes.h"

#include "reports/markdown_page.h"
#include "reports/view.h"

/* ---- tables ---- */

static void add_change(struct markdown *m, struct buffer *out, const struct change *c)
{
	buffer_printf(out, "| %s ", severity_name(c->severity));
	markdown_cell(m, out, c->rule->item.short_id);
	markdown_text(out, view_safe(m->arena, view_text(m->arena, c->policy, c->rule->item.title), MARKDOWN_CELL_MAX));
	buffer_puts(out, " ");
	if (c->subject->facts)
		markdown_cell(m, out, c->subject->facts->label);
	else
		buffer_puts(out, "| host ");
	markdown_cell(m, out, changes_side(m->arena, c->before));
	markdown_cell(m, out, changes_side(m->arena, c->after));
	buffer_puts(out, "|\n");
}

static void put_kind(struct markdown *m, const struct diff *diff, enum change_kind kind, const char *title)
{
	size_t cut = 0;

	if (!diff->of[kind])
		return;
	markdown_put(m, arena_printf(m->arena, "\n%s: %zu\n\n| Severity | Rule | Where | Was | Is |\n|---|---|---|---|---|\n", title, diff->of[kind]));
	for (size_t i = 0; i < diff->n; i++) {
		struct buffer out = { .arena = m->arena };

		if (diff->list[i].kind != kind)
			continue;
		add_change(m, &out, &diff->list[i]);
		if (cut || !markdown_put_if_room(m, &out))
			cut++;
	}
	markdown_left_out(m, cut, "changes are");
}

static void put_names(struct markdown *m, const char *label, const struct diff_names *names)
{
	enum { NAMES_MOST = 20 };
	struct buffer out = { .arena = m->arena };

	if (!names->n)
		return;
	buffer_printf(&out, "\n%s", label);
	for (size_t i = 0; i < names->n && i < NAMES_MOST; i++) {
		buffer_puts(&out, i ? ", " : " ");
		markdown_code(&out, view_safe(m->arena, names->list[i], MARKDOWN_CELL_MAX));
	}
	if (names->n > NAMES_MOST)
		buffer_printf(&out, " and %zu more", names->n - NAMES_MOST);
	buffer_puts(&out, "\n");
	if (!markdown_put_if_room(m, &out))
		markdown_left_out(m, names->n, "names are");
}

void changes_markdown_put(struct markdown *m, const struct diff *diff)
{
	if (!diff->n)
		markdown_put(m, "\nNothing changed.\n");
	put_kind(m, diff, CHANGE_REGRESSED, "**Worse**");
	put_kind(m, diff, CHANGE_NEW, "**New failures**");
	put_kind(m, diff, CHANGE_OTHER, "Otherwise changed");
	put_kind(m, diff, CHANGE_IMPROVED, "Better");
	put_names(m, "New here:", &diff->new_subjects);
	put_names(m, "Gone:", &diff->gone_subjects);
	put_names(m, "New rules:", &diff->new_rules);
	put_names(m, "Rules that are gone:", &diff->gone_rules);
}

/* ---- the report ---- */

static void put_run(struct markdown *m, const char *label, const struct audit *audit)
{
	markdown_put(m, arena_printf(m->arena, "| %s | %sZ | %s | %zu |\n", label, view_time(m->arena, audit->started),
				     audit->score < 0 ? "none" : view_fixed(m->arena, audit->score, 1), audit->counts.of[OUTCOME_FAIL]));
}

int changes_markdown(const struct audit *audit, const struct format_options *options, FILE *file, struct err *err)
{
	auto_arena struct arena *arena = arena_new();
	struct markdown m = { .output = { .file = file }, .arena = arena };
	const struct diff *diff = audit->changes;
	size_t worse = diff_regressions(diff);
	struct buffer name = { .arena = arena };

	(void)options;
	markdown_code(&name, view_safe(arena, view_host(arena, diff->after->hosts), MARKDOWN_CELL_MAX));
	markdown_put(&m, arena_printf(arena, "## plimsoll: %s %zu worse, %zu better on %s\n\n| | Audited | Score | Failed |\n|---|---|--:|--:|\n",
				      worse ? "❌" : "✅", worse, diff->of[CHANGE_IMPROVED], name.text));
	put_run(&m, "before", diff->before);
	put_run(&m, "after", diff->after);
	changes_markdown_put(&m, diff);
	return output_finish(&m.output, err);
}
