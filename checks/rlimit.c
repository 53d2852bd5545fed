/* SPDX-License-Identifier: Apache-2.0 */
/* The resource limits of a container's first process. */
#include "checks/checks.h"
#include "checks/container.h"

#include "core/base/text.h"

static const struct {
	const char *name, *row;
} rows[] = {
	{ "core", "Max core file size" }, { "memlock", "Max locked memory" }, { "nofile", "Max open files" }, { "nproc", "Max processes" },
	{ "rtprio", "Max realtime priority" }, { "sigpending", "Max pending signals" },
};

/* "Max open files            1024                 1048576              files": the second number. */
static void add_limit(const char *name, const struct file *file, const char *line, struct items *items)
{
	size_t n = 0, size;

	for (const char *at = line, *word; (word = list_next(&at, " ", &size)) && *word != '\n'; n++) {
		char *end;
		int64_t value = strtoll(word, &end, 10);

		if (n == 0)
			continue;
		if (starts_with(word, "unlimited"))
			items_add_none(items, name, file->path, "unlimited");
		else if (end == word + size)
			items_add_integer(items, name, file->path, value);
		else
			break;
		return;
	}
	items_add_state(items, name, file->path, STATE_MALFORMED, "its line is not understood");
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct file *file = subject_read(subject, "limits", 65536);
	const char *name = params_get(params, "name"), *line = NULL;

	if (file->state != STATE_PRESENT) {
		items_add_file_state(items, name, file);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(rows) && !line; i++)
		if (streq(rows[i].name, name) && (line = strstr(file->data, rows[i].row)))
			line += strlen(rows[i].row);
	if (line)
		add_limit(name, file, line, items);
	else
		items_add_state(items, name, file->path, STATE_MALFORMED, "it has no such line");
}

const struct check check_rlimit = {
	.name = "rlimit",
	.summary = "a resource limit of a container's first process",
	.reference = "The hard limit in /proc/PID/limits, in the unit of that file; absent where it is unlimited. See getrlimit(2).",
	.subjects = SUBJECT_CONTAINER,
	.params = { { "name", PARAM_WORD, REQUIRED, "which limit", "core memlock nofile nproc rtprio sigpending" }, { 0 } },
	.observe = observe,
};
