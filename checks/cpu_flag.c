/* SPDX-License-Identifier: Apache-2.0 */
/* A feature of the CPU that the kernel has found and left on: the flags of /proc/cpuinfo. */
#include "checks/checks.h"

#include "core/base/text.h"

enum { CPUINFO_LIMIT = 16 << 20 };   /* some 2 kB for each CPU */

/* "flags" on x86, "Features" on ARM, "features" on s390. */
static bool is_flags_line(const char *line, size_t size)
{
	static const char *const keys[] = { "flags", "Features", "features" };

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		size_t n = strlen(keys[i]);

		if (size > n && strncmp(line, keys[i], n) == 0 && strchr("\t :", line[n]))
			return true;
	}
	return false;
}

/*
 * How many CPUs there are and how many have the flag. Nearly always all have the same line: only one that differs from the
 * last is searched.
 */
static size_t count(const struct file *file, const char *flag, struct arena *arena, size_t *cpus)
{
	const char *last = NULL, *line = file->data;
	size_t last_size = 0, with = 0, size;
	bool has = false;

	for (*cpus = 0; *line; line += size + (line[size] == '\n')) {
		size = strcspn(line, "\n");
		if (!is_flags_line(line, size))
			continue;
		if (!last || size != last_size || memcmp(line, last, size) != 0)
			has = list_has(arena_strndup(arena, line, size), "\t :", flag);
		last = line;
		last_size = size;
		++*cpus;
		with += has;
	}
	return with;
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct file *file = source_read(subject->source, "proc/cpuinfo", CPUINFO_LIMIT);
	const char *name = params_get(params, "name");
	size_t with, cpus;

	if (file->state != STATE_PRESENT) {
		items_add_state(items, name, file->path, file->state == STATE_ABSENT ? STATE_UNAVAILABLE : file->state, "%s", file->why);
		return;
	}
	with = count(file, name, items->arena, &cpus);
	if (!cpus)
		items_add_state(items, name, file->path, STATE_BROKEN, "no flags of a CPU are listed there");
	else if (with == cpus)
		items_add_text(items, name, file->path, "on");
	else if (with)
		items_add_state(items, name, file->path, STATE_ABSENT, "only %zu of %zu CPUs have it", with, cpus);
	else
		items_add_state(items, name, file->path, STATE_ABSENT, "not among the flags of the CPU");
}

const struct check check_cpu_flag = {
	.name = "cpu-flag",
	.summary = "a feature of the CPU that is in effect",
	.reference = "Looked up in the flags (x86) or features (ARM, s390) of /proc/cpuinfo: on when every CPU has it, else absent. The list tells "
		     "what the kernel found and did not switch off, not what it was asked for.",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "name", PARAM_STRING, REQUIRED, "the flag: smep, smap, umip, ...", NULL },
	},
	.observe = observe,
};
