/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An engine gives meaning to the <check> elements of one check system. A rule's check is dispatched by its `system` URI; a
 * rule whose system has no engine is notchecked. Ours is core/benchmark/engine_plimsoll.c; another language is another file and a row
 * in the table that cli/ hands to benchmark_read().
 */
#ifndef CORE_ENGINE_H
#define CORE_ENGINE_H

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/benchmark/result.h"

struct buffer;
struct xml;
struct registry;
struct benchmark;

/* Where an engine's program was read, for its messages. */
struct engine_context {
	struct arena *arena;            /* lives as long as the benchmark */
	const char *path;               /* of the benchmark */
	const struct registry *registry;
};

/* How a program asks for the value bound to a name by check-export; NULL: not exported. */
struct bindings {
	const char *(*value)(const struct bindings *bindings, const char *export_name);
};

struct engine {
	const char *system;

	/* Reads a <check> element of this system. Returns 0, or -errno with "FILE:LINE: what". */
	int (*load)(const struct engine_context *context, const struct xml *check, void **program, struct err *err);

	/* Puts the values of the chosen profile in. Called before judge(), again for another profile. */
	int (*bind)(const struct engine_context *context, void *program, const struct bindings *bindings, struct err *err);

	/* Looks at the subject and judges; adds the evidence, at least one, and says which of it is decisive. */
	enum outcome (*judge)(const void *program, const struct subject *subject, struct evidences *evidence);

	/* Says in words what is looked at and what is wanted: lines, each indented by two spaces a level. */
	void (*describe)(const void *program, struct buffer *out);

	/* Gives back what does not lie in the arena. */
	void (*release)(void *program);
};

#endif
