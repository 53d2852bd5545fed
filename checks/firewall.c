/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of packets that no rule of the packet filter mentions. */
#include "checks/checks.h"

#include "core/base/text.h"
#include "core/firewall/firewall_files.h"
#include "core/firewall/netfilter.h"

/* A family that the host does not speak needs no filter. Absent: the kernel has no IPv6; empty: no interface has an address. */
static bool is_spoken(const struct subject *subject, enum filter_family family)
{
	const struct file *addresses;

	if (family == FAMILY_IP || !source_is_live(subject->source))
		return true;
	addresses = source_read(subject->source, "proc/self/net/if_inet6", SOURCE_LIMIT);
	return addresses->state != STATE_ABSENT && (addresses->state != STATE_PRESENT || addresses->size);
}

/* What is asked of a filter, and where the answer goes. */
struct question {
	enum filter_hook hook;
	enum filter_family family;
	struct items *items;
};

static void add_verdict(const struct question *q, enum filter_verdict verdict, const char *name, const char *origin)
{
	if (verdict == FILTER_UNKNOWN)
		items_add_state(q->items, name, origin, STATE_BROKEN, "its jumps cannot be followed");
	else
		items_add_text(q->items, name, origin, filter_verdict_name(verdict));
}

/* ---- the running kernel ---- */

static void *read_unknown(struct source *source, struct arena *arena)
{
	return netfilter_read(source, TABLES_UNKNOWN, arena);
}

static void *read_built_in(struct source *source, struct arena *arena)
{
	return netfilter_read(source, TABLES_BUILT_IN, arena);
}

static void *read_loadable(struct source *source, struct arena *arena)
{
	return netfilter_read(source, TABLES_LOADABLE, arena);
}

static const struct netfilter *running(const struct subject *subject)
{
	static const struct host_table tables[] = {
		[TABLES_UNKNOWN] = { read_unknown }, [TABLES_BUILT_IN] = { read_built_in }, [TABLES_LOADABLE] = { read_loadable },
	};
	const struct kconfig *kconfig = subject->kernel->kconfig;
	const char *built = kconfig->state == STATE_PRESENT ? kconfig_get(kconfig, "NF_TABLES") : NULL;

	return subject_table(subject, &tables[kconfig->state != STATE_PRESENT ? TABLES_UNKNOWN : built && streq(built, "y") ? TABLES_BUILT_IN : TABLES_LOADABLE]);
}

static void observe_running(const struct subject *subject, const struct question *q)
{
	const struct netfilter *filter = running(subject);
	const struct filter_chain *decides;
	enum filter_verdict verdict;

	if (filter->state != STATE_PRESENT) {
		items_add_state(q->items, "firewall", "netlink(7)", filter->state, "%s", filter->why);
		return;
	}
	verdict = netfilter_otherwise(filter, q->hook, q->family, &decides);
	if (decides)
		add_verdict(q, verdict, decides->shown, "netlink(7)");
	else
		items_add_state(q->items, "firewall", "netlink(7)", STATE_ABSENT, "no chain of the packet filter is there");
}

/* ---- the next boot ---- */

static void *read_files(struct source *source, struct arena *arena)
{
	return firewall_files_read(source, arena);
}

static const struct firewall_files *configured(const struct subject *subject)
{
	static const struct host_table table = { read_files };

	return subject_table(subject, &table);
}

static bool is_strict(enum filter_verdict verdict)
{
	return verdict == FILTER_DROP || verdict == FILTER_REJECT;
}

/* Each service loads chains of its own, and a packet has to get past all of them: the strictest decides. */
static bool add_strictest(const struct firewall_files *files, const struct question *q)
{
	const struct filter_chain *decides = NULL;
	const struct firewall_file *by = NULL;
	enum filter_verdict verdict = FILTER_ACCEPT;

	for (size_t i = 0; i < files->n; i++) {
		const struct firewall_file *f = &files->list[i];
		const struct filter_chain *chain;
		enum filter_verdict own;

		if (f->hole || f->filter->state != STATE_PRESENT)
			continue;
		own = netfilter_otherwise(f->filter, q->hook, q->family, &chain);
		if (chain && (!by || (is_strict(own) && !is_strict(verdict)))) {
			by = f;
			decides = chain;
			verdict = own;
		}
	}
	if (by)
		add_verdict(q, verdict, arena_printf(q->items->arena, "%s, %s", by->service, decides->shown), by->origin);
	return by && is_strict(verdict);
}

/* What some packets may do although the others may not. */
static void add_holes(const struct firewall_files *files, const struct question *q)
{
	for (size_t i = 0; i < files->n; i++) {
		const struct firewall_file *f = &files->list[i];
		const struct filter_chain *chain;
		enum filter_verdict verdict;

		if (!f->hole)
			continue;
		verdict = netfilter_otherwise(f->filter, q->hook, q->family, &chain);
		if (f->filter->state != STATE_PRESENT)
			items_add_state(q->items, f->service, f->origin, f->filter->state, "%s", f->filter->why);
		else if (chain)
			add_verdict(q, verdict, arena_printf(q->items->arena, "%s, %s (%s)", f->service, chain->name, f->of), f->origin);
	}
}

static void observe_files(const struct subject *subject, const struct question *q)
{
	const struct firewall_files *files = configured(subject);
	bool strict = add_strictest(files, q);

	for (size_t i = 0; i < files->n && !strict; i++) {
		const struct firewall_file *f = &files->list[i];

		if (!f->hole && f->filter->state != STATE_PRESENT)
			items_add_state(q->items, f->service, f->origin, f->filter->state, "%s", f->filter->why);
	}
	add_holes(files, q);
	if (!files->n)
		items_add_state(q->items, "firewall", "/etc", STATE_ABSENT, "none of ufw, firewalld, nftables and iptables is started at boot");
	else if (!q->items->n)
		items_add_state(q->items, files->services, files->list[0].origin, STATE_ABSENT, "does not filter them");
}

/* ---- the check ---- */

static void observe_services(const struct subject *subject, struct items *items)
{
	const struct firewall_files *files = configured(subject);
	const char *name = "services that filter packets";

	if (*files->services)
		name = arena_printf(items->arena, "%s: %s", name, files->services);
	for (size_t i = 0; i < files->n && !files->n_services; i++)
		if (files->list[i].doubtful)
			items_add_state(items, files->list[i].service, files->list[i].origin, files->list[i].filter->state, "%s", files->list[i].filter->why);
	if (!items->n)
		items_add_integer(items, name, "/etc", (int64_t)files->n_services);
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const char *where = params_get(params, "where"), *hook = params_get(params, "hook"), *family = params_get(params, "family");
	struct question q = { .items = items };

	if (where && streq(where, "services")) {
		observe_services(subject, items);
		return;
	}
	if (!hook || !family) {
		items_add_state(items, "firewall", "the rule", STATE_MALFORMED, "it must name a hook and a family");
		return;
	}
	q.hook = filter_hook_of(hook);
	q.family = streq(family, "ip6") ? FAMILY_IP6 : FAMILY_IP;
	if (!is_spoken(subject, q.family)) {
		items_add_state(items, "firewall", "/proc/self/net/if_inet6", STATE_INAPPLICABLE, "no interface has an IPv6 address");
		return;
	}
	if (!where || streq(where, "files"))
		observe_files(subject, &q);
	if (where ? streq(where, "kernel") : source_is_live(subject->source))
		observe_running(subject, &q);
}

const struct check check_firewall = {
	.name = "firewall",
	.summary = "what becomes of packets that no rule of the packet filter mentions",
	.reference =
		"The value is what becomes of a packet that none of the conditions takes: accept, drop, reject, or queue where a program "
		"decides; the strictest of all chains of type filter on the hook, because a packet has to get past each of them. The policy "
		"of a chain counts, and so does the first rule without a condition, also in chains that are jumped to; a chain that a packet "
		"may leave early stops nothing. A condition that packets nobody mentions may meet, such as all of tcp, a new connection, every interface or "
		"address but one, or a rate, is none where the rule accepts, and keeps nobody out where it drops; where such a condition is a set with a "
		"name that is not seen here, the answer is unknown. Both the next boot and, on the live host, what is in force now are looked at. The kernel is "
		"asked for nf_tables, and for ip_tables where it is in use, which needs CAP_NET_ADMIN and the network namespace of the host; "
		"a table that is dormant does not count. For the next boot it reads what is loaded by services that are started: ufw and its "
		"files of rules, firewalld's default zone, the rule sets that nftables.service hands to nft with what they include, and what iptables-restore "
		"loads. A unit that a drop-in has start nothing loads nothing, and of one that starts another program it is not known. What is bound to a zone of firewalld that accepts everything, by the zone, a connection of NetworkManager or a file "
		"ifcfg, is an item of its own, and so is a policy that accepts everything from anywhere. With services the value is how many "
		"of ufw, firewalld, nftables and iptables are started at boot and have something to load. IPv6 is not applicable where no "
		"interface has an address of it. See nft(8), ufw-framework(8), firewalld.zone(5), iptables-restore(8).",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "where", PARAM_WORD, OPTIONAL, "only the rules in force, only those of the next boot, or which services load them", "kernel files services" },
		{ "hook", PARAM_WORD, OPTIONAL, "which packets; not with services", "input forward output" },
		{ "family", PARAM_WORD, OPTIONAL, "of which protocol; not with services", "ip ip6" },
		{ 0 },
	},
	.observe = observe,
};
