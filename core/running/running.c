/* SPDX-License-Identifier: Apache-2.0 */
#include "core/running/running.h"

#include "core/base/text.h"
#include "core/process/process.h"

#include <ctype.h>
#include <errno.h>

static const char deleted_mark[] = " (deleted)";

/* The text of the link, and whether the kernel marked it as of a file that is gone. */
static bool cut_mark(char *exe)
{
	size_t n = strlen(exe), m = strlen(deleted_mark);

	if (n <= m || !streq(exe + n - m, deleted_mark))
		return false;
	exe[n - m] = '\0';
	return true;
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* The command that a busybox was called by. Anybody may call it by any name, so that of root alone is believed. */
static const char *applet_of(struct pin *pin, const char *exe, struct arena *arena, struct arena *scratch)
{
	const char **arguments;
	uint32_t owner;
	mode_t mode;
	const char *name;

	if (!streq(last_part(exe), "busybox") || pin_owner(pin, "", &owner, &mode) < 0 || (source_is_live(pin->source) && owner != 0))
		return NULL;
	arguments = process_arguments(pin, scratch);
	name = arguments[0] ? last_part(arguments[0]) : NULL;
	if (name && streq(name, "busybox"))
		name = arguments[1];
	return name ? arena_strdup(arena, name) : NULL;
}

/* False for a kernel thread, and for what has ended meanwhile. */
static bool read_one(struct running_list *all, int pid, const struct place *host, struct arena *arena, struct arena *scratch)
{
	auto_pin struct pin pin = { .fd = -1 };
	struct running program = { .pid = pid };
	struct place root;
	struct file link;
	char *exe;

	if (pin_open(&pin, all->source, arena_printf(scratch, "proc/%d", pid)) < 0)
		return false;
	link = pin_link(&pin, scratch, "exe");
	if (link.state == STATE_DENIED)
		all->hidden++;
	if (link.state != STATE_PRESENT)
		return false;
	exe = arena_strndup(arena, link.data, link.size);
	program.deleted = cut_mark(exe);
	program.exe = exe;
	program.shown = text_safe(arena, exe, strlen(exe), 512);
	program.applet = applet_of(&pin, exe, arena, scratch);
	program.elsewhere = host->inode && pin_place(&pin, "root", &root) == 0 &&
			    (root.device != host->device || root.inode != host->inode);
	arena_push(arena, all->list, all->n) = program;
	return true;
}

/* The root directory of the first process; nothing is known of it where that may not be looked at. */
static struct place host_root(struct source *source)
{
	auto_pin struct pin pin = { .fd = -1 };
	struct place place = { 0 };

	if (pin_open(&pin, source, "proc/1") < 0 || pin_place(&pin, "root", &place) < 0)
		return (struct place){ 0 };
	return place;
}

static int by_pid(const void *a, const void *b)
{
	return ((const struct running *)a)->pid - ((const struct running *)b)->pid;
}

struct running_list *running_read(struct source *source, struct arena *arena)
{
	struct running_list *all = arena_new_of(arena, struct running_list);
	const struct directory *proc = source_list(source, "proc");
	const struct place host = host_root(source);
	auto_arena struct arena *scratch = arena_new();
	size_t processes = 0;
	bool first = false;

	all->source = source;
	all->state = proc->state;
	all->why = proc->why;
	for (size_t i = 0; i < proc->n; i++) {
		const char *name = proc->entries[i].name;

		if (!isdigit((unsigned char)*name))
			continue;
		processes++;
		first = first || streq(name, "1");
		read_one(all, atoi(name), &host, arena, scratch);
		arena_reset(scratch);
	}
	if (!processes && proc->state != STATE_DENIED) {
		all->state = STATE_UNAVAILABLE;
		all->why = "the root holds no processes: they can be seen only of a system that runs";
	}
	if (processes && !first && source_is_live(source))
		all->hidden++;   /* mounted with hidepid= */
	if (all->hidden)
		all->hidden_why = all->hidden > 1 ? arena_printf(arena, "this user cannot see what %zu processes run", all->hidden)
						  : "this user cannot see what one of the processes runs";
	if (all->n)
		qsort(all->list, all->n, sizeof(*all->list), by_pid);
	return all;
}

static void *read_list(struct source *source, struct arena *arena)
{
	return running_read(source, arena);
}

const struct running_list *subject_running(const struct subject *subject)
{
	static const struct host_table table = { read_list };

	return subject_table(subject, &table);
}

/* /bin and /sbin lead to /usr/bin and /usr/sbin on most systems. */
static const char *without_usr(const char *path)
{
	return starts_with(path, "/usr/") ? path + strlen("/usr") : path;
}

bool running_is(const struct running *program, const char *words)
{
	char word[256];
	size_t n;

	for (const char *at = words, *w; (w = list_next(&at, " \t\n", &n));) {
		if (n >= sizeof(word))
			continue;
		memcpy(word, w, n);
		word[n] = '\0';
		if (strchr(word, '/') ? text_glob(without_usr(word), without_usr(program->exe))
				      : text_glob(word, program->applet ? program->applet : last_part(program->exe)))
			return true;
	}
	return false;
}

int running_pin(const struct running_list *programs, const struct running *program, struct arena *arena, struct pin *pin)
{
	int rc = pin_open(pin, programs->source, arena_printf(arena, "proc/%d", program->pid));
	struct file link;
	char *exe;

	if (rc < 0)
		return rc;
	link = pin_link(pin, arena, "exe");
	if (link.state == STATE_PRESENT) {
		exe = arena_strndup(arena, link.data, link.size);
		cut_mark(exe);
		if (streq(exe, program->exe))
			return 0;
	}
	pin_close(pin);
	return -ESRCH;
}
