/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll report: an audit of before, in another format. Nothing of the system is read. */
#include "cli/reports.h"
#include "cli/saved_reports.h"
#include "cli/verbs.h"

#include <errno.h>

static int run_report(const struct options *o)
{
	auto_saved_reports struct saved_reports saved = { 0 }, baseline = { 0 };
	auto_diff struct diff *diff = NULL;
	struct targets targets;
	struct err err;

	if (!o->n_arguments) {
		err_set(&err, EINVAL, "report needs the file that an audit wrote with --format json");
		return reports_complain(o, &err);
	}
	if (reports_plan(&targets, REPORT_AUDIT, o, &err) < 0 || reports_spare(&targets, o->arguments, o->n_arguments, &err) < 0 ||
	    saved_reports_read(&saved, o, o->arguments, o->n_arguments, &err) < 0 ||
	    saved_reports_read_baseline(&baseline, o, &err) < 0 || saved_reports_compare(&baseline, saved.whole, &diff, &err) < 0 ||
	    reports_write(saved.whole, &targets, o, &err) < 0)
		return reports_complain(o, &err);
	return reports_status(saved.whole, o, EXIT_CLEAN);
}

const struct verb verb_report = {
	.bit = VERB_REPORT,
	.name = "report",
	.arguments = "FILE...",
	.summary = "write an earlier JSON report in another format",
	.completes = "<file>",
	.about = "Reads reports that 'plimsoll audit --format json' wrote (- is standard input)\n"
		 "and writes them in another format. Nothing of the system is read and nothing is\n"
		 "judged anew: profile, tailoring, rules and waivers are those of then. Why a rule\n"
		 "matters and how it is mended comes from the benchmark of that name and version,\n"
		 "if it is installed or named with --benchmark. Reports of several hosts are\n"
		 "written as one. xccdf holds one benchmark: of several it is written of the one\n"
		 "that --benchmark names; xccdf and arf need the benchmark itself.\n\n"
		 "Exit status:\n"
		 "  0  it is written, whatever it says\n"
		 "  2  a file is no such report, or an output cannot be written\n"
		 "With -f nagios those of a monitoring plug-in, as of 'plimsoll audit'.",
	.run = run_report,
};
