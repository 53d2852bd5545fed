/* SPDX-License-Identifier: Apache-2.0 */
/* Whether memory is wiped before it is used: what the kernel itself logged at boot. */
#include "checks/checks.h"

#include "core/base/text.h"

#include <errno.h>
#include <sys/klog.h>

/* linux/syslog is not part of the kernel's exported headers; syslog(2) has the numbers. */
enum { SYSLOG_ACTION_READ_ALL = 3, SYSLOG_ACTION_SIZE_BUFFER = 10 };
enum { KLOG_LIMIT = 1 << 20 };   /* bytes of the kernel log that are looked through, the newest */

#define START "mem auto-init: "
#define CALL "syslog(2)"

/*
 * The text behind START in a line of the log, or NULL. A line of syslog(2) starts with <priority>: 8 and more are what
 * programs wrote to /dev/kmsg.
 */
static const char *announcement(const char *line, const char *end)
{
	if (*line == '<') {
		if (end - line < 3 || line[1] < '0' || line[1] > '7' || line[2] != '>')
			return NULL;
		line += 3;
	}
	if (*line == '[') {
		line = memchr(line, ']', (size_t)(end - line));
		if (!line || end - line < 2)
			return NULL;
		line += 2;
	}
	return (size_t)(end - line) > strlen(START) && starts_with(line, START) ? line + strlen(START) : NULL;
}

/* The value of "stack:", "heap alloc:" or "heap free:" in the first announcement of the log, or NULL. */
static char *value_of(struct arena *arena, const char *log, const char *label)
{
	for (const char *line = log, *end; *line; line = end + (*end == '\n')) {
		const char *text;
		char *list, *field;

		end = line + strcspn(line, "\n");
		text = announcement(line, end);
		if (!text)
			continue;
		list = arena_strndup(arena, text, (size_t)(end - text));
		while ((field = strsep(&list, ","))) {
			field = text_trim(field);
			if (starts_with(field, label))
				return field + strlen(label);
		}
	}
	return NULL;
}

static void observe_log(const char *log, const char *origin, const char *label, struct items *items)
{
	char *name = arena_printf(items->arena, "mem auto-init, %.*s", (int)strlen(label) - 1, label);
	char *value = value_of(items->arena, log, label);

	if (value && *value)
		items_add_text(items, name, origin, value);
	else
		items_add_state(items, name, origin, STATE_UNAVAILABLE, "the kernel log no longer holds it");
}

/* The log of the running kernel, or why it cannot be read. */
static const struct file *read_klog(struct source *source)
{
	int size = klogctl(SYSLOG_ACTION_SIZE_BUFFER, NULL, 0);
	size_t room = size > 0 && size < KLOG_LIMIT ? (size_t)size : KLOG_LIMIT;
	auto_free char *log = xmalloc(room);
	int n = size < 0 ? -1 : klogctl(SYSLOG_ACTION_READ_ALL, log, (int)room);

	if (n < 0)
		return source_remember(source, CALL, errno == EPERM || errno == EACCES ? STATE_DENIED : STATE_BROKEN, strerror(errno),
				       NULL, 0);
	for (int i = 0; i < n; i++)
		if (!log[i])
			log[i] = ' ';
	return source_remember(source, CALL, STATE_PRESENT, NULL, log, (size_t)n);
}

static void observe_running(struct source *source, const char *label, struct items *items)
{
	const struct file *log = source_recall(source, CALL);

	if (!log)
		log = read_klog(source);
	if (log->state == STATE_PRESENT)
		observe_log(log->data, log->path, label, items);
	else
		items_add_file_state(items, "kernel log", log);
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const char *what = params_get(params, "what"), *release = subject->kernel->release;
	const char *label = streq(what, "stack") ? "stack:" : streq(what, "alloc") ? "heap alloc:" : "heap free:";
	const struct file *file;

	if (release && version_compare(release, "5.3") < 0) {
		items_add_state(items, "mem auto-init", subject->kernel->release_origin, STATE_INAPPLICABLE,
				"kernels before 5.3 do not say so in their log");
	} else if (source_is_live(subject->source)) {
		observe_running(subject->source, label, items);
	} else {
		file = source_read(subject->source, "var/log/dmesg", KLOG_LIMIT);
		if (file->state == STATE_PRESENT)
			observe_log(file->data, file->path, label, items);
		else
			items_add_state(items, "mem auto-init", file->path,
					file->state == STATE_ABSENT ? STATE_UNAVAILABLE : file->state, "%s", file->why);
	}
}

const struct check check_auto_init = {
	.name = "auto-init",
	.summary = "whether the kernel wipes memory before or after use",
	.reference = "Read from the line \"mem auto-init: stack:..., heap alloc:..., heap free:...\" that kernels since "
		     "5.3 log at boot: from the log of the running kernel (syslog(2), its last MiB), or from "
		     "/var/log/dmesg in a root. It tells what is in force, whichever of build option and boot parameter "
		     "asked for it. `stack` is all(zero), all(pattern), byref_all(zero), off, ...; `alloc` and `free` "
		     "are on or off. Unknown where the line has scrolled out of the log. Lines that programs wrote into "
		     "the log do not count.",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "what", PARAM_WORD, REQUIRED, "which memory", "stack alloc free" },
	},
	.observe = observe,
};
