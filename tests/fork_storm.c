/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Processes that begin and end at once, so many a second as the argument says, until SIGTERM; prints how many there were, and in how many
 * milliseconds. What was missed is made up for, as long as it is not more than half a second. For tests/containers-hostile.t.
 */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MILLISECOND = 1000000 };

static volatile sig_atomic_t over;

static void on_term(int signal)
{
	(void)signal;
	over = 1;
}

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 * MILLISECOND + t.tv_nsec;
}

int main(int argc, char **argv)
{
	long rate = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
	int64_t begun = now(), due = begun, n = 0;

	if (rate <= 0)
		return 2;
	signal(SIGTERM, on_term);
	while (!over) {
		int64_t late = now() - due;
		pid_t pid;

		if (late < 0) {
			nanosleep(&(struct timespec){ 0, -late }, NULL);
			continue;
		}
		if (late > 500 * (int64_t)MILLISECOND)
			due += late;
		due += 1000 * (int64_t)MILLISECOND / rate;
		pid = fork();
		if (pid == 0)
			_exit(0);
		if (pid > 0 && waitpid(pid, NULL, 0) == pid)
			n++;
	}
	printf("%lld %lld\n", (long long)n, (long long)((now() - begun) / MILLISECOND));
	return 0;
}
