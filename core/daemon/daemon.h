/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daemons of container engines and of Kubernetes on a host, and what each of them is told: by its command line, its environment and
 * the files that it really reads. A daemon is a process whose executable has the name, never one that has it in its arguments. One that
 * is installed and does not run is known by its systemd unit (of a static pod: by its manifest). Control planes run in containers: their
 * paths are then translated by the mounts of the process. k3s, rke2 and MicroK8s run daemons in a process of another name.
 */
#ifndef CORE_DAEMON_H
#define CORE_DAEMON_H

#include "core/boot/unit_command.h"
#include "core/config/document.h"
#include "core/subject/subject.h"

/* What is known of a daemon by its name. Lists are separated by spaces; NULL: there is none. */
struct daemon_kind {
	const char *name;            /* of the executable */
	const char *unit, *socket;   /* systemd units */
	const char *manifest;        /* static pod: the file's name */
	const char *options_file, *options_variable;   /* of its OpenRC service */
	enum syntax syntax;
	const char *config_flags, *config_default;     /* its configuration file */
	const char *directory_flags, *directory_default, *directory_pattern;   /* files on top of that */
	const char *imports;         /* pointer to globs of further files */
	const char *imports_default; /* globs of those that it reads where it has no file at all; or NULL */
	struct merging merging;
	const struct merging *newer; /* how newer releases do it; or NULL */
	const char *switches;        /* letters of flags that take no value, where "-DH x" is "-D -H x"; or NULL */
	const char *environment;     /* prefix of the variables that stand for flags */
	const char *variables;       /* "FLAG=NAME" of flags whose variable is another one, or has none: "FLAG="; or NULL */
	bool comma_lists;            /* of a list that is given as one word the commas part it */
	bool subdirectories;         /* files below directories in the directory count, too */
	const char *config_variable, *directory_variable;   /* those that name its file and the directory on top of it; or NULL */
	bool refuses_conflicts;      /* does not start where flag and file say the same thing */
	const char *adds;            /* pointer to a table that flags add to: both are in force */
	bool file_alone;             /* flags count for nothing once there is a file */
	bool many_uses;              /* the program does other things, too: what is no unit of that name may start it for them */
	bool in_containers;          /* is judged as one of the host's also where it runs in a container */
	const char *data_flags, *data_pointer, *data_default;                  /* where it keeps what it works on */
	bool closes_data;            /* and whose mode it sets whenever it starts */
	const char *listen_flags, *listen_pointer, *listen_default;            /* where it takes requests */
};

/* Of all daemons that are known, ended by one without a name. */
extern const struct daemon_kind daemon_kinds[];

enum daemon_place { DAEMON_RUNS, DAEMON_UNIT, DAEMON_POD, DAEMON_ALONE };

struct daemon {
	const struct daemon_kind *kind;
	enum daemon_place place;     /* where its arguments are from; ALONE: nothing tells any, its files and defaults count */
	int pid;                     /* DAEMON_RUNS, else 0 */
	int64_t uid;                 /* of the user it runs as, or would, on the host; -1: not known */
	const char *label;           /* "dockerd (pid 4242)", "docker.service", a manifest */
	const char *origin;          /* "/proc/4242/cmdline", "FILE:LINE" */
	const char **arguments;      /* without the program's name */
	size_t n;
	const char **variables;      /* of its environment, "NAME=value" */
	size_t n_variables;
	enum state environment_state;   /* of podman, whose variables say nothing of its API: they could not be read, but for that nothing else is unknown */
	const char *environment_why;
	const char *executable;      /* or NULL */
	const char *directory;       /* that it was started in */
	const char *root;            /* "" or a directory that it was confined to by chroot(2) */
	const struct mounts *mounts; /* where it has a mount namespace of its own: that, with the paths of the host; else NULL */
	const struct value *pod;     /* DAEMON_POD: its manifest */
	const struct value *container;   /* in it */
	const char *moved;           /* why it sees other files than the host does, where that is not followed; or NULL */
	struct document **documents; /* what it reads, in the order in which each goes on top of the one before */
	size_t n_documents;
	size_t n_values;             /* in all of them */
	const struct value *config;  /* all of them together, or NULL */
	const struct value *config_newer;   /* the same as newer releases put them together, where it is not known which one this is; or NULL */
	bool has_file;               /* it reads a configuration file that is there or was asked for */

	/* What keeps us from knowing what it is told, STATE_PRESENT where nothing does: of its arguments, and of its files */
	enum state state, config_state;
	const char *where, *why, *config_where, *config_why;
};

struct daemon_set {
	const struct daemon_kind *kind;
	enum state state;            /* PRESENT; INAPPLICABLE: it is not here; else nobody can tell whether it runs */
	const char *why;
	const char *unit_name;              /* "docker.service", or that of another unit that starts the program, where there is none of that name */
	const struct unit_command *unit;     /* never NULL where present */
	const struct unit_command **sockets; /* whose descriptors systemd hands over: the kind's own, which may be absent, then others that are enabled */
	size_t n_sockets;
	const char *unit_differs;    /* a process runs, but not by the unit, or the unit starts it by another program: why that is not judged; or NULL */
	struct daemon *list;         /* those that run; the unit or manifest where none does, or where what runs was started by it with other arguments */
	size_t n;
};

/* The daemons of that name; asserts that it is known. Read once for all rules. Never NULL. */
const struct daemon_set *daemons_find(const struct subject *subject, const char *name);

/* The path of the host ("etc/docker/daemon.json") for one that the daemon uses. NULL and *why: it lies where only the daemon sees it. */
const char *daemon_path(struct arena *arena, const struct daemon *daemon, const char *path, const char **why);

/* The value of one of its variables, or NULL. */
const char *daemon_variable(const struct daemon *daemon, const char *name);

/* ---- what it is told ---- */

enum setting_type { SETTING_TEXT, SETTING_BOOLEAN, SETTING_LIST };

struct setting_query {
	const char *flags;           /* names without dashes, separated by spaces; one letter: also -x; or NULL */
	enum setting_type type;
	const char *pointers;        /* into its files; or NULL */
	const char *fallback;        /* what it does where nobody says anything; NULL: the setting is absent */
	const char *fallback_with_file;   /* the same where it reads a file; NULL: as `fallback` */
};

/* What one place says. */
struct said {
	const char *name;            /* the flag, or the pointer that matched */
	const char *origin;
	enum state state;            /* PRESENT: in force; INAPPLICABLE: something else is, `why` says what; else that of what could not be read */
	const char *why;
	const char *text;            /* present: a word, or the words of a list separated by spaces */
	bool is_list;
};

struct saids {
	struct arena *arena;
	struct said *list;
	size_t n;
};

/* At least one: what is in force (or absent, malformed …), and what every other place says. */
void daemon_setting(const struct daemon *daemon, const struct setting_query *query, struct saids *saids);

/* The first that is in force, as a path of the host: its data root. NULL and a state and reason otherwise. */
const char *daemon_data(struct arena *arena, const struct daemon *daemon, enum state *state, const char **why);

/*
 * Where it takes requests, as "unix:///run/docker.sock", "tcp://127.0.0.1:2375 plain": of TCP it is said whether it is "plain", "tls" (only the server
 * shows a certificate) or "mutual-tls". What systemd hands over (fd://) is told by the socket's unit and, of a running daemon, by the
 * addresses that it listens on; ports of its own that are no API are left out.
 */
void daemon_addresses(const struct subject *subject, const struct daemon_set *set, const struct daemon *daemon, struct saids *saids);

#endif
