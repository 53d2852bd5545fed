/* SPDX-License-Identifier: Apache-2.0 */
/* passwd, shadow, group and their like, and where users come from besides. */
#include "tests/unit_config.h"

#include "core/accounts/accounts.h"
#include "core/accounts/nss.h"

static const struct accounts *read_accounts(struct folder *folder, struct source **source)
{
	*source = root_open(folder);
	return table_read(folder, *source, &accounts_table);
}

static void test_lines(void **state)
{
	auto_source struct source *source = NULL;
	const struct accounts *a;

	folder_puts(*state, "etc/passwd", "root:x:0:0:root:/root:/bin/bash\n# comment\n\nbob:x:1000:1000::/home/bob:\nsvc:*:110:110:::/usr/sbin/nologin\n+::::::\n");
	folder_puts(*state, "etc/shadow", "bob:$6$salt$x:19000:1:90:7:30::\nroot:!:19000::::::\nlost:*:::::::\n");
	folder_puts(*state, "etc/group", "root:x:0:\nbob:x:1000:\nshadow:x:42:bob,svc\n");
	folder_puts(*state, "etc/gshadow", "root:*::\n");
	folder_puts(*state, "etc/subuid", "bob:100000:65536\n1001:165536:65536\n");
	folder_puts(*state, "etc/login.defs", "UID_MIN 500\nUID_MAX\t2000\n");
	a = read_accounts(*state, &source);
	assert_no_fault(&a->users_faults);
	assert_no_fault(&a->passwords_faults);
	assert_no_fault(&a->groups_faults);
	assert_int_equal(a->n, 3);
	assert_int_equal(a->n_plus, 1);
	assert_int_equal(a->uid_min, 500);
	assert_int_equal(a->uid_max, 2000);
	assert_string_equal(a->list[1].shadow->origin, "/etc/shadow:1");
	assert_int_equal(a->list[1].shadow->inactive, 30);
	assert_int_equal(a->list[1].shadow->expire, -1);
	assert_int_equal(a->list[0].shadow->max, -1);
	assert_null(a->list[2].shadow);
	assert_true(account_has_shell(&a->list[1]));
	assert_false(account_has_shell(&a->list[2]));
	assert_false(account_is_system(a, &a->list[0]));
	assert_false(account_is_system(a, &a->list[1]));
	assert_true(account_is_system(a, &a->list[2]));
	assert_string_equal(accounts_group(a, "shadow")->members, "bob,svc");
	assert_null(accounts_group(a, "wheel"));
	assert_int_equal(a->subuids.list[1].first, 165536);
	assert_int_equal(a->n_shadows, 3);
	for (size_t i = 0; i < a->n_shadows; i++)
		assert_int_equal(a->shadows[i].owned, !streq(a->shadows[i].name, "lost"));
}

static void test_broken(void **state)
{
	auto_source struct source *source = NULL;
	const struct accounts *a;

	folder_puts(*state, "etc/passwd", "a:x:1:1:::\nb:x:one:1::/:/bin/sh\nc:x:1:1::/:/bin/sh:more\n:x:1:1::/:/bin/sh\nd:x:-5:1::/:/bin/sh\ne:x:1:1:/\n");
	folder_puts(*state, "etc/shadow", "a:!\nb:!:soon::::::\n");
	folder_write(*state, "etc/group", "root:x:0:\0\n", 11);
	assert_int_equal(mkfifo(folder_path(*state, "etc/gshadow"), 0600), 0);
	folder_puts(*state, "etc/subuid", "a:b\n");
	a = read_accounts(*state, &source);
	assert_int_equal(a->n, 1);
	assert_int_equal(a->users_faults.n, 5);
	assert_fault(&a->users_faults, STATE_MALFORMED, "/etc/passwd:2", "not understood");
	assert_fault(&a->users_faults, STATE_MALFORMED, "/etc/passwd:6", "not understood");
	assert_int_equal(a->passwords_faults.n, 2);
	assert_fault(&a->groups_faults, STATE_MALFORMED, "/etc/group:1", "NUL");
	assert_fault(&a->group_passwords_faults, STATE_BROKEN, "/etc/gshadow", "FIFO");
	assert_fault(&a->subuids.faults, STATE_MALFORMED, "/etc/subuid:1", "not understood");
	assert_no_fault(&a->subgids.faults);
}

static void test_nothing(void **state)
{
	auto_source struct source *source = NULL;
	const struct accounts *a = read_accounts(*state, &source);

	assert_int_equal(a->n, 0);
	assert_fault(&a->users_faults, STATE_UNAVAILABLE, "/etc/passwd", "no /etc/passwd");
	assert_fault(&a->groups_faults, STATE_UNAVAILABLE, "/etc/group", "no /etc/group");
	assert_no_fault(&a->passwords_faults);
}

static void test_other_places(void **state)
{
	auto_source struct source *source = NULL;
	const struct accounts *a;

	folder_puts(*state, "etc/nsswitch.conf", "passwd: altfiles files [NOTFOUND=return] extrausers ldap\ngroup: files sss\n");
	folder_puts(*state, "etc/passwd", "root:x:0:0::/root:/bin/sh\n");
	folder_puts(*state, "etc/group", "root:x:0:\n");
	folder_puts(*state, "usr/lib/passwd", "bin:x:1:1::/:/sbin/nologin\n");
	folder_puts(*state, "var/lib/extrausers/passwd", "bob:x:1000:1000::/home/bob:/bin/sh\n");
	folder_puts(*state, "var/lib/extrausers/shadow", "bob:$y$x:1::::::\n");
	a = read_accounts(*state, &source);
	assert_int_equal(a->n, 3);
	assert_int_equal(a->n_shadows, 1);
	assert_string_equal(a->foreign_users, "ldap");
	assert_null(a->foreign_groups);
}

static void test_foreign(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = NULL, *other = NULL;
	struct faults faults = { 0 };

	folder_puts(folder, "etc/nsswitch.conf", "passwd: files systemd sss\nsudoers: files [SUCCESS=return UNAVAIL=continue] sss\n");
	source = root_open(folder);
	assert_null(nss_foreign(source, folder->arena, "passwd", &faults));
	assert_string_equal(nss_sources(source, folder->arena, "shadow", &faults), "files");
	folder_puts(folder, "etc/sssd/conf.d/x.conf", "");
	other = root_open(folder);
	assert_string_equal(nss_foreign(other, folder->arena, "passwd", &faults), "sss");
	assert_string_equal(nss_foreign(other, folder->arena, "sudoers", &faults), "sss");
	assert_no_fault(&faults);
}

static void test_hashes(void **state)
{
	static const struct {
		const char *hash, *method;
		int64_t rounds;
	} hashes[] = {
		{ "", "none", -1 }, { "!", "locked", -1 }, { "*", "locked", -1 }, { "!!", "locked", -1 }, { "!$6$x$y", "locked", -1 }, { "x", "locked", -1 },
		{ "$y$j9T$a$b", "yescrypt", -1 }, { "$gy$j9T$a$b", "gost-yescrypt", -1 }, { "$7$a", "scrypt", -1 }, { "$2b$12$x", "bcrypt", -1 },
		{ "$6$salt$x", "sha512", 5000 }, { "$6$rounds=100000$salt$x", "sha512", 100000 }, { "$5$rounds=1000$s$x", "sha256", 1000 },
		{ "$1$salt$x", "md5", -1 }, { "abcdefghijklm", "des", -1 }, { "abcdefghijkl:", "locked", -1 }, { "_abcdefghijklmnopqrs", "bsdi-des", -1 },
		{ "$md5,rounds=5$x", "sunmd5", -1 }, { "$sha1$1$x", "sha1", -1 }, { "$3$$x", "nt", -1 }, { "$sm3$x$y", "sm3", -1 }, { "NP", "locked", -1 },
		{ "$6$rounds=", "sha512", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(hashes); i++) {
		assert_string_equal(hash_method(hashes[i].hash), hashes[i].method);
		assert_int_equal(hash_rounds(hashes[i].hash), hashes[i].rounds);
		assert_int_equal(hash_is_usable(hashes[i].hash), !streq(hashes[i].method, "locked") && !streq(hashes[i].method, "none"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_folder(test_lines),
		test_with_folder(test_broken),
		test_with_folder(test_nothing),
		test_with_folder(test_other_places),
		test_with_folder(test_foreign),
		cmocka_unit_test(test_hashes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
