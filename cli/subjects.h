/* SPDX-License-Identifier: Apache-2.0 */
/* What --subject asks for. */
#ifndef CLI_SUBJECTS_H
#define CLI_SUBJECTS_H

#include "cli/options.h"
#include "core/audit/audit.h"

/* "host", "containers", "sandboxes", or the name or id of a container. */
struct subject_filter subjects_asked_for(const struct options *options);

/* Returns 0, or -ENOENT with a sentence: a name that is no container's is a mistake, or a container that is gone; no audit of it is no pass. */
int subjects_missing(const struct audit *audit, const struct options *options, struct err *err);

#endif
