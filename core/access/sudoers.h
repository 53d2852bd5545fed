/* SPDX-License-Identifier: Apache-2.0 */
/* What sudo lets whom do: sudoers, or the file that sudo.conf(5) names, with all that it includes, aliases resolved (sudoers(5)). */
#ifndef CORE_SUDOERS_H
#define CORE_SUDOERS_H

#include "core/config/config.h"
#include "core/subject/subject.h"

/* One setting of a Defaults line. */
struct sudo_default {
	const char *scope;       /* "" for all, else as it is written: ":alice", "@host", ">root", "!/bin/ls" */
	const char *name;
	const char *value;       /* "yes" or "no" for a flag */
	char change;             /* '+' or '-' where the value is added or taken away, else '=' */
	const char *origin;
};

/* One command of a user specification. */
struct sudo_grant {
	const char *who;         /* users and groups, aliases resolved, separated by commas */
	const char *runas;       /* in parentheses; "" where it is left out, which is root */
	const char *command;     /* with its arguments; ALL for any */
	bool excluded;           /* "!command" */
	bool no_password;
	const char *origin;
};

struct sudoers {
	bool installed;
	struct sudo_default *defaults;
	size_t n_defaults;
	struct sudo_grant *grants;
	size_t n_grants;
	const struct file **files;
	size_t n_files;
	struct faults faults;
};

/* Gives a struct sudoers. */
extern const struct host_table sudoers_table;

/* The list of users holds none but root. */
bool sudo_is_root(const struct sudo_grant *grant);

#endif
