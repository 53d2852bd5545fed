/* SPDX-License-Identifier: Apache-2.0 */
/* Which file a daemon reads. Apart from the plan, whose benchmarks and this one's documents both know a struct value. */
#ifndef CORE_FIX_DAEMON_H
#define CORE_FIX_DAEMON_H

#include "core/subject/subject.h"

/* As printed, by the name of its program; the default where no daemon is known to read another; NULL: it has none. */
const char *fix_daemon_file(const struct subject *host, const char *name);

#endif
