/* SPDX-License-Identifier: Apache-2.0 */
/* The modules that a kernel has, and what modprobe is told about them. */
#include "tests/unit.h"

#include "core/boot/modprobe.h"
#include "core/boot/modules.h"

static struct source *open_root(struct folder *folder)
{
	struct source *source = NULL;
	struct err err = { "" };

	if (source_open(&source, folder->path, &err) != 0)
		fail_msg("%s", err.text);
	return source;
}

/* ---- configuration ---- */

static void assert_line(const struct modprobe *modprobe, enum modprobe_kind kind, const char *module, enum state state, const char *origin)
{
	const struct modprobe_line *line = modprobe_find(modprobe, kind, module);

	if (!origin) {
		assert_null(line);
		return;
	}
	assert_non_null(line);
	assert_int_equal(line->state, state);
	assert_string_equal(line->origin, origin);
}

static void test_lines(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = NULL;
	const struct modprobe *m;

	folder_puts(folder, "etc/modprobe.d/a.conf",
		    "# install x /bin/false\n\n  blacklist usb-storage # trailing\ninstall  usb-storage\t/bin/false\ninstall usb_storage /sbin/modprobe x\n"
		    "install snd-* /bin/true\noptions loop max_part=8\nblacklist\ninstall\ninstall udf\nalias net-pf-21 off\nalias my-alias rds\n"
		    "softdep a pre: b\ninstall \\\n sctp \\\n /bin/false\ninstallx y /bin/false\n");
	source = open_root(folder);
	m = modprobe_read(source, folder->arena);
	assert_line(m, MODPROBE_BLACKLIST, "usb_storage", STATE_PRESENT, "/etc/modprobe.d/a.conf:3");
	/* the first holds */
	assert_line(m, MODPROBE_INSTALL, "usb_storage", STATE_PRESENT, "/etc/modprobe.d/a.conf:4");
	assert_line(m, MODPROBE_INSTALL, "snd_pcm", STATE_PRESENT, "/etc/modprobe.d/a.conf:6");
	assert_line(m, MODPROBE_INSTALL, "sctp", STATE_PRESENT, "/etc/modprobe.d/a.conf:14");
	assert_line(m, MODPROBE_INSTALL, "udf", STATE_MALFORMED, "/etc/modprobe.d/a.conf:10");
	assert_line(m, MODPROBE_INSTALL, "x", STATE_PRESENT, NULL);
	assert_line(m, MODPROBE_INSTALL, "y", STATE_PRESENT, NULL);
	assert_line(m, MODPROBE_BLACKLIST, "snd_pcm", STATE_PRESENT, NULL);
	assert_true(modprobe_has_alias(m, "rds"));
	assert_false(modprobe_has_alias(m, "tipc"));
	assert_false(m->busybox);
}

static void test_commands(void **state)
{
	(void)state;
	assert_true(modprobe_command_is_idle("/bin/false"));
	assert_true(modprobe_command_is_idle("/usr/bin/true "));
	assert_true(modprobe_command_is_idle("true"));
	assert_true(modprobe_command_is_idle("/bin/false # not needed"));
	assert_false(modprobe_command_is_idle("/bin/true && /sbin/modprobe --ignore-install x"));
	assert_false(modprobe_command_is_idle("/bin/true; /sbin/insmod x.ko"));
	assert_false(modprobe_command_is_idle("/bin/truer"));
	assert_false(modprobe_command_is_idle("/usr/bin/false/true/x"));
	assert_false(modprobe_command_is_idle("/bin/echo off"));
	assert_false(modprobe_command_is_idle(""));
}

/* Of install lines the first holds: one in a file before it that was not read would. */
static void test_unread(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = NULL;
	const struct modprobe *m;

	folder_puts(folder, "etc/modprobe.d/10-a.conf", "install first /bin/false\n");
	assert_int_equal(mkfifo(folder_path(folder, "etc/modprobe.d/50-b.conf"), 0600), 0);
	folder_puts(folder, "usr/lib/modprobe.d/90-c.conf", "install later /bin/false\nblacklist later\n");
	source = open_root(folder);
	m = modprobe_read(source, folder->arena);
	assert_line(m, MODPROBE_INSTALL, "first", STATE_PRESENT, "/etc/modprobe.d/10-a.conf:1");
	assert_line(m, MODPROBE_INSTALL, "later", STATE_BROKEN, "/etc/modprobe.d/50-b.conf");
	assert_line(m, MODPROBE_BLACKLIST, "later", STATE_PRESENT, "/usr/lib/modprobe.d/90-c.conf:2");
	assert_line(m, MODPROBE_BLACKLIST, "none", STATE_BROKEN, "/etc/modprobe.d/50-b.conf");
}

static void test_busybox(void **state)
{
	struct folder *folder = *state;
	struct source *source;
	const struct modprobe *m;

	folder_puts(folder, "etc/modprobe.d/a.conf", "install x /bin/false\nblacklist x\n");
	folder_puts(folder, "bin/busybox", "");
	source = open_root(folder);
	m = modprobe_read(source, folder->arena);
	assert_line(m, MODPROBE_INSTALL, "x", STATE_PRESENT, NULL);
	assert_line(m, MODPROBE_BLACKLIST, "x", STATE_PRESENT, "/etc/modprobe.d/a.conf:2");
	source_free(source);
	folder_puts(folder, "bin/kmod", "");
	source = open_root(folder);
	assert_line(modprobe_read(source, folder->arena), MODPROBE_INSTALL, "x", STATE_PRESENT, "/etc/modprobe.d/a.conf:1");
	source_free(source);
}

/* ---- what the kernel has ---- */

static void test_facts(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = NULL;
	const struct modules *m;

	folder_puts(folder, "proc/version", "Linux version 6.1.0-2 (x)\n");
	folder_puts(folder, "lib/modules/6.1.0-1/modules.dep", "kernel/old.ko:\n");
	folder_puts(folder, "lib/modules/6.1.0-2/modules.dep",
		    "kernel/fs/udf/udf.ko.xz: kernel/lib/crc-itu-t.ko.xz\nkernel/drivers/usb/storage/usb-storage.ko:\nnonsense\n/:\n.ko:\nkernel/net/rds/rds.ko");
	folder_puts(folder, "lib/modules/6.1.0-2/modules.builtin", "kernel/fs/ext4/ext4.ko\n");
	folder_puts(folder, "lib/modules/6.1.0-2/modules.alias",
		    "# Aliases\nalias fs-udf udf\nalias usb:v0123 usb_storage\nalias usb:v0124 usb_storage\nalias net-pf-21 rds\nalias \nalias x\n");
	folder_puts(folder, "etc/modprobe.d/rare.conf", "alias net-pf-21 off\n");
	source = open_root(folder);
	m = modules_read(source, folder->arena);
	assert_int_equal(m->n, 1);
	assert_string_equal(m->trees[0].release, "6.1.0-2");
	assert_int_equal(module_facts(&m->trees[0], "udf"), MODULE_FILE | MODULE_ALIASED);
	assert_int_equal(module_facts(&m->trees[0], "usb_storage"), MODULE_FILE | MODULE_ALIASED);
	assert_int_equal(module_facts(&m->trees[0], "rds"), MODULE_FILE);
	assert_int_equal(module_facts(&m->trees[0], "ext4"), MODULE_BUILTIN);
	assert_int_equal(module_facts(&m->trees[0], "old"), 0);
	assert_int_equal(module_facts(&m->trees[0], "crc_itu_t"), 0);
	assert_null(m->trees[0].unseen.why);
}

static void test_kernels(void **state)
{
	struct folder *folder = *state;
	struct source *source = open_root(folder);
	const struct modules *m = modules_read(source, folder->arena);

	assert_int_equal(m->n, 0);
	assert_int_equal(m->unseen.state, STATE_UNAVAILABLE);
	source_free(source);
	folder_puts(folder, "lib/modules/1/modules.dep", "a.ko:\n");
	folder_puts(folder, "lib/modules/2/modules.dep", "b.ko:\n");
	folder_puts(folder, "lib/modules/left/updates/dkms/x.ko", "");
	folder_puts(folder, "lib/modules/file", "");
	source = open_root(folder);
	m = modules_read(source, folder->arena);
	assert_int_equal(m->n, 2);
	assert_int_equal(module_facts(&m->trees[1], "b"), MODULE_FILE);
	source_free(source);
}

static void test_flood(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = NULL;
	char *text = arena_alloc(folder->arena, 40 * 31000);
	size_t n = 0;
	const struct modules *m;

	for (int i = 0; i < 31000; i++)
		n += (size_t)snprintf(text + n, 40, "kernel/m%d.ko:\n", i);
	folder_write(folder, "lib/modules/1/modules.dep", text, n);
	source = open_root(folder);
	m = modules_read(source, folder->arena);
	assert_int_equal(m->trees[0].unseen.state, STATE_BROKEN);
	assert_int_equal(module_facts(&m->trees[0], "m29999"), MODULE_FILE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_folder(test_lines),
		cmocka_unit_test(test_commands),
		test_with_folder(test_unread),
		test_with_folder(test_busybox),
		test_with_folder(test_facts),
		test_with_folder(test_kernels),
		test_with_folder(test_flood),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
