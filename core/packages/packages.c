/* SPDX-License-Identifier: Apache-2.0 */
#include "core/packages/packages_private.h"

#include "core/base/text.h"
#include "core/source/gunzip.h"

enum { CHANGELOG_LIMIT = 8 << 20 };

void packages_tell(struct package_reading *r, const char *path, enum state state, const char *why, ...)
{
	struct file *file = arena_new_of(r->arena, struct file);
	va_list args;

	va_start(args, why);
	*file = (struct file){ .path = arena_printf(r->arena, "/%s", path), .state = state, .why = arena_vprintf(r->arena, why, args) };
	va_end(args);
	r->packages->file = file;
}

/* ---- dpkg ---- */

/* The value of a field, where the line is of that field: its start, and its length in *size. */
static const char *field(const char *line, size_t length, const char *name, size_t *size)
{
	size_t n = strlen(name);

	if (length < n || memcmp(line, name, n) != 0)
		return NULL;
	for (line += n, length -= n; length && (*line == ' ' || *line == '\t'); length--)
		line++;
	*size = length;
	return line;
}

static bool ends_in(const char *text, size_t size, const char *word)
{
	size_t n = strlen(word);

	return size >= n && memcmp(text + size - n, word, n) == 0;
}

struct stanza {
	struct package package;
	bool installed, unfinished;
};

/* "install ok installed", "hold ok installed"; "deinstall ok config-files" and "purge ok not-installed" are gone. */
static void take_status(struct stanza *stanza, const char *value, size_t size)
{
	static const char *const unfinished[] = { " half-installed", " unpacked", " half-configured", " triggers-awaited", " triggers-pending" };

	stanza->installed = ends_in(value, size, " installed");
	if (size > 5 && memcmp(value, "hold ", 5) == 0)
		stanza->package.flags |= PACKAGE_HELD;
	for (size_t i = 0; i < ARRAY_LEN(unfinished); i++)
		stanza->unfinished = stanza->unfinished || ends_in(value, size, unfinished[i]);
	stanza->unfinished = stanza->unfinished || memmem(value, size, " reinstreq ", 11);
}

static void take_line(struct stanza *stanza, struct arena *arena, const char *line, size_t length)
{
	const char *value;
	size_t size;

	if ((value = field(line, length, "Package:", &size)))
		stanza->package.name = arena_strndup(arena, value, size);
	else if ((value = field(line, length, "Status:", &size)))
		take_status(stanza, value, size);
	else if ((value = field(line, length, "Version:", &size)))
		stanza->package.version = arena_strndup(arena, value, size);
}

static void take_stanza(struct packages *packages, struct arena *arena, struct stanza *stanza)
{
	struct package *package = &stanza->package;

	if (!package->name)
		return;
	if (stanza->unfinished) {
		package->flags |= PACKAGE_BROKEN;
		package->version = package->version ? package->version : "";
		arena_push(arena, packages->unfinished, packages->n_unfinished) = *package;
	} else if (stanza->installed && package->version) {
		arena_push(arena, packages->list, packages->n) = *package;
	}
}

/* `listed`: what stands there is installed, without a word about it. */
static void take_stanzas(struct package_reading *r, const struct file *file, bool listed)
{
	struct stanza stanza = { .installed = listed };
	const char *line, *end = file->data + file->size;

	for (line = file->data; line < end;) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		size_t length = (size_t)((newline ? newline : end) - line);

		if (!length) {
			take_stanza(r->packages, r->arena, &stanza);
			stanza = (struct stanza){ .installed = listed };
		} else {
			take_line(&stanza, r->arena, line, length);
		}
		line += length + 1;
	}
	take_stanza(r->packages, r->arena, &stanza);
}

/* Images made without a package manager ("distroless") keep a file for each package. */
static void take_status_d(struct package_reading *r)
{
	const char *folder = "var/lib/dpkg/status.d";
	const struct directory *dir = source_list(r->source, folder);

	for (size_t i = 0; i < dir->n; i++) {
		const char *path = arena_printf(r->arena, "%s/%s", folder, dir->entries[i].name);
		const struct file *file;

		if (strstr(dir->entries[i].name, ".md5sums"))
			continue;
		file = source_read(r->source, path, SOURCE_LIMIT);
		if (file->state == STATE_PRESENT) {
			take_stanzas(r, file, true);
			r->packages->file = file;
		}
	}
}

static bool read_dpkg(struct package_reading *r)
{
	const struct file *file = source_read(r->source, "var/lib/dpkg/status", PACKAGES_LIMIT);

	r->packages->manager = PACKAGES_DPKG;
	r->packages->file = file;
	if (file->state == STATE_PRESENT)
		take_stanzas(r, file, false);
	else if (file->state == STATE_ABSENT)
		take_status_d(r);
	return r->packages->file->state != STATE_ABSENT && r->packages->file->state != STATE_NOT_GIVEN;
}

/* ---- apk ---- */

/* "P:busybox", "V:1.36.1-r29", and an empty line behind each package. */
static bool read_apk(struct package_reading *r)
{
	const struct file *file = source_read(r->source, "lib/apk/db/installed", PACKAGES_LIMIT);
	struct package package = { 0 };

	if (file->state == STATE_ABSENT)   /* where it is since apk-tools 3 */
		file = source_read(r->source, "usr/lib/apk/db/installed", PACKAGES_LIMIT);
	if (file->state == STATE_ABSENT || file->state == STATE_NOT_GIVEN)
		return false;
	r->packages->manager = PACKAGES_APK;
	r->packages->file = file;
	for (const char *line = file->data; file->state == STATE_PRESENT && *line;) {
		size_t size = strcspn(line, "\n");

		if (size > 2 && starts_with(line, "P:"))
			package.name = arena_strndup(r->arena, line + 2, size - 2);
		else if (size > 2 && starts_with(line, "V:"))
			package.version = arena_strndup(r->arena, line + 2, size - 2);
		line += size + (line[size] == '\n');
		if ((size && *line) || !package.name || !package.version)
			continue;
		arena_push(r->arena, r->packages->list, r->packages->n) = package;
		package = (struct package){ 0 };
	}
	return true;
}

/* ---- pacman ---- */

/* A folder for each package, "bash-5.2.026-2": its version is the last two parts. */
static bool read_pacman(struct package_reading *r)
{
	const char *folder = "var/lib/pacman/local";
	const struct directory *dir = source_list(r->source, folder);

	if (dir->state == STATE_ABSENT || dir->state == STATE_NOT_GIVEN)
		return false;
	r->packages->manager = PACKAGES_PACMAN;
	packages_tell(r, folder, dir->state, "%s", dir->why ? dir->why : "");
	for (size_t i = 0; i < dir->n; i++) {
		const char *name = dir->entries[i].name, *last = strrchr(name, '-'), *first = last;

		while (first && first > name && *--first != '-')
			;
		if (!last || first == name || *first != '-')
			continue;
		arena_push(r->arena, r->packages->list, r->packages->n) = (struct package){
			.name = arena_strndup(r->arena, name, (size_t)(first - name)), .version = arena_strdup(r->arena, first + 1),
		};
	}
	return true;
}

/* ---- any ---- */

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct package *)a)->name, ((const struct package *)b)->name);
}

/*
 * The tools of one family can be installed on a system of another, where their record is empty: the first with a package in it counts. One that
 * is there and cannot be read speaks for all.
 */
struct packages *packages_read(struct source *source, struct arena *arena)
{
	static bool (*const readers[])(struct package_reading *) = { read_dpkg, read_apk, packages_read_rpm, read_pacman };
	struct packages *packages = NULL, *empty = NULL;

	for (size_t i = 0; i < ARRAY_LEN(readers) && !packages; i++) {
		struct packages *read = arena_new_of(arena, struct packages);
		struct package_reading reading = { read, source, arena };

		if (!readers[i](&reading))
			continue;
		if (read->n || read->n_unfinished || read->file->state != STATE_PRESENT)
			packages = read;
		else if (!empty)
			empty = read;
	}
	packages = packages ? packages : empty;
	if (!packages) {
		packages = arena_new_of(arena, struct packages);
		packages->file = source_read(source, "var/lib/dpkg/status", PACKAGES_LIMIT);
	}
	if (packages->n)
		qsort(packages->list, packages->n, sizeof(*packages->list), by_name);
	return packages;
}

const char *packages_version(const struct packages *packages, const char *name)
{
	struct package key = { .name = name };
	const struct package *found = packages->n ? bsearch(&key, packages->list, packages->n, sizeof(key), by_name) : NULL;
	const struct package *end = packages->list + packages->n;
	const char *highest = NULL;

	while (found && found > packages->list && streq(found[-1].name, name))
		found--;
	for (; found && found < end && streq(found->name, name); found++)
		if (!highest || package_version_compare(packages->manager, highest, found->version) < 0)
			highest = found->version;
	return highest;
}

const char *package_manager_name(enum package_manager manager)
{
	static const char *const names[] = {
		[PACKAGES_DPKG] = "dpkg", [PACKAGES_RPM] = "rpm", [PACKAGES_APK] = "apk", [PACKAGES_PACMAN] = "pacman",
	};

	return names[manager];
}

static bool has_line(const struct file *file, const char *line)
{
	size_t n = strlen(line);

	for (const char *at = file->data; (at = strstr(at, line)); at += n)
		if ((at == file->data || at[-1] == '\n') && (at[n] == '\n' || !at[n]))
			return true;
	return false;
}

static void *read_table(struct source *source, struct arena *arena)
{
	return packages_read(source, arena);
}

const struct packages *packages_of(const struct subject *subject)
{
	static const struct host_table table = { read_table };

	return subject_table(subject, &table);
}

bool packages_holds(struct source *source, struct arena *arena, const char *name, const char *file)
{
	const struct file *list = source_read(source, arena_printf(arena, "var/lib/dpkg/info/%s.list", name), CHANGELOG_LIMIT);

	if (list->state != STATE_PRESENT)
		return false;
	/* a system whose /bin is a link may know the file by either name */
	return has_line(list, file) || (starts_with(file, "/usr/") ? has_line(list, file + strlen("/usr"))
								   : has_line(list, arena_printf(arena, "/usr%s", file)));
}

static const struct file *unpack(struct source *source, const char *name, const struct file *packed)
{
	auto_arena struct arena *scratch = arena_new();
	const char *why = packed->why;
	size_t size = packed->size;
	const char *text = packed->state == STATE_PRESENT ? packed->data : NULL;

	if (text && is_gzip(packed))
		text = gunzip(scratch, packed, CHANGELOG_LIMIT, &size, &why);
	return source_remember(source, name, text ? STATE_PRESENT : packed->state != STATE_PRESENT ? packed->state : STATE_MALFORMED, why, text,
			       text ? size : 0);
}

const struct file *packages_changelog(struct source *source, struct arena *arena, const char *name)
{
	static const char *const names[] = { "changelog.Debian.gz", "changelog.Debian" };
	const char *call = arena_printf(arena, "the changelog of the package %s", name);
	const struct file *file = source_recall(source, call);

	if (file)
		return file;
	for (size_t i = 0; i < ARRAY_LEN(names) && (!file || file->state == STATE_ABSENT); i++)
		file = source_read(source, arena_printf(arena, "usr/share/doc/%s/%s", name, names[i]), CHANGELOG_LIMIT);
	return unpack(source, call, file);
}
