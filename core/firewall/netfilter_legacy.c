/* SPDX-License-Identifier: Apache-2.0 */
/* ip_tables and ip6_tables, by getsockopt(2): only tables that /proc/net names are asked for, as others would be made. */
#include "core/firewall/netfilter_condition.h"

#include "core/base/text.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>

enum {
	ENTRIES_LIMIT = 16 << 20,   /* bytes */
	TRIES_MOST = 8,             /* while somebody changes the table */
};

struct rule_entry {
	const struct xt_entry_target *target;
	size_t next;             /* where the next entry begins */
	struct filter_condition condition;
	bool is_goto;
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

/* What the part of an entry says that every rule has; both families have the same bits for what is turned round. */
struct head {
	const void *masks[4];        /* of interfaces, in and out, and of addresses, from and to: all zero where there is no condition */
	size_t sizes[4];
	unsigned inverted, protocol;
	bool other;                  /* fragments, a type of service */
};

static struct filter_condition condition_of_head(const struct head *head)
{
	static const unsigned bits[] = { IPT_INV_VIA_IN, IPT_INV_VIA_OUT, IPT_INV_SRCIP, IPT_INV_DSTIP };
	struct filter_condition condition = { .meets = head->other ? MEETS_FEW : MEETS_ALL };

	for (size_t i = 0; i < ARRAY_LEN(bits); i++)
		if (!is_zero(head->masks[i], head->sizes[i]))
			condition_add(&condition, head->inverted & bits[i] ? MEETS_MOST : MEETS_FEW);
	if (head->protocol)
		condition_add(&condition, head->inverted & IPT_INV_PROTO || head->protocol == IPPROTO_TCP || head->protocol == IPPROTO_UDP ? MEETS_MOST : MEETS_FEW);
	return condition;
}

static void look_at_head(const struct legacy_entries *all, size_t at, struct rule_entry *entry)
{
	struct ip6t_ip6 six;
	struct ipt_ip four;

	if (all->six) {
		memcpy(&six, all->data + at + offsetof(struct ip6t_entry, ipv6), sizeof(six));
		entry->is_goto = six.flags & IP6T_F_GOTO;
		entry->condition = condition_of_head(&(struct head){
			.masks = { six.iniface_mask, six.outiface_mask, &six.smsk, &six.dmsk }, .inverted = six.invflags, .protocol = six.proto,
			.sizes = { sizeof(six.iniface_mask), sizeof(six.outiface_mask), sizeof(six.smsk), sizeof(six.dmsk) }, .other = six.flags & IP6T_F_TOS });
		return;
	}
	memcpy(&four, all->data + at + offsetof(struct ipt_entry, ip), sizeof(four));
	entry->is_goto = four.flags & IPT_F_GOTO;
	entry->condition = condition_of_head(&(struct head){
		.masks = { four.iniface_mask, four.outiface_mask, &four.smsk, &four.dmsk }, .inverted = four.invflags, .protocol = four.proto,
		.sizes = { sizeof(four.iniface_mask), sizeof(four.outiface_mask), sizeof(four.smsk), sizeof(four.dmsk) }, .other = four.flags & IPT_F_FRAG });
}

/* False: a match does not lie where it should. */
static bool look_at_matches(const struct legacy_entries *all, size_t from, size_t to, struct rule_entry *entry)
{
	while (from < to) {
		const struct xt_entry_match *match = (const struct xt_entry_match *)(all->data + from);
		char name[sizeof(match->u.user.name) + 1] = "";

		if (to - from < sizeof(*match) || match->u.match_size < sizeof(*match) || match->u.match_size > to - from)
			return false;
		memcpy(name, match->u.user.name, sizeof(match->u.user.name));
		condition_add(&entry->condition, condition_of_match(name, match->u.user.revision, match->data, match->u.match_size - sizeof(*match)));
		from += match->u.match_size;
	}
	return true;
}

/* False: it does not lie within the table. */
static bool entry_at(const struct legacy_entries *all, size_t at, struct rule_entry *entry)
{
	size_t head = all->six ? sizeof(struct ip6t_entry) : sizeof(struct ipt_entry), target, next;

	if (at % __alignof__(struct ipt_entry) || at > all->size || all->size - at < head + sizeof(struct xt_entry_target))
		return false;
	if (all->six) {
		target = ((const struct ip6t_entry *)(all->data + at))->target_offset;
		next = ((const struct ip6t_entry *)(all->data + at))->next_offset;
	} else {
		target = ((const struct ipt_entry *)(all->data + at))->target_offset;
		next = ((const struct ipt_entry *)(all->data + at))->next_offset;
	}
	if (target < head || target % __alignof__(struct xt_entry_target) || next < target + sizeof(struct xt_entry_target) || next > all->size - at)
		return false;
	look_at_head(all, at, entry);
	entry->target = (const struct xt_entry_target *)(all->data + at + target);
	entry->next = at + next;
	return look_at_matches(all, at + head, at + target, entry);
}

static const char *name_at(struct arena *arena, size_t offset)
{
	return arena_printf(arena, "chain at %zu", offset);
}

/* The step that a rule is; false where it is none that matters. */
static bool step_of(struct netfilter *filter, const struct legacy_entries *all, const struct rule_entry *entry, struct filter_step *step)
{
	const char *name = entry->target->u.user.name;
	int verdict;

	*step = (struct filter_step){ .verdict = FILTER_RETURN };
	if (strncmp(name, "REJECT", sizeof(entry->target->u.user.name)) == 0)
		step->verdict = FILTER_REJECT;
	else if (strncmp(name, "NFQUEUE", sizeof(entry->target->u.user.name)) == 0)
		step->verdict = FILTER_QUEUE;
	if (step->verdict != FILTER_RETURN)
		return condition_step(&entry->condition, step);
	if (name[0] || (const unsigned char *)entry->target + sizeof(struct xt_standard_target) > all->data + entry->next)
		return false;                /* LOG and the like: the packet goes on */
	verdict = ((const struct xt_standard_target *)entry->target)->verdict;
	if (verdict >= 0) {
		step->verdict = entry->is_goto ? FILTER_GOTO : FILTER_JUMP;
		step->target = name_at(filter->arena, (size_t)verdict);
	} else {
		verdict = -verdict - 1;
		step->verdict = verdict == NF_ACCEPT ? FILTER_ACCEPT : verdict == NF_DROP ? FILTER_DROP : verdict == NF_QUEUE ? FILTER_QUEUE : FILTER_RETURN;
	}
	return condition_step(&entry->condition, step);
}

static bool begins_hook(const struct legacy_entries *all, size_t at, enum filter_hook *hook)
{
	static const int numbers[FILTER_HOOKS] = { NF_INET_LOCAL_IN, NF_INET_FORWARD, NF_INET_LOCAL_OUT };

	for (int i = 0; i < FILTER_HOOKS; i++) {
		if (all->begin[numbers[i]] == at) {
			*hook = (enum filter_hook)i;
			return true;
		}
	}
	return false;
}

static size_t add_base(struct netfilter *filter, const struct legacy_entries *all, enum filter_hook hook)
{
	static const char *const names[FILTER_HOOKS] = { "INPUT", "FORWARD", "OUTPUT" };
	struct filter_chain *chain = netfilter_chain(filter, all->six ? "ip6tables filter" : "iptables filter", names[hook]);

	chain->base = true;
	chain->hook = hook;
	chain->family[all->six ? FAMILY_IP6 : FAMILY_IP] = true;
	chain->policy = FILTER_UNKNOWN;   /* its last entry is the policy */
	return (size_t)(chain - filter->list);
}

/* The chains of a table lie one behind the other; those of users begin with an entry of the target ERROR. */
int netfilter_add_entries(struct netfilter *filter, const struct legacy_entries *all)
{
	const char *scope = all->six ? "ip6tables filter" : "iptables filter";
	size_t chain = SIZE_MAX, bases = 0;
	struct rule_entry entry = { .target = NULL };

	for (size_t at = 0; at < all->size; at = entry.next) {
		enum filter_hook hook;
		struct filter_step step;

		if (!entry_at(all, at, &entry))
			return -EBADMSG;
		if (begins_hook(all, at, &hook)) {
			chain = add_base(filter, all, hook);
			bases++;
		}
		if (strncmp(entry.target->u.user.name, "ERROR", sizeof(entry.target->u.user.name)) == 0)
			chain = (size_t)(netfilter_chain(filter, scope, name_at(filter->arena, entry.next)) - filter->list);
		else if (chain != SIZE_MAX && step_of(filter, all, &entry, &step))
			netfilter_step(filter, &filter->list[chain], step);
	}
	return bases == FILTER_HOOKS ? 0 : -EBADMSG;
}

/* ---- asking ---- */

/* The structures of the two families have the same members in the same places. */
_Static_assert(sizeof(struct ipt_getinfo) == sizeof(struct ip6t_getinfo), "the same in both families");
_Static_assert(offsetof(struct ipt_get_entries, entrytable) == offsetof(struct ip6t_get_entries, entrytable), "the same in both families");

/* Returns 0, or -errno: -EAGAIN where the table has changed meanwhile. */
static int ask(struct netfilter *filter, int fd, bool six)
{
	int level = six ? IPPROTO_IPV6 : IPPROTO_IP;
	struct ipt_getinfo info = { .name = "filter" };
	socklen_t size = sizeof(info);
	auto_free struct ipt_get_entries *got = NULL;
	struct legacy_entries all = { .six = six, .begin = info.hook_entry };

	if (getsockopt(fd, level, six ? IP6T_SO_GET_INFO : IPT_SO_GET_INFO, &info, &size) < 0)
		return -errno;
	if (size != sizeof(info))
		return -EBADMSG;
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
	return netfilter_add_entries(filter, &all);
}

static int add_family(struct netfilter *filter, struct source *source, bool six)
{
	const struct file *names = source_read(source, six ? "proc/self/net/ip6_tables_names" : "proc/self/net/ip_tables_names", 65536);
	auto_close int fd = -1;
	int rc = -EAGAIN;

	if (names->state == STATE_ABSENT || (names->state == STATE_PRESENT && !list_has(names->data, "\n", "filter")))
		return 0;
	if (names->state != STATE_PRESENT)
		return names->state == STATE_DENIED ? -EACCES : names->code ? -names->code : -EIO;
	fd = socket(six ? AF_INET6 : AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	if (fd < 0)
		return -errno;
	for (int i = 0; i < TRIES_MOST && rc == -EAGAIN; i++)
		rc = ask(filter, fd, six);
	return rc;
}

int netfilter_add_legacy(struct netfilter *filter, struct source *source)
{
	int rc = add_family(filter, source, false);

	return rc < 0 ? rc : add_family(filter, source, true);
}
