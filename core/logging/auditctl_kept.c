/* SPDX-License-Identifier: Apache-2.0 */
/* The running kernel's audit rules as a snapshot keeps them: a row for how the audit system is set, and one for each rule. */
#include "core/logging/auditctl_private.h"

#include "core/base/rows.h"

static const char call[] = "netlink(7), the audit rules";

enum { RULE_LIST, RULE_ALWAYS, RULE_PATH, RULE_BELOW, RULE_ACCESS, RULE_SYSCALLS, RULE_ARCH, RULE_REST, RULE_FIELDS };

void auditctl_keep(const struct auditctl *rules, struct source *source)
{
	auto_arena struct arena *scratch = arena_new();
	struct buffer rows = { .arena = scratch };
	const struct auditctl_settings *s = &rules->settings;
	const char *const settings[] = { s->enabled, s->failure, s->backlog, s->loginuid, s->daemon };

	rows_add(&rows, settings, ARRAY_LEN(settings));
	for (size_t i = 0; i < rules->n; i++) {
		const struct auditctl_rule *r = &rules->list[i];
		const char *const fields[RULE_FIELDS] = {
			r->list, r->always ? "1" : "0", r->path, r->below ? "1" : "0", arena_printf(scratch, "%u", r->access), r->syscalls, r->arch,
			r->fields,
		};

		rows_add(&rows, fields, RULE_FIELDS);
	}
	source_remember(source, call, rules->state, rules->why, rows.text, rows.size);
}

static bool take_rule(struct auditctl *rules, struct arena *arena, const struct row *row)
{
	if (row->n != RULE_FIELDS || !row->fields[RULE_LIST] || !row->fields[RULE_SYSCALLS] || !row->fields[RULE_REST])
		return false;
	arena_push(arena, rules->list, rules->n) = (struct auditctl_rule){
		.origin = rules->origin, .list = row->fields[RULE_LIST], .always = row_number(row, RULE_ALWAYS, 0) == 1, .path = row->fields[RULE_PATH],
		.below = row_number(row, RULE_BELOW, 0) == 1, .access = (unsigned)row_number(row, RULE_ACCESS, 0) & ACCESS_ALL,
		.syscalls = row->fields[RULE_SYSCALLS], .arch = row->fields[RULE_ARCH], .fields = row->fields[RULE_REST],
	};
	return true;
}

bool auditctl_recall(struct auditctl *rules, struct source *source, struct arena *arena)
{
	const struct file *file = source_keeps(source) ? source_recall(source, call) : NULL;
	const char *at = file ? file->data : NULL;
	struct row row;

	if (!file)
		return false;
	rules->state = file->state;
	rules->why = file->why;
	if (rows_next(arena, &at, &row) && row.n == 5)
		rules->settings = (struct auditctl_settings){ row.fields[0], row.fields[1], row.fields[2], row.fields[3], row.fields[4] };
	while (rows_next(arena, &at, &row)) {
		if (take_rule(rules, arena, &row))
			continue;
		rules->state = STATE_MALFORMED;
		rules->why = "what the snapshot holds of them is not understood";
	}
	return true;
}
