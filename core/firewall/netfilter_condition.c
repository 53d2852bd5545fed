/* SPDX-License-Identifier: Apache-2.0 */
#include "core/firewall/netfilter_condition.h"

#include "core/base/text.h"

#include <linux/netfilter/xt_conntrack.h>
#include <linux/netfilter/xt_state.h>
#include <linux/netfilter/xt_tcpudp.h>

enum { WIDE_PREFIX = 4 };   /* bits: a sixteenth of all addresses */

static const char separators[] = " \t,{}";

void condition_add(struct filter_condition *condition, enum filter_meets meets)
{
	if (meets > condition->meets)
		condition->meets = meets;
}

bool condition_step(const struct filter_condition *condition, struct filter_step *step)
{
	bool leaves = step->verdict == FILTER_RETURN || step->verdict == FILTER_GOTO;

	step->except = condition->except;
	if (condition->meets == MEETS_FEW) {
		step->verdict = FILTER_MAY_RETURN;
		return leaves;
	}
	step->partial = condition->meets == MEETS_MOST;
	if (condition->doubtful && step->partial && (step->verdict == FILTER_ACCEPT || step->verdict == FILTER_JUMP || step->verdict == FILTER_GOTO))
		step->verdict = FILTER_UNKNOWN;
	return true;
}

/* ---- words ---- */

/* "0.0.0.0/0", "::/0", "0/0", "0.0.0.0/0.0.0.0"; and a half of them as good as all. */
enum filter_meets condition_of_address(const char *value, bool not)
{
	enum filter_meets meets = MEETS_FEW;
	const char *w;
	size_t n;

	if (not)
		return MEETS_MOST;
	for (const char *at = value; meets && (w = list_next(&at, separators, &n));) {
		const char *slash = memchr(w, '/', n), *dash = memchr(w, '-', n);
		int64_t bits = -1;

		if (slash && n - (size_t)(slash - w) < 4)
			bits = strtol(slash + 1, NULL, 10);
		if (slash && strncmp(slash, "/0.0.0.0", n - (size_t)(slash - w)) == 0)
			bits = 0;
		if (bits == 0)
			meets = MEETS_ALL;
		else if ((bits > 0 && bits <= WIDE_PREFIX) || (dash && (starts_with(w, "0.0.0.0-") || starts_with(w, "::-"))))
			meets = MEETS_MOST;
	}
	return meets;
}

static bool holds_any(const char *value, const char *words)
{
	const char *w;
	size_t n;

	for (const char *at = value; (w = list_next(&at, separators, &n));)
		if (list_has_part(words, " ", w, n))
			return true;
	return false;
}

enum filter_meets condition_of_protocol(const char *value, bool not)
{
	if (!not && holds_any(value, "all 0"))
		return MEETS_ALL;
	return not || holds_any(value, "tcp udp 6 17 TCP UDP") ? MEETS_MOST : MEETS_FEW;
}

enum filter_meets condition_of_state(const char *value, bool not)
{
	return holds_any(value, "new NEW") != not ? MEETS_MOST : MEETS_FEW;
}

/* "0-65535" or "1:65535" */
enum filter_meets condition_of_port(const char *value, bool not)
{
	const char *w;
	size_t n;

	if (not)
		return MEETS_MOST;
	for (const char *at = value; (w = list_next(&at, separators, &n));) {
		size_t low = strspn(w, "0123456789");

		if (strtol(w, NULL, 10) <= 1 && low < n && (w[low] == '-' || w[low] == ':') && (low + 1 == n || strtol(w + low + 1, NULL, 10) == 65535))
			return MEETS_MOST;
	}
	return MEETS_FEW;
}

/* ---- matches of ip_tables ---- */

static enum filter_meets of_ports(const uint16_t from[2], const uint16_t to[2], bool other, bool inverted)
{
	if (other)
		return MEETS_FEW;
	return inverted || (from[0] <= 1 && from[1] == 65535 && to[0] <= 1 && to[1] == 65535) ? MEETS_MOST : MEETS_FEW;
}

static enum filter_meets of_conntrack(unsigned revision, const void *data, size_t size)
{
	struct xt_conntrack_mtinfo3 info = { .match_flags = 0 };
	struct xt_conntrack_mtinfo1 old;
	unsigned mask;

	if (revision == 1 && size >= sizeof(old)) {
		memcpy(&old, data, sizeof(old));
		info.match_flags = old.match_flags;
		info.invert_flags = old.invert_flags;
		mask = old.state_mask;
	} else if (revision > 1 && size >= sizeof(info)) {
		memcpy(&info, data, sizeof(info));
		mask = info.state_mask;
	} else {
		return MEETS_FEW;
	}
	if (info.match_flags != XT_CONNTRACK_STATE)
		return MEETS_FEW;
	return (bool)(mask & XT_CONNTRACK_STATE_BIT(IP_CT_NEW)) != (bool)(info.invert_flags & XT_CONNTRACK_STATE) ? MEETS_MOST : MEETS_FEW;
}

static enum filter_meets of_state(const void *data, size_t size)
{
	struct xt_state_info info;

	if (size < sizeof(info))
		return MEETS_FEW;
	memcpy(&info, data, sizeof(info));
	return info.statemask & XT_STATE_BIT(IP_CT_NEW) ? MEETS_MOST : MEETS_FEW;
}

enum filter_meets condition_of_match(const char *name, unsigned revision, const void *data, size_t size)
{
	struct xt_tcp tcp;
	struct xt_udp udp;

	if (streq(name, "comment"))
		return MEETS_ALL;
	if (streq(name, "limit"))
		return MEETS_MOST;
	if (streq(name, "conntrack"))
		return of_conntrack(revision, data, size);
	if (streq(name, "state"))
		return of_state(data, size);
	if (streq(name, "tcp") && size >= sizeof(tcp)) {
		memcpy(&tcp, data, sizeof(tcp));
		return of_ports(tcp.spts, tcp.dpts, tcp.option || (tcp.flg_mask && tcp.flg_cmp != 2), tcp.invflags & (XT_TCP_INV_SRCPT | XT_TCP_INV_DSTPT));
	}
	if (streq(name, "udp") && size >= sizeof(udp)) {
		memcpy(&udp, data, sizeof(udp));
		return of_ports(udp.spts, udp.dpts, false, udp.invflags);
	}
	return MEETS_FEW;
}
