/* SPDX-License-Identifier: Apache-2.0 */
/* What the files that read a benchmark or a tailoring share; nobody else includes this. */
#ifndef CORE_BENCHMARK_READING_H
#define CORE_BENCHMARK_READING_H

#include "core/base/text.h"
#include "core/benchmark/tailoring.h"
#include "core/benchmark/xml.h"

#include <libxml/parser.h>

/* A reference, and the line it stands on. */
struct idref {
	const char *id;
	unsigned line;
};

struct reading {
	struct benchmark *benchmark;
	struct tailoring *tailoring;       /* a Tailoring is read, not a Benchmark: its profiles go into its `document`; or NULL */
	struct arena *arena;
	const struct registry *registry;
	struct engine_context context;
	const struct benchmark_listener *listener;   /* or NULL: the first mistake ends the reading */
	struct err *err;
	const char *path;
	xmlParserCtxt *parser;
	struct idref *subs;                /* what <sub> elements refer to: a Value or a plain-text */
	size_t n_subs;
	const char **plain_texts;          /* ids */
	size_t n_plain_texts;
	size_t told;                       /* mistakes that were stepped over */
	bool unnamed;                      /* something has no id, so nobody can say what references mean */
	int rc;                            /* the first mistake, which stopped the parser */
	char *parser_said;                 /* libxml2's own first complaint */
	struct selectable *group;          /* the innermost open Group */
	struct selectable *last_top;       /* the last item outside any Group */
	bool for_verdict;                  /* leave out the texts that no verdict needs */
	bool keeps;                        /* what is read is kept in `document`, too */
	struct buffer document;
	bool inside, done;                 /* the Benchmark is open; it was closed */
	struct arena *scratch;             /* holds the element that is being built */
	struct xml *open;                  /* its innermost open part; NULL: none is being built */
	unsigned depth;                    /* of open elements */
	unsigned stepping;                 /* depth inside an element that is stepped over */
};

/* Reads the file, element by element. Returns 0, or -errno with a sentence. */
int reading_document(struct reading *r);

/* A mistake that reading can go on behind: told to the listener, if there is one. Returns 0 then, else rc. */
int reading_tolerate(struct reading *r, int rc);

/* Each reads one element that is complete. Return 0, or -errno with "FILE:LINE: what". */
int reading_rule(struct reading *r, const struct xml *node);
int reading_value(struct reading *r, const struct xml *node);
int reading_profile(struct reading *r, const struct xml *node);

/* The attributes of a Tailoring, and an element in it that is no Profile. */
int reading_open_tailoring(struct reading *r, const struct xml *node);
int reading_tailoring_child(struct reading *r, const struct xml *node);

/* Reads a Group's attributes and makes it the innermost one. */
int reading_open_group(struct reading *r, const struct xml *node);

/* True when the element was one that Rules and Groups share (title, description, requires, conflicts). */
bool reading_item_child(struct reading *r, struct selectable *item, const struct xml *child);

/* Elements that say nothing we need. */
bool reading_is_ignored(const char *name);

int reading_unknown_element(struct reading *r, const struct xml *node, const char *where, const char *allowed);

/* Ids are given once, references lead somewhere, profiles do not extend themselves. */
int reading_check_references(struct reading *r);

/* Parts of it. What profiles refer to is looked up in `benchmark`, and what they extend among themselves, too. */
int reading_check_unique(struct reading *r);
int reading_check_profiles(struct reading *r, const struct benchmark *benchmark);

/* The benchmark has what a profile's selector is about. */
bool reading_has_target(const struct benchmark *benchmark, const struct setting *setting);

#endif
