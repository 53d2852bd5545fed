/* SPDX-License-Identifier: Apache-2.0 */
#include "core/packages/repository_private.h"

#include "core/base/text.h"

/* ---- shared ---- */

void repository_add(struct repository_reading *r, const struct repository *repository)
{
	if (r->all->n < REPOSITORIES_MOST)
		arena_push(r->arena, r->all->list, r->all->n) = *repository;
}

void repository_note(struct repository_reading *r, enum state state, const char *path, const char *why)
{
	if (r->all->state != STATE_PRESENT)
		return;
	r->all->state = state;
	r->all->origin = path;
	r->all->why = why;
}

void repository_fail(struct repository_reading *r, const struct file *file, unsigned line, const char *what)
{
	repository_note(r, STATE_MALFORMED, file->path, arena_printf(r->arena, "%s:%u: %s", file->path, line, what));
}

const struct file *repository_file(struct repository_reading *r, const char *path)
{
	const struct file *file = source_read(r->source, path, REPOSITORY_LIMIT);

	if (file->state == STATE_PRESENT)
		return file;
	if (file->state != STATE_ABSENT)
		repository_note(r, file->state, file->path, file->why);
	return NULL;
}

void repository_folder(struct repository_reading *r, const char *folder, const char *end,
		       void (*take)(struct repository_reading *r, const struct file *file))
{
	const struct directory *dir = source_list(r->source, folder);

	if (dir->state != STATE_PRESENT && dir->state != STATE_ABSENT)
		repository_note(r, dir->state, dir->path, dir->why);
	r->found = r->found || dir->state == STATE_PRESENT;
	for (size_t i = 0; i < dir->n; i++) {
		const char *name = dir->entries[i].name;
		size_t n = strlen(name), m = strlen(end);
		const struct file *file;

		if (n <= m || !streq(name + n - m, end) || *name == '.')
			continue;
		file = repository_file(r, arena_printf(r->arena, "%s/%s", folder, name));
		if (file)
			take(r, file);
	}
}

bool repository_is_encrypted(const char *uri)
{
	static const char *const safe[] = { "https:", "tor+https:", "file:", "cdrom:", "copy:", "dir:", "dvd:", "cd:", "hd:", "iso:", "ssh:", "/" };

	for (size_t i = 0; i < ARRAY_LEN(safe); i++)
		if (starts_with(uri, safe[i]))
			return true;
	return false;
}

char *repository_line(struct arena *arena, const char **at, unsigned *line)
{
	size_t n = strcspn(*at, "\n");
	char *text;

	if (!**at)
		return NULL;
	text = text_trim(arena_strndup(arena, *at, n));
	*at += n + ((*at)[n] == '\n');
	(*line)++;
	return text;
}

/* ---- apk ---- */

/* "https://dl-cdn.alpinelinux.org/alpine/v3.20/main", with "@tag " in front of some. apk takes nothing that no key of /etc/apk/keys signed. */
static void read_apk(struct repository_reading *r)
{
	const struct file *file = repository_file(r, "etc/apk/repositories");
	const char *at = file ? file->data : "";
	unsigned line = 0;
	char *text;

	while ((text = repository_line(r->arena, &at, &line))) {
		const char *uri = *text == '@' ? text + strcspn(text, " \t") : text;

		uri += strspn(uri, " \t");
		if (!*uri || *uri == '#')
			continue;
		r->found = true;
		repository_add(r, &(struct repository){
			.kind = REPOSITORY_APK, .name = text_safe(r->arena, uri, strlen(uri), 256),
			.origin = arena_printf(r->arena, "%s:%u", file->path, line), .is_signed = true, .metadata_signed = true,
			.encrypted = repository_is_encrypted(uri), .scoped = false, .dated = true, .security = text_glob("*/main*", uri),
		});
	}
}

/* ---- pacman ---- */

/* SigLevel = Required DatabaseOptional: words for all, for packages, for databases; the last of each counts (pacman.conf(5)). */
static void take_levels(const char *words, bool *packages, bool *databases)
{
	size_t n;

	for (const char *at = words, *w; (w = list_next(&at, " \t", &n));) {
		bool for_packages = n > 7 && strncmp(w, "Package", 7) == 0, for_databases = n > 8 && strncmp(w, "Database", 8) == 0;
		const char *level = w + (for_packages ? 7 : for_databases ? 8 : 0);
		bool needed = starts_with(level, "Required");

		if (!needed && !starts_with(level, "Optional") && !starts_with(level, "Never"))
			continue;
		if (!for_databases)
			*packages = needed;
		if (!for_packages)
			*databases = needed;
	}
}

static void read_pacman(struct repository_reading *r)
{
	const struct file *file = repository_file(r, "etc/pacman.conf");
	bool packages = true, databases = false, options = false;   /* what Arch ships and pacman does without a word are the same */
	struct repository *last = NULL;
	const char *at = file ? file->data : "", *value;
	unsigned line = 0;
	char *text;

	r->found = r->found || file;
	while ((text = repository_line(r->arena, &at, &line))) {
		size_t n = strlen(text);

		if (n > 2 && *text == '[' && text[n - 1] == ']') {
			text[n - 1] = '\0';
			options = streq(text + 1, "options");
			last = NULL;
			if (options)
				continue;
			repository_add(r, &(struct repository){
				.kind = REPOSITORY_PACMAN, .name = text_safe(r->arena, text + 1, n - 2, 256), .is_signed = packages,
				.origin = arena_printf(r->arena, "%s:%u", file->path, line), .metadata_signed = databases, .encrypted = true,
				.dated = true, .security = true,
			});
			last = r->all->n ? &r->all->list[r->all->n - 1] : NULL;
			continue;
		}
		value = strchr(text, '=');
		if (!value)
			continue;
		if (starts_with(text, "SigLevel"))
			take_levels(value + 1, last ? &last->is_signed : &packages, last ? &last->metadata_signed : &databases);
		else if (starts_with(text, "Server") && last)
			last->encrypted = last->encrypted && repository_is_encrypted(value + 1 + strspn(value + 1, " \t"));
	}
}

/* ---- any ---- */

struct repositories *repositories_read(struct source *source, struct arena *arena)
{
	struct repositories *all = arena_new_of(arena, struct repositories);
	struct repository_reading r = { .all = all, .source = source, .arena = arena };

	all->state = STATE_PRESENT;
	all->origin = "/etc";
	repositories_read_apt(&r);
	repositories_read_rpm(&r);
	read_apk(&r);
	read_pacman(&r);
	if (!r.found && all->state == STATE_PRESENT) {
		all->state = STATE_INAPPLICABLE;
		all->why = "no package manager that is known has repositories here";
	}
	return all;
}

static void *read_repositories(struct source *source, struct arena *arena)
{
	return repositories_read(source, arena);
}

const struct repositories *subject_repositories(const struct subject *subject)
{
	static const struct host_table table = { read_repositories };

	return subject_table(subject, &table);
}

const char *repository_kind_name(enum repository_kind kind)
{
	static const char *const names[] = {
		[REPOSITORY_APT] = "apt", [REPOSITORY_DNF] = "dnf", [REPOSITORY_ZYPP] = "zypper", [REPOSITORY_APK] = "apk",
		[REPOSITORY_PACMAN] = "pacman",
	};

	return names[kind];
}
