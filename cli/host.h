/* SPDX-License-Identifier: Apache-2.0 */
/* What a verb looks at: the running host, a captured root, or single files. */
#ifndef CLI_HOST_H
#define CLI_HOST_H

#include "cli/options.h"
#include "core/subject/subject.h"

/* When the run starts, in seconds since 1970. SOURCE_DATE_EPOCH sets it, for reports that are the same to the byte. */
int64_t host_now(void);

/* Returns 0, or -errno with a sentence. The caller frees the subject. */
int host_open(struct subject **host, const struct options *options, struct err *err);

/* The same, and all that is asked of it is kept for a snapshot. */
int host_open_to_record(struct subject **host, const struct options *options, struct err *err);

/* What is replayed, with no option but the directory of a snapshot. */
int host_open_snapshot(struct subject **host, const char *directory, struct err *err);

#endif
