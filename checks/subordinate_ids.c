/* SPDX-License-Identifier: Apache-2.0 */
/* Ranges of /etc/subuid and /etc/subgid that overlap each other or hold the number of an account. */
#include "checks/checks.h"

#include "core/base/text.h"

#include <inttypes.h>

enum { FILE_LIMIT = 4 << 20, RANGES_MOST = 100000, FOUND_MOST = 50 };

struct range {
	const char *owner;
	int64_t first, last;
	unsigned line;
};

struct ranges {
	struct range *list;
	size_t n;
};

/* "name:100000:65536". What is no range is a mistake that an item tells. */
static bool take_line(const struct file *file, char *line, unsigned number, struct ranges *ranges, struct items *items)
{
	struct range r = { .owner = strsep(&line, ":"), .line = number };
	const char *first = strsep(&line, ":"), *count = strsep(&line, ":");
	int64_t n;

	if (!first || !count || line || !text_integer(first, &r.first) || !text_integer(count, &n) || r.first < 0 || n < 0 ||
	    r.first > UINT32_MAX || n > UINT32_MAX) {
		items_add_state(items, "range", arena_printf(items->arena, "%s:%u", file->path, number), STATE_MALFORMED,
				"it is no line NAME:FIRST:COUNT");
		return false;
	}
	r.last = r.first + n - 1;
	if (n > 0)
		arena_push(items->arena, ranges->list, ranges->n) = r;
	return true;
}

static void take_file(const struct file *file, struct ranges *ranges, struct items *items)
{
	char *text = arena_strdup(items->arena, file->data), *line;
	unsigned number = 0;

	while ((line = strsep(&text, "\n"))) {
		number++;
		if (*line && *line != '#' && !take_line(file, line, number, ranges, items))
			return;
		if (ranges->n == RANGES_MOST) {
			items_add_state(items, "range", file->path, STATE_BROKEN, "there are more than 100000 ranges");
			return;
		}
	}
}

/* Accounts, as ranges of one number: the third field of passwd(5) and group(5). */
static void take_accounts(const struct file *file, struct ranges *accounts, struct arena *arena)
{
	char *text = file->state == STATE_PRESENT ? arena_strdup(arena, file->data) : NULL, *line;

	while ((line = strsep(&text, "\n"))) {
		struct range r = { .owner = strsep(&line, ":") };
		const char *number;

		strsep(&line, ":");
		number = strsep(&line, ":");
		if (!number || !text_integer(number, &r.first))
			continue;
		r.last = r.first;
		arena_push(arena, accounts->list, accounts->n) = r;
	}
}

static int by_first(const void *a, const void *b)
{
	const struct range *x = a, *y = b;

	return x->first != y->first ? (x->first < y->first ? -1 : 1) : x->line < y->line ? -1 : x->line > y->line;
}

static void add_overlaps(const struct file *file, struct ranges *ranges, struct items *items)
{
	const struct range *widest;

	if (!ranges->n)
		return;
	qsort(ranges->list, ranges->n, sizeof(*ranges->list), by_first);
	widest = &ranges->list[0];
	for (size_t i = 1; i < ranges->n && items->n < FOUND_MOST; i++) {
		const struct range *r = &ranges->list[i];

		if (r->first <= widest->last && !streq(r->owner, widest->owner))
			items_add_text(items, "overlap", arena_printf(items->arena, "%s:%u", file->path, r->line),
				       arena_printf(items->arena, "%s and %s share the numbers from %" PRId64, widest->owner, r->owner, r->first));
		if (r->last > widest->last)
			widest = r;
	}
}

/* Numbers above those that the kernel keeps for nobody are in no range that somebody could mean. */
static void add_accounts(const struct file *file, const struct ranges *ranges, const struct ranges *accounts, struct items *items)
{
	for (size_t i = 0; i < accounts->n && items->n < FOUND_MOST; i++)
		for (size_t k = 0; k < ranges->n && ranges->list[k].first <= accounts->list[i].first; k++)
			if (accounts->list[i].first <= ranges->list[k].last && items->n < FOUND_MOST)
				items_add_text(items, "overlap", arena_printf(items->arena, "%s:%u", file->path, ranges->list[k].line),
					       arena_printf(items->arena, "the range of %s holds %" PRId64 ", which is %s", ranges->list[k].owner,
							    accounts->list[i].first, accounts->list[i].owner));
}

static bool observe_file(const struct subject *subject, const char *path, const char *accounts_path, struct items *items)
{
	const struct file *file = source_read(subject->source, path, FILE_LIMIT);
	struct ranges ranges = { 0 }, accounts = { 0 };

	if (file->state == STATE_ABSENT)
		return false;
	if (file->state != STATE_PRESENT) {
		items_add_file_state(items, "ranges", file);
		return true;
	}
	take_file(file, &ranges, items);
	take_accounts(source_read(subject->source, accounts_path, FILE_LIMIT), &accounts, items->arena);
	add_overlaps(file, &ranges, items);
	add_accounts(file, &ranges, &accounts, items);
	return true;
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	bool users = observe_file(subject, "etc/subuid", "etc/passwd", items);
	bool groups = observe_file(subject, "etc/subgid", "etc/group", items);

	(void)params;
	if (!users && !groups)
		items_add_state(items, "ranges", "/etc/subuid", STATE_INAPPLICABLE, "nobody has subordinate numbers");
	else if (!items->n)
		items_add_state(items, "overlap", users ? "/etc/subuid" : "/etc/subgid", STATE_ABSENT, "no ranges overlap");
}

const struct check check_subordinate_ids = {
	.name = "subordinate-ids",
	.summary = "subordinate user and group numbers that two users have",
	.reference = "An item for each range of /etc/subuid and /etc/subgid that overlaps one of another user, or that holds the "
		     "number of an account of /etc/passwd or /etc/group; absent where none does, not applicable where neither file "
		     "is there. See subuid(5).",
	.subjects = SUBJECT_HOST,
	.params = { { 0 } },
	.observe = observe,
};
