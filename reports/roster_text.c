/* SPDX-License-Identifier: Apache-2.0 */
/* The table of containers for the terminal: two lines each, the posture and what is worst about it. */
#include "reports/roster.h"

#include "core/base/text.h"
#include "reports/page.h"
#include "reports/view.h"

enum {
	DEFAULT_WIDTH = 80,
	NAME_LEAST = 12, RUNTIME = 9, PID = 8, USER = 10, SHARED = 14, CAPS = 6, SECCOMP = 9, SCORE = 6,   /* columns */
};

struct table {
	struct page page;
	struct arena *arena;
	size_t name, runtime;          /* widths of the first two columns */
};

/* Cut to a column's width, so that the next one starts where it should. */
static const char *fitted(struct table *t, const char *text, size_t width)
{
	size_t n = page_columns(text), keep = 0;

	if (n < width)
		return text;
	for (size_t columns = 0; text[keep] && (columns += ((unsigned char)text[keep] & 0xc0) != 0x80) < width - 1;)
		keep++;
	return arena_printf(t->arena, "%.*s%s", (int)keep, text, t->page.unicode ? "…" : "~");
}

static const char *or_unknown(const char *text)
{
	return text ? text : "?";
}

static const char *shared_words(struct table *t, const struct roster_row *row)
{
	struct buffer out = { .arena = t->arena };

	if (!row->shared_known)
		return "?";
	for (const char **name = row->shared; *name; name++)
		buffer_printf(&out, "%s%s", out.size ? "," : "", *name);
	return out.text ? out.text : "none";
}

static const char *caps_words(struct table *t, const struct roster_row *row)
{
	unsigned n = (unsigned)__builtin_popcountll(row->extra);

	return !roster_caps_known(row) ? "?" : n && row->own_users ? "own" : n ? arena_printf(t->arena, "+%u", n) : "-";
}

static const char *name_words(struct table *t, const struct roster_row *row)
{
	const char *label = container_label(t->arena, row->container);

	if (!row->depth)
		return label;
	return arena_printf(t->arena, "%*s%s%s", (int)(row->depth - 1) * 2, "", t->page.unicode ? "└ " : "` ", label);
}

static enum style score_style(double score)
{
	return score >= 90 ? STYLE_GOOD : score >= 60 ? STYLE_MEDIUM : STYLE_HIGH;
}

static void put_cell(struct table *t, size_t *column, size_t width, enum style style, const char *text)
{
	page_to(&t->page, *column);
	page_put(&t->page, style, fitted(t, text, width));
	*column += width;
}

static void put_head(struct table *t)
{
	size_t at = 0;

	put_cell(t, &at, t->name, STYLE_DIM, "NAME");
	put_cell(t, &at, t->runtime, STYLE_DIM, "RUNTIME");
	put_cell(t, &at, PID, STYLE_DIM, "PID");
	put_cell(t, &at, USER, STYLE_DIM, "USER");
	put_cell(t, &at, SHARED, STYLE_DIM, "HOST NS");
	put_cell(t, &at, CAPS, STYLE_DIM, "CAPS");
	put_cell(t, &at, SECCOMP, STYLE_DIM, "SECCOMP");
	put_cell(t, &at, SCORE, STYLE_DIM, "SCORE");
	page_end(&t->page);
}

/* What it is, and what is worst about it: below the row. */
static void put_second_line(struct table *t, const struct roster_row *row)
{
	const struct container *c = row->container;
	struct page *page = &t->page;
	size_t indent = 2 + row->depth * 2;

	if (c->kind != SANDBOX && !c->image && !c->rootless && !c->pod && !row->worst && !(row->label && !streq(row->label, "none")))
		return;
	page_to(page, indent);
	if (c->kind == SANDBOX)
		page_put(page, STYLE_DIM, "sandbox ");
	if (c->image)
		page_put(page, STYLE_DIM, arena_printf(t->arena, "%s ", c->image));
	if (row->label && !streq(row->label, "none"))
		page_flow(page, STYLE_DIM, indent, arena_printf(t->arena, "%s ", row->label));
	if (c->rootless)
		page_flow(page, STYLE_DIM, indent, c->rootless > 0 ? "rootless " : "rootless: unknown ");
	if (c->pod)
		page_flow(page, STYLE_DIM, indent, arena_printf(t->arena, "pod %.12s ", c->pod));
	if (row->worst)
		page_flow(page, page_severity_style(row->worst->severity), indent,
			  arena_printf(t->arena, "%s: %s", severity_name(row->worst->severity), row->worst->rule->item.short_id));
	page_end(page);
}

static void put_row(struct table *t, const struct roster_row *row)
{
	const struct container *c = row->container;
	double score = row->subject->score;
	size_t at = 0;

	put_cell(t, &at, t->name, STYLE_BOLD, name_words(t, row));
	put_cell(t, &at, t->runtime, STYLE_PLAIN, c->runtime);
	put_cell(t, &at, PID, STYLE_PLAIN, arena_printf(t->arena, "%d", c->init->pid));
	put_cell(t, &at, USER, row->uid == 0 ? STYLE_MEDIUM : STYLE_PLAIN, or_unknown(row->user));
	put_cell(t, &at, SHARED, STYLE_PLAIN, shared_words(t, row));
	put_cell(t, &at, CAPS, row->extra && row->own_users == 0 ? STYLE_HIGH : STYLE_PLAIN, caps_words(t, row));
	put_cell(t, &at, SECCOMP, row->seccomp && streq(row->seccomp, "off") ? STYLE_HIGH : STYLE_PLAIN, or_unknown(row->seccomp));
	put_cell(t, &at, SCORE, score < 0 ? STYLE_PLAIN : score_style(score), score < 0 ? "-" : view_fixed(t->arena, score, 1));
	page_end(&t->page);
	put_second_line(t, row);
}

/* Names and runtimes as wide as they are, within the page. */
static void choose_widths(struct table *t, const struct roster *roster)
{
	size_t fixed = PID + USER + SHARED + CAPS + SECCOMP + SCORE, room;

	t->name = NAME_LEAST;
	t->runtime = RUNTIME;
	for (size_t i = 0; i < roster->n; i++) {
		size_t name = page_columns(name_words(t, &roster->rows[i])) + 2;
		size_t runtime = page_columns(roster->rows[i].container->runtime) + 1;

		t->name = name > t->name ? name : t->name;
		t->runtime = runtime > t->runtime ? runtime : t->runtime;
	}
	room = t->page.width > fixed + t->runtime + NAME_LEAST ? t->page.width - fixed - t->runtime : NAME_LEAST;
	t->name = t->name < room ? t->name : room;
}

static void put_table(struct table *t, const struct roster *roster, const struct audit *audit)
{
	const struct processes *all = audit->containers->processes;

	if (all->state != STATE_PRESENT) {
		page_wrap(&t->page, STYLE_HIGH, 0, 0, arena_printf(t->arena, "The processes could not be listed: %s.", all->why));
		page_end(&t->page);
		return;
	}
	if (all->inside) {
		page_wrap(&t->page, STYLE_MEDIUM, 0, 0,
			  "This is not the host: plimsoll runs inside a container and sees only what runs in it, too.");
		page_end(&t->page);
	}
	if (!roster->n) {
		page_put(&t->page, STYLE_PLAIN, "No containers are running.");
		page_end(&t->page);
		return;
	}
	choose_widths(t, roster);
	put_head(t);
	for (size_t i = 0; i < roster->n; i++)
		put_row(t, &roster->rows[i]);
}

int roster_text(const struct audit *audit, const struct format_options *options, FILE *file, struct err *err)
{
	auto_arena struct arena *arena = arena_new();
	struct output output = { .file = file };
	struct table table = {
		.arena = arena,
		.page = {
			.output = &output, .arena = arena, .color = options->color, .unicode = options->unicode,
			.width = options->width > 0 ? (size_t)options->width : DEFAULT_WIDTH,
		},
	};
	struct roster roster = roster_of(arena, audit);

	put_table(&table, &roster, audit);
	return output_finish(&output, err);
}
