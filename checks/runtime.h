/* SPDX-License-Identifier: Apache-2.0 */
/* The programs that run a container. */
#ifndef CHECKS_RUNTIME_H
#define CHECKS_RUNTIME_H

#include "core/source/item.h"
#include "core/subject/subject.h"

/* Where /proc/PID/exe of a process leads, or NULL. */
const char *runtime_executable(const struct subject *subject, const struct process *process, struct arena *arena);

/*
 * "runc", "crun" or what else made the container, by the state that it keeps and by its monitor's word; NULL where neither is there. *path is where
 * it lies, or NULL.
 */
const char *runtime_low_level(const struct subject *subject, struct arena *arena, const char **path);

/* Items for the flaws of a list, "runc:CVE-2024-21626=1.0.0-rc93..1.1.12 …", that the programs which run the container have. */
void runtime_add_flaws(const struct subject *subject, const char *flaws, struct items *items);

#endif
