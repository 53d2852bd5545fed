/* SPDX-License-Identifier: Apache-2.0 */
/* What the next boot sets of the kernel's parameters, by all the files that may say so. */
#include "tests/unit.h"

#include "core/boot/sysctl_conf.h"

struct root {
	struct source *source;
	const struct sysctl_conf *conf;
};

static struct root read_root(struct folder *folder)
{
	struct root root = { NULL, NULL };
	struct err err = { "" };

	if (source_open(&root.source, folder->path, &err) != 0)
		fail_msg("%s", err.text);
	root.conf = sysctl_conf_read(root.source, folder->arena);
	return root;
}

/* NULL: nothing sets it. */
static void assert_set(const struct sysctl_conf *conf, const char *key, const char *value, const char *origin)
{
	const struct sysctl_entry *e = sysctl_conf_find(conf, key);

	if (!value) {
		assert_null(e);
		return;
	}
	assert_non_null(e);
	assert_int_equal(e->state, STATE_PRESENT);
	assert_string_equal(e->value, value);
	if (origin)
		assert_string_equal(e->origin, origin);
}

static void assert_state(const struct sysctl_conf *conf, const char *key, enum state state)
{
	const struct sysctl_entry *e = sysctl_conf_find(conf, key);

	assert_non_null(e);
	assert_int_equal(e->state, state);
	assert_non_null(e->why);
}

static void test_keys(void **state)
{
	struct arena *arena = *state;

	assert_string_equal(sysctl_key(arena, "net.ipv4.ip_forward"), "net/ipv4/ip_forward");
	assert_string_equal(sysctl_key(arena, "net/ipv4/conf/eth0.1/rp_filter"), "net/ipv4/conf/eth0.1/rp_filter");
	assert_string_equal(sysctl_key(arena, "net.ipv4.conf.eth0/1.rp_filter"), "net/ipv4/conf/eth0.1/rp_filter");
	assert_string_equal(sysctl_key(arena, "plain"), "plain");
	assert_string_equal(sysctl_key(arena, ""), "");
}

static void test_lines(void **state)
{
	struct folder *folder = *state;
	struct root root;

	folder_puts(folder, "etc/sysctl.d/a.conf",
		    "# comment\n ; comment\n\n  kernel.sysrq =  16 \nkernel/pid_max=4194304\n-kernel.may_fail = 1\nkernel.printk = 4 4\t1 7\r\n"
		    "kernel.empty =\nkernel.equals = a = b\nno_equals 1\n= 5\nkernel/../../etc/shadow = 1\n/proc/sys/vm/swappiness = 1\nkernel.last = 9");
	root = read_root(folder);
	assert_set(root.conf, "kernel/sysrq", "16", "/etc/sysctl.d/a.conf:4");
	assert_set(root.conf, "kernel/pid_max", "4194304", NULL);
	assert_set(root.conf, "kernel/may_fail", "1", NULL);
	assert_set(root.conf, "kernel/printk", "4 4\t1 7", NULL);
	assert_set(root.conf, "kernel/empty", "", NULL);
	assert_set(root.conf, "kernel/equals", "a = b", NULL);
	assert_state(root.conf, "no_equals", STATE_MALFORMED);
	assert_set(root.conf, "vm/swappiness", "1", NULL);
	assert_set(root.conf, "kernel/last", "9", "/etc/sysctl.d/a.conf:14");
	assert_set(root.conf, "kernel/none", NULL, NULL);
	assert_state(root.conf, "kernel/../../etc/shadow", STATE_MALFORMED);
	source_free(root.source);
}

static void test_order(void **state)
{
	struct folder *folder = *state;
	struct root root;

	folder_puts(folder, "usr/lib/sysctl.d/50-default.conf", "kernel.sysrq = 1\nkernel.a = 1\n");
	folder_puts(folder, "usr/lib/sysctl.d/90-vendor.conf", "kernel.b = 1\n");
	folder_puts(folder, "run/sysctl.d/60-run.conf", "kernel.a = 2\n");
	folder_puts(folder, "etc/sysctl.d/10-early.conf", "kernel.sysrq = 0\nkernel.a = 0\n");
	folder_puts(folder, "etc/sysctl.d/90-vendor.conf", "kernel.c = 1\n");
	folder_puts(folder, "etc/sysctl.conf", "kernel.sysrq = 5\n");
	root = read_root(folder);
	assert_set(root.conf, "kernel/a", "2", "/run/sysctl.d/60-run.conf:1");
	assert_set(root.conf, "kernel/b", NULL, NULL);
	assert_set(root.conf, "kernel/c", "1", NULL);
	assert_set(root.conf, "kernel/sysrq", "5", "/etc/sysctl.conf:1");
	source_free(root.source);
	/* systemd reads no /etc/sysctl.conf */
	folder_puts(folder, "usr/lib/systemd/systemd", "");
	root = read_root(folder);
	assert_set(root.conf, "kernel/sysrq", "1", "/usr/lib/sysctl.d/50-default.conf:1");
	assert_string_equal(sysctl_conf_find_idle(root.conf, "kernel/sysrq")->value, "5");
	assert_null(sysctl_conf_find_idle(root.conf, "kernel/a"));
	source_free(root.source);
	/* unless a link says so */
	assert_int_equal(symlink("../sysctl.conf", folder_path(folder, "etc/sysctl.d/99-sysctl.conf")), 0);
	root = read_root(folder);
	assert_set(root.conf, "kernel/sysrq", "5", "/etc/sysctl.d/99-sysctl.conf:1");
	source_free(root.source);
}

static void test_globs(void **state)
{
	struct folder *folder = *state;
	struct root root;

	folder_puts(folder, "etc/sysctl.d/a.conf",
		    "net.ipv4.conf.eth1.rp_filter = 0\nnet.ipv4.conf.*.rp_filter = 1\n-net.ipv4.conf.all.rp_filter\nnet.ipv4.conf.*.rp_filter = 2\n"
		    "net.*.forwarding = 7\nnet.ipv4.conf.eth2.rp_filter 5\n");
	root = read_root(folder);
	assert_set(root.conf, "net/ipv4/conf/eth0/rp_filter", "2", "/etc/sysctl.d/a.conf:4");
	assert_set(root.conf, "net/ipv4/conf/eth1/rp_filter", "0", NULL);
	assert_set(root.conf, "net/ipv4/conf/all/rp_filter", NULL, NULL);
	/* a star stands for one part of the name */
	assert_set(root.conf, "net/ipv4/conf/all/forwarding", NULL, NULL);
	source_free(root.source);
	/* one line of a glob counts; a line that says the same once more does not move it */
	folder_puts(folder, "etc/sysctl.d/a.conf",
		    "net.ipv4.conf.*.rp_filter = 1\nnet.ipv4.conf.e*.rp_filter = 2\nnet.ipv4.conf.*.rp_filter = 1\n"
		    "net.ipv4.conf.*.forwarding = 1\n-net.ipv4.conf.*.forwarding\n-net.ipv4.conf.*.log_martians\nnet.ipv4.conf.*.log_martians = 1\n");
	root = read_root(folder);
	assert_set(root.conf, "net/ipv4/conf/eth0/rp_filter", "2", NULL);
	assert_set(root.conf, "net/ipv4/conf/w0/rp_filter", "1", NULL);
	assert_set(root.conf, "net/ipv4/conf/w0/forwarding", NULL, NULL);
	assert_set(root.conf, "net/ipv4/conf/w0/log_martians", "1", NULL);
	source_free(root.source);
}

static void test_ufw(void **state)
{
	struct folder *folder = *state;
	struct root root;

	folder_puts(folder, "etc/sysctl.d/a.conf", "net.ipv4.tcp_syncookies = 1\n");
	folder_puts(folder, "etc/ufw/sysctl.conf", "net/ipv4/tcp_syncookies=0\n");
	folder_puts(folder, "etc/default/ufw", "# defaults\nIPT_SYSCTL=/etc/ufw/sysctl.conf\n");
	folder_puts(folder, "etc/ufw/ufw.conf", "ENABLED=no\n");
	root = read_root(folder);
	assert_set(root.conf, "net/ipv4/tcp_syncookies", "1", NULL);
	source_free(root.source);
	folder_puts(folder, "etc/ufw/ufw.conf", "# on\nENABLED=\"yes\"\n");
	root = read_root(folder);
	assert_set(root.conf, "net/ipv4/tcp_syncookies", "0", "/etc/ufw/sysctl.conf:1");
	source_free(root.source);
}

/* A file that was not read may say otherwise, if it comes later. */
static void test_unread(void **state)
{
	struct folder *folder = *state;
	struct root root;

	folder_puts(folder, "etc/sysctl.d/10-a.conf", "kernel.early = 1\n");
	folder_write(folder, "etc/sysctl.d/50-b.conf", "kernel.early = 0\n\0", 18);
	folder_puts(folder, "etc/sysctl.d/90-c.conf", "kernel.late = 1\n");
	assert_int_equal(mkfifo(folder_path(folder, "etc/sysctl.d/20-fifo.conf"), 0600), 0);
	root = read_root(folder);
	assert_state(root.conf, "kernel/early", STATE_MALFORMED);
	assert_state(root.conf, "kernel/none", STATE_MALFORMED);
	assert_set(root.conf, "kernel/late", "1", NULL);
	source_free(root.source);
	assert_int_equal(unlink(folder_path(folder, "etc/sysctl.d/50-b.conf")), 0);
	root = read_root(folder);
	assert_state(root.conf, "kernel/early", STATE_BROKEN);
	source_free(root.source);
}

static void test_flood(void **state)
{
	struct folder *folder = *state;
	char *text = arena_alloc(folder->arena, 64 * 5000);
	size_t n = 0;
	struct root root;

	for (int i = 0; i < 5000; i++)
		n += (size_t)snprintf(text + n, 64, "kernel.x%d = %d\n", i, i);
	folder_write(folder, "etc/sysctl.d/a.conf", text, n);
	root = read_root(folder);
	assert_int_equal(root.conf->n, 4000);
	assert_state(root.conf, "kernel/x1", STATE_BROKEN);
	source_free(root.source);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_arena(test_keys),
		test_with_folder(test_lines),
		test_with_folder(test_order),
		test_with_folder(test_globs),
		test_with_folder(test_ufw),
		test_with_folder(test_unread),
		test_with_folder(test_flood),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
