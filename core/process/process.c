/* SPDX-License-Identifier: Apache-2.0 */
#include "core/process/process_private.h"

#include "core/base/text.h"
#include "core/base/work.h"
#include "core/process/namespaces.h"
#include "core/process/thread.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>

enum {
	KTHREADD = 2,
	FLAG_KERNEL_THREAD = 0x200000,   /* PF_KTHREAD in field 9 of stat */
	SMALL_LIMIT = 65536,             /* bytes of a small file of /proc/PID */
	MOUNTS_LIMIT = 32 << 20,
	ARGUMENTS_LIMIT = 1 << 20, ARGUMENTS = 512,
	HALF_MADE_MOST = 500,            /* clock ticks: 5 s, which a machine that is very busy may take */
};

const char *namespace_name(enum namespace kind)
{
	static const char *const names[NAMESPACES] = {
		[NS_CGROUP] = "cgroup", [NS_IPC] = "ipc", [NS_MNT] = "mnt", [NS_NET] = "net",
		[NS_PID] = "pid", [NS_TIME] = "time", [NS_USER] = "user", [NS_UTS] = "uts",
	};

	return names[kind];
}

/* The first namespaces of each kind have fixed numbers (include/linux/proc_ns.h, since Linux 3.8, time since 5.6); 0: no such number. */
static const uint64_t initial[NAMESPACES] = {
	[NS_CGROUP] = 4026531835, [NS_IPC] = 4026531839, [NS_PID] = 4026531836, [NS_TIME] = 4026531834,
	[NS_USER] = 4026531837, [NS_UTS] = 4026531838,
};

/* ---- one process ---- */

/* "PID (comm) S PPID …": comm may hold anything, also ")" and line breaks, so the last one counts. False: not understood. */
bool process_parse_stat(struct process *p, struct arena *arena, const struct file *stat, bool *kernel_thread)
{
	const char *open = memchr(stat->data, '(', stat->size), *close = memrchr(stat->data, ')', stat->size);
	unsigned long long flags = 0, start = 0;

	if (!open || !close || close < open ||
	    sscanf(close + 1, " %c %d %*d %*d %*d %*d %llu %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %d %*d %llu", &p->state, &p->ppid,
		   &flags, &p->threads, &start) != 5)
		return false;
	p->comm = arena_strndup(arena, open + 1, (size_t)(close - open - 1));
	p->start = start;
	*kernel_thread = flags & FLAG_KERNEL_THREAD;
	return true;
}

/*
 * A process whose first thread has ended looks like a zombie, without namespaces, root directory and memory, while its other threads run on:
 * it is looked at through one of those.
 */
static void pin_running_thread(struct pin *pin, const struct process *p, struct arena *arena)
{
	struct directory task = pin_list(pin, arena, "task");

	for (size_t i = 0; i < task.n; i++) {
		struct process thread = { 0 };
		struct pin other;
		struct file stat;
		bool kernel_thread;

		if (atoi(task.entries[i].name) == p->pid)
			continue;
		if (pin_open(&other, pin->source, arena_printf(arena, "%s/task/%s", pin->path, task.entries[i].name)) < 0)
			continue;
		stat = pin_read(&other, arena, "stat", SMALL_LIMIT);
		if (stat.state == STATE_PRESENT && process_parse_stat(&thread, arena, &stat, &kernel_thread) && !strchr("ZX", thread.state)) {
			pin_close(pin);
			*pin = other;
			return;
		}
		pin_close(&other);
	}
}

/* Opens /proc/PID and reads its stat. Returns 0, -ESRCH where it has ended, or another -errno; the strings lie in the arena. */
static int pin_number(struct pin *pin, struct source *source, int pid, struct process *p, bool *kernel_thread, struct arena *arena)
{
	int rc = pin_open(pin, source, arena_printf(arena, "proc/%d", pid));
	struct file stat;

	if (rc < 0)
		return rc == -ENOENT ? -ESRCH : rc;
	stat = pin_read(pin, arena, "stat", SMALL_LIMIT);
	p->pid = pid;
	if (stat.state != STATE_PRESENT || !process_parse_stat(p, arena, &stat, kernel_thread)) {
		pin_close(pin);
		return -ESRCH;
	}
	if (p->state == 'Z' && p->threads > 1)
		pin_running_thread(pin, p, arena);
	return 0;
}

/* The link reads "mnt:[4026531832]". */
uint64_t process_namespace_inode(struct pin *pin, const char *prefix, enum namespace kind, bool *denied)
{
	char path[64], target[64];
	const char *bracket;
	int rc;

	snprintf(path, sizeof(path), "%sns/%s", prefix, namespace_name(kind));
	rc = pin_link_text(pin, path, target, sizeof(target));
	if (rc < 0) {
		*denied = *denied || rc == -EACCES || rc == -EPERM;
		return 0;
	}
	bracket = strchr(target, '[');
	return bracket ? strtoull(bracket + 1, NULL, 10) : 0;
}

static uint64_t namespace_inode(struct pin *pin, enum namespace kind, bool *denied)
{
	return process_namespace_inode(pin, "", kind, denied);
}

/*
 * Number, device and root directory in the line of "/": all that an ordinary user sees of another's mount namespace. A copy of a namespace has
 * copies of the mounts, with numbers of their own.
 */
static void read_root_mount(struct process *p, struct pin *pin, struct arena *arena)
{
	auto_arena struct arena *scratch = arena_new();
	struct file file = pin_read(pin, scratch, "mountinfo", MOUNTS_LIMIT);
	struct text_line line;

	if (file.state != STATE_PRESENT)
		return;
	for (const char *rest = file.data; text_next_line(&line, &rest);) {
		int number, from = 0, to = 0;
		char target[3];

		if (sscanf(line.text, "%d %*u %n%*s %*s%n %2s", &number, &from, &to, target) != 2 || !streq(target, "/"))
			continue;
		p->root_mount = number;
		p->root_mark = arena_strndup(arena, line.text + from, (size_t)(to - from));
	}
}

void process_read_label(struct process *p, struct pin *pin, const char *name, struct arena *arena)
{
	struct file file = pin_read(pin, arena, name, SMALL_LIMIT);
	size_t n = file.size;

	p->label_state = file.state;
	p->label_code = file.code;
	if (file.state != STATE_PRESENT)
		return;
	while (n && (file.data[n - 1] == '\n' || file.data[n - 1] == '\0'))
		n--;   /* AppArmor ends it by a newline, SELinux by a NUL */
	p->label = text_safe(arena, file.data, n, TEXT_MAX);
}

/* Of a zombie the link cannot be read, though it has not gone yet. */
static void read_exe(struct process *p, struct pin *pin, struct arena *arena)
{
	struct file *exe = arena_new_of(arena, struct file);

	*exe = pin_link(pin, arena, "exe");
	p->exe = exe;
	if (exe->code == ESRCH) {   /* or has it? */
		pin->gone = false;
		pin_read(pin, arena, "stat", SMALL_LIMIT);
	}
}

static void read_status(struct process *p, struct pin *pin, struct arena *arena)
{
	auto_arena struct arena *scratch = arena_new();
	struct file file = pin_read(pin, scratch, "status", STATUS_LIMIT);
	struct status *status = arena_new_of(arena, struct status);

	if (file.state == STATE_PRESENT && status_parse(status, arena, file.data))
		p->status = status;
}

/* Unlike the host's: something that it is worth to look at more closely. */
static bool is_foreign(const struct processes *all, const struct process *p)
{
	static const enum namespace telling[] = { NS_MNT, NS_PID, NS_USER };

	for (size_t i = 0; i < ARRAY_LEN(telling); i++)
		if (p->ns[telling[i]] && all->host_ns[telling[i]] && p->ns[telling[i]] != all->host_ns[telling[i]])
			return true;
	if (p->root_known && all->host_root_known &&
	    (p->root.device != all->host_root.device || p->root.inode != all->host_root.inode))
		return true;
	if (p->ns_denied && p->status && p->status->n_pids > all->levels)
		return true;
	if (p->root_mount && all->host_root_mount && p->root_mount != all->host_root_mount)
		return true;
	return p->cgroup.class != CGROUP_NOTHING;
}

static void read_cgroup(struct process *p, struct pin *pin, struct arena *arena, struct arena *scratch)
{
	struct file file = pin_read(pin, scratch, "cgroup", STATUS_LIMIT);

	if (file.state != STATE_PRESENT)
		return;
	p->cgroup = cgroup_identify(arena, file.data);
	p->cgroup_text = file.data;
}

/* What lies in scratch goes when the process turns out to be the host's. */
static void read_foreign(struct process *p, struct pin *pin, struct arena *arena)
{
	static const enum namespace rest[] = { NS_CGROUP, NS_IPC, NS_NET, NS_TIME, NS_UTS };

	for (size_t i = 0; i < ARRAY_LEN(rest); i++)
		p->ns[rest[i]] = namespace_inode(pin, rest[i], &p->ns_denied);
	if (!p->status)
		read_status(p, pin, arena);
	process_read_label(p, pin, "attr/current", arena);
	if (p->threads > 1)
		threads_read(p, pin, arena);
	read_exe(p, pin, arena);
	p->comm = text_safe(arena, p->comm, strlen(p->comm), 256);
	p->cgroup_text = p->cgroup_text ? arena_strdup(arena, p->cgroup_text) : NULL;
}

/* The memory of one worker. */
struct reader {
	struct arena *kept;          /* joined to that of all processes in the end */
	struct arena *scratch;
};

static void read_telling(const struct processes *all, struct process *p, struct pin *pin, const struct reader *reader)
{
	p->ns[NS_MNT] = namespace_inode(pin, NS_MNT, &p->ns_denied);
	p->ns[NS_PID] = namespace_inode(pin, NS_PID, &p->ns_denied);
	p->ns[NS_USER] = namespace_inode(pin, NS_USER, &p->ns_denied);
	read_cgroup(p, pin, reader->kept, reader->scratch);
	p->root_known = pin_place(pin, "root", &p->root) == 0;
	if (p->ns_denied)
		read_status(p, pin, reader->kept);
	if (p->ns_denied || (all->partial && p->ns[NS_MNT] != all->host_ns[NS_MNT]))
		read_root_mount(p, pin, reader->kept);
}

/*
 * A runtime that makes a container, or goes into one, is in its namespaces before it gives up its own rights and becomes the program (runc's nsexec.c
 * names these stages). What it holds then is nobody's for more than a moment: it is not there yet. By its own word only while it is new, for
 * anybody may take the name.
 */
static bool is_half_made(const struct processes *all, const struct process *p)
{
	bool is_named = starts_with(p->comm, "runc:[") || starts_with(p->comm, "youki:[") || streq(p->comm, "crun");

	return is_named && all->began && p->start + HALF_MADE_MOST > all->began;
}

/* False for a kernel thread, for one that ended meanwhile, and for one that is not there yet. */
static bool read_process(const struct processes *all, int pid, struct process *p, const struct reader *reader)
{
	auto_pin struct pin pin = { .fd = -1 };
	bool kernel_thread;

	if (pin_number(&pin, all->source, pid, p, &kernel_thread, reader->scratch) < 0 || kernel_thread)
		return false;
	read_telling(all, p, &pin, reader);
	if (is_foreign(all, p)) {
		if (is_half_made(all, p))
			return false;
		p->foreign = true;
		read_foreign(p, &pin, reader->kept);
	} else {
		p->comm = arena_strdup(reader->kept, p->comm);
		p->cgroup_text = NULL;
	}
	return !pin.gone;
}

/* ---- the host to compare with ---- */

/* kthreadd never left the initial namespaces; pid 1 may be guarded, and is the container's own where we run in one. */
static void read_kthreadd(struct processes *all)
{
	auto_arena struct arena *scratch = arena_new();
	auto_pin struct pin pin = { .fd = -1 };
	struct process p = { 0 };
	bool kernel_thread = false;

	if (pin_number(&pin, all->source, KTHREADD, &p, &kernel_thread, scratch) < 0 || !kernel_thread)
		return;
	for (int kind = 0; kind < NAMESPACES; kind++) {
		all->host_ns[kind] = namespace_inode(&pin, (enum namespace)kind, &all->partial);
		if (all->host_ns[kind])
			all->reference[kind] = arena_printf(all->arena, "/proc/2/ns/%s", namespace_name((enum namespace)kind));
	}
	all->host_root_known = pin_place(&pin, "root", &all->host_root) == 0;
}

/* Where kthreadd cannot be read: the numbers that never change. */
static void use_constants(struct processes *all)
{
	for (int kind = 0; kind < NAMESPACES; kind++) {
		if (all->host_ns[kind] || !initial[kind])
			continue;
		all->host_ns[kind] = initial[kind];
		all->reference[kind] = "the number of the initial namespace";
	}
}

/* The first process is in the host's mount namespace; which that is, everybody may see of it. */
static void read_first(struct processes *all)
{
	auto_pin struct pin pin = { .fd = -1 };
	struct process first = { 0 };

	if (pin_open(&pin, all->source, "proc/1") < 0)
		return;
	read_root_mount(&first, &pin, all->arena);
	all->host_root_mount = first.root_mount;
	all->host_root_mark = first.root_mark;
}

/*
 * Whose root is the same mount as the first process's is in the same mount namespace: where we are, ours is the host's. Where the first process
 * is hidden, ours has to do.
 */
static void compare_with_first(struct processes *all, struct pin *pin)
{
	struct process self = { 0 };
	bool denied = false;

	if (all->host_root_mount && (all->host_ns[NS_MNT] || all->inside))
		return;
	read_root_mount(&self, pin, all->arena);
	if (!all->host_root_mount) {
		all->host_root_mount = self.root_mount;
		all->host_root_mark = self.root_mark;
	} else if (self.root_mount == all->host_root_mount) {
		all->host_ns[NS_MNT] = namespace_inode(pin, NS_MNT, &denied);
		all->reference[NS_MNT] = "/proc/self/ns/mnt, whose root is the same mount as that of /proc/1";
		all->host_root_known = all->host_root_known || pin_place(pin, "root", &all->host_root) == 0;
	}
}

static void read_ourselves(struct processes *all)
{
	auto_arena struct arena *scratch = arena_new();
	auto_pin struct pin pin = { .fd = -1 };
	struct process self = { 0 };
	bool denied = false;

	all->levels = 1;
	if (!source_is_live(all->source))
		return;
	if (pin_open(&pin, all->source, arena_printf(scratch, "proc/%d", source_own_pid(all->source))) < 0)
		return;
	read_status(&self, &pin, scratch);
	all->levels = self.status && self.status->n_pids ? self.status->n_pids : 1;
	self.ns[NS_PID] = namespace_inode(&pin, NS_PID, &denied);
	all->inside = self.ns[NS_PID] && self.ns[NS_PID] != initial[NS_PID];
	compare_with_first(all, &pin);
}

/* ---- the list ---- */

static int by_pid(const void *a, const void *b)
{
	return ((const struct process *)a)->pid - ((const struct process *)b)->pid;
}

struct reading {
	struct processes *all;
	const int *pids;
	struct reader readers[WORKERS_MOST];
};

static void read_one(void *with, unsigned worker, unsigned i)
{
	const struct reading *r = with;
	struct process *p = &r->all->list[i];

	arena_reset(r->readers[worker].scratch);
	if (!read_process(r->all, r->pids[i], p, &r->readers[worker]))
		*p = (struct process){ 0 };
}

/* Fills the list; those that could not be read, and kernel threads, leave no gap. */
static void read_all(struct processes *all, const int *pids, size_t n, unsigned workers)
{
	struct reading r = { .all = all, .pids = pids };

	for (unsigned i = 0; i < workers; i++)
		r.readers[i] = (struct reader){ arena_new(), arena_new() };
	work_share(workers, (unsigned)n, read_one, &r);
	for (unsigned i = 0; i < workers; i++) {
		arena_join(all->arena, r.readers[i].kept);
		arena_free(r.readers[i].scratch);
	}
	for (size_t i = 0; i < n; i++)
		if (all->list[i].pid)
			all->list[all->n++] = all->list[i];
}

/* By /proc/uptime, in proc_pid_stat(5)'s unit: hundredths of a second. */
static uint64_t ticks_since_boot(struct source *source)
{
	const struct file *file = source_read(source, "proc/uptime", 64);
	unsigned long long seconds, hundredths;

	if (file->state != STATE_PRESENT || sscanf(file->data, "%llu.%2llu", &seconds, &hundredths) != 2)
		return 0;
	return seconds * 100 + hundredths;
}

struct processes *processes_read(struct source *source, unsigned workers)
{
	struct arena *arena = source_arena(source);
	struct processes *all = arena_new_of(arena, struct processes);
	const struct directory *proc = source_list(source, "proc");
	auto_free int *pids = xmalloc((proc->n + 1) * sizeof(*pids));
	size_t n = 0;

	all->source = source;
	all->arena = arena;
	all->state = proc->state;
	all->why = proc->why;
	if (proc->state != STATE_PRESENT)
		return all;
	all->began = ticks_since_boot(source);
	read_kthreadd(all);
	all->partial = all->partial || !all->host_ns[NS_MNT];
	read_first(all);
	read_ourselves(all);
	if (!all->inside)
		use_constants(all);
	all->list = arena_array_of(arena, struct process, proc->n);
	for (size_t i = 0; i < proc->n; i++)
		if (isdigit((unsigned char)*proc->entries[i].name))
			pids[n++] = atoi(proc->entries[i].name);
	read_all(all, pids, n, workers);
	if (all->n)
		qsort(all->list, all->n, sizeof(*all->list), by_pid);
	all->namespaces = namespaces_read(all, workers);
	return all;
}

struct process *process_find(const struct processes *all, int pid)
{
	struct process key = { .pid = pid };

	return all->n ? bsearch(&key, all->list, all->n, sizeof(key), by_pid) : NULL;
}

int process_pin(const struct processes *all, const struct process *process, struct arena *arena, struct pin *pin)
{
	struct process now = { 0 };
	bool kernel_thread;
	int rc = pin_number(pin, all->source, process->pid, &now, &kernel_thread, arena);

	if (rc < 0 || now.start == process->start)
		return rc;
	pin_close(pin);
	return -ESRCH;
}

bool process_runs(const struct processes *all, const struct process *process)
{
	auto_arena struct arena *scratch = arena_new();
	auto_pin struct pin pin = { .fd = -1 };
	struct process now = { 0 };
	bool kernel_thread;

	return pin_number(&pin, all->source, process->pid, &now, &kernel_thread, scratch) == 0 && now.start == process->start &&
	       (!strchr("ZX", now.state) || now.threads > 1);
}

const char *process_file(struct arena *arena, const struct process *process, int thread, const char *name)
{
	if (thread)
		return arena_printf(arena, "/proc/%d/task/%d/%s", process->pid, thread, name);
	return arena_printf(arena, "/proc/%d/%s", process->pid, name);
}

const char **process_arguments(struct pin *pin, struct arena *arena)
{
	const char **list = arena_array_of(arena, const char *, ARGUMENTS + 1);
	struct file file = pin_read(pin, arena, "cmdline", ARGUMENTS_LIMIT);
	size_t n = 0;

	if (file.state != STATE_PRESENT)
		return list;
	for (const char *at = file.data; at < file.data + file.size && n < ARGUMENTS; at += strlen(at) + 1)
		list[n++] = at;
	return list;
}
