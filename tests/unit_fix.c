/* SPDX-License-Identifier: Apache-2.0 */
/* Scripts of fixes taken apart, words for a shell, and what runs now that would miss what a fix takes away. */
#include "tests/unit.h"

#include "core/base/text.h"
#include "core/fix/fix_files.h"
#include "core/fix/fix_script.h"
#include "core/fix/fix_use.h"

/* ---- scripts ---- */

static void test_files(void **state)
{
	struct fix_script s = fix_script_read(*state, "mkdir -p /etc/sysctl.d\n"
								   "printf '%s\\n' 'a = 1' 'b = 2' >/etc/sysctl.d/x.conf\nsysctl -p /etc/sysctl.d/x.conf");

	assert_int_equal(s.n_folders, 1);
	assert_string_equal(s.folders[0], "/etc/sysctl.d");
	assert_int_equal(s.n_files, 1);
	assert_string_equal(s.files[0].path, "/etc/sysctl.d/x.conf");
	assert_string_equal(s.files[0].text, "a = 1\nb = 2\n");
	assert_true(s.files[0].remarks);
	assert_int_equal(s.mode, 0644);
	assert_string_equal(s.rest, "sysctl -p /etc/sysctl.d/x.conf");
	s = fix_script_read(*state, "umask 227\nprintf '%s\\n' 'Defaults use_pty' >/etc/sudoers.d/zz\nvisudo -c");
	assert_int_equal(s.mode, 0440);
	s = fix_script_read(*state, "printf '%s\\n' x >/etc/apt/apt.conf.d/x");
	assert_false(s.files[0].remarks);
	assert_null(s.rest);
}

/* What is not understood to the last sign is left as it is. */
static void test_not_files(void **state)
{
	static const char *const others[] = {
		"printf '%s\\n' 'a' >/etc/x; rm -rf /", "printf '%s\\n' \"$a\" >/etc/x", "printf '%s\\n' 'a'b >/etc/x", "printf '%s\\n' 'a >/etc/x",
		"printf '%s\\n' 'a' >>/etc/x", "printf '%s\\n' 'a' >relative", "printf '%s\\n' >/etc/x", "printf 'a' >/etc/x", "mkdir -p /a; rm /b", "mkdir -p $(x)",
		"umask 022; x", "if [ -e x ]; then y; fi",
	};

	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		struct fix_script s = fix_script_read(*state, others[i]);

		if (s.n_files || s.n_folders || !s.rest || !streq(s.rest, others[i]))
			fail_msg("%s", others[i]);
	}
}

static void test_marks(void **state)
{
	assert_string_equal(fix_script_marked(*state, "  printf '%s\\n' 'a' >/etc/x.d/y\nz", "# it's"), "  printf '%s\\n' '# it'\\''s' 'a' >/etc/x.d/y\nz\n");
	assert_string_equal(fix_script_marked(*state, "printf '%s\\n' 'a' \\\n  'b' >/etc/x.d/y", "# m"), "printf '%s\\n' '# m' 'a' \\\n  'b' >/etc/x.d/y\n");
	assert_string_equal(fix_script_marked(*state, "printf '%s\\n' 'a' >/etc/issue.d/y", "# m"), "printf '%s\\n' 'a' >/etc/issue.d/y\n");
	assert_string_equal(fix_script_marked(*state, "printf '%s\\n' 'a' >/etc/y", "# m"), "printf '%s\\n' 'a' >/etc/y\n");
}

static void test_quotes(void **state)
{
	assert_string_equal(shell_quoted(*state, "a'b$c"), "'a'\\''b$c'");
	assert_string_equal(shell_quoted(*state, ""), "''");
	assert_true(shell_is_plain("slub_debug=FZ iommu.strict=1"));
	for (const char *c = "$`\"'\\;&|<>()*?[]{}!#~\n\t"; *c; c++)
		assert_false(shell_is_plain((const char[]){ 'a', *c, '\0' }));
}

/* ---- in use ---- */

struct case_of_use {
	struct subject *host;
	struct audit audit;
	struct fix_plan plan;
	struct fix_item item;
};

/* The item with this text, once the root was looked at. */
static struct fix_item *look(struct case_of_use *c, struct folder *folder, enum fix_kind kind, const char *text)
{
	struct source *source = NULL;
	struct err err = { "" };

	if (source_open(&source, folder->path, &err) != 0)
		fail_msg("%s", err.text);
	*c = (struct case_of_use){ .host = subject_host(source, 0), .item = { .kind = kind, .text = text } };
	c->audit.host = c->host;
	c->plan = (struct fix_plan){ .items = &c->item, .n = 1, .arena = folder->arena };
	fix_read_files(&c->plan, &c->audit);
	fix_look_for_use(&c->plan, &c->audit);
	subject_free(c->host);
	return &c->item;
}

static void assert_note(const struct fix_item *item, bool set_apart, const char *part)
{
	assert_int_equal(item->set_apart, set_apart);
	for (size_t i = 0; i < item->n_notes; i++)
		if (strstr(item->notes[i], part))
			return;
	fail_msg("no note says '%s'; the first: %s", part, item->n_notes ? item->notes[0] : "there is none");
}

static void test_modules(void **state)
{
	struct folder *folder = *state;
	struct case_of_use c;
	const char *text = "printf '%s\\n' 'install usb-storage /bin/false' 'install uas /bin/false' >/etc/modprobe.d/x.conf";

	assert_note(look(&c, folder, FIX_SCRIPT, text), false, "");
	folder_puts(folder, "proc/modules", "uas_not 1 9 - Live 0x0\nusb_storage 81920 2 ums_realtek,uas, Live 0x0\nuas 1 0 - Live 0x0\n");
	look(&c, folder, FIX_SCRIPT, text);
	assert_note(&c.item, true, "the module usb-storage is loaded and has 2 users, among them ums_realtek,uas.");
	assert_note(&c.item, true, "Loaded, and nothing uses it: uas.");
	folder_puts(folder, "proc/modules", "usb_storage 81920 0 - Live 0x0\n");
	assert_note(look(&c, folder, FIX_SCRIPT, text), false, "nothing uses it: usb-storage");
	folder_puts(folder, "proc/modules", "wireguard 1 0 - Live 0x0 (OE)\n");
	assert_note(look(&c, folder, FIX_CMDLINE, "module.sig_enforce=1"), true, "without a signature: wireguard");
	folder_puts(folder, "proc/modules", "wireguard 1 0 - Live 0x0\n");
	assert_int_equal(look(&c, folder, FIX_CMDLINE, "module.sig_enforce=1")->n_notes, 0);
}

static void test_forwarding(void **state)
{
	struct folder *folder = *state;
	struct case_of_use c;
	const char *text = "printf '%s\\n' 'net.ipv4.ip_forward = 0' >/etc/sysctl.d/x.conf";

	folder_puts(folder, "sys/class/net/eth0/mtu", "1500\n");
	folder_puts(folder, "sys/class/net/lo/mtu", "1500\n");
	assert_int_equal(look(&c, folder, FIX_SCRIPT, text)->n_notes, 0);
	folder_puts(folder, "sys/class/net/docker0/bridge/stp_state", "0\n");
	assert_note(look(&c, folder, FIX_SCRIPT, text), true, "reached through: docker0");
	assert_int_equal(look(&c, folder, FIX_SCRIPT, "printf '%s\\n' 'net.ipv4.ip_forward = 01' >/etc/sysctl.d/x.conf")->n_notes, 0);
}

static void test_logins(void **state)
{
	struct folder *folder = *state;
	struct case_of_use c;
	const char *passwords = "printf '%s\\n' 'PasswordAuthentication no' >/etc/ssh/sshd_config.d/x.conf";
	const char *root = "printf '%s\\n' 'PermitRootLogin no' >/etc/ssh/sshd_config.d/x.conf";

	folder_puts(folder, "etc/ssh/sshd_config", "Include /etc/ssh/sshd_config.d/*.conf\n");
	folder_puts(folder, "etc/passwd", "root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\n");
	assert_note(look(&c, folder, FIX_SCRIPT, passwords), true, "no account has a key");
	folder_puts(folder, "root/.ssh/authorized_keys", "ssh-ed25519 x\n");
	assert_int_equal(look(&c, folder, FIX_SCRIPT, passwords)->n_notes, 0);
	assert_note(look(&c, folder, FIX_SCRIPT, root), true, "no account but root has a key");
	folder_puts(folder, "home/ann/.ssh/authorized_keys", "ssh-ed25519 x\n");
	assert_int_equal(look(&c, folder, FIX_SCRIPT, root)->n_notes, 0);
	folder_puts(folder, "etc/ssh/sshd_config", "# Include /etc/ssh/sshd_config.d/*.conf\nPort 22\n");
	assert_note(look(&c, folder, FIX_SCRIPT, root), true, "nobody reads this file");
}

static void put_process(struct folder *folder, int pid, const char *status, const char *exe, const char *descriptor)
{
	folder_puts(folder, arena_printf(folder->arena, "proc/%d/status", pid), status);
	if (exe)
		assert_int_equal(symlink(exe, folder_path(folder, arena_printf(folder->arena, "proc/%d/exe", pid))), 0);
	if (descriptor)
		assert_int_equal(symlink(descriptor, folder_path(folder, arena_printf(folder->arena, "proc/%d/fd/7", pid))), 0);
}

static const char *drop_in(struct folder *folder, const char *line)
{
	return arena_printf(folder->arena, "printf '%%s\\n' '%s' >/etc/x.d/x.conf", line);
}

static void test_programs(void **state)
{
	static const char root[] = "Name:\troot\nTracerPid:\t0\nUid:\t0\t0\t0\t0\n", user[] = "Name:\tevil\\nx\nTracerPid:\t0\nUid:\t9\t9\t9\t9\n";
	struct folder *folder = *state;
	struct case_of_use c;

	put_process(folder, 100, root, "/usr/bin/a", "anon_inode:[io_uring]");
	assert_int_equal(look(&c, folder, FIX_SCRIPT, drop_in(folder, "kernel.io_uring_disabled = 1"))->n_notes, 0);
	assert_note(look(&c, folder, FIX_SCRIPT, drop_in(folder, "kernel.io_uring_disabled = 2")), true, "programs work with io_uring: root (pid 100).");
	put_process(folder, 101, user, "/usr/bin/b", "anon_inode:[io_uring]");
	assert_note(look(&c, folder, FIX_SCRIPT, drop_in(folder, "kernel.io_uring_disabled = 1")), true, "io_uring: evil\\nx (pid 101).");
	assert_int_equal(look(&c, folder, FIX_SCRIPT, drop_in(folder, "kernel.unprivileged_bpf_disabled = 1"))->n_notes, 0);
	put_process(folder, 102, user, "/tmp/x/tool", "anon_inode:bpf-prog");
	assert_note(look(&c, folder, FIX_SCRIPT, drop_in(folder, "kernel.unprivileged_bpf_disabled = 1")), true, "(pid 102)");
	assert_int_equal(look(&c, folder, FIX_SCRIPT, drop_in(folder, "kernel.yama.ptrace_scope = 1"))->n_notes, 0);
	put_process(folder, 103, "Name:\tapp\nTracerPid:\t99\nUid:\t9\t9\t9\t9\n", "/memfd:x (deleted)", "anon_inode:[perf_event]");
	assert_note(look(&c, folder, FIX_SCRIPT, drop_in(folder, "kernel.yama.ptrace_scope = 1")), true, "are being traced: app (pid 103).");
	assert_note(look(&c, folder, FIX_SCRIPT, drop_in(folder, "kernel.perf_event_paranoid = 3")), true, "app (pid 103)");
	assert_note(look(&c, folder, FIX_SCRIPT, drop_in(folder, "vm.memfd_noexec = 2")), true, "app (pid 103)");
	assert_int_equal(look(&c, folder, FIX_SCRIPT, drop_in(folder, "vm.unprivileged_userfaultfd = 0"))->n_notes, 0);
	assert_int_equal(look(&c, folder, FIX_CMDLINE, "ia32_emulation=0")->n_notes, 0);
	folder_write(folder, "proc/103/auxv", "\x20\0\0\0\x60\xb5\xed\xf7", 8);
	folder_write(folder, "proc/102/auxv", "\x21\0\0\0\0\0\0\0", 8);
	assert_note(look(&c, folder, FIX_CMDLINE, "ia32_emulation=0"), true, "32-bit programs run: app (pid 103).");
	folder_write(folder, "proc/100/cmdline", "sshd: root@pts/0", 17);
	folder_puts(folder, "etc/passwd", "root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\n");
	folder_puts(folder, "home/ann/.ssh/authorized_keys", "ssh-ed25519 x\n");
	assert_note(look(&c, folder, FIX_SCRIPT, drop_in(folder, "PermitRootLogin no")), true, "root is logged in by SSH: root (pid 100).");
	folder_puts(folder, "etc/fstab", "d /tmp ext4 rw\n");
	assert_note(look(&c, folder, FIX_EDIT, "/etc/fstab option /tmp noexec"), true, "run from /tmp: evil\\nx (pid 102).");
	assert_int_equal(look(&c, folder, FIX_EDIT, "/etc/fstab option /tmp nosuid")->n_notes, 0);
}

static void test_services(void **state)
{
	static const char text[] = "for u in smb.service rpcbind.service; do\n  if systemctl cat \"$u\"; then systemctl disable --now \"$u\"; fi\ndone";
	static const char table[] = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
				    "   0: 00000000:01BD 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1\n"
				    "   1: 0100007F:0016 0200007F:9999 01 00000000:00000000 00:00000000 00000000     0        0 1 1\n";
	struct folder *folder = *state;
	struct case_of_use c;

	put_process(folder, 1, "Name:\tinit\nUid:\t0\t0\t0\t0\n", NULL, NULL);
	folder_puts(folder, "proc/1/net/tcp", table);
	assert_int_equal(look(&c, folder, FIX_SCRIPT, text)->n_notes, 0);
	put_process(folder, 200, "Name:\tsmbd\nUid:\t0\t0\t0\t0\n", "/usr/sbin/smbd", "socket:[4711]");
	folder_puts(folder, "proc/200/cgroup", "0::/system.slice/smb.service\n");
	assert_note(look(&c, folder, FIX_SCRIPT, text), false, "will be stopped: smb.service (pid 200).");
	folder_puts(folder, "proc/1/net/tcp", arena_printf(folder->arena, "%s   2: 0100007F:01BD 0200007F:9999 01 0:0 0:0 0 0 0 2 1\n", table));
	assert_note(look(&c, folder, FIX_SCRIPT, text), true, "In use now: smb.service has 1 connection.");
	folder_puts(folder, "proc/200/cgroup", "0::/system.slice/nmb.service\n");
	assert_int_equal(look(&c, folder, FIX_SCRIPT, text)->n_notes, 0);
	folder_puts(folder, "proc/1/mountinfo", "30 1 0:40 / /srv/files rw - nfs host:/files rw\n");
	assert_note(look(&c, folder, FIX_SCRIPT, text), true, "needs rpcbind.service: /srv/files.");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_arena(test_files), test_with_arena(test_not_files), test_with_arena(test_marks), test_with_arena(test_quotes),
		test_with_folder(test_modules), test_with_folder(test_forwarding), test_with_folder(test_logins),
		test_with_folder(test_programs), test_with_folder(test_services),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
