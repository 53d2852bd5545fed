/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel parameters that a boot sets, by the files of sysctl.d(5): those of all directories in the order of their names, then
 * /etc/sysctl.conf where it is not systemd that reads them, then what ufw sets when it is on. The last assignment wins.
 */
#ifndef CORE_SYSCTL_CONF_H
#define CORE_SYSCTL_CONF_H

#include "core/source/source.h"

/* A line, or a file that could not be read: what it would have set is not known. */
struct sysctl_entry {
	const char *key;             /* below /proc/sys: "net/ipv4/ip_forward", may be a glob; NULL for a file not read */
	const char *value;           /* NULL: the line takes the key out of what globs set, or is no assignment */
	const char *origin;          /* "/etc/sysctl.d/99-local.conf:3" */
	enum state state;            /* PRESENT, MALFORMED for a line that is no assignment, or that of the file */
	const char *why;             /* unless PRESENT */
};

struct sysctl_conf {
	struct sysctl_entry *list;   /* in the order in which they are applied */
	size_t n;
	struct sysctl_entry *idle;   /* lines of /etc/sysctl.conf, where nothing reads it at boot */
	size_t n_idle;
};

/* Read once a run. */
struct host_table;
extern const struct host_table sysctl_conf_table;

/*
 * What decides over a key such as "net/ipv4/ip_forward": an assignment of this very key before one by a glob, a later one before an
 * earlier. An entry that is not PRESENT means that it is not known. NULL where nothing sets the key.
 */
const struct sysctl_entry *sysctl_conf_find(const struct sysctl_conf *conf, const char *key);

/* An assignment in a file that nothing reads at boot, or NULL. */
const struct sysctl_entry *sysctl_conf_find_idle(const struct sysctl_conf *conf, const char *key);

/* The path below /proc/sys that a name means, by the rules of sysctl.d(5): the first separator, dot or slash, is that of all. */
char *sysctl_key(struct arena *arena, const char *name);

/* For sysctl_conf_table, and for tests. Never NULL; lies in the arena. */
struct sysctl_conf *sysctl_conf_read(struct source *source, struct arena *arena);

#endif
