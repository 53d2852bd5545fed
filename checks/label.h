/* SPDX-License-Identifier: Apache-2.0 */
/* What a security label does. */
#ifndef CHECKS_LABEL_H
#define CHECKS_LABEL_H

#include "core/subject/subject.h"

/* The label keeps a process to what its container needs: 1, it does not: 0. Whether SELinux is enforcing is not asked. */
bool label_confines(struct arena *arena, const char *label);

#endif
