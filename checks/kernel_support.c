/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the branch of the running kernel still gets fixes upstream. */
#include "checks/checks.h"

#include "core/base/text.h"

#include <time.h>

/* The long-term branches of kernel.org and the last month of their support, as announced by March 2026. Oldest first. */
static const struct branch {
	unsigned major, minor;
	int year, month;
} branches[] = {
	{ 4, 14, 2024, 1 }, { 4, 19, 2024, 12 }, { 5, 4, 2025, 12 }, { 5, 10, 2026, 12 }, { 5, 15, 2026, 12 },
	{ 6, 1, 2027, 12 }, { 6, 6, 2027, 12 }, { 6, 12, 2028, 12 }, { 6, 18, 2028, 12 },
};

/* What distributions put into the release of their kernels; they mend their own branches, by their own dates. */
static const char *const distributions[] = {
	"*-amd64*", "*-arm64*", "*-686*", "*-armmp*", "*-cloud*", "*-powerpc64*", "*-s390x*", "*-riscv64*", "*+deb*",
	"*+rpt*", "*-rpi*", "*-generic*", "*-lowlatency*", "*-azure*", "*-aws*", "*-gcp*", "*-gke*", "*-oracle*", "*-ibm*", "*-kvm",
	"*-raspi*", "*-oem*", "*.el?*", "*.fc??*", "*.amzn*", "*.azl*", "*.cm?*", "*.mga*", "*.uek*", "*-default*",
	"*-preempt*", "*-ARCH*", "*-arch?-*", "*-lts", "*-zen?*", "*-hardened*", "*-MANJARO*", "*-alpine*", "*-virt", "*-pve*",
	"*-gentoo*", "*-flatcar*", "*-coreos*", "*-talos*", "*-microsoft-*", "*-linuxkit*", "*-valve*", "*-cachyos*", "*-xanmod*",
	"*-liquorix*",
};

static bool is_spelt_so(const char *text)
{
	for (size_t i = 0; text && i < ARRAY_LEN(distributions); i++)
		if (text_glob(distributions[i], text))
			return true;
	return false;
}

/* A configuration file's header has the upstream version alone; then other symbols may still tell who built it. */
static bool is_distribution(const struct kernel *kernel)
{
	const struct kconfig *kconfig = kernel->kconfig;

	return is_spelt_so(kernel->release) || is_spelt_so(kconfig_get(kconfig, "BUILD_SALT")) ||
	       is_spelt_so(kconfig_get(kconfig, "LOCALVERSION")) || kconfig_get(kconfig, "VERSION_SIGNATURE");
}

static int compare(unsigned major, unsigned minor, const struct branch *b)
{
	if (major != b->major)
		return major < b->major ? -1 : 1;
	return minor < b->minor ? -1 : minor > b->minor;
}

/* The branch's month is over, UTC. */
static bool has_ended(const struct branch *b, int64_t now)
{
	struct tm next = { .tm_year = b->year - 1900, .tm_mon = b->month, .tm_mday = 1 };

	return now >= (int64_t)timegm(&next);
}

static void add_ended(const struct kernel *kernel, const char *name, struct items *items)
{
	if (is_distribution(kernel))
		items_add_state(items, name, kernel->release_origin, STATE_INAPPLICABLE,
				"upstream has ended it, but %s looks like a "
				"distribution's kernel: its own end of support counts",
				kernel->release);
	else
		items_add_text(items, name, kernel->release_origin, "ended");
}

static void observe_branch(const struct subject *subject, unsigned major, unsigned minor, struct items *items)
{
	const struct kernel *kernel = subject->kernel;
	const struct branch *b = branches, *newest = &branches[ARRAY_LEN(branches) - 1];
	struct arena *arena = items->arena;
	char *name;

	while (b < newest && compare(major, minor, b) > 0)
		b++;
	if (compare(major, minor, b) > 0) {
		items_add_state(items, arena_printf(arena, "support of Linux %u.%u", major, minor), kernel->release_origin,
				STATE_BROKEN, "%u.%u is newer than this plimsoll knows", major, minor);
	} else if (compare(major, minor, b) < 0) {
		name = arena_printf(arena, "support of Linux %u.%u by kernel.org", major, minor);
		add_ended(kernel, name, items);
	} else {
		name = arena_printf(arena, "support of Linux %u.%u by kernel.org, to %d-%02d", major, minor, b->year,
				    b->month);
		if (has_ended(b, subject->now))
			add_ended(kernel, name, items);
		else
			items_add_text(items, name, kernel->release_origin, "supported");
	}
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const char *release = subject->kernel->release;
	enum state unknown = source_root(subject->source) ? STATE_BROKEN : STATE_NOT_GIVEN;
	char *end = NULL;
	unsigned long major, minor;

	(void)params;
	if (!release) {
		items_add_state(items, "kernel", subject->kernel->release_origin, unknown,
				"nothing tells the kernel's release");
		return;
	}
	major = strtoul(release, &end, 10);
	minor = *end == '.' ? strtoul(end + 1, NULL, 10) : 0;
	if (*end != '.' || major > 1000 || minor > 1000)
		items_add_state(items, "kernel", subject->kernel->release_origin, STATE_MALFORMED, "'%s' is not a release",
				release);
	else
		observe_branch(subject, (unsigned)major, (unsigned)minor, items);
}

const struct check check_kernel_support = {
	.name = "kernel-support",
	.summary = "whether kernel.org still mends the branch of the running kernel",
	.reference = "The release, held against the announced ends of the long-term branches 4.14 to 6.18 and the time "
		     "of the audit. The value is `supported` or `ended`; every other branch up to the newest one known "
		     "ended when its successors came. Where the branch has ended, but the release is spelt like a "
		     "distribution's (-amd64, .el9, .fc42, -generic, -default, ...), the rule is not applicable: ask the "
		     "distribution for its date. Of a branch newer than the table nothing is known. Dates: "
		     "https://www.kernel.org/category/releases.html.",
	.subjects = SUBJECT_HOST,
	.params = { { 0 } },
	.observe = observe,
};
