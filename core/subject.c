/* SPDX-License-Identifier: Apache-2.0 */
#include "core/subject.h"

#include "core/text.h"

/* The value of a key in os-release(5), without its quotes, or NULL. */
static char *os_release(struct source *source, const char *key)
{
	const struct file *file = source_read(source, "etc/os-release", 65536);
	struct arena *arena = source_arena(source);
	char *text, *line;
	size_t n = strlen(key);

	if (file->state != STATE_PRESENT)
		file = source_read(source, "usr/lib/os-release", 65536);
	if (file->state != STATE_PRESENT)
		return NULL;
	text = arena_strdup(arena, file->data);
	while ((line = strsep(&text, "\n"))) {
		size_t size;

		if (strncmp(line, key, n) != 0 || line[n] != '=')
			continue;
		line += n + 1;
		size = strlen(line);
		if (size >= 2 && (line[0] == '"' || line[0] == '\'') && line[size - 1] == line[0])
			return text_safe(arena, line + 1, size - 2, 256);
		return text_safe(arena, line, size, 256);
	}
	return NULL;
}

struct subject *subject_host(struct source *source, int64_t now)
{
	struct subject *subject = arena_new_of(source_arena(source), struct subject);
	const struct file *name = source_read(source, "proc/sys/kernel/hostname", 4096);

	subject->kind = SUBJECT_HOST;
	subject->id = "host";
	subject->now = now;
	subject->source = source;
	if (name->state != STATE_PRESENT)
		name = source_read(source, "etc/hostname", 4096);
	if (name->state == STATE_PRESENT)
		subject->name = text_trim(text_safe(source_arena(source), name->data, strcspn(name->data, "\n"), 256));
	subject->os = os_release(source, "PRETTY_NAME");
	subject->kernel = kernel_read(source);
	subject->mounts = mounts_read(source);
	return subject;
}

void subject_free(struct subject *subject)
{
	if (subject)
		source_free(subject->source);
}
