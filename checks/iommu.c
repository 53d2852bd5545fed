/* SPDX-License-Identifier: Apache-2.0 */
/* Whether devices are confined by an IOMMU, and how strictly. */
#include "checks/checks.h"

#include "core/base/text.h"

#define GROUPS "sys/kernel/iommu_groups"

enum { CPUINFO_LIMIT = 16 << 20 };   /* some 2 kB for each CPU */

/* The CPU says that it is a hypervisor's: devices are then confined by the hypervisor's IOMMU, out of the guest's sight. */
static bool is_guest(const struct subject *subject, struct arena *arena)
{
	const struct file *cpuinfo = source_read(subject->source, "proc/cpuinfo", CPUINFO_LIMIT);
	const char *flags = cpuinfo->state == STATE_PRESENT ? strstr(cpuinfo->data, "\nflags") : NULL;

	return flags && list_has(arena_strndup(arena, flags + 1, strcspn(flags + 1, "\n")), " \t:", "hypervisor");
}

/* A group's directory has a number for a name. */
static size_t count_groups(const struct directory *dir)
{
	size_t n = 0;

	for (size_t i = 0; i < dir->n; i++)
		n += version_valid(dir->entries[i].name);
	return n;
}

static void observe_groups(const struct subject *subject, const struct directory *dir, struct items *items)
{
	size_t n = count_groups(dir);

	if (!n && is_guest(subject, items->arena))
		items_add_state(items, "IOMMU groups", dir->path, STATE_INAPPLICABLE,
				"a virtual machine without an IOMMU of its own: its devices are confined by the host");
	else if (dir->state == STATE_ABSENT)
		items_add_state(items, "IOMMU groups", dir->path, STATE_ABSENT, "the kernel is built without IOMMU support");
	else
		items_add_integer(items, "IOMMU groups", dir->path, (int64_t)n);
}

static void observe_domains(const struct subject *subject, const struct directory *dir, struct items *items)
{
	if (!count_groups(dir))
		items_add_state(items, "IOMMU groups", dir->path, STATE_ABSENT, "there are none");
	for (size_t i = 0; i < dir->n; i++) {
		const char *group = dir->entries[i].name;
		char *path = arena_printf(items->arena, GROUPS "/%s/type", group);

		if (!version_valid(group))
			continue;
		group = text_safe(items->arena, group, strlen(group), 64);
		items_add_value_file(items, arena_printf(items->arena, "domain of IOMMU group %s", group),
				     source_read(subject->source, path, 4096));
	}
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct directory *dir = source_list(subject->source, GROUPS);

	if (dir->state != STATE_PRESENT && dir->state != STATE_ABSENT)
		items_add_state(items, "IOMMU groups", dir->path, dir->state, "%s", dir->why);
	else if (streq(params_get(params, "aspect"), "groups"))
		observe_groups(subject, dir, items);
	else
		observe_domains(subject, dir, items);
}

const struct check check_iommu = {
	.name = "iommu",
	.summary = "the groups of devices behind an IOMMU",
	.reference = "Read from /sys/kernel/iommu_groups. `groups` is how many there are: 0 means that no IOMMU is "
		     "active and every device reaches all memory; on an x86 virtual machine (the flag hypervisor in "
		     "/proc/cpuinfo) without any the rule is not applicable. `domains` is one item per group, its type: "
		     "`identity` (no translation), `DMA` (translated, unmapped at once), `DMA-FQ` (translated, unmapped "
		     "late), `blocked`, `unmanaged` or `auto`. Kernel docs: ABI/testing/sysfs-kernel-iommu_groups.",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "aspect", PARAM_WORD, REQUIRED, "what to look at", "groups domains" },
	},
	.observe = observe,
};
