/* SPDX-License-Identifier: Apache-2.0 */
/* What a source keeps and answers again: also a question that was answered differently the second time, and what nobody asked. */
#include "tests/unit.h"

#include "core/base/rows.h"
#include "core/source/pin.h"
#include "core/source/snapshot.h"

static struct source *open_source(const char *path, bool record)
{
	struct source *source = NULL;
	struct err err = { "" };

	if (source_open(&source, path, &err) != 0)
		fail_msg("%s", err.text);
	if (record)
		source_record(source);
	return source;
}

/* Writes what was asked, and opens it. */
static struct source *written(struct folder *folder, struct source *source)
{
	static const int64_t taken = 1795392000;
	char *path = arena_printf(folder->arena, "%s.snapshot", folder->path);
	const struct snapshot_plan plan = { .directory = path, .taken = taken };
	struct snapshot_sum sum;
	struct source *snapshot;
	struct err err = { "" };

	if (snapshot_write(source, &plan, &sum, &err) != 0)
		fail_msg("%s", err.text);
	snapshot = open_source(path, false);
	assert_int_equal(source_taken(snapshot), taken);
	assert_int_equal(nftw(path, folder_remove_, 16, FTW_DEPTH | FTW_PHYS), 0);   /* nothing of it is read any more */
	return snapshot;
}

static void assert_pinned(struct source *source, struct arena *arena, const char *wanted)
{
	auto_pin struct pin pin = { .fd = -1 };
	struct file file;

	assert_int_equal(pin_open(&pin, source, "proc/7"), 0);
	file = pin_read(&pin, arena, "stat", 4096);
	if (!wanted) {
		assert_int_not_equal(file.state, STATE_PRESENT);
		return;
	}
	assert_int_equal(file.state, STATE_PRESENT);
	assert_string_equal(file.data, wanted);
}

static void test_later(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = open_source(folder->path, true), *snapshot = NULL;

	folder_puts(folder, "proc/7/stat", "first");
	assert_pinned(source, folder->arena, "first");
	assert_pinned(source, folder->arena, "first");
	folder_puts(folder, "proc/7/stat", "second");
	assert_pinned(source, folder->arena, "second");
	unlink(folder_path(folder, "proc/7/stat"));
	assert_pinned(source, folder->arena, NULL);
	source_settle(source);
	snapshot = written(folder, source);
	assert_pinned(snapshot, folder->arena, "first");
	assert_pinned(snapshot, folder->arena, "second");
	assert_pinned(snapshot, folder->arena, NULL);
	assert_pinned(snapshot, folder->arena, NULL);
}

/* An audit that comes after is told what the first one was. */
static void test_settled(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = open_source(folder->path, true);

	folder_puts(folder, "proc/7/stat", "first");
	assert_pinned(source, folder->arena, "first");
	source_settle(source);
	folder_puts(folder, "proc/7/stat", "second");
	assert_pinned(source, folder->arena, "first");
	assert_pinned(source, folder->arena, "first");
}

static void test_not_asked(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = open_source(folder->path, true), *snapshot = NULL;

	folder_puts(folder, "etc/there", "x");
	assert_int_equal(source_read(source, "etc/not", 64)->state, STATE_ABSENT);
	snapshot = written(folder, source);
	assert_int_equal(source_read(snapshot, "etc/not", 64)->state, STATE_ABSENT);
	assert_int_equal(source_read(snapshot, "etc/there", 64)->state, STATE_UNAVAILABLE);
	assert_int_equal(source_list(snapshot, "etc")->state, STATE_UNAVAILABLE);
	assert_int_equal(source_recall(snapshot, "bpf(2)")->state, STATE_UNAVAILABLE);
	assert_true(source_descriptor(snapshot, "etc/there", &(struct file){ 0 }) < 0);
}

/* Two threads may ask at the same time: there is one answer. */
static void test_remembered(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = open_source(folder->path, true), *snapshot = NULL;

	assert_string_equal(source_remember(source, "call(2)", STATE_PRESENT, NULL, "a\0b\n", 4)->data, "a");
	assert_string_equal(source_remember(source, "call(2)", STATE_BROKEN, "late", NULL, 0)->data, "a");
	snapshot = written(folder, source);
	assert_int_equal(source_recall(snapshot, "call(2)")->size, 4);
	assert_memory_equal(source_recall(snapshot, "call(2)")->data, "a\0b\n", 5);
}

static void test_rows(void **state)
{
	struct arena *arena = *state;
	const char *const fields[] = { "plain", "", NULL, "tab\tline\nback\\slash \xff", "\\-" };
	struct buffer rows = { .arena = arena };
	const char *at;
	struct row row;

	rows_add(&rows, fields, ARRAY_LEN(fields));
	rows_add(&rows, fields, 1);
	at = rows.text;
	assert_true(rows_next(arena, &at, &row));
	assert_int_equal(row.n, ARRAY_LEN(fields));
	for (size_t i = 0; i < row.n; i++) {
		if (fields[i])
			assert_string_equal(row.fields[i], fields[i]);
		else
			assert_null(row.fields[i]);
	}
	assert_true(rows_next(arena, &at, &row));
	assert_int_equal(row.n, 1);
	assert_false(rows_next(arena, &at, &row));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_folder(test_later), test_with_folder(test_settled), test_with_folder(test_not_asked), test_with_folder(test_remembered),
		test_with_arena(test_rows),
	};

	return cmocka_run_group_tests_name("snapshot", tests, NULL, NULL);
}
