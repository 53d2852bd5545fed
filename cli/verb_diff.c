/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll diff: what changed between two reports of one host. */
#include "cli/reports.h"
#include "cli/saved_reports.h"
#include "cli/verbs.h"

#include <errno.h>

static int run_diff(const struct options *o)
{
	auto_saved_reports struct saved_reports saved = { 0 };
	auto_diff struct diff *diff = NULL;
	struct targets targets;
	struct err err;

	if (o->n_arguments != 2) {
		err_set(&err, EINVAL, "diff needs two files that audits wrote with --format json: the earlier one, and the later one");
		return complain(&err);
	}
	if (reports_plan(&targets, REPORT_CHANGES, o, &err) < 0 || reports_spare(&targets, o->arguments, o->n_arguments, &err) < 0 ||
	    saved_reports_read(&saved, o, o->arguments, o->n_arguments, &err) < 0)
		return complain(&err);
	if (diff_of(&diff, saved.audits[0], saved.audits[1], &err) < 0) {
		complain(&err);
		return EXIT_NOT_COMPARABLE;
	}
	saved.audits[1]->changes = diff;
	if (reports_write(saved.audits[1], &targets, o, &err) < 0)
		return complain(&err);
	return diff_regressions(diff) ? EXIT_FINDINGS : EXIT_CLEAN;
}

const struct verb verb_diff = {
	.bit = VERB_DIFF,
	.name = "diff",
	.arguments = "OLD NEW",
	.summary = "what changed between two JSON reports of one host",
	.completes = "<file>",
	.about = "Compares two reports that 'plimsoll audit --format json' wrote: what got worse\n"
		 "first, with what was seen before and after, then what got better, and which\n"
		 "containers and rules are new or gone. A container that was made anew under its\n"
		 "old name is the same one. A rule that was not there before counts when it fails.\n\n"
		 "Exit status:\n"
		 "  0  nothing got worse\n"
		 "  1  something got worse, or a new rule or container fails\n"
		 "  2  wrong usage, or a file that is no such report\n"
		 "  3  they cannot be compared: of different hosts, or by different profiles",
	.run = run_diff,
};
