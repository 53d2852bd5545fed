/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names taken out of a snapshot, so that it can be shown to others and is judged as before: each is replaced by the same word wherever it stands, also
 * in the names of files. Taken out are the host's name, the names of users and groups from number 1000 on and what /etc/passwd says of them, the
 * machine's id, addresses (IPv4, IPv6, of network cards), and what must not be known at all: password hashes, of which the kind stays, keys, certificates, of
 * which the times stay, and the values of variables that are named like credentials. What means the same on every host stays: loopback, multicast, the
 * broadcast; a private address stays a private one.
 *
 * A name that is also a word of the system ("backup", "vm") would take more with it than itself: it stays, and is told.
 */
#ifndef CORE_REDACT_H
#define CORE_REDACT_H

#include "core/source/facts.h"

struct redaction;

/* Asks the source for the names. Lies in the arena. */
struct redaction *redaction_new(struct source *source, struct arena *arena);

/* A copy of an answer and of those behind it, without the names. The first that is asked for an address decides what it becomes. */
struct fact *redact_fact(struct redaction *redaction, const struct fact *fact);

/* The name of a variable is like that of a credential: API_KEY, db_password. */
bool sounds_secret(const char *name, size_t size);

char *redact_text(struct redaction *redaction, const char *text);

/* The names that stay, separated by spaces, or NULL. */
const char *redaction_left(const struct redaction *redaction);

#endif
