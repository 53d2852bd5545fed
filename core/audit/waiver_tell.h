/* SPDX-License-Identifier: Apache-2.0 */
/* What plimsoll finds about the waivers themselves, as results of the host: private to waiver_apply.c and waiver_tell.c. */
#ifndef CORE_WAIVER_TELL_H
#define CORE_WAIVER_TELL_H

#include "core/audit/waiver.h"

/* The rules of the policy for waivers, judged by what became of each; nothing where the host is not among the subjects. */
void waivers_tell(struct audit *audit, const struct waiving *waiving, const struct waiver_use *uses);

#endif
