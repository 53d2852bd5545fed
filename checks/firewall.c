/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of packets that no rule of the packet filter mentions. */
#include "checks/checks.h"

#include "core/firewall_files.h"
#include "core/netfilter.h"
#include "core/text.h"

/* A family that the host does not speak needs no filter. Absent: the kernel has no IPv6; empty: no interface has an address. */
static bool is_spoken(const struct subject *subject, enum filter_family family)
{
	const struct file *addresses;

	if (family == FAMILY_IP || !source_is_live(subject->source))
		return true;
	addresses = source_read(subject->source, "proc/self/net/if_inet6", SOURCE_LIMIT);
	return addresses->state != STATE_ABSENT && (addresses->state != STATE_PRESENT || addresses->size);
}

/* A packet has to get past every chain: the strictest decides. */
static void add_running(const struct netfilter *filter, enum filter_hook hook, enum filter_family family, struct items *items)
{
	const struct filter_chain *decides = NULL;

	for (size_t i = 0; i < filter->n; i++) {
		const struct filter_chain *chain = &filter->list[i];

		if (chain->hook == hook && chain->family[family] && (!decides || (streq(decides->otherwise, "accept") && !streq(chain->otherwise, "accept"))))
			decides = chain;
	}
	if (decides)
		items_add_text(items, "firewall", decides->name, decides->otherwise);
	else
		items_add_state(items, "firewall", "netlink(7)", STATE_ABSENT, "no chain of the packet filter is there");
}

static void add_configured(const struct subject *subject, enum filter_hook hook, enum filter_family family, struct items *items)
{
	const struct firewall_files *files = firewall_files_read(subject->source, items->arena);

	for (size_t i = 0; i < files->n; i++) {
		const struct firewall_file *f = &files->list[i];

		if (f->state != STATE_PRESENT)
			items_add_state(items, f->name, f->origin, f->state, "%s", f->why);
		else if (f->otherwise[family][hook])
			items_add_text(items, f->name, f->origin, f->otherwise[family][hook]);
		else
			items_add_state(items, f->name, f->origin, STATE_ABSENT, "does not filter them");
	}
	if (!files->n)
		items_add_state(items, "firewall", "/etc", STATE_ABSENT, "none of ufw, firewalld, nftables and iptables is started at boot");
}

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

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	enum filter_hook hook = filter_hook_of(params_get(params, "hook"));
	enum filter_family family = streq(params_get(params, "family"), "ip6") ? FAMILY_IP6 : FAMILY_IP;
	const struct netfilter *filter;

	if (!is_spoken(subject, family)) {
		items_add_state(items, "firewall", "/proc/self/net/if_inet6", STATE_INAPPLICABLE, "no interface has an IPv6 address");
		return;
	}
	if (streq(params_get(params, "where"), "files")) {
		add_configured(subject, hook, family, items);
		return;
	}
	filter = running(subject);
	if (filter->state != STATE_PRESENT)
		items_add_state(items, "firewall", "netlink(7)", filter->state, "%s", filter->why);
	else
		add_running(filter, hook, family, items);
}

const struct check check_firewall = {
	.name = "firewall",
	.summary = "what becomes of packets that no rule of the packet filter mentions",
	.reference = "With `where` kernel it asks nf_tables, and ip_tables where it is in use, for the chains of type filter on the hook; the value is what becomes of a packet "
		     "that none of their conditions takes: accept, drop or reject, the strictest of all chains, because a packet has to get past each of them. The "
		     "policy of a chain counts, and so does a last rule without a condition. Needs CAP_NET_ADMIN, and looks at the network namespace that plimsoll runs in. With files "
		     "it looks at what is set up at the next boot: ufw, firewalld, nftables.service, and the rules that iptables-restore loads, an item for each. "
		     "IPv6 is not applicable where no interface has an address of it. See nft(8).",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "where", PARAM_WORD, REQUIRED, "the rules in force, or those of the next boot", "kernel files" },
		{ "hook", PARAM_WORD, REQUIRED, "which packets", "input forward output" },
		{ "family", PARAM_WORD, REQUIRED, "of which protocol", "ip ip6" },
		{ 0 },
	},
	.observe = observe,
};
