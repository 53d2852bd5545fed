/* SPDX-License-Identifier: Apache-2.0 */
/* What the processes of a container hold open, and the directories they work in: each process is asked once for all the rules. */
#ifndef CORE_OPEN_FILES_H
#define CORE_OPEN_FILES_H

#include "core/subject/subject.h"

struct open_file {
	const char *name;            /* "fd/3" */
	struct file link;            /* where it leads */
	int code;                    /* 0, or the -errno of asking for mode and device */
	struct pin_target target;    /* where the link is a path */
};

struct open_files {
	const struct process *process;
	int code;                    /* 0; -ESRCH: it has ended; another -errno: it could not be looked at */
	enum state state;            /* of the list */
	const char *why;             /* unless present */
	struct open_file *list;
	size_t n;
	struct file cwd;             /* where it leads */
	int cwd_code;                /* 0, or the -errno of asking for its place */
	struct place cwd_place;
};

/* How many processes of a container, and files of one of them, are looked at. */
enum { OPEN_FILES_PROCESSES = 64, OPEN_FILES_MOST = 1024 };

/* Of the subject's processes, in the order of its members, n of them: OPEN_FILES_PROCESSES where there are more. */
const struct open_files *open_files_of(const struct subject *subject, size_t *n);

#endif
