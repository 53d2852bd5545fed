/* SPDX-License-Identifier: Apache-2.0 */
#include "core/boot/modules.h"

#include "core/base/text.h"
#include "core/boot/modprobe.h"
#include "core/process/kernel.h"
#include "core/subject/subject.h"

#include <errno.h>

enum { LIST_LIMIT = 32 << 20, TREES_MOST = 32, NAMES_MOST = 30000 };

struct module_slot {
	const char *name;            /* NULL: free */
	unsigned facts;
};

/* ---- names ---- */

static struct module_slot *slot_of(const struct module_tree *tree, const char *name)
{
	size_t i = text_hash(name, strlen(name)) & (tree->n_slots - 1);

	while (tree->slots[i].name && !streq(tree->slots[i].name, name))
		i = (i + 1) & (tree->n_slots - 1);
	return &tree->slots[i];
}

static void make_room(struct module_tree *tree, struct arena *arena)
{
	struct module_tree old = *tree;

	if (tree->used * 2 < tree->n_slots)
		return;
	tree->n_slots = old.n_slots ? old.n_slots * 4 : 4096;
	tree->slots = arena_array_of(arena, struct module_slot, tree->n_slots);
	for (size_t i = 0; i < old.n_slots; i++)
		if (old.slots[i].name)
			*slot_of(tree, old.slots[i].name) = old.slots[i];
}

static void add_fact(struct module_tree *tree, struct arena *arena, const char *name, unsigned fact)
{
	struct module_slot *slot;

	if (tree->used == NAMES_MOST) {
		tree->unseen = (struct unseen){ STATE_BROKEN, tree->path, "it lists more modules than are read" };
		return;
	}
	make_room(tree, arena);
	slot = slot_of(tree, name);
	tree->used += !slot->name;
	slot->name = name;
	slot->facts |= fact;
}

unsigned module_facts(const struct module_tree *tree, const char *name)
{
	return tree->n_slots ? slot_of(tree, name)->facts : 0;
}

/* ---- lists ---- */

/* "kernel/fs/cramfs/cramfs.ko.xz: kernel/…" or the same without what it needs: the name of the file. */
static void take_path(struct module_tree *tree, struct arena *arena, const char *line, size_t n, unsigned fact)
{
	const char *name = line, *end;

	for (const char *c = line; c < line + n && *c != ':'; c++)
		if (*c == '/')
			name = c + 1;
	end = memmem(name, (size_t)(line + n - name), ".ko", 3);
	if (end && end > name)
		add_fact(tree, arena, module_name(arena, name, (size_t)(end - name)), fact);
}

/* The list whose lines are being taken. */
struct list {
	struct module_tree *tree;
	const struct modprobe *modprobe;
	struct arena *arena;
	unsigned fact;
	const char *last;            /* the module that the last alias was noted for: a module has many of them, one after the other */
};

static bool is_off(const struct list *list, const char *alias, size_t n)
{
	for (size_t i = 0; i < list->modprobe->n; i++) {
		const struct modprobe_line *line = &list->modprobe->list[i];

		if (line->module && line->kind == MODPROBE_ALIAS && streq(line->command, "off") &&
		    streq(line->module, module_name(list->arena, alias, n)))
			return true;
	}
	return false;
}

/* "alias net-pf-21 rds". */
static void take_alias(struct list *list, const char *line, size_t n)
{
	static const char word[] = "alias ";
	const char *alias = line + strlen(word), *name = memrchr(line, ' ', n);
	size_t m = name ? (size_t)(line + n - ++name) : 0;

	if (n < strlen(word) || memcmp(line, word, strlen(word)) != 0 || !m || name <= alias)
		return;
	if (list->last && strncmp(list->last, name, m) == 0 && !list->last[m])
		return;
	if (is_off(list, alias, (size_t)(name - 1 - alias)))
		return;
	list->last = arena_strndup(list->arena, name, m);
	add_fact(list->tree, list->arena, module_name(list->arena, name, m), MODULE_ALIASED);
}

static void take_list(struct list *list, struct source *source, const char *name)
{
	const struct file *file = source_read(source, arena_printf(list->arena, "lib/modules/%s/%s", list->tree->release, name), LIST_LIMIT);
	size_t n;

	if (file->state != STATE_PRESENT) {
		if (file->state != STATE_ABSENT && !list->tree->unseen.why)
			list->tree->unseen = (struct unseen){ file->state, file->path, file->why };
		return;
	}
	for (const char *line = file->data; *line; line += n + (line[n] == '\n')) {
		n = strcspn(line, "\n");
		if (list->fact == MODULE_ALIASED)
			take_alias(list, line, n);
		else
			take_path(list->tree, list->arena, line, n, list->fact);
	}
}

/* ---- kernels ---- */

static bool read_tree(struct modules *modules, const struct modprobe *modprobe, struct source *source, struct arena *arena, const char *release)
{
	static const struct {
		const char *name;
		unsigned fact;
	} lists[] = { { "modules.dep", MODULE_FILE }, { "modules.builtin", MODULE_BUILTIN }, { "modules.alias", MODULE_ALIASED } };
	struct module_tree tree = { .release = arena_strdup(arena, release) };
	char *path = arena_printf(arena, "lib/modules/%s/modules.dep", release);
	const struct file *dep = source_stat(source, path);

	if (strchr(release, '/') || dep->state == STATE_ABSENT || dep->code == ENOTDIR || modules->n == TREES_MOST)
		return false;
	tree.path = arena_printf(arena, "/%s", text_safe(arena, path, strlen(path), 512));
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		take_list(&(struct list){ &tree, modprobe, arena, lists[i].fact, NULL }, source, lists[i].name);
	arena_push(arena, modules->trees, modules->n) = tree;
	return true;
}

struct modules *modules_read(struct source *source, struct arena *arena)
{
	struct modules *modules = arena_new_of(arena, struct modules);
	const struct modprobe *modprobe = modprobe_read(source, arena);   /* a table asks for no other */
	const char *origin, *running = kernel_release_read(source, arena, &origin);
	const struct directory *dir;

	if (running && read_tree(modules, modprobe, source, arena, running))
		return modules;
	dir = source_list(source, "lib/modules");
	for (size_t i = 0; i < dir->n && !(running && source_is_live(source)); i++)
		read_tree(modules, modprobe, source, arena, dir->entries[i].name);
	if (modules->n)
		return modules;
	unseen_directory(&modules->unseen, dir);
	if (modules->unseen.why)
		return modules;
	modules->unseen = (struct unseen){ source_is_live(source) ? STATE_ABSENT : STATE_UNAVAILABLE, dir->path,
					   source_is_live(source) ? "no modules are installed for the running kernel"
								  : "the root holds no modules of a kernel" };
	return modules;
}

static void *read_table(struct source *source, struct arena *arena)
{
	return modules_read(source, arena);
}

const struct host_table modules_table = { read_table };
