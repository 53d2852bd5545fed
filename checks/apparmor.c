/* SPDX-License-Identifier: Apache-2.0 */
/* AppArmor: whether it is on and enforces anything. The only file that uses libapparmor. */
#include "checks/checks.h"

#include "core/base/text.h"

#include <errno.h>
#include <sys/apparmor.h>

#define ENABLED  "sys/module/apparmor/parameters/enabled"
#define PROFILES "sys/kernel/security/apparmor/profiles"

enum { PROFILES_LIMIT = 16 << 20 };   /* some 60 bytes for each profile, and every container may have one */

struct modes {
	size_t enforcing, complaining, unconfined, other;
};

/* 1 on, 0 off, -1 unknown: what libapparmor finds on the live host where the file in sysfs gave no answer. */
static int ask_library(const struct subject *subject)
{
	static const char call[] = "aa_is_enabled(2)";
	const struct file *file;
	const char *said;

	if (!source_is_live(subject->source))
		return -1;
	file = source_recall(subject->source, call);
	if (!file) {
		/* ENOENT and EBUSY: on, but its file system is not to be seen or not ours; see aa_is_enabled(2) */
		if (aa_is_enabled() == 1 || errno == ENOENT || errno == EBUSY)
			said = "on";
		else
			said = errno == ENOSYS || errno == ECANCELED ? "off" : "";
		file = source_remember(subject->source, call, STATE_PRESENT, NULL, said, strlen(said));
	}
	return streq(file->data, "on") ? 1 : streq(file->data, "off") ? 0 : -1;
}

/* True where AppArmor is on; else an item says why not. */
static bool is_on(const struct subject *subject, struct items *items)
{
	const struct file *file = source_read(subject->source, ENABLED, 4096);
	struct items raw = { .arena = items->arena };
	const struct item *seen = items_add_value_file(&raw, "apparmor", file);
	int on = seen->state == STATE_PRESENT ? text_boolean(seen->text) : -1;

	if (seen->state == STATE_PRESENT && on < 0) {
		items_add_state(items, "apparmor", file->path, STATE_MALFORMED, "neither Y nor N: %s", seen->text);
		return false;
	}
	if (on < 0 && seen->state != STATE_ABSENT)
		on = ask_library(subject);
	if (on == 1)
		return true;
	if (on == 0 || seen->state == STATE_ABSENT)
		items_add_state(items, "apparmor", file->path, STATE_ABSENT, on == 0 ? "AppArmor is off" : "the kernel has no AppArmor");
	else
		items_add_state(items, "apparmor", file->path, seen->state, "%s", seen->why);
	return false;
}

/* securityfs may be mounted where nobody would look for it. */
static const struct file *profiles_read(const struct subject *subject, struct arena *arena)
{
	static const char call[] = "aa_find_mountpoint(2)";
	const struct file *file = source_read(subject->source, PROFILES, PROFILES_LIMIT), *found;
	auto_free char *mounted = NULL;

	if (file->state != STATE_UNAVAILABLE || !source_is_live(subject->source))
		return file;
	found = source_recall(subject->source, call);
	if (!found && aa_find_mountpoint(&mounted) < 0)
		found = source_remember(subject->source, call, STATE_ABSENT, "not there", NULL, 0);
	else if (!found)
		found = source_remember(subject->source, call, STATE_PRESENT, NULL, mounted, strlen(mounted));
	if (found->state != STATE_PRESENT || *found->data != '/')
		return file;
	return source_read(subject->source, arena_printf(arena, "%s/profiles", found->data + 1), PROFILES_LIMIT);
}

/* Lines "NAME (MODE)"; a name may hold anything but a line break. */
static void count_modes(const char *text, struct modes *modes)
{
	for (const char *line = text, *end; *line; line = end + (*end == '\n')) {
		const char *mode;

		end = line + strcspn(line, "\n");
		for (mode = end; mode > line && *mode != '('; mode--)
			;
		if (end == line)
			continue;
		if (starts_with(mode, "(enforce)") || starts_with(mode, "(kill)") || starts_with(mode, "(prompt)"))
			modes->enforcing++;
		else if (starts_with(mode, "(complain)"))
			modes->complaining++;
		else if (starts_with(mode, "(unconfined)"))
			modes->unconfined++;
		else
			modes->other++;
	}
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	struct modes modes = { 0 };
	const struct file *file;
	const char *name;

	(void)params;
	if (!is_on(subject, items))
		return;
	file = profiles_read(subject, items->arena);
	if (file->state != STATE_PRESENT) {
		items_add_state(items, "apparmor", file->path, file->state == STATE_ABSENT ? STATE_UNAVAILABLE : file->state, "its profiles: %s",
				file->why);
		return;
	}
	count_modes(file->data, &modes);
	if (modes.other && !modes.enforcing) {
		items_add_state(items, "apparmor", file->path, STATE_MALFORMED, "%zu lines name no known mode", modes.other);
		return;
	}
	name = arena_printf(items->arena, "apparmor (%zu enforcing, %zu complaining, %zu unconfined)", modes.enforcing, modes.complaining,
			    modes.unconfined);
	items_add_text(items, name, file->path, modes.enforcing ? "enforcing" : modes.complaining ? "complain" : "no-profiles");
}

const struct check check_apparmor = {
	.name = "apparmor",
	.summary = "whether AppArmor is on and enforces",
	.reference = "enforcing when at least one loaded profile does (enforce, kill or prompt); complain when profiles only log; no-profiles when "
		     "none is loaded, or none but unconfined ones. Absent when AppArmor is off or not in the kernel. Read from "
		     "/sys/module/apparmor/parameters/enabled and /sys/kernel/security/apparmor/profiles, which only root may read; on the live "
		     "host libapparmor helps where these do not answer. See apparmor(7).",
	.subjects = SUBJECT_HOST,
	.observe = observe,
};
