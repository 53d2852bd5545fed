/* SPDX-License-Identifier: Apache-2.0 */
#include "core/source/pin_private.h"

#include "core/base/text.h"
#include "core/source/source_private.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>

/* A process that could not be opened is kept as a number that could not be told. */
static const char opened[] = "opened";

static void keep_numbers(struct pin *pin, const char *name, int rc, const int64_t *numbers, size_t n);
static int known_numbers(struct pin *pin, const char *name, int64_t *numbers, size_t n);

/* The question is answered by what is kept. */
static bool is_answered(const struct pin *pin, enum fact_kind kind, const char *name)
{
	auto_arena struct arena *scratch = NULL;

	if (!pin->source->settled)
		return pin->source->recorded;
	scratch = arena_new();
	return source_answers(pin->source, kind, arena_printf(scratch, "/%s/%s", pin->path, name));
}

int pin_open(struct pin *pin, struct source *source, const char *path)
{
	const char *why;
	bool answered;
	int rc;

	*pin = (struct pin){ .source = source, .path = path, .fd = -ENOENT };
	answered = is_answered(pin, FACT_PIN_CALL, opened);
	if (source->root && !source->recorded)
		pin->fd = source_fd(source, path, O_PATH | O_DIRECTORY, &why);
	if (answered) {
		rc = known_numbers(pin, opened, NULL, 0);
		if (rc < 0)
			pin_close(pin);
		return rc;
	}
	rc = pin->fd < 0 ? pin->fd : 0;
	if (source->records)
		keep_numbers(pin, opened, rc, NULL, 0);
	return rc;
}

void pin_close(struct pin *pin)
{
	if (pin->fd >= 0)
		close(pin->fd);
	pin->fd = -1;
}

/* ---- files ---- */

static struct file known(struct pin *pin, struct arena *arena, enum fact_kind kind, const char *name)
{
	struct file file = source_known_file(pin->source, kind, arena_printf(arena, "/%s/%s", pin->path, name));

	pin->gone = pin->gone || file.code == ESRCH;
	return file;
}

static struct file kept(struct pin *pin, enum fact_kind kind, struct file file)
{
	if (pin->source->records)
		source_keep_file(pin->source, kind, &file);
	return file;
}

struct file pin_read(struct pin *pin, struct arena *arena, const char *name, size_t limit)
{
	if (is_answered(pin, FACT_PIN_READ, name))
		return known(pin, arena, FACT_PIN_READ, name);
	return kept(pin, FACT_PIN_READ, pin_look_read(pin, arena, name, limit));
}

struct file pin_link(struct pin *pin, struct arena *arena, const char *name)
{
	if (is_answered(pin, FACT_PIN_LINK, name))
		return known(pin, arena, FACT_PIN_LINK, name);
	return kept(pin, FACT_PIN_LINK, pin_look_link(pin, arena, name));
}

int pin_link_text(struct pin *pin, const char *name, char *text, size_t size)
{
	auto_arena struct arena *scratch = NULL;
	struct file file;

	if (!source_keeps(pin->source))
		return pin_look_link_text(pin, name, text, size);
	scratch = arena_new();
	file = pin_link(pin, scratch, name);
	if (file.state != STATE_PRESENT)
		return file.code ? -file.code : -ENOENT;
	snprintf(text, size, "%s", file.data);
	return 0;
}

struct directory pin_list(struct pin *pin, struct arena *arena, const char *name)
{
	struct directory directory;

	if (is_answered(pin, FACT_PIN_LIST, name))
		return source_known_directory(pin->source, FACT_PIN_LIST, arena_printf(arena, "/%s/%s", pin->path, name));
	directory = pin_look_list(pin, arena, name);
	if (pin->source->records)
		source_keep_directory(pin->source, FACT_PIN_LIST, &directory);
	return directory;
}

/* ---- numbers ---- */

enum { NUMBERS_MOST = 3 };

/* "64768:2:29" */
static void keep_numbers(struct pin *pin, const char *name, int rc, const int64_t *numbers, size_t n)
{
	auto_arena struct arena *scratch = arena_new();
	struct buffer text = { .arena = scratch };
	struct file file = { .path = arena_printf(scratch, "/%s/%s", pin->path, name) };

	for (size_t i = 0; i < n; i++)
		buffer_printf(&text, "%s%" PRId64, i ? ":" : "", numbers[i]);
	file.state = rc < 0 ? STATE_BROKEN : STATE_PRESENT;
	file.code = rc < 0 ? -rc : 0;
	file.why = rc < 0 ? strerror(-rc) : NULL;
	file.data = text.text;
	file.size = text.size;
	source_keep_file(pin->source, FACT_PIN_CALL, &file);
}

/* Returns 0, or -errno; the numbers are read in both cases. */
static int known_numbers(struct pin *pin, const char *name, int64_t *numbers, size_t n)
{
	auto_arena struct arena *scratch = arena_new();
	const struct file file = source_known_file(pin->source, FACT_PIN_CALL, arena_printf(scratch, "/%s/%s", pin->path, name));
	const char *at = file.data;

	for (size_t i = 0; i < n; i++) {
		char *end;

		numbers[i] = strtoll(at, &end, 10);
		if (end == at)
			return file.state == STATE_PRESENT ? -EINVAL : file.code ? -file.code : -ENOENT;
		at = end + (*end == ':');
	}
	return file.state == STATE_PRESENT ? 0 : file.code ? -file.code : -ENOENT;
}

/* The name of what is told of a path below the pin. */
static void suffixed(char name[64], const char *of, const char *suffix)
{
	snprintf(name, 64, "%s.%s", of, suffix);
}

int pin_place(struct pin *pin, const char *name, struct place *place)
{
	int64_t numbers[NUMBERS_MOST] = { 0, 0, -1 };
	char key[64];
	int rc;

	if (!source_keeps(pin->source))
		return pin_look_place(pin, name, place);
	suffixed(key, name, "stat");
	if (is_answered(pin, FACT_PIN_CALL, key)) {
		rc = known_numbers(pin, key, numbers, 3);
	} else {
		struct place seen = { .mount = -1 };

		rc = pin_look_place(pin, name, &seen);
		numbers[0] = (int64_t)seen.device;
		numbers[1] = (int64_t)seen.inode;
		numbers[2] = seen.mount;
		keep_numbers(pin, key, rc, numbers, rc == 0 ? 3 : 0);
	}
	if (rc == 0)
		*place = (struct place){ (uint64_t)numbers[0], (uint64_t)numbers[1], (int)numbers[2] };
	return rc;
}

int pin_target(struct pin *pin, const char *name, struct pin_target *target)
{
	int64_t numbers[NUMBERS_MOST] = { 0, 0, -1 };
	char key[64];
	int rc;

	if (!source_keeps(pin->source))
		return pin_look_target(pin, name, target);
	suffixed(key, name, "target");
	if (is_answered(pin, FACT_PIN_CALL, key)) {
		rc = known_numbers(pin, key, numbers, 3);
		*target = (struct pin_target){ (mode_t)numbers[0], (uint64_t)numbers[1], (int)numbers[2] };
		return rc;
	}
	rc = pin_look_target(pin, name, target);
	numbers[0] = target->mode;
	numbers[1] = (int64_t)target->device;
	numbers[2] = target->mount;
	keep_numbers(pin, key, rc, numbers, 3);
	return rc;
}

int pin_owner(struct pin *pin, const char *name, uint32_t *owner, mode_t *mode)
{
	int64_t numbers[NUMBERS_MOST] = { 0 };
	char key[64];
	int rc;

	if (!source_keeps(pin->source))
		return pin_look_owner(pin, name, owner, mode);
	suffixed(key, *name ? name : "process", "owner");
	if (is_answered(pin, FACT_PIN_CALL, key)) {
		rc = known_numbers(pin, key, numbers, 2);
		*owner = (uint32_t)numbers[0];
		*mode = (mode_t)numbers[1];
		return rc;
	}
	rc = pin_look_owner(pin, name, owner, mode);
	if (rc == 0) {
		numbers[0] = *owner;
		numbers[1] = *mode;
	}
	keep_numbers(pin, key, rc, numbers, rc == 0 ? 2 : 0);
	return rc;
}

/* A number that is -1 where it is not known. */
static int64_t one_number(struct pin *pin, const char *name, const char *suffix, int64_t (*look)(struct pin *pin, const char *name))
{
	int64_t number = -1;
	char key[64];

	if (!source_keeps(pin->source))
		return look(pin, name);
	suffixed(key, name, suffix);
	if (is_answered(pin, FACT_PIN_CALL, key))
		return known_numbers(pin, key, &number, 1) == 0 ? number : -1;
	number = look(pin, name);
	keep_numbers(pin, key, 0, &number, 1);
	return number;
}

int64_t pin_count_mounts(struct pin *pin, const char *name)
{
	return one_number(pin, name, "mounts", pin_look_count_mounts);
}

int64_t pin_user_owner(struct pin *pin)
{
	return one_number(pin, "ns/user", "owner", pin_look_user_owner);
}
