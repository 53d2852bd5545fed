/* SPDX-License-Identifier: Apache-2.0 */
/* What the process library of procps-ng (libproc2; libprocps before 4.0) says of the live host, by the mounted /proc. */
#ifndef CORE_PROCPS_H
#define CORE_PROCPS_H

#include "core/base/defs.h"

/* The version of the running kernel, as procps_version_code() makes it; or -errno where /proc does not tell. */
int procps_kernel_version(void);

/* A version in the library's encoding, which keeps eight bits of the last two parts. */
int procps_version_code(unsigned major, unsigned minor, unsigned patch);

#endif
