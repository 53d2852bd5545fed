/* SPDX-License-Identifier: Apache-2.0 */
/* Which programs a line for a shell starts. */
#include "tests/unit.h"

#include "core/base/text.h"
#include "core/config/shell_program.h"

static const char *told(struct arena *arena, const char *text)
{
	static const char *const signs[] = { [SHELL_STARTS] = "", [SHELL_FOLDER] = "folder:", [SHELL_PATH] = "PATH:" };
	struct shell_programs programs = { .folder = "/root" };
	struct buffer out = { .arena = arena };

	buffer_puts(&out, "");
	shell_programs_of_text(arena, text, &programs);
	for (size_t i = 0; i < programs.n; i++)
		buffer_printf(&out, "%s%s%s", out.size ? " " : "", signs[programs.list[i].use], programs.list[i].word);
	if (programs.doubt)
		buffer_puts(&out, " ?");
	return out.text;
}

static void test_lines(void **state)
{
	static const struct {
		const char *text, *wanted;
	} lines[] = {
		{ "/opt/a /b; /opt/c>/d&& /opt/e</f|/opt/g &", "/opt/a /opt/c /opt/e /opt/g" },
		{ "A=/x B='y z' /opt/a", "/opt/a" },
		{ "PATH=/home/x:$PATH a; export PATH=/y", "PATH:/home/x:$PATH a export PATH:/y" },
		{ "test -x /usr/sbin/anacron || { cd / && run-parts --report /etc/cron.daily; }", "test cd run-parts folder:/etc/cron.daily" },
		{ "if [ -x /a ]; then /opt/b 2>&1 >/dev/null; elif ! /opt/c; then d; fi", "[ /opt/b /opt/c d" },
		{ "for f in /a /b; do /opt/c \"$f\"; done # /opt/d\n/opt/e", "for /opt/c /opt/e" },
		{ "'/opt/a b' c; \"/opt/d\"; /o\\p\\t/e", "/opt/a b /opt/d /opt/e" },
		{ "echo $(/opt/a $(/opt/b)) `/opt/c` \"x $(/opt/d) y\" <(/opt/e) '$(/opt/f)'", "/opt/b /opt/a /opt/c /opt/d /opt/e echo" },
		{ "$X /opt/a; /opt/b", "/opt/b ?" },
		{ "\"$X\"/a", " ?" },
		{ "/opt/*/x", " ?" },
		{ "~/x", " ?" },
		{ "./x; cd /srv && bin/y; cd $Z; bin/z", "/root/./x cd /srv/bin/y cd ?" },
		{ "case x in /a) /b;; esac", " ?" },
		{ "/opt/a 'b", "/opt/a ?" },
		{ "echo $(/opt/a", "echo ?" },
		{ "cat <<E; /opt/a", "cat /opt/a ?" },
		{ "x=${y:-$(/opt/a)} /opt/b", "/opt/b ?" },
		{ "/opt/a &>/b; /opt/c &> /d; /opt/e", "/opt/a /opt/c /opt/e" },
		{ "", "" },
		{ ";;&|()", "" },
		/* what starts another */
		{ "nice -n 10 ionice -c3 -n 7 /opt/a -c /b", "nice ionice /opt/a" },
		{ "env -i -u X PATH=/p Y=1 /opt/a", "env PATH:/p /opt/a" },
		{ "timeout -k 5 --signal KILL 10 /opt/a", "timeout /opt/a" },
		{ "flock -n /run/lock/x /opt/a", "flock /opt/a" },
		{ "flock /run/lock/x -c 'cd /srv; ./a'", "flock cd /srv/./a" },
		{ "nohup setsid /opt/a", "nohup setsid /opt/a" },
		{ "sudo -E /opt/a; sudo -u bob /opt/b", "sudo /opt/a sudo" },
		{ "command -v /opt/a && command /opt/b", "command command /opt/b" },
		{ "find /a -name b -exec /opt/c {} ';' -exec sh -c '/opt/d' \\; -o -ok e {} +", "find /opt/c sh /opt/d e" },
		{ "ls | xargs -n 1 -I {} /opt/a {}", "ls xargs /opt/a" },
		/* scripts */
		{ "sh /opt/a /b", "sh /opt/a" },
		{ "/bin/bash -o pipefail -lc '/opt/a; b' /c", "/bin/bash /opt/a b" },
		{ "bash -x a.sh", "bash /root/a.sh" },
		{ "sh -c \"$X\"", "sh ?" },
		{ "python3.11 -u -W x /opt/a.py /b; python3 -m x /opt/b; python3-config /opt/c", "python3.11 /opt/a.py python3 python3-config" },
		{ "perl -we 'x' /opt/a; perl -w /opt/b; php8.2 -d a=b -f /opt/c", "perl perl /opt/b php8.2 /opt/c" },
		{ ". /opt/a; source /opt/b", ". /opt/a source /opt/b" },
		{ "sh -c \"sh -c '/opt/a'\"; eval '/opt/b'", "sh sh /opt/a eval /opt/b" },
		{ "run-parts -a x --regex=y /opt/a", "run-parts folder:/opt/a" },
	};

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		const char *got = told(*state, lines[i].text);

		if (strcmp(got, lines[i].wanted) != 0)
			fail_msg("%s: %s, wanted %s", lines[i].text, got, lines[i].wanted);
	}
}

/* However deep it goes, and whatever it is made of, it ends. */
static void test_hostile(void **state)
{
	static const char *const parts[] = { "$(", "`", "\"", "'", "sh -c ", "find -exec ", "env ", "${", "(", "a;", "\\", "<<", "&>", "if ", "=", "$((", "eval ", ")", "}", " " };
	char *deep = arena_alloc(*state, 60001);
	unsigned seed = 1;

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		struct buffer text = { .arena = *state };

		while (text.size < 60000)
			buffer_puts(&text, parts[i]);
		told(*state, text.text);
	}
	for (size_t i = 0; i < 2000; i++) {
		struct buffer text = { .arena = *state };

		for (size_t k = 0; k < 12; k++) {
			seed = seed * 1103515245 + 12345;
			buffer_puts(&text, parts[seed / 65536 % ARRAY_LEN(parts)]);
		}
		told(*state, text.text);
	}
	memset(deep, 'a', 60000);
	assert_string_equal(told(*state, deep), deep);
	assert_non_null(strchr(told(*state, arena_printf(*state, "%s%s", deep, deep)), '?'));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_arena(test_lines),
		test_with_arena(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
