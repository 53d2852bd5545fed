/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the subject share. */
#ifndef CORE_SUBJECT_PRIVATE_H
#define CORE_SUBJECT_PRIVATE_H

#include "core/subject.h"

/* Fills in `mounts` and `tables` of a container whose first process is pinned. */
void subject_read_mounts(struct subject *subject);

#endif
