/* SPDX-License-Identifier: Apache-2.0 */
/* What the checks of daemons and of configuration documents share: how what was found becomes an item. */
#ifndef CHECKS_DAEMON_ITEM_H
#define CHECKS_DAEMON_ITEM_H

#include "core/benchmark/check.h"
#include "core/daemon/daemon.h"

/* The names of core/daemon/daemon_kinds.c, as a PARAM_WORD wants them. */
#define DAEMON_NAMES "dockerd containerd podman crio kubelet kube-apiserver kube-controller-manager kube-scheduler kube-proxy etcd"

/* True where its daemons are to be looked at; else an item says why not. */
bool daemon_is_here(const struct daemon_set *set, struct items *items);

/* "--icc", of several daemons "--icc of docker.service". In the items' arena. */
const char *daemon_item_name(const struct daemon_set *set, const struct daemon *daemon, const char *name, struct items *items);

/* A word: an integer where it is one, else a string. */
struct item *items_add_word(struct items *items, const char *name, const char *origin, const char *text);

void items_add_said(const struct daemon_set *set, const struct daemon *daemon, const struct said *said, struct items *items);

#endif
