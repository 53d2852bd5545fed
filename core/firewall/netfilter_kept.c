/* SPDX-License-Identifier: Apache-2.0 */
/* The running kernel's packet filter as a snapshot keeps it: a row for each chain, and one for each step in it. */
#include "core/firewall/netfilter.h"

#include "core/base/rows.h"

static const char call[] = "netlink(7), the packet filter";

enum { CHAIN_SCOPE = 1, CHAIN_NAME, CHAIN_BASE, CHAIN_HOOK, CHAIN_IP, CHAIN_IP6, CHAIN_POLICY };

static const char *number(struct arena *arena, unsigned n)
{
	return arena_printf(arena, "%u", n);
}

static void add_chain(struct buffer *rows, const struct filter_chain *chain)
{
	struct arena *arena = rows->arena;
	const char *const fields[] = {
		"chain", chain->scope, chain->name, number(arena, chain->base), number(arena, chain->hook), number(arena, chain->family[FAMILY_IP]),
		number(arena, chain->family[FAMILY_IP6]), number(arena, chain->policy),
	};

	rows_add(rows, fields, ARRAY_LEN(fields));
	for (size_t i = 0; i < chain->n; i++) {
		const struct filter_step *s = &chain->steps[i];
		const char *const step[] = { "step", number(arena, s->verdict), s->target, number(arena, s->partial), number(arena, s->except) };

		rows_add(rows, step, ARRAY_LEN(step));
	}
}

void netfilter_keep(const struct netfilter *filter, struct source *source)
{
	auto_arena struct arena *scratch = arena_new();
	struct buffer rows = { .arena = scratch };

	for (size_t i = 0; i < filter->n; i++)
		add_chain(&rows, &filter->list[i]);
	source_remember(source, call, filter->state, filter->why, rows.text, rows.size);
}

/* False: it is no row of one. */
static bool take_row(struct netfilter *filter, const struct row *row)
{
	uint64_t verdict = row_number(row, 1, FILTER_UNKNOWN), hook = row_number(row, CHAIN_HOOK, 0);
	struct filter_chain *chain;

	if ((row->n == 3 || row->n == 5) && row->fields[0] && streq(row->fields[0], "step") && filter->n && verdict <= FILTER_UNKNOWN) {
		netfilter_step(filter, &filter->list[filter->n - 1], (struct filter_step){ (enum filter_verdict)verdict, row->fields[2], row_number(row, 3, 0) == 1,
										 (unsigned)row_number(row, 4, 0) });
		return row->fields[2] || (verdict != FILTER_JUMP && verdict != FILTER_GOTO);
	}
	if (row->n <= CHAIN_POLICY || !row->fields[0] || !streq(row->fields[0], "chain") || !row->fields[CHAIN_SCOPE] || !row->fields[CHAIN_NAME] ||
	    hook >= FILTER_HOOKS)
		return false;
	chain = netfilter_add_chain(filter, row->fields[CHAIN_SCOPE], row->fields[CHAIN_NAME]);
	chain->base = row_number(row, CHAIN_BASE, 0) == 1;
	chain->hook = (enum filter_hook)hook;
	chain->family[FAMILY_IP] = row_number(row, CHAIN_IP, 0) == 1;
	chain->family[FAMILY_IP6] = row_number(row, CHAIN_IP6, 0) == 1;
	verdict = row_number(row, CHAIN_POLICY, FILTER_UNKNOWN);
	chain->policy = verdict <= FILTER_REJECT ? (enum filter_verdict)verdict : FILTER_UNKNOWN;
	return true;
}

bool netfilter_recall(struct netfilter *filter, struct source *source)
{
	const struct file *file = source_keeps(source) ? source_recall(source, call) : NULL;
	const char *at = file ? file->data : NULL;
	struct row row;

	if (!file)
		return false;
	filter->state = file->state;
	filter->why = file->why;
	while (rows_next(filter->arena, &at, &row)) {
		if (take_row(filter, &row))
			continue;
		filter->state = STATE_MALFORMED;
		filter->why = "what the snapshot holds of it is not understood";
	}
	return true;
}
