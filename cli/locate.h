/* SPDX-License-Identifier: Apache-2.0 */
/* Finds and loads the benchmarks a verb works on. */
#ifndef CLI_LOCATE_H
#define CLI_LOCATE_H

#include "cli/options.h"
#include "core/benchmark/policy.h"

extern const struct registry registry;

/* The shipped benchmarks: *.xml beside the program, in ../share/plimsoll, or where it was installed. Sorted; ended by NULL. */
const char **benchmarks_shipped(struct arena *arena);

/* The benchmark by which plimsoll tells of waivers. It has no checks, so it is none of the shipped ones. NULL: it is not installed. */
const char *benchmark_of_waivers(struct arena *arena);

/* The path of a benchmark given by name or file. Returns 0, or -ENOENT with a sentence that lists what there is. */
int benchmark_locate(struct arena *arena, const char *given, const char **path, struct err *err);

/* What a verb works on: those asked for, or all shipped. */
struct loaded {
	struct benchmark **benchmarks;
	struct policy **policies;
	struct tailoring **tailorings;   /* by benchmark: or NULL; NULL as a whole: none were looked for */
	size_t n;
	struct value_wish *wishes;
	size_t n_wishes;
};

/* Whether the texts that only explain a rule are wanted, too. */
enum texts { TEXTS_ALL, TEXTS_FOR_VERDICT };

/*
 * Reads the benchmarks of the options and applies their profile, tailorings and values. When several are in play, the profile asked for
 * must exist in one of them, or in the tailoring of one; the others keep their default, or the only one of their tailoring.
 */
int benchmarks_load(struct loaded *loaded, const struct options *options, enum texts texts, struct err *err);

/* Adds the one for waivers. Returns 0, or -errno with a sentence. */
int benchmarks_load_waivers(struct loaded *loaded, const struct options *options, enum texts texts, struct err *err);
void benchmarks_release(struct loaded *loaded);

#define auto_loaded __attribute__((cleanup(benchmarks_release)))

#endif
