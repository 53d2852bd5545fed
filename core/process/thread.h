/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The other threads of a process. To the kernel each thread has users, groups, capabilities, a filter, namespaces and a label of its own;
 * /proc/PID shows those of the first. What the others have besides is folded into the process's status, so that who looks at a process looks at
 * all of it.
 */
#ifndef CORE_THREAD_H
#define CORE_THREAD_H

#include "core/process/process.h"

/* Of a process whose namespaces, status and label were read through `pin`. What is kept lies in the arena. */
void threads_read(struct process *process, const struct pin *pin, struct arena *arena);

#endif
