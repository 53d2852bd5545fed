/* SPDX-License-Identifier: Apache-2.0 */
/* Whether programs see the kernel's own /proc, and not something that was mounted over it. */
#include "checks/checks.h"

#include "core/base/text.h"
#include "core/process/procps.h"

#include <errno.h>

/* "6.1.0-28-amd64" in the encoding of the process library; -1 where it is no release. */
static int code_of_release(const char *release)
{
	unsigned major, minor, patch = 0;

	if (!release || sscanf(release, "%5u.%5u.%5u", &major, &minor, &patch) < 2)
		return -1;
	return procps_version_code(major, minor, patch);
}

/* What the process library says, by its code, or -errno. */
static int seen_by_programs(struct source *source)
{
	static const char call[] = "the kernel's version by the process library";
	const struct file *file = source_recall(source, call);
	int64_t version;
	char text[32];

	if (!file) {
		snprintf(text, sizeof(text), "%d", procps_kernel_version());
		file = source_remember(source, call, STATE_PRESENT, NULL, text, strlen(text));
	}
	return text_integer(file->data, &version) && version >= -EIO && version <= INT32_MAX ? (int)version : -EIO;
}

static void observe_versions(const struct subject *subject, struct items *items)
{
	const char *release = subject->kernel->release;
	int seen = seen_by_programs(subject->source), own = code_of_release(release);
	const struct file *told = kernel_own_release(subject->source);
	char *text;

	if (seen < 0) {
		items_add_state(items, "/proc as programs see it", "/proc/sys/kernel/osrelease", STATE_BROKEN, "%s",
				strerror(-seen));
		return;
	}
	if (own < 0 || told->state != STATE_PRESENT) {
		items_add_state(items, "/proc as programs see it", "uname(2)", STATE_BROKEN,
				"nothing tells the kernel's release");
		return;
	}
	text = arena_printf(items->arena, "release that /proc shows to programs, and %s of the kernel", release);
	items_add_text(items, text, "/proc/sys/kernel/osrelease",
		       seen == own && seen == code_of_release(told->data) ? "agrees" : "differs");
}

/* What has its own place below /proc, and hides nothing there. */
static bool belongs_there(const char *type)
{
	static const char *const types[] = { "proc", "autofs", "binfmt_misc", "nfsd", "xenfs" };

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (streq(types[i], type))
			return true;
	return false;
}

/* A mount on /proc or on something in it, by the host's mount table. */
static void observe_covers(const struct subject *subject, struct items *items)
{
	const struct mounts *mounts = subject->mounts;

	if (mounts->state != STATE_PRESENT)
		items_add_state(items, "mounts on /proc", mounts->file->path, mounts->state, "%s", mounts->why);
	for (size_t i = 0; i < mounts->n; i++) {
		const struct mount *m = &mounts->list[i];

		if ((streq(m->target, "/proc") || starts_with(m->target, "/proc/")) && !belongs_there(m->type))
			items_add_text(items, arena_printf(items->arena, "%s, which %s covers", m->target, m->type),
				       mounts->file->path, "differs");
	}
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct file *own = source_read(subject->source, "proc/sys/kernel/osrelease", 4096);

	(void)params;
	if (!source_is_live(subject->source)) {
		items_add_state(items, "/proc as programs see it", "/proc", source_root(subject->source) ? STATE_INAPPLICABLE
				: STATE_NOT_GIVEN, "only a running host shows it");
	} else if (own->state != STATE_PRESENT) {
		items_add_file_state(items, "/proc as programs see it", own);
	} else {
		observe_versions(subject, items);
		observe_covers(subject, items);
	}
}

const struct check check_proc_view = {
	.name = "proc-view",
	.summary = "whether the /proc that programs see is the kernel's own",
	.reference = "The kernel's release as the process library (libproc2) reads it at the mounted /proc is compared "
		     "with what a private instance of procfs and uname(2) say: `agrees` or `differs`. Every mount on "
		     "/proc or on something in it that hides what the kernel has there (a tmpfs, a FUSE file system, not "
		     "binfmt_misc) is an item that `differs`. Judged on a running host only; without the right to make a "
		     "private instance, the mounted /proc must at least be a procfs.",
	.subjects = SUBJECT_HOST,
	.params = { { 0 } },
	.observe = observe,
};
