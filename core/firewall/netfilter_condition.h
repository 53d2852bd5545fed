/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The conditions of a rule of a packet filter, by how many of the packets they take that no rule mentions: a condition such as "tcp", "a new
 * connection" or "not from the loopback" takes some that a stranger may send at will. A rule that accepts these leaves the host open, and one that drops
 * them does not close it.
 */
#ifndef CORE_NETFILTER_CONDITION_H
#define CORE_NETFILTER_CONDITION_H

#include "core/firewall/netfilter.h"

enum filter_meets {
	MEETS_ALL,               /* it is no condition */
	MEETS_MOST,              /* some of the packets that are not mentioned */
	MEETS_FEW,               /* those that it mentions */
};

struct filter_condition {
	enum filter_meets meets;
	unsigned except;         /* families whose packets do not meet it, as in struct filter_step */
	bool doubtful;           /* what it takes lies elsewhere, in a set that has a name */
};

/* All of them have to be met. */
void condition_add(struct filter_condition *condition, enum filter_meets meets);

/* Puts the condition into the step of its rule. False: the rule is none that matters. */
bool condition_step(const struct filter_condition *condition, struct filter_step *step);

/* Of values as nft(8) and iptables(8) write them; lists are separated by commas or spaces, with or without braces. `not`: all but these. */
enum filter_meets condition_of_address(const char *value, bool not);
enum filter_meets condition_of_protocol(const char *value, bool not);
enum filter_meets condition_of_state(const char *value, bool not);
enum filter_meets condition_of_port(const char *value, bool not);

/* Of a match of ip_tables by its name and data (linux/netfilter/xt_*.h). */
enum filter_meets condition_of_match(const char *name, unsigned revision, const void *data, size_t size);

#endif
