/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The CSV report (RFC 4180): a header, then a row per result, waived ones with who, until when and why. Made for spreadsheets, which take a cell that begins
 * like a formula for one, whoever wrote it: such a cell gets an apostrophe in front, which they show as text.
 */
#include "reports/formats.h"

#include "core/audit/waiver.h"
#include "core/base/text.h"
#include "reports/output.h"
#include "reports/view.h"

enum { CELL_MAX = 32000 };   /* bytes; Excel cuts at 32767 characters */

struct csv {
	struct output output;
	struct arena *arena;
	bool begun;              /* the row has a cell */
};

/* ---- cells ---- */

/* = + - @, also those of full width, which a spreadsheet in East Asia takes for the same. */
static bool begins_formula(const char *text)
{
	static const char *const starts[] = { "=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20" };

	while (*text == ' ')
		text++;
	for (size_t i = 0; i < ARRAY_LEN(starts); i++)
		if (starts_with(text, starts[i]))
			return true;
	return false;
}

/* Also behind a semicolon: where the comma is the decimal point, a file that is just opened is split there. A number stays one. */
static const char *guarded(struct arena *arena, const char *text)
{
	struct buffer out = { .arena = arena };
	int64_t number;

	if (!strpbrk(text, "=+-@\xef") || text_integer(text, &number))
		return text;
	for (const char *at = text; *at; at++) {
		if ((at == text || at[-1] == ';') && begins_formula(at))
			buffer_puts(&out, "'");
		buffer_add(&out, at, 1);
	}
	return out.text;
}

static void put(struct csv *csv, const char *text)
{
	const char *cell = text ? guarded(csv->arena, view_safe(csv->arena, text, CELL_MAX)) : "";
	bool quoted = strpbrk(cell, ",;\" '") != NULL;

	if (csv->begun)
		output_puts(&csv->output, ",");
	csv->begun = true;
	if (quoted)
		output_puts(&csv->output, "\"");
	for (const char *quote; (quote = strchr(cell, '"')); cell = quote + 1) {
		output_write(&csv->output, cell, (size_t)(quote - cell));
		output_puts(&csv->output, "\"\"");
	}
	output_puts(&csv->output, cell);
	if (quoted)
		output_puts(&csv->output, "\"");
}

static void end_row(struct csv *csv)
{
	output_puts(&csv->output, "\r\n");
	csv->begun = false;
}

/* ---- rows ---- */

static void put_header(struct csv *csv)
{
	static const char *const names[] = {
		"host", "kind", "subject", "id", "benchmark", "rule", "title", "severity", "result", "reason", "item", "state", "value",
		"expected", "origin", "waived_by", "waived_until", "waived_reason", "waived_ticket", "idents",
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		put(csv, names[i]);
	end_row(csv);
}

static void put_evidence(struct csv *csv, const struct result *result)
{
	const struct evidence *e = result_evidence(result);

	put(csv, e ? e->name : NULL);
	put(csv, e ? state_name(e->state) : NULL);
	put(csv, e && e->state == STATE_PRESENT ? e->value : NULL);
	put(csv, e ? view_wanted(csv->arena, result, e, CELL_MAX) : NULL);
	put(csv, e ? e->origin : NULL);
}

static void put_waiver(struct csv *csv, const struct waiver *waiver)
{
	put(csv, waiver ? waiver->owner : NULL);
	put(csv, waiver ? waiver->expires : NULL);
	put(csv, waiver ? waiver->reason : NULL);
	put(csv, waiver ? waiver->ticket : NULL);
}

static void put_idents(struct csv *csv, const struct rule *rule)
{
	struct buffer out = { .arena = csv->arena };

	for (size_t i = 0; i < rule->n_idents; i++)
		buffer_printf(&out, "%s%s %s", i ? "; " : "", rule->idents[i].system ? rule->idents[i].system : "",
			      rule->idents[i].id ? rule->idents[i].id : "");
	put(csv, out.text);
}

static void put_result(struct csv *csv, const struct subject_results *subject, size_t i)
{
	const struct result *result = &subject->results[i];
	const struct policy *policy = subject->policies[i];

	put(csv, view_host(csv->arena, subject->host));
	put(csv, subject->facts ? subject->facts->kind : "host");
	put(csv, view_subject(csv->arena, subject));
	put(csv, subject->id);
	put(csv, policy->benchmark->short_id);
	put(csv, result->rule->item.short_id);
	put(csv, view_text(csv->arena, policy, result->rule->item.title));
	put(csv, severity_name(result->severity));
	put(csv, view_result(result));
	put(csv, result->reason);
	put_evidence(csv, result);
	put_waiver(csv, result->outcome == OUTCOME_FAIL ? result->waiver : NULL);
	put_idents(csv, result->rule);
	end_row(csv);
}

static int write_report(const struct audit *audit, const struct format_options *options, FILE *file, struct err *err)
{
	auto_arena struct arena *arena = arena_new();
	struct csv csv = { .output = { .file = file }, .arena = arena };

	(void)options;
	put_header(&csv);
	for (size_t i = 0; i < audit->n_subjects; i++) {
		for (size_t k = 0; k < audit->subjects[i].n; k++) {
			put_result(&csv, &audit->subjects[i], k);
			arena_reset(arena);
		}
	}
	return output_finish(&csv.output, err);
}

const struct format format_csv = {
	.name = "csv",
	.summary = "a table for spreadsheets: a row per result",
	.mime = "text/csv",
	.write = write_report,
};
