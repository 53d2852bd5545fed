/* SPDX-License-Identifier: Apache-2.0 */
/* An rpm database kept by SQLite: the table Packages holds the header of each. The only file that uses SQLite. */
#include "core/packages/packages_private.h"

#ifdef HAVE_SQLITE

#include "core/base/text.h"

#include <inttypes.h>
#include <sqlite3.h>

enum { STEPS = 1000, STEPS_MOST = 100000, FIRST_PART = 8192, HEADER_MOST = 64 << 20 };

static void close_database(sqlite3 **db)
{
	sqlite3_close(*db);
}

static void finalize(sqlite3_stmt **statement)
{
	sqlite3_finalize(*statement);
}

static void close_blob(sqlite3_blob **blob)
{
	sqlite3_blob_close(*blob);
}

/* The file may have been made to keep us busy. */
static int count_steps(void *left)
{
	return --*(int *)left < 0;
}

struct database {
	struct package_reading *reading;
	const char *path;
	sqlite3 *db;
};

static bool fail(const struct database *d, const char *why)
{
	packages_tell(d->reading, d->path, STATE_MALFORMED, "/%s: %s", d->path, why);
	return false;
}

/* Reads as much of a header as is needed. */
static bool take_header(const struct database *d, int64_t row)
{
	__attribute__((cleanup(close_blob))) sqlite3_blob *blob = NULL;
	struct package package = { 0 };
	int whole, part, rc = 0;

	if (sqlite3_blob_open(d->db, "main", "Packages", "blob", row, 0, &blob) != SQLITE_OK)
		return fail(d, sqlite3_errmsg(d->db));
	whole = sqlite3_blob_bytes(blob);
	if (whole > HEADER_MOST)
		return fail(d, "a header is too large");
	for (part = FIRST_PART; rc == 0; part *= 8) {
		int n = part < whole ? part : whole;
		auto_free uint8_t *data = xmalloc((size_t)n + 1);

		if (sqlite3_blob_read(blob, data, n, 0) != SQLITE_OK)
			return fail(d, sqlite3_errmsg(d->db));
		rc = rpm_header_parse(d->reading->arena, data, (size_t)n, &package);
		if (rc == 0 && n == whole)
			rc = -1;
	}
	if (rc < 0)
		return fail(d, arena_printf(d->reading->arena, "package %" PRId64 " has no header that is understood", row));
	arena_push(d->reading->arena, d->reading->packages->list, d->reading->packages->n) = package;
	return true;
}

static void take_all(const struct database *d)
{
	__attribute__((cleanup(finalize))) sqlite3_stmt *statement = NULL;
	struct packages *packages = d->reading->packages;
	bool good = sqlite3_prepare_v2(d->db, "SELECT hnum FROM Packages", -1, &statement, NULL) == SQLITE_OK ||
		    fail(d, sqlite3_errmsg(d->db));
	int rc = SQLITE_DONE;

	while (good && (rc = sqlite3_step(statement)) == SQLITE_ROW)
		good = packages->n < PACKAGES_MOST ? take_header(d, sqlite3_column_int64(statement, 0)) : fail(d, "too many packages");
	if (good && rc != SQLITE_DONE)
		good = fail(d, sqlite3_errmsg(d->db));
	if (!good)
		packages->n = 0;
}

/* What is in the write-ahead log is not in the file yet. */
static bool is_settled(struct package_reading *r, const char *path)
{
	const char *log = arena_printf(r->arena, "%s-wal", path);
	const struct file *file = source_stat(r->source, log);

	if (file->state != STATE_PRESENT || !file->stat.st_size)
		return true;
	packages_tell(r, path, STATE_BROKEN, "changes wait in /%s to be written back", log);
	return false;
}

/*
 * SQLite opens by name: that of our own descriptor, so that it is the file which was found below the root. "immutable" keeps it from locks and
 * from files beside it.
 */
void packages_read_sqlite(struct package_reading *r, const char *path)
{
	struct file file;
	auto_close int fd = source_descriptor(r->source, path, &file);
	__attribute__((cleanup(close_database))) sqlite3 *db = NULL;
	struct database d = { .reading = r, .path = path };
	int steps = STEPS_MOST;

	packages_tell(r, path, file.state, "%s", file.why ? file.why : "");
	if (fd < 0 || !is_settled(r, path))
		return;
	if (sqlite3_open_v2(arena_printf(r->arena, "file:/proc/self/fd/%d?immutable=1", fd), &db,
			    SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
		packages_tell(r, path, STATE_BROKEN, "%s", db ? sqlite3_errmsg(db) : "out of memory");
		return;
	}
	d.db = db;
	sqlite3_progress_handler(db, STEPS, count_steps, &steps);
	sqlite3_exec(db, "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON", NULL, NULL, NULL);
	take_all(&d);
}

#endif
