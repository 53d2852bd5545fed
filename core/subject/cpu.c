/* SPDX-License-Identifier: Apache-2.0 */
#include "core/subject/cpu.h"

#include "core/base/text.h"

enum { CPUINFO_LIMIT = 16 << 20 };   /* some 2 kB for each CPU */

/* All CPUs of a machine are of one maker: the first line tells. */
static const char *vendor_of(struct arena *arena, const char *cpuinfo)
{
	static const struct {
		const char *id, *word;
	} vendors[] = {
		{ "GenuineIntel", "intel" }, { "AuthenticAMD", "amd" }, { "HygonGenuine", "hygon" }, { "CentaurHauls", "centaur" },
		{ "Shanghai", "zhaoxin" },
	};
	static const char key[] = "vendor_id";
	const char *line = starts_with(cpuinfo, key) ? cpuinfo : strstr(cpuinfo, "\nvendor_id"), *colon;
	char *id;

	if (!line)
		return NULL;
	line += *line == '\n';
	colon = line + strcspn(line, ":\n");
	if (*colon != ':')
		return NULL;
	id = text_trim(text_safe(arena, colon + 1, strcspn(colon + 1, "\n"), 64));
	for (size_t i = 0; i < ARRAY_LEN(vendors); i++)
		if (streq(id, vendors[i].id))
			return vendors[i].word;
	return *id ? id : NULL;
}

static void *read_cpu(struct source *source, struct arena *arena)
{
	const struct file *file = source_read(source, "proc/cpuinfo", CPUINFO_LIMIT);
	struct cpu *cpu = arena_new_of(arena, struct cpu);

	if (file->state == STATE_PRESENT)
		cpu->vendor = vendor_of(arena, file->data);
	else
		cpu->is_any = !source_is_live(source) && (file->state == STATE_ABSENT || file->state == STATE_UNAVAILABLE || file->state == STATE_NOT_GIVEN);
	return cpu;
}

const struct cpu *cpu_of(const struct subject *subject)
{
	static const struct host_table kept = { read_cpu };

	return subject_table(subject, &kept);
}
