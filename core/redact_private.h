/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the redaction share. Nobody else includes this. */
#ifndef CORE_REDACT_PRIVATE_H
#define CORE_REDACT_PRIVATE_H

#include "core/redact.h"
#include "core/text.h"

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

/*
 * An address that begins at `at`: adds what it becomes, and returns its length; 0: none does, or one that stays. `before`: the character in front of
 * it, or NUL.
 */
size_t redact_address(struct addresses *addresses, struct buffer *out, const char *at, size_t size, char before);

/* A password hash that begins at `at`, in the same way: "$6$…", "grub.pbkdf2…". */
size_t redact_hash(struct addresses *addresses, struct buffer *out, const char *at, size_t size, char before);

/* What was just added for a hash, letters or digits alike, ends in what tells it from others: two users of one password still have one hash. */
void redact_tell_apart(struct addresses *addresses, struct buffer *out, const char *hash, size_t size);

#endif
