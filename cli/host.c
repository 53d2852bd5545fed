/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/host.h"

#include "core/base/text.h"

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

/* Anything of a system: a mistyped directory is none that passes. */
static bool holds_system(struct source *source)
{
	static const char *const parts[] = { "etc", "usr", "proc", "sys", "boot", "bin", "lib", "var" };

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (source_stat(source, parts[i])->state != STATE_ABSENT)
			return true;
	return false;
}

static int no_system(struct source *source, const char *root, struct err *err)
{
	source_free(source);
	return err_set(err, ENOENT, "--root: there is no system in %s: neither etc, usr, proc, sys nor boot", root);
}

static int open_source(struct source **source, const struct options *o, struct err *err)
{
	int rc;

	if (!o->kconfig && !o->cmdline && !o->sysctl) {
		rc = source_open(source, o->root ? o->root : "/", err);
		return rc == 0 && o->root && !holds_system(*source) ? no_system(*source, o->root, err) : rc;
	}
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

/* Of a snapshot, when it was recorded. */
static int64_t start_time(const struct source *source)
{
	return source_taken(source) >= 0 && !getenv("SOURCE_DATE_EPOCH") ? source_taken(source) : host_now();
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

static int open_host(struct subject **host, const struct options *o, bool record, struct err *err)
{
	struct source *source;
	int rc = open_source(&source, o, err);

	if (rc < 0)
		return rc;
	if (isatty(STDERR_FILENO) && !o->quiet)
		source_on_progress(source, &(struct progress_report){ show_progress, arena_new_of(o->arena, struct timespec) });
	if (record)
		source_record(source);
	*host = subject_host(source, start_time(source));
	(*host)->workers = o->jobs;
	return 0;
}

int host_open(struct subject **host, const struct options *o, struct err *err)
{
	return open_host(host, o, false, err);
}

int host_open_to_record(struct subject **host, const struct options *o, struct err *err)
{
	return open_host(host, o, true, err);
}

int host_open_snapshot(struct subject **host, const char *directory, struct err *err)
{
	struct source *source;
	int rc = source_open(&source, directory, err);

	if (rc < 0)
		return rc;
	*host = subject_host(source, start_time(source));
	(*host)->workers = 1;
	return 0;
}
