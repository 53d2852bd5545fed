/* SPDX-License-Identifier: Apache-2.0 */
/* The command, the environment and the sockets of a systemd unit, as systemd puts them together. */
#ifndef CORE_UNIT_COMMAND_H
#define CORE_UNIT_COMMAND_H

#include "core/boot/unit.h"

/* What a program is told by the unit that starts it, and where a socket's listens; see systemd.exec(5), systemd.service(5) and systemd.socket(5). */
struct unit_command {
	enum state state;            /* ABSENT: there is none, or it is masked; else PRESENT */
	const char *why;
	const char **files;          /* as printed: the unit file, then its drop-ins in their order */
	size_t n_files;
	const char **environment_files;
	size_t n_environment_files;
	const char **variables;      /* "NAME=value", the last of a name counts: those of files go over those of the unit */
	size_t n_variables;
	const char *origin;          /* "FILE:LINE" of ExecStart=, or NULL */
	const char **arguments;      /* its words, variables expanded; the program first */
	size_t n;
	const char **listen;         /* ListenStream= */
	const char **listen_origins; /* "FILE:LINE" of each */
	size_t n_listen;
	const char *user;            /* User=, or NULL: root */
	const char *directory;       /* WorkingDirectory=; NULL: not known */
	const char *root;            /* RootDirectory=, or "" */
	const char *moved;           /* a setting by which the program sees other files than the host does; or NULL */
	const char *socket_group;    /* SocketGroup=, or NULL: root's */
	const char *socket_mode;     /* SocketMode=, or NULL */
	const char *unread;          /* one of its files, or an environment file, that could not be read; NULL: none */
	enum state unread_state;
	const char *unread_why;
};

/* Never NULL; lies in the arena. */
struct unit_command *unit_command_read(struct source *source, struct arena *arena, const struct units *units, const char *name);

/* The text with what %n, %N, %p, %i and the directories of systemd.unit(5), "Specifiers", stand for; others, and %%, are left. */
const char *unit_specifiers(struct arena *arena, const struct unit *unit, const char *text);

/* Takes over the words of a text as systemd splits them. False: there is more than what is looked at. */
bool unit_words(struct arena *arena, const char *text, const struct unit_command *variables, const char ***list, size_t *n);

#endif
