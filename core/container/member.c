/* SPDX-License-Identifier: Apache-2.0 */
#include "core/container/member.h"

#include "core/base/text.h"

enum { DEPTH_MOST = 64 };

bool container_began_in(const struct processes *all, const struct container *c, const struct process *process)
{
	const struct process *p = c->init;

	for (int depth = 0; p && depth < DEPTH_MOST; depth++) {
		p = p->ppid ? process_find(all, p->ppid) : NULL;
		if (p == process)
			return p != NULL;
	}
	return false;
}

/* 1, 0 or -1, as container_in_host() says it. */
static int is_in(const struct processes *all, const struct process *p, enum namespace kind, int *thread)
{
	uint64_t host = all->host_ns[kind];

	*thread = 0;
	if (p->ns[kind] && p->ns[kind] == host)
		return 1;
	for (size_t i = 0; i < p->n_odd; i++) {
		if (p->odd[i].ns[kind] != host || !host)
			continue;
		*thread = p->odd[i].number;
		return 1;
	}
	return p->ns[kind] && host ? 0 : -1;
}

int container_in_host(const struct processes *all, const struct container *c, enum namespace kind, struct member *who)
{
	struct member first = { c->init, 0 };
	int answer = is_in(all, c->init, kind, &first.thread);

	for (size_t i = 0; i < c->n_members && answer != 1; i++) {
		const struct process *p = c->members[i];
		int thread, one = p == c->init ? 0 : is_in(all, p, kind, &thread);

		if (one == 0 || ((kind == NS_PID || kind == NS_TIME) && container_began_in(all, c, p)) || (one < 0 && !process_runs(all, p)))
			continue;
		if (one == 1 || answer == 0) {
			answer = one;
			first = (struct member){ p, thread };
		}
	}
	if (who)
		*who = first;
	return answer;
}

static bool is_within(const struct container *inner, const struct container *outer)
{
	while (inner && inner != outer)
		inner = inner->parent;
	return inner != NULL;
}

bool containers_may_share(const struct container *a, const struct container *b)
{
	return (a->pod && b->pod && streq(a->pod, b->pod)) || is_within(a, b) || is_within(b, a);
}
