/* SPDX-License-Identifier: Apache-2.0 */
/* Changes of files line by line, and scripts that a fix says shorter: what they do, and what they refuse. */
#include "tests/unit.h"

#include "core/base/text.h"
#include "core/fix/fix_commands.h"
#include "core/fix/fix_edit.h"

/* The text once it is changed; the reason behind a "!" where it cannot be. */
static const char *edited(struct arena *arena, const char *line, const char *text)
{
	const char *why = NULL, *after;
	struct fix_edit edit;

	if (!fix_edit_read(arena, &edit, line))
		return "not read";
	after = fix_edit_apply(arena, &edit, text, &why);
	return after ? after : arena_printf(arena, "!%s", why);
}

struct change {
	const char *line, *before, *after;
};

/* Done twice, it is as done once. */
static void assert_changes(struct arena *arena, const struct change *changes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *after = edited(arena, changes[i].line, changes[i].before);

		if (!streq(after, changes[i].after))
			fail_msg("%s:\n%s\nis\n%s\nwanted\n%s", changes[i].line, changes[i].before, after, changes[i].after);
		if (*after != '!' && edited(arena, changes[i].line, after) != after)
			fail_msg("%s: the second time it is another:\n%s", changes[i].line, edited(arena, changes[i].line, after));
	}
}

static void test_keys(void **state)
{
	static const struct change changes[] = {
		{ "/f words K 5", "", "K\t5\n" },
		{ "/f words K 5", "# K 1\nK\t\t 1\nKK 1\n", "# K 1\nK\t\t 5\nKK 1\n" },
		{ "/f words K 5", "K 1\nx\nK 2\n", "K 5\nx\n" },
		{ "/f words K 5", "K 5", "K 5" },
		{ "/f words K 5", "a", "a\nK\t5\n" },
		{ "/f words K 5", "K\n", "K\t5\n" },
		{ "/f equals K five six", "K=1\n", "K=five six\n" },
		{ "/f equals K 5", "K\n", "K\nK=5\n" },
		{ "/f spaced k 5", "K = 1\nk_x = 2\n", "K = 5\nk_x = 2\n" },
		{ "/f spaced k 5", "k=\n", "k=5\n" },
		{ "/f spaced k Halt", "k = HALT\n", "k = HALT\n" },
		{ "/f word even_deny_root", "# even_deny_root\n", "# even_deny_root\neven_deny_root\n" },
		{ "/f word even_deny_root", "even_deny_root\n", "even_deny_root\n" },
		{ "/f without words K", "a\nK 1\nK\nb\n", "a\nb\n" },
		{ "/f without words K 5000", "K 4999\nK 5000\nK x\n", "K 5000\nK x\n" },
		{ "/f without words", "", "!the fix is not understood" },
		{ "/f words K", "", "!the fix is not understood" },
		{ "f words K 5", "", "not read" },
		{ "/f verbs K 5", "", "not read" },
		{ "/f words K 5", "\033[31m\n", "!it holds signs that a terminal would act on" },
		{ "/f words K 5", "a\r\n", "!it holds signs that a terminal would act on" },
		{ "/f words K 5", "\xff\n", "!it holds signs that a terminal would act on" },
		{ "/f yaml a b", " {\"a\": 1}", "!it is written in JSON" },
	};

	assert_changes(*state, changes, ARRAY_LEN(changes));
}

static void test_options(void **state)
{
	static const struct change changes[] = {
		{ "/etc/fstab option /tmp nodev", "d /tmp ext4 defaults 0 2\n", "d /tmp ext4 defaults,nodev 0 2\n" },
		{ "/etc/fstab option /tmp nodev", "d /tmp ext4\n", "d /tmp ext4\tdefaults,nodev\n" },
		{ "/etc/fstab option /tmp nodev", "d\t/tmp\text4  rw,dev\t0 2\n", "d\t/tmp\text4  rw,nodev\t0 2\n" },
		{ "/etc/fstab option /tmp noexec", "d /tmp ext4 noexec,user,exec 0 0\n", "d /tmp ext4 user,noexec 0 0\n" },
		{ "/etc/fstab option /tmp nodev", "d /tmp ext4 nodev,rw\n", "d /tmp ext4 nodev,rw\n" },
		{ "/etc/fstab option /media/* nodev", "d /media/a vfat rw\nd /media vfat rw\n", "d /media/a vfat rw,nodev\nd /media vfat rw\n" },
		{ "/etc/fstab option network nosuid", "s:/x /x nfs defaults\nd /y ext4 rw\n", "s:/x /x nfs defaults,nosuid\nd /y ext4 rw\n" },
		{ "/etc/fstab option /boot/efi umask=0077", "d /boot/efi vfat umask=0022,rw 0 1\n", "d /boot/efi vfat rw,umask=0077 0 1\n" },
		{ "/etc/fstab option /tmp nodev", "# d /tmp ext4 rw\n", "!it has no line for /tmp, which is mounted by something else" },
		{ "/etc/fstab option /p ro proc /p proc ro 0 0", "a\n", "a\nproc /p proc ro 0 0\n" },
	};

	assert_changes(*state, changes, ARRAY_LEN(changes));
}

static void test_arguments(void **state)
{
	static const char start[] = "spec:\n  - command:\n    - p\n    - --a=1\n    - --b=x,y\n    image: i\n";
	const struct change changes[] = {
		{ "/m argument p --a=2", start, "spec:\n  - command:\n    - p\n    - --a=2\n    - --b=x,y\n    image: i\n" },
		{ "/m argument p --c=2", start, "spec:\n  - command:\n    - p\n    - --a=1\n    - --b=x,y\n    - --c=2\n    image: i\n" },
		{ "/m argument p --b+=z", start, "spec:\n  - command:\n    - p\n    - --a=1\n    - --b=x,y,z\n    image: i\n" },
		{ "/m argument p --b-=x", start, "spec:\n  - command:\n    - p\n    - --a=1\n    - --b=y\n    image: i\n" },
		{ "/m argument p --a-=1", start, "spec:\n  - command:\n    - p\n    - --b=x,y\n    image: i\n" },
		{ "/m argument p --n+=z", start, "spec:\n  - command:\n    - p\n    - --a=1\n    - --b=x,y\n    - --n=z\n    image: i\n" },
		{ "/m argument p --n-=z", start, start },
		{ "/m argument p - --a", start, "spec:\n  - command:\n    - p\n    - --b=x,y\n    image: i\n" },
		{ "/m argument p - --n", start, start },
		{ "/m argument p --a=2", "- /usr/bin/p\n- \"--a=1\"\n", "- /usr/bin/p\n- --a=2\n" },
		{ "/m argument p --a=2", "- '--a=2'\n- p\n", "- '--a=2'\n- p\n- --a=2\n" },
		{ "/m argument p --a=2", "- p\n- --a\n- 1\n", "!--a stands in it twice, or over two lines" },
		{ "/m argument p --a=2", "- p\n- --a=1\n- --a=3\n", "!--a stands in it twice, or over two lines" },
		{ "/m argument p --a=2", "command: [p, --a=1]\n", "!the arguments of p are not written in it as a list, a line each" },
	};

	assert_changes(*state, changes, ARRAY_LEN(changes));
}

static void test_trees(void **state)
{
	static const struct change changes[] = {
		{ "/y yaml a.b.c false", "a:\n  b:\n    c: true # x\n    d: 1\ne: 2\n", "a:\n  b:\n    c: false\n    d: 1\ne: 2\n" },
		{ "/y yaml a.b.c false", "a:\n  d: 1\ne: 2\n", "a:\n  d: 1\n  b:\n    c: false\ne: 2\n" },
		{ "/y yaml a.b false", "x: 1\n\n# end\n", "x: 1\na:\n  b: false\n\n# end\n" },
		{ "/y yaml a 0", "a:\n- x\n- y\nb: 1\n", "a: 0\nb: 1\n" },
		{ "/y yaml - a.b", "a:\n  b: 1\n  c: 2\n", "a:\n  c: 2\n" },
		{ "/y yaml - a.b", "x: 1\n", "x: 1\n" },
		{ "/y yaml a.b 1", "a: {b: 2}\n", "!a is not written in it with a line per key" },
		{ "/y yaml a.b 1", "a: 1\n---\nb: 2\n", "!it is no plain YAML" },
		{ "/y yaml a 1", "a:\n\tb: 2\n", "!it is no plain YAML" },
		{ "/t toml a.b k \"v\"", "k = 1\n[a.b]\n  k = 2\n[c]\nk = 3\n", "k = 1\n[a.b]\n  k = \"v\"\n[c]\nk = 3\n" },
		{ "/t toml a k 1", "x = 1\n", "x = 1\n[a]\nk = 1\n" },
		{ "/t toml a k 1", "[a]\nx = 1\n", "[a]\nk = 1\nx = 1\n" },
		{ "/t toml p.*cri* k 1", "[p.\"io.cri\"]\nk = 2\n[p.\"io.cri\".x]\nk = 3\n", "[p.\"io.cri\"]\nk = 1\n[p.\"io.cri\".x]\nk = 1\n" },
		{ "/t toml p.\"x\"|p.\"y\" k 1", "[p.'y'.a]\n[p.'y']\n", "[p.'y'.a]\n[p.'y']\nk = 1\n" },
		{ "/t toml p.x|p.y k 1", "[p.z]\n", "!it has no table [p.x|p.y]" },
		{ "/t toml p.*cri* k 1", "[q]\n", "!it has no table [p.*cri*]" },
		{ "/t toml - a k", "[a]\nk = 1\nkk = 2\n", "[a]\nkk = 2\n" },
		{ "/t toml - a k", "[a]\nk = [\n1]\n", "!k goes on over several lines" },
		{ "/t section main k 1", "[main]\nk=0\n[other]\nk=0\n", "[main]\nk=1\n[other]\nk=0\n" },
	};

	assert_changes(*state, changes, ARRAY_LEN(changes));
}

/* ---- scripts ---- */

static void test_packages(void **state)
{
	const char *script = fix_package_script(*state, "install apt=a,b dnf=c");

	assert_non_null(strstr(script, "if command -v apt-get >/dev/null 2>&1; then\n  DEBIAN_FRONTEND=noninteractive apt-get install -y a b\n"));
	assert_non_null(strstr(script, "elif command -v dnf >/dev/null 2>&1; then\n  dnf install -y c\nelse\n"));
	assert_null(strstr(script, "zypper"));
	assert_non_null(strstr(fix_package_script(*state, "remove apk=x"), "apk del x"));
	assert_null(fix_package_script(*state, "purge apt=x"));
	assert_null(fix_package_script(*state, "install x"));
}

static const char *each(struct arena *arena, struct fix_item *item, const char *text, const char *name, const char *value)
{
	struct evidence *e = arena_new_of(arena, struct evidence);
	struct result *result = arena_new_of(arena, struct result);

	*e = (struct evidence){ .name = name, .origin = "/etc/passwd:3", .value = value, .state = value ? STATE_PRESENT : STATE_ABSENT, .outcome = OUTCOME_FAIL };
	*result = (struct result){ .evidence = e, .n_evidence = 1 };
	*item = (struct fix_item){ .text = text, .result = result };
	fix_make_each(arena, item);
	return item->text;
}

static void test_each(void **state)
{
	static const char *const hostile[] = { "$(x)", "`x`", "a'b", "a;b", "-rf", "a b", "a\nb", "*", "", "a\\x0ab", "\xe2\x80\xae" "a", "a|b", "~a", "!a", "a#b" };
	struct fix_item item;

	assert_string_equal(each(*state, &item, "passwd --lock {value}", "x", "bob"), "passwd --lock 'bob'\n");
	assert_true(item.set_apart);
	assert_string_equal(each(*state, &item, "gpasswd --delete {value} {name}", "member of disk", "bob: why"), "gpasswd --delete 'bob' 'disk'\n");
	assert_string_equal(each(*state, &item, "chage {name}", "days of bob", NULL), "chage 'bob'\n");
	assert_null(each(*state, &item, "chage {name}", "PASS_MAX_DAYS", "9"));
	assert_int_equal(item.kind, FIX_BY_HAND);
	for (size_t i = 0; i < ARRAY_LEN(hostile); i++)
		if (each(*state, &item, "passwd --lock {value}", "x", hostile[i]) || item.kind != FIX_BY_HAND)
			fail_msg("'%s' stands in a command", hostile[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_arena(test_keys), test_with_arena(test_options), test_with_arena(test_arguments), test_with_arena(test_trees),
		test_with_arena(test_packages), test_with_arena(test_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
