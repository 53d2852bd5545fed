/* SPDX-License-Identifier: Apache-2.0 */
/* Every check there is: one descriptor per file in this folder, one row each in registry.c. */
#ifndef CHECKS_CHECKS_H
#define CHECKS_CHECKS_H

#include "core/check.h"

extern const struct check check_cmdline;
extern const struct check check_kconfig;
extern const struct check check_sysctl;

/* The table, ended by NULL. */
extern const struct check *const checks[];

#endif
