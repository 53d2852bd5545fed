/* SPDX-License-Identifier: Apache-2.0 */
/* ip_tables and ip6_tables, by getsockopt(2): only tables that /proc/net names are asked for, as others would be made. */
#include "core/netfilter.h"

#include "core/text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>

enum { ENTRIES_LIMIT = 16 << 20 };   /* bytes */

/* The entries of a table, and where the chains of its hooks begin and end: in both families of the same form. */
struct entries {
	const unsigned char *data;
	size_t size;
	unsigned begin[NF_INET_NUMHOOKS], policy[NF_INET_NUMHOOKS];
	bool six;
};

struct rule_entry {
	const struct xt_entry_target *target;
	size_t next;
	bool conditional;
};

static bool is_zero(const void *data, size_t size)
{
	const unsigned char *byte = data;

	while (size && !*byte) {
		byte++;
		size--;
	}
	return size == 0;
}

/* False: it does not lie within the table. */
static bool entry_at(const struct entries *all, size_t at, struct rule_entry *entry)
{
	size_t head = all->six ? sizeof(struct ip6t_entry) : sizeof(struct ipt_entry), target, next;

	if (at + head + sizeof(struct xt_entry_target) > all->size)
		return false;
	if (all->six) {
		const struct ip6t_entry *e = (const struct ip6t_entry *)(all->data + at);

		target = e->target_offset;
		next = e->next_offset;
		entry->conditional = !is_zero(&e->ipv6, sizeof(e->ipv6)) || target != head;
	} else {
		const struct ipt_entry *e = (const struct ipt_entry *)(all->data + at);

		target = e->target_offset;
		next = e->next_offset;
		entry->conditional = !is_zero(&e->ip, sizeof(e->ip)) || target != head;
	}
	if (target < head || next < target + sizeof(struct xt_entry_target) || at + next > all->size)
		return false;
	entry->target = (const struct xt_entry_target *)(all->data + at + target);
	entry->next = at + next;
	return true;
}

/* "accept", "drop", "reject", or NULL for a jump and what does not decide. */
static const char *verdict_of(const struct rule_entry *entry)
{
	const struct xt_standard_target *standard = (const struct xt_standard_target *)entry->target;

	if (streq(entry->target->u.user.name, "REJECT"))
		return "reject";
	if (entry->target->u.user.name[0])
		return NULL;
	return standard->verdict == -NF_DROP - 1 ? "drop" : standard->verdict == -NF_ACCEPT - 1 ? "accept" : NULL;
}

/* Returns 0, or -EBADMSG. */
static int add_chain(struct netfilter *filter, struct arena *arena, const struct entries *all, int number, enum filter_hook hook)
{
	static const char *const names[FILTER_HOOKS] = { "INPUT", "FORWARD", "OUTPUT" };
	struct filter_chain chain = { .hook = hook };
	struct rule_entry entry;

	chain.name = arena_printf(arena, "%s filter %s", all->six ? "ip6tables" : "iptables", names[hook]);
	chain.family[all->six ? FAMILY_IP6 : FAMILY_IP] = true;
	for (size_t at = all->begin[number]; at <= all->policy[number]; at = entry.next) {
		if (!entry_at(all, at, &entry))
			return -EBADMSG;
		chain.rules += at != all->policy[number];
		if (!chain.otherwise && !entry.conditional)
			chain.otherwise = verdict_of(&entry);
	}
	if (!chain.otherwise)
		return -EBADMSG;
	arena_push(arena, filter->list, filter->n) = chain;
	return 0;
}

static int add_chains(struct netfilter *filter, struct arena *arena, const struct entries *all)
{
	int rc = add_chain(filter, arena, all, NF_INET_LOCAL_IN, HOOK_INPUT);

	if (rc == 0)
		rc = add_chain(filter, arena, all, NF_INET_FORWARD, HOOK_FORWARD);
	return rc < 0 ? rc : add_chain(filter, arena, all, NF_INET_LOCAL_OUT, HOOK_OUTPUT);
}

/* The structures of the two families have the same members in the same places. */
static int read_filter(struct netfilter *filter, struct arena *arena, bool six)
{
	auto_close int fd = socket(six ? AF_INET6 : AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	int level = six ? IPPROTO_IPV6 : IPPROTO_IP;
	struct ipt_getinfo info = { .name = "filter" };
	socklen_t size = sizeof(info);
	auto_free struct ipt_get_entries *got = NULL;
	struct entries all = { .six = six };

	_Static_assert(sizeof(struct ipt_getinfo) == sizeof(struct ip6t_getinfo), "the same in both families");
	_Static_assert(offsetof(struct ipt_get_entries, entrytable) == offsetof(struct ip6t_get_entries, entrytable), "the same in both families");
	if (fd < 0 || getsockopt(fd, level, six ? IP6T_SO_GET_INFO : IPT_SO_GET_INFO, &info, &size) < 0)
		return -errno;
	if (info.size > ENTRIES_LIMIT)
		return -EFBIG;
	size = (socklen_t)(sizeof(*got) + info.size);
	got = xmalloc(size);
	memset(got, 0, size);
	memcpy(got->name, "filter", sizeof("filter"));
	got->size = info.size;
	if (getsockopt(fd, level, six ? IP6T_SO_GET_ENTRIES : IPT_SO_GET_ENTRIES, got, &size) < 0)
		return -errno;
	all.data = (const unsigned char *)got->entrytable;
	all.size = info.size;
	memcpy(all.begin, info.hook_entry, sizeof(all.begin));
	memcpy(all.policy, info.underflow, sizeof(all.policy));
	return add_chains(filter, arena, &all);
}

static int add_family(struct netfilter *filter, struct source *source, struct arena *arena, bool six)
{
	const struct file *names = source_read(source, six ? "proc/self/net/ip6_tables_names" : "proc/self/net/ip_tables_names", 65536);

	if (names->state == STATE_ABSENT || (names->state == STATE_PRESENT && !list_has(names->data, "\n", "filter")))
		return 0;
	if (names->state != STATE_PRESENT)
		return names->state == STATE_DENIED ? -EACCES : names->code ? -names->code : -EIO;
	return read_filter(filter, arena, six);
}

int netfilter_add_legacy(struct netfilter *filter, struct source *source, struct arena *arena)
{
	int rc = add_family(filter, source, arena, false);

	return rc < 0 ? rc : add_family(filter, source, arena, true);
}
