/* SPDX-License-Identifier: Apache-2.0 */
/* Scripts of fixes taken apart, words for a shell, and what runs now that would miss what a fix takes away. */
#include "tests/unit.h"

#include "core/fix_script.h"
#include "core/fix_use.h"
#include "core/text.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_arena(test_files), test_with_arena(test_not_files), test_with_arena(test_marks), test_with_arena(test_quotes),
		test_with_folder(test_modules), test_with_folder(test_forwarding), test_with_folder(test_logins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
