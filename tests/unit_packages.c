/* SPDX-License-Identifier: Apache-2.0 */
/* What the package manager's record says is installed; and texts that are kept once. */
#include "tests/unit.h"

#include "core/packages.h"
#include "core/strings.h"

static const struct packages *read_record(struct folder *folder, const char *record, struct source **source)
{
	struct err err;

	if (record)
		folder_write(folder, "var/lib/dpkg/status", record, strlen(record));
	assert_int_equal(source_open(source, folder->path, &err), 0);
	return packages_read(*source, source_arena(*source));
}

static void assert_version(const struct packages *packages, const char *name, const char *version)
{
	const char *found = packages_version(packages, name);

	if (!version)
		assert_null(found);
	else
		assert_string_equal(found ? found : "none", version);
}

static void test_record(void **state)
{
	static const char record[] =
		"Package: runc\nStatus: install ok installed\nDescription: x\n Package: crun\n Version: 9\nVersion: 1.1.5+ds1-1+deb12u1\n\n"
		"Package: held\nStatus: hold ok installed\nVersion: 2\n\n"
		"Package: removed\nStatus: deinstall ok config-files\nVersion: 3\n\n"
		"Package: half\nStatus: install ok half-installed\nVersion: 4\n\n"
		"Package: nothing\nStatus: install ok installed\n\n"
		"Version: 5\nStatus: install ok installed\n\n\n\n"
		"Version:\t1:6\nStatus:  install ok installed\nPackage: apt";
	auto_source struct source *source = NULL;
	const struct packages *packages = read_record(*state, record, &source);

	assert_int_equal(packages->n, 3);
	assert_version(packages, "runc", "1.1.5+ds1-1+deb12u1");
	assert_version(packages, "held", "2");
	assert_version(packages, "apt", "1:6");
	assert_version(packages, "crun", NULL);
	assert_version(packages, "removed", NULL);
	assert_version(packages, "half", NULL);
	assert_version(packages, "", NULL);
}

static void test_no_record(void **state)
{
	auto_source struct source *source = NULL;
	const struct packages *packages = read_record(*state, NULL, &source);

	assert_int_not_equal(packages->file->state, STATE_PRESENT);
	assert_version(packages, "runc", NULL);
}

static void test_empty_record(void **state)
{
	auto_source struct source *source = NULL;

	assert_int_equal(read_record(*state, "\n", &source)->n, 0);
}

static void test_strings(void **state)
{
	struct strings *strings = strings_new(*state);
	const char *first[5000];

	assert_null(strings_keep(strings, NULL));
	assert_string_equal(strings_keep(strings, ""), "");
	for (int i = 0; i < 5000; i++) {
		char text[16];

		snprintf(text, sizeof(text), "%d", i);
		first[i] = strings_keep(strings, text);
		assert_ptr_not_equal(first[i], text);
	}
	for (int i = 0; i < 5000; i++) {
		char text[16];

		snprintf(text, sizeof(text), "%d", i);
		assert_string_equal(first[i], text);
		assert_ptr_equal(strings_keep(strings, text), first[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_folder(test_record),
		test_with_folder(test_no_record),
		test_with_folder(test_empty_record),
		test_with_arena(test_strings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
