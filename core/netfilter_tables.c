/* SPDX-License-Identifier: Apache-2.0 */
/* nf_tables, by netlink. The only file that knows libmnl and libnftnl. */
#include "core/netfilter.h"

#include "core/text.h"

#include <errno.h>

#ifdef HAVE_LIBNFTNL

#include <inttypes.h>
#include <libmnl/libmnl.h>
#include <libnftnl/chain.h>
#include <libnftnl/common.h>
#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <sys/time.h>

enum { CHAINS_MOST = 4096, ROOM = 65536, PATIENCE = 2 };   /* bytes; seconds for an answer */

/* A chain while it is read, with the names by which rules refer to it. */
struct base {
	struct filter_chain chain;
	uint32_t family;
	const char *table, *name;
	bool closed;             /* no later rule of it sees a packet */
};

struct dump {
	struct arena *arena;
	struct base *list;
	size_t n;
};

static const char *family_name(uint32_t family)
{
	return family == NFPROTO_INET ? "inet" : family == NFPROTO_IPV4 ? "ip" : "ip6";
}

/* Chains that packets to, through or from this host enter, and that filter. */
static bool is_filter(const struct nftnl_chain *c, enum filter_hook *hook)
{
	uint32_t family = nftnl_chain_get_u32(c, NFTNL_CHAIN_FAMILY), number;
	const char *type = nftnl_chain_get_str(c, NFTNL_CHAIN_TYPE);

	if (!nftnl_chain_is_set(c, NFTNL_CHAIN_HOOKNUM) || !type || !streq(type, "filter"))
		return false;
	if (family != NFPROTO_INET && family != NFPROTO_IPV4 && family != NFPROTO_IPV6)
		return false;
	number = nftnl_chain_get_u32(c, NFTNL_CHAIN_HOOKNUM);
	*hook = number == NF_INET_LOCAL_IN ? HOOK_INPUT : number == NF_INET_FORWARD ? HOOK_FORWARD : HOOK_OUTPUT;
	return number == NF_INET_LOCAL_IN || number == NF_INET_FORWARD || number == NF_INET_LOCAL_OUT;
}

static void add_chain(struct dump *dump, const struct nftnl_chain *c)
{
	struct base base = { .family = nftnl_chain_get_u32(c, NFTNL_CHAIN_FAMILY) };
	const char *table = nftnl_chain_get_str(c, NFTNL_CHAIN_TABLE), *name = nftnl_chain_get_str(c, NFTNL_CHAIN_NAME), *shown;

	if (!table || !name || dump->n == CHAINS_MOST || !is_filter(c, &base.chain.hook))
		return;
	base.table = arena_strdup(dump->arena, table);
	base.name = arena_strdup(dump->arena, name);
	shown = arena_printf(dump->arena, "nftables %s %s %s", family_name(base.family), table, name);
	base.chain.name = text_safe(dump->arena, shown, strlen(shown), 256);
	base.chain.family[FAMILY_IP] = base.family != NFPROTO_IPV6;
	base.chain.family[FAMILY_IP6] = base.family != NFPROTO_IPV4;
	base.chain.otherwise = nftnl_chain_get_u32(c, NFTNL_CHAIN_POLICY) == NF_DROP ? "drop" : "accept";
	arena_push(dump->arena, dump->list, dump->n) = base;
}

static int on_chain(const struct nlmsghdr *message, void *data)
{
	struct nftnl_chain *c = nftnl_chain_alloc();

	if (c && nftnl_chain_nlmsg_parse(message, c) == 0)
		add_chain(data, c);
	if (c)
		nftnl_chain_free(c);
	return MNL_CB_OK;
}

/* What a rule does with every packet: "drop", "reject", "accept", or NULL where it has a condition or does something else. */
static const char *verdict_of(const struct nftnl_rule *r)
{
	struct nftnl_expr_iter *iter = nftnl_expr_iter_create(r);
	const char *verdict = NULL;
	bool conditional = !iter;

	for (struct nftnl_expr *e; !conditional && (e = nftnl_expr_iter_next(iter));) {
		const char *name = nftnl_expr_get_str(e, NFTNL_EXPR_NAME);

		if (streq(name, "counter") || streq(name, "log"))
			continue;
		if (streq(name, "reject"))
			verdict = "reject";
		else if (streq(name, "target") && nftnl_expr_is_set(e, NFTNL_EXPR_TG_NAME) && streq(nftnl_expr_get_str(e, NFTNL_EXPR_TG_NAME), "REJECT"))
			verdict = "reject";
		else if (streq(name, "immediate") && nftnl_expr_is_set(e, NFTNL_EXPR_IMM_VERDICT) && nftnl_expr_get_u32(e, NFTNL_EXPR_IMM_VERDICT) <= NF_ACCEPT)
			verdict = nftnl_expr_get_u32(e, NFTNL_EXPR_IMM_VERDICT) == NF_DROP ? "drop" : "accept";
		else
			conditional = true;
	}
	if (iter)
		nftnl_expr_iter_destroy(iter);
	return conditional ? NULL : verdict;
}

static bool is_of(const struct base *base, const struct nftnl_rule *r)
{
	const char *table = nftnl_rule_get_str(r, NFTNL_RULE_TABLE), *chain = nftnl_rule_get_str(r, NFTNL_RULE_CHAIN);

	return table && chain && nftnl_rule_get_u32(r, NFTNL_RULE_FAMILY) == base->family && streq(table, base->table) && streq(chain, base->name);
}

/* Rules come in their order: what the first one without a condition says is what becomes of the rest. */
static void add_rule(struct dump *dump, const struct nftnl_rule *r)
{
	for (size_t i = 0; i < dump->n; i++) {
		struct base *base = &dump->list[i];
		const char *verdict;

		if (!is_of(base, r))
			continue;
		base->chain.rules++;
		verdict = base->closed ? NULL : verdict_of(r);
		if (verdict) {
			base->chain.otherwise = verdict;
			base->closed = true;
		}
		return;
	}
}

static int on_rule(const struct nlmsghdr *message, void *data)
{
	struct nftnl_rule *r = nftnl_rule_alloc();

	if (r && nftnl_rule_nlmsg_parse(message, r) == 0)
		add_rule(data, r);
	if (r)
		nftnl_rule_free(r);
	return MNL_CB_OK;
}

/* Returns 0, or -errno. */
static int ask(struct mnl_socket *socket, uint16_t type, uint32_t sequence, mnl_cb_t each, struct dump *dump)
{
	auto_free char *room = xmalloc(ROOM);
	struct nlmsghdr *request = nftnl_nlmsg_build_hdr(room, type, NFPROTO_UNSPEC, NLM_F_DUMP, sequence);
	ssize_t n;
	int rc;

	if (mnl_socket_sendto(socket, request, request->nlmsg_len) < 0)
		return -errno;
	do {
		n = mnl_socket_recvfrom(socket, room, ROOM);
		if (n < 0)
			return -errno;
		rc = mnl_cb_run(room, (size_t)n, sequence, mnl_socket_get_portid(socket), each, dump);
	} while (rc > 0);
	return rc < 0 ? -errno : 0;
}

static int read_all(struct mnl_socket *socket, struct dump *dump)
{
	const struct timeval patience = { .tv_sec = PATIENCE };
	int rc;

	if (mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0)
		return -errno;
	setsockopt(mnl_socket_get_fd(socket), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	rc = ask(socket, NFT_MSG_GETCHAIN, 1, on_chain, dump);
	return rc < 0 ? rc : ask(socket, NFT_MSG_GETRULE, 2, on_rule, dump);
}

int netfilter_add_tables(struct netfilter *filter, struct arena *arena)
{
	struct mnl_socket *socket = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC);
	struct dump dump = { .arena = arena };
	int rc = socket ? read_all(socket, &dump) : -errno;

	if (socket)
		mnl_socket_close(socket);
	for (size_t i = 0; rc == 0 && i < dump.n; i++)
		arena_push(arena, filter->list, filter->n) = dump.list[i].chain;
	return rc;
}

#else

int netfilter_add_tables(struct netfilter *filter, struct arena *arena)
{
	(void)filter;
	(void)arena;
	return -ENOTSUP;
}

#endif
