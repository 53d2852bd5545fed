/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the newest kernel installed is the one that runs, and whether an update waits for a restart. */
#include "checks/checks.h"

#include "core/base/text.h"

#include <ctype.h>

/* ---- releases ---- */

static bool is_number(const char *at, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isdigit((unsigned char)at[i]))
			return false;
	return n > 0;
}

/* What tells kernels of one build from another, with the numbers taken out: "28.el9_4.x86_64" → "#el#x#". */
static char *shape(struct arena *arena, const char *text)
{
	struct buffer out = { .arena = arena };

	while (*text) {
		size_t n = strspn(text, "0123456789._");

		if (n)
			buffer_puts(&out, "#");
		else
			buffer_add(&out, text, n = 1);
		text += n;
	}
	return out.text ? out.text : arena_strdup(arena, "");
}

/*
 * 6.1.0-9-amd64 is older than 6.1.0-28-amd64: leading numbers are compared one by one, whatever separates them, and more of
 * them are newer (503.el9, 503.11.el9). What follows is compared only where it differs in nothing but numbers (arch1-1,
 * arch1-2).
 */
static int compare_releases(struct arena *arena, const char *a, const char *b)
{
	for (;;) {
		size_t n = strcspn(a, ".-+_~"), m = strcspn(b, ".-+_~");
		bool more_a = is_number(a, n), more_b = is_number(b, m);
		unsigned long x, y;

		if (more_a != more_b)
			return more_a ? 1 : -1;
		if (!more_a)
			break;
		x = strtoul(a, NULL, 10);
		y = strtoul(b, NULL, 10);
		if (x != y)
			return x < y ? -1 : 1;
		a += n + (a[n] != '\0');
		b += m + (b[m] != '\0');
	}
	return streq(shape(arena, a), shape(arena, b)) ? strverscmp(a, b) : 0;
}

/* Of one flavour are 6.1.0-9-amd64 and 6.1.0-28-amd64, by their last part; 6.6.58-1-lts and 6.11.5-arch1-1 are not. */
static bool same_flavour(struct arena *arena, const char *a, const char *b)
{
	const char *last_a = strrchr(a, '-'), *last_b = strrchr(b, '-');

	return streq(shape(arena, last_a ? last_a : a), shape(arena, last_b ? last_b : b)) || (!last_a && !last_b);
}

/* ---- the newest kernel ---- */

/* Removed kernels leave directories with modules built elsewhere (dkms): an installed one has its own in "kernel". */
static bool is_installed(const struct subject *subject, struct arena *arena, const char *modules, const char *release)
{
	return source_stat(subject->source, arena_printf(arena, "%s/%s/kernel", modules, release))->state != STATE_ABSENT;
}

static const char *newest_of(const struct subject *subject, struct items *items, const char *modules,
			     const struct directory *dir)
{
	const char *running = subject->kernel->release, *newest = running;

	for (size_t i = 0; i < dir->n; i++) {
		const char *name = dir->entries[i].name;

		if (version_valid(name) && same_flavour(items->arena, running, name) &&
		    compare_releases(items->arena, newest, name) < 0 && is_installed(subject, items->arena, modules, name))
			newest = name;
	}
	return newest;
}

static bool holds(const struct directory *dir, const char *name)
{
	for (size_t i = 0; i < dir->n; i++)
		if (streq(dir->entries[i].name, name))
			return true;
	return false;
}

static void observe_newest(const struct subject *subject, struct items *items)
{
	const char *running = subject->kernel->release, *modules = "lib/modules", *newest;
	const struct directory *dir = source_list(subject->source, modules);
	enum state unknown = source_root(subject->source) ? STATE_BROKEN : STATE_NOT_GIVEN;

	if (dir->state == STATE_ABSENT) {
		modules = "usr/lib/modules";
		dir = source_list(subject->source, modules);
	}
	if (!running) {
		items_add_state(items, "newest kernel", dir->path, unknown, "nothing tells the kernel's release");
	} else if (dir->state != STATE_PRESENT && dir->state != STATE_ABSENT) {
		items_add_state(items, "newest kernel", dir->path, dir->state, "%s", dir->why);
	} else if (!holds(dir, running)) {
		items_add_state(items, "newest kernel", dir->path, STATE_INAPPLICABLE,
				"the running kernel, %s, has no modules here", running);
	} else {
		newest = newest_of(subject, items, modules, dir);
		newest = text_safe(items->arena, newest, strlen(newest), 256);
		items_add_text(items, arena_printf(items->arena, "newest kernel %s, running %s", newest, running), dir->path,
			       streq(newest, running) ? "current" : "older-than-installed");
	}
}

/* ---- waiting for a restart ---- */

/* The marks that packages leave, and what is installed on a system where something leaves them. */
static const char *const marks[] = { "run/reboot-required", "run/reboot-needed" };
static const char *const markers[] = {
	"etc/kernel/postinst.d/unattended-upgrades", "etc/kernel/postinst.d/update-notifier",
	"usr/share/update-notifier/notify-reboot-required", "usr/bin/zypper",
};

static bool has_marker(const struct subject *subject)
{
	for (size_t i = 0; i < ARRAY_LEN(markers); i++)
		if (source_stat(subject->source, markers[i])->state != STATE_ABSENT)
			return true;
	return false;
}

static void observe_reboot(const struct subject *subject, struct items *items)
{
	const struct directory *run = source_list(subject->source, "run");

	for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
		const struct file *mark = source_stat(subject->source, marks[i]);

		if (mark->state == STATE_PRESENT)
			items_add_text(items, "restart", mark->path, "required");
		else if (mark->state != STATE_ABSENT)
			items_add_file_state(items, "restart", mark);
		if (mark->state != STATE_ABSENT)
			return;
	}
	if (!source_is_live(subject->source) && !run->n)
		items_add_state(items, "restart", run->path, STATE_BROKEN, "the root holds no /run of a running system");
	else if (has_marker(subject))
		items_add_state(items, "restart", "/run/reboot-required", STATE_ABSENT, "not there");
	else
		items_add_state(items, "restart", "/run/reboot-required", STATE_INAPPLICABLE,
				"nothing installed here would leave a mark there");
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	if (streq(params_get(params, "aspect"), "newest"))
		observe_newest(subject, items);
	else
		observe_reboot(subject, items);
}

const struct check check_kernel_update = {
	.name = "kernel-update",
	.summary = "whether the newest installed kernel runs, and whether an update waits for a restart",
	.reference = "`newest` compares the running release with the directories below /lib/modules (/usr/lib/modules) "
		     "that hold the modules of an installed kernel of the same flavour, the part behind the last dash: "
		     "`current` or `older-than-installed`; not applicable where the running kernel has no directory "
		     "there. `reboot-required` is `required` where a package left /run/reboot-required or "
		     "/run/reboot-needed, absent where not, and not applicable where nothing installed would ever do so "
		     "(unattended-upgrades, update-notifier and zypper are known).",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "aspect", PARAM_WORD, REQUIRED, "what to look at", "newest reboot-required" },
	},
	.observe = observe,
};
