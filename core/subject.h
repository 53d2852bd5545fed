/* SPDX-License-Identifier: Apache-2.0 */
/* What a rule is judged on: the host. A subject owns its source and the tables made from it. */
#ifndef CORE_SUBJECT_H
#define CORE_SUBJECT_H

#include "core/kernel.h"
#include "core/mount.h"
#include "core/source.h"

enum { SUBJECT_HOST = 1, SUBJECT_CONTAINER = 2 };

struct subject {
	unsigned kind;             /* SUBJECT_HOST */
	const char *id;            /* "host" */
	const char *name;          /* host name */
	const char *os;            /* PRETTY_NAME of os-release(5), or NULL */
	int64_t now;               /* when the audit started, in seconds since the epoch */
	struct source *source;
	struct kernel *kernel;
	struct mounts *mounts;
};

/* The host whose files `source` serves; reads its name, kernel and mounts. Takes the source over. Freed by subject_free(). */
struct subject *subject_host(struct source *source, int64_t now);
void subject_free(struct subject *subject);

#define auto_subject __attribute__((cleanup(subject_free_)))
static inline void subject_free_(struct subject **subject)
{
	subject_free(*subject);
}

#endif
