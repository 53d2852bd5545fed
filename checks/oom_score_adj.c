/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a container is shielded from the out-of-memory killer. */
#include "checks/checks.h"
#include "checks/container.h"

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	(void)params;
	items_add_value_file(items, "oom_score_adj", subject_read(subject, "oom_score_adj", 64));
}

const struct check check_oom_score_adj = {
	.name = "oom-score-adj",
	.summary = "how readily the out-of-memory killer takes a container",
	.reference = "/proc/PID/oom_score_adj of the first process, -1000 (never) to 1000. See proc_pid_oom_score_adj(5).",
	.subjects = SUBJECT_CONTAINER,
	.params = { { 0 } },
	.observe = observe,
};
