/* SPDX-License-Identifier: Apache-2.0 */
/* The X.509 certificates in a PEM file (RFC 5280, RFC 7468), as far as their dates go: whether anybody trusts them is not looked at. */
#ifndef CORE_CERTIFICATE_H
#define CORE_CERTIFICATE_H

#include "core/source/source.h"

struct certificate {
	const char *subject;         /* "CN = kubernetes", safe for printing */
	int64_t begins, ends;        /* in seconds since the epoch */
};

struct certificates {
	enum state state;            /* MALFORMED: there is none, or one cannot be understood; UNAVAILABLE: built without libcrypto */
	const char *why;
	struct certificate *list;    /* in the order of the file; keys and what else stands between them is left out */
	size_t n;
};

/* Never NULL; lies in the arena. The file is present. */
struct certificates *certificates_read(struct arena *arena, const struct file *file);

enum validity { VALIDITY_GOOD, VALIDITY_SOON_OVER, VALIDITY_OVER, VALIDITY_NOT_YET };

/* Soon over: less than two weeks are left, and less than a tenth of its time. */
enum validity certificate_validity(const struct certificate *certificate, int64_t now);

#endif
