/* SPDX-License-Identifier: Apache-2.0 */
/* What the search of all file systems found, as a snapshot keeps it: a row for each kind, and one for each file that stands out. */
#include "core/search/search_private.h"

#include "core/base/rows.h"

#include <inttypes.h>

static const char call[] = "the search of all local file systems";

static const char *number(struct arena *arena, uint64_t n)
{
	return arena_printf(arena, "%" PRIu64, n);
}

static void add_kind(struct buffer *rows, const struct search *s, enum search_kind kind)
{
	struct arena *arena = rows->arena;
	const char *const head[] = { "kind", number(arena, s->n[kind]), s->names_why[kind], s->names_unread[kind] ? "unread" : "read" };

	rows_add(rows, head, ARRAY_LEN(head));
	for (size_t i = 0; i < s->kept[kind]; i++) {
		const struct found *f = &s->list[kind][i];
		const char *const fields[] = { f->path, number(arena, f->uid), number(arena, f->gid), arena_printf(arena, "0%o", f->mode) };

		rows_add(rows, fields, ARRAY_LEN(fields));
	}
}

void search_keep(const struct search *s, struct source *source)
{
	auto_arena struct arena *scratch = arena_new();
	struct buffer rows = { .arena = scratch };
	const char *const head[] = { "entries", number(scratch, s->entries) };

	rows_add(&rows, head, ARRAY_LEN(head));
	for (int kind = 0; kind < SEARCH_KINDS; kind++)
		add_kind(&rows, s, (enum search_kind)kind);
	source_remember(source, call, s->state, s->why, rows.text, rows.size);
}

/* Octal, as it is written. */
static mode_t mode_of(const struct row *row)
{
	return row->fields[3] ? (mode_t)strtoul(row->fields[3], NULL, 8) : 0;
}

static bool take_row(struct search *s, struct arena *arena, int *kind, const struct row *row)
{
	if (row->n != 4 || !row->fields[0])
		return false;
	if (streq(row->fields[0], "kind") && row->fields[3]) {
		if (++*kind >= SEARCH_KINDS)
			return false;
		s->n[*kind] = (size_t)row_number(row, 1, 0);
		s->names_why[*kind] = row->fields[2];
		s->names_unread[*kind] = streq(row->fields[3], "unread");
		return true;
	}
	if (*kind < 0 || *kind >= SEARCH_KINDS || row->fields[0][0] != '/' || s->kept[*kind] >= SEARCH_KEEP)
		return false;
	arena_push(arena, s->list[*kind], s->kept[*kind]) = (struct found){
		row->fields[0], (uint32_t)row_number(row, 1, UINT32_MAX), (uint32_t)row_number(row, 2, UINT32_MAX), mode_of(row),
	};
	return true;
}

struct search *search_recall(struct source *source, struct arena *arena)
{
	const struct file *file = source_keeps(source) ? source_recall(source, call) : NULL;
	struct search *s = file ? arena_new_of(arena, struct search) : NULL;
	const char *at = file ? file->data : "";
	bool good = true;
	int kind = -1;
	struct row row;

	if (!s)
		return NULL;
	s->state = file->state;
	s->why = file->why;
	if (rows_next(arena, &at, &row))
		s->entries = (size_t)row_number(&row, 1, 0);
	while (rows_next(arena, &at, &row))
		good = take_row(s, arena, &kind, &row) && good;
	for (int i = 0; i < SEARCH_KINDS; i++)
		good = good && s->kept[i] <= s->n[i];
	if (!good || (kind != SEARCH_KINDS - 1 && s->state != STATE_UNAVAILABLE)) {
		*s = (struct search){ .state = STATE_MALFORMED, .why = "what the snapshot holds of it is not understood" };
	}
	return s;
}
