/* SPDX-License-Identifier: Apache-2.0 */
/* What the package manager's record says is installed; and texts that are kept once. */
#include "tests/unit.h"

#include "core/base/strings.h"
#include "core/packages/packages_private.h"

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

static void test_states(void **state)
{
	auto_source struct source *source = NULL;
	const struct packages *packages = read_record(*state,
		"Package: held\nStatus: hold ok installed\nVersion: 1\n\nPackage: half\nStatus: install ok half-configured\nVersion: 2\n\n"
		"Package: again\nStatus: install reinstreq half-installed\n\nPackage: gone\nStatus: deinstall ok config-files\nVersion: 3\n\n"
		"Package: held-off\nStatus: hold ok not-installed\n\n", &source);

	assert_int_equal(packages->n, 1);
	assert_int_equal(packages->list[0].flags, PACKAGE_HELD);
	assert_int_equal(packages->n_unfinished, 2);
	assert_string_equal(packages->unfinished[0].name, "half");
	assert_string_equal(packages->unfinished[1].version, "");
}

static void test_apk(void **state)
{
	static const char record[] = "C:Q1x=\nP:busybox\nV:1.36.1-r29\nF:bin\nR:P:no\n\nP:musl\nV:1.2.5-r0\n\nP:no-version\n\nV:1-r0\n\n\nP:last\nV:2-r1";
	auto_source struct source *source = NULL;
	const struct packages *packages;

	folder_puts(*state, "lib/apk/db/installed", record);
	packages = read_record(*state, NULL, &source);
	assert_int_equal(packages->manager, PACKAGES_APK);
	assert_version(packages, "busybox", "1.36.1-r29");
	assert_version(packages, "musl", "1.2.5-r0");
	assert_version(packages, "last", "2-r1");
}

static void test_pacman(void **state)
{
	auto_source struct source *source = NULL;
	const struct packages *packages;

	folder_puts(*state, "var/lib/pacman/local/gcc-libs-14.2.1+r134-1/desc", "");
	folder_puts(*state, "var/lib/pacman/local/ALPM_DB_VERSION", "9\n");
	folder_puts(*state, "var/lib/pacman/local/a-b/desc", "");
	folder_puts(*state, "var/lib/pacman/local/-1-2/desc", "");
	packages = read_record(*state, NULL, &source);
	assert_int_equal(packages->manager, PACKAGES_PACMAN);
	assert_int_equal(packages->n, 1);
	assert_version(packages, "gcc-libs", "14.2.1+r134-1");
}

/* The tools of another family leave an empty record behind. */
static void test_two_managers(void **state)
{
	auto_source struct source *source = NULL;
	const struct packages *packages;

	folder_puts(*state, "lib/apk/db/installed", "P:musl\nV:1\n\n");
	packages = read_record(*state, "\n", &source);
	assert_int_equal(packages->manager, PACKAGES_APK);
	assert_version(packages, "musl", "1");
}

static void test_distroless(void **state)
{
	auto_source struct source *source = NULL;
	const struct packages *packages;

	folder_puts(*state, "var/lib/dpkg/status.d/libc6", "Package: libc6\nVersion: 2.36-9\n");
	folder_puts(*state, "var/lib/dpkg/status.d/libc6.md5sums", "Package: no\nVersion: 1\n");
	packages = read_record(*state, NULL, &source);
	assert_version(packages, "libc6", "2.36-9");
	assert_version(packages, "no", NULL);
}

/* ---- rpm ---- */

/* A header with the name at its beginning, and the epoch in the middle. */
static const uint8_t rpm_header[] =
	"\0\0\0\4" "\0\0\0\x14"
	"\0\0\3\xe8" "\0\0\0\6" "\0\0\0\0" "\0\0\0\1"
	"\0\0\3\xe9" "\0\0\0\6" "\0\0\0\5" "\0\0\0\1"
	"\0\0\3\xea" "\0\0\0\6" "\0\0\0\x09" "\0\0\0\1"
	"\0\0\3\xeb" "\0\0\0\4" "\0\0\0\x10" "\0\0\0\1"
	"bash\0" "5.2\0" "1.el9\0" "\0" "\0\0\0\2";

static void test_rpm_header(void **state)
{
	struct package package = { 0 };

	assert_int_equal(rpm_header_parse(*state, rpm_header, sizeof(rpm_header) - 1, &package), 1);
	assert_string_equal(package.name, "bash");
	assert_string_equal(package.version, "2:5.2-1.el9");
	for (size_t n = 0; n < sizeof(rpm_header) - 1; n++) {   /* of each beginning more is wanted */
		auto_free uint8_t *part = xmalloc(n + 1);

		memcpy(part, rpm_header, n);
		assert_int_equal(rpm_header_parse(*state, part, n, &package), 0);
	}
}

static void test_rpm_garbage(void **state)
{
	struct package package = { 0 };

	for (size_t at = 0; at < sizeof(rpm_header) - 1; at++) {
		for (int bit = 0; bit < 8; bit++) {
			auto_free uint8_t *data = xmalloc(sizeof(rpm_header) - 1);

			memcpy(data, rpm_header, sizeof(rpm_header) - 1);
			data[at] ^= (uint8_t)(1 << bit);
			assert_in_range(rpm_header_parse(*state, data, sizeof(rpm_header) - 1, &package) + 1, 0, 2);
		}
	}
}

/* ---- versions ---- */

static void assert_rising(enum package_manager manager, const char *const *versions, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < n; k++) {
			int order = package_version_compare(manager, versions[i], versions[k]);

			if ((order < 0 ? -1 : order > 0) != (i < k ? -1 : i > k))
				fail_msg("%s and %s: %d", versions[i], versions[k], order);
		}
	}
}

static void test_versions(void **state)
{
	static const char *const dpkg[] = { "1.0~~", "1.0~rc1", "1.0", "1.0-1", "1.0-1+b1", "1.0a", "1.0+", "1.0.1", "1.9", "1.10", "1:0" };
	static const char *const rpm[] = { "1.0~rc1-1", "1.0-1", "1.0^git-1", "1.0.a-1", "1.0.1-1", "1.9-1", "1.10-1", "1:0-1" };
	static const char *const apk[] = { "1.0_alpha1-r0", "1.0_beta-r0", "1.0_pre1-r0", "1.0_rc1-r0", "1.0_rc2-r0", "1.0-r0", "1.0-r1", "1.0-r10",
					   "1.0_git20200101-r0", "1.0_p1-r0", "1.0_p2-r0", "1.0a-r0", "1.0b-r0", "1.0.1-r0", "1.05-r0", "1.1-r0",
					   "1.9-r0", "1.10-r0", "2-r0" };

	(void)state;
	assert_rising(PACKAGES_DPKG, dpkg, ARRAY_LEN(dpkg));
	assert_rising(PACKAGES_RPM, rpm, ARRAY_LEN(rpm));
	assert_rising(PACKAGES_APK, apk, ARRAY_LEN(apk));
	assert_int_equal(package_version_compare(PACKAGES_DPKG, "0:1.0", "1.00"), 0);
	assert_int_equal(package_version_compare(PACKAGES_RPM, "1.0", "1.0-5"), 0);
	assert_int_equal(package_version_compare(PACKAGES_APK, "1.0-r0", "1.0"), 0);
	for (enum package_manager m = PACKAGES_DPKG; m <= PACKAGES_PACMAN; m++)
		assert_int_equal(package_version_compare(m, "", ""), 0);
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
		test_with_folder(test_states),
		test_with_folder(test_apk),
		test_with_folder(test_pacman),
		test_with_folder(test_two_managers),
		test_with_folder(test_distroless),
		test_with_arena(test_rpm_header),
		test_with_arena(test_rpm_garbage),
		cmocka_unit_test(test_versions),
		test_with_arena(test_strings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
