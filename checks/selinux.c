/* SPDX-License-Identifier: Apache-2.0 */
/* SELinux: whether it is active and enforces its policy. The only file that uses libselinux. */
#include "checks/checks.h"

#include "core/base/text.h"

#include <selinux/selinux.h>

#define ENFORCE "sys/fs/selinux/enforce"

/* 1 and 0: SELinux is a security module of this kernel, or not; -1: that is not to be seen. */
static int is_active(const struct subject *subject, struct arena *arena)
{
	const struct params none = { .check = &check_lsm };
	struct items active = { .arena = arena };
	const struct file *filesystems;

	check_lsm.observe(subject, &none, &active);
	if (active.list[0].state == STATE_ABSENT)
		return 0;
	if (active.list[0].state == STATE_PRESENT)
		return list_has(active.list[0].text, ",", "selinux");
	/* the kernel registers selinuxfs only when SELinux was not switched off at its start */
	filesystems = source_read(subject->source, "proc/filesystems", 65536);
	return filesystems->state == STATE_PRESENT ? list_has(filesystems->data, "\t \n", "selinuxfs") : -1;
}

static void add_enforcing(struct items *items, const char *origin, int enforcing)
{
	items_add_text(items, "selinux", origin, enforcing ? "enforcing" : "permissive");
}

/* 1 enforcing, 0 permissive, -1 not known. */
static int ask_library(struct source *source)
{
	static const char call[] = "security_getenforce(3)";
	const struct file *file = source_recall(source, call);
	int enforcing;

	if (!file) {
		enforcing = is_selinux_enabled() == 1 ? security_getenforce() : -1;
		file = source_remember(source, call, STATE_PRESENT, NULL, enforcing == 1 ? "1" : enforcing == 0 ? "0" : "", enforcing >= 0);
	}
	return streq(file->data, "1") ? 1 : streq(file->data, "0") ? 0 : -1;
}

/* Without the file: another mount point that libselinux knows on the live host, or no SELinux at all. */
static void observe_without(const struct subject *subject, const struct file *file, struct items *items)
{
	int active = is_active(subject, items->arena), enforcing = -1;

	if (active && source_is_live(subject->source))
		enforcing = ask_library(subject->source);
	if (enforcing >= 0)
		add_enforcing(items, "security_getenforce(3)", enforcing);
	else if (active == 0)
		items_add_state(items, "selinux", file->path, STATE_ABSENT, "SELinux is not active");
	else if (file->state == STATE_ABSENT)
		items_add_state(items, "selinux", file->path, STATE_BROKEN, "not there: no selinuxfs is mounted");
	else
		items_add_file_state(items, "selinux", file);
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct file *file = source_read(subject->source, ENFORCE, 4096);
	struct items raw = { .arena = items->arena };
	const struct item *seen = items_add_value_file(&raw, "selinux", file);

	(void)params;
	if (file->state != STATE_PRESENT)
		observe_without(subject, file, items);
	else if (seen->state != STATE_PRESENT)
		items_add_state(items, "selinux", file->path, seen->state, "%s", seen->why);
	else if (seen->type != ITEM_INTEGER || (seen->number != 0 && seen->number != 1))
		items_add_state(items, "selinux", file->path, STATE_MALFORMED, "neither 0 nor 1: %s", seen->text);
	else
		add_enforcing(items, file->path, seen->number == 1);
}

const struct check check_selinux = {
	.name = "selinux",
	.summary = "whether SELinux is active and enforces",
	.reference = "enforcing or permissive, from /sys/fs/selinux/enforce, or by libselinux where selinuxfs is mounted elsewhere. Absent when SELinux "
		     "is not among the active security modules. Domains that are permissive on their own do not show. See selinux(8).",
	.subjects = SUBJECT_HOST,
	.observe = observe,
};
