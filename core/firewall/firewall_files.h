/* SPDX-License-Identifier: Apache-2.0 */
/* The packet filter of the next boot: what ufw, firewalld, nftables.service and iptables-restore are set up to load. */
#ifndef CORE_FIREWALL_FILES_H
#define CORE_FIREWALL_FILES_H

#include "core/firewall/netfilter.h"

/* What a service that is started at boot loads. */
struct firewall_file {
	const char *service;     /* "ufw", "firewalld", "nftables", "iptables" */
	const char *origin;      /* the file that decides */
	const struct netfilter *filter;   /* with its state */
	bool doubtful;           /* whether the service loads anything is not known, by the state of the filter */
	bool hole;               /* it lets the packets of some interfaces or addresses past the others: "eth0" */
	const char *of;          /* what the hole is for, or NULL */
};

struct firewall_files {
	struct firewall_file *list;
	size_t n;
	const char *services;    /* those that are started, separated by spaces; "" for none */
	size_t n_services;
};

/* Never NULL; lies in the arena. */
struct firewall_files *firewall_files_read(struct source *source, struct arena *arena);

/* Adds what firewalld loads. */
void firewalld_add(struct firewall_files *files, struct source *source, struct arena *arena);

/* The value of NAME=value or NAME="value" in a file of shell variables, the last one; NULL where there is none. */
const char *firewall_assigned(struct arena *arena, const struct file *file, const char *name);

#endif
