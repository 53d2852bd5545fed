/* SPDX-License-Identifier: Apache-2.0 */
/* The terminal report's table: the host by group; of each container the whole. */
#include "reports/text.h"

#include "core/base/text.h"
#include "reports/view.h"

enum { NUMBER_COLUMNS = 6, UNDETERMINED_COLUMNS = 14, WORST_COLUMNS = 9, SCORE_END = 16 };

static const char *section_title(const struct text_report *t, const struct section *s)
{
	const char *title = "rules in no group";

	if (s->group)
		title = *s->group->title ? view_text(t->arena, s->policy, s->group->title) : s->group->short_id;
	return t->options->named_benchmarks && t->audit->n_policies > 1 ? arena_printf(t->arena, "%s: %s", s->policy->benchmark->short_id, title)
									 : title;
}

static void put_number(struct text_report *t, size_t end, enum style style, size_t n)
{
	page_put_ending(&t->page, end, n ? style : STYLE_DIM, arena_printf(t->arena, "%zu", n));
}

static enum severity worst_failure(const struct section *s)
{
	enum severity worst = SEVERITY_UNKNOWN;

	for (size_t i = 0; i < s->n; i++)
		if (result_failed(s->results[i]) && s->results[i]->severity > worst)
			worst = s->results[i]->severity;
	return worst;
}

/* A row of the table: counts of results. */
struct row {
	const char *title;
	size_t passed, failed, open;
	enum severity worst;
	const char *score;       /* or NULL */
};

/* Behind the name of its host where there are several. */
static const char *on_host(const struct text_report *t, const struct host_facts *host, const char *title)
{
	return t->audit->n_hosts > 1 ? arena_printf(t->arena, "%s: %s", text_host(host), title) : title;
}

static struct row row_of_section(const struct text_report *t, const struct section *s, const struct host_facts *host)
{
	return (struct row){
		.title = on_host(t, host, section_title(t, s)), .passed = section_count(s, OUTCOME_PASS), .failed = section_count(s, OUTCOME_FAIL),
		.open = section_count(s, OUTCOME_UNKNOWN) + section_count(s, OUTCOME_ERROR), .worst = worst_failure(s),
	};
}

static struct row row_of_container(const struct text_report *t, const struct subject_results *s)
{
	struct row row = {
		.title = on_host(t, s->host, arena_printf(t->arena, "%s: %s", s->facts->kind, s->facts->label)),
		.passed = s->counts.of[OUTCOME_PASS], .failed = s->counts.of[OUTCOME_FAIL],
		.open = s->counts.of[OUTCOME_UNKNOWN] + s->counts.of[OUTCOME_ERROR],
	};

	for (size_t i = 0; i < s->n; i++)
		if (result_failed(&s->results[i]) && s->results[i].severity > row.worst)
			row.worst = s->results[i].severity;
	return row;
}

static void put_row(struct text_report *t, const struct row *row, size_t column)
{
	struct page name = t->page;

	name.width = column < name.width ? column : name.width;
	page_put(&name, STYLE_PLAIN, row->title);
	t->page.column = name.column;
	put_number(t, column += NUMBER_COLUMNS, STYLE_GOOD, row->passed);
	put_number(t, column += NUMBER_COLUMNS, STYLE_BOLD, row->failed);
	put_number(t, column += UNDETERMINED_COLUMNS, STYLE_MEDIUM, row->open);
	page_to(&t->page, column + 2);
	page_put(&t->page, row->failed ? page_severity_style(row->worst) : STYLE_DIM, row->failed ? severity_name(row->worst) : "-");
	if (row->score)
		page_put_ending(&t->page, column + SCORE_END, STYLE_BOLD, row->score);
	page_end(&t->page);
}

static void put_table_head(struct text_report *t, const char *title, size_t column, bool scored)
{
	struct page *page = &t->page;

	page_end(page);
	page_put(page, STYLE_BOLD, title);
	page_put_ending(page, column += NUMBER_COLUMNS, STYLE_DIM, "pass");
	page_put_ending(page, column += NUMBER_COLUMNS, STYLE_DIM, "fail");
	page_put_ending(page, column += UNDETERMINED_COLUMNS, STYLE_DIM, "undetermined");
	page_to(page, column + 2);
	page_put(page, STYLE_DIM, "worst");
	if (scored)
		page_put_ending(page, column + SCORE_END, STYLE_DIM, "score");
	page_end(page);
}

/* The column where names end: as wide as the widest, but the numbers stay on the page. */
static size_t name_columns(const struct text_report *t, const char *title, const struct row *rows, size_t n)
{
	size_t numbers = 2 * NUMBER_COLUMNS + UNDETERMINED_COLUMNS + (n && rows->score ? SCORE_END : WORST_COLUMNS);
	size_t room = t->page.width > numbers + 12 ? t->page.width - numbers : 12, widest = page_columns(title);

	for (size_t i = 0; i < n; i++)
		widest = page_columns(rows[i].title) > widest ? page_columns(rows[i].title) : widest;
	return widest < room ? widest : room;
}

static void put_table(struct text_report *t, const char *title, const struct row *rows, size_t n)
{
	size_t column = name_columns(t, title, rows, n);

	put_table_head(t, title, column, n && rows->score);
	for (size_t i = 0; i < n; i++)
		put_row(t, &rows[i], column);
}

/* With its containers. */
static struct row row_of_host(const struct text_report *t, const struct host_facts *host)
{
	double score = audit_host_score(t->audit, host);
	struct row row = { .title = text_host(host), .score = score < 0 ? "none" : view_fixed(t->arena, score, 1) };

	for (size_t i = 0; i < t->audit->n_subjects; i++) {
		const struct subject_results *s = &t->audit->subjects[i];

		if (s->host != host)
			continue;
		row.passed += s->counts.of[OUTCOME_PASS];
		row.failed += s->counts.of[OUTCOME_FAIL];
		row.open += s->counts.of[OUTCOME_UNKNOWN] + s->counts.of[OUTCOME_ERROR];
		for (size_t k = 0; k < s->n; k++)
			if (result_failed(&s->results[k]) && s->results[k].severity > row.worst)
				row.worst = s->results[k].severity;
	}
	return row;
}

void text_hosts(struct text_report *t)
{
	struct row *rows = NULL;
	size_t n = 0;

	if (t->audit->n_hosts < 2)
		return;
	for (size_t i = 0; i < t->audit->n_hosts; i++)
		arena_push(t->arena, rows, n) = row_of_host(t, &t->audit->hosts[i]);
	put_table(t, "HOSTS", rows, n);
}

void text_groups(struct text_report *t)
{
	struct row *rows = NULL;
	size_t n = 0;

	for (size_t i = 0; i < t->audit->n_subjects; i++) {
		const struct subject_results *s = &t->audit->subjects[i];
		struct sections sections = { 0 };

		if (s->kind == SUBJECT_CONTAINER)
			arena_push(t->arena, rows, n) = row_of_container(t, s);
		else
			sections = sections_of(t->arena, s);
		for (size_t k = 0; k < sections.n; k++)
			if (text_applies(t, sections.list[k].policy))
				arena_push(t->arena, rows, n) = row_of_section(t, &sections.list[k], s->host);
	}
	put_table(t, "GROUPS", rows, n);
}
