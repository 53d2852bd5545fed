/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The packet filter of the running kernel: the chains that packets enter, and what becomes of a packet that no rule of a chain takes. Asked of
 * nf_tables by netlink, and of the older ip_tables by getsockopt(2). Nothing is asked of a part that is not loaded: asking would load it.
 */
#ifndef CORE_NETFILTER_H
#define CORE_NETFILTER_H

#include "core/source.h"

enum filter_hook { HOOK_INPUT, HOOK_FORWARD, HOOK_OUTPUT, FILTER_HOOKS };
enum filter_family { FAMILY_IP, FAMILY_IP6, FILTER_FAMILIES };

struct filter_chain {
	const char *name;        /* "nftables inet filter input", "iptables filter INPUT" */
	enum filter_hook hook;
	bool family[FILTER_FAMILIES];
	const char *otherwise;   /* "accept", "drop" or "reject" */
	size_t rules;
};

struct netfilter {
	enum state state;
	const char *why;
	struct filter_chain *list;
	size_t n;
};

/* How nf_tables came into the kernel, by its configuration. */
enum tables_build { TABLES_UNKNOWN, TABLES_BUILT_IN, TABLES_LOADABLE };

/* Never NULL; lies in the arena. Unavailable in a root that is not the live host, denied without CAP_NET_ADMIN. */
struct netfilter *netfilter_read(struct source *source, enum tables_build build, struct arena *arena);

/* "input", …; FILTER_HOOKS for a word that is none. */
enum filter_hook filter_hook_of(const char *name);

/* Each adds the chains of its part. Returns 0, or -errno. */
int netfilter_add_tables(struct netfilter *filter, struct arena *arena);
int netfilter_add_legacy(struct netfilter *filter, struct source *source, struct arena *arena);

#endif
