/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The report as metrics, for the textfile collector of Prometheus' node_exporter. A host of any size has as many series: one per container only with
 * --verbose, and one per rule that fails only when that is given twice. What there is none of is there as 0, because a series that comes and
 * goes cannot be compared with what it was.
 */
#include "reports/formats.h"

#include "core/audit/waiver.h"
#include "core/base/text.h"
#include "reports/output.h"
#include "reports/view.h"

#include <inttypes.h>
#include <time.h>

enum { LABEL_MAX = 200, DAY = 86400 };   /* bytes; seconds */

enum kind { KIND_HOST, KIND_CONTAINER, KIND_SANDBOX, KINDS };

enum { WAIVED = OUTCOMES, RESULTS };   /* beside the outcomes */

/* Of one kind of subject of one host. */
struct series_tally {
	size_t of[SEVERITIES][RESULTS];
	size_t subjects;
};

struct metrics {
	struct output output;
	struct arena *arena;
	const struct audit *audit;
	const char **hosts;                /* by host: its label */
	struct series_tally (*tallies)[KINDS];    /* by host */
};

/* ---- labels ---- */

/* The value in quotes. */
static const char *quoted(const struct metrics *m, const char *text)
{
	struct buffer out = { .arena = m->arena };

	buffer_puts(&out, "\"");
	for (const char *at = view_safe(m->arena, text ? text : "", LABEL_MAX); *at; at++) {
		if (*at == '\\' || *at == '"')
			buffer_puts(&out, "\\");
		buffer_add(&out, at, 1);
	}
	buffer_puts(&out, "\"");
	return out.text;
}

/* Two reports of one host are two series. */
static const char *host_label(const struct metrics *m, size_t which)
{
	const char *name = view_safe(m->arena, view_host(m->arena, &m->audit->hosts[which]), LABEL_MAX), *label = quoted(m, name);

	for (size_t i = 0, n = 2; i < which; i++) {
		if (!streq(m->hosts[i], label))
			continue;
		label = quoted(m, arena_printf(m->arena, "%s #%zu", name, n++));
		i = (size_t)-1;
	}
	return label;
}

static size_t host_index(const struct metrics *m, const struct subject_results *s)
{
	return (size_t)(s->host - m->audit->hosts);
}

static enum kind kind_of(const struct subject_results *s)
{
	return s->kind == SUBJECT_HOST ? KIND_HOST : s->facts && streq(s->facts->kind, "sandbox") ? KIND_SANDBOX : KIND_CONTAINER;
}

static const char *kind_name(enum kind kind)
{
	static const char *const names[] = { "host", "container", "sandbox" };

	return names[kind];
}

static const char *result_name(int result)
{
	return result == WAIVED ? "waived" : outcome_name((enum outcome)result);
}

/* ---- writing ---- */

static void describe(struct metrics *m, const char *name, const char *help)
{
	output_puts(&m->output, arena_printf(m->arena, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name));
}

static void sample(struct metrics *m, const char *name, const char *labels, const char *value)
{
	output_puts(&m->output, arena_printf(m->arena, "%s{%s} %s\n", name, labels, value));
}

static const char *integer(const struct metrics *m, int64_t value)
{
	return arena_printf(m->arena, "%" PRId64, value);
}

/* ---- counting ---- */

static void count_all(struct metrics *m)
{
	for (size_t i = 0; i < m->audit->n_subjects; i++) {
		const struct subject_results *s = &m->audit->subjects[i];
		struct series_tally *tally = &m->tallies[host_index(m, s)][kind_of(s)];

		tally->subjects++;
		for (size_t k = 0; k < s->n; k++) {
			const struct result *r = &s->results[k];

			tally->of[r->severity][r->outcome == OUTCOME_FAIL && r->waiver ? WAIVED : (int)r->outcome]++;
		}
	}
}

static void put_tally(struct metrics *m, size_t host, enum kind kind)
{
	const struct series_tally *tally = &m->tallies[host][kind];

	for (int severity = 0; severity < SEVERITIES; severity++)
		for (int result = 0; result < RESULTS; result++)
			sample(m, "plimsoll_results",
			       arena_printf(m->arena, "host=%s,kind=\"%s\",severity=\"%s\",result=\"%s\"", m->hosts[host], kind_name(kind),
					    severity_name((enum severity)severity), result_name(result)),
			       integer(m, (int64_t)tally->of[severity][result]));
}

/* Sandboxes are audited on demand only; without them they are not spoken of. */
static void put_results(struct metrics *m)
{
	describe(m, "plimsoll_results", "Results of rules, by what they are about, severity and result; a waived failure is not counted as fail.");
	for (size_t i = 0; i < m->audit->n_hosts; i++)
		for (int kind = 0; kind < KINDS; kind++)
			if (kind != KIND_SANDBOX || m->tallies[i][kind].subjects)
				put_tally(m, i, (enum kind)kind);
}

/* Where it is not known which there are, there is no number. */
static void put_subjects(struct metrics *m)
{
	describe(m, "plimsoll_containers", "Containers that were audited.");
	for (size_t i = 0; i < m->audit->n_hosts; i++)
		if (m->audit->hosts[i].looked && !m->audit->hosts[i].containers_why)
			sample(m, "plimsoll_containers", arena_printf(m->arena, "host=%s", m->hosts[i]),
			       integer(m, (int64_t)m->tallies[i][KIND_CONTAINER].subjects));
}

/* ---- of the whole ---- */

static void put_score(struct metrics *m)
{
	describe(m, "plimsoll_score_ratio", "Weight of the rules that passed, of all that passed, failed or could not be determined: 0 to 1.");
	for (size_t i = 0; i < m->audit->n_hosts; i++) {
		double score = audit_host_score(m->audit, &m->audit->hosts[i]);

		if (score >= 0)
			sample(m, "plimsoll_score_ratio", arena_printf(m->arena, "host=%s", m->hosts[i]), view_fixed(m->arena, score / 100, 3));
	}
}

static void put_times(struct metrics *m)
{
	describe(m, "plimsoll_last_run_timestamp_seconds", "When the audit began, in seconds since 1970.");
	for (size_t i = 0; i < m->audit->n_hosts; i++)
		sample(m, "plimsoll_last_run_timestamp_seconds", arena_printf(m->arena, "host=%s", m->hosts[i]), integer(m, m->audit->hosts[i].started));
	if (m->audit->n_hosts > 1)
		return;   /* it is not kept by host */
	describe(m, "plimsoll_duration_seconds", "How long reading and judging took.");
	sample(m, "plimsoll_duration_seconds", arena_printf(m->arena, "host=%s", m->hosts[0]), view_fixed(m->arena, m->audit->duration_ms / 1000, 3));
}

/* The second after the last day of the first waiver to end; 0: none is in force, or says when. */
static int64_t first_expiry(const struct metrics *m, size_t host)
{
	int64_t first = 0;

	for (size_t i = 0; i < m->audit->n_subjects; i++) {
		const struct subject_results *s = &m->audit->subjects[i];

		for (size_t k = 0; k < s->n && host_index(m, s) == host; k++) {
			const struct waiver *w = s->results[k].waiver;
			struct tm tm = { 0 };
			int64_t end;

			if (!w || s->results[k].outcome != OUTCOME_FAIL || !strptime(w->expires, "%Y-%m-%d", &tm))
				continue;
			end = (int64_t)timegm(&tm) + DAY;
			first = !first || end < first ? end : first;
		}
	}
	return first;
}

static void put_waivers(struct metrics *m)
{
	describe(m, "plimsoll_waiver_expiry_timestamp_seconds", "When the first waiver that is needed ends, in seconds since 1970.");
	for (size_t i = 0; i < m->audit->n_hosts; i++) {
		int64_t at = first_expiry(m, i);

		if (at)
			sample(m, "plimsoll_waiver_expiry_timestamp_seconds", arena_printf(m->arena, "host=%s", m->hosts[i]), integer(m, at));
	}
}

static void put_build(struct metrics *m)
{
	describe(m, "plimsoll_build_info", "Always 1; the version of plimsoll that wrote this.");
	sample(m, "plimsoll_build_info", arena_printf(m->arena, "version=%s", quoted(m, view_tool_version())), "1");
}

/* ---- by container, by rule ---- */

static size_t failures_of(const struct subject_results *s, int severity)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += result_failed(&s->results[i]) && (int)s->results[i].severity == severity;
	return n;
}

/* The containers of one name on one host are one series: so it goes on when the container is made anew. */
static bool is_counted(const char *const *labels, size_t which)
{
	for (size_t i = 0; i < which; i++)
		if (labels[i] && streq(labels[i], labels[which]))
			return true;
	return false;
}

static void put_container(struct metrics *m, const char *const *labels, size_t which)
{
	for (int severity = 0; severity < SEVERITIES; severity++) {
		size_t n = 0;

		for (size_t i = which; i < m->audit->n_subjects; i++)
			if (labels[i] && streq(labels[i], labels[which]))
				n += failures_of(&m->audit->subjects[i], severity);
		sample(m, "plimsoll_container_failed", arena_printf(m->arena, "%s,severity=\"%s\"", labels[which], severity_name((enum severity)severity)),
		       integer(m, (int64_t)n));
	}
}

static void put_containers(struct metrics *m)
{
	const char **labels = arena_array_of(m->arena, const char *, m->audit->n_subjects + 1);

	describe(m, "plimsoll_container_failed", "Rules that failed on the containers of this name, without waived ones.");
	for (size_t i = 0; i < m->audit->n_subjects; i++) {
		const struct subject_results *s = &m->audit->subjects[i];

		if (s->kind == SUBJECT_CONTAINER)
			labels[i] = arena_printf(m->arena, "host=%s,container=%s", m->hosts[host_index(m, s)], quoted(m, view_subject(m->arena, s)));
	}
	for (size_t i = 0; i < m->audit->n_subjects; i++)
		if (labels[i] && !is_counted(labels, i))
			put_container(m, labels, i);
}

/* One rule of one host, with how many of its subjects fail it. */
struct failing {
	const char *labels;
	size_t n;
};

static int by_labels(const void *left, const void *right)
{
	return strcmp(((const struct failing *)left)->labels, ((const struct failing *)right)->labels);
}

static void put_rules(struct metrics *m)
{
	struct failing *list = NULL;
	size_t n = 0, same;

	describe(m, "plimsoll_rule_failed", "On how many subjects the rule failed, without waived ones; rules that failed nowhere are not listed.");
	for (size_t i = 0; i < m->audit->n_subjects; i++) {
		const struct subject_results *s = &m->audit->subjects[i];

		for (size_t k = 0; k < s->n; k++)
			if (result_failed(&s->results[k]))
				arena_push(m->arena, list, n) = (struct failing){
					arena_printf(m->arena, "host=%s,benchmark=%s,rule=%s,severity=\"%s\"", m->hosts[host_index(m, s)],
						     quoted(m, s->policies[k]->benchmark->short_id), quoted(m, s->results[k].rule->item.short_id),
						     severity_name(s->results[k].severity)), 1 };
	}
	if (n > 1)
		qsort(list, n, sizeof(*list), by_labels);
	for (size_t i = 0; i < n; i += same) {
		for (same = 1; i + same < n && streq(list[i + same].labels, list[i].labels);)
			same++;
		sample(m, "plimsoll_rule_failed", list[i].labels, integer(m, (int64_t)same));
	}
}

static int write_report(const struct audit *audit, const struct format_options *options, FILE *file, struct err *err)
{
	auto_arena struct arena *arena = arena_new();
	struct metrics m = { .output = { .file = file }, .arena = arena, .audit = audit };

	m.hosts = arena_array_of(arena, const char *, audit->n_hosts + 1);
	m.tallies = arena_alloc(arena, sizeof(*m.tallies) * (audit->n_hosts + 1));
	for (size_t i = 0; i < audit->n_hosts; i++)
		m.hosts[i] = host_label(&m, i);
	count_all(&m);
	put_results(&m);
	put_subjects(&m);
	put_score(&m);
	put_times(&m);
	put_waivers(&m);
	if (options->verbose > 0)
		put_containers(&m);
	if (options->verbose > 1)
		put_rules(&m);
	put_build(&m);
	return output_finish(&m.output, err);
}

const struct format format_prometheus = {
	.name = "prometheus",
	.summary = "metrics for node_exporter's textfile collector; -v: by container, -vv: by rule that failed, too",
	.mime = "text/plain; version=0.0.4",
	.write = write_report,
};
