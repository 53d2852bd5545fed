/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/host.h"

#include "core/text.h"

#include <errno.h>
#include <time.h>

static int give_files(struct source *source, const struct options *o, struct err *err)
{
	int rc = 0;

	if (o->kconfig)
		rc = source_give(source, KERNEL_GIVEN_KCONFIG, o->kconfig, err);
	if (o->cmdline && rc == 0)
		rc = source_give(source, KERNEL_GIVEN_CMDLINE, o->cmdline, err);
	if (o->sysctl && rc == 0)
		rc = source_give(source, KERNEL_GIVEN_SYSCTL, o->sysctl, err);
	return rc;
}

static int open_source(struct source **source, const struct options *o, struct err *err)
{
	int rc;

	if (!o->kconfig && !o->cmdline && !o->sysctl)
		return source_open(source, o->root ? o->root : "/", err);
	if (o->root)
		return err_set(err, EINVAL, "--root and --kconfig, --cmdline or --sysctl exclude each other");
	*source = source_of_files();
	rc = give_files(*source, o, err);
	if (rc < 0)
		source_free(*source);
	return rc;
}

int64_t host_now(void)
{
	const char *fixed = getenv("SOURCE_DATE_EPOCH");
	int64_t seconds;

	return fixed && text_integer(fixed, &seconds) && seconds >= 0 ? seconds : (int64_t)time(NULL);
}

/* A line on the terminal, ten times a second at most, and gone when it is done. */
static void show_progress(void *with, const char *what, size_t n)
{
	static const int64_t pause = 100 * 1000 * 1000;   /* nanoseconds */
	struct timespec *last = with, now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!what && last->tv_sec) {
		fputs("\r\033[K", stderr);
	} else if (what && (int64_t)(now.tv_sec - last->tv_sec) * 1000000000 + now.tv_nsec - last->tv_nsec >= pause) {
		fprintf(stderr, "\r\033[K%zu %s", n, what);
		*last = now;
	}
}

int host_open(struct subject **host, const struct options *o, struct err *err)
{
	struct source *source;
	int rc = open_source(&source, o, err);

	if (rc < 0)
		return rc;
	if (isatty(STDERR_FILENO) && !o->quiet)
		source_on_progress(source, &(struct progress_report){ show_progress, arena_new_of(o->arena, struct timespec) });
	*host = subject_host(source, host_now());
	(*host)->workers = o->jobs;
	return 0;
}
