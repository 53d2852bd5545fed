/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Markdown report, for the step summary of a CI run or a ticket: the verdict, counts, what changed, what failed, what nobody can say, what is waived; then
 * each failure in detail, folded. What is too long for GitHub is left out from the end.
 */
#include "reports/formats.h"

#include "core/audit/waiver.h"
#include "reports/changes.h"
#include "reports/markdown_page.h"
#include "reports/view.h"

enum {
	CELL_MAX = MARKDOWN_CELL_MAX,
	TEXT_LINE_MAX = 2048,                     /* bytes of a text in the details */
	WHERE_MOST = 4,                           /* containers named in a cell */
	EVIDENCE_MOST = 12, SUBJECTS_MOST = 20,   /* in the details: of one subject; of one rule */
};

struct report {
	struct markdown page;
	struct arena *arena;
	const struct audit *audit;
};

/* A result with whose it is; neighbours of one rule that are of containers are shown as one. */
struct row {
	const struct result *result;
	const struct policy *policy;
	const struct subject_results *subject;
	size_t order;            /* of the policy's first result */
};

struct rows {
	struct row *list;
	size_t n;
};

/* ---- gathering ---- */

static int by_urgency(const void *left, const void *right)
{
	const struct row *a = left, *b = right;

	if (a->result->severity != b->result->severity)
		return a->result->severity > b->result->severity ? -1 : 1;
	if (a->result->weight < b->result->weight || a->result->weight > b->result->weight)
		return a->result->weight > b->result->weight ? -1 : 1;
	if (a->policy != b->policy)
		return a->order < b->order ? -1 : 1;
	if (a->result->rule != b->result->rule)
		return a->result->rule->item.index < b->result->rule->item.index ? -1 : 1;
	return a->subject < b->subject ? -1 : 1;
}

typedef bool wanted_fn(const struct result *result);

static bool is_failed(const struct result *result)
{
	return result_failed(result);
}

static bool is_undetermined(const struct result *result)
{
	return outcome_is_undetermined(result->outcome);
}

static bool is_waived(const struct result *result)
{
	return result->outcome == OUTCOME_FAIL && result->waiver;
}

static size_t order_of(const struct audit *audit, const struct policy *policy)
{
	size_t i = 0;

	while (i < audit->n_policies && audit->policies[i] != policy)
		i++;
	return i;
}

static struct rows rows_of(const struct report *m, wanted_fn *wanted)
{
	struct rows rows = { 0 };

	for (size_t i = 0; i < m->audit->n_subjects; i++) {
		const struct subject_results *s = &m->audit->subjects[i];

		for (size_t k = 0; k < s->n; k++)
			if (wanted(&s->results[k]))
				arena_push(m->arena, rows.list, rows.n) = (struct row){
					&s->results[k], s->policies[k], s, order_of(m->audit, s->policies[k]) };
	}
	if (rows.n > 1)
		qsort(rows.list, rows.n, sizeof(*rows.list), by_urgency);
	return rows;
}

/* How many rows from this one on are of its rule. */
static size_t same_rule(const struct rows *rows, size_t first)
{
	size_t n = 1;

	while (first + n < rows->n && rows->list[first + n].result->rule == rows->list[first].result->rule)
		n++;
	return n;
}

/* ---- words ---- */

static size_t undetermined(const struct counts *counts)
{
	return counts->of[OUTCOME_UNKNOWN] + counts->of[OUTCOME_ERROR];
}

/* "host", "web", or behind the host's name where there are several. */
static void subject_code(const struct report *m, struct buffer *out, const struct subject_results *s)
{
	const char *name = view_safe(m->arena, view_subject(m->arena, s), CELL_MAX);

	if (m->audit->n_hosts > 1) {
		markdown_code(out, view_safe(m->arena, view_host(m->arena, s->host), CELL_MAX));
		buffer_puts(out, " ");
	}
	if (s->kind == SUBJECT_CONTAINER)
		markdown_code(out, name);
	else
		buffer_puts(out, name);
}

static void where_cell(const struct report *m, struct buffer *out, const struct row *rows, size_t n)
{
	size_t shown = n > WHERE_MOST ? WHERE_MOST - 1 : n;

	buffer_puts(out, "| ");
	for (size_t i = 0; i < shown; i++) {
		buffer_puts(out, i ? ", " : "");
		subject_code(m, out, rows[i].subject);
	}
	if (shown < n)
		buffer_printf(out, " and %zu more", n - shown);
	buffer_puts(out, " ");
}

static void rule_cell(const struct report *m, struct buffer *out, const struct row *row)
{
	const struct selectable *item = &row->result->rule->item;

	buffer_puts(out, "| ");
	markdown_code(out, view_safe(m->arena, item->short_id, CELL_MAX));
	buffer_puts(out, " ");
	markdown_text(out, view_safe(m->arena, view_text(m->arena, row->policy, item->title), CELL_MAX));
	buffer_puts(out, " ");
}

/* ---- the head ---- */

static const char *verdict(const struct report *m)
{
	const struct counts *counts = &m->audit->counts;
	size_t high = audit_failures(m->audit, SEVERITY_HIGH), judged = 0;

	for (int outcome = 0; outcome < OUTCOMES; outcome++)
		judged += counts->of[outcome];
	if (counts->of[OUTCOME_FAIL])
		return arena_printf(m->arena, "❌ %zu failed%s", counts->of[OUTCOME_FAIL],
				    high ? arena_printf(m->arena, ", %zu of them high", high) : "");
	if (undetermined(counts))
		return arena_printf(m->arena, "⚠️ nothing failed, but %zu could not be determined", undetermined(counts));
	return judged + counts->waived ? "✅ nothing failed" : "⚠️ nothing was judged";
}

static const char *score_words(const struct report *m, double score)
{
	return score < 0 ? "none" : view_fixed(m->arena, score, 1);
}

static size_t host_count(const struct report *m, const struct host_facts *host, wanted_fn *wanted)
{
	size_t n = 0;

	for (size_t i = 0; i < m->audit->n_subjects; i++)
		for (size_t k = 0; k < m->audit->subjects[i].n && m->audit->subjects[i].host == host; k++)
			n += wanted(&m->audit->subjects[i].results[k]);
	return n;
}

static const char *containers_of(const struct report *m, const struct host_facts *host)
{
	size_t n = 0;

	for (size_t i = 0; i < m->audit->n_subjects; i++)
		n += m->audit->subjects[i].host == host && m->audit->subjects[i].kind == SUBJECT_CONTAINER;
	return !host->looked ? "" : host->containers_why ? "unknown" : arena_printf(m->arena, "%zu", n);
}

static void put_hosts(struct report *m)
{
	size_t cut = 0;

	markdown_put(&m->page, "\n| Host | System | Kernel | Audited (UTC) | Containers | Score | Failed | Not determined |\n|---|---|---|---|--:|--:|--:|--:|\n");
	for (size_t i = 0; i < m->audit->n_hosts; i++) {
		const struct host_facts *host = &m->audit->hosts[i];
		struct buffer out = { .arena = m->arena };

		markdown_cell(&m->page, &out, view_host(m->arena, host));
		markdown_cell(&m->page, &out, host->os);
		markdown_cell(&m->page, &out, host->kernel);
		buffer_printf(&out, "| %s%s | %s | %s | %zu | %zu |\n", view_time(m->arena, host->started),
			      host->live && host->ordinary ? " not as root" : "", containers_of(m, host),
			      score_words(m, audit_host_score(m->audit, host)), host_count(m, host, is_failed), host_count(m, host, is_undetermined));
		cut += !markdown_put_if_room(&m->page, &out);
	}
	markdown_left_out(&m->page, cut, "hosts are");
}

static bool is_same(const char *a, const char *b)
{
	return streq(a ? a : "", b ? b : "");
}

/* An earlier one of the same name, version and profile: of another host. */
static bool is_named(const struct audit *audit, size_t which)
{
	const struct policy *p = audit->policies[which];

	for (size_t i = 0; i < which; i++) {
		const struct policy *other = audit->policies[i];

		if (is_same(p->benchmark->short_id, other->benchmark->short_id) && is_same(p->benchmark->version, other->benchmark->version) &&
		    is_same(p->profile ? p->profile->short_id : NULL, other->profile ? other->profile->short_id : NULL))
			return true;
	}
	return false;
}

/* "kernel 0.1.0 by server, host 0.1.0 by server" */
static void put_benchmarks(struct report *m)
{
	struct buffer out = { .arena = m->arena };

	for (size_t i = 0; i < m->audit->n_policies; i++) {
		const struct policy *p = m->audit->policies[i];

		if (is_named(m->audit, i))
			continue;
		buffer_puts(&out, out.text ? ", " : "\nBenchmarks: ");
		markdown_code(&out, view_safe(m->arena, p->benchmark->short_id, CELL_MAX));
		buffer_puts(&out, " ");
		markdown_text(&out, p->benchmark->version ? view_safe(m->arena, p->benchmark->version, CELL_MAX) : "");
		buffer_puts(&out, p->profile ? " by " : "");
		markdown_code(&out, p->profile ? view_safe(m->arena, p->profile->short_id, CELL_MAX) : "");
	}
	if (!out.text)
		return;
	buffer_puts(&out, "\n");
	markdown_put_if_room(&m->page, &out);
}

struct row_tally {
	size_t of[OUTCOMES], waived;
};

static void put_tally(struct report *m, const char *name, const struct row_tally *t)
{
	markdown_put(&m->page, arena_printf(m->arena, "| %s | %zu | %zu | %zu | %zu | %zu | %zu |\n", name, t->of[OUTCOME_FAIL],
				   t->of[OUTCOME_UNKNOWN] + t->of[OUTCOME_ERROR], t->waived, t->of[OUTCOME_PASS], t->of[OUTCOME_NOTAPPLICABLE],
				   t->of[OUTCOME_NOTCHECKED] + t->of[OUTCOME_NOTSELECTED] + t->of[OUTCOME_INFORMATIONAL]));
}

static void put_counts(struct report *m)
{
	struct row_tally by[SEVERITIES] = { 0 }, all = { 0 };

	for (size_t i = 0; i < m->audit->n_subjects; i++) {
		for (size_t k = 0; k < m->audit->subjects[i].n; k++) {
			const struct result *r = &m->audit->subjects[i].results[k];

			by[r->severity].of[r->outcome] += !is_waived(r);
			by[r->severity].waived += is_waived(r);
			all.of[r->outcome] += !is_waived(r);
			all.waived += is_waived(r);
		}
	}
	markdown_put(&m->page, "\n| Severity | Failed | Not determined | Waived | Passed | Not applicable | Other |\n|---|--:|--:|--:|--:|--:|--:|\n");
	for (int severity = SEVERITIES; severity-- > 0;)
		if (severity >= SEVERITY_LOW || memcmp(&by[severity], &(struct row_tally){ 0 }, sizeof(struct row_tally)) != 0)
			put_tally(m, severity_name((enum severity)severity), &by[severity]);
	put_tally(m, "all", &all);
}

/* ---- tables ---- */

typedef void row_fn(struct report *m, struct buffer *out, const struct row *rows, size_t n);

/* A line per rule; containers of the same rule share it. */
static void put_table(struct report *m, const struct rows *rows, const char *head, row_fn *row, const char *what)
{
	size_t cut = 0, n;

	markdown_put(&m->page, head);
	for (size_t i = 0; i < rows->n; i += n) {
		struct buffer out = { .arena = m->arena };

		n = same_rule(rows, i);
		row(m, &out, &rows->list[i], n);
		buffer_puts(&out, "|\n");
		if (cut || !markdown_put_if_room(&m->page, &out))
			cut += n;
	}
	markdown_left_out(&m->page, cut, what);
}

static void failed_row(struct report *m, struct buffer *out, const struct row *rows, size_t n)
{
	const struct result *result = rows->result;
	const struct evidence *e = result_evidence(result);

	buffer_printf(out, "| %s ", severity_name(result->severity));
	rule_cell(m, out, rows);
	where_cell(m, out, rows, n);
	markdown_cell(&m->page, out, e ? view_found(m->arena, e, CELL_MAX) : result->reason);
	markdown_cell(&m->page, out, e ? view_wanted(m->arena, result, e, CELL_MAX) : NULL);
}

static void undetermined_row(struct report *m, struct buffer *out, const struct row *rows, size_t n)
{
	buffer_printf(out, "| %s ", severity_name(rows->result->severity));
	rule_cell(m, out, rows);
	where_cell(m, out, rows, n);
	markdown_cell(&m->page, out, rows->result->reason);
}

static void waived_row(struct report *m, struct buffer *out, const struct row *rows, size_t n)
{
	const struct waiver *w = rows->result->waiver;

	buffer_printf(out, "| %s ", severity_name(rows->result->severity));
	rule_cell(m, out, rows);
	where_cell(m, out, rows, n);
	markdown_cell(&m->page, out, w->owner);
	markdown_cell(&m->page, out, w->expires);
	markdown_cell(&m->page, out, w->reason);
	markdown_cell(&m->page, out, w->ticket);
}

static void put_tables(struct report *m, const struct rows *failed)
{
	struct rows unsure = rows_of(m, is_undetermined), waived = rows_of(m, is_waived);

	if (failed->n) {
		markdown_put(&m->page, "\n### Failed\n");
		put_table(m, failed, "\n| Severity | Rule | Where | Found | Wanted |\n|---|---|---|---|---|\n", failed_row, "failures are");
	}
	if (unsure.n) {
		markdown_put(&m->page, "\n### Not determined\n");
		put_table(m, &unsure, "\n| Severity | Rule | Where | Why |\n|---|---|---|---|\n", undetermined_row, "are");
	}
	if (waived.n) {
		markdown_put(&m->page, "\n### Waived\n");
		put_table(m, &waived, "\n| Severity | Rule | Where | By | Until | Reason | Ticket |\n|---|---|---|---|---|---|---|\n", waived_row,
			  "waived failures are");
	}
}

/* ---- details ---- */

static void add_evidence(const struct report *m, struct buffer *out, const struct row *row)
{
	const struct result *result = row->result;
	size_t n = result->n_evidence > EVIDENCE_MOST ? EVIDENCE_MOST : result->n_evidence;

	for (size_t i = 0; i < n; i++) {
		const struct evidence *e = &result->evidence[i];
		const char *cells[] = { e->name, view_found(m->arena, e, TEXT_LINE_MAX), view_wanted(m->arena, result, e, TEXT_LINE_MAX), e->origin };

		where_cell(m, out, row, 1);
		for (size_t k = 0; k < ARRAY_LEN(cells); k++) {
			buffer_puts(out, "| ");
			markdown_code(out, cells[k] ? view_safe(m->arena, cells[k], TEXT_LINE_MAX) : "");
			buffer_puts(out, " ");
		}
		buffer_puts(out, "|\n");
	}
	if (n < result->n_evidence) {
		where_cell(m, out, row, 1);
		buffer_printf(out, "| and %zu more | | | |\n", result->n_evidence - n);
	}
}

static void add_line(const struct report *m, struct buffer *out, const char *label, const char *text)
{
	if (!text || !*text)
		return;
	buffer_printf(out, "- **%s** ", label);
	markdown_text(out, view_safe(m->arena, text, TEXT_LINE_MAX));
	buffer_puts(out, "\n");
}

static void add_texts(const struct report *m, struct buffer *out, const struct row *row)
{
	const struct rule *rule = row->result->rule;

	add_line(m, out, "Fix:", view_text(m->arena, row->policy, rule->fixtext));
	for (size_t i = 0; i < rule->n_warnings; i++)
		add_line(m, out, "Mind:", view_text(m->arena, row->policy, rule->warnings[i]));
	add_line(m, out, "Why:", view_text(m->arena, row->policy, rule->rationale));
}

/* A blank line ends what is HTML alone: what follows is Markdown again. */
static void add_detail(const struct report *m, struct buffer *out, const struct row *rows, size_t n)
{
	const struct selectable *item = &rows->result->rule->item;

	buffer_puts(out, "\n<details><summary><code>");
	markdown_html(out, view_safe(m->arena, item->short_id, CELL_MAX));
	buffer_puts(out, "</code> ");
	markdown_html(out, view_safe(m->arena, view_text(m->arena, rows->policy, item->title), CELL_MAX));
	buffer_puts(out, "</summary>\n\n| Where | Item | Found | Wanted | Source |\n|---|---|---|---|---|\n");
	for (size_t i = 0; i < n && i < SUBJECTS_MOST; i++)
		add_evidence(m, out, &rows[i]);
	if (n > SUBJECTS_MOST)
		buffer_printf(out, "| and %zu more | | | | |\n", n - SUBJECTS_MOST);
	buffer_puts(out, "\n");
	add_texts(m, out, rows);
	buffer_puts(out, "\n</details>\n");
}

static void put_details(struct report *m, const struct rows *failed)
{
	auto_arena struct arena *arena = arena_new();   /* these are long: let go of them one by one */
	struct report detail = *m;
	size_t cut = 0, n;

	if (failed->n)
		markdown_put(&m->page, "\n### In detail\n");
	for (size_t i = 0; i < failed->n; i += n) {
		struct buffer out = { .arena = arena };

		n = same_rule(failed, i);
		detail.arena = arena;
		add_detail(&detail, &out, &failed->list[i], n);
		if (cut || !markdown_put_if_room(&m->page, &out))
			cut++;
		arena_reset(arena);
	}
	markdown_left_out(&m->page, cut, "details are");
}

static void put_changes(struct report *m)
{
	if (!m->audit->changes)
		return;
	markdown_put(&m->page, arena_printf(m->arena, "\n### Since %sZ\n", view_time(m->arena, m->audit->changes->before->started)));
	changes_markdown_put(&m->page, m->audit->changes);
}

static int write_report(const struct audit *audit, const struct format_options *options, FILE *file, struct err *err)
{
	auto_arena struct arena *arena = arena_new();
	struct report m = { .page = { .output = { .file = file }, .arena = arena }, .arena = arena, .audit = audit };
	struct rows failed = rows_of(&m, is_failed);

	(void)options;
	markdown_put(&m.page, arena_printf(arena, "## plimsoll: %s, score %s\n", verdict(&m), score_words(&m, audit->score)));
	put_hosts(&m);
	put_benchmarks(&m);
	put_counts(&m);
	put_changes(&m);
	put_tables(&m, &failed);
	put_details(&m, &failed);
	return output_finish(&m.page.output, err);
}

const struct format format_markdown = {
	.name = "markdown",
	.summary = "Markdown of GitHub's flavour, for step summaries and tickets",
	.mime = "text/markdown",
	.explains = true,
	.write = write_report,
	.write_changes = changes_markdown,
};
