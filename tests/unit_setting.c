/* SPDX-License-Identifier: Apache-2.0 */
/* Keys in configuration files: lines, syntaxes, drop-ins, and what values are taken for. */
#include "tests/unit_config.h"

#include "core/config/setting.h"
#include "core/config/value.h"
#include "core/process/program.h"

#include <sys/sysmacros.h>

static const struct settings *read_text(struct folder *folder, struct source **source, const char *syntax, const char *text)
{
	folder_puts(folder, "etc/x.conf", text);
	*source = root_open(folder);
	return settings_read(*source, folder->arena, setting_syntax_of(syntax), "/etc/x.conf");
}

static void assert_setting(const struct settings *settings, const char *section, const char *key, const char *value, const char *origin)
{
	const struct setting *setting = settings_find(settings, section, key);

	if (!setting) {
		assert_null(value);
		return;
	}
	assert_string_equal(setting->value, value ? value : "not there");
	assert_string_equal(setting->origin, origin);
}

/* ---- syntaxes ---- */

static void test_equals(void **state)
{
	auto_source struct source *source = NULL;
	const struct settings *s = read_text(*state, &source, "equals", "# minlen = 1\n\n minlen=8 # eight\nminlen = 14\r\nenforce_for_root\nempty =\n");

	assert_no_fault(&s->faults);
	assert_setting(s, NULL, "minlen", "14", "/etc/x.conf:4");
	assert_setting(s, NULL, "enforce_for_root", "", "/etc/x.conf:5");
	assert_setting(s, NULL, "empty", "", "/etc/x.conf:6");
	assert_setting(s, NULL, "MINLEN", NULL, NULL);
	assert_setting(s, NULL, "", NULL, NULL);
}

static void test_auditd(void **state)
{
	auto_source struct source *source = NULL;
	const struct settings *s = read_text(*state, &source, "auditd", "Max_Log_File = 8\nflush=NONE\nname =\n# x\nlast = 1");

	assert_setting(s, NULL, "max_log_file", "8", "/etc/x.conf:1");
	assert_setting(s, NULL, "last", "1", "/etc/x.conf:5");
	assert_int_equal(s->faults.n, 2);
	assert_fault(&s->faults, STATE_MALFORMED, "/etc/x.conf:2", "not understood");
	assert_fault(&s->faults, STATE_MALFORMED, "/etc/x.conf:3", "not understood");
}

static void test_words_and_colons(void **state)
{
	auto_source struct source *source = NULL, *other = NULL;
	const struct settings *s = read_text(*state, &source, "words", "UMASK\t\t022\nENV_PATH   \"PATH=/bin:/usr/bin\"\nALONE\n");

	assert_setting(s, NULL, "UMASK", "022", "/etc/x.conf:1");
	assert_setting(s, NULL, "ENV_PATH", "PATH=/bin:/usr/bin", "/etc/x.conf:2");
	assert_setting(s, NULL, "ALONE", "", "/etc/x.conf:3");
	s = read_text(*state, &other, "colon", "passwd: files [NOTFOUND=return] sss # x\nwrong\n");
	assert_setting(s, NULL, "passwd", "files [NOTFOUND=return] sss", "/etc/x.conf:1");
	assert_fault(&s->faults, STATE_MALFORMED, "/etc/x.conf:2", "not understood");
}

static void test_ini(void **state)
{
	auto_source struct source *source = NULL;
	const struct settings *s = read_text(*state, &source, "ini", "early=1\n[One]\nkey = 1\n; key = 2\n[Two]\nkey=3\n[open\nlost\n");

	assert_setting(s, "", "early", "1", "/etc/x.conf:1");
	assert_setting(s, "One", "key", "1", "/etc/x.conf:3");
	assert_setting(s, "Two", "key", "3", "/etc/x.conf:6");
	assert_setting(s, "Three", "key", NULL, NULL);
	assert_int_equal(s->faults.n, 2);
}

static void test_limits(void **state)
{
	auto_source struct source *source = NULL;
	const struct settings *s = read_text(*state, &source, "limits", "* hard core 0\n@staff - nproc 100\nbob -\n* soft core 5 # x\n* hard\n");

	assert_setting(s, "*", "hard core", "0", "/etc/x.conf:1");
	assert_setting(s, "@staff", "soft nproc", "100", "/etc/x.conf:2");
	assert_setting(s, "@staff", "hard nproc", "100", "/etc/x.conf:2");
	assert_setting(s, "*", "soft core", "5", "/etc/x.conf:4");
	assert_int_equal(s->faults.n, 1);
	assert_fault(&s->faults, STATE_MALFORMED, "/etc/x.conf:5", "not understood");
}

static void test_shell(void **state)
{
	static const char text[] =
		"A=1\nexport B='two words' C=\"3\"; D=4 # E=5\nif true; then F=6; fi\n"
		"G=$(date; H=7)\nI=\"$J\"\nK='$L'\n# M=8 \\\nN=9\nO=`P=1; echo`x\nQ=open' \n[ `umask` -eq 0 ] && umask 022\numask -S 027\numask; R=1 644\n"
		"readonly TMOUT=900; export TMOUT\nS=a\\ b\nT=$((1 + (2)))end\n2U=1\n";
	auto_source struct source *source = NULL;
	const struct settings *s = read_text(*state, &source, "shell", text);
	size_t at = 0;

	assert_no_fault(&s->faults);
	assert_setting(s, NULL, "A", "1", "/etc/x.conf:1");
	assert_setting(s, NULL, "B", "two words", "/etc/x.conf:2");
	assert_setting(s, NULL, "C", "3", "/etc/x.conf:2");
	assert_setting(s, NULL, "D", "4", "/etc/x.conf:2");
	assert_setting(s, NULL, "E", NULL, NULL);
	assert_setting(s, NULL, "F", "6", "/etc/x.conf:3");
	assert_true(settings_find(s, NULL, "G")->computed);
	assert_setting(s, NULL, "H", NULL, NULL);
	assert_true(settings_find(s, NULL, "I")->computed);
	assert_false(settings_find(s, NULL, "K")->computed);
	assert_setting(s, NULL, "M", NULL, NULL);
	assert_setting(s, NULL, "N", "9", "/etc/x.conf:8");
	assert_setting(s, NULL, "O", "`P=1; echo`x", "/etc/x.conf:9");
	assert_setting(s, NULL, "P", NULL, NULL);
	assert_true(settings_find(s, NULL, "Q")->computed);
	assert_string_equal(settings_next(s, NULL, "umask", &at)->value, "022");
	assert_string_equal(settings_next(s, NULL, "umask", &at)->value, "027");
	assert_null(settings_next(s, NULL, "umask", &at));
	assert_setting(s, NULL, "TMOUT", "900", "/etc/x.conf:14");
	assert_setting(s, NULL, "S", "a b", "/etc/x.conf:15");
	assert_setting(s, NULL, "T", "$((1 + (2)))end", "/etc/x.conf:16");
	assert_setting(s, NULL, "2U", NULL, NULL);
}

static void test_syntax_names(void **state)
{
	(void)state;
	assert_null(setting_syntax_of("yaml"));
	assert_int_equal(value_kind_of(NULL), VALUE_PLAIN);
	assert_int_equal(value_kind_of("bytes"), VALUE_BYTES);
	assert_int_equal(value_kind_of("byte"), VALUE_KINDS);
}

/* ---- files ---- */

static const struct settings *read_files(struct folder *folder, struct source **source, const char *syntax, const char *names)
{
	*source = root_open(folder);
	return settings_read(*source, folder->arena, setting_syntax_of(syntax), names);
}

static void test_order_of_files(void **state)
{
	auto_source struct source *source = NULL;
	const struct settings *s;

	folder_puts(*state, "etc/a.conf", "x=1\n");
	folder_puts(*state, "etc/d/20.conf", "x=3\ny=3\n");
	folder_puts(*state, "etc/d/10.conf", "x=2\n");
	folder_puts(*state, "etc/d/.hidden.conf", "x=9\n");
	folder_puts(*state, "etc/d/30.off", "x=9\n");
	folder_puts(*state, "usr/etc/b.conf", "z=4\n");
	folder_puts(*state, "etc/e/5.conf", "v=5\n");
	s = read_files(*state, &source, "equals", "/etc/d/*.conf /etc/*/5.conf /etc/a.conf /etc/b.conf|/usr/etc/b.conf /etc/none.conf");
	assert_no_fault(&s->faults);
	assert_string_equal(s->first->path, "/etc/d/10.conf");
	assert_setting(s, NULL, "x", "1", "/etc/a.conf:1");
	assert_setting(s, NULL, "y", "3", "/etc/d/20.conf:2");
	assert_setting(s, NULL, "z", "4", "/usr/etc/b.conf:1");
	assert_setting(s, NULL, "v", "5", "/etc/e/5.conf:1");
}

static void test_systemd_order(void **state)
{
	auto_source struct source *source = NULL;
	const struct settings *s;

	folder_puts(*state, "usr/lib/systemd/j.conf", "[J]\na=vendor\nb=vendor\n");
	folder_puts(*state, "etc/systemd/j.conf", "[J]\na=main\nlong=1 \\\n# not a part\n 2\n");
	folder_puts(*state, "usr/lib/systemd/j.conf.d/10-x.conf", "[J]\na=hidden\nc=hidden\n");
	folder_puts(*state, "etc/systemd/j.conf.d/10-x.conf", "[J]\nc=own\nd=own\n");
	folder_puts(*state, "run/systemd/j.conf.d/20-y.conf", "[J]\nd=\ne=run\n[Other]\ne=other\n");
	folder_puts(*state, "usr/lib/systemd/j.conf.d/30-z.conf", "[J]\ne=vendor\n");
	assert_int_equal(symlink("/dev/null", folder_path(*state, "etc/systemd/j.conf.d/30-z.conf")), 0);
	folder_puts(*state, "etc/systemd/j.conf.d/40.txt", "[J]\ne=text\n");
	s = read_files(*state, &source, "systemd", "/etc/systemd/j.conf");
	assert_no_fault(&s->faults);
	assert_setting(s, "J", "a", "main", "/etc/systemd/j.conf:2");
	assert_setting(s, "J", "b", NULL, NULL);
	assert_setting(s, "J", "c", "own", "/etc/systemd/j.conf.d/10-x.conf:2");
	assert_setting(s, "J", "d", NULL, NULL);
	assert_setting(s, "J", "e", "run", "/run/systemd/j.conf.d/20-y.conf:3");
	assert_setting(s, "J", "long", "1   2", "/etc/systemd/j.conf:3");
}

static void test_bad_files(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = NULL;
	const struct settings *s;

	assert_int_equal(mkfifo(folder_path(folder, "etc/d/10.conf"), 0600), 0);
	folder_write(folder, "etc/nul.conf", "a=1\0b=2\n", 8);
	folder_puts(folder, "etc/large.conf", "a=1\n");
	assert_int_equal(truncate(folder_path(folder, "etc/large.conf"), 100 << 20), 0);
	assert_int_equal(symlink("../../../../../../../../etc/passwd", folder_path(folder, "etc/out.conf")), 0);
	assert_int_equal(symlink("loop.conf", folder_path(folder, "etc/loop.conf")), 0);
	s = read_files(folder, &source, "equals", "/etc/d/*.conf /etc/nul.conf /etc/large.conf /etc/out.conf /etc/loop.conf");
	assert_int_equal(s->n, 0);
	assert_int_equal(s->faults.n, 4);
	assert_fault(&s->faults, STATE_BROKEN, "/etc/d/10.conf", "FIFO");
	assert_fault(&s->faults, STATE_MALFORMED, "/etc/nul.conf:1", "NUL");
	assert_fault(&s->faults, STATE_BROKEN, "/etc/large.conf", "larger");
	assert_fault(&s->faults, STATE_BROKEN, "/etc/loop.conf", "link");
}

static void test_too_many_files(void **state)
{
	auto_source struct source *source = NULL;
	const struct settings *s;

	for (int i = 0; i < CONFIG_FILES_MOST + 50; i++)
		folder_puts(*state, arena_printf(((struct folder *)*state)->arena, "etc/d/%04d.conf", i), "a=1\n");
	s = read_files(*state, &source, "equals", "/etc/d/*.conf");
	assert_int_equal(s->n, CONFIG_FILES_MOST);
	assert_int_equal(s->faults.n, 1);
	assert_holds(s->faults.list[0].why, "more than 1000 files");
}

static void test_too_many_bytes(void **state)
{
	auto_source struct source *source = NULL;
	struct folder *folder = *state;
	const struct settings *s;

	for (int i = 0; i < 10; i++) {
		char *path = folder_puts(folder, arena_printf(folder->arena, "etc/d/%d.conf", i), "a=1\n");
		auto_fclose FILE *file = fopen(path, "a");

		for (int j = 0; j < 1000; j++)
			fprintf(file, "%1000s\n", "");
	}
	s = read_files(folder, &source, "equals", "/etc/d/*.conf");
	assert_int_equal(s->n, 8);
	assert_holds(s->faults.list[0].why, "more than 8388608 bytes");
}

/* ---- values ---- */

static void test_modes(void **state)
{
	static const struct {
		const char *text;
		uint64_t mask;
	} good[] = {
		{ "0", 0 }, { "022", 022 }, { "0640", 0640 }, { "u=rwx,g=rx,o=", 027 }, { "g=,o=", 077 }, { "a=rwx", 0 }, { "ugo=r", 0333 },
		{ "u=rwx,g=rx,o=,", 027 },
	};
	static const char *const bad[] = { "", "8", "0x12", "rw-r--r--", "o+w", "u", "u=z", "0777777", "-1", "u=rwx;" };
	uint64_t mask;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		assert_true(value_mode(good[i].text, &mask));
		assert_int_equal(mask, good[i].mask);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(value_mode(bad[i], &mask));
}

static void test_quantities(void **state)
{
	static const char *const bad[] = { "", "m", "-1", "5x", "1..2", "9223372036854775808", "9223372036854775807w", "1h-" };
	int64_t n;

	(void)state;
	assert_true(value_seconds("90", &n) && n == 90);
	assert_true(value_seconds("2m", &n) && n == 120);
	assert_true(value_seconds("1h30m5", &n) && n == 5405);
	assert_true(value_seconds("1min 30s", &n) && n == 90);
	assert_true(value_seconds("infinity", &n) && n == -1);
	assert_true(value_bytes("500M", &n) && n == 500 << 20);
	assert_true(value_bytes("0", &n) && n == 0);
	assert_true(value_bytes("2G", &n) && n == INT64_C(2) << 30);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_false(value_seconds(bad[i], &n));
		assert_false(value_bytes(bad[i], &n));
	}
}

static void test_items(void **state)
{
	struct items items = { .arena = *state };

	assert_int_equal(items_add_value(&items, "x", "/x", "12", VALUE_PLAIN)->type, ITEM_INTEGER);
	assert_int_equal(items_add_value(&items, "x", "/x", "twelve", VALUE_PLAIN)->type, ITEM_STRING);
	assert_string_equal(items_add_value(&items, "x", "/x", "KEEP_Logs", VALUE_WORD)->text, "keep_logs");
	assert_string_equal(items_add_value(&items, "x", "/x", "On", VALUE_BOOLEAN)->text, "yes");
	assert_string_equal(items_add_value(&items, "x", "/x", "f", VALUE_BOOLEAN)->text, "no");
	assert_string_equal(items_add_value(&items, "x", "/x", "perhaps", VALUE_BOOLEAN)->text, "perhaps");
	assert_int_equal(items_add_value(&items, "x", "/x", "027", VALUE_MODE)->number, 027);
	assert_int_equal(items_add_value(&items, "x", "/x", "wide", VALUE_MODE)->type, ITEM_STRING);
	assert_int_equal(items_add_value(&items, "x", "/x", "1G", VALUE_BYTES)->number, 1 << 30);
	assert_string_equal(items_add_value(&items, "x", "/x", "a\033[2J", VALUE_TEXT)->text, "a\\x1b[2J");
	assert_int_equal(items_add_value(&items, "x", "/x", "a b", VALUE_SET)->type, ITEM_SET);
}

static void test_program_version(void **state)
{
	static const char sshd[] = "\177ELF\0OpenSSH_7.4*\0OpenSSH_2.*,OpenSSH_3.0*\0SSH-2.0-OpenSSH_1.1\0OpenSSH_9.2\0OpenSSH_9.2p1 Debian-2\0";
	static const char sudo[] = "\177ELF\0Sudo version %s\0GLIBC_2.34\0001.9.13p3\0002.1\0";
	auto_source struct source *source = NULL;
	struct folder *folder = *state;

	folder_write(folder, "usr/sbin/sshd", sshd, sizeof(sshd));
	folder_write(folder, "usr/bin/sudo", sudo, sizeof(sudo));
	folder_puts(folder, "usr/bin/none", "");
	source = root_open(folder);
	assert_string_equal(program_version(source, folder->arena, "usr/sbin/sshd", "OpenSSH_"), "9.2p1");
	assert_string_equal(program_version(source, folder->arena, "usr/bin/sudo", ""), "1.9.13p3");
	assert_null(program_version(source, folder->arena, "usr/bin/sudo", "OpenSSH_"));
	assert_null(program_version(source, folder->arena, "usr/bin/none", ""));
	assert_null(program_version(source, folder->arena, "usr/bin/nowhere", ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_folder(test_equals),
		test_with_folder(test_auditd),
		test_with_folder(test_words_and_colons),
		test_with_folder(test_ini),
		test_with_folder(test_limits),
		test_with_folder(test_shell),
		cmocka_unit_test(test_syntax_names),
		test_with_folder(test_order_of_files),
		test_with_folder(test_systemd_order),
		test_with_folder(test_bad_files),
		test_with_folder(test_too_many_files),
		test_with_folder(test_too_many_bytes),
		cmocka_unit_test(test_modes),
		cmocka_unit_test(test_quantities),
		test_with_arena(test_items),
		test_with_folder(test_program_version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
