/* SPDX-License-Identifier: Apache-2.0 */
/* Files that have no drop-ins, as a patch for patch(1), which refuses a file that is not what it was when this was written. */
#include "reports/fixes.h"

#include "core/base/text.h"
#include "core/fix/fix_files.h"

enum { CONTEXT = 3, TABLE_MOST = 1 << 22 };

static const char apart[] = "#: ";

/* ---- a unified diff ---- */

struct lines {
	const char **list;               /* each with its line break, which the last may lack */
	size_t n;
};

static struct lines lines_of(struct arena *arena, const char *text)
{
	struct lines lines = { 0 };

	for (const char *line = text, *end; *line; line = end) {
		end = strchrnul(line, '\n');
		end += *end != '\0';
		arena_push(arena, lines.list, lines.n) = arena_strndup(arena, line, (size_t)(end - line));
	}
	return lines;
}

/* Which lines of both stand in the other, too, in the same order: the longest such list. */
struct script {
	struct lines a, b;
	bool *kept_a, *kept_b;
};

/* Of the parts between the lines that both begin and end with; too long for a table, they are taken for different. */
static void match_middle(struct arena *arena, struct script *s, size_t head, size_t tail)
{
	const char *const *a = s->a.list + head, *const *b = s->b.list + head;
	size_t n = s->a.n - head - tail, m = s->b.n - head - tail, i = 0, k = 0;
	unsigned *longest;

	if (!n || !m || n > TABLE_MOST / m)
		return;
	longest = arena_array_of(arena, unsigned, (n + 1) * (m + 1));
	for (i = n; i-- > 0;)
		for (k = m; k-- > 0;) {
			unsigned below = longest[(i + 1) * (m + 1) + k], right = longest[i * (m + 1) + k + 1];

			longest[i * (m + 1) + k] = streq(a[i], b[k]) ? longest[(i + 1) * (m + 1) + k + 1] + 1 : below > right ? below : right;
		}
	for (i = k = 0; i < n && k < m;)
		if (streq(a[i], b[k]))
			s->kept_a[head + i++] = s->kept_b[head + k++] = true;
		else if (longest[(i + 1) * (m + 1) + k] >= longest[i * (m + 1) + k + 1])
			i++;
		else
			k++;
}

static struct script compare(struct arena *arena, const char *before, const char *after)
{
	struct script s = { .a = lines_of(arena, before), .b = lines_of(arena, after) };
	size_t head = 0, tail = 0;

	s.kept_a = arena_array_of(arena, bool, s.a.n + 1);
	s.kept_b = arena_array_of(arena, bool, s.b.n + 1);
	while (head < s.a.n && head < s.b.n && streq(s.a.list[head], s.b.list[head]))
		s.kept_a[head] = s.kept_b[head] = true, head++;
	while (tail < s.a.n - head && tail < s.b.n - head && streq(s.a.list[s.a.n - 1 - tail], s.b.list[s.b.n - 1 - tail]))
		tail++, s.kept_a[s.a.n - tail] = s.kept_b[s.b.n - tail] = true;
	match_middle(arena, &s, head, tail);
	return s;
}

static void put_line(struct fixes *f, const char *prefix, char sign, const char *line)
{
	fixes_printf(f, "%s%c%s", prefix, sign, line);
	if (!strchr(line, '\n'))
		fixes_printf(f, "\n%s\\ No newline at end of file\n", prefix);
}

/* A hunk that begins with the first change behind (i, k): up to where more than twice the context is the same. Its ends are put into *to_i, *to_k. */
static void end_of_hunk(const struct script *s, size_t i, size_t k, size_t *to_i, size_t *to_k)
{
	size_t same = 0;

	*to_i = i;
	*to_k = k;
	while ((i < s->a.n || k < s->b.n) && same <= 2 * CONTEXT) {
		if (i < s->a.n && !s->kept_a[i])
			i++;
		else if (k < s->b.n && !s->kept_b[k])
			k++;
		else {
			same++, i++, k++;
			continue;
		}
		same = 0;
		*to_i = i;
		*to_k = k;
	}
}

static void put_hunk(struct fixes *f, const char *prefix, const struct script *s, const size_t from[2], const size_t to[2])
{
	size_t above = from[0] > CONTEXT ? CONTEXT : from[0], left = s->a.n - to[0], below = left > CONTEXT ? CONTEXT : left;
	size_t i = from[0] - above, k = from[1] - above, n = to[0] + below - i, m = to[1] + below - k;

	fixes_printf(f, "%s@@ -%zu,%zu +%zu,%zu @@\n", prefix, n ? i + 1 : i, n, m ? k + 1 : k, m);
	while (i < to[0] + below || k < to[1] + below)
		if (i < to[0] && !s->kept_a[i])
			put_line(f, prefix, '-', s->a.list[i++]);
		else if (k < to[1] && !s->kept_b[k])
			put_line(f, prefix, '+', s->b.list[k++]);
		else {
			put_line(f, prefix, ' ', s->a.list[i]);
			i++, k++;
		}
}

void fixes_put_diff(struct fixes *f, const char *prefix, const char *path, const char *before, const char *after)
{
	struct script s = compare(f->arena, before, after);
	bool headed = false;

	for (size_t i = 0, k = 0; i < s.a.n || k < s.b.n;) {
		size_t from[2] = { i, k }, to[2];

		if (i < s.a.n && k < s.b.n && s.kept_a[i] && s.kept_b[k]) {
			i++, k++;
			continue;
		}
		if (!headed)
			fixes_printf(f, "%s--- %s%s\n%s+++ b%s\n", prefix, s.a.n ? "a" : "/dev/null", s.a.n ? path : "", prefix, path);
		headed = true;
		end_of_hunk(&s, i, k, &to[0], &to[1]);
		put_hunk(f, prefix, &s, from, to);
		i = to[0];
		k = to[1];
	}
}

/* ---- the changes ---- */

static bool has_change(const struct fix_item *item, const struct fix_target *target)
{
	for (size_t i = 0; item->kind == FIX_EDIT && i < item->n_changes; i++)
		if (item->changes[i].target == target)
			return true;
	return false;
}

static void describe(struct fixes *f, const struct fix_item *item)
{
	fixes_describe(f, item);
	if (item->then)
		fixes_remark(f, "then", item->then);
}

/* One that is set apart is a patch of its own, on top of the others. */
static void put_target(struct fixes *f, const struct fix_target *target)
{
	const char *after = target->after ? target->after : target->text, *why;

	for (size_t i = 0; i < f->plan->n; i++)
		if (has_change(&f->plan->items[i], target) && !f->plan->items[i].set_apart)
			describe(f, &f->plan->items[i]);
	if (target->after) {
		output_puts(&f->output, "\n");
		fixes_put_diff(f, "", target->path, target->text, after);
	}
	for (size_t i = 0; i < f->plan->n; i++) {
		const struct fix_item *item = &f->plan->items[i];

		if (!has_change(item, target) || !item->set_apart)
			continue;
		describe(f, item);
		fixes_put_diff(f, apart, target->path, after, fix_changed(f->arena, item, target, after, &why));
	}
}

void fixes_put_edits(struct fixes *f, bool headed)
{
	if (headed && f->plan->of[FIX_EDIT])
		output_puts(&f->output, "\n# ==== patches: patch -p1 --no-backup-if-mismatch -d / ====\n");
	for (size_t i = 0; i < f->plan->n_targets; i++)
		put_target(f, f->plan->targets[i]);
}

/* Rules that a patch would mend, if it could be made. */
static void put_refused(struct fixes *f)
{
	for (size_t i = 0; i < f->plan->n; i++) {
		const struct fix_item *item = &f->plan->items[i];

		if (item->kind == FIX_BY_HAND && item->n_notes && starts_with(item->notes[0], "No patch"))
			fixes_describe(f, item);
	}
}

static int write_patch(const struct audit *audit, const struct format_options *options, FILE *file, struct err *err)
{
	auto_arena struct arena *arena = arena_new();
	struct fixes f = { { .file = file }, arena, audit, audit->fixes };
	int rc;

	(void)options;
	fixes_head(&f, "For patch -p1 --no-backup-if-mismatch -d /; take the \"#: \" off the lines of those that you want as well. What no longer fits is "
		       "refused: plimsoll fix writes it anew.");
	fixes_put_edits(&f, false);
	rc = fixes_put_daemon_json(&f, false, err);
	put_refused(&f);
	return rc < 0 ? rc : output_finish(&f.output, err);
}

const struct format format_patch = {
	.name = "patch",
	.summary = "fixes for files that have no drop-ins, as a patch of the present files",
	.mime = "text/x-diff", .explains = true, .write_fixes = write_patch,
};
