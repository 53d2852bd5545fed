/* SPDX-License-Identifier: Apache-2.0 */
/* sudoers: aliases, Defaults, user specifications and includes. */
#include "tests/unit_config.h"

#include "core/access/sudoers.h"
#include "core/base/text.h"

static const struct sudoers *read_sudoers(struct folder *folder, struct source **source, const char *text)
{
	folder_puts(folder, "etc/sudoers", text);
	*source = root_open(folder);
	return table_read(folder, *source, &sudoers_table);
}

/* "who|runas|command; …" with ! for what is taken out and * for what needs no password. */
static void assert_grants(struct folder *folder, const struct sudoers *s, const char *wanted)
{
	struct buffer out = { .arena = folder->arena };

	buffer_puts(&out, "");
	for (size_t i = 0; i < s->n_grants; i++)
		buffer_printf(&out, "%s%s|%s|%s%s%s", out.size ? "; " : "", s->grants[i].who, s->grants[i].runas, s->grants[i].no_password ? "*" : "",
			      s->grants[i].excluded ? "!" : "", s->grants[i].command);
	assert_string_equal(out.text, wanted);
}

/* "scope|name=value; …" */
static void assert_defaults(struct folder *folder, const struct sudoers *s, const char *wanted)
{
	struct buffer out = { .arena = folder->arena };

	buffer_puts(&out, "");
	for (size_t i = 0; i < s->n_defaults; i++)
		buffer_printf(&out, "%s%s|%s%c%s", out.size ? "; " : "", s->defaults[i].scope, s->defaults[i].name, s->defaults[i].change,
			      s->defaults[i].value);
	assert_string_equal(out.text, wanted);
}

static void test_grants(void **state)
{
	auto_source struct source *source = NULL;
	const struct sudoers *s = read_sudoers(*state, &source,
					       "root ALL=(ALL:ALL) ALL\n%admin, #1000 , !bob ALL = NOPASSWD: /bin/a -x\\,y, PASSWD: /bin/b \"\", NOEXEC:/bin/c\n"
					       "%:ad\\ group h1, 10.0.0.0/8 = (op) /bin/d : h2 = CWD=/tmp NOPASSWD:SETENV: ALL # comment \\\n"
					       "#1 ALL = sha256:abc= /bin/e\n\"DOM\\\\x\" ALL=ALL\n# bob ALL=ALL \\\nx ALL = !!/bin/f, \\\n  /bin/g\n");

	assert_no_fault(&s->faults);
	assert_grants(*state, s, "root|ALL:ALL|ALL; %admin,#1000,!bob||*/bin/a -x,y; %admin,#1000,!bob||/bin/b \"\"; %admin,#1000,!bob||/bin/c; "
				 "%:ad group|op|/bin/d; %:ad group||*ALL; #1||/bin/e; DOM\\x||ALL; x||/bin/f; x||/bin/g");
	assert_true(sudo_is_root(&s->grants[0]));
	assert_false(sudo_is_root(&s->grants[1]));
	assert_string_equal(s->grants[1].origin, "/etc/sudoers:2");
}

static void test_aliases(void **state)
{
	auto_source struct source *source = NULL;
	const struct sudoers *s = read_sudoers(*state, &source,
					       "PEOPLE ALL = ALL, !SHELLS\nUser_Alias PEOPLE = a, !OTHERS : OTHERS = b, !c\n"
					       "Cmnd_Alias SHELLS = /bin/sh, !MORE\nCmd_Alias MORE=/bin/m x\\, y\nHost_Alias H = a, ::1\nRunas_Alias R = root\n");

	assert_no_fault(&s->faults);
	assert_grants(*state, s, "a,!b,c||ALL; a,!b,c||!/bin/sh; a,!b,c||/bin/m x, y");
}

static void test_alias_bomb(void **state)
{
	auto_source struct source *source = NULL;
	struct folder *folder = *state;
	struct buffer text = { .arena = folder->arena };
	const struct sudoers *s;

	for (int i = 0; i < 20; i++) {
		buffer_printf(&text, "User_Alias U%d = " TEN_OF("U%d,") "x\n", i, i + 1, i + 1, i + 1, i + 1, i + 1, i + 1, i + 1, i + 1, i + 1, i + 1);
		buffer_printf(&text, "Cmnd_Alias C%d = " TEN_OF("C%d,") "/x\n", i, i + 1, i + 1, i + 1, i + 1, i + 1, i + 1, i + 1, i + 1, i + 1, i + 1);
	}
	buffer_puts(&text, "U0 ALL = C0\n");
	s = read_sudoers(folder, &source, text.text);
	assert_fault(&s->faults, STATE_BROKEN, "/etc/sudoers:41", "commands are granted");
	assert_true(strlen(s->grants[0].who) < 2 * TEXT_MAX);
}

static void test_defaults(void **state)
{
	auto_source struct source *source = NULL;
	const struct sudoers *s = read_sudoers(*state, &source,
					       "Defaults use_pty, !visiblepw,secure_path=\"/a:/b\"\nDefaults:al\\ ice,bob !authenticate, timestamp_timeout = -1\n"
					       "Defaults@h log_year\nDefaults!/bin/ls noexec\nDefaults>root !env_reset\nDefaults env_keep += \"A B\", env_keep-=C\n");

	assert_no_fault(&s->faults);
	assert_defaults(*state, s, "|use_pty=yes; |visiblepw=no; |secure_path=/a:/b; :al ice,bob|authenticate=no; :al ice,bob|timestamp_timeout=-1; "
				   "@h|log_year=yes; !/bin/ls|noexec=yes; >root|env_reset=no; |env_keep+A B; |env_keep-C");
}

static void test_includes(void **state)
{
	auto_source struct source *source = NULL;
	const struct sudoers *s;

	folder_puts(*state, "etc/sudoers.d/b", "b ALL=ALL\n");
	folder_puts(*state, "etc/sudoers.d/a", "a ALL=ALL\n");
	folder_puts(*state, "etc/sudoers.d/c.dpkg-old", "c ALL=ALL\n");
	folder_puts(*state, "etc/sudoers.d/d~", "d ALL=ALL\n");
	folder_puts(*state, "etc/more sudo", "e ALL=ALL\n");
	s = read_sudoers(*state, &source, "#includedir /etc/sudoers.d\n@include more\\ sudo\n@includedir /nowhere\n#include is a comment? no: a file\n");
	assert_grants(*state, s, "a||ALL; b||ALL; e||ALL");
	assert_int_equal(s->n_files, 4);
	assert_int_equal(s->faults.n, 1);
	assert_fault(&s->faults, STATE_MALFORMED, "/etc/sudoers:4", "there is no /etc/is");
}

static void test_broken(void **state)
{
	auto_source struct source *source = NULL;
	const struct sudoers *s = read_sudoers(*state, &source,
					       "bob\nbob ALL\nbob ALL = (root ALL\nbob ALL = \nDefaults\nDefaults x=\nDefaults x y\nUser_Alias A\nUser_Alias B =\n"
					       "@include /etc/sudoers\n@include\n@include /etc/%h\nbob ALL = \"ALL\nDefaults secure_path=\"x\n, ALL = ALL\n");

	for (size_t i = 0; i < s->faults.n; i++)
		assert_int_equal(s->faults.list[i].state, STATE_MALFORMED);
	assert_fault(&s->faults, STATE_MALFORMED, "/etc/sudoers:1", "equals sign");
	assert_fault(&s->faults, STATE_MALFORMED, "/etc/sudoers:3", "parenthesis");
	assert_fault(&s->faults, STATE_MALFORMED, "/etc/sudoers:4", "command");
	assert_fault(&s->faults, STATE_MALFORMED, "/etc/sudoers:5", "no setting");
	assert_fault(&s->faults, STATE_MALFORMED, "/etc/sudoers:7", "behind");
	assert_fault(&s->faults, STATE_MALFORMED, "/etc/sudoers:8", "NAME = list");
	assert_true(s->n_files <= CONFIG_DEEPEST + 1);
}

static void test_circle(void **state)
{
	auto_source struct source *source = NULL;
	const struct sudoers *s;

	folder_puts(*state, "etc/sudoers.d/a", "@includedir /etc/sudoers.d\n@include /etc/sudoers\n");
	folder_puts(*state, "etc/sudoers.d/b", "@include /etc/sudoers.d/a\n");
	s = read_sudoers(*state, &source, "@includedir /etc/sudoers.d\n");
	assert_int_equal(s->faults.n, CONFIG_FAULTS_MOST);
	assert_holds(s->faults.list[0].why, "circle");
}

static void test_not_installed(void **state)
{
	auto_source struct source *source = NULL;

	folder_puts(*state, "usr/bin/env", "");
	assert_false(read_sudoers(*state, &source, "root ALL=ALL\n")->installed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_folder(test_grants),
		test_with_folder(test_aliases),
		test_with_folder(test_alias_bomb),
		test_with_folder(test_defaults),
		test_with_folder(test_includes),
		test_with_folder(test_broken),
		test_with_folder(test_circle),
		test_with_folder(test_not_installed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
