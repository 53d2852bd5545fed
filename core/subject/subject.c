/* SPDX-License-Identifier: Apache-2.0 */
#include "core/subject/subject_private.h"

#include "core/base/text.h"
#include "core/base/work.h"

#include <errno.h>
#include <inttypes.h>

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
	subject->files = arena_new_of(source_arena(source), struct subject_files);
	subject->files->root = -1;
	subject->files->arena = arena_new();
	pthread_mutex_init(&subject->files->lock, NULL);
	if (name->state != STATE_PRESENT)
		name = source_read(source, "etc/hostname", 4096);
	if (name->state == STATE_PRESENT)
		subject->name = text_trim(text_safe(source_arena(source), name->data, strcspn(name->data, "\n"), 256));
	subject->os = os_release(source, "PRETTY_NAME");
	subject->kernel = kernel_read(source);
	subject->mounts = mounts_read(source, source_arena(source));
	return subject;
}

/* ---- containers ---- */

enum { MAP_LIMIT = 1 << 16 };

static void read_tables(struct subject *s)
{
	struct file map = pin_read(s->pin, s->arena, "uid_map", MAP_LIMIT);

	s->uids = id_map_parse(s->arena, &map);
	map = pin_read(s->pin, s->arena, "gid_map", MAP_LIMIT);
	s->gids = id_map_parse(s->arena, &map);
	subject_read_mounts(s);
}

struct subject *subject_container(const struct subject *host, const struct containers *all, const struct container *container,
				  struct arena *arena)
{
	struct subject *s = arena_new_of(arena, struct subject);

	*s = (struct subject){
		.kind = SUBJECT_CONTAINER, .id = container->id, .name = container->name, .now = host->now, .source = host->source,
		.kernel = host->kernel, .host = host, .all = all, .container = container, .arena = arena,
	};
	s->files = arena_new_of(arena, struct subject_files);
	s->files->root = -1;
	s->files->arena = arena;
	s->pin = arena_new_of(arena, struct pin);
	s->pin->fd = -1;
	if (process_pin(all->processes, container->init, arena, s->pin) == 0) {
		read_tables(s);
		if (!s->pin->gone)
			return s;
	}
	subject_free(s);
	return NULL;
}

bool subject_still_there(const struct subject *s)
{
	const struct process *init = s->container->init;
	auto_arena struct arena *scratch = arena_new();
	struct file link;

	/* what is read through the pin is of that very process, whoever may have its number now */
	if (!init->ns[NS_MNT])
		return pin_read(s->pin, scratch, "stat", 4096).state == STATE_PRESENT && !s->pin->gone;
	/* one that is dead and not yet buried has no namespaces, mounts and open files any more: an empty list of them would be a good one */
	link = pin_link(s->pin, scratch, "ns/mnt");
	return link.state == STATE_PRESENT && strstr(link.data, arena_printf(scratch, "[%" PRIu64 "]", init->ns[NS_MNT]));
}

const struct file *subject_read(const struct subject *s, const char *name, size_t limit)
{
	struct remembered *r;

	for (r = s->files->first; r; r = r->next)
		if (streq(r->name, name))
			return &r->file;
	r = arena_new_of(s->arena, struct remembered);
	*r = (struct remembered){ arena_strdup(s->arena, name), pin_read(s->pin, s->arena, name, limit), s->files->first };
	s->files->first = r;
	return &r->file;
}

static const void *kept_of(const struct subject_files *files, const void *table, const char *key)
{
	for (const struct kept_table *kept = files->tables; kept; kept = kept->next)
		if (kept->table == table && (!key || streq(kept->key, key)))
			return kept->data;
	return NULL;
}

static const void *keep_table(struct subject_files *files, const void *table, const char *key, const void *data)
{
	struct kept_table *kept = arena_new_of(files->arena, struct kept_table);

	*kept = (struct kept_table){ table, key, data, files->tables };
	files->tables = kept;
	return data;
}

const void *subject_table(const struct subject *s, const struct host_table *table)
{
	struct subject_files *files = (s->host ? s->host : s)->files;
	const void *data;
	HOLD(&files->lock);

	data = kept_of(files, table, NULL);
	return data ? data : keep_table(files, table, NULL, table->read(s->source, files->arena));
}

const void *subject_keyed_table(const struct subject *s, const struct keyed_table *table, const char *key)
{
	struct subject_files *files = (s->host ? s->host : s)->files;
	const void *data;
	HOLD(&files->lock);

	data = kept_of(files, table, key);
	if (data)
		return data;
	key = arena_strdup(files->arena, key);
	return keep_table(files, table, key, table->read(s->source, files->arena, key));
}

const void *subject_own_table(const struct subject *s, const struct container_table *table)
{
	const void *data = kept_of(s->files, table, NULL);

	return data ? data : keep_table(s->files, table, NULL, table->read(s));
}

const struct daemon_sockets *subject_daemon_sockets(const struct subject *s)
{
	struct subject_files *files = s->host->files;
	HOLD(&files->lock);

	if (!files->sockets)
		files->sockets = daemon_sockets_read(s->all->processes, files->arena);
	return files->sockets;
}

void subject_free(struct subject *subject)
{
	if (!subject)
		return;
	if (subject->kind == SUBJECT_HOST) {
		arena_free(subject->files->arena);
		pthread_mutex_destroy(&subject->files->lock);
		source_free(subject->source);
		return;
	}
	if (subject->files->root >= 0)
		close(subject->files->root);
	pin_close(subject->pin);
}
