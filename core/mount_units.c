/* SPDX-License-Identifier: Apache-2.0 */
#include "core/mount_units.h"

#include "core/conf_files.h"
#include "core/text.h"

/* Where units lie, the foremost first; behind the second stands what the generator makes of fstab. */
static const char *const folders[] = {
	"etc/systemd/system", "run/systemd/system", "usr/local/lib/systemd/system", "usr/lib/systemd/system", "lib/systemd/system",
};

enum { OF_ADMIN = 2, UNITS_MOST = 1000 };

/* Units for partitions that systemd found by their type, and that no fstab names: systemd-gpt-auto-generator(8). */
static const char late[] = "run/systemd/generator.late";

/* ---- the text of a unit ---- */

static void add_part(struct unit_text *unit, struct arena *arena, const struct file *file)
{
	if (conf_file_unread(arena, file, &unit->unseen))
		return;
	arena_push(arena, unit->list, unit->n) = file;
}

/* True where the file of the unit lies in this directory, or is masked there. */
static bool take_unit(struct unit_text *unit, struct source *source, struct arena *arena, const char *path)
{
	const struct file *link, *file = source_stat(source, path);

	if (file->state == STATE_ABSENT)
		return false;
	unit->path = text_safe(arena, file->path, strlen(file->path), 512);
	link = file->state == STATE_PRESENT && S_ISLNK(file->stat.st_mode) ? source_link(source, path) : NULL;
	if (link && link->state == STATE_PRESENT && streq(link->data, "/dev/null"))
		unit->masked = true;
	else
		add_part(unit, arena, source_read(source, path, SOURCE_LIMIT));
	return true;
}

struct unit_text unit_text_read(struct source *source, struct arena *arena, const char *name)
{
	const char *drop_ins[ARRAY_LEN(folders) + 1] = { NULL };
	struct unit_text unit = { .list = NULL };
	struct conf_files parts;

	for (size_t i = 0; i < ARRAY_LEN(folders); i++)
		drop_ins[i] = arena_printf(arena, "%s/%s.d", folders[i], name);
	for (size_t i = 0; i < ARRAY_LEN(folders) && !unit.path; i++) {
		take_unit(&unit, source, arena, arena_printf(arena, "%s/%s", folders[i], name));
		unit.of_admin = i < OF_ADMIN;
	}
	if (!unit.path && !take_unit(&unit, source, arena, arena_printf(arena, "%s/%s", late, name)))
		return unit;
	parts = conf_files_read(source, arena, drop_ins);
	for (size_t i = 0; i < parts.n; i++)
		add_part(&unit, arena, parts.list[i].file);
	if (parts.unseen.why)
		unit.unseen = parts.unseen;
	return unit;
}

/* "Key = value": the value where the line is of that key. */
static char *value_of(char *line, const char *key)
{
	size_t n = strlen(key);
	char *at = line + n;

	if (strncmp(line, key, n) != 0)
		return NULL;
	at += strspn(at, " \t");
	return *at == '=' ? text_trim(at + 1) : NULL;
}

char *unit_text_values(const struct unit_text *unit, struct arena *arena, const char *section, const char *key)
{
	struct buffer values = { .arena = arena };

	for (size_t i = 0; i < unit->n; i++) {
		struct conf_lines lines = conf_lines_of(arena, unit->list[i], true);
		bool inside = false;

		for (char *line, *value; (line = conf_lines_next(&lines));) {
			if (*line == '[')
				inside = streq(line, section);
			value = inside ? value_of(line, key) : NULL;
			if (value && !*value)
				values.size = 0;
			else if (value)
				buffer_printf(&values, "%s%s", values.size ? "\n" : "", value);
		}
	}
	return values.size ? values.text : NULL;
}

/* ---- mounts ---- */

/* The last of several; a % is written twice there. */
static const char *last_value(const struct unit_text *unit, struct arena *arena, const char *key)
{
	char *values = unit_text_values(unit, arena, "[Mount]", key), *last = values ? strrchr(values, '\n') : NULL, *to;

	if (!values)
		return "";
	last = last ? last + 1 : values;
	to = last;
	for (const char *from = last; *from; from++) {
		*to++ = *from;
		from += from[0] == '%' && from[1] == '%';
	}
	*to = '\0';
	return text_safe(arena, last, strlen(last), 1024);
}

/* A target that the boot reaches wants the unit, or the one that mounts on demand. */
static bool is_wanted(struct source *source, struct arena *arena, const char *name)
{
	static const char *const targets[] = { "local-fs", "remote-fs", "sysinit", "multi-user", "basic" };
	static const char *const ways[] = { "wants", "requires" };
	size_t n = strlen(name) - strlen("mount");
	const char *names[] = { name, arena_printf(arena, "%.*sautomount", (int)n, name) };

	for (size_t i = 0; i < ARRAY_LEN(folders) * ARRAY_LEN(targets) * ARRAY_LEN(ways); i++) {
		const char *folder = folders[i / ARRAY_LEN(ways) / ARRAY_LEN(targets)];
		const char *target = targets[i / ARRAY_LEN(ways) % ARRAY_LEN(targets)];
		const struct directory *dir =
			source_list(source, arena_printf(arena, "%s/%s.target.%s", folder, target, ways[i % ARRAY_LEN(ways)]));

		for (size_t k = 0; k < dir->n; k++)
			if (streq(dir->entries[k].name, names[0]) || streq(dir->entries[k].name, names[1]))
				return true;
	}
	return false;
}

/* "/var/log" for "var-log.mount", by the escapes of systemd.unit(5). */
static const char *path_of_name(struct arena *arena, const char *name)
{
	struct buffer path = { .arena = arena };
	size_t n = strlen(name) - strlen(".mount");

	if (n == 1 && *name == '-')
		return "/";
	buffer_puts(&path, "/");
	for (size_t i = 0; i < n; i++) {
		char digits[3] = "", *end = digits, byte = name[i] == '-' ? '/' : name[i];

		if (name[i] == '\\' && i + 3 < n && name[i + 1] == 'x') {
			memcpy(digits, name + i + 2, 2);
			byte = (char)strtoul(digits, &end, 16);
			i += 3;
		}
		if (end == digits + strlen(digits))
			buffer_add(&path, &byte, 1);
	}
	return text_safe(arena, path.text, path.size, 1024);
}

static const char unwanted[] = "no target wants it";

/* A line of fstab has its target want the unit of that name, also where that is the administrator's and hides the line. */
static void wake(struct fstab *fstab, size_t from)
{
	for (size_t i = from; i < fstab->n; i++)
		for (size_t k = 0; k < from && fstab->list[i].idle == unwanted; k++)
			if (!fstab->list[k].idle && streq(fstab->list[k].mount.target, fstab->list[i].mount.target))
				fstab->list[i].idle = NULL;
}

static void take_mount(struct fstab *fstab, struct source *source, struct arena *arena, const char *name)
{
	struct unit_text unit = unit_text_read(source, arena, name);
	struct fstab_entry entry = { .origin = unit.path, .rank = unit.of_admin ? FSTAB_UNIT_OF_ADMIN : FSTAB_UNIT_OF_VENDOR };

	if (unit.unseen.why)
		fstab->unseen = unit.unseen;
	if (!unit.path || unit.unseen.why)
		return;
	entry.mount = (struct mount){
		.root = "/", .own_options = "", .propagation = "", .target = path_of_name(arena, name),
		.source = last_value(&unit, arena, "What"), .type = last_value(&unit, arena, "Type"), .options = last_value(&unit, arena, "Options"),
	};
	if (unit.masked)
		entry.idle = "masked";
	else if (!strstr(unit.path, late) && !is_wanted(source, arena, name))
		entry.idle = unwanted;
	arena_push(arena, fstab->list, fstab->n) = entry;
}

static bool is_known(const struct fstab *fstab, size_t from, const char *target)
{
	for (size_t i = from; i < fstab->n; i++)
		if (streq(fstab->list[i].mount.target, target))
			return true;
	return false;
}

static bool is_mount_unit(const char *name)
{
	size_t n = strlen(name);

	return n > strlen(".mount") && n < 1024 && streq(name + n - strlen(".mount"), ".mount");
}

void mount_units_read(struct fstab *fstab, struct source *source, struct arena *arena)
{
	size_t from = fstab->n;

	for (size_t i = 0; i <= ARRAY_LEN(folders); i++) {
		const struct directory *dir = source_list(source, i < ARRAY_LEN(folders) ? folders[i] : late);

		unseen_directory(&fstab->unseen, dir);
		for (size_t k = 0; k < dir->n; k++) {
			const char *name = dir->entries[k].name;

			if (!is_mount_unit(name) || is_known(fstab, from, path_of_name(arena, name)))
				continue;
			if (fstab->n - from == UNITS_MOST) {
				fstab->unseen = (struct unseen){ STATE_BROKEN, dir->path, "more units lie there than are read" };
				break;
			}
			take_mount(fstab, source, arena, name);
		}
	}
	wake(fstab, from);
}
