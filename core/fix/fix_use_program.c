/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What runs, by /proc: each process is asked once for a plan, and only for what some item wants to know. Descriptors tell by their names what was made
 * with them: "anon_inode:[io_uring]"; see proc_pid_fd(5).
 */
#include "core/fix/fix_use_private.h"
#include "core/process/mount.h"
#include "core/source/pin.h"

#include <ctype.h>

enum { DESCRIPTORS_MOST = 200000, STATUS_BYTES = 64 << 10 };

/* A bit for each kind of descriptor. */
static const char *const held[] = { "anon_inode:[io_uring]", "anon_inode:bpf-map", "anon_inode:bpf-prog", "anon_inode:[perf_event]", "anon_inode:[userfaultfd]" };

enum { HELD_URING = 1, HELD_BPF = 2 | 4, HELD_PERF = 8, HELD_FAULTS = 16 };

struct program {
	int pid, tracer;
	long uid;                    /* effective; -1: not known */
	const char *name;            /* safe for printing */
	const char *exe;             /* as /proc/PID/exe says; NULL: not to be seen */
	const char *title;           /* what it calls itself: the beginning of /proc/PID/cmdline */
	unsigned held;
	bool narrow;                 /* a 32-bit program on a 64-bit kernel */
};

struct programs {
	enum state state;
	const char *why;
	struct program *list;
	size_t n, unseen, descriptors;
};

/* ---- one process ---- */

static const char *field(const char *status, const char *name)
{
	const char *at = strstr(status, name);

	return at ? at + strlen(name) + strspn(at + strlen(name), " \t") : NULL;
}

/* A word of the auxiliary vector is as long as an address of the program: of a short one the second half of the first eight bytes is its value. */
static bool is_narrow(struct pin *pin, struct arena *scratch)
{
	const struct file auxv = pin_read(pin, scratch, "auxv", 4096);
	uint32_t words[2];

	if (auxv.state != STATE_PRESENT || auxv.size < sizeof(words))
		return false;
	memcpy(words, auxv.data, sizeof(words));
	return words[1] != 0;
}

static void see_descriptors(struct programs *all, struct program *p, struct pin *pin, struct arena *scratch)
{
	struct directory fds = pin_list(pin, scratch, "fd");
	char text[64];

	all->unseen += fds.state != STATE_PRESENT;
	for (size_t i = 0; i < fds.n && all->descriptors < DESCRIPTORS_MOST; i++, all->descriptors++) {
		if (pin_link_text(pin, arena_printf(scratch, "fd/%s", fds.entries[i].name), text, sizeof(text)) < 0)
			continue;
		for (size_t k = 0; k < ARRAY_LEN(held); k++)
			if (streq(text, held[k]))
				p->held |= 1U << k;
	}
}

static void see_program(struct look *l, struct programs *all, int pid, struct arena *scratch)
{
	struct arena *arena = l->plan->arena;
	auto_pin struct pin pin = { .fd = -1 };
	struct program p = { .pid = pid, .uid = -1 };
	struct file status, exe, title;
	const char *uid, *tracer;

	if (pin_open(&pin, l->source, arena_printf(scratch, "proc/%d", pid)) < 0)
		return;
	status = pin_read(&pin, scratch, "status", STATUS_BYTES);
	if (status.state != STATE_PRESENT || !starts_with(status.data, "Name:") || (field(status.data, "\nKthread:") && *field(status.data, "\nKthread:") == '1'))
		return;
	p.name = text_safe(arena, field(status.data, "Name:"), strcspn(field(status.data, "Name:"), "\n"), 64);
	uid = field(status.data, "\nUid:");
	tracer = field(status.data, "\nTracerPid:");
	if (uid)
		sscanf(uid, "%*d %ld", &p.uid);
	p.tracer = tracer ? atoi(tracer) : 0;
	exe = pin_link(&pin, scratch, "exe");
	p.exe = exe.state == STATE_PRESENT ? arena_strdup(arena, exe.data) : NULL;
	title = pin_read(&pin, scratch, "cmdline", 4096);
	p.title = title.state == STATE_PRESENT && title.size ? arena_strdup(arena, title.data) : "";
	p.narrow = is_narrow(&pin, scratch);
	see_descriptors(all, &p, &pin, scratch);
	arena_push(arena, all->list, all->n) = p;
}

static const struct programs *programs_of(struct look *l)
{
	const struct directory *proc;
	auto_arena struct arena *scratch = NULL;

	if (l->programs)
		return l->programs;
	scratch = arena_new();
	proc = source_list(l->source, "proc");
	l->programs = arena_new_of(l->plan->arena, struct programs);
	l->programs->state = proc->state;
	l->programs->why = proc->why;
	for (size_t i = 0; i < proc->n; i++) {
		if (isdigit((unsigned char)*proc->entries[i].name))
			see_program(l, l->programs, atoi(proc->entries[i].name), scratch);
		arena_reset(scratch);
	}
	return l->programs;
}

/* ---- what a line forbids ---- */

static const char *name_of(struct look *l, const struct program *p)
{
	return arena_printf(l->plan->arena, "%s (pid %d)", p->name, p->pid);
}

typedef bool program_fn(const struct program *p, const void *with);

static void tell_programs(struct look *l, program_fn *is_one, const void *with, const char *what)
{
	const struct programs *all = programs_of(l);
	struct names found = { .text = { .arena = l->plan->arena } };

	if (!look_was_read(l, all->state, "/proc", all->why))
		return;
	for (size_t i = 0; i < all->n; i++)
		if (is_one(&all->list[i], with))
			names_add(&found, name_of(l, &all->list[i]));
	if (found.n)
		fix_set_apart(l->plan->arena, l->item, arena_printf(l->plan->arena, "In use now: %s: %s.", what, names_text(&found)));
	else if (all->unseen)
		look_note(l, arena_printf(l->plan->arena, "What %zu processes hold open cannot be seen by this user.", all->unseen));
}

struct holding {
	unsigned held;
	bool root_too;               /* it is taken from root as well */
};

static bool holds(const struct program *p, const void *with)
{
	const struct holding *h = with;

	return (p->held & h->held) && (h->root_too || p->uid != 0);
}

static bool is_traced(const struct program *p, const void *with)
{
	(void)with;
	return p->tracer > 0;
}

static bool is_in_memory(const struct program *p, const void *with)
{
	(void)with;
	return p->exe && starts_with(p->exe, "/memfd:");
}

/* sshd says in its title for whom it works: "sshd: root@pts/0", since 9.8 "sshd-session: root [priv]". */
static bool is_roots_session(const struct program *p, const void *with)
{
	(void)with;
	return starts_with(p->title, "sshd: root@") || starts_with(p->title, "sshd: root [") || starts_with(p->title, "sshd-session: root@") ||
	       starts_with(p->title, "sshd-session: root [");
}

static bool outlives_its_session(const struct program *p, const void *with)
{
	(void)with;
	return starts_with(p->name, "tmux") || starts_with(p->name, "screen") || starts_with(p->name, "SCREEN");
}

static bool is_narrow_program(const struct program *p, const void *with)
{
	(void)with;
	return p->narrow;
}

static bool has_start(const struct fix_file *file, const char *start)
{
	const char *at = strstr(file->text, start);

	return at && (at == file->text || at[-1] == '\n');
}

void look_at_programs(struct look *l, const struct fix_file *file)
{
	static const struct {
		const char *line, *what;
		program_fn *is_one;
		struct holding holding;
	} lines[] = {
		{ "kernel.io_uring_disabled = 2", "programs work with io_uring", holds, { HELD_URING, true } },
		{ "kernel.io_uring_disabled = 1", "programs of users work with io_uring", holds, { HELD_URING, false } },
		{ "kernel.unprivileged_bpf_disabled = ", "programs of users hold BPF programs or maps", holds, { HELD_BPF, false } },
		{ "kernel.perf_event_paranoid = ", "programs of users measure with perf", holds, { HELD_PERF, false } },
		{ "vm.unprivileged_userfaultfd = 0", "programs of users work with userfaultfd", holds, { HELD_FAULTS, false } },
		{ "kernel.yama.ptrace_scope = ", "programs are being traced", is_traced, { 0, false } },
		{ "vm.memfd_noexec = ", "programs run from memory alone", is_in_memory, { 0, false } },
		{ "PermitRootLogin no", "root is logged in by SSH", is_roots_session, { 0, false } },
		{ "KillUserProcesses=yes", "programs that are to outlive their session", outlives_its_session, { 0, false } },
	};

	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		if (has_start(file, lines[i].line))
			tell_programs(l, lines[i].is_one, &lines[i].holding, lines[i].what);
}

void look_at_words(struct look *l)
{
	if (l->item->kind == FIX_CMDLINE && (list_has(l->item->text, " ", "ia32_emulation=0") || list_has(l->item->text, " ", "vdso32=0")))
		tell_programs(l, is_narrow_program, NULL, "32-bit programs run");
}

/* ---- places ---- */

static bool runs_from(const struct program *p, const void *with)
{
	return p->exe && *p->exe == '/' && path_is_below(p->exe, with);
}

void look_at_places(struct look *l)
{
	for (size_t i = 0; i < l->item->n_changes; i++) {
		const struct fix_edit *edit = &l->item->changes[i].edit;
		const char *at = edit->rest, *place, *option;
		size_t n, m;

		place = list_next(&at, " ", &n);
		option = list_next(&at, " ", &m);
		if (!streq(edit->syntax, "option") || !option || m != strlen("noexec") || strncmp(option, "noexec", m) != 0 || *place != '/')
			continue;
		place = arena_strndup(l->plan->arena, place, n);
		tell_programs(l, runs_from, place, arena_printf(l->plan->arena, "programs run from %s", place));
	}
}
