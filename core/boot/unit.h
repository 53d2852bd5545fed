/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is started on a host, by its files alone: systemd's units, merged as systemd merges them (systemd.unit(5)), init scripts, and OpenRC's
 * runlevels. All of it can be told of a system that does not run.
 *
 * A name without a suffix is that of a service. On OpenRC and System V init a service "cron.service" is the script /etc/init.d/cron, and
 * nothing but services exists.
 */
#ifndef CORE_UNIT_H
#define CORE_UNIT_H

#include "core/subject/subject.h"

enum init_system {
	INIT_UNKNOWN,        /* no init system that is known has files here */
	INIT_SYSTEMD,
	INIT_OPENRC,
	INIT_SYSV,
};

struct unit_setting {
	const char *section, *key, *value;
	const char *origin;          /* the file, "/etc/systemd/system/cron.service.d/10-x.conf" */
	unsigned line;
};

/* A unit with its drop-ins, in the order in which they count. */
struct unit {
	const char *name;            /* the alias resolved, and with the instance */
	const char *path;            /* its file, with a leading slash; where none was found, where it was looked for */
	enum state state;            /* ABSENT: no such unit. A drop-in that cannot be read makes it so, too */
	const char *why;
	const char *unread;          /* the drop-in, or directory of them, that the state and why are of; else NULL */
	bool masked;
	const char **files;          /* what it is made of, as printed: its file, then its drop-ins in their order */
	size_t n_files;
	struct unit_setting *settings;
	size_t n;
};

/* Whether a unit is started by itself when the system starts. */
enum unit_start {
	START_NEVER,                 /* by nothing that is known: by hand, or on a request by D-Bus or a device */
	START_BOOT,                  /* it, or something that is started pulls it in */
	START_ON_DEMAND,             /* a socket, path or timer of its that is started will start it */
};

struct unit_boot {
	enum unit_start start;
	const char *origin;          /* what shows it: a link, a unit that pulls it in, or its own file */
	const char *why;             /* a clause, or NULL */
	enum state state;            /* other than PRESENT: it cannot be told */
};

struct units;

/* The host's. Never NULL. */
const struct units *subject_units(const struct subject *subject);

/* The same, read anew; lies in the arena. */
struct units *units_read(struct source *source, struct arena *arena);

/* The same, but unit_boot() must not be asked: for those who look at single units only. */
struct units *units_list(struct source *source, struct arena *arena);

enum init_system units_init(const struct units *units);

/* What starts the host, by its files alone. */
enum init_system init_system_of(struct source *source);

/* The names of the units with a suffix such as ".mount", one after the other, each once. Starts with *at = 0; NULL at the end. */
const char *unit_next_name(const struct units *units, const char *suffix, size_t *at);

/* With ".service" where it has no suffix of a unit. */
const char *unit_full_name(struct arena *arena, const char *name);

/* Never NULL; in the arena of the caller, as all that the functions below give. On other init systems than systemd without settings. */
const struct unit *unit_load(const struct units *units, struct arena *arena, const char *name);

/* The value that counts, of a setting that holds one: the last; NULL where it is not set, or was reset. */
const struct unit_setting *unit_setting(const struct unit *unit, const char *section, const char *key);

/* The values of a setting that adds up: those after the last empty one. Starts with *at = 0; NULL at the end. */
const struct unit_setting *unit_next(const struct unit *unit, const char *section, const char *key, size_t *at);

/*
 * As `systemctl is-enabled` says: enabled, disabled, static, indirect, alias, linked, masked, generated, transient, and with "-runtime" what
 * only /run says; NULL where there is no such unit. On OpenRC and System V init enabled or disabled.
 */
const char *unit_enabled(const struct units *units, struct arena *arena, const char *name, const char **origin);

struct unit_boot unit_boot(const struct units *units, struct arena *arena, const char *name);

/*
 * Why a unit runs nothing although it is started: a drop-in took its commands away or left true(1) alone, or the service of a timer is such a one, or
 * masked. NULL where it runs something, and on other init systems.
 */
const char *unit_hollow(const struct units *units, struct arena *arena, const struct unit *unit);

/* "enable" or "disable": what the distribution's and the administrator's presets want of it (systemd.preset(5)); *origin is the line. */
const char *unit_preset(const struct units *units, struct arena *arena, const char *name, const char **origin);

#endif
