/* SPDX-License-Identifier: Apache-2.0 */
/* nf_tables, by netlink. Beside netfilter_rule.c the only file that knows libmnl and libnftnl. */
#include "core/firewall/netfilter_rule.h"

#include "core/base/text.h"

#include <errno.h>

#ifdef HAVE_LIBNFTNL

#include <libmnl/libmnl.h>
#include <libnftnl/chain.h>
#include <libnftnl/common.h>
#include <libnftnl/gen.h>
#include <libnftnl/rule.h>
#include <libnftnl/set.h>
#include <libnftnl/table.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <sys/time.h>

enum {
	CHAINS_MOST = 200000,
	SETS_MOST = 4000,
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
	struct known_sets sets;
	size_t asked;            /* the set whose elements are asked for */
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
	struct filter_step step;
	bool matters = false;
	int code = chain ? netfilter_rule_step(dump->filter->arena, &dump->sets, chain->scope, r, &step, &matters) : 0;   /* none: of another family */

	if (code == 0 && matters)
		netfilter_step(dump->filter, chain, step);
	return code;
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

/* ---- sets ---- */

/* Numbers of nft(8) for what the elements of a set are (its src/datatype.h). */
enum { TYPE_PROTOCOL = 12, TYPE_STATE = 26 };

static int on_set(const struct nlmsghdr *message, void *data)
{
	struct dump *dump = data;
	struct nftnl_set *s = nftnl_set_alloc();
	uint32_t type;

	if (!s || nftnl_set_nlmsg_parse(message, s) < 0) {
		if (s)
			nftnl_set_free(s);
		return stop(dump, EBADMSG);
	}
	type = nftnl_set_get_u32(s, NFTNL_SET_KEY_TYPE);
	if ((type == TYPE_PROTOCOL || type == TYPE_STATE) && filters(nftnl_set_get_u32(s, NFTNL_SET_FAMILY)) && dump->sets.n < SETS_MOST)
		arena_push(dump->filter->arena, dump->sets.list, dump->sets.n) = (struct known_set){
			.scope = scope_of(dump->filter->arena, nftnl_set_get_u32(s, NFTNL_SET_FAMILY), nftnl_set_get_str(s, NFTNL_SET_TABLE)),
			.name = arena_strdup(dump->filter->arena, nftnl_set_get_str(s, NFTNL_SET_NAME)),
			.complete = !(nftnl_set_get_u32(s, NFTNL_SET_FLAGS) & (NFT_SET_INTERVAL | NFT_SET_TIMEOUT | NFT_SET_EVAL)),
		};
	nftnl_set_free(s);
	return MNL_CB_OK;
}

static int add_element(struct nftnl_set_elem *e, void *data)
{
	struct dump *dump = data;
	struct known_set *set = &dump->sets.list[dump->asked];
	uint32_t size = 0;
	const void *key = nftnl_set_elem_get(e, NFTNL_SET_ELEM_KEY, &size);

	if (!key || set->n == SET_VALUES) {
		set->complete = false;
		return 0;
	}
	memcpy(&set->values[set->n], key, size < sizeof(*set->values) ? size : sizeof(*set->values));
	if (nftnl_set_elem_is_set(e, NFTNL_SET_ELEM_VERDICT) &&
	    !netfilter_rule_verdict(dump->filter->arena, (int)nftnl_set_elem_get_u32(e, NFTNL_SET_ELEM_VERDICT),
				    nftnl_set_elem_is_set(e, NFTNL_SET_ELEM_CHAIN) ? nftnl_set_elem_get_str(e, NFTNL_SET_ELEM_CHAIN) : NULL, &set->steps[set->n]))
		set->complete = false;
	set->n++;
	return 0;
}

static int on_elements(const struct nlmsghdr *message, void *data)
{
	struct nftnl_set *s = nftnl_set_alloc();
	int code = !s || nftnl_set_elems_nlmsg_parse(message, s) < 0 ? EBADMSG : 0;

	if (!code)
		nftnl_set_elem_foreach(s, add_element, data);
	if (s)
		nftnl_set_free(s);
	return code ? stop(data, code) : MNL_CB_OK;
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

/* "nftables inet filter" */
static uint16_t family_of(const struct dump *dump)
{
	const char *family = dump->sets.list[dump->asked].scope + strlen("nftables ");

	return starts_with(family, "inet ") ? NFPROTO_INET : starts_with(family, "ip ") ? NFPROTO_IPV4 : NFPROTO_IPV6;
}

/* Which set is asked for. */
static bool name_set(const struct dump *dump, struct nlmsghdr *request)
{
	const struct known_set *known = &dump->sets.list[dump->asked];
	struct nftnl_set *s = nftnl_set_alloc();

	if (!s)
		return false;
	nftnl_set_set_str(s, NFTNL_SET_TABLE, strchr(known->scope + strlen("nftables "), ' ') + 1);
	nftnl_set_set_str(s, NFTNL_SET_NAME, known->name);
	nftnl_set_elems_nlmsg_build_payload(request, s);
	nftnl_set_free(s);
	return true;
}

/* Returns 0, or -errno: -EINTR where the rules have changed while they were read. */
static int ask(struct mnl_socket *socket, uint16_t type, uint32_t sequence, mnl_cb_t each, struct dump *dump)
{
	auto_free char *room = xmalloc(ROOM);
	struct nlmsghdr *request = nftnl_nlmsg_build_hdr(room, type, type == NFT_MSG_GETSETELEM ? family_of(dump) : NFPROTO_UNSPEC,
							 type == NFT_MSG_GETGEN ? NLM_F_ACK : NLM_F_DUMP, sequence);
	ssize_t n;
	int rc;

	if (type == NFT_MSG_GETSETELEM && !name_set(dump, request))
		return -ENOMEM;
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
		{ NFT_MSG_GETGEN, on_generation }, { NFT_MSG_GETTABLE, on_table }, { NFT_MSG_GETCHAIN, on_chain }, { NFT_MSG_GETSET, on_set },
		{ NFT_MSG_GETSETELEM, on_elements }, { NFT_MSG_GETRULE, on_rule }, { NFT_MSG_GETGEN, on_generation },
	};
	const struct timeval patience = { .tv_sec = PATIENCE };
	uint32_t sequence = 0;
	int rc = 0;

	if (mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0)
		return -errno;
	setsockopt(mnl_socket_get_fd(socket), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	for (size_t i = 0; i < ARRAY_LEN(questions) && rc == 0; i++) {
		uint32_t before = dump->generation;

		if (questions[i].type != NFT_MSG_GETSETELEM)
			rc = ask(socket, questions[i].type, ++sequence, questions[i].each, dump);
		for (dump->asked = 0; questions[i].type == NFT_MSG_GETSETELEM && rc == 0 && dump->asked < dump->sets.n; dump->asked++)
			rc = ask(socket, NFT_MSG_GETSETELEM, ++sequence, on_elements, dump);
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
