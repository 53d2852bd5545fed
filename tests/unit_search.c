/* SPDX-License-Identifier: Apache-2.0 */
/* The search: its limits, who has a name, and that it says the same whatever its threads do. */
#include "tests/unit.h"

#include "core/search/search.h"
#include "core/search/search_names.h"

static struct source *open_root(struct folder *folder)
{
	struct source *source = NULL;
	struct err err = { "" };

	if (source_open(&source, folder->path, &err) != 0)
		fail_msg("%s", err.text);
	return source;
}

static void put_names(struct folder *folder)
{
	folder_puts(folder, "etc/passwd", arena_printf(folder->arena, "root:x:0:0::/root:/bin/sh\nme:x:%d:0::/:/bin/sh\n", (int)getuid()));
	folder_puts(folder, "etc/group", arena_printf(folder->arena, "root:x:0:\nus:x:%d:\n", (int)getgid()));
}

/* ---- names ---- */

static void test_names(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = NULL;
	struct names users, groups;

	folder_puts(folder, "etc/passwd", "root:x:0:0\nx:x:12\n\nbad:x:-1:0\nbad:x:four:0\nbig:x:4294967296:0\nnumber:x:99999999999999999999999999:0\n:::\nlast:x:4294967295:0");
	folder_puts(folder, "etc/subuid", "a:100000:65536\nb:165536:10\nb:150000:5\nc:4294967290:100\nd:x:5\ne:5\n");
	folder_puts(folder, "usr/lib/passwd", "core:x:500:500\n");
	source = open_root(folder);
	users = names_read(source, folder->arena, false);
	groups = names_read(source, folder->arena, true);
	assert_true(names_has(&users, 0) && names_has(&users, 12) && names_has(&users, 500) && names_has(&users, UINT32_MAX));
	assert_true(names_has(&users, 100000) && names_has(&users, 165545) && names_has(&users, 4294967291U));
	assert_false(names_has(&users, 1) || names_has(&users, 99999) || names_has(&users, 165546) || names_has(&users, 4));
	assert_null(users.why);
	/* without the file nothing can be said */
	assert_true(names_has(&groups, 7));
	assert_holds(groups.why, "/etc/group");
}

static void test_foreign_names(void **state)
{
	static const struct {
		const char *switches;
		bool foreign;
	} sets[] = {
		{ "passwd: files systemd\ngroup: ldap\n", false },
		{ "passwd: files [NOTFOUND=return] ldap\n", true },
		{ "# passwd: ldap\npasswd:\tcompat # ldap\n", false },
		{ "passwd: files sss\n", false },
		{ "passwd: files winbind\n", true },
		{ "passwdx: ldap\n", false },
	};
	static const char plus[] = "root:x:0:0::/root:/bin/sh\n+::::::\n";
	struct folder *folder = *state;

	put_names(folder);
	for (size_t i = 0; i < ARRAY_LEN(sets); i++) {
		auto_source struct source *source = NULL;

		folder_puts(folder, "etc/nsswitch.conf", sets[i].switches);
		source = open_root(folder);
		if (!!names_read(source, folder->arena, false).why != sets[i].foreign)
			fail_msg("%s", sets[i].switches);
	}
	folder_puts(folder, "etc/passwd", plus);
	folder_puts(folder, "etc/nsswitch.conf", "passwd: files\n");
	{
		auto_source struct source *source = open_root(folder);

		assert_null(names_read(source, folder->arena, false).why);
	}
	folder_puts(folder, "etc/nsswitch.conf", "passwd: compat\n");
	{
		auto_source struct source *source = open_root(folder);

		assert_holds(names_read(source, folder->arena, false).why, "NIS");
	}
	folder_puts(folder, "etc/nsswitch.conf", "passwd: files sss\n");
	folder_puts(folder, "etc/sssd/sssd.conf", "");
	{
		auto_source struct source *source = open_root(folder);

		assert_holds(names_read(source, folder->arena, false).why, "sss");
	}
}

static void test_root_group(void **state)
{
	static const struct {
		const char *groups, *users;
		bool closed;
	} sets[] = {
		{ "root:x:0:\n", "root:x:0:0\nsync:x:5:0\n", true },
		{ "root:x:0:root\n", "root:x:0:0\n", true },
		{ "root:x:0:alice\n", "root:x:0:0\n", false },
		{ "root:x:0:\nwheel:x:0:bob\n", "root:x:0:0\n", false },
		{ "root:x:0:\n", "root:x:0:0\nalice:x:1000:0\n", false },
	};
	struct folder *folder = *state;

	for (size_t i = 0; i < ARRAY_LEN(sets); i++) {
		auto_source struct source *source = NULL;

		folder_puts(folder, "etc/group", sets[i].groups);
		folder_puts(folder, "etc/passwd", sets[i].users);
		source = open_root(folder);
		if (names_root_group_is_closed(source) != sets[i].closed)
			fail_msg("%s%s", sets[i].groups, sets[i].users);
	}
}

/* ---- limits ---- */

static void test_limits(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = NULL;
	const struct search *s;

	put_names(folder);
	for (int i = 0; i < 100; i++)
		folder_puts(folder, arena_printf(folder->arena, "d%d/f", i), "");
	source = open_root(folder);
	s = search_run(source, folder->arena, &(struct search_limits){ .seconds = 0, .entries = 1000000 });
	assert_int_equal(s->state, STATE_BROKEN);
	assert_starts_with(s->why, "the search was not finished: ");
	s = search_run(source, folder->arena, &(struct search_limits){ .seconds = 60, .entries = 50 });
	assert_int_equal(s->state, STATE_BROKEN);
	assert_starts_with(s->why, "the search was not finished: ");
	assert_in_range(s->entries, 50, 203);
	s = search_run(source, folder->arena, NULL);
	assert_int_equal(s->state, STATE_PRESENT);
	assert_int_equal(s->entries, 203);    /* the root directory is none of its entries */
}

/* More than are kept: always the same ones, the first by their path. */
static void test_kept(void **state)
{
	enum { DIRECTORIES = 25, EACH = 1000 };
	struct folder *folder = *state;
	auto_source struct source *source = NULL;

	put_names(folder);
	for (int d = 0; d < DIRECTORIES; d++) {
		auto_close int fd = -1;

		folder_puts(folder, arena_printf(folder->arena, "d%02d/x", d), "");
		fd = open(folder_path(folder, arena_printf(folder->arena, "d%02d", d)), O_RDONLY | O_DIRECTORY);
		for (int i = 0; i < EACH; i++) {
			char name[16];
			auto_close int file = -1;

			snprintf(name, sizeof(name), "f%03d", i);
			file = openat(fd, name, O_CREAT | O_WRONLY, 0666);
			assert_int_equal(fchmod(file, 0666), 0);
		}
	}
	source = open_root(folder);
	for (int i = 0; i < 3; i++) {
		const struct search *s = search_run(source, folder->arena, NULL);

		assert_int_equal(s->state, STATE_PRESENT);
		assert_int_equal(s->n[SEARCH_WRITABLE_FILE], DIRECTORIES * EACH);
		assert_int_equal(s->kept[SEARCH_WRITABLE_FILE], SEARCH_KEEP);
		assert_string_equal(s->list[SEARCH_WRITABLE_FILE][0].path, "/d00/f000");
		assert_string_equal(s->list[SEARCH_WRITABLE_FILE][SEARCH_KEEP - 1].path, "/d09/f999");
	}
}

static void test_single_files(void **state)
{
	auto_source struct source *source = source_of_files();

	assert_int_equal(search_run(source, *state, NULL)->state, STATE_NOT_GIVEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_folder(test_names),
		test_with_folder(test_foreign_names),
		test_with_folder(test_root_group),
		test_with_folder(test_limits),
		test_with_folder(test_kept),
		test_with_arena(test_single_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
