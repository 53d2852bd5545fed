/* SPDX-License-Identifier: Apache-2.0 */
/* The packet filter of the next boot: what ufw, firewalld, nftables.service and iptables-restore are set up to load. */
#ifndef CORE_FIREWALL_FILES_H
#define CORE_FIREWALL_FILES_H

#include "core/netfilter.h"

/* One of the services that load a packet filter, and is started at boot. */
struct firewall_file {
	const char *name;        /* "ufw", "firewalld", "nftables", "iptables", "ip6tables" */
	const char *origin;      /* the file that says what it does with the rest */
	enum state state;
	const char *why;
	const char *otherwise[FILTER_FAMILIES][FILTER_HOOKS];   /* "accept", "drop", "reject"; NULL: does not filter them */
};

struct firewall_files {
	struct firewall_file *list;
	size_t n;
};

/* Never NULL; lies in the arena. */
struct firewall_files *firewall_files_read(struct source *source, struct arena *arena);

#endif
