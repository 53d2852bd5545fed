/* SPDX-License-Identifier: Apache-2.0 */
/* The manifest of a snapshot or of a root, of any bytes: it is refused with its line, or what it holds is answered, and the names are taken out of that. */
#include "tests/fuzz.h"

#include "core/source/redact.h"
#include "core/source/snapshot_private.h"

static char folder[] = "/tmp/plimsoll-fuzz-XXXXXX";
static char manifest[sizeof(folder) + 16], beside[sizeof(folder) + 16];

static void remove_folder(void)
{
	unlink(manifest);
	unlink(beside);
	rmdir(folder);
}

static void make_folder(void)
{
	if (*manifest)
		return;
	if (!mkdtemp(folder))
		abort();
	snprintf(manifest, sizeof(manifest), "%s/" MANIFEST_NAME, folder);
	snprintf(beside, sizeof(beside), "%s" MANIFEST_BESIDE, folder);
	atexit(remove_folder);
}

static bool has_contents(const struct fact *fact)
{
	if (fact_is_list(fact->kind) || fact->kind == FACT_STAT || fact->kind == FACT_TARGET || manifest_is_short(fact))
		return false;
	return fact->file->state == STATE_PRESENT || fact->file->size;
}

/* What is written of an answer is read again as the same. */
static void write_again(struct arena *arena, const struct fact *fact)
{
	struct buffer out = { .arena = arena };
	struct manifest_line line;
	const char *end;

	manifest_add(&out, fact, has_contents(fact) ? manifest_place(arena, "x") : NULL);
	end = memchr(out.text, '\n', out.size);
	if (!end || manifest_take(arena, out.text, (size_t)(end - out.text), &line) || line.kind != fact->kind || !streq(line.name, fact->name))
		abort();
}

static void ask(struct source *source)
{
	auto_arena struct arena *arena = arena_new();
	const size_t n = source->facts.n_slots;
	struct fact **facts = arena_array_of(arena, struct fact *, n + 1);
	struct redaction *redaction;

	memcpy(facts, source->facts.slots, n * sizeof(*facts));   /* those that are asked now are more */
	redaction = redaction_new(source, arena);
	for (size_t i = 0; i < n; i++) {
		if (!facts[i] || *facts[i]->name == '/')   /* nobody asks with a slash in front */
			continue;
		source_read(source, facts[i]->name, SOURCE_LIMIT);
		source_stat(source, facts[i]->name);
		source_list(source, facts[i]->name);
		redact_fact(redaction, facts[i]);
		write_again(arena, facts[i]);
	}
}

static void put(const char *path, const uint8_t *data, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct source *source = NULL;
	struct err err = { "" };

	make_folder();
	put(manifest, data, size);
	put(beside, data, size);
	if (source_open(&source, folder, &err) < 0) {
		if (!strstr(err.text, "manifest:"))
			abort();
		return 0;
	}
	ask(source);
	source_free(source);
	return 0;
}
