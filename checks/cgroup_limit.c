/* SPDX-License-Identifier: Apache-2.0 */
/* The limits that a container's control groups set. */
#include "checks/cgroup.h"
#include "checks/checks.h"
#include "checks/container.h"

#include "core/text.h"

static const struct resource {
	const char *name, *controller;
	const char *file[2];         /* of version 1 and 2; NULL: there is none */
} resources[] = {
	{ "memory",      "memory", { "memory.limit_in_bytes", "memory.max" } },
	{ "memory-high", "memory", { "memory.soft_limit_in_bytes", "memory.high" } },
	{ "swap",        "memory", { "memory.memsw.limit_in_bytes", "memory.swap.max" } },
	{ "pids",        "pids",   { "pids.max", "pids.max" } },
	{ "cpu",         "cpu",    { "cpu.cfs_quota_us", "cpu.max" } },
	{ "cpu-weight",  "cpu",    { "cpu.shares", "cpu.weight" } },
	{ "cpuset",      "cpuset", { "cpuset.cpus", "cpuset.cpus.effective" } },
};

enum { UNLIMITED = -1, NOT_UNDERSTOOD = -2 };

#define NO_MEMORY_LIMIT (INT64_C(1) << 62)   /* version 1 writes the largest multiple of a page below 2^63 for none */

/* "100000 100000" or "max 100000": hundredths of a CPU. */
static int64_t cpu_share(int64_t quota, int64_t period)
{
	return period > 0 ? quota * 100 / period : NOT_UNDERSTOOD;
}

static int64_t period_v1(const struct subject *subject, struct arena *arena, const struct cgroup_place *place)
{
	const struct file *file = cgroup_file(subject, arena, place, "cpu.cfs_period_us");
	int64_t period;

	return file->state == STATE_PRESENT && text_integer(text_trim(arena_strdup(arena, file->data)), &period) ? period : 0;
}

static int64_t limit_in(const struct subject *subject, struct arena *arena, const struct resource *r, const struct cgroup_place *place,
			const struct file *file)
{
	char *text = text_trim(arena_strdup(arena, file->data)), *second = strchr(text, ' ');
	bool is_cpu = streq(r->name, "cpu");
	int64_t number, period = 0;

	if (second)
		*second++ = '\0';
	if (streq(text, "max"))
		return UNLIMITED;
	if (!text_integer(text, &number) || (second && !text_integer(second, &period)))
		return NOT_UNDERSTOOD;
	if (is_cpu && number < 0)
		return UNLIMITED;
	if (is_cpu)
		return cpu_share(number, place->version == 1 ? period_v1(subject, arena, place) : period);
	return number >= NO_MEMORY_LIMIT || number < 0 ? UNLIMITED : number;
}

struct found {
	bool any;                    /* the controller's file was there at some level */
	int64_t least;
	const char *origin;          /* of the least, else of the innermost */
	const struct file *bad;
};

static void look_at(const struct subject *subject, struct arena *arena, const struct resource *r, const struct cgroup_place *place,
		    struct found *found)
{
	const struct file *file = cgroup_file(subject, arena, place, r->file[place->version - 1]);
	int64_t limit;

	if (file->state == STATE_ABSENT)
		return;   /* the top has none, nor has a level where the controller is not enabled */
	if (file->state != STATE_PRESENT) {
		found->bad = found->bad ? found->bad : file;
		return;
	}
	limit = limit_in(subject, arena, r, place, file);
	if (limit == NOT_UNDERSTOOD)
		found->bad = file;
	if (!found->any || (limit >= 0 && (found->least < 0 || limit < found->least))) {
		found->least = limit;
		found->origin = file->path;
	}
	found->any = true;
}

/* What is in force is the least of all levels, from the container's own up to the top. */
static void add_least(const struct subject *subject, const struct resource *r, struct cgroup_place *place, struct items *items)
{
	struct arena *arena = subject->arena;
	struct found found = { .least = UNLIMITED };
	bool at_top = streq(place->path, "/") && !subject->all->processes->inside;

	do
		look_at(subject, arena, r, place, &found);
	while (cgroup_up(arena, place));
	if (found.bad)
		items_add_state(items, r->name, found.bad->path, found.bad->state == STATE_PRESENT ? STATE_MALFORMED : found.bad->state, "%s",
				found.bad->state == STATE_PRESENT ? "its text is not understood" : found.bad->why);
	else if (!found.any && at_top)
		items_add_none(items, r->name, arena_printf(items->arena, "/%s", place->top), "it is in no control group, and the top has no limit");
	else if (!found.any)
		items_add_state(items, r->name, arena_printf(items->arena, "/%s", place->top), STATE_UNAVAILABLE,
				"the %s controller is not enabled for it", r->controller);
	else if (found.least < 0)
		items_add_none(items, r->name, found.origin, "no limit at any level");
	else
		items_add_integer(items, r->name, found.origin, found.least);
}

/* What is no limit but a choice: as it stands in the container's own cgroup. */
static void add_plain(const struct subject *subject, const struct resource *r, const struct cgroup_place *place, struct items *items)
{
	const struct file *file = cgroup_file(subject, subject->arena, place, r->file[place->version - 1]);

	if (file->state == STATE_PRESENT && !file->data[strspn(file->data, " \n")])
		items_add_none(items, r->name, file->path, "nothing is set");
	else
		items_add_value_file(items, r->name, file);
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const char *name = params_get(params, "resource");
	const struct resource *r = resources;
	struct cgroup_place place;

	while (!streq(r->name, name))
		r++;
	place = cgroup_find(subject, subject->arena, r->controller);
	if (place.state != STATE_PRESENT)
		items_add_state(items, r->name, init_path(subject, items, "cgroup"), place.state, "%s", place.why);
	else if (list_has("cpu-weight cpuset", " ", name))
		add_plain(subject, r, &place, items);
	else
		add_least(subject, r, &place, items);
}

const struct check check_cgroup_limit = {
	.name = "cgroup-limit",
	.summary = "a limit on a container's resources",
	.reference = "The least of the limits from the container's cgroup up to the top of the hierarchy, because the ancestors' bind, too; absent where no level "
		     "has one. memory, memory-high and swap in bytes (version 1: limit_in_bytes, soft_limit_in_bytes, memsw.limit_in_bytes, which counts memory "
		     "and swap together; version 2: max, high, swap.max), pids in processes, cpu in hundredths of a CPU (cfs_quota_us, or cpu.max). cpu-weight "
		     "and cpuset are as the container's own cgroup has them. See admin-guide/cgroup-v1 and cgroup-v2 of the kernel's documentation.",
	.subjects = SUBJECT_CONTAINER,
	.params = { { "resource", PARAM_WORD, REQUIRED, "which limit", "memory memory-high swap pids cpu cpu-weight cpuset" }, { 0 } },
	.observe = observe,
};
