/* SPDX-License-Identifier: Apache-2.0 */
#include "core/firewall/netfilter.h"

#include "core/base/text.h"

#include <errno.h>

enum {
	DEPTH_MOST = 64,         /* of jumps; nf_tables allows 16 */
	STEPS_MOST = 10000,      /* followed for one answer */
};

static const char *const hooks[FILTER_HOOKS] = { [HOOK_INPUT] = "input", [HOOK_FORWARD] = "forward", [HOOK_OUTPUT] = "output" };

enum filter_hook filter_hook_of(const char *name)
{
	enum filter_hook hook = 0;

	while (hook < FILTER_HOOKS && !streq(hooks[hook], name))
		hook++;
	return hook;
}

const char *filter_verdict_name(enum filter_verdict verdict)
{
	return verdict == FILTER_DROP ? "drop" : verdict == FILTER_REJECT ? "reject" : verdict == FILTER_QUEUE ? "queue" : "accept";
}

/* ---- chains ---- */

struct netfilter *netfilter_new(struct arena *arena)
{
	struct netfilter *filter = arena_new_of(arena, struct netfilter);

	filter->arena = arena;
	return filter;
}

struct filter_chain *netfilter_find(const struct netfilter *filter, const char *scope, const char *name)
{
	for (size_t i = 0; i < filter->n; i++)
		if (streq(filter->list[i].name, name) && streq(filter->list[i].scope, scope))
			return &filter->list[i];
	return NULL;
}

struct filter_chain *netfilter_add_chain(struct netfilter *filter, const char *scope, const char *name)
{
	struct filter_chain *chain = &arena_push(filter->arena, filter->list, filter->n);
	const char *shown = arena_printf(filter->arena, "%s %s", scope, name);

	*chain = (struct filter_chain){
		.scope = arena_strdup(filter->arena, scope), .name = arena_strdup(filter->arena, name),
		.shown = text_safe(filter->arena, shown, strlen(shown), 256),
	};
	return chain;
}

struct filter_chain *netfilter_chain(struct netfilter *filter, const char *scope, const char *name)
{
	struct filter_chain *chain = netfilter_find(filter, scope, name);

	return chain ? chain : netfilter_add_chain(filter, scope, name);
}

void netfilter_step(struct netfilter *filter, struct filter_chain *chain, struct filter_step step)
{
	arena_push(filter->arena, chain->steps, chain->n) = step;
}

void netfilter_step_first(struct netfilter *filter, struct filter_chain *chain, struct filter_step step)
{
	netfilter_step(filter, chain, step);
	memmove(chain->steps + 1, chain->steps, (chain->n - 1) * sizeof(*chain->steps));
	chain->steps[0] = step;
}

/* ---- what becomes of the rest ---- */

struct walk {
	const struct netfilter *filter;
	enum filter_family family;
	size_t steps;
};

/* A rule whose condition only some of the rest meet lets those in, and keeps nobody out. True: its verdict is the answer. */
static bool opens(const struct filter_chain *chain, enum filter_verdict verdict, enum filter_verdict end, bool *may_have_returned)
{
	if (verdict == FILTER_RETURN && !chain->base)
		*may_have_returned = true;
	return verdict == FILTER_ACCEPT || verdict == FILTER_UNKNOWN || (verdict == FILTER_RETURN && chain->base && end == FILTER_ACCEPT);
}

/*
 * FILTER_RETURN: the packet goes on behind the jump. Where it may have returned before a verdict that stops it, nothing is said of it: it goes on,
 * too, because that is the worse.
 */
static enum filter_verdict run_chain(struct walk *walk, const struct filter_chain *chain, unsigned depth)
{
	enum filter_verdict end = chain->base ? chain->policy : FILTER_RETURN;
	bool may_have_returned = false;

	for (size_t i = 0; i < chain->n; i++) {
		const struct filter_step *step = &chain->steps[i];
		enum filter_verdict verdict = step->verdict;

		if (depth > DEPTH_MOST || ++walk->steps > STEPS_MOST)
			return FILTER_UNKNOWN;
		if (step->except & 1u << walk->family)
			continue;
		if (verdict == FILTER_JUMP || verdict == FILTER_GOTO) {
			const struct filter_chain *target = netfilter_find(walk->filter, chain->scope, step->target);

			verdict = target ? run_chain(walk, target, depth + 1) : FILTER_UNKNOWN;
		}
		if (verdict == FILTER_RETURN && step->verdict == FILTER_JUMP)
			continue;
		if (step->partial && opens(chain, verdict, end, &may_have_returned))
			return verdict == FILTER_RETURN ? end : verdict;
		if (step->partial)
			continue;
		if (verdict == FILTER_MAY_RETURN)
			may_have_returned = !chain->base;
		else if (verdict == FILTER_RETURN)
			return end;
		else
			return may_have_returned && (verdict == FILTER_DROP || verdict == FILTER_REJECT) ? FILTER_RETURN : verdict;
	}
	return end;
}

static bool is_stricter(enum filter_verdict a, enum filter_verdict than)
{
	static const int rank[] = { [FILTER_ACCEPT] = 0, [FILTER_UNKNOWN] = 1, [FILTER_QUEUE] = 2, [FILTER_REJECT] = 3, [FILTER_DROP] = 3 };

	return rank[a] > rank[than];
}

enum filter_verdict netfilter_otherwise(const struct netfilter *filter, enum filter_hook hook, enum filter_family family,
					const struct filter_chain **decides)
{
	struct walk walk = { .filter = filter, .family = family };
	enum filter_verdict verdict = FILTER_ACCEPT;

	*decides = NULL;
	for (size_t i = 0; i < filter->n; i++) {
		const struct filter_chain *chain = &filter->list[i];
		enum filter_verdict own;

		if (!chain->base || chain->hook != hook || !chain->family[family])
			continue;
		own = run_chain(&walk, chain, 0);
		if (!*decides || is_stricter(own, verdict)) {
			*decides = chain;
			verdict = own;
		}
	}
	return verdict;
}

/* ---- the running kernel ---- */

static void failed(struct netfilter *filter, int rc)
{
	filter->state = rc == -EPERM || rc == -EACCES ? STATE_DENIED : rc == -ENOTSUP ? STATE_UNAVAILABLE : STATE_BROKEN;
	filter->why = rc == -ENOTSUP ? "built without libnftnl"
		    : arena_printf(filter->arena, "the kernel's packet filter cannot be read: %s", strerror(-rc));
}

/*
 * Each network namespace has a packet filter of its own; that of the host is the one of its first process. Its files in /proc are files of their own,
 * too, which can be looked at where the link ns/net cannot.
 */
static bool is_elsewhere(struct source *source)
{
	const struct file *host = source_stat(source, "proc/1/net/dev"), *own = source_stat(source, "proc/self/net/dev");

	return host->state == STATE_PRESENT && own->state == STATE_PRESENT && host->stat.st_dev == own->stat.st_dev && host->stat.st_ino != own->stat.st_ino;
}

/* False, with the state: nothing may be asked. */
static bool can_ask(struct netfilter *filter, struct source *source)
{
	if (!source_is_live(source)) {
		filter->state = STATE_UNAVAILABLE;
		filter->why = "only the running kernel can be asked for its packet filter";
	} else if (is_elsewhere(source)) {
		filter->state = STATE_BROKEN;
		filter->why = "plimsoll runs in another network namespace than the host's first process";
	}
	return filter->state == STATE_PRESENT;
}

struct netfilter *netfilter_read(struct source *source, enum tables_build build, struct arena *arena)
{
	struct netfilter *filter = netfilter_new(arena);
	const struct file *loaded;
	int rc = 0;

	if (!can_ask(filter, source) || netfilter_recall(filter, source))
		return filter;
	loaded = source_stat(source, "sys/module/nf_tables");
	if (build == TABLES_BUILT_IN || loaded->state == STATE_PRESENT) {
		rc = netfilter_add_tables(filter);
	} else if (build == TABLES_UNKNOWN || loaded->state != STATE_ABSENT) {
		filter->state = STATE_BROKEN;
		filter->why = "whether nf_tables is loaded is not known, and asking it would load it";
		return filter;
	}
	if (rc == 0)
		rc = netfilter_add_legacy(filter, source);
	if (rc < 0)
		failed(filter, rc);
	if (source_keeps(source))
		netfilter_keep(filter, source);
	return filter;
}
