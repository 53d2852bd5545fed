/* SPDX-License-Identifier: Apache-2.0 */
/* Limits of control groups as they are in force: of all levels, and beside what the machine has. */
#include "checks/cgroup.h"
#include "checks/cgroup_resource.h"

#include "core/base/text.h"

#include <inttypes.h>

static const struct cgroup_resource resources[] = {
	{ "memory",      "memory", { "memory.limit_in_bytes", "memory.max" } },
	{ "memory-high", "memory", { "memory.soft_limit_in_bytes", "memory.high" } },
	{ "swap",        "memory", { "memory.memsw.limit_in_bytes", "memory.swap.max" } },
	{ "pids",        "pids",   { "pids.max", "pids.max" } },
	{ "cpu",         "cpu",    { "cpu.cfs_quota_us", "cpu.max" } },
	{ "cpu-weight",  "cpu",    { "cpu.shares", "cpu.weight" } },
	{ "cpuset",      "cpuset", { "cpuset.cpus", "cpuset.cpus.effective" } },
};

const struct cgroup_resource *cgroup_resource_of(const char *name)
{
	const struct cgroup_resource *r = resources;

	while (!streq(r->name, name))
		r++;
	return r;
}

enum { UNLIMITED = -1, NOT_UNDERSTOOD = -2 };

#define NO_MEMORY_LIMIT (INT64_C(1) << 62)   /* version 1 writes the largest multiple of a page below 2^63 for none */

/* ---- what the machine has ---- */

/* The number behind "MemTotal:" in bytes; -1 where it is not there. */
static int64_t meminfo(struct source *source, const char *key)
{
	const struct file *file = source_read(source, "proc/meminfo", SOURCE_LIMIT);
	const char *at = file->state == STATE_PRESENT ? strstr(file->data, key) : NULL;

	return at ? strtoll(at + strlen(key), NULL, 10) * 1024 : -1;
}

static int64_t number_in(struct source *source, struct arena *arena, const char *path)
{
	const struct file *file = source_read(source, path, 4096);
	int64_t number;

	return file->state == STATE_PRESENT && text_integer(text_trim(arena_strdup(arena, file->data)), &number) ? number : -1;
}

/* "0-3,6" are five; -1 where it is not understood. */
static int64_t processors(struct source *source)
{
	const struct file *file = source_read(source, "sys/devices/system/cpu/online", 4096);
	int64_t count = 0;
	size_t n;

	if (file->state != STATE_PRESENT)
		return -1;
	for (const char *at = file->data, *w; (w = list_next(&at, ",\n", &n));) {
		unsigned from = 0, to = 0;
		int fields = sscanf(w, "%u-%u", &from, &to);

		if (fields < 1 || (fields == 2 && to < from))
			return -1;
		count += fields == 2 ? to - from + 1 : 1;
	}
	return count ? count : -1;
}

/* The lesser of two, where both are known. */
static int64_t lesser(int64_t a, int64_t b)
{
	return a < 0 || b < 0 ? -1 : a < b ? a : b;
}

/* What one container could take of it if nothing limited it; -1: not known. */
static int64_t all_of(const struct subject *subject, struct arena *arena, const struct cgroup_resource *r, int version)
{
	struct source *source = subject->source;
	int64_t memory = meminfo(source, "MemTotal:"), swap = meminfo(source, "SwapTotal:"), cpus;

	if (streq(r->name, "swap") && version == 2)
		return swap == 0 ? INT64_MAX : swap;   /* without any, every limit is one */
	if (streq(r->name, "swap"))
		return memory < 0 || swap < 0 ? -1 : memory + swap;
	if (streq(r->controller, "memory"))
		return memory;
	if (streq(r->name, "pids"))
		return lesser(number_in(source, arena, "proc/sys/kernel/pid_max"), number_in(source, arena, "proc/sys/kernel/threads-max"));
	cpus = processors(source);
	return cpus < 0 ? -1 : cpus * 100;
}

/* ---- what is written ---- */

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

static int64_t limit_in(const struct subject *subject, struct arena *arena, const struct cgroup_resource *r, const struct cgroup_place *place,
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

/* ---- what is in force ---- */

struct found {
	bool any;                    /* the controller's file was there at some level */
	int64_t least;
	const char *origin;          /* of the least, else of the innermost */
	const struct file *bad;
};

static void look_at(const struct subject *subject, struct arena *arena, const struct cgroup_resource *r, const struct cgroup_place *place,
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

static struct cgroup_limit answer(enum state state, const char *why, const char *origin)
{
	return (struct cgroup_limit){ .state = state, .why = why, .origin = origin, .value = -1 };
}

/* A limit that the machine could not reach anyhow is none. */
static struct cgroup_limit beside_machine(const struct subject *subject, struct arena *arena, const struct cgroup_resource *r, int version,
					  const struct found *found)
{
	static const char unknown[] = ", and how much the machine has is not known";
	int64_t all = all_of(subject, arena, r, version);
	struct cgroup_limit limit = { .state = STATE_PRESENT, .origin = found->origin, .value = found->least };

	if (all < 0)
		return answer(STATE_UNAVAILABLE, arena_printf(arena, "%" PRId64 "%s", found->least, unknown), found->origin);
	if (found->least < all)
		return limit;
	limit.state = STATE_ABSENT;
	limit.why = arena_printf(arena, "%" PRId64 " is no limit: the machine has %" PRId64, found->least, all);
	return limit;
}

struct cgroup_limit cgroup_limit_at(const struct subject *subject, struct arena *arena, const char *resource, const struct cgroup_place *from)
{
	const struct cgroup_resource *r = cgroup_resource_of(resource);
	struct cgroup_place place = *from;
	struct found found = { .least = UNLIMITED };
	bool at_top = streq(place.path, "/") && !subject->all->processes->inside;
	const char *top = arena_printf(arena, "/%s", place.top);

	do
		look_at(subject, arena, r, &place, &found);
	while (cgroup_up(arena, &place));
	if (found.bad && found.bad->state == STATE_PRESENT)
		return answer(STATE_MALFORMED, "its text is not understood", found.bad->path);
	if (found.bad)
		return answer(found.bad->state, found.bad->why, found.bad->path);
	if (!found.any && at_top)
		return answer(STATE_ABSENT, "there is no control group but the top that all its processes are in, and that has no limit", top);
	if (!found.any)
		return answer(STATE_UNAVAILABLE, arena_printf(arena, "the %s controller is not enabled for it", r->controller), top);
	if (found.least < 0)
		return answer(STATE_ABSENT, "no limit at any level", found.origin);
	return beside_machine(subject, arena, r, from->version, &found);
}
