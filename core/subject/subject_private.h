/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the subject share. */
#ifndef CORE_SUBJECT_PRIVATE_H
#define CORE_SUBJECT_PRIVATE_H

#include "core/base/work.h"
#include "core/subject/subject.h"

struct remembered {
	const char *name;
	struct file file;
	struct remembered *next;
};

struct kept_table {
	const void *table;
	const char *key;             /* of a keyed one, or NULL */
	const void *data;
	struct kept_table *next;
};

struct subject_files {
	/* of a container: asked for by one thread */
	struct remembered *first;
	int root;                    /* of its first process, opened once with O_PATH (core/subject/rootfs.c); -1: not yet */
	/* of the host: asked for by several; the tables also of a container */
	pthread_mutex_t lock;
	struct kept_table *tables;
	struct daemon_sockets *sockets;      /* NULL until somebody asks */
	struct arena *arena;         /* holds them */
};

/* Fills in `mounts` and `tables` of a container whose first process is pinned. */
void subject_read_mounts(struct subject *subject);

#endif
