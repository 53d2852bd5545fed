/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a command so many times and prints medians: "WALL-MS BEST-MS CPU-MS PEAK-KIB". A small program of its own, because the kernel counts
 * what a child was forked from as its peak memory.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double milliseconds(struct timeval t)
{
	return (double)t.tv_sec * 1e3 + (double)t.tv_usec / 1e3;
}

int main(int argc, char **argv)
{
	int runs = argc > 2 ? atoi(argv[1]) : 0;
	posix_spawn_file_actions_t quiet;
	double *wall, *cpu;
	long peak = 0;

	if (runs < 1)
		return 2;
	wall = calloc((size_t)runs, sizeof(*wall));
	cpu = calloc((size_t)runs, sizeof(*cpu));
	if (!wall || !cpu || posix_spawn_file_actions_init(&quiet) != 0 ||
	    posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0) != 0 ||
	    posix_spawn_file_actions_addopen(&quiet, 2, "/dev/null", O_WRONLY, 0) != 0)
		return 2;
	for (int i = 0; i < runs; i++) {
		double begun = now();
		struct rusage usage;
		int status;
		pid_t pid;

		if (posix_spawnp(&pid, argv[2], &quiet, NULL, argv + 2, environ) != 0 || wait4(pid, &status, 0, &usage) != pid)
			return 2;
		wall[i] = now() - begun;
		cpu[i] = milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime);
		peak = usage.ru_maxrss > peak ? usage.ru_maxrss : peak;
	}
	qsort(wall, (size_t)runs, sizeof(*wall), by_size);
	qsort(cpu, (size_t)runs, sizeof(*cpu), by_size);
	printf("%.3f %.3f %.3f %ld\n", wall[runs / 2], wall[0], cpu[runs / 2], peak);
	free(wall);
	free(cpu);
	return 0;
}
