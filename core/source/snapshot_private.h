/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of a manifest. Nobody but the files of the snapshot includes this. */
#ifndef CORE_SNAPSHOT_PRIVATE_H
#define CORE_SNAPSHOT_PRIVATE_H

#include "core/base/text.h"
#include "core/source/snapshot.h"
#include "core/source/source_private.h"

#define MANIFEST_NAME "manifest"
#define MANIFEST_BESIDE ".manifest"     /* of a root, behind its name */
#define MANIFEST_MAGIC "plimsoll-snapshot 1\n"
#define MANIFEST_ROOT_MAGIC "plimsoll-root 1\n"

/* A line of an answer, read. */
struct manifest_line {
	enum fact_kind kind;
	const char *name;
	struct file file;        /* without what lies in a file of its own */
	bool elsewhere;          /* contents do: */
	const char *at;          /* there, below the snapshot */
	size_t size;             /* of contents, or entries of a list */
};

/* Adds the line of a fact, and those of its entries. `at`: where its contents lie below the snapshot; NULL: nowhere, they are short or there are none. */
void manifest_add(struct buffer *out, const struct fact *fact, const char *at);

/* Where contents lie unless file= says otherwise. */
const char *manifest_place(struct arena *arena, const char *name);

/* Contents that stand in the line itself. */
bool manifest_is_short(const struct fact *fact);

/* Reads one line of `size` bytes. Returns NULL, or what is wrong, a clause. */
const char *manifest_take(struct arena *arena, const char *text, size_t size, struct manifest_line *line);
const char *manifest_take_entry(struct arena *arena, const char *text, size_t size, struct entry *entry);

#endif
