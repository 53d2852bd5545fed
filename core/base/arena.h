/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory that lives as long as one run: items, results, benchmarks and their strings. Nothing in it is
 * freed alone; arena_free() gives everything back. Out of memory ends the program with exit status 2.
 */
#ifndef CORE_ARENA_H
#define CORE_ARENA_H

#include "core/base/defs.h"

#include <stdarg.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *arena);

/* Everything allocated so far is gone; the memory serves again. */
void arena_reset(struct arena *arena);

/* What lies in `other` lies in `arena` from now on; `other` is gone. */
void arena_join(struct arena *arena, struct arena *other);

/* Zeroed memory, aligned for any type. */
void *arena_alloc(struct arena *arena, size_t size);
#define arena_new_of(arena, type)        ((type *)arena_alloc((arena), sizeof(type)))
#define arena_array_of(arena, type, n)   ((type *)arena_alloc((arena), sizeof(type) * (n)))

char *arena_strdup(struct arena *arena, const char *text);
char *arena_strndup(struct arena *arena, const char *text, size_t size);
char *arena_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
char *arena_vprintf(struct arena *arena, const char *format, va_list args) PRINTF_LIKE(2, 0);

/* Room for one more element in an array of n elements that doubles as it grows; the array may move. */
void *arena_room(struct arena *arena, void *array, size_t n, size_t element_size);
#define arena_push(arena, array, n) \
	(*(((array) = arena_room((arena), (array), (n), sizeof(*(array)))), &(array)[(n)++]))

#define auto_arena __attribute__((cleanup(arena_free_)))
static inline void arena_free_(struct arena **arena)
{
	arena_free(*arena);
}

/* As malloc(), but never NULL: says so and exits with status 2 instead. */
void *xmalloc(size_t size);
void *xrealloc(void *old, size_t size);

#endif
