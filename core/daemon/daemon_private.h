/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of core/daemon share; nobody else includes this. */
#ifndef CORE_DAEMON_PRIVATE_H
#define CORE_DAEMON_PRIVATE_H

#include "core/daemon/daemon.h"
#include "core/source/pin.h"

struct daemon_finder {
	struct source *source;
	struct arena *arena;         /* of what is kept */
	struct arena *scratch;
	const struct units *units;
	const struct daemon_set *kubelets;   /* NULL: not looked for yet */
	struct mounts *host_mounts;  /* read when the first daemon with mounts of its own is met */
};

/* What the running process says of itself. Returns 0, or -errno where it has ended; what cannot be read is the daemon's state. */
int daemon_examine(struct daemon_finder *finder, struct daemon *daemon, struct pin *pin);

/* It runs in a container, and not as a part of the host's own software. */
bool daemon_is_nested(struct daemon_finder *finder, struct pin *pin);

/* The command line in a static pod's manifest; false: there is no manifest. */
bool daemon_read_pod(struct daemon_finder *finder, struct daemon *daemon);

/* What the words of a unit's ExecStart= say to a program. */
struct daemon_start {
	const char *program;         /* the first word, or that behind env, nice or ionice; NULL: the unit starts nothing */
	const char **arguments;      /* behind it */
	size_t n;
	const char **variables;      /* those of the unit, and of env */
	size_t n_variables;
	const char *why;             /* it is another program, and what that does is not known; else NULL */
};

/*
 * The unit's ExecStart= is for that program. Where words are given (separated by spaces) one of them has to stand behind it; then a shell that is told
 * of both counts, too.
 */
bool daemon_unit_starts(struct daemon_finder *finder, struct arena *arena, const char *unit, const char *program, const char *words);

struct daemon_start daemon_start_of(struct arena *arena, const struct unit_command *unit, const char *program);

/* A program that runs daemons within itself. */
struct daemon_carrier {
	const char *program;         /* name of the executable */
	const char *kind;            /* of the daemon */
	const char *processes;       /* as the kernel names its processes, where the daemon has none of its own; else NULL */
	const char *units;           /* that start it; or NULL */
	const char *data, *config;   /* its data directory and configuration file */
	const char *data_variable, *config_variable;   /* of its environment, that name others; NULL where those are */
	const char *flag, *file;     /* the flag that names the file of the daemon's flags, and which that is by default; or NULL */
	bool control;                /* the daemon is of the control plane, which may be switched off */
};

/* All of them, one after the other; NULL at the end. */
const struct daemon_carrier *daemon_carrier_next(const struct daemon_carrier *before);

/* Makes of the carrier's process, which was examined, the daemon in it. False: the process does something else. */
bool daemon_carried(struct daemon_finder *finder, const struct daemon_carrier *carrier, struct daemon *daemon, struct pin *pin);

/* What a start of a carrier would tell a daemon of that kind. False: there is none. */
bool daemon_carrier_dormant(struct daemon_finder *finder, struct daemon *daemon);

/* Is it the unit's own process? A user's manager may have a unit of the same name. */
bool daemon_is_of_unit(struct daemon_finder *finder, const struct daemon *daemon, const char *unit);

/* Reads the daemon's configuration files. */
void daemon_read_config(struct daemon_finder *finder, struct daemon *daemon);

/* The values of a flag on a command line, in their order: pushed to the list. A boolean flag alone is "true". Returns how many there were. */
size_t daemon_flags(struct arena *arena, const struct daemon *daemon, const char *flags, bool boolean, const char ***list);

/* The last value of a flag, or NULL. */
const char *daemon_flag(struct arena *arena, const struct daemon *daemon, const char *flags);

#endif
