/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll audit: read, judge, report. The four calls in order are run_audit(). */
#include "cli/host.h"
#include "cli/reports.h"
#include "cli/saved_reports.h"
#include "cli/subjects.h"
#include "cli/verbs.h"
#include "cli/waivers.h"

#include "core/base/text.h"

#include <errno.h>
#include <time.h>

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1000 + (double)t.tv_nsec / 1e6;
}

static int exit_status(const struct audit *audit, const struct options *o)
{
	static const int statuses[] = {
		[VERDICT_CLEAN] = EXIT_CLEAN, [VERDICT_FINDINGS] = EXIT_FINDINGS, [VERDICT_UNDETERMINED] = EXIT_UNDETERMINED,
	};
	const struct demands demands = { o->fail_on, o->fail_on_new, o->min_score };

	return reports_status(audit, o, statuses[audit_verdict(audit, &demands)]);
}

static int nothing_judged(const struct options *o, const struct loaded *loaded, struct err *err)
{
	struct buffer names = { .arena = o->arena }, globs = { .arena = o->arena };

	for (size_t i = 0; i < o->only.n; i++)
		buffer_printf(&globs, " --rule %s", o->only.list[i]);
	for (size_t i = 0; i < o->skip.n; i++)
		buffer_printf(&globs, " --skip %s", o->skip.list[i]);
	if (globs.text)
		return err_set(err, ENOENT, "no selected rule is left by%s; 'plimsoll list rules' shows what is selected", globs.text);
	for (size_t i = 0; i < loaded->n; i++)
		for (size_t k = 0; k < loaded->benchmarks[i]->n_profiles; k++)
			buffer_printf(&names, " %s", loaded->benchmarks[i]->profiles[k]->short_id);
	return err_set(err, ENOENT, "no rule is selected; choose a profile with --profile:%s", names.text ? names.text : " there is none");
}

/* What an audit is made with. */
struct means {
	const struct subject *host;
	const struct loaded *loaded;
	const struct in_force *waivers;
	const struct targets *targets;
	const struct saved_reports *baseline;
	double started;                  /* milliseconds */
};

static int judge_and_report(const struct means *m, const struct options *o)
{
	const struct loaded *loaded = m->loaded;
	const struct audit_plan plan = {
		.host = m->host, .policies = loaded->policies, .n_policies = loaded->n,
		.rules = { o->only.list, o->skip.list }, .subjects = subjects_asked_for(o), .workers = o->jobs,
	};
	auto_diff struct diff *diff = NULL;
	auto_audit struct audit *audit = NULL;
	struct err err;

	if (audit_rules(&plan) == 0) {
		nothing_judged(o, loaded, &err);
		return reports_complain(o, &err);
	}
	audit = audit_run(&plan);
	waivers_put(audit, m->waivers, &plan, true);
	audit->duration_ms = getenv("SOURCE_DATE_EPOCH") ? 0 : now_ms() - m->started;
	if (subjects_missing(audit, o, &err) < 0 || saved_reports_compare(m->baseline, audit, &diff, &err) < 0)
		return reports_complain(o, &err);
	if (reports_write(audit, m->targets, o, &err) < 0)
		return reports_complain(o, &err);
	return exit_status(audit, o);
}

static int run_audit(const struct options *o)
{
	double started = now_ms();
	auto_loaded struct loaded loaded = { 0 };
	auto_saved_reports struct saved_reports baseline = { 0 };
	auto_in_force struct in_force waivers = { 0 };
	auto_subject struct subject *host = NULL;
	struct targets targets;
	struct err err;

	if (o->n_arguments) {
		err_set(&err, EINVAL, "audit takes no arguments, but '%s' is given", o->arguments[0]);
		return reports_complain(o, &err);
	}
	if (o->fail_on_new && !o->baseline) {
		err_set(&err, EINVAL, "--fail-on new needs an earlier report to compare with: --baseline FILE");
		return reports_complain(o, &err);
	}
	if (reports_plan(&targets, REPORT_AUDIT, o, &err) < 0 || saved_reports_read_baseline(&baseline, o, &err) < 0 ||
	    benchmarks_load(&loaded, o, reports_texts(&targets), &err) < 0 || reports_take(&targets, loaded.n, &err) < 0 ||
	    waivers_load(&waivers, &loaded, o, reports_texts(&targets), &err) < 0 || host_open(&host, o, &err) < 0)
		return reports_complain(o, &err);
	return judge_and_report(&(struct means){ host, &loaded, &waivers, &targets, &baseline, started }, o);
}

const struct verb verb_audit = {
	.bit = VERB_AUDIT,
	.name = "audit",
	.arguments = "",
	.summary = "audit this host; report to the terminal",
	.about = "Reads the state of the kernel and the system, judges it by the benchmarks, and\n"
		 "writes a report. Nothing is executed and nothing is changed. Root sees most; an\n"
		 "ordinary user gets fewer answers, never wrong ones. A failure that a waiver\n"
		 "accepts is shown and does not count; see plimsoll-waivers(5).\n\n"
		 "Exit status:\n"
		 "  0  nothing at or above --fail-on failed, and every rule was determined\n"
		 "  1  a rule at or above --fail-on failed, or the score is under --min-score\n"
		 "  2  no audit: wrong usage, unreadable benchmark, a mistake in a waiver,\n"
		 "     output that cannot be written\n"
		 "  3  nothing failed, but some selected rule could not be determined\n"
		 "With -f nagios those of a monitoring plug-in: 2 (CRITICAL) in place of 1, 1\n"
		 "(WARNING) where only less severe rules failed, 3 (UNKNOWN) in place of 2 and 3.",
	.run = run_audit,
};
