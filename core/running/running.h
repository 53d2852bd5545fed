/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The programs that run on a host, by /proc/PID/exe: the file that the kernel executes, and not what a process calls itself. Kernel threads are
 * none. Those of containers are listed, too, and told apart by their root directory.
 */
#ifndef CORE_RUNNING_H
#define CORE_RUNNING_H

#include "core/source/pin.h"
#include "core/subject/subject.h"

struct running {
	int pid;
	const char *exe;             /* as in /proc/PID/exe, without " (deleted)" */
	const char *shown;           /* the same, safe for printing */
	const char *applet;          /* of a busybox that root runs: which of its commands; else NULL */
	bool deleted;                /* the file is not there any more, or another is in its place */
	bool elsewhere;              /* its root directory is not the host's: a container's, or a chroot */
};

struct running_list {
	struct source *source;
	enum state state;            /* UNAVAILABLE: no running system */
	const char *why;
	struct running *list;        /* by pid */
	size_t n;
	size_t hidden;               /* processes whose program cannot be seen by this user */
	const char *hidden_why;      /* a clause on them; NULL: none */
};

/* Never NULL. */
const struct running_list *subject_running(const struct subject *subject);
struct running_list *running_read(struct source *source, struct arena *arena);

/*
 * One of the words, separated by spaces, is its path or the last part of that; "*" and "?" stand for what they do in a shell. /usr/sbin/x and
 * /sbin/x are the same.
 */
bool running_is(const struct running *program, const char *words);

/* Opens /proc/PID and sees that it still runs that program. Returns 0, or -errno; the pin's path lies in the arena. */
int running_pin(const struct running_list *programs, const struct running *program, struct arena *arena, struct pin *pin);

#endif
