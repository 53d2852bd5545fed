/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lines of cron's and anacron's tables that run as root: /etc/crontab, /etc/cron.d, root's own table and /etc/anacrontab (crontab(5),
 * anacrontab(5)).
 */
#ifndef CORE_CRON_H
#define CORE_CRON_H

#include "core/config/config.h"
#include "core/subject/subject.h"

struct cron_line {
	const char *command;     /* for a shell, without what stands behind a % */
	const char *path;        /* PATH=, where a line before it sets it; else NULL */
	const char *home;        /* where it is started */
	const char *origin;      /* FILE:LINE */
};

/* SHELL= or PATH= of a table. */
struct cron_variable {
	const char *name, *value, *origin;
};

struct cron {
	struct cron_line *lines;
	size_t n;
	struct cron_variable *variables;
	size_t n_variables;
	size_t n_tables;         /* that are there */
	struct faults faults;
};

/* Lies in the arena. Never NULL. */
struct cron *cron_read(const struct subject *subject, struct arena *arena);

#endif
