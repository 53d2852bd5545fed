/* SPDX-License-Identifier: Apache-2.0 */
#include "core/search/search_names.h"

#include "core/accounts/nss.h"
#include "core/base/text.h"

enum { FILE_LIMIT = 16 << 20, FIELDS = 7 };

/* ---- lines of fields between colons ---- */

struct fields {
	const char *text[FIELDS];
	size_t size[FIELDS];
	size_t n;
};

static struct fields fields_of(const char *line, size_t size)
{
	struct fields f = { .n = 0 };
	const char *end = line + size;

	while (f.n < FIELDS) {
		const char *colon = memchr(line, ':', (size_t)(end - line));

		f.text[f.n] = line;
		f.size[f.n++] = (size_t)((colon ? colon : end) - line);
		if (!colon)
			break;
		line = colon + 1;
	}
	return f;
}

static bool number(const struct fields *f, size_t i, int64_t *value)
{
	char text[24];

	if (i >= f->n || f->size[i] >= sizeof(text))
		return false;
	memcpy(text, f->text[i], f->size[i]);
	text[f->size[i]] = '\0';
	return text_integer(text, value) && *value >= 0 && *value <= UINT32_MAX;
}

/* ---- numbers ---- */

static void add_range(struct names *names, struct arena *arena, int64_t first, int64_t n)
{
	if (n > 0 && first <= UINT32_MAX)
		arena_push(arena, names->list, names->n) =
			(struct id_range){ (uint32_t)first, first + n - 1 > UINT32_MAX ? UINT32_MAX : (uint32_t)(first + n - 1) };
}

/* The third field of passwd(5) and group(5) alike. */
static void add_file(struct names *names, struct arena *arena, const struct file *file)
{
	size_t size;

	for (const char *at = file->state == STATE_PRESENT ? file->data : "", *line; (line = list_next(&at, "\n", &size));) {
		struct fields f = fields_of(line, size);
		int64_t id;

		if (number(&f, 2, &id))
			add_range(names, arena, id, 1);
	}
}

static void add_sub_file(struct names *names, struct arena *arena, const struct file *file)
{
	size_t size;

	for (const char *at = file->state == STATE_PRESENT ? file->data : "", *line; (line = list_next(&at, "\n", &size));) {
		struct fields f = fields_of(line, size);
		int64_t first, n;

		if (number(&f, 1, &first) && number(&f, 2, &n))
			add_range(names, arena, first, n);
	}
}

static int by_first(const void *a, const void *b)
{
	const struct id_range *x = a, *y = b;

	return x->first < y->first ? -1 : x->first > y->first;
}

static void join(struct names *names)
{
	size_t kept = 0;

	if (names->n)
		qsort(names->list, names->n, sizeof(*names->list), by_first);
	for (size_t i = 0; i < names->n; i++) {
		struct id_range *r = &names->list[i];

		if (!kept || names->list[kept - 1].last < r->first)
			names->list[kept++] = *r;
		else if (names->list[kept - 1].last < r->last)
			names->list[kept - 1].last = r->last;
	}
	names->n = kept;
}

/* ---- names that are not in files ---- */

/* Lines that begin with a plus bring in users of NIS where nsswitch.conf(5) says compat; elsewhere they mean nothing. */
static bool has_plus(const struct file *file)
{
	return file->state == STATE_PRESENT && (starts_with(file->data, "+") || strstr(file->data, "\n+"));
}

static const char *foreign_of(struct source *source, struct arena *arena, const char *database, const struct file *file)
{
	struct faults faults = { .n = 0 };
	const char *foreign = nss_foreign(source, arena, database, &faults);

	if (faults.n)
		return arena_printf(arena, "%s: %s", faults.list[0].origin, faults.list[0].why);
	if (!foreign && has_plus(file) && list_has(nss_sources(source, arena, database, &faults), " \t", "compat"))
		foreign = "NIS";
	return foreign ? arena_printf(arena, "names come from %s, too", text_safe(arena, foreign, strlen(foreign), 128)) : NULL;
}

struct names names_read(struct source *source, struct arena *arena, bool groups)
{
	/* besides /etc: where image-based systems keep those of the image */
	static const char *const places[2][4] = {
		{ "etc/passwd", "usr/lib/passwd", "var/lib/extrausers/passwd", "etc/subuid" },
		{ "etc/group", "usr/lib/group", "var/lib/extrausers/group", "etc/subgid" },
	};
	const struct file *first = source_read(source, places[groups][0], FILE_LIMIT);
	struct names names = { .why = foreign_of(source, arena, groups ? "group" : "passwd", first) };

	if (first->state != STATE_PRESENT) {
		names.why = arena_printf(arena, "%s: %s", first->path, first->why);
		return names;
	}
	for (size_t i = 0; i < 3; i++)
		add_file(&names, arena, source_read(source, places[groups][i], FILE_LIMIT));
	add_sub_file(&names, arena, source_read(source, places[groups][3], FILE_LIMIT));
	join(&names);
	if (!names.n)
		names.why = arena_printf(arena, "%s: holds no names", first->path);
	return names;
}

bool names_has(const struct names *names, uint32_t id)
{
	size_t from = 0, to = names->n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (names->list[middle].last < id)
			from = middle + 1;
		else
			to = middle;
	}
	return !names->n || (from < names->n && names->list[from].first <= id);
}

/* ---- the group of root ---- */

enum { FIRST_PERSON = 1000 };

bool names_root_group_is_closed(struct source *source)
{
	const struct file *groups = source_read(source, "etc/group", FILE_LIMIT), *users = source_read(source, "etc/passwd", FILE_LIMIT);
	size_t size;
	int64_t uid, gid;

	if (groups->state != STATE_PRESENT || users->state != STATE_PRESENT)
		return false;
	for (const char *at = groups->data, *line; (line = list_next(&at, "\n", &size));) {
		struct fields f = fields_of(line, size);

		if (number(&f, 2, &gid) && gid == 0 && f.n > 3 && f.size[3] && !(f.size[3] == 4 && strncmp(f.text[3], "root", 4) == 0))
			return false;
	}
	for (const char *at = users->data, *line; (line = list_next(&at, "\n", &size));) {
		struct fields f = fields_of(line, size);

		if (number(&f, 2, &uid) && number(&f, 3, &gid) && gid == 0 && uid >= FIRST_PERSON)
			return false;
	}
	return true;
}
