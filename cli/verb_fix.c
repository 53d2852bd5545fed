/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll fix: what would mend the failures, for a person to read. Nothing of it is carried out. */
#include "cli/host.h"
#include "cli/reports.h"
#include "cli/saved_reports.h"
#include "cli/subjects.h"
#include "cli/verbs.h"
#include "cli/waivers.h"

#include "core/fix/fix_plan.h"

#include <errno.h>

/* No id of a rule has a slash in it, or is called like that. */
static bool is_report(const char *argument)
{
	size_t n = strlen(argument);

	return streq(argument, "-") || strchr(argument, '/') || (n > 5 && streq(argument + n - 5, ".json"));
}

/* The globs that are arguments; the options' list is ended by NULL as they are. */
static const char *const *rules_of(const struct options *o)
{
	return o->n_arguments && !is_report(o->arguments[0]) ? o->arguments : NULL;
}

static int write_plan(struct audit *audit, const struct fix_request *request, const struct targets *targets, const struct options *o)
{
	auto_fix_plan struct fix_plan *plan = NULL;
	struct err err;

	if (fix_plan_of(&plan, audit, request, &err) < 0)
		return complain(&err);
	audit->fixes = plan;
	return reports_write(audit, targets, o, &err) < 0 ? complain(&err) : EXIT_CLEAN;
}

static int fix_saved(const struct options *o, const struct targets *targets)
{
	auto_saved_reports struct saved_reports saved = { 0 };
	const struct fix_request request = { o->arguments + 1, "it is planned from an earlier audit" };
	struct err err;

	if (reports_spare(targets, o->arguments, 1, &err) < 0 || saved_reports_read(&saved, o, o->arguments, 1, &err) < 0)
		return complain(&err);
	return write_plan(saved.whole, &request, targets, o);
}

static int fix_host(const struct options *o, const struct targets *targets)
{
	auto_loaded struct loaded loaded = { 0 };
	auto_in_force struct in_force waivers = { 0 };
	auto_subject struct subject *host = NULL;
	auto_audit struct audit *audit = NULL;
	struct fix_request request = { .rules = rules_of(o) };
	struct audit_plan plan = { .rules = { request.rules ? request.rules : o->only.list, o->skip.list }, .subjects = subjects_asked_for(o),
				   .workers = o->jobs };
	struct err err;

	if (benchmarks_load(&loaded, o, TEXTS_ALL, &err) < 0 || waivers_load(&waivers, &loaded, o, TEXTS_ALL, &err) < 0 || host_open(&host, o, &err) < 0)
		return complain(&err);
	plan.host = host;
	plan.policies = loaded.policies;
	plan.n_policies = loaded.n;
	audit = audit_run(&plan);
	waivers_put(audit, &waivers, &plan, false);
	if (subjects_missing(audit, o, &err) < 0)
		return complain(&err);
	if (!audit->hosts->live)
		request.not_looked = audit->hosts->root ? "this is a captured system" : "the kernel was judged by files alone";
	return write_plan(audit, &request, targets, o);
}

static int run_fix(const struct options *o)
{
	struct targets targets;
	struct err err;

	if (reports_plan(&targets, REPORT_FIXES, o, &err) < 0)
		return complain(&err);
	return o->n_arguments && is_report(o->arguments[0]) ? fix_saved(o, &targets) : fix_host(o, &targets);
}

const struct verb verb_fix = {
	.bit = VERB_FIX,
	.name = "fix",
	.arguments = "[RULE...]",
	.summary = "print, and never run, what would mend what fails",
	.about = "Audits this host, or reads the JSON report that is named as well (a name with a\n"
		 "slash, or one that ends in .json), and writes what would mend the rules that\n"
		 "fail, or those that are named. On a terminal that is a plan to read; into a pipe\n"
		 "or a file it is a script (-f sh); -f ansible makes tasks of it, -f json is for\n"
		 "programs, and the others are parts of files in their own language. Each says\n"
		 "which rule it is for, what was found and is wanted, what it may break, and\n"
		 "whether it takes effect at the next boot. All of it may be done again.\n\n"
		 "A script writes drop-in files, sets owners and modes, installs packages and\n"
		 "stops services. Files that have no drop-ins (fstab, login.defs, auditd.conf,\n"
		 "the kubelet's, manifests of a control plane, daemon.json) are told as a patch\n"
		 "of what they say now: plimsoll fix -f patch; patch(1) refuses a file that has\n"
		 "changed since.\n\n"
		 "What takes away something that is in use on the running system, may lock\n"
		 "somebody out, cannot be taken back, or names somebody's account or files is set\n"
		 "apart, as a remark behind \"#: \". A failure that a waiver accepts is left out,\n"
		 "unless it is named. plimsoll carries nothing out.\n\n"
		 "Exit status:\n"
		 "  0  the plan is written, whatever it says\n"
		 "  2  there is none: wrong usage, an unreadable file, an unknown rule",
	.run = run_fix,
};
