/* SPDX-License-Identifier: Apache-2.0 */
/* Attributes and small macros that every file uses. */
#ifndef CORE_DEFS_H
#define CORE_DEFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ARRAY_LEN(a)       (sizeof(a) / sizeof((a)[0]))
#define PRINTF_LIKE(f, a)  __attribute__((format(printf, f, a)))
#define NULL_ENDED         __attribute__((sentinel))

static inline bool streq(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

static inline bool starts_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* Release at the end of the block. A variable handed on is set to NULL (or -1) with take(). */
static inline void auto_free_(void *p)
{
	free(*(void **)p);
}

static inline void auto_close_(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void auto_fclose_(FILE **f)
{
	if (*f)
		fclose(*f);
}

#define auto_free    __attribute__((cleanup(auto_free_)))
#define auto_close   __attribute__((cleanup(auto_close_)))
#define auto_fclose  __attribute__((cleanup(auto_fclose_)))

static inline int take_fd(int *fd)
{
	int kept = *fd;

	*fd = -1;
	return kept;
}

#endif
