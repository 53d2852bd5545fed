/* SPDX-License-Identifier: Apache-2.0 */
/* The HTML page's map of containers and the groups of rules that they are judged by: how many failed, in the colour of the most severe. */
#include "reports/html.h"

#include "reports/view.h"

enum { ROWS_MOST = 60, ALIKE_NAMED = 3 };

struct cell {
	size_t n[HTML_KINDS];
	enum severity worst;
};

struct row {
	size_t subject;
	double score;                /* 101: none */
	const struct cell *cells;    /* by group of the map */
	size_t *alike, n_alike;      /* other subjects with the same cells */
};

struct map {
	size_t *groups, n_groups;    /* indexes of those that say something of a container */
	struct cell *cells;          /* by subject, then by all groups */
	struct row *rows;
	size_t n_rows;
};

/* ---- counting ---- */

static struct cell *cell_at(const struct html *h, const struct map *map, size_t subject, size_t group)
{
	return &map->cells[subject * h->n_groups + group];
}

static void count_cells(const struct html *h, struct map *map)
{
	for (size_t i = 0; i < h->n_findings; i++)
		for (size_t k = 0; k < h->findings[i].n; k++) {
			const struct html_entry *e = &h->findings[i].entries[k];
			struct cell *cell = cell_at(h, map, e->subject, e->group);

			cell->n[e->kind]++;
			if (e->kind == HTML_FAILED && e->result->severity > cell->worst)
				cell->worst = e->result->severity;
		}
}

/* Containers of one image mostly say the same. */
static struct row *row_alike(const struct html *h, struct map *map, size_t subject)
{
	for (size_t i = 0; i < map->n_rows; i++)
		if (memcmp(map->rows[i].cells, cell_at(h, map, subject, 0), sizeof(struct cell) * h->n_groups) == 0)
			return &map->rows[i];
	return NULL;
}

static void add_row(const struct html *h, struct map *map, size_t subject)
{
	struct row *row = row_alike(h, map, subject);
	double score = h->audit->subjects[subject].score;

	if (row)
		arena_push(h->arena, row->alike, row->n_alike) = subject;
	else
		arena_push(h->arena, map->rows, map->n_rows) = (struct row){
			.subject = subject, .score = score < 0 ? 101 : score, .cells = cell_at(h, map, subject, 0) };
}

/* The worst first. */
static int by_score(const void *left, const void *right)
{
	const struct row *a = left, *b = right;

	if (a->score < b->score || a->score > b->score)
		return a->score < b->score ? -1 : 1;
	return a->subject < b->subject ? -1 : 1;
}

static struct map map_of(const struct html *h)
{
	struct map map = { .cells = arena_array_of(h->arena, struct cell, h->audit->n_subjects * h->n_groups + 1) };

	count_cells(h, &map);
	for (size_t i = 0; i < h->audit->n_subjects; i++)
		if (h->audit->subjects[i].kind == SUBJECT_CONTAINER && h->audit->subjects[i].n)
			add_row(h, &map, i);
	for (size_t i = 0; i < h->n_groups; i++)
		if (h->groups[i].containers && h->applies[h->groups[i].key])
			arena_push(h->arena, map.groups, map.n_groups) = i;
	if (map.n_rows > 1)
		qsort(map.rows, map.n_rows, sizeof(*map.rows), by_score);
	return map;
}

/* ---- writing ---- */

/* Families stand upright over their narrow columns: by their short ids, with the whole title for who asks. */
static void write_heading(struct html *h, const char *class_name, const char *text, const char *title)
{
	html_start(h, "th", class_name);
	html_attribute(h, "scope", "col");
	if (title)
		html_attribute(h, "title", title);
	html_element(h, "span", NULL, "%s", text);
	html_end(h);
}

static void write_family(struct html *h, const struct html_group *group)
{
	if (*group->id)
		write_heading(h, "up", view_safe(h->arena, group->id, 40), group->title);
	else
		write_heading(h, "up", group->title, NULL);
}

static void write_cell(struct html *h, const struct cell *cell)
{
	if (cell->n[HTML_FAILED])
		html_element(h, "td", arena_printf(h->arena, "h%d", (int)cell->worst), "%zu", cell->n[HTML_FAILED]);
	else if (cell->n[HTML_OPEN])
		html_element(h, "td", "ho", "%s", "?");
	else if (cell->n[HTML_WAIVED])
		html_element(h, "td", "hw", "%s", "w");
	else
		html_element(h, "td", cell->n[HTML_PASSED] ? "hp" : "hn", "%s", cell->n[HTML_PASSED] ? "✓" : "–");
}

static const char *detail_of(struct html *h, const struct row *row)
{
	const struct container_facts *facts = h->audit->subjects[row->subject].facts;

	return arena_printf(h->arena, "%s%s%s", facts->runtime ? facts->runtime : "", facts->image ? ", " : "", facts->image ? facts->image : "");
}

static void write_row(struct html *h, const struct map *map, const struct row *row)
{
	const struct subject_results *s = &h->audit->subjects[row->subject];

	html_start(h, "tr", NULL);
	html_start(h, "th", NULL);
	html_attribute(h, "scope", "row");
	html_start(h, "a", NULL);
	html_attribute(h, "href", "#rules");
	html_attribute(h, "data-subject", arena_printf(h->arena, "%zu", row->subject));
	html_text(h, h->labels[row->subject]);
	html_end(h);
	for (size_t i = 0; i < row->n_alike && i < ALIKE_NAMED; i++)
		html_text(h, arena_printf(h->arena, ", %s", h->labels[row->alike[i]]));
	if (row->n_alike > ALIKE_NAMED)
		html_text(h, arena_printf(h->arena, " and %zu more alike", row->n_alike - ALIKE_NAMED));
	html_start(h, "small", NULL);
	html_cut(h, detail_of(h, row), 120);
	html_end(h);
	html_end(h);
	html_element(h, "td", "scorecell", "%s", s->score < 0 ? "–" : view_fixed(h->arena, s->score, 1));
	for (size_t i = 0; i < map->n_groups; i++)
		write_cell(h, &row->cells[map->groups[i]]);
	html_end(h);
	xml_out_raw(h->xml, "\n");
}

static void write_legend(struct html *h)
{
	static const struct {
		const char *class_name, *sign, *words;
	} signs[] = {
		{ "h4", "3", "failed, the worst of high severity" }, { "h3", "3", "medium" }, { "h2", "3", "low" },
		{ "ho", "?", "not determined" }, { "hw", "w", "waived" }, { "hp", "✓", "passed" }, { "hn", "–", "not applicable" },
	};

	html_start(h, "p", "legend");
	for (size_t i = 0; i < ARRAY_LEN(signs); i++) {
		html_start(h, "span", NULL);
		html_element(h, "b", signs[i].class_name, "%s", signs[i].sign);
		html_text(h, " ");
		html_text(h, signs[i].words);
		html_end(h);
		html_text(h, " ");
	}
	html_end(h);
}

static void write_map(struct html *h, const struct map *map)
{
	html_start(h, "div", "wide");
	html_attribute(h, "role", "region");
	html_attribute(h, "aria-labelledby", "containers-title");
	html_attribute(h, "tabindex", "0");
	html_start(h, "table", "map");
	html_start(h, "tr", NULL);
	write_heading(h, NULL, "Container", NULL);
	write_heading(h, "up", "score", NULL);
	for (size_t i = 0; i < map->n_groups; i++)
		write_family(h, &h->groups[map->groups[i]]);
	html_end(h);
	for (size_t i = 0; i < map->n_rows && i < ROWS_MOST; i++)
		write_row(h, map, &map->rows[i]);
	html_end(h);
	html_end(h);
}

/* What is folded is said. */
static void write_folded(struct html *h, const struct map *map)
{
	size_t n = 0;

	for (size_t i = ROWS_MOST; i < map->n_rows; i++)
		n += 1 + map->rows[i].n_alike;
	if (n)
		html_element(h, "p", "remark", "%zu more containers with better scores are not drawn; the filter below finds the rules of each, and the "
					       "JSON report holds all.", n);
}

void html_containers(struct html *h)
{
	struct map map = map_of(h);

	if (!map.n_rows)
		return;
	html_section(h, "containers", "Containers", "How many rules of each family failed; the worst container first.");
	write_legend(h);
	write_map(h, &map);
	write_folded(h, &map);
	html_end(h);
}
