/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The report as a plug-in of Nagios, Icinga and their kin gives it: a line with the status and, behind a bar, performance data; then lines that say what is
 * wrong. The status is that of the command, in their numbers: what makes the audit fail is CRITICAL, a lesser failure is a WARNING.
 */
#include "reports/formats.h"

#include "core/audit/diff.h"
#include "core/base/text.h"
#include "reports/output.h"
#include "reports/view.h"

enum nagios_status { NAGIOS_OK, NAGIOS_WARNING, NAGIOS_CRITICAL, NAGIOS_UNKNOWN };

enum {
	LABEL_MOST = 100, TEXT_LINE_MAX = 160, SENTENCE_MAX = 900,   /* bytes */
	SIZE_MOST = 7500,        /* of it all; Nagios reads 8192, and an old NRPE 1024, which hold the first line */
};

struct nagios {
	struct arena *arena;
	const struct audit *audit;
	const struct format_options *options;
	struct buffer out;
	size_t left_out;         /* lines */
};

static enum nagios_status status_of(const struct audit *audit, const struct format_options *options)
{
	const struct demands demands = { options->fail_on, options->fail_on_new, options->min_score };

	switch (audit_verdict(audit, &demands)) {
	case VERDICT_FINDINGS:
		return NAGIOS_CRITICAL;
	case VERDICT_UNDETERMINED:
		return NAGIOS_UNKNOWN;
	case VERDICT_CLEAN:
		break;
	}
	return audit_failures(audit, SEVERITY_LOW) > 0 ? NAGIOS_WARNING : NAGIOS_OK;
}

static const char *status_name(enum nagios_status status)
{
	static const char *const names[] = { "OK", "WARNING", "CRITICAL", "UNKNOWN" };

	return names[status];
}

/* ---- words ---- */

/* A bar begins performance data; the others mean something to a shell, a macro or a web page that the line is put into. */
static const char *neutral(struct arena *arena, const char *text, size_t limit)
{
	const char *safe = text ? view_safe(arena, text, limit) : "";
	struct buffer out = { .arena = arena };

	if (!strpbrk(safe, "|<>`$&"))
		return safe;
	for (; *safe; safe++) {
		if (strchr("|<>`$&", *safe))
			buffer_printf(&out, "\\x%02x", (unsigned)*safe);
		else
			buffer_add(&out, safe, 1);
	}
	return out.text;
}

static size_t failures_of(const struct nagios *n, enum severity severity)
{
	return audit_failures(n->audit, severity) - audit_failures(n->audit, severity + 1);
}

static size_t undetermined(const struct nagios *n)
{
	return n->audit->counts.of[OUTCOME_UNKNOWN] + n->audit->counts.of[OUTCOME_ERROR];
}

static const char *whose(const struct nagios *n)
{
	if (n->audit->n_hosts > 1)
		return arena_printf(n->arena, "%zu hosts", n->audit->n_hosts);
	return neutral(n->arena, view_host(n->arena, n->audit->hosts), LABEL_MOST);
}

/* "web" or "web01/web"; nothing for the host itself where it is the only one. */
static const char *place(const struct nagios *n, const struct subject_results *s)
{
	const char *host = n->audit->n_hosts > 1 ? neutral(n->arena, view_host(n->arena, s->host), LABEL_MOST) : "";

	if (s->kind == SUBJECT_HOST)
		return *host ? arena_printf(n->arena, "%s ", host) : "";
	return arena_printf(n->arena, "%s%s%s ", host, *host ? "/" : "", neutral(n->arena, view_subject(n->arena, s), LABEL_MOST));
}

/* ---- the first line ---- */

/* "79 failed (2 high, 47 medium, 30 low)" */
static void add_failed(struct nagios *n)
{
	const char *before = " (";

	buffer_printf(&n->out, "%zu failed", n->audit->counts.of[OUTCOME_FAIL]);
	for (int severity = SEVERITIES; severity-- > 0;) {
		size_t failed = failures_of(n, (enum severity)severity);

		if (!failed)
			continue;
		buffer_printf(&n->out, "%s%zu %s", before, failed, severity_name((enum severity)severity));
		before = ", ";
	}
	buffer_puts(&n->out, *before == ',' ? ")" : "");
}

static void add_status(struct nagios *n)
{
	buffer_printf(&n->out, "PLIMSOLL %s - %s: ", status_name(status_of(n->audit, n->options)), whose(n));
	add_failed(n);
	if (undetermined(n))
		buffer_printf(&n->out, ", %zu not determined", undetermined(n));
	if (n->audit->changes)
		buffer_printf(&n->out, ", %zu worse than before", diff_regressions(n->audit->changes));
	if (n->audit->counts.waived)
		buffer_printf(&n->out, ", %zu waived", n->audit->counts.waived);
	if (n->audit->score >= 0)
		buffer_printf(&n->out, ", score %s", view_fixed(n->arena, n->audit->score, 1));
}

/* label=value;warning;critical;minimum;maximum: a failure that would be critical, or a warning, is so from 1 on. */
static void add_perfdata(struct nagios *n)
{
	const struct format_options *o = n->options;
	const struct counts *counts = &n->audit->counts;

	buffer_puts(&n->out, " |");
	if (n->audit->score >= 0)
		buffer_printf(&n->out, " score=%s%%;;%s;0;100", view_fixed(n->arena, n->audit->score, 1),
			      o->min_score >= 0 ? arena_printf(n->arena, "%s:", view_fixed(n->arena, o->min_score, 1)) : "");
	for (int severity = SEVERITIES; severity-- > SEVERITY_INFO;) {
		bool critical = !o->fail_on_new && o->fail_on != SEVERITIES && severity >= (int)o->fail_on;

		buffer_printf(&n->out, " %s=%zu;%s;%s;0", severity_name((enum severity)severity), failures_of(n, (enum severity)severity),
			      !critical && severity >= SEVERITY_LOW ? "0" : "", critical ? "0" : "");
	}
	buffer_printf(&n->out, " failed=%zu;;;0 undetermined=%zu;;;0 waived=%zu;;;0 passed=%zu;;;0 time=%ss;;;0\n", counts->of[OUTCOME_FAIL], undetermined(n),
		      counts->waived, counts->of[OUTCOME_PASS], view_fixed(n->arena, n->audit->duration_ms / 1000, 3));
}

/* ---- the lines below ---- */

static void add_line(struct nagios *n, const char *line)
{
	if (n->left_out || n->out.size + strlen(line) > SIZE_MOST)
		n->left_out++;
	else
		buffer_puts(&n->out, line);
}

static void add_result(struct nagios *n, const struct subject_results *s, size_t i)
{
	const struct result *r = &s->results[i];
	const struct evidence *e = result_evidence(r);
	const char *head = arena_printf(n->arena, "[%s] %s%s %s", r->outcome == OUTCOME_FAIL ? severity_name(r->severity) : outcome_name(r->outcome), place(n, s),
					neutral(n->arena, r->rule->item.short_id, LABEL_MOST),
					neutral(n->arena, view_text(n->arena, s->policies[i], r->rule->item.title), TEXT_LINE_MAX));
	const char *wanted = e ? view_wanted(n->arena, r, e, TEXT_LINE_MAX) : "";

	if (r->outcome != OUTCOME_FAIL || !e)
		add_line(n, arena_printf(n->arena, "%s: %s\n", head, neutral(n->arena, r->reason, TEXT_LINE_MAX)));
	else
		add_line(n, arena_printf(n->arena, "%s: found %s%s%s\n", head, neutral(n->arena, view_found(n->arena, e, TEXT_LINE_MAX), TEXT_LINE_MAX),
					 *wanted ? ", wanted " : "", neutral(n->arena, wanted, TEXT_LINE_MAX)));
}

static void add_results(struct nagios *n, enum outcome outcome, enum severity severity)
{
	for (size_t i = 0; i < n->audit->n_subjects; i++) {
		const struct subject_results *s = &n->audit->subjects[i];

		for (size_t k = 0; k < s->n; k++)
			if (result_is(&s->results[k], outcome) && s->results[k].severity == severity)
				add_result(n, s, k);
	}
}

static void add_waived(struct nagios *n)
{
	for (size_t i = 0; i < n->audit->n_subjects; i++) {
		const struct subject_results *s = &n->audit->subjects[i];

		for (size_t k = 0; k < s->n; k++) {
			const struct waiver *w = s->results[k].waiver;

			if (s->results[k].outcome == OUTCOME_FAIL && w)
				add_line(n, arena_printf(n->arena, "[waived] %s%s %s\n", place(n, s),
							 neutral(n->arena, s->results[k].rule->item.short_id, LABEL_MOST),
							 neutral(n->arena, view_waiver(n->arena, w), TEXT_LINE_MAX)));
		}
	}
}

static int write_report(const struct audit *audit, const struct format_options *options, FILE *file, struct err *err)
{
	auto_arena struct arena *arena = arena_new();
	struct nagios n = { .arena = arena, .audit = audit, .options = options, .out = { .arena = arena } };
	struct output output = { .file = file };

	add_status(&n);
	add_perfdata(&n);
	for (int severity = SEVERITIES; severity-- > 0;)
		add_results(&n, OUTCOME_FAIL, (enum severity)severity);
	for (int severity = SEVERITIES; severity-- > 0;) {
		add_results(&n, OUTCOME_ERROR, (enum severity)severity);
		add_results(&n, OUTCOME_UNKNOWN, (enum severity)severity);
	}
	add_waived(&n);
	if (n.left_out)
		buffer_printf(&n.out, "and %zu more; 'plimsoll audit' shows all\n", n.left_out);
	output_write(&output, n.out.text, n.out.size);
	return output_finish(&output, err);
}

/* ---- statuses ---- */

static int exit_status(const struct audit *audit, const struct format_options *options)
{
	return status_of(audit, options);
}

static int without_audit(const char *sentence, FILE *file)
{
	auto_arena struct arena *arena = arena_new();

	fprintf(file, "PLIMSOLL %s - %s\n", status_name(NAGIOS_UNKNOWN), neutral(arena, sentence, SENTENCE_MAX));
	return NAGIOS_UNKNOWN;
}

static const struct format_statuses statuses = { exit_status, without_audit };

const struct format format_nagios = {
	.name = "nagios",
	.summary = "as a plug-in of Nagios or Icinga: status and performance data, then what failed; exits with their 0, 1, 2 or 3",
	.mime = "text/plain",
	.write = write_report,
	.statuses = &statuses,
};
