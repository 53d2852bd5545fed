/* SPDX-License-Identifier: Apache-2.0 */
/* How often a container ran into its limits. */
#include "checks/cgroup.h"
#include "checks/checks.h"
#include "checks/container.h"

#include "core/base/text.h"

static const struct {
	const char *show, *controller, *file[2], *key;
} events[] = {
	{ "oom-kill", "memory", { "memory.oom_control", "memory.events" }, "oom_kill " },
	{ "pids-max", "pids", { "pids.events", "pids.events" }, "max " },
};

/* The number behind a key at the start of a line, or -1. */
static int64_t value_of(const char *text, const char *key)
{
	for (const char *line = text; line && *line; line = strchr(line, '\n'), line += line ? 1 : 0)
		if (starts_with(line, key))
			return strtoll(line + strlen(key), NULL, 10);
	return -1;
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const char *show = params_get(params, "show");
	size_t i = streq(show, events[0].show) ? 0 : 1;
	struct cgroup_place place = cgroup_find(subject, subject->arena, events[i].controller);
	const struct file *file;

	if (place.state != STATE_PRESENT) {
		items_add_state(items, show, init_path(subject, items, "cgroup"), place.state, "%s", place.why);
		return;
	}
	file = cgroup_file(subject, subject->arena, &place, events[i].file[place.version - 1]);
	if (file->state == STATE_ABSENT && i == 1 && streq(place.path, "/") && !subject->all->processes->inside)
		items_add_state(items, show, file->path, STATE_INAPPLICABLE, "it is in no control group that has a limit");
	else if (file->state == STATE_ABSENT)
		items_add_state(items, show, file->path, STATE_UNAVAILABLE, "the %s controller does not count for it", events[i].controller);
	else if (file->state != STATE_PRESENT)
		items_add_file_state(items, show, file);
	else if (value_of(file->data, events[i].key) < 0)
		items_add_state(items, show, file->path, STATE_UNAVAILABLE, "this kernel does not count that");
	else
		items_add_integer(items, show, file->path, value_of(file->data, events[i].key));
}

const struct check check_cgroup_event = {
	.name = "cgroup-event",
	.summary = "how often a container ran into its limits",
	.reference = "oom-kill is how many of its processes the kernel killed for want of memory (memory.events, or memory.oom_control of version 1), pids-max how "
		     "often a fork failed at the limit of processes (pids.events).",
	.subjects = SUBJECT_CONTAINER,
	.params = { { "show", PARAM_WORD, REQUIRED, "what is counted", "oom-kill pids-max" }, { 0 } },
	.observe = observe,
};
