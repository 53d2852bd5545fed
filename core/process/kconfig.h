/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A kernel build configuration: what Kconfig wrote as .config, plain or gzipped.
 *
 * A line CONFIG_X=value or "# CONFIG_X is not set" is a fact. That a symbol is not mentioned is one only when the file is
 * known to be whole: cut in the middle, it looks the same. See kconfig_is_whole().
 */
#ifndef CORE_KCONFIG_H
#define CORE_KCONFIG_H

#include "core/source/source.h"

struct kconfig {
	enum state state;          /* of the file: present, absent (in none of the usual places), denied, broken, malformed … */
	const char *why;
	const char *origin;        /* the file, or the places looked in */
	const char *version;       /* of the header line, or NULL */
	const char *arch;          /* of the header line ("x86", "arm64"), or NULL */
	bool whole;
	const char *cut_why;       /* unless whole: what is missing */
	struct kconfig_symbol *symbols;
	size_t n;
	uint32_t *slots;           /* hash table of indexes into symbols, plus one; 0: free */
	size_t n_slots;            /* a power of two */
};

struct kconfig_symbol {
	const char *name;          /* without CONFIG_; not ended by NUL */
	const char *value;         /* as written, without quotes; "n" for "is not set" */
	uint32_t name_size;
};

/* Reads the configuration of the kernel `release` (NULL: unknown). */
struct kconfig *kconfig_read(struct source *source, const char *release);

/* Parses text that is already in memory and is kept: values point into it, so it is written to; `gzip_whole` when it came out of a gzip file with a good end. */
void kconfig_parse(struct kconfig *kconfig, struct arena *arena, char *text, size_t size, bool gzip_whole);

/* The value ("y", "m", "n", a number, a string without its quotes), or NULL where the symbol is not mentioned. */
const char *kconfig_get(const struct kconfig *kconfig, const char *name);

#endif
