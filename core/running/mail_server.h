/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where mail servers are set up to take mail from, by their own configuration: Postfix (postconf(5), master(5)), Exim as Debian and RHEL set it up,
 * Sendmail, and OpenSMTPD (smtpd.conf(5)).
 */
#ifndef CORE_MAIL_SERVER_H
#define CORE_MAIL_SERVER_H

#include "core/config/config.h"

/* An address that a server listens on. */
struct mail_place {
	const char *server;      /* "postfix" */
	const char *scope;       /* "loopback", "address", "everywhere" */
	const char *origin;      /* FILE:LINE, or the file that does not say */
	const char *text;        /* as it is written there */
};

struct mail_places {
	struct mail_place *list;
	size_t n;
	struct faults faults;
};

/* Of all servers that are installed and not kept from starting. Lies in the arena. Never NULL. */
struct units;
struct mail_places *mail_places_read(struct source *source, const struct units *units, struct arena *arena);

/* Adds what Postfix listens on. */
void mail_add_postfix(struct mail_places *places, struct source *source, struct arena *arena);

/* "loopback", "address" or "everywhere" for an address or a name. */
const char *mail_scope(const char *address, size_t size);

#endif
