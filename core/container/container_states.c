/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What runtimes and engines keep on disk of their containers: the state files, each with the number and start time of a first process, and the
 * stores with names and images. Those of an ordinary user are read when a container of his is met, and count for that one alone.
 */
#include "core/container/container_private.h"

#include "core/base/text.h"

struct state_entry {
	const char *runtime, *name;  /* of the directory */
	const char *path;            /* NULL: a user's, parsed already */
	int64_t owner;               /* 0: root's */
	bool parsed, valid;
	bool known;                  /* a cgroup names this id: no need to look for whom it is */
	struct oci_state state;
};

/* A directory where a user's runtimes keep their states. */
struct user_place {
	const char *runtime, *path, *file;
	uint32_t owner;
	bool read;
};

struct store {
	const char *path;
	uint32_t owner;
	struct oci_named *list;      /* by id */
	size_t n;
};

struct states {
	struct source *source;
	struct arena *arena;
	struct user_files *user_files;
	struct state_entry *list;    /* by name: the host's */
	size_t n;
	struct state_entry *of_users;
	size_t n_of_users;
	struct user_place *places;
	size_t n_places;
	struct store *stores;
	size_t n_stores;
	bool denied;
};

bool states_are_denied(const struct states *states)
{
	return states->denied;
}

struct user_files *states_user_files(struct states *states)
{
	return states->user_files;
}

/* ---- finding the entries ---- */

/* Directories with an entry per container, and the file in each; a "*" stands for any name (containerd's namespaces). */
static const struct {
	const char *runtime, *directory, *file;
} places[] = {
	{ "runc", "run/runc", "state.json" },
	{ "crun", "run/crun", "status" },
	{ "docker", "run/docker/runtime-runc/moby", "state.json" },
	{ "containerd", "run/containerd/runc/*", "state.json" },
};

/* The same below run/user/UID, which that user writes. */
static const struct {
	const char *runtime, *file;
} user_places[] = {
	{ "runc", "state.json" }, { "crun", "status" },
};

static void list_place(struct states *states, const char *runtime, const char *directory, const char *file)
{
	const char *star = strchr(directory, '*');
	const char *path = star ? arena_strndup(states->arena, directory, (size_t)(star - directory) - 1) : directory;
	const struct directory *dir = source_list(states->source, path);

	states->denied = states->denied || dir->state == STATE_DENIED;
	for (size_t i = 0; dir->state == STATE_PRESENT && i < dir->n; i++) {
		const char *name = dir->entries[i].name;

		if (star)
			list_place(states, runtime, arena_printf(states->arena, "%s/%s%s", path, name, star + 1), file);
		else
			arena_push(states->arena, states->list, states->n) = (struct state_entry){
				.runtime = runtime, .name = name, .path = arena_printf(states->arena, "%s/%s/%s", path, name, file),
			};
	}
}

static void list_users(struct states *states)
{
	const struct directory *dir = source_list(states->source, "run/user");

	for (size_t i = 0; dir->state == STATE_PRESENT && i < dir->n; i++) {
		int64_t uid;

		if (!text_integer(dir->entries[i].name, &uid) || uid < 0 || uid >= UINT32_MAX)
			continue;
		for (size_t k = 0; k < ARRAY_LEN(user_places); k++)
			arena_push(states->arena, states->places, states->n_places) = (struct user_place){
				.runtime = user_places[k].runtime, .file = user_places[k].file, .owner = (uint32_t)uid,
				.path = arena_printf(states->arena, "run/user/%s/%s", dir->entries[i].name, user_places[k].runtime),
			};
	}
}

static int by_name(const void *a, const void *b)
{
	const struct state_entry *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : strcmp(x->path, y->path);
}

/* The first of the host's entries of that name; the others follow. */
static struct state_entry *first_named(const struct states *states, const char *name)
{
	size_t low = 0, high = states->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(states->list[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return states->list + low;
}

static bool is_named(const struct states *states, const struct state_entry *entry, const char *name)
{
	return entry < states->list + states->n && streq(entry->name, name);
}

static void mark_known(struct states *states, const char *id)
{
	if (!id || strlen(id) != 64)
		return;
	for (struct state_entry *e = first_named(states, id); is_named(states, e, id) && !e->known; e++)
		e->known = true;
}

struct states *states_read(const struct unit_table *table)
{
	struct states *states = arena_new_of(table->arena, struct states);

	states->source = table->processes->source;
	states->arena = table->arena;
	states->user_files = user_files_new(states->source);
	for (size_t i = 0; i < ARRAY_LEN(places); i++)
		list_place(states, places[i].runtime, places[i].directory, places[i].file);
	list_users(states);
	if (!states->n)
		return states;
	qsort(states->list, states->n, sizeof(*states->list), by_name);
	for (size_t i = 0; i < table->n; i++)
		for (size_t k = 0; k < table->list[i].n; k++)
			mark_known(states, table->list[i].members[k]->cgroup.id);
	return states;
}

/* ---- whose they are ---- */

static void read_user_place(struct states *states, struct user_place *place)
{
	auto_arena struct arena *scratch = arena_new(), *text = arena_new();
	struct user_directory directory;
	const struct directory *dir = &directory.names;

	place->read = true;
	user_directory_open(&directory, states->user_files, scratch, place->path);
	for (size_t i = 0; dir->state == STATE_PRESENT && i < dir->n; i++) {
		struct state_entry entry = { .runtime = place->runtime, .owner = place->owner, .parsed = true, .valid = true };
		struct file file;

		arena_reset(text);
		file = user_files_read_in(states->user_files, text, &directory, arena_printf(text, "%s/%s", dir->entries[i].name, place->file), place->owner);
		if (!oci_state_parse(&entry.state, states->arena, &file))
			continue;
		entry.name = text_safe(states->arena, dir->entries[i].name, strlen(dir->entries[i].name), 256);
		arena_push(states->arena, states->of_users, states->n_of_users) = entry;
	}
	user_directory_close(&directory);
}

static bool is_of(struct states *states, struct state_entry *entry, const struct process *init)
{
	if (!entry->parsed) {
		entry->parsed = true;
		entry->valid = oci_state_parse(&entry->state, states->arena, source_read(states->source, entry->path, OCI_LIMIT));
	}
	return entry->valid && entry->state.pid == init->pid && entry->state.start == init->start;
}

static void take_state(struct states *states, const struct state_entry *entry, struct container *c)
{
	c->witness = WITNESS_STATE;
	c->claimed = entry->owner != 0;
	c->id = entry->state.id ? entry->state.id : entry->name;
	c->state = &entry->state;
	if (!c->runtime || streq(c->runtime, "kubernetes"))
		c->runtime = entry->runtime;
	if (entry->state.bundle)
		c->bundle = relative(arena_printf(states->arena, "%s/config.json", entry->state.bundle));
}

/* The container is that user's. */
static bool belongs_to(const struct container *c, int64_t uid)
{
	return c->owner == uid || c->monitor_uid == uid;
}

/* The entry of its users that is this container's, of any name where `name` is NULL. */
static bool match_users(struct states *states, const char *name, struct container *c)
{
	for (size_t i = 0; i < states->n_places; i++)
		if (!states->places[i].read && belongs_to(c, states->places[i].owner))
			read_user_place(states, &states->places[i]);
	for (size_t i = 0; i < states->n_of_users; i++) {
		struct state_entry *entry = &states->of_users[i];

		if (!is_of(states, entry, c->init) || !belongs_to(c, entry->owner) || (name && !streq(entry->name, name)))
			continue;
		take_state(states, entry, c);
		return true;
	}
	return false;
}

bool states_match(struct states *states, struct container *c)
{
	for (size_t i = 0; i < states->n; i++) {
		if (states->list[i].known || !is_of(states, &states->list[i], c->init))
			continue;
		take_state(states, &states->list[i], c);
		return true;
	}
	return match_users(states, NULL, c);
}

bool states_confirm(struct states *states, struct container *c)
{
	for (struct state_entry *e = first_named(states, c->id); is_named(states, e, c->id); e++) {
		if (!is_of(states, e, c->init))
			continue;
		take_state(states, e, c);
		return true;
	}
	return match_users(states, c->id, c);
}

/* ---- stores ---- */

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct oci_named *)a)->id, ((const struct oci_named *)b)->id);
}

static void read_store(struct states *states, struct store *store)
{
	auto_arena struct arena *scratch = arena_new();
	struct file users;
	const struct file *file = &users;

	if (store->owner == 0)
		file = source_read(states->source, store->path, OCI_LIMIT);
	else
		users = user_files_read(states->user_files, scratch, store->path, store->owner);
	store->n = oci_store_parse(&store->list, states->arena, file);
	if (store->n)
		qsort(store->list, store->n, sizeof(*store->list), by_id);
}

const struct oci_named *states_store_find(struct states *states, const char *path, uint32_t owner, const char *id)
{
	const struct oci_named key = { .id = id };
	struct store *store = NULL;

	for (size_t i = 0; i < states->n_stores && !store; i++)
		if (states->stores[i].owner == owner && streq(states->stores[i].path, path))
			store = &states->stores[i];
	if (!store) {
		store = &arena_push(states->arena, states->stores, states->n_stores);
		*store = (struct store){ .path = path, .owner = owner };
		read_store(states, store);
	}
	return store->n ? bsearch(&key, store->list, store->n, sizeof(key), by_id) : NULL;
}
