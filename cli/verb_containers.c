/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll containers: what runs, a row each, with its posture at a glance. */
#include "cli/host.h"
#include "cli/reports.h"
#include "cli/verbs.h"
#include "cli/waivers.h"

#include <errno.h>

static int missing(const struct audit *audit, const struct options *o, struct err *err)
{
	for (size_t i = 0; i < o->n_arguments; i++) {
		bool found = false;

		for (size_t k = 0; k < audit->n_subjects && !found; k++)
			found = container_is_called(audit->subjects[k].container, o->arguments[i]);
		if (!found)
			return err_set(err, ENOENT, "there is no running container '%s'", o->arguments[i]);
	}
	return 0;
}

static int run_containers(const struct options *o)
{
	auto_loaded struct loaded loaded = { 0 };
	auto_in_force struct in_force waivers = { 0 };
	auto_subject struct subject *host = NULL;
	auto_audit struct audit *audit = NULL;
	struct audit_plan plan = { .roster = true, .workers = o->jobs };
	struct targets targets;
	struct err err;

	if (reports_plan(&targets, REPORT_ROSTER, o, &err) < 0 || benchmarks_load(&loaded, o, TEXTS_FOR_VERDICT, &err) < 0 ||
	    waivers_load(&waivers, &loaded, o, TEXTS_FOR_VERDICT, &err) < 0 || host_open(&host, o, &err) < 0)
		return complain(&err);
	plan.host = host;
	plan.policies = loaded.policies;
	plan.n_policies = loaded.n;
	plan.subjects = (struct subject_filter){ .containers = !o->n_arguments, .sandboxes = !o->n_arguments && o->all,
						 .ids = o->arguments };
	audit = audit_run(&plan);
	waivers_put(audit, &waivers, &plan, false);
	if (missing(audit, o, &err) < 0 || reports_write(audit, &targets, o, &err) < 0)
		return complain(&err);
	return audit->containers->processes->state == STATE_PRESENT ? EXIT_CLEAN : EXIT_UNDETERMINED;
}

const struct verb verb_containers = {
	.bit = VERB_CONTAINERS,
	.name = "containers",
	.arguments = "[ID...]",
	.summary = "the containers that run, with their posture at a glance",
	.completes = "<container>",
	.about = "Finds every running container among the processes, whatever started it and\n"
		 "without asking it, and shows a row each, nested ones below the one they run in.\n\n"
		 "HOST NS  namespaces that it shares with the host\n"
		 "CAPS     capabilities over the host that it holds beyond the 14 that engines\n"
		 "         give by default; own: in a user namespace of its own\n"
		 "SECCOMP  filter, off or strict\n"
		 "LSM      the AppArmor profile or SELinux type it is confined by\n"
		 "SCORE    by the container benchmark, 0 to 100, and the worst rule\n"
		 "         that failed and is not waived\n\n"
		 "A ? stands for what this user may not see.\n\n"
		 "Exit status: 0 when processes could be listed, 2 on wrong usage, else 3.",
	.run = run_containers,
};
