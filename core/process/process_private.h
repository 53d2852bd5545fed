/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by process.c and thread.c: single files of /proc/PID, or of /proc/PID/task/TID below it. Nobody else includes this. */
#ifndef CORE_PROCESS_PRIVATE_H
#define CORE_PROCESS_PRIVATE_H

#include "core/process/process.h"

/* Fills in what a stat says. False: not understood. */
bool process_parse_stat(struct process *process, struct arena *arena, const struct file *stat, bool *kernel_thread);

/* The inode of `prefix`ns/KIND; 0 where the link cannot be read. */
uint64_t process_namespace_inode(struct pin *pin, const char *prefix, enum namespace kind, bool *denied);

/* The label in the file of that name. */
void process_read_label(struct process *process, struct pin *pin, const char *name, struct arena *arena);

#endif
