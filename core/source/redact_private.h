/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the redaction share. Nobody else includes this. */
#ifndef CORE_REDACT_PRIVATE_H
#define CORE_REDACT_PRIVATE_H

#include "core/base/text.h"
#include "core/source/redact.h"

/* Addresses that were met, each with what it becomes. */
struct address {
	unsigned char bytes[16];
	unsigned size;           /* 4, 16, or 6 of a network card */
	unsigned number;         /* among those of its size */
};

struct addresses {
	struct arena *arena;
	struct address *list;
	size_t n;
	unsigned counts[17];     /* by size */
	const char **hashes;     /* of passwords */
	size_t n_hashes;
};

/* A name and what it becomes. */
struct name {
	const char *is, *becomes;
	size_t size;
	bool any_case;           /* as names of hosts are */
};

struct redaction {
	struct source *source;
	struct arena *arena;
	struct name *names;
	size_t n;
	const char *host;        /* or NULL: replaced where the kernel or a file says nothing else */
	struct buffer left;
	struct addresses addresses;
};

/* The lines of passwd(5), shadow(5) or gshadow(5) without the names of people, and without hashes that have no form of their own. */
const char *redact_fields(struct redaction *redaction, const char *data, bool passwd);

/*
 * An address that begins at `at`: adds what it becomes, and returns its length; 0: none does, or one that stays. `before`: the character in front of
 * it, or NUL.
 */
size_t redact_address(struct addresses *addresses, struct buffer *out, const char *at, size_t size, char before);

/* An IPv6 address of 32 digits, as /proc/net/if_inet6 has it, in the same way. */
size_t redact_digits(struct addresses *addresses, struct buffer *out, const char *at, size_t size, char before);

/* What must not be known, in the same way: "$6$…", "grub.pbkdf2…", "-----BEGIN PRIVATE KEY-----…", DB_PASSWORD=…. */
size_t redact_secret(struct addresses *addresses, struct buffer *out, const char *at, size_t size, char before);

/* What was just added for a hash, letters or digits alike, ends in what tells it from others: two users of one password still have one hash. */
void redact_tell_apart(struct addresses *addresses, struct buffer *out, const char *hash, size_t size);

/* The variables of a process without the values of those that are named like credentials: a copy of the same size. */
char *redact_variables(struct arena *arena, const char *data, size_t size);

#endif
