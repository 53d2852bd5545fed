/* SPDX-License-Identifier: Apache-2.0 */
/* A container that ends, changes or is replaced while it is looked at is told from one that stays: nothing is said of a mixture of two. */
#include "tests/unit.h"

#include "core/subject/subject.h"

#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum { SPACES = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS };

/* Waits for a byte, moves into another mount namespace, says so, and waits. */
static void live(int from, int to)
{
	char byte;

	if (read(from, &byte, 1) == 1 && unshare(CLONE_NEWNS) == 0 && write(to, &byte, 1) == 1)
		pause();
	_exit(0);
}

struct sandbox {
	pid_t pid;
	int tell, hear;          /* pipes to it and from it */
};

/* A process with namespaces of its own, of that number if one is given; a pid of 0 where that cannot be had. */
static struct sandbox start(pid_t number)
{
	pid_t numbers[] = { 1, number };
	struct clone_args args = { .flags = SPACES | (geteuid() ? CLONE_NEWUSER : 0), .exit_signal = SIGCHLD };
	int to[2], from[2];
	long pid;

	if (number) {
		args.set_tid = (uintptr_t)numbers;
		args.set_tid_size = ARRAY_LEN(numbers);
	}
	assert_int_equal(pipe(to), 0);
	assert_int_equal(pipe(from), 0);
	pid = syscall(SYS_clone3, &args, sizeof(args));
	if (pid == 0)
		live(to[0], from[1]);
	close(to[0]);
	close(from[1]);
	return (struct sandbox){ pid > 0 ? (pid_t)pid : 0, to[1], from[0] };
}

static void end(const struct sandbox *s, bool reap)
{
	if (s->pid) {
		kill(s->pid, SIGKILL);
		if (reap)
			waitpid(s->pid, NULL, 0);
		else
			waitid(P_PID, (id_t)s->pid, &(siginfo_t){ 0 }, WEXITED | WNOWAIT);
	}
	close(s->tell);
	close(s->hear);
}

/* The host and all its containers, as an audit finds them. */
struct machine {
	struct subject *host;
	struct containers *all;
};

static struct machine look(void)
{
	struct source *source = NULL;
	struct machine m;
	struct err err;

	assert_int_equal(source_open(&source, "/", &err), 0);
	m.host = subject_host(source, 0);
	m.all = containers_find(source, 1);
	return m;
}

static const struct container *find(const struct machine *m, pid_t pid)
{
	for (size_t i = 0; i < m->all->n; i++)
		if (m->all->list[i]->init->pid == pid)
			return m->all->list[i];
	return NULL;
}

/* What happens to it while it is looked at. */
typedef void happens_fn(struct sandbox *s);

static void nothing(struct sandbox *s)
{
	(void)s;
}

static void it_is_gone(struct sandbox *s)
{
	end(s, true);
	s->pid = 0;
}

/* Dead, and its parent has not taken notice: it has no namespaces, no open files and no mounts any more. */
static void it_is_a_zombie(struct sandbox *s)
{
	kill(s->pid, SIGKILL);
	waitid(P_PID, (id_t)s->pid, &(siginfo_t){ 0 }, WEXITED | WNOWAIT);
}

static void it_moves(struct sandbox *s)
{
	char byte = 'x';

	assert_int_equal(write(s->tell, &byte, 1), 1);
	assert_int_equal(read(s->hear, &byte, 1), 1);
}

static void another_has_its_number(struct sandbox *s)
{
	pid_t number = s->pid;

	end(s, true);
	*s = start(number);
}

/* Whether it is taken to be the same one at the end; -1 where it could not be started, or none with that number. */
static int still_there(happens_fn *happens)
{
	auto_arena struct arena *arena = arena_new();
	struct sandbox s = start(0);
	struct subject *subject = NULL;
	struct machine m;
	int answer = -1;

	if (s.pid) {
		m = look();
		assert_non_null(find(&m, s.pid));
		subject = subject_container(m.host, m.all, find(&m, s.pid), arena);
		assert_non_null(subject);
		happens(&s);
		answer = subject_still_there(subject);
		if (!s.pid && happens == another_has_its_number)
			answer = -1;
		subject_free(subject);
		subject_free(m.host);
	}
	if (s.pid || happens == another_has_its_number)
		end(&s, true);
	return answer;
}

static void expect(happens_fn *happens, int wanted)
{
	int answer = still_there(happens);

	if (answer < 0)
		skip();
	assert_int_equal(answer, wanted);
}

static void test_stays(void **state)
{
	(void)state;
	expect(nothing, 1);
}

static void test_gone(void **state)
{
	(void)state;
	expect(it_is_gone, 0);
}

static void test_zombie(void **state)
{
	(void)state;
	expect(it_is_a_zombie, 0);
}

static void test_moved(void **state)
{
	(void)state;
	expect(it_moves, 0);
}

static void test_replaced(void **state)
{
	(void)state;
	expect(another_has_its_number, 0);
}

/* It ended between the finding and the looking. */
static void test_ended_before(void **state)
{
	auto_arena struct arena *arena = arena_new();
	struct sandbox s = start(0);
	const struct container *c;
	struct machine m;

	(void)state;
	if (!s.pid) {
		end(&s, true);
		skip();
	}
	m = look();
	c = find(&m, s.pid);
	assert_non_null(c);
	end(&s, true);
	assert_null(subject_container(m.host, m.all, c, arena));
	subject_free(m.host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stays),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_zombie),
		cmocka_unit_test(test_moved),
		cmocka_unit_test(test_replaced),
		cmocka_unit_test(test_ended_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
