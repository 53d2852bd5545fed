/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a source was asked, and what it answered: by the kind of the question and the name of what it was about. It is how a source remembers, what a
 * snapshot writes, and what a replay answers from. Whoever asks holds the source's lock. Nobody but the files of the source includes this.
 */
#ifndef CORE_FACTS_H
#define CORE_FACTS_H

#include "core/source/source.h"

enum fact_kind {
	FACT_READ, FACT_STAT, FACT_TARGET, FACT_LINK, FACT_LIST,   /* source_read() and its like, by path */
	FACT_CALL,                                                 /* source_remember() */
	FACT_PIN_READ, FACT_PIN_LINK, FACT_PIN_LIST,               /* through a pin, by the whole path */
	FACT_PIN_CALL,                                             /* a number that the kernel told of a path through a pin */
	FACT_USER_READ, FACT_USER_LIST,                            /* user_files.h; a read by path and owner, "home/x/state@1000" */
	FACT_KINDS,
};

struct fact {
	const char *name;
	enum fact_kind kind;
	struct file *file;             /* of all but lists */
	struct directory *directory;   /* of lists */
	struct fact *later;            /* what the same question was answered later; of pins alone, behind which nothing is remembered */
	struct fact *now;              /* of the first: the answer that was given last */
	bool missing;                  /* nothing is known of it: a snapshot was asked for what it does not hold */
};

struct facts {
	struct arena *arena;
	struct fact **slots;           /* the first of each name; open addressing, n_slots is a power of two */
	size_t n_slots, used;
	size_t n;                      /* with later answers */
};

void facts_init(struct facts *facts, struct arena *arena);
void facts_free(struct facts *facts);

/* The answer, the first of several, or NULL. */
struct fact *facts_find(const struct facts *facts, enum fact_kind kind, const char *name);

/* A new answer, which the caller fills in; it stands behind those of the same name. The name is copied. */
struct fact *facts_add(struct facts *facts, enum fact_kind kind, const char *name);

/* The answer after the one that was given last; the last one again where there is no other. NULL: there is none. */
struct fact *facts_next(struct facts *facts, enum fact_kind kind, const char *name);

/* The kind lists names. */
bool fact_is_list(enum fact_kind kind);

#endif
