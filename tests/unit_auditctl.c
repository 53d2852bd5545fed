/* SPDX-License-Identifier: Apache-2.0 */
/* Audit rules as auditctl(8) and augenrules(8) read their files, and what is recorded by them. */
#include "tests/unit.h"

#include "core/base/text.h"
#include "core/logging/auditctl.h"

/* The rules of a root; the source is left open, because they refer to it. */
struct loaded {
	struct source *source;
	struct auditctl *rules;
};

static void loaded_free(struct loaded *l)
{
	source_free(l->source);
}

#define auto_loaded __attribute__((cleanup(loaded_free)))

static struct loaded load(struct folder *folder)
{
	struct loaded l = { NULL, NULL };
	struct err err = { "" };

	if (source_open(&l.source, folder->path, &err) != 0)
		fail_msg("%s", err.text);
	l.rules = auditctl_read_files(l.source, folder->arena);
	return l;
}

/* The rules of one file in rules.d. */
static struct loaded load_text(struct folder *folder, const char *text)
{
	folder_puts(folder, "etc/audit/rules.d/audit.rules", text);
	return load(folder);
}

static struct auditctl_answer call(const struct auditctl *rules, const char *syscall, const char *arch, const char *fields)
{
	return auditctl_find(rules, &(struct auditctl_wanted){ .syscall = syscall, .arch = arch, .native = "b64", .fields = fields });
}

static struct auditctl_answer path(const struct auditctl *rules, const char *where, const char *access, const char *fields)
{
	return auditctl_find(rules, &(struct auditctl_wanted){ .path = where, .access = auditctl_access(access), .native = "b64", .fields = fields });
}

static void assert_state(const struct auditctl *rules, enum state state, const char *why)
{
	if (rules->state != state)
		fail_msg("%s (%s), wanted %s", state_name(rules->state), rules->why ? rules->why : "", state_name(state));
	if (why)
		assert_holds(rules->why, why);
}

static const char login[] = "auid>=1000 auid!=unset";

/* ---- lines ---- */

static void test_watch(void **state)
{
	auto_loaded struct loaded l = load_text(*state, "-w /etc/passwd -p wa -k identity\n-w /etc/sudoers.d/ -pwa -kscope\n  -w /bin\\ dir/x\n");

	assert_state(l.rules, STATE_PRESENT, NULL);
	assert_int_equal(l.rules->n, 3);
	assert_holds(path(l.rules, "/etc/passwd", "wa", "").records->origin, "/etc/audit/rules.d/audit.rules:1");
	assert_non_null(path(l.rules, "/etc/passwd", "w", "").records);
	assert_null(path(l.rules, "/etc/passwd", "r", "").records);
	assert_null(path(l.rules, "/etc/passwd-", "wa", "").records);
	assert_null(path(l.rules, "/etc", "wa", "").records);
	assert_non_null(path(l.rules, "/etc/sudoers.d/", "wa", "").records);
	assert_non_null(path(l.rules, "/etc/sudoers.d/90-cloud", "wa", "").records);
	assert_non_null(path(l.rules, "/bin dir/x", "rwxa", "").records);
	/* a watch is on every system call, but says nothing of any */
	assert_null(call(l.rules, "chmod", "b64", "").records);
}

static void test_directory_and_path(void **state)
{
	auto_loaded struct loaded l = load_text(*state,
		"-a always,exit -F path=/etc/issue -F perm=wa\n-a exit,always -F dir=/etc/pam.d/ -F perm=wa -F key=pam\n-a always,exit -F path=/etc/cron.d -F perm=wa\n");

	assert_non_null(path(l.rules, "/etc/issue", "wa", "").records);
	assert_non_null(path(l.rules, "/etc/pam.d/", "wa", "").records);
	assert_non_null(path(l.rules, "/etc/cron.d", "wa", "").records);
	/* path= of a directory is that directory alone */
	assert_null(path(l.rules, "/etc/cron.d/", "wa", "").records);
}

static void test_no_quotes(void **state)
{
	/* a key may hold them, a path and a key with a space may not */
	auto_loaded struct loaded key = load_text(*state, "-w /etc/passwd -p wa -k \"identity\"\n");

	assert_state(key.rules, STATE_PRESENT, NULL);
	assert_int_equal(key.rules->n, 1);
}

struct bad {
	const char *text, *why;
	enum state state;
};

static void test_wrong_lines(void **state)
{
	static const struct bad lines[] = {
		{ "-w \"/etc/passwd\" -p wa\n", ":1: a path has to begin with a slash", STATE_MALFORMED },
		{ "-w /etc/passwd -p wa -k \"a b\"\n", "'b\"' stands without an option", STATE_MALFORMED },
		{ "\t-w /etc/passwd -p wa\n", "stands without an option", STATE_MALFORMED },
		{ "-w /etc/passwd\t-p wa\n", "'wa' stands without an option", STATE_MALFORMED },
		{ "-w etc/passwd\n", "a path has to begin with a slash", STATE_MALFORMED },
		{ "# a\n\n-w /etc/passwd -p q\n", ":3: access is told in letters", STATE_MALFORMED },
		{ "-w\n", "-w wants a value", STATE_MALFORMED },
		{ "-a always\n", "'always' is no list and action", STATE_MALFORMED },
		{ "-a always,entry -S open\n", "is no list and action", STATE_MALFORMED },
		{ "-a always,exit -a never,exit\n", "one rule, not two", STATE_MALFORMED },
		{ "-w /etc -a always,exit\n", "one rule, not two", STATE_MALFORMED },
		{ "-F auid>=1000 -a always,exit -S open\n", "behind the list", STATE_MALFORMED },
		{ "-a always,exit -S open -F arch=b64\n", "arch has to stand before -S", STATE_MALFORMED },
		{ "-a always,exit -F auid\n", "'auid' is no condition", STATE_MALFORMED },
		{ "-a always,exit -C uid -S execve\n", "is no comparison", STATE_MALFORMED },
		{ "-p wa -w /etc\n", "-p has to stand behind", STATE_MALFORMED },
		{ "-k x -w /etc\n", "a key has to stand behind", STATE_MALFORMED },
		{ "-a always,exit -F arch=z80 -S open\n", "the architecture 'z80' is not known", STATE_BROKEN },
		{ "--nothing\n", "is no option of auditctl", STATE_MALFORMED },
		{ "-x\n", "is no option of auditctl", STATE_MALFORMED },
		{ "-e 3\n", "'3' is no value for -e", STATE_MALFORMED },
		{ "-e 2\r\n", "is no value for -e", STATE_MALFORMED },
		{ "-w /etc\n-W /etc\n", "is not followed here", STATE_BROKEN },
		{ "-w /etc -k x\n-D -k x\n", "is not followed here", STATE_BROKEN },
		{ "-a task,never -S open\n", "only the list of exits", STATE_MALFORMED },
	};
	struct folder *folder = *state;

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		auto_loaded struct loaded l = load_text(folder, lines[i].text);

		assert_state(l.rules, lines[i].state, lines[i].why);
	}
}

/* Without -i and -c the first wrong line ends the loading. With them it is passed over, but not where it may take something away. */
static void test_ignored_lines(void **state)
{
	auto_loaded struct loaded passed = load_text(*state, "-c\n-w etc/shadow -p wa\n-w /etc/passwd -p wa\n");
	auto_loaded struct loaded kept = load_text(*state, "-i\n-a never,exit -F nothing\n-w /etc/passwd -p wa\n");

	assert_state(passed.rules, STATE_PRESENT, NULL);
	assert_int_equal(passed.rules->n, 1);
	assert_state(kept.rules, STATE_MALFORMED, ":2:");
}

static void test_long_lines(void **state)
{
	struct folder *folder = *state;
	struct buffer text = { .arena = folder->arena };

	buffer_puts(&text, "-w /");
	for (int i = 0; i < 7000; i++)
		buffer_puts(&text, "x");
	{
		auto_loaded struct loaded l = load_text(folder, text.text);

		assert_state(l.rules, STATE_MALFORMED, "the line is too long");
	}
	text.size = 0;
	for (int i = 0; i < 400; i++)
		buffer_puts(&text, "-S open ");
	{
		auto_loaded struct loaded l = load_text(folder, text.text);

		assert_state(l.rules, STATE_MALFORMED, "too many words");
	}
}

static void test_nul(void **state)
{
	struct folder *folder = *state;

	folder_write(folder, "etc/audit/rules.d/a.rules", "-e 2\n\0-D\n", 9);
	{
		auto_loaded struct loaded l = load(folder);

		assert_state(l.rules, STATE_MALFORMED, "NUL byte");
	}
}

/* ---- system calls ---- */

static void test_arch(void **state)
{
	auto_loaded struct loaded l = load_text(*state,
		"-a always,exit -F arch=b64 -S chmod,fchmod -S fchmodat\n-a always,exit -F arch=i386 -S chmod\n-a always,exit -S chown\n");

	assert_non_null(call(l.rules, "fchmodat", "b64", "").records);
	assert_null(call(l.rules, "fchmodat", "b32", "").records);
	assert_non_null(call(l.rules, "chmod", "b32", "").records);
	assert_null(call(l.rules, "chmo", "b64", "").records);
	/* the number of a call without an architecture is that of the machine's own: another call for programs of 32 bits */
	assert_non_null(call(l.rules, "chown", "b64", "").records);
	assert_null(call(l.rules, "chown", "b32", "").records);
}

static void test_conditions(void **state)
{
	auto_loaded struct loaded l = load_text(*state,
		"-a always,exit -F arch=b64 -S chmod -F auid>=1000 -F auid!=4294967295 -k x\n"
		"-a always,exit -F arch=b64 -S chown -F auid>499 -F auid!=-1\n"
		"-a always,exit -F arch=b64 -S fchown -F auid>=2000 -F auid!=unset\n"
		"-a always,exit -F arch=b64 -S lchown -F loginuid>=1000 -F uid!=0\n"
		"-a always,exit -F arch=b64 -S open -F exit=-13 -F auid>=1000 -F auid!=unset\n"
		"-a always,exit -F arch=b64 -S openat -F success=no -F auid>=1000 -F auid!=unset\n"
		"-a always,exit -F arch=b64 -C uid!=euid -F auid!=unset -S execve\n"
		"-a always,exit -F arch=b64 -C uid=euid -S execveat\n");

	assert_non_null(call(l.rules, "chmod", "b64", login).records);
	assert_null(call(l.rules, "chmod", "b64", "").records);
	assert_non_null(call(l.rules, "chown", "b64", login).records);
	assert_null(call(l.rules, "fchown", "b64", login).records);
	assert_null(call(l.rules, "lchown", "b64", login).records);
	assert_non_null(call(l.rules, "open", "b64", "exit=-EACCES success=0 auid>=1000 auid!=unset").records);
	assert_null(call(l.rules, "open", "b64", "exit=-EPERM success=0 auid>=1000 auid!=unset").records);
	assert_non_null(call(l.rules, "openat", "b64", "exit=-EPERM success=0 auid>=1000 auid!=unset").records);
	assert_non_null(call(l.rules, "execve", "b64", "euid!=uid auid!=unset").records);
	assert_null(call(l.rules, "execveat", "b64", "euid!=uid auid!=unset").records);
}

/* Two rules, one for each kind of program or access, do together what one does alone. */
static void test_parts(void **state)
{
	auto_loaded struct loaded l = load_text(*state,
		"-a always,exit -F arch=b64 -F path=/etc/a -F perm=wa\n-a always,exit -F arch=b32 -F path=/etc/a -F perm=wa\n"
		"-a always,exit -F arch=b64 -F path=/etc/b -F perm=wa\n"
		"-w /etc/c -p w\n-w /etc/c -p a\n"
		"-a always,exit -F arch=b64 -S chmod -F path=/etc/d\n-a always,exit -F arch=b32 -S chmod -F path=/etc/d\n");

	assert_non_null(path(l.rules, "/etc/a", "wa", "").records);
	assert_null(path(l.rules, "/etc/b", "wa", "").records);
	assert_non_null(path(l.rules, "/etc/c", "wa", "").records);
	/* some calls on a file are not all that writes to it */
	assert_null(path(l.rules, "/etc/d", "wa", "").records);
	assert_null(call(l.rules, "chmod", "b64", "").records);
}

static void test_same_file(void **state)
{
	struct folder *folder = *state;

	folder_puts(folder, "usr/bin/sudo", "");
	assert_int_equal(symlink("usr/bin", folder_path(folder, "bin")), 0);
	{
		auto_loaded struct loaded l = load_text(folder, "-w /bin/sudo -p x\n-w /var/run/faillock -p wa\n");

		assert_non_null(path(l.rules, "/usr/bin/sudo", "x", "").records);
		assert_null(path(l.rules, "/usr/sbin/sudo", "x", "").records);
		assert_non_null(path(l.rules, "/run/faillock", "wa", "").records);
	}
}

/* ---- rules that take away ---- */

static void test_never(void **state)
{
	auto_loaded struct loaded l = load_text(*state,
		"-a never,exit -F dir=/etc/hidden\n-w /etc/hidden/file -p wa\n"
		"-w /etc/seen -p wa\n-a never,exit -F path=/etc/seen\n"
		"-a never,exit -F path=/etc/half -F perm=r\n-w /etc/half -p rwa\n");
	auto_loaded struct loaded calls = load_text(*state,
		"-a never,exit -F arch=b64 -S adjtimex -F auid=unset -F uid=chrony\n-a always,exit -F arch=b64 -S adjtimex\n"
		"-a never,exit -F arch=b64 -S chmod -F auid>=1000\n-a always,exit -F arch=b64 -S chmod -F auid>=1000 -F auid!=unset\n"
		"-a never,exit -F arch=b64 -S chown -F auid=-1\n-a always,exit -F arch=b64 -S chown -F auid>=1000 -F auid!=unset\n");
	struct auditctl_answer answer = path(l.rules, "/etc/hidden/file", "wa", "");

	assert_null(answer.records);
	assert_holds(answer.hides->origin, ":1");
	assert_non_null(path(l.rules, "/etc/seen", "wa", "").records);
	answer = path(l.rules, "/etc/half", "wa", "");
	assert_non_null(answer.records);
	assert_null(answer.exempts);
	answer = path(l.rules, "/etc/half", "rw", "");
	assert_non_null(answer.records);
	assert_holds(answer.exempts->origin, ":5");
	answer = call(calls.rules, "adjtimex", "b64", "");
	assert_non_null(answer.records);
	assert_holds(answer.exempts->origin, ":1");
	assert_null(call(calls.rules, "chmod", "b64", login).records);
	answer = call(calls.rules, "chown", "b64", login);
	assert_non_null(answer.records);
	assert_null(answer.exempts);
}

static void test_never_all(void **state)
{
	static const struct {
		const char *text;
		bool hides;
	} fields[] = {
		{ "uid=0", true }, { "uid=root -F success=1", true }, { "euid!=5", true }, { "auid>=1000", true }, { "auid!=unset", true }, { "success=1", true },
		{ "uid=33", false }, { "auid=unset", false }, { "auid=1000", false }, { "uid=0 -F exe=/usr/sbin/x", false },
	};
	auto_loaded struct loaded all = load_text(*state, "-a never,exit -S all\n-w /etc/passwd -p wa\n-a always,exit -F arch=b64 -S chmod\n");
	auto_loaded struct loaded first = load_text(*state, "-w /etc/passwd -p wa\n-A never,exit -F path=/etc/passwd\n");
	auto_loaded struct loaded narrow = load_text(*state, "-a never,exit -F arch=b32 -S all\n-w /etc/passwd -p wa\n");

	assert_non_null(path(all.rules, "/etc/passwd", "wa", "").hides);
	assert_non_null(call(all.rules, "chmod", "b64", "").hides);
	/* -A puts it in front */
	assert_non_null(path(first.rules, "/etc/passwd", "wa", "").hides);
	assert_non_null(path(narrow.rules, "/etc/passwd", "wa", "").records);
	assert_non_null(path(narrow.rules, "/etc/passwd", "wa", "").exempts);
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		auto_loaded struct loaded part = load_text(*state, arena_printf(((struct folder *)*state)->arena, "-a never,exit -S all -F %s\n-w /etc/passwd -p wa\n", fields[i].text));

		if (!path(part.rules, "/etc/passwd", "wa", "").hides != !fields[i].hides)
			fail_msg("%s", fields[i].text);
	}
}

static void test_off_switch(void **state)
{
	static const struct {
		const char *text;
		bool off;
	} sets[] = {
		{ "-a never,task\n", true },
		{ "-a task,never\n", true },
		{ "-a never,task -F uid=1\n", false },
		{ "-a always,exclude -F msgtype=CWD\n", false },
		{ "-a always,exclude -F msgtype=SYSCALL\n", true },
		{ "-a never,exclude -F msgtype=1300\n", true },
		{ "-a always,exclude -F msgtype>=1300\n", true },
		{ "-a always,exclude -F msgtype<1300\n", false },
		{ "-a always,exclude -F msgtype>1300\n", false },
		{ "-a always,exclude -F msgtype!=LOGIN\n", true },
		{ "-a always,exclude -F msgtype>=1300 -F uid=5\n", false },
		{ "-a never,user -F uid=1\n", false },
		{ "-a never,filesystem -F fstype=tracefs\n", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(sets); i++) {
		auto_loaded struct loaded l = load_text(*state, sets[i].text);

		assert_state(l.rules, STATE_PRESENT, NULL);
		if (!!auditctl_off_switch(l.rules) != sets[i].off)
			fail_msg("%s", sets[i].text);
	}
}

/* ---- settings and files ---- */

static void test_settings(void **state)
{
	auto_loaded struct loaded l = load_text(*state, "-e 1\n-b 320\n-f1\n--loginuid-immutable\n--backlog_wait_time 60000\n-b 8192\n-w /etc/passwd -p wa\n-e 2\n-f 2\n");

	assert_state(l.rules, STATE_PRESENT, NULL);
	assert_string_equal(l.rules->settings.enabled, "2");
	assert_string_equal(l.rules->settings.failure, "2");
	assert_string_equal(l.rules->settings.backlog, "8192");
	assert_string_equal(l.rules->settings.loginuid, "immutable");
	assert_int_equal(l.rules->n, 1);
}

/* augenrules(8) puts -e to the end and -D to the front, wherever they stand; auditctl(8) takes a file as it is. */
static void test_order(void **state)
{
	static const char text[] = "-e 2\n-w /etc/passwd -p wa\n-D\n-w /etc/group -p wa\n";
	struct folder *folder = *state;
	auto_loaded struct loaded moved = load_text(folder, text);

	assert_state(moved.rules, STATE_PRESENT, NULL);
	assert_int_equal(moved.rules->n, 2);
	folder_puts(folder, "usr/lib/systemd/system/auditd.service", "[Service]\nExecStartPost=-/sbin/auditctl -R /etc/audit/audit.rules\n");
	folder_puts(folder, "etc/audit/audit.rules", text);
	{
		auto_loaded struct loaded single = load(folder);

		assert_state(single.rules, STATE_MALFORMED, "/etc/audit/audit.rules:2: behind -e 2");
	}
	folder_puts(folder, "etc/audit/audit.rules", "-w /etc/passwd -p wa\n-D\n-w /etc/group -p wa\n");
	{
		auto_loaded struct loaded single = load(folder);

		assert_state(single.rules, STATE_PRESENT, NULL);
		assert_int_equal(single.rules->n, 1);
	}
}

static void test_file_names(void **state)
{
	struct folder *folder = *state;

	folder_puts(folder, "etc/audit/audit.rules", "-w /etc/single -p wa\n");
	folder_puts(folder, "etc/audit/rules.d/10-a.rules", "-a never,exit -F path=/etc/ten\n");
	folder_puts(folder, "etc/audit/rules.d/9-b.rules", "-w /etc/ten -p wa\n");
	folder_puts(folder, "etc/audit/rules.d/.hidden.rules", "-w /etc/hidden -p wa\n");
	folder_puts(folder, "etc/audit/rules.d/x.rules.bak", "-w /etc/backup -p wa\n");
	folder_puts(folder, "etc/audit/rules.d/with space.rules", "-w /etc/space -p wa\n");
	{
		auto_loaded struct loaded l = load(folder);

		assert_state(l.rules, STATE_PRESENT, NULL);
		assert_int_equal(l.rules->n, 2);
		assert_non_null(path(l.rules, "/etc/ten", "wa", "").records);
	}
}

/* augenrules makes an empty file of an empty folder: what stands in audit.rules is gone. */
static void test_no_files(void **state)
{
	struct folder *folder = *state;

	folder_puts(folder, "etc/audit/audit.rules", "-w /etc/single -p wa\n");
	{
		auto_loaded struct loaded l = load(folder);

		assert_int_equal(l.rules->n, 1);
	}
	folder_puts(folder, "etc/audit/rules.d/README", "");
	{
		auto_loaded struct loaded l = load(folder);

		assert_state(l.rules, STATE_PRESENT, NULL);
		assert_int_equal(l.rules->n, 0);
	}
}

/* The files are put together by cat(1): a line without an end goes on in the next file. */
static void test_unended_line(void **state)
{
	struct folder *folder = *state;

	folder_puts(folder, "etc/audit/rules.d/1.rules", "-w /etc/passwd -p w");
	folder_puts(folder, "etc/audit/rules.d/2.rules", "a -k x\n-e 2");
	{
		auto_loaded struct loaded l = load(folder);

		assert_state(l.rules, STATE_PRESENT, NULL);
		assert_non_null(path(l.rules, "/etc/passwd", "wa", "").records);
		assert_string_equal(l.rules->settings.enabled, "2");
	}
}

static void test_strange_files(void **state)
{
	struct folder *folder = *state;

	assert_int_equal(mkfifo(folder_path(folder, "etc/audit/rules.d/a.rules"), 0600), 0);
	{
		auto_loaded struct loaded l = load(folder);

		assert_state(l.rules, STATE_BROKEN, "FIFO");
	}
	assert_int_equal(unlink(folder_path(folder, "etc/audit/rules.d/a.rules")), 0);
	assert_int_equal(symlink("../../../../../../etc/passwd", folder_path(folder, "etc/audit/rules.d/a.rules")), 0);
	{
		auto_loaded struct loaded l = load(folder);

		assert_state(l.rules, STATE_BROKEN, "a.rules");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_folder(test_watch),
		test_with_folder(test_directory_and_path),
		test_with_folder(test_no_quotes),
		test_with_folder(test_wrong_lines),
		test_with_folder(test_ignored_lines),
		test_with_folder(test_long_lines),
		test_with_folder(test_nul),
		test_with_folder(test_arch),
		test_with_folder(test_conditions),
		test_with_folder(test_parts),
		test_with_folder(test_same_file),
		test_with_folder(test_never),
		test_with_folder(test_never_all),
		test_with_folder(test_off_switch),
		test_with_folder(test_settings),
		test_with_folder(test_order),
		test_with_folder(test_file_names),
		test_with_folder(test_no_files),
		test_with_folder(test_unended_line),
		test_with_folder(test_strange_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
