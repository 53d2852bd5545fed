/* SPDX-License-Identifier: Apache-2.0 */
#include "core/packages/apt_lists.h"

#include "core/base/text.h"
#include "core/packages/packages.h"
#include "core/source/gunzip.h"

#include <time.h>

enum { LIST_LIMIT = 64 << 20, RELEASE_LIMIT = 4 << 20, LISTS_MOST = 64, FIXES_MOST = 100000 };

static const char folder[] = "var/lib/apt/lists";

struct reading {
	struct source *source;
	struct arena *arena;
	const struct packages *packages;
	struct apt_fixes *fixes;
};

/* The first thing that was not seen stays. */
static void unseen(struct reading *r, const char *origin, enum state state, const char *why)
{
	if (r->fixes->state != STATE_PRESENT)
		return;
	r->fixes->state = state;
	r->fixes->origin = origin;
	r->fixes->why = why;
}

/* ---- dates ---- */

int64_t apt_date(const char *text)
{
	static const char months[] = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec";
	struct tm tm = { 0 };
	char month[4], zone[8] = "";
	const char *at;

	if (sscanf(text, " %*3[A-Za-z], %2d %3s %4d %2d:%2d:%2d %7s", &tm.tm_mday, month, &tm.tm_year, &tm.tm_hour, &tm.tm_min, &tm.tm_sec, zone) != 7)
		return -1;
	at = strstr(months, month);
	if (!at || strlen(month) != 3 || (at - months) % 4 || !list_has("UTC GMT +0000", " ", zone))
		return -1;
	if (tm.tm_mday < 1 || tm.tm_mday > 31 || tm.tm_year < 1970)
		return -1;
	tm.tm_mon = (int)(at - months) / 4;
	tm.tm_year -= 1900;
	return timegm(&tm);
}

/* The line "Date:" of the suite that a list belongs to: STEM_InRelease, or STEM_Release. */
static void take_date(struct reading *r, const char *list)
{
	static const char *const names[] = { "InRelease", "Release" };
	const char *dists = strstr(list, "_dists_"), *end = dists ? strchr(dists + strlen("_dists_"), '_') : NULL;
	const char *stem = arena_strndup(r->arena, list, end ? (size_t)(end - list) : 0);

	for (size_t i = 0; end && i < ARRAY_LEN(names); i++) {
		const struct file *file = source_read(r->source, arena_printf(r->arena, "%s/%s_%s", folder, stem, names[i]), RELEASE_LIMIT);
		const char *line = file->state == STATE_PRESENT ? strstr(file->data, "\nDate:") : NULL;
		int64_t date = line ? apt_date(line + strlen("\nDate:")) : -1;

		if (file->state == STATE_ABSENT)
			continue;
		if (date < 0)
			unseen(r, file->path, file->state == STATE_PRESENT ? STATE_MALFORMED : file->state, file->why ? file->why : "it holds no date that is understood");
		else if (!r->fixes->oldest || date < r->fixes->oldest)
			r->fixes->oldest = date, r->fixes->oldest_origin = file->path;
		return;
	}
	unseen(r, arena_printf(r->arena, "/%s/%s", folder, list), STATE_UNAVAILABLE, "nothing beside it tells how old it is");
}

/* ---- lists ---- */

static const struct package *installed(const struct packages *packages, const char *name)
{
	size_t low = 0, high = packages->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(packages->list[middle].name, name);

		if (!order)
			return &packages->list[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* The highest of what the lists offer. */
static void offer(struct reading *r, const char *name, const char *version, const char *origin)
{
	const struct package *package = installed(r->packages, name);
	struct apt_fixes *fixes = r->fixes;

	if (!package || package_version_compare(PACKAGES_DPKG, version, package->version) <= 0)
		return;
	for (size_t i = 0; i < fixes->n; i++) {
		if (!streq(fixes->list[i].name, package->name))
			continue;
		if (package_version_compare(PACKAGES_DPKG, version, fixes->list[i].offered) > 0)
			fixes->list[i].offered = arena_strdup(r->arena, version), fixes->list[i].origin = origin;
		return;
	}
	if (fixes->n < FIXES_MOST)
		arena_push(r->arena, fixes->list, fixes->n) = (struct apt_fix){
			package->name, package->version, arena_strdup(r->arena, version), origin, package->flags & PACKAGE_HELD,
		};
}

/* A field of one line: "Package: openssl". Too long for what it is: none. */
static bool take_field(const char *line, size_t size, const char *key, char value[256])
{
	size_t n = strlen(key);

	if (size <= n || strncmp(line, key, n) != 0 || size - n > 255)
		return false;
	snprintf(value, 256, "%.*s", (int)(size - n), line + n);
	text_trim(value);
	return true;
}

/* Paragraphs of fields, parted by empty lines (deb-control(5)). */
static void take_list(struct reading *r, const char *data, size_t size, const char *origin)
{
	char name[256] = "", version[256] = "";
	const char *end = data + size, *next;

	for (const char *line = data; line < end; line = next) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));
		size_t n = (size_t)((stop ? stop : end) - line);

		next = stop ? stop + 1 : end;
		if (*line == 'P')
			take_field(line, n, "Package: ", name);
		else if (*line == 'V')
			take_field(line, n, "Version: ", version);
		if ((n == 0 || next == end) && *name && *version)
			offer(r, name, version, origin);
		if (n == 0)
			*name = *version = '\0';
	}
}

/* Its name is the address, the suite and the part: apt writes it as it is, or packed where it is told to. */
static void read_list(struct reading *r, const char *name)
{
	const struct file *file = source_read(r->source, arena_printf(r->arena, "%s/%s", folder, name), LIST_LIMIT);
	const char *why = NULL, *data = file->data;
	size_t size = file->size;

	take_date(r, name);
	if (file->state != STATE_PRESENT) {
		unseen(r, file->path, file->state, file->why);
		return;
	}
	if (text_glob("*_Packages.gz", name) && is_gzip(file))
		data = gunzip(r->arena, file, LIST_LIMIT, &size, &why);
	if (!data)
		unseen(r, file->path, STATE_BROKEN, why);
	else if (data == file->data && !text_glob("*_Packages", name))
		unseen(r, file->path, STATE_UNAVAILABLE, "its compression is not supported");
	else
		take_list(r, data, size, file->path);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct apt_fix *)a)->name, ((const struct apt_fix *)b)->name);
}

/* Suites for fixes are called so in their address: deb.debian.org_debian-security_…, …_dists_noble-security_… */
static bool is_wanted(const char *name)
{
	return strstr(name, "security") && text_glob("*_dists_*_Packages*", name) && !text_glob("*.diff", name) && !text_glob("*_Index", name);
}

static void *read_fixes(struct source *source, struct arena *arena)
{
	struct reading r = { source, arena, packages_read(source, arena), arena_new_of(arena, struct apt_fixes) };
	const struct directory *dir;
	size_t lists = 0;

	r.fixes->origin = r.packages->file->path;
	if (r.packages->manager != PACKAGES_DPKG || r.packages->file->state == STATE_ABSENT) {
		unseen(&r, r.packages->file->path, STATE_INAPPLICABLE, "the packages are not those of dpkg, and what others could fetch is not looked at");
		return r.fixes;
	}
	if (r.packages->file->state != STATE_PRESENT)
		unseen(&r, r.packages->file->path, r.packages->file->state, r.packages->file->why);
	if (!r.packages->n)
		unseen(&r, r.packages->file->path, STATE_UNAVAILABLE, "it lists no package");
	dir = source_list(source, folder);
	if (dir->state != STATE_PRESENT)
		unseen(&r, dir->path, dir->state == STATE_ABSENT ? STATE_UNAVAILABLE : dir->state, dir->why ? dir->why : "it is not there");
	for (size_t i = 0; i < dir->n; i++) {
		if (!is_wanted(dir->entries[i].name))
			continue;
		if (lists++ < LISTS_MOST)
			read_list(&r, dir->entries[i].name);
		else
			unseen(&r, dir->path, STATE_BROKEN, "it holds more lists than are looked at");
	}
	if (!lists)
		unseen(&r, dir->path, STATE_UNAVAILABLE, "it holds no list of a suite for fixes of security");
	if (r.fixes->n)
		qsort(r.fixes->list, r.fixes->n, sizeof(*r.fixes->list), by_name);
	return r.fixes;
}

const struct apt_fixes *apt_fixes(const struct subject *subject)
{
	static const struct host_table kept = { read_fixes };

	return subject_table(subject, &kept);
}
