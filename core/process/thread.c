/* SPDX-License-Identifier: Apache-2.0 */
#include "core/process/thread.h"

#include "core/base/text.h"
#include "core/process/process_private.h"

#include <errno.h>

enum {
	THREADS_MOST = 2048,         /* that are looked at of one process */
	STATUS_MOST = 4 << 20,       /* bytes of their status together: 65,000 groups make 700 KB of each */
	ODD_MOST = 16,               /* that are kept apart because they are elsewhere */
};

/*
 * Those a single thread can leave: a process of several threads can join no user namespace, and pid and time count for its children only. See
 * setns(2).
 */
static const enum namespace leavable[] = { NS_MNT, NS_NET, NS_IPC, NS_UTS, NS_CGROUP };

struct reading {
	struct process *process;
	struct pin pin;              /* of the process; a copy: a thread that has ended does not end it */
	struct arena *arena;         /* what is kept */
	struct arena *scratch;       /* of one thread */
	size_t bytes;
	bool may_leave;              /* one of them holds, or may get, what it takes to enter another namespace */
};

static bool has_ended(const struct file *file)
{
	return file->code == ESRCH || file->code == ENOENT;
}

/* The first reason counts. */
static void not_known(struct reading *r, const char *why)
{
	if (!r->process->threads_why)
		r->process->threads_why = why;
}

/* False where it has ended, or could not be read, which is noted. */
static bool fold_status(struct reading *r, const char *number)
{
	struct file file = pin_read(&r->pin, r->scratch, arena_printf(r->scratch, "task/%s/status", number), STATUS_LIMIT);
	struct status status;

	if (has_ended(&file))
		return false;
	if (file.state != STATE_PRESENT || !status_parse(&status, r->scratch, file.data)) {
		not_known(r, arena_printf(r->arena, "the status of its thread %s could not be read", number));
		return false;
	}
	r->bytes += file.size;
	status_fold(r->process->status, r->arena, &status, atoi(number));
	return true;
}

/* Only whoever holds CAP_SYS_ADMIN can take a thread elsewhere; the links of all threads would cost as much again as all the rest. */
static bool may_leave(const struct status *s)
{
	for (int set = 0; set < CAP_SETS; set++)
		if (caps_have(s->caps[set], CAPABILITY_SYS_ADMIN))
			return true;
	return false;
}

static bool is_elsewhere(struct reading *r, const char *number, struct odd_thread *odd)
{
	const struct process *p = r->process;
	bool elsewhere = false;

	for (size_t i = 0; i < ARRAY_LEN(leavable); i++) {
		enum namespace kind = leavable[i];
		bool denied = false;

		odd->ns[kind] = process_namespace_inode(&r->pin, arena_printf(r->scratch, "task/%s/", number), kind, &denied);
		if (odd->ns[kind] && p->ns[kind] && odd->ns[kind] != p->ns[kind])
			elsewhere = true;
	}
	return elsewhere;
}

/* AppArmor and SELinux let a single thread change. */
static bool has_another_label(struct reading *r, const char *number, struct odd_thread *odd)
{
	const struct process *p = r->process;
	struct process other = { 0 };

	if (p->label_state != STATE_PRESENT)
		return false;
	process_read_label(&other, &r->pin, arena_printf(r->scratch, "task/%s/attr/current", number), r->scratch);
	if (other.label_state == STATE_PRESENT && !streq(other.label, p->label))
		odd->label = arena_strdup(r->arena, other.label);
	return odd->label != NULL;
}

static void look_at(struct reading *r, const char *number)
{
	struct process *p = r->process;
	struct odd_thread odd = { .number = atoi(number) };
	bool elsewhere, labelled;

	memcpy(odd.ns, p->ns, sizeof(odd.ns));
	elsewhere = r->may_leave && is_elsewhere(r, number, &odd);
	labelled = has_another_label(r, number, &odd);
	if (!elsewhere && !labelled)
		return;
	if (p->n_odd == ODD_MOST)
		not_known(r, "more of its threads are elsewhere than are kept");
	else
		arena_push(r->arena, p->odd, p->n_odd) = odd;
}

/*
 * Where the first thread has ended the process is looked at through another, whose directory lists no threads: then it is pinned once more. The
 * same start tells that it is the same one.
 */
static bool pin_whole(struct reading *r, const struct pin *pin, struct arena *arena, struct pin *again)
{
	struct process now = { 0 };
	bool kernel_thread = false;
	struct file stat;

	r->pin = *pin;
	if (!strstr(pin->path, "/task/"))
		return true;
	if (pin_open(again, pin->source, arena_printf(arena, "proc/%d", r->process->pid)) < 0)
		return false;
	stat = pin_read(again, arena, "stat", 65536);
	r->pin = *again;
	return stat.state == STATE_PRESENT && process_parse_stat(&now, arena, &stat, &kernel_thread) && now.start == r->process->start;
}

static bool is_first(const struct reading *r, const struct pin *pin, const char *number)
{
	const char *slash = strrchr(pin->path, '/');

	return atoi(number) == r->process->pid || streq(slash + 1, number);
}

static void read_all(struct reading *r, const struct pin *pin, const struct directory *task, bool statuses)
{
	for (size_t i = 0; i < task->n; i++) {
		const char *number = task->entries[i].name;

		if (is_first(r, pin, number))
			continue;
		if (i >= THREADS_MOST || r->bytes > STATUS_MOST) {
			not_known(r, arena_printf(r->arena, "it has %zu threads, of which %zu were looked at", task->n, i));
			return;
		}
		arena_reset(r->scratch);
		if (statuses)
			fold_status(r, number);
		else
			look_at(r, number);
	}
}

void threads_read(struct process *process, const struct pin *pin, struct arena *arena)
{
	auto_arena struct arena *scratch = arena_new(), *names = arena_new();
	auto_pin struct pin again = { .fd = -1 };
	struct reading r = { .process = process, .arena = arena, .scratch = scratch };
	struct directory task = { .state = STATE_BROKEN };

	if (!process->status)
		return;
	if (pin_whole(&r, pin, names, &again))
		task = pin_list(&r.pin, names, "task");
	if (task.state != STATE_PRESENT) {
		not_known(&r, "its threads could not be listed");
		return;
	}
	read_all(&r, pin, &task, true);
	r.may_leave = may_leave(process->status);
	if (r.may_leave || process->label_state == STATE_PRESENT)
		read_all(&r, pin, &task, false);
}
