/* SPDX-License-Identifier: Apache-2.0 */
/* What the process library of procps-ng (libproc2; libprocps before 4.0) says of the live host, by the mounted /proc. */
#ifndef CORE_PROCESS_H
#define CORE_PROCESS_H

#include "core/defs.h"

/* The version of the running kernel, as process_version_code() makes it; or -errno where /proc does not tell. */
int process_kernel_version(void);

/* A version in the library's encoding, which keeps eight bits of the last two parts. */
int process_version_code(unsigned major, unsigned minor, unsigned patch);

#endif
