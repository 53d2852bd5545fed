/* SPDX-License-Identifier: Apache-2.0 */
/* Between netfilter_tables.c, which asks the kernel, and netfilter_rule.c, which understands its rules. Nobody else includes this. */
#ifndef CORE_NETFILTER_RULE_H
#define CORE_NETFILTER_RULE_H

#include "core/firewall/netfilter_condition.h"

enum { SET_VALUES = 64 };

/* A set, or a map of verdicts, of protocols or states of connections. */
struct known_set {
	const char *scope, *name;
	bool complete;               /* all of it was read, and it cannot change while nobody changes the rules */
	uint32_t values[SET_VALUES];
	struct filter_step steps[SET_VALUES];   /* of a map: the verdict for each */
	size_t n;
};

struct known_sets {
	struct known_set *list;
	size_t n;
};

struct nftnl_rule;

/* The step that a rule is; false where it is none that matters. Returns 0, or an errno. */
int netfilter_rule_step(struct arena *arena, const struct known_sets *sets, const char *scope, const struct nftnl_rule *rule, struct filter_step *step,
			bool *matters);

/* The verdict of nf_tables as a step. False: another one. */
bool netfilter_rule_verdict(struct arena *arena, int verdict, const char *chain, struct filter_step *step);

#endif
