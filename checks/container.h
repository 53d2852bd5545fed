/* SPDX-License-Identifier: Apache-2.0 */
/* What several checks of a container share. */
#ifndef CHECKS_CONTAINER_H
#define CHECKS_CONTAINER_H

#include "core/container/member.h"
#include "core/source/item.h"
#include "core/subject/subject.h"

/* Where namespaces cannot be seen, processes are told to be of a container only by their cgroup: there may be more. An item says so. */
void note_unseen_members(const struct subject *subject, struct items *items, const char *name);

/*
 * The status of every process of the container was read, as far as they are known. Else an item says whose could not be, so that nothing is
 * judged on a part of them: false. One that has ended meanwhile does not count. Where only some threads of one were not looked at, an item says
 * so, and what the others have is there to be judged.
 */
bool members_were_read(const struct subject *subject, struct items *items, const char *name);

/* The status file of a process, or of the thread of it that has more, in the items' arena. */
const char *status_path(const struct process *process, enum status_part part, const struct items *items);

/* "sleep (pid 4242)", "java (pid 4242, thread 4250)", in the items' arena. */
const char *member_text(const struct process *process, int thread, const struct items *items);

/* "/proc/4242/status" of the container's first process, in the items' arena. */
const char *init_path(const struct subject *subject, const struct items *items, const char *file);

/* A completed look-up found none. */
void items_add_none(struct items *items, const char *name, const char *origin, const char *why);

enum { ITEMS_ENOUGH = 16 };

/* A text, unless an item has it already (another mount namespace of the container shows the same) or there are enough to judge by. */
void items_add_once(struct items *items, const char *name, const char *origin, const char *text);

/* The OCI configuration that it was started with, or NULL and an item that says why it is not known. */
const struct oci_config *config_or_item(const struct subject *subject, struct items *items, const char *name);

/*
 * The mounts that the container's first process sees could be read; else an item says why not: false. An item says also what of those that its
 * other processes see could not be.
 */
bool mounts_were_read(const struct subject *subject, struct items *items, const char *name);

/* One of its processes is in the host's user namespace: 1, none: 0, not known: -1. */
int in_host_user_namespace(const struct subject *subject);

/* This process is: 1, 0 or -1. */
int is_in_host_user_namespace(const struct subject *subject, const struct process *process);

#endif
