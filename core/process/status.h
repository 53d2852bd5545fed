/* SPDX-License-Identifier: Apache-2.0 */
/* The fields of /proc/PID/status that a judgement rests on; see proc_pid_status(5). */
#ifndef CORE_STATUS_H
#define CORE_STATUS_H

#include "core/base/arena.h"

enum cap_set { CAP_INHERITABLE, CAP_PERMITTED, CAP_EFFECTIVE, CAP_BOUNDING, CAP_AMBIENT, CAP_SETS };

enum id_kind { ID_REAL, ID_EFFECTIVE, ID_SAVED, ID_FILESYSTEM, ID_KINDS };

enum { STATUS_GROUPS = 256, STATUS_LEVELS = 33 };   /* pid namespaces nest 32 deep */

/* What each thread of a process has for itself, whatever the libraries make of it; see the NOTES of credentials(7), and seccomp(2). */
enum status_part { PART_USERS, PART_GROUPS, PART_CAPABILITIES, PART_SECCOMP, PART_NO_NEW_PRIVS, STATUS_PARTS };

struct status {
	uint32_t uid[ID_KINDS], gid[ID_KINDS];   /* as our own user namespace numbers them */
	uint32_t *groups;                        /* the first STATUS_GROUPS of them */
	size_t n_groups;                         /* all */
	bool group_zero;                         /* gid 0 is among them, wherever it stands */
	int pids[STATUS_LEVELS];                 /* NStgid: our number first, that in the innermost pid namespace last */
	size_t n_pids;                           /* 0: the kernel does not tell (before 4.1) */
	uint64_t caps[CAP_SETS];
	int no_new_privs;                        /* -1: the kernel does not tell */
	int seccomp;                             /* 0 off, 1 strict, 2 filter; -1: does not tell */
	int seccomp_filters;                     /* -1: does not tell (before 5.9) */
	int thread[STATUS_PARTS];                /* the number of the thread that has more than the first one; 0: none has */
};

enum { STATUS_LIMIT = 4 << 20 };   /* bytes; 65,536 groups make 722 KB */

/*
 * Parses the whole text. False where a line that a judgement rests on (Uid, Gid, the capability sets) is not there or not understood: a
 * file cut short is no status.
 */
bool status_parse(struct status *status, struct arena *arena, const char *text);

/*
 * Adds what another thread of the process has: its capabilities and groups, root's number where it is root, and its filter and no_new_privs
 * where they are weaker. The groups lie in the arena.
 */
void status_fold(struct status *status, struct arena *arena, const struct status *thread, int number);

/*
 * What a process holds, and what root gets by executing any program: all that its bounding and inheritable sets allow, unless no_new_privs is
 * set. The ambient set is a part of the permitted one. Only root of our own user namespace is known to be one.
 */
uint64_t status_usable(const struct status *status);

/* "CAP_SYS_ADMIN" for 21, "CAP_63" for a bit without a name. */
const char *capability_name(struct arena *arena, unsigned bit);

/* The bit of "CAP_SYS_ADMIN", or -1. */
int capability_bit(const char *name);

/* The names of a mask's bits, separated by spaces; "" for none. */
char *capability_names(struct arena *arena, uint64_t mask);

/* Bits of <linux/capability.h> by which code reasons. */
enum capability {
	CAPABILITY_DAC_OVERRIDE = 1, CAPABILITY_DAC_READ_SEARCH = 2, CAPABILITY_NET_RAW = 13, CAPABILITY_SYS_MODULE = 16, CAPABILITY_SYS_RAWIO = 17,
	CAPABILITY_SYS_PTRACE = 19, CAPABILITY_SYS_ADMIN = 21, CAPABILITY_MKNOD = 27,
};

static inline bool caps_have(uint64_t mask, enum capability bit)
{
	return mask >> bit & 1;
}

#endif
