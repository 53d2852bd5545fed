/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/checks.h"

const struct check *const checks[] = {
	&check_cmdline,
	&check_kconfig,
	&check_sysctl,
	NULL,
};
