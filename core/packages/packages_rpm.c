/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The record of rpm, read without librpm: that would first read the macros of the system, which may run programs (Debian's %_dbpath does), and
 * open the database by a path that links of another root could lead anywhere. Of each package only the beginning of its header is read.
 */
#include "core/packages/packages_private.h"

#include "core/base/rows.h"

#include <inttypes.h>

enum {
	TAG_NAME = 1000, TAG_VERSION = 1001, TAG_RELEASE = 1002, TAG_EPOCH = 1003,
	TYPE_INT32 = 4, TYPE_STRING = 6,
	ENTRIES_MOST = 0xffff, DATA_MOST = 256 << 20, ENTRY_SIZE = 16, INTRO_SIZE = 8,
};

/* ---- headers ---- */

static uint32_t big_endian(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

struct header {
	const uint8_t *data;
	size_t size;
	uint32_t entries, store;     /* how many tags, and how many bytes of values */
};

/* The value of a tag: 1 and where it begins, 0 where that lies behind what was read, -1 where the header has no such tag. */
static int find_tag(const struct header *h, uint32_t tag, uint32_t type, size_t *at)
{
	for (uint32_t i = 0; i < h->entries; i++) {
		const uint8_t *entry = h->data + INTRO_SIZE + (size_t)i * ENTRY_SIZE;
		uint32_t offset = big_endian(entry + 8);

		if (big_endian(entry) != tag)
			continue;
		if (big_endian(entry + 4) != type || offset >= h->store)
			return -1;
		*at = INTRO_SIZE + (size_t)h->entries * ENTRY_SIZE + offset;
		return *at < h->size;
	}
	return -1;
}

/* As find_tag(), with a copy of the text. */
static int text_of(const struct header *h, struct arena *arena, uint32_t tag, const char **text)
{
	size_t at, n;
	int rc = find_tag(h, tag, TYPE_STRING, &at);

	if (rc <= 0)
		return rc;
	n = strnlen((const char *)h->data + at, h->size - at);
	if (at + n == h->size)
		return 0;
	*text = arena_strndup(arena, (const char *)h->data + at, n);
	return 1;
}

int rpm_header_parse(struct arena *arena, const uint8_t *data, size_t size, struct package *package)
{
	struct header h = { .data = data, .size = size };
	const char *version = "", *release = "";
	size_t at;
	int rc;

	if (size < INTRO_SIZE)
		return 0;
	h.entries = big_endian(data);
	h.store = big_endian(data + 4);
	if (!h.entries || h.entries > ENTRIES_MOST || h.store > DATA_MOST)
		return -1;
	if (INTRO_SIZE + (size_t)h.entries * ENTRY_SIZE > size)
		return 0;
	rc = text_of(&h, arena, TAG_NAME, &package->name);
	rc = rc > 0 ? text_of(&h, arena, TAG_VERSION, &version) : rc;
	rc = rc > 0 ? text_of(&h, arena, TAG_RELEASE, &release) : rc;
	if (rc <= 0)
		return rc;
	package->version = arena_printf(arena, "%s-%s", version, release);
	rc = find_tag(&h, TAG_EPOCH, TYPE_INT32, &at);
	if (rc == 0 || (rc > 0 && at + 4 > size))
		return 0;
	if (rc > 0)
		package->version = arena_printf(arena, "%" PRIu32 ":%s", big_endian(data + at), package->version);
	return 1;
}

/* ---- ndb, SUSE's ---- */

/* lib/backend/ndb/rpmpkg.c of rpm: a page or more of slots, then blobs in blocks of 16 bytes; numbers are little-endian. */
enum { PAGE = 4096, SLOT = 16, BLOCK = 16, BLOB_HEAD = 16, BLOB_TAIL = 12, PAGES_MOST = 4096 };

static uint32_t little_endian(const uint8_t *at)
{
	return (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
}

struct ndb {
	struct package_reading *reading;
	const char *path;
	int fd;
};

static bool fail(const struct ndb *db, uint64_t at, const char *why)
{
	packages_tell(db->reading, db->path, STATE_MALFORMED, "/%s: byte %" PRIu64 ": %s", db->path, at, why);
	return false;
}

static bool take_blob(const struct ndb *db, uint32_t block, uint32_t blocks)
{
	uint64_t at = (uint64_t)block * BLOCK, room = (uint64_t)blocks * BLOCK;
	struct package package = { 0 };
	uint8_t head[BLOB_HEAD];
	size_t size, whole;
	int rc = 0;

	if (pread(db->fd, head, sizeof(head), (off_t)at) != (ssize_t)sizeof(head) || memcmp(head, "BlbS", 4) != 0)
		return fail(db, at, "no package begins there");
	whole = little_endian(head + 12);
	if (whole + BLOB_HEAD + BLOB_TAIL > room || whole > DATA_MOST)
		return fail(db, at, "the package is larger than its room");
	for (size = 4096; rc == 0; size *= 16) {
		size_t part = size < whole ? size : whole;
		auto_free uint8_t *data = xmalloc(part + 1);

		if (pread(db->fd, data, part, (off_t)(at + BLOB_HEAD)) != (ssize_t)part)
			return fail(db, at, "the file is cut short");
		rc = rpm_header_parse(db->reading->arena, data, part, &package);
		if (rc == 0 && part == whole)
			rc = -1;
	}
	if (rc < 0)
		return fail(db, at, "no header of a package");
	arena_push(db->reading->arena, db->reading->packages->list, db->reading->packages->n) = package;
	return true;
}

static bool take_page(const struct ndb *db, uint32_t page)
{
	uint8_t slots[PAGE];

	if (pread(db->fd, slots, sizeof(slots), (off_t)page * PAGE) != (ssize_t)sizeof(slots))
		return fail(db, (uint64_t)page * PAGE, "the file is cut short");
	for (size_t at = page ? 0 : 2 * SLOT; at < PAGE; at += SLOT) {
		uint32_t block = little_endian(slots + at + 8);

		if (memcmp(slots + at, "Slot", 4) != 0)
			return fail(db, (uint64_t)page * PAGE + at, "no slot begins there");
		if (db->reading->packages->n >= PACKAGES_MOST)
			return fail(db, (uint64_t)page * PAGE + at, "too many packages");
		if (block && !take_blob(db, block, little_endian(slots + at + 12)))
			return false;
	}
	return true;
}

static void read_ndb(struct package_reading *r, const char *path)
{
	struct file file;
	auto_close int fd = source_descriptor(r->source, path, &file);
	struct ndb db = { r, path, fd };
	uint8_t head[2 * SLOT];
	uint32_t pages;

	packages_tell(r, path, file.state, "%s", file.why ? file.why : "");
	if (fd < 0)
		return;
	if (pread(fd, head, sizeof(head), 0) != (ssize_t)sizeof(head) || memcmp(head, "RpmP", 4) != 0 || little_endian(head + 4) != 0) {
		fail(&db, 0, "no database of rpm that is known");
		return;
	}
	pages = little_endian(head + 12);
	if (pages > PAGES_MOST)
		fail(&db, 12, "too many packages");
	for (uint32_t page = 0; pages <= PAGES_MOST && page < pages; page++)
		if (!take_page(&db, page))
			break;
	if (r->packages->file->state != STATE_PRESENT)
		r->packages->n = 0;
}

/* ---- any ---- */

#ifndef HAVE_SQLITE
static void packages_read_sqlite(struct package_reading *r, const char *path)
{
	packages_tell(r, path, STATE_UNAVAILABLE, "plimsoll was built without SQLite");
}
#endif

static void read_berkeley(struct package_reading *r, const char *path)
{
	packages_tell(r, path, STATE_UNAVAILABLE, "kept in a Berkeley DB, as before rpm 4.16, which is not read");
}

/* ---- for a snapshot: a database is read in parts, and is no text ---- */

static const char *kept_name(struct package_reading *r, const char *path)
{
	return arena_printf(r->arena, "the packages in /%s", path);
}

static void keep(struct package_reading *r, const char *path)
{
	auto_arena struct arena *scratch = arena_new();
	struct buffer rows = { .arena = scratch };
	const struct file *file = r->packages->file;

	for (size_t i = 0; i < r->packages->n; i++) {
		const char *const fields[] = { r->packages->list[i].name, r->packages->list[i].version };

		rows_add(&rows, fields, ARRAY_LEN(fields));
	}
	source_remember(r->source, kept_name(r, path), file->state, file->why, rows.text, rows.size);
}

/* False: nothing was kept. */
static bool recall(struct package_reading *r, const char *path)
{
	const struct file *file = source_keeps(r->source) ? source_recall(r->source, kept_name(r, path)) : NULL;
	const char *at = file ? file->data : "";
	struct row row;

	if (!file)
		return false;
	packages_tell(r, path, file->state, "%s", file->why ? file->why : "");
	while (rows_next(r->arena, &at, &row))
		if (row.n == 2 && row.fields[0] && row.fields[1] && r->packages->n < PACKAGES_MOST)
			arena_push(r->arena, r->packages->list, r->packages->n) = (struct package){ row.fields[0], row.fields[1], 0 };
		else
			packages_tell(r, path, STATE_MALFORMED, "what the snapshot holds of it is not understood");
	return true;
}

bool packages_read_rpm(struct package_reading *r)
{
	static const char *const folders[] = { "var/lib/rpm", "usr/lib/sysimage/rpm", "usr/share/rpm" };
	static const struct {
		const char *name;
		void (*read)(struct package_reading *reading, const char *path);
	} kinds[] = { { "rpmdb.sqlite", packages_read_sqlite }, { "Packages.db", read_ndb }, { "Packages", read_berkeley } };

	r->packages->manager = PACKAGES_RPM;
	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
			const char *path = arena_printf(r->arena, "%s/%s", folders[i], kinds[k].name);
			enum state state = source_stat(r->source, path)->state;

			if (state == STATE_ABSENT || state == STATE_NOT_GIVEN)
				continue;
			if (recall(r, path))
				return true;
			kinds[k].read(r, path);
			if (source_keeps(r->source))
				keep(r, path);
			return true;
		}
	}
	r->packages->file = NULL;
	return false;
}
