/* SPDX-License-Identifier: Apache-2.0 */
/* Programs and sockets of a captured system. */
#include "tests/unit.h"

#include "core/running/listener.h"
#include "core/running/running.h"

#include <arpa/inet.h>

static struct source *open_root(struct folder *folder)
{
	struct source *source = NULL;
	struct err err;

	assert_int_equal(source_open(&source, folder->path, &err), 0);
	return source;
}

static void link_to(struct folder *folder, const char *target, const char *name)
{
	assert_int_equal(symlink(target, folder_path(folder, name)), 0);
}

static void test_programs(void **state)
{
	auto_source struct source *source = NULL;
	const struct running_list *all;

	link_to(*state, "/usr/lib/systemd/systemd", "proc/1/exe");
	link_to(*state, "/usr/sbin/nginx", "proc/30/exe");
	link_to(*state, "/usr/sbin/cupsd (deleted)", "proc/9/exe");
	link_to(*state, "/bin/busybox", "proc/40/exe");
	link_to(*state, "/bin/busybox", "proc/41/exe");
	link_to(*state, "errno:EACCES", "proc/50/exe");
	link_to(*state, "/opt/\x1b[31m", "proc/60/exe");
	folder_puts(*state, "proc/2/stat", "2 (kthreadd) S 0 0 0 0 -1 2129984\n");
	folder_write(*state, "proc/40/cmdline", "/usr/sbin/ntpd\0-n", 17);
	folder_write(*state, "proc/41/cmdline", "busybox\0syslogd\0-n", 18);
	folder_write(*state, "proc/30/cmdline", "crond\0", 6);
	source = open_root(*state);
	all = running_read(source, source_arena(source));
	assert_int_equal(all->state, STATE_PRESENT);
	assert_int_equal(all->n, 6);
	assert_int_equal(all->hidden, 1);
	assert_int_equal(all->list[1].pid, 9);
	assert_true(all->list[1].deleted);
	assert_string_equal(all->list[1].exe, "/usr/sbin/cupsd");
	assert_true(running_is(&all->list[1], "cupsd"));
	assert_true(running_is(&all->list[2], "apache2 nginx"));
	assert_true(running_is(&all->list[2], "/sbin/nginx"));
	assert_true(running_is(&all->list[2], "*"));
	assert_false(running_is(&all->list[2], "/usr/bin/nginx"));
	assert_false(running_is(&all->list[2], "crond"));
	assert_true(running_is(&all->list[3], "ntpd"));
	assert_false(running_is(&all->list[3], "busybox"));
	assert_true(running_is(&all->list[4], "syslogd"));
	assert_null(strchr(all->list[5].shown, '\x1b'));
}

static void test_no_processes(void **state)
{
	auto_source struct source *source = NULL;

	folder_puts(*state, "proc/cmdline", "quiet\n");
	source = open_root(*state);
	assert_int_equal(running_read(source, source_arena(source))->state, STATE_UNAVAILABLE);
}

/* ---- sockets ---- */

#define HEADING "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
#define REST    " 00000000:00000000 00:00000000 00000000     0        0 "

static void test_listeners(void **state)
{
	auto_source struct source *source = NULL;
	struct listeners *all;

	if (htonl(1) == 1)
		skip();   /* the addresses below are those of a little-endian machine */
	folder_puts(*state, "proc/1/net/tcp", HEADING
		    "   0: 00000000:0016 00000000:0000 0A" REST "100 1 0 100 0 0 10 0\n"
		    "   1: 0100007F:0019 00000000:0000 0A" REST "101 1 0\n"
		    "   2: 0101A8C0:1F90 00000000:0000 0A" REST "102 1 0\n"
		    "   3: 0101A8C0:0016 0201A8C0:8000 01" REST "103 1 0\n"
		    "garbage\n   4: 0:0 0:0 0A\n   5: 00000000000000000000000000000000000000000000:0016 0:0 0A\n\n");
	folder_puts(*state, "proc/1/net/tcp6", HEADING
		    "   0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A" REST "104 1 0\n"
		    "   1: 00000000000000000000000001000000:0051 00000000000000000000000000000000:0000 0A" REST "105 1 0\n"
		    "   2: 0000000000000000FFFF00000100007F:0052 00000000000000000000000000000000:0000 0A" REST "106 1 0\n");
	folder_puts(*state, "proc/1/net/udp", HEADING "  1: 00000000:9C40 00000000:0000 07" REST "107 2 0\n  2: 00000000:0035 00000000:0000 07" REST "108 2 0\n");
	folder_puts(*state, "proc/1/net/unix", "Num       RefCount Protocol Flags    Type St Inode Path\n"
		    "0000000000000000: 00000002 00000000 00010000 0001 01 200 /run/x.sock\n0000000000000000: 00000002 00000000 00010000 0001 01 201 @abstract\n"
		    "0000000000000000: 00000003 00000000 00000000 0001 03 202 /run/connected\nrubbish\n");
	link_to(*state, "socket:[100]", "proc/7/fd/3");
	link_to(*state, "socket:[9]", "proc/7/fd/4");
	link_to(*state, "/usr/sbin/sshd", "proc/7/exe");
	source = open_root(*state);
	all = listeners_read(source, source_arena(source));
	listeners_find_owners(all, source, source_arena(source));
	assert_int_equal(all->state, STATE_PRESENT);
	assert_int_equal(all->n, 10);
	assert_int_equal(all->list[0].scope, SCOPE_EVERYWHERE);
	assert_int_equal(all->list[0].pid, 7);
	assert_string_equal(all->list[0].program, "/usr/sbin/sshd");
	assert_int_equal(all->list[1].scope, SCOPE_LOOPBACK);
	assert_string_equal(listener_address(&all->list[2], source_arena(source)), "192.168.1.1");
	assert_int_equal(all->list[2].scope, SCOPE_ADDRESS);
	assert_int_equal(all->list[3].scope, SCOPE_EVERYWHERE);
	assert_int_equal(all->list[4].scope, SCOPE_LOOPBACK);
	assert_int_equal(all->list[5].scope, SCOPE_LOOPBACK);
	assert_string_equal(listener_port(&all->list[6], source_arena(source)), "udp/ephemeral");
	assert_string_equal(listener_port(&all->list[7], source_arena(source)), "udp/53");
	assert_string_equal(listener_port(&all->list[8], source_arena(source)), "unix/run/x.sock");
	assert_string_equal(listener_port(&all->list[9], source_arena(source)), "unix/@abstract");
}

static void test_no_sockets(void **state)
{
	auto_source struct source *source = open_root(*state);
	const struct listeners *all = listeners_read(source, source_arena(source));

	assert_int_equal(all->state, STATE_UNAVAILABLE);
	assert_int_equal(all->n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_folder(test_programs),
		test_with_folder(test_no_processes),
		test_with_folder(test_listeners),
		test_with_folder(test_no_sockets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
