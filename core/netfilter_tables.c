/* SPDX-License-Identifier: Apache-2.0 */
/* nf_tables, by netlink. The only file that knows libmnl and libnftnl. */
#include "core/netfilter.h"

#include "core/text.h"

#include <errno.h>

#ifdef HAVE_LIBNFTNL

#include <libmnl/libmnl.h>
#include <libnftnl/chain.h>
#include <libnftnl/common.h>
#include <libnftnl/expr.h>
#include <libnftnl/gen.h>
#include <libnftnl/rule.h>
#include <libnftnl/table.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <sys/time.h>

enum {
	CHAINS_MOST = 200000,
	ROOM = 65536,            /* bytes of an answer */
	PATIENCE = 2,            /* seconds for an answer */
	TRIES_MOST = 8,          /* while somebody changes the rules */
};

/* What is read; the chains are those of `filter` from `first` on. */
struct dump {
	struct netfilter *filter;
	size_t first, last;      /* the chain that the last rule was of */
	const char **dormant;    /* scopes of tables that are switched off */
	size_t n_dormant;
	uint32_t generation;     /* counts the changes of the rules */
	int rc;                  /* what stopped it, or 0 */
};

static const char *scope_of(struct arena *arena, uint32_t family, const char *table)
{
	const char *name = family == NFPROTO_INET ? "inet" : family == NFPROTO_IPV4 ? "ip" : family == NFPROTO_IPV6 ? "ip6" : "other";

	return arena_printf(arena, "nftables %s %s", name, table);
}

static bool filters(uint32_t family)
{
	return family == NFPROTO_INET || family == NFPROTO_IPV4 || family == NFPROTO_IPV6;
}

static int stop(struct dump *dump, int code)
{
	dump->rc = -code;
	return MNL_CB_STOP;
}

/* ---- tables ---- */

static int on_table(const struct nlmsghdr *message, void *data)
{
	struct dump *dump = data;
	struct nftnl_table *t = nftnl_table_alloc();
	const char *name;

	if (!t || nftnl_table_nlmsg_parse(message, t) < 0 || !(name = nftnl_table_get_str(t, NFTNL_TABLE_NAME))) {
		if (t)
			nftnl_table_free(t);
		return stop(dump, EBADMSG);
	}
	if (nftnl_table_get_u32(t, NFTNL_TABLE_FLAGS) & NFT_TABLE_F_DORMANT)
		arena_push(dump->filter->arena, dump->dormant, dump->n_dormant) =
			scope_of(dump->filter->arena, nftnl_table_get_u32(t, NFTNL_TABLE_FAMILY), name);
	nftnl_table_free(t);
	return MNL_CB_OK;
}

static bool is_dormant(const struct dump *dump, const char *scope)
{
	for (size_t i = 0; i < dump->n_dormant; i++)
		if (streq(dump->dormant[i], scope))
			return true;
	return false;
}

/* ---- chains ---- */

/* Packets to, through or from this host enter it, and it filters. */
static bool is_base(const struct nftnl_chain *c, enum filter_hook *hook)
{
	const char *type = nftnl_chain_get_str(c, NFTNL_CHAIN_TYPE);
	uint32_t number = nftnl_chain_get_u32(c, NFTNL_CHAIN_HOOKNUM);

	if (!nftnl_chain_is_set(c, NFTNL_CHAIN_HOOKNUM) || !type || !streq(type, "filter"))
		return false;
	*hook = number == NF_INET_LOCAL_IN ? HOOK_INPUT : number == NF_INET_FORWARD ? HOOK_FORWARD : HOOK_OUTPUT;
	return number == NF_INET_LOCAL_IN || number == NF_INET_FORWARD || number == NF_INET_LOCAL_OUT;
}

static void add_chain(struct dump *dump, const struct nftnl_chain *c, uint32_t family)
{
	const char *scope = scope_of(dump->filter->arena, family, nftnl_chain_get_str(c, NFTNL_CHAIN_TABLE));
	struct filter_chain *chain = netfilter_add_chain(dump->filter, scope, nftnl_chain_get_str(c, NFTNL_CHAIN_NAME));

	chain->base = is_base(c, &chain->hook) && !is_dormant(dump, scope);
	chain->family[FAMILY_IP] = family != NFPROTO_IPV6;
	chain->family[FAMILY_IP6] = family != NFPROTO_IPV4;
	chain->policy = nftnl_chain_is_set(c, NFTNL_CHAIN_POLICY) && nftnl_chain_get_u32(c, NFTNL_CHAIN_POLICY) == NF_DROP ? FILTER_DROP : FILTER_ACCEPT;
}

static int on_chain(const struct nlmsghdr *message, void *data)
{
	struct dump *dump = data;
	struct nftnl_chain *c = nftnl_chain_alloc();
	int code = 0;
	uint32_t family;

	if (!c || nftnl_chain_nlmsg_parse(message, c) < 0 || !nftnl_chain_get_str(c, NFTNL_CHAIN_TABLE) || !nftnl_chain_get_str(c, NFTNL_CHAIN_NAME))
		code = EBADMSG;
	else if (dump->filter->n - dump->first >= CHAINS_MOST)
		code = EFBIG;
	else if (filters(family = nftnl_chain_get_u32(c, NFTNL_CHAIN_FAMILY)))
		add_chain(dump, c, family);
	if (c)
		nftnl_chain_free(c);
	return code ? stop(dump, code) : MNL_CB_OK;
}

/* ---- rules ---- */

/* The rule as far as it was looked at. */
struct rule_view {
	bool conditional;
	bool may_leave;          /* under a condition it may leave the chain */
	bool decided;
	struct filter_step step;
};

static void decide(struct rule_view *view, enum filter_verdict verdict, const char *target)
{
	if (view->conditional) {
		view->may_leave = view->may_leave || verdict == FILTER_RETURN || verdict == FILTER_GOTO;
	} else if (!view->decided) {
		view->decided = true;
		view->step = (struct filter_step){ verdict, target };
	}
}

static void look_at_immediate(struct arena *arena, const struct nftnl_expr *e, struct rule_view *view)
{
	const char *chain = nftnl_expr_is_set(e, NFTNL_EXPR_IMM_CHAIN) ? nftnl_expr_get_str(e, NFTNL_EXPR_IMM_CHAIN) : NULL;
	int verdict;

	if (!nftnl_expr_is_set(e, NFTNL_EXPR_IMM_VERDICT))
		return;                      /* a value for another expression */
	verdict = (int)nftnl_expr_get_u32(e, NFTNL_EXPR_IMM_VERDICT);
	if (verdict == NF_ACCEPT || verdict == NF_DROP)
		decide(view, verdict == NF_DROP ? FILTER_DROP : FILTER_ACCEPT, NULL);
	else if (verdict == NF_QUEUE)
		decide(view, FILTER_QUEUE, NULL);
	else if (verdict == NFT_RETURN)
		decide(view, FILTER_RETURN, NULL);
	else if ((verdict == NFT_JUMP || verdict == NFT_GOTO) && chain)
		decide(view, verdict == NFT_JUMP ? FILTER_JUMP : FILTER_GOTO, arena_strdup(arena, chain));
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
	if (streq(name, "match"))
		return nftnl_expr_is_set(e, NFTNL_EXPR_MT_NAME) && streq(nftnl_expr_get_str(e, NFTNL_EXPR_MT_NAME), "comment");
	return list_has("counter log notrack", " ", name) || (streq(name, "meta") && nftnl_expr_is_set(e, NFTNL_EXPR_META_SREG)) ||
	       (streq(name, "ct") && nftnl_expr_is_set(e, NFTNL_EXPR_CT_SREG));
}

static void look_at(struct arena *arena, const struct nftnl_expr *e, struct rule_view *view)
{
	const char *name = nftnl_expr_get_str(e, NFTNL_EXPR_NAME);

	if (streq(name, "immediate")) {
		look_at_immediate(arena, e, view);
	} else if (streq(name, "reject")) {
		decide(view, FILTER_REJECT, NULL);
	} else if (streq(name, "queue")) {
		decide(view, FILTER_QUEUE, NULL);
	} else if (streq(name, "target")) {
		look_at_target(e, view);
	} else if (!is_statement(e, name)) {
		view->conditional = true;
		if (streq(name, "lookup") && nftnl_expr_is_set(e, NFTNL_EXPR_LOOKUP_DREG) && nftnl_expr_get_u32(e, NFTNL_EXPR_LOOKUP_DREG) == NFT_REG_VERDICT)
			view->may_leave = true;      /* a map of verdicts */
	}
}

static struct filter_chain *chain_of(struct dump *dump, const struct nftnl_rule *r)
{
	const char *table = nftnl_rule_get_str(r, NFTNL_RULE_TABLE), *name = nftnl_rule_get_str(r, NFTNL_RULE_CHAIN), *scope;
	size_t n = dump->filter->n - dump->first;

	if (!table || !name || !n)
		return NULL;
	scope = scope_of(dump->filter->arena, nftnl_rule_get_u32(r, NFTNL_RULE_FAMILY), table);
	for (size_t i = 0; i < n; i++) {       /* rules come in the order of their chains */
		size_t at = (dump->last + i) % n;
		struct filter_chain *chain = &dump->filter->list[dump->first + at];

		if (streq(chain->name, name) && streq(chain->scope, scope)) {
			dump->last = at;
			return chain;
		}
	}
	return NULL;
}

static int add_rule(struct dump *dump, const struct nftnl_rule *r)
{
	struct filter_chain *chain = chain_of(dump, r);
	struct nftnl_expr_iter *iter;
	struct rule_view view = { .decided = false };

	if (!chain)
		return 0;                    /* of another family */
	iter = nftnl_expr_iter_create(r);
	if (!iter)
		return ENOMEM;
	for (struct nftnl_expr *e; (e = nftnl_expr_iter_next(iter));)
		look_at(dump->filter->arena, e, &view);
	nftnl_expr_iter_destroy(iter);
	if (view.decided)
		netfilter_step(dump->filter, chain, view.step);
	else if (view.may_leave)
		netfilter_step(dump->filter, chain, (struct filter_step){ .verdict = FILTER_MAY_RETURN });
	return 0;
}

static int on_rule(const struct nlmsghdr *message, void *data)
{
	struct dump *dump = data;
	struct nftnl_rule *r = nftnl_rule_alloc();
	int code = !r || nftnl_rule_nlmsg_parse(message, r) < 0 ? EBADMSG : add_rule(dump, r);

	if (r)
		nftnl_rule_free(r);
	return code ? stop(dump, code) : MNL_CB_OK;
}

/* ---- asking ---- */

static int on_generation(const struct nlmsghdr *message, void *data)
{
	struct dump *dump = data;
	struct nftnl_gen *g = nftnl_gen_alloc();
	int code = !g || nftnl_gen_nlmsg_parse(message, g) < 0 ? EBADMSG : 0;

	if (!code)
		dump->generation = nftnl_gen_get_u32(g, NFTNL_GEN_ID);
	if (g)
		nftnl_gen_free(g);
	return code ? stop(dump, code) : MNL_CB_OK;
}

/* Returns 0, or -errno: -EINTR where the rules have changed while they were read. */
static int ask(struct mnl_socket *socket, uint16_t type, uint32_t sequence, mnl_cb_t each, struct dump *dump)
{
	auto_free char *room = xmalloc(ROOM);
	struct nlmsghdr *request = nftnl_nlmsg_build_hdr(room, type, NFPROTO_UNSPEC, type == NFT_MSG_GETGEN ? NLM_F_ACK : NLM_F_DUMP, sequence);
	ssize_t n;
	int rc;

	if (mnl_socket_sendto(socket, request, request->nlmsg_len) < 0)
		return -errno;
	do {
		n = mnl_socket_recvfrom(socket, room, ROOM);
		if (n < 0)
			return errno == EAGAIN ? -ETIMEDOUT : -errno;
		rc = mnl_cb_run(room, (size_t)n, sequence, mnl_socket_get_portid(socket), each, dump);
	} while (rc > 0);
	return rc < 0 ? -errno : dump->rc;
}

static int read_all(struct mnl_socket *socket, struct dump *dump)
{
	static const struct {
		uint16_t type;
		mnl_cb_t each;
	} questions[] = {
		{ NFT_MSG_GETGEN, on_generation }, { NFT_MSG_GETTABLE, on_table }, { NFT_MSG_GETCHAIN, on_chain }, { NFT_MSG_GETRULE, on_rule },
		{ NFT_MSG_GETGEN, on_generation },
	};
	const struct timeval patience = { .tv_sec = PATIENCE };
	int rc = 0;

	if (mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0)
		return -errno;
	setsockopt(mnl_socket_get_fd(socket), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	for (size_t i = 0; i < ARRAY_LEN(questions) && rc == 0; i++) {
		uint32_t before = dump->generation;

		rc = ask(socket, questions[i].type, (uint32_t)i + 1, questions[i].each, dump);
		if (rc == 0 && i == ARRAY_LEN(questions) - 1 && before != dump->generation)
			rc = -EINTR;
	}
	return rc;
}

int netfilter_add_tables(struct netfilter *filter)
{
	size_t first = filter->n;
	int rc = -EINTR;

	for (int i = 0; i < TRIES_MOST && rc == -EINTR; i++) {
		struct mnl_socket *socket = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC);
		struct dump dump = { .filter = filter, .first = first };

		filter->n = first;
		rc = socket ? read_all(socket, &dump) : -errno;
		if (socket)
			mnl_socket_close(socket);
	}
	return rc == -EINTR ? -EBUSY : rc;
}

#else

int netfilter_add_tables(struct netfilter *filter)
{
	(void)filter;
	return -ENOTSUP;
}

#endif
