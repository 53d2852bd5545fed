/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The processes of a host, read straight from /proc: each is pinned by its directory first, then by its start time, so that a
 * reused number is never mistaken for the old process, and all that is kept of one process was read of that very process.
 *
 * Host processes are looked at only closely enough to see that they are the host's: namespaces, root directory and cgroup. Of the others the
 * status and the security label are read, too.
 */
#ifndef CORE_PROCESS_H
#define CORE_PROCESS_H

#include "core/process/cgroup.h"
#include "core/process/status.h"
#include "core/source/pin.h"

enum namespace { NS_CGROUP, NS_IPC, NS_MNT, NS_NET, NS_PID, NS_TIME, NS_USER, NS_UTS, NAMESPACES };

/* "cgroup", "ipc", …: the name below /proc/PID/ns. */
const char *namespace_name(enum namespace kind);

/* A thread that is in other namespaces than the first one of its process, or has another label. */
struct odd_thread {
	int number;
	uint64_t ns[NAMESPACES];     /* 0: not read */
	const char *label;           /* NULL: as the first one's */
};

struct process {
	int pid, ppid;
	uint64_t start;              /* field 22 of stat: clock ticks since boot */
	char state;                  /* of its first thread: 'R', 'S', 'Z', … */
	int threads;
	const char *comm;            /* as the process chose it: any bytes */
	uint64_t ns[NAMESPACES];     /* inodes; 0: not read */
	bool ns_denied;              /* they are not to be seen by this user */
	int root_mount;              /* where not all are seen: number of the mount at "/", which is in one mount namespace alone; 0: not read */
	const char *root_mark;       /* of the same line of the mount table: device and root; or NULL */
	struct place root;
	bool root_known;
	struct cgroup_identity cgroup;
	bool foreign;                /* something of it is not the host's: what follows was read */
	const char *cgroup_text;     /* the whole /proc/PID/cgroup, or NULL */
	struct status *status;       /* of all its threads (core/process/thread.h); NULL: could not be read, or not understood */
	const char *threads_why;     /* NULL: all its threads were looked at; else why there may be more to know */
	struct odd_thread *odd;
	size_t n_odd;
	enum state label_state;
	int label_code;              /* unless present: the errno; EINVAL: no security module serves labels */
	const char *label;           /* /proc/PID/attr/current, safe for printing */
	const struct file *exe;      /* where /proc/PID/exe leads; NULL: not foreign; code ENOENT or ESRCH: its first thread has ended */
	struct container *container; /* whose it is, or NULL: the host's. Set by containers_find() */
};

struct processes {
	struct source *source;
	struct arena *arena;
	enum state state;            /* of the list */
	const char *why;
	struct process *list;        /* by pid, without kernel threads */
	size_t n;
	uint64_t host_ns[NAMESPACES];/* of the initial namespaces; 0: no reference could be read */
	const char *reference[NAMESPACES];   /* where each was read */
	struct place host_root;
	bool host_root_known;
	int host_root_mount;         /* as struct process's */
	const char *host_root_mark;
	bool partial;                /* kthreadd's links are not to be seen: no more are those of others */
	uint64_t began;              /* clock ticks since boot when the reading began; 0: not known */
	size_t levels;               /* of pid namespaces above and with our own /proc */
	bool inside;                 /* we run in a pid namespace that is not the initial one */
	struct namespaces *namespaces;      /* core/process/namespaces.h: whose they are */
};

/* Never NULL. All of it lies in the source's arena; `workers` threads (core/base/work.h) share the reading. */
struct processes *processes_read(struct source *source, unsigned workers);

/* By number, or NULL. */
struct process *process_find(const struct processes *processes, int pid);

/*
 * Pins the process again and sees that it is the same one. Returns 0, -ESRCH where it has ended, or another -errno.
 * The pin's path lies in the arena.
 */
int process_pin(const struct processes *processes, const struct process *process, struct arena *arena, struct pin *pin);

/* It is still there, and no zombie: those are in no namespace and no control group any more. */
bool process_runs(const struct processes *processes, const struct process *process);

/* "/proc/4242/status"; of a thread, unless that is 0, "/proc/4242/task/4243/status". */
const char *process_file(struct arena *arena, const struct process *process, int thread, const char *name);

/* /proc/PID/cmdline, its arguments ended by NULL; an empty list where it is empty or cannot be read. */
const char **process_arguments(struct pin *pin, struct arena *arena);

#endif
