/* SPDX-License-Identifier: Apache-2.0 */
/* What a source keeps for a snapshot, and answers from one. */
#include "core/source/source_private.h"

#include "core/base/text.h"

#include <errno.h>

bool source_is_live(const struct source *source)
{
	return source->recorded ? source->recorded->live : source->live;
}

bool source_is_ordinary(const struct source *source)
{
	return source->recorded ? source->recorded->ordinary : source->live && geteuid() != 0;
}

int64_t source_taken(const struct source *source)
{
	return source->recorded ? source->recorded->taken : -1;
}

int source_own_pid(const struct source *source)
{
	return source->recorded ? source->recorded->pid : source->live ? getpid() : 0;
}

void source_record(struct source *source)
{
	source->records = true;
}

void source_settle(struct source *source)
{
	source->settled = true;
}

bool source_keeps(const struct source *source)
{
	return source->records || source->recorded;
}

/* ---- of a captured root that has a manifest ---- */

int told_order(const void *a, const void *b)
{
	const struct told *x = a, *y = b;

	if (x->device != y->device)
		return x->device < y->device ? -1 : 1;
	return x->inode < y->inode ? -1 : x->inode > y->inode;
}

void source_tell(const struct source *source, struct stat *st)
{
	const struct told key = { .device = st->st_dev, .inode = st->st_ino }, *told;

	if (!source->tells)
		return;
	told = source->n_told ? bsearch(&key, source->told, source->n_told, sizeof(key), told_order) : NULL;
	st->st_uid = told ? told->owner : 0;
	st->st_gid = told ? told->group : 0;
	st->st_mode = told ? told->mode : (st->st_mode & S_IFMT) | (S_ISDIR(st->st_mode) ? 0755 : S_ISLNK(st->st_mode) ? 0777 : 0644);
}

int source_fstat(const struct source *source, int fd, struct stat *st)
{
	if (fstat(fd, st) < 0)
		return -1;
	source_tell(source, st);
	return 0;
}

/* ---- of a snapshot ---- */

static const char not_recorded[] = "the snapshot does not hold it";

struct file source_known_file(struct source *source, enum fact_kind kind, const char *path)
{
	HOLD(&source->lock);
	const struct fact *fact = facts_next(&source->facts, kind, path + 1);
	struct file file = { .path = path, .state = STATE_UNAVAILABLE, .why = not_recorded, .data = "" };

	if (fact) {
		file = *fact->file;
		file.path = path;
	}
	return file;
}

struct directory source_known_directory(struct source *source, enum fact_kind kind, const char *path)
{
	HOLD(&source->lock);
	const struct fact *fact = facts_next(&source->facts, kind, path + 1);
	struct directory directory = { .path = path, .state = STATE_UNAVAILABLE, .why = not_recorded };

	if (fact) {
		directory = *fact->directory;
		directory.path = path;
	}
	return directory;
}

/* ---- for one ---- */

bool source_answers(struct source *source, enum fact_kind kind, const char *path)
{
	HOLD(&source->lock);

	return source->recorded || (source->settled && facts_find(&source->facts, kind, path + 1));
}

static bool is_same_text(const char *a, const char *b)
{
	return a == b || (a && b && streq(a, b));
}

static bool is_same_file(const struct file *a, const struct file *b)
{
	return a->state == b->state && a->code == b->code && a->size == b->size && is_same_text(a->why, b->why) &&
	       (!a->size || memcmp(a->data, b->data, a->size) == 0);
}

static bool is_same_directory(const struct directory *a, const struct directory *b)
{
	if (a->state != b->state || a->n != b->n || !is_same_text(a->why, b->why))
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (a->entries[i].type != b->entries[i].type || !streq(a->entries[i].name, b->entries[i].name))
			return false;
	return true;
}

static const struct fact *last_of(struct source *source, enum fact_kind kind, const char *path)
{
	const struct fact *fact = facts_find(&source->facts, kind, path);

	while (fact && fact->later)
		fact = fact->later;
	return fact;
}

void source_keep_file(struct source *source, enum fact_kind kind, const struct file *file)
{
	HOLD(&source->lock);
	const struct fact *last = last_of(source, kind, file->path + 1);
	struct file *copy;

	if (last && is_same_file(last->file, file))
		return;
	copy = arena_new_of(source->arena, struct file);
	*copy = *file;
	copy->path = arena_strdup(source->arena, file->path);
	copy->why = file->why ? arena_strdup(source->arena, file->why) : NULL;
	copy->data = arena_strndup(source->arena, file->data ? file->data : "", file->size);
	facts_add(&source->facts, kind, copy->path + 1)->file = copy;
}

void source_keep_directory(struct source *source, enum fact_kind kind, const struct directory *directory)
{
	HOLD(&source->lock);
	const struct fact *last = last_of(source, kind, directory->path + 1);
	struct directory *copy;

	if (last && is_same_directory(last->directory, directory))
		return;
	copy = arena_new_of(source->arena, struct directory);
	*copy = *directory;
	copy->path = arena_strdup(source->arena, directory->path);
	copy->why = directory->why ? arena_strdup(source->arena, directory->why) : NULL;
	copy->entries = arena_array_of(source->arena, struct entry, directory->n + 1);
	for (size_t i = 0; i < directory->n; i++)
		copy->entries[i] = (struct entry){ arena_strdup(source->arena, directory->entries[i].name), directory->entries[i].type };
	facts_add(&source->facts, kind, copy->path + 1)->directory = copy;
}
