/* SPDX-License-Identifier: Apache-2.0 */
/* A pinned process stays itself: when it ends, and when its number goes to another one. */
#include "tests/unit.h"

#include "core/process/process.h"

#include <errno.h>
#include <linux/sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static pid_t child(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		pause();
		_exit(0);
	}
	assert_true(pid > 0);
	return pid;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* A child with that very number (clone3(2), Linux 5.5); 0 where this user cannot choose, or somebody else has it. */
static pid_t child_with(pid_t number)
{
	struct clone_args args = { .exit_signal = SIGCHLD, .set_tid = (uintptr_t)&number, .set_tid_size = 1 };
	long pid = syscall(SYS_clone3, &args, sizeof(args));

	if (pid == 0) {
		pause();
		_exit(0);
	}
	return pid > 0 ? (pid_t)pid : 0;
}

static struct source *live(void)
{
	struct source *source = NULL;
	struct err err;

	assert_int_equal(source_open(&source, "/", &err), 0);
	return source;
}

static void ended(void **state)
{
	auto_source struct source *source = live();
	auto_arena struct arena *arena = arena_new();
	auto_pin struct pin pin = { .fd = -1 };
	pid_t pid = child();
	struct file file;

	(void)state;
	assert_int_equal(pin_open(&pin, source, arena_printf(arena, "proc/%d", pid)), 0);
	file = pin_read(&pin, arena, "status", STATUS_LIMIT);
	assert_int_equal(file.state, STATE_PRESENT);
	assert_false(pin.gone);
	end(pid);
	file = pin_read(&pin, arena, "status", STATUS_LIMIT);
	assert_int_equal(file.state, STATE_BROKEN);
	assert_true(pin.gone);
}

static void number_used_again(void **state)
{
	auto_source struct source *source = live();
	auto_arena struct arena *arena = arena_new();
	auto_pin struct pin pin = { .fd = -1 }, again = { .fd = -1 };
	pid_t pid = child(), other;
	struct processes *all = processes_read(source, 1);
	const struct process *p = process_find(all, pid);
	struct file file;

	(void)state;
	assert_non_null(p);
	assert_int_equal(process_pin(all, p, arena, &pin), 0);
	end(pid);
	usleep(30000);   /* the clock of start times ticks a hundred times a second */
	other = child_with(pid);
	if (!other)
		skip();
	file = pin_read(&pin, arena, "status", STATUS_LIMIT);
	assert_int_equal(file.state, STATE_BROKEN);
	assert_true(pin.gone);
	assert_int_equal(process_pin(all, p, arena, &again), -ESRCH);
	end(other);
}

/* What stands before it may be anything; half a record is none. */
static void status_fields(void **state)
{
	static const char good[] = "Name:\ta\\nUid:\t7 7 7 7\nUid:\t0\t1\t2\t3\nGid:\t4\t5\t6\t7\nGroups:\t8 0 9 \nNStgid:\t70\t2\t1\n"
				   "CapInh:\t0000000000000000\nCapPrm:\t0000000000000001\nCapEff:\t0000000000200000\n"
				   "CapBnd:\t00000000a80425fb\nCapAmb:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t3\n";
	auto_arena struct arena *arena = arena_new();
	struct status s;

	(void)state;
	assert_true(status_parse(&s, arena, good));
	assert_int_equal(s.uid[ID_EFFECTIVE], 1);
	assert_int_equal(s.gid[ID_SAVED], 6);
	assert_int_equal(s.n_groups, 3);
	assert_true(s.group_zero);
	assert_int_equal(s.n_pids, 3);
	assert_int_equal(s.pids[2], 1);
	assert_true(caps_have(s.caps[CAP_EFFECTIVE], CAPABILITY_SYS_ADMIN));
	assert_int_equal(s.no_new_privs, 1);
	assert_int_equal(s.seccomp_filters, 3);
	assert_string_equal(capability_names(arena, s.caps[CAP_EFFECTIVE]), "CAP_SYS_ADMIN");
	for (size_t cut = 1; cut < strlen(good); cut++)
		if (cut <= (size_t)(strstr(good, "CapAmb") - good) - 1)
			assert_false(status_parse(&s, arena, arena_strndup(arena, good, cut)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ended),
		cmocka_unit_test(number_used_again),
		cmocka_unit_test(status_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
