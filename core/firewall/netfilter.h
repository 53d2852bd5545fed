/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A packet filter: its chains, and what becomes of a packet that no condition of their rules takes. That of the running kernel is asked of
 * nf_tables by netlink and of the older ip_tables by getsockopt(2), and nothing is asked of a part that is not loaded: asking would load it.
 * Rule sets of nft(8) and iptables-restore(8) are read into the same form.
 *
 * Of the rules only those are kept that packets meet which no rule mentions, and those that may leave a chain early.
 */
#ifndef CORE_NETFILTER_H
#define CORE_NETFILTER_H

#include "core/source/source.h"

enum filter_hook { HOOK_INPUT, HOOK_FORWARD, HOOK_OUTPUT, FILTER_HOOKS };
enum filter_family { FAMILY_IP, FAMILY_IP6, FILTER_FAMILIES };

enum filter_verdict {
	FILTER_ACCEPT,
	FILTER_DROP,
	FILTER_REJECT,
	FILTER_QUEUE,        /* a program decides */
	FILTER_RETURN,       /* go on in the chain that jumped here; the policy in one that packets enter */
	FILTER_MAY_RETURN,   /* the same under a condition */
	FILTER_JUMP,
	FILTER_GOTO,
	FILTER_UNKNOWN,      /* of netfilter_otherwise(): cannot be followed */
};

struct filter_step {
	enum filter_verdict verdict;
	const char *target;      /* of a jump */
	bool partial;            /* only some of the packets that no rule mentions meet its condition: all of tcp, new connections (netfilter_condition.h) */
	unsigned except;         /* bits 1 << enum filter_family: packets of these do not meet it */
};

struct filter_chain {
	const char *scope, *name;   /* jumps name a chain of the same scope: "nftables inet filter" */
	const char *shown;       /* both, for people */
	bool base;               /* packets enter it from a hook */
	enum filter_hook hook;
	bool family[FILTER_FAMILIES];
	enum filter_verdict policy;   /* of a base chain: FILTER_ACCEPT, FILTER_DROP or FILTER_REJECT */
	struct filter_step *steps;
	size_t n;
};

struct netfilter {
	struct arena *arena;
	enum state state;
	const char *why;
	struct filter_chain *list;
	size_t n;
};

/* How nf_tables came into the kernel, by its configuration. */
enum tables_build { TABLES_UNKNOWN, TABLES_BUILT_IN, TABLES_LOADABLE };

/* Never NULL; lies in the arena. Unavailable in a root that is not the live host, denied without CAP_NET_ADMIN. */
struct netfilter *netfilter_read(struct source *source, enum tables_build build, struct arena *arena);

struct netfilter *netfilter_new(struct arena *arena);

/* A new chain, and the one of that name, made where there is none. It moves when another is made. */
struct filter_chain *netfilter_add_chain(struct netfilter *filter, const char *scope, const char *name);
struct filter_chain *netfilter_chain(struct netfilter *filter, const char *scope, const char *name);

/* The chain, or NULL. */
struct filter_chain *netfilter_find(const struct netfilter *filter, const char *scope, const char *name);

/* Adds a step to the end of the chain, or to its front. */
void netfilter_step(struct netfilter *filter, struct filter_chain *chain, struct filter_step step);
void netfilter_step_first(struct netfilter *filter, struct filter_chain *chain, struct filter_step step);

/*
 * What becomes of the rest on a hook. A packet has to get past every chain, so that the strictest of them decides: *decides is that chain; NULL
 * where no chain filters there.
 */
enum filter_verdict netfilter_otherwise(const struct netfilter *filter, enum filter_hook hook, enum filter_family family,
					const struct filter_chain **decides);

/* "accept", "drop", "reject", "queue". */
const char *filter_verdict_name(enum filter_verdict verdict);

/* "input", "forward", "output"; FILTER_HOOKS for a word that is none. */
enum filter_hook filter_hook_of(const char *name);

/* For a snapshot, and from one, or from what was kept in this run. False: nothing was. */
void netfilter_keep(const struct netfilter *filter, struct source *source);
bool netfilter_recall(struct netfilter *filter, struct source *source);

/* Each adds the chains of a part of the kernel. Returns 0, or -errno. */
int netfilter_add_tables(struct netfilter *filter);
int netfilter_add_legacy(struct netfilter *filter, struct source *source);

/*
 * The entries that ip_tables or ip6_tables gives (linux/netfilter_ipv4/ip_tables.h), and where the chains of the hooks begin in them. Returns 0,
 * or -EBADMSG where they are not what they should be.
 */
struct legacy_entries {
	const unsigned char *data;
	size_t size;
	const unsigned *begin;   /* by enum nf_inet_hooks */
	bool six;
};

int netfilter_add_entries(struct netfilter *filter, const struct legacy_entries *entries);

/*
 * A rule set of nft(8) as the file holds it, with what it includes. What the set flushes or deletes goes. Not understood: STATE_MALFORMED with
 * "FILE:LINE: what".
 */
void netfilter_add_nft_file(struct netfilter *filter, struct source *source, const struct file *file);

/* A table "filter" of iptables-save(8). Not understood: STATE_MALFORMED. */
void netfilter_add_saved(struct netfilter *filter, const struct file *file, enum filter_family family);

#endif
