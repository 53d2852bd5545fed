/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of nf_tables, expression by expression: which packets they take, and what becomes of those. */
#include "core/firewall/netfilter_rule.h"

#include "core/base/text.h"

#include <errno.h>

#ifdef HAVE_LIBNFTNL

#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/rtnetlink.h>

/* What was loaded last, for the comparison that follows. */
enum loaded { LOADED_OTHER, LOADED_PROTOCOL, LOADED_STATE, LOADED_INTERFACE, LOADED_FAMILY, LOADED_TYPE };

/* The rule as far as it was looked at. */
struct rule_view {
	struct arena *arena;
	const struct known_sets *sets;
	const char *scope;
	struct filter_condition condition;
	enum loaded loaded;
	uint32_t mask;           /* of a state */
	bool may_leave;          /* under a condition it may leave the chain */
	bool decided;
	struct filter_step step;
};

/* Nothing behind the first verdict counts. */
static void decide(struct rule_view *view, enum filter_verdict verdict, const char *target)
{
	struct filter_step step = { .verdict = verdict, .target = target };

	if (view->decided)
		return;
	view->decided = condition_step(&view->condition, &step);
	view->step = step;
}

bool netfilter_rule_verdict(struct arena *arena, int verdict, const char *chain, struct filter_step *step)
{
	*step = (struct filter_step){ .verdict = FILTER_RETURN };
	if (verdict == NF_ACCEPT || verdict == NF_DROP)
		step->verdict = verdict == NF_DROP ? FILTER_DROP : FILTER_ACCEPT;
	else if (verdict == NF_QUEUE)
		step->verdict = FILTER_QUEUE;
	else if ((verdict == NFT_JUMP || verdict == NFT_GOTO) && chain)
		*step = (struct filter_step){ .verdict = verdict == NFT_JUMP ? FILTER_JUMP : FILTER_GOTO, .target = arena_strdup(arena, chain) };
	else
		return verdict == NFT_RETURN;
	return true;
}

static void look_at_immediate(const struct nftnl_expr *e, struct rule_view *view)
{
	const char *chain = nftnl_expr_is_set(e, NFTNL_EXPR_IMM_CHAIN) ? nftnl_expr_get_str(e, NFTNL_EXPR_IMM_CHAIN) : NULL;
	struct filter_step step;

	/* else it is a value for another expression */
	if (nftnl_expr_is_set(e, NFTNL_EXPR_IMM_VERDICT) &&
	    netfilter_rule_verdict(view->arena, (int)nftnl_expr_get_u32(e, NFTNL_EXPR_IMM_VERDICT), chain, &step))
		decide(view, step.verdict, step.target);
}

static void look_at_target(const struct nftnl_expr *e, struct rule_view *view)
{
	const char *name = nftnl_expr_is_set(e, NFTNL_EXPR_TG_NAME) ? nftnl_expr_get_str(e, NFTNL_EXPR_TG_NAME) : "";

	if (streq(name, "REJECT"))
		decide(view, FILTER_REJECT, NULL);
	else if (streq(name, "NFQUEUE"))
		decide(view, FILTER_QUEUE, NULL);
}

/* Sets something or tells of the packet, and lets every packet on. */
static bool is_statement(const struct nftnl_expr *e, const char *name)
{
	return list_has("counter log notrack", " ", name) || (streq(name, "meta") && nftnl_expr_is_set(e, NFTNL_EXPR_META_SREG)) ||
	       (streq(name, "ct") && nftnl_expr_is_set(e, NFTNL_EXPR_CT_SREG));
}

/* ---- conditions of a rule ---- */

/* True where the expression loads something into a register, which is no condition yet. */
static bool look_at_load(const struct nftnl_expr *e, const char *name, struct rule_view *view)
{
	uint32_t key;

	if (!list_has("meta ct fib payload", " ", name))
		return false;
	view->loaded = LOADED_OTHER;
	view->mask = ~0U;
	if (streq(name, "meta")) {
		key = nftnl_expr_get_u32(e, NFTNL_EXPR_META_KEY);
		view->loaded = key == NFT_META_L4PROTO ? LOADED_PROTOCOL : key == NFT_META_NFPROTO ? LOADED_FAMILY
			     : key == NFT_META_IIF || key == NFT_META_IIFNAME || key == NFT_META_OIF || key == NFT_META_OIFNAME ? LOADED_INTERFACE : LOADED_OTHER;
	} else if (streq(name, "ct")) {
		view->loaded = nftnl_expr_get_u32(e, NFTNL_EXPR_CT_KEY) == NFT_CT_STATE ? LOADED_STATE : LOADED_OTHER;
	} else if (streq(name, "fib") && nftnl_expr_get_u32(e, NFTNL_EXPR_FIB_RESULT) == NFT_FIB_RESULT_ADDRTYPE &&
		   nftnl_expr_get_u32(e, NFTNL_EXPR_FIB_FLAGS) == NFTA_FIB_F_DADDR) {
		view->loaded = LOADED_TYPE;
	} else if (streq(name, "payload") && nftnl_expr_get_u32(e, NFTNL_EXPR_PAYLOAD_BASE) == NFT_PAYLOAD_NETWORK_HEADER &&
		   nftnl_expr_get_u32(e, NFTNL_EXPR_PAYLOAD_LEN) == 1) {
		key = nftnl_expr_get_u32(e, NFTNL_EXPR_PAYLOAD_OFFSET);
		view->loaded = key == offsetof(struct iphdr, protocol) || key == offsetof(struct ip6_hdr, ip6_nxt) ? LOADED_PROTOCOL : LOADED_OTHER;
	}
	return true;
}

static uint32_t first_number(const void *data, uint32_t size)
{
	uint32_t number = 0;

	if (data)
		memcpy(&number, data, size < sizeof(number) ? size : sizeof(number));
	return number;
}

/* The lowest byte of what was loaded: protocols and families are bytes. */
static uint8_t first_byte(uint32_t number)
{
	uint8_t bytes[sizeof(number)];

	memcpy(bytes, &number, sizeof(number));
	return bytes[0];
}

/* One value, or one of a set. */
static bool meets_most(const struct rule_view *view, uint32_t value, bool not)
{
	uint8_t byte = first_byte(value);

	if (view->loaded == LOADED_PROTOCOL)
		return not || byte == IPPROTO_TCP || byte == IPPROTO_UDP;
	if (view->loaded == LOADED_STATE)
		return (bool)(value & NF_CT_STATE_BIT(IP_CT_NEW)) != not;
	return not || (view->loaded == LOADED_TYPE && value == RTN_LOCAL);
}

static void look_at_cmp(const struct nftnl_expr *e, struct rule_view *view)
{
	uint32_t size = 0, op = nftnl_expr_get_u32(e, NFTNL_EXPR_CMP_OP);
	const void *data = nftnl_expr_get(e, NFTNL_EXPR_CMP_DATA, &size);
	uint32_t value = first_number(data, size);
	bool not = op == NFT_CMP_NEQ;

	if (view->loaded == LOADED_FAMILY && (op == NFT_CMP_EQ || not)) {
		view->condition.except |= (first_byte(value) == NFPROTO_IPV4) == not ? 1u << FAMILY_IP : 1u << FAMILY_IP6;
		return;
	}
	if (view->loaded == LOADED_STATE && view->mask != ~0U) {      /* (state & mask) != 0 */
		value = view->mask;
		not = !not;
	}
	condition_add(&view->condition, (op == NFT_CMP_EQ || op == NFT_CMP_NEQ) && meets_most(view, value, not) ? MEETS_MOST : MEETS_FEW);
}

static const struct known_set *set_of(const struct rule_view *view, const char *name)
{
	for (size_t i = 0; name && i < view->sets->n; i++)
		if (streq(view->sets->list[i].name, name) && streq(view->sets->list[i].scope, view->scope))
			return view->sets->list[i].complete ? &view->sets->list[i] : NULL;
	return NULL;
}

/* What a map of verdicts does with most packets; one that is not known may let them in. */
static void look_at_map(const struct known_set *map, bool broad, struct rule_view *view)
{
	view->may_leave = true;
	if (!broad || view->decided || view->condition.meets == MEETS_FEW)
		return;
	if (!map) {
		view->step = (struct filter_step){ .verdict = FILTER_UNKNOWN, .partial = true, .except = view->condition.except };
		view->decided = true;
	}
	for (size_t i = 0; map && i < map->n && !view->decided; i++) {
		enum filter_verdict verdict = map->steps[i].verdict;

		if (!meets_most(view, map->values[i], false) || (verdict != FILTER_ACCEPT && verdict != FILTER_JUMP && verdict != FILTER_GOTO))
			continue;
		view->step = map->steps[i];
		view->step.partial = true;
		view->step.except = view->condition.except;
		view->decided = true;
	}
}

static void look_at_lookup(const struct nftnl_expr *e, struct rule_view *view)
{
	bool not = nftnl_expr_is_set(e, NFTNL_EXPR_LOOKUP_FLAGS) && (nftnl_expr_get_u32(e, NFTNL_EXPR_LOOKUP_FLAGS) & NFT_LOOKUP_F_INV);
	bool most = not, broad = view->loaded == LOADED_PROTOCOL || view->loaded == LOADED_STATE;
	const struct known_set *set = set_of(view, nftnl_expr_get_str(e, NFTNL_EXPR_LOOKUP_SET));

	if (nftnl_expr_is_set(e, NFTNL_EXPR_LOOKUP_DREG)) {
		if (nftnl_expr_get_u32(e, NFTNL_EXPR_LOOKUP_DREG) == NFT_REG_VERDICT)
			look_at_map(set, broad, view);
		condition_add(&view->condition, MEETS_FEW);
		return;
	}
	view->condition.doubtful = view->condition.doubtful || (!set && broad);
	for (size_t i = 0; set && broad && i < set->n; i++)
		most = most || meets_most(view, set->values[i], false);
	condition_add(&view->condition, most || (!set && broad) ? MEETS_MOST : MEETS_FEW);
}

/* A match of iptables within a rule of nf_tables. */
static void look_at_match(const struct nftnl_expr *e, struct rule_view *view)
{
	uint32_t size = 0;
	const void *data = nftnl_expr_get(e, NFTNL_EXPR_MT_INFO, &size);
	const char *name = nftnl_expr_is_set(e, NFTNL_EXPR_MT_NAME) ? nftnl_expr_get_str(e, NFTNL_EXPR_MT_NAME) : "";

	condition_add(&view->condition, condition_of_match(name, nftnl_expr_get_u32(e, NFTNL_EXPR_MT_REV), data, data ? size : 0));
}

static void look_at(const struct nftnl_expr *e, struct rule_view *view)
{
	const char *name = nftnl_expr_get_str(e, NFTNL_EXPR_NAME);
	uint32_t size = 0;

	if (streq(name, "immediate")) {
		look_at_immediate(e, view);
	} else if (streq(name, "reject")) {
		decide(view, FILTER_REJECT, NULL);
	} else if (streq(name, "queue")) {
		decide(view, FILTER_QUEUE, NULL);
	} else if (streq(name, "target")) {
		look_at_target(e, view);
	} else if (is_statement(e, name) || look_at_load(e, name, view)) {
		return;
	} else if (streq(name, "bitwise")) {
		const void *mask = nftnl_expr_get(e, NFTNL_EXPR_BITWISE_MASK, &size);

		view->mask = first_number(mask, size);
	} else if (streq(name, "cmp")) {
		look_at_cmp(e, view);
	} else if (streq(name, "lookup")) {
		look_at_lookup(e, view);
	} else if (streq(name, "match")) {
		look_at_match(e, view);
	} else {
		condition_add(&view->condition, streq(name, "limit") ? MEETS_MOST : MEETS_FEW);
	}
}

int netfilter_rule_step(struct arena *arena, const struct known_sets *sets, const char *scope, const struct nftnl_rule *rule, struct filter_step *step,
			bool *matters)
{
	struct nftnl_expr_iter *iter = nftnl_expr_iter_create(rule);
	struct rule_view view = { .arena = arena, .sets = sets, .scope = scope };

	if (!iter)
		return ENOMEM;
	for (struct nftnl_expr *e; (e = nftnl_expr_iter_next(iter));)
		look_at(e, &view);
	nftnl_expr_iter_destroy(iter);
	*matters = view.decided || view.may_leave;
	*step = view.decided ? view.step : (struct filter_step){ .verdict = FILTER_MAY_RETURN, .except = view.condition.except };
	return 0;
}

#endif
