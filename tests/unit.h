/* SPDX-License-Identifier: Apache-2.0 */
/* What the unit tests share: cmocka, an arena for each test, and a folder of files that is gone afterwards. */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include "core/base/arena.h"
#include "core/base/defs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>

/* A test's own arena: setup and teardown for cmocka_unit_test_setup_teardown(). */
static inline int arena_setup(void **state)
{
	*state = arena_new();
	return 0;
}

static inline int arena_teardown(void **state)
{
	arena_free(*state);
	return 0;
}

#define test_with_arena(f) cmocka_unit_test_setup_teardown(f, arena_setup, arena_teardown)

/* A folder below $TMPDIR. */
struct folder {
	char path[512];
	struct arena *arena;
};

static inline int folder_setup(void **state)
{
	struct arena *arena = arena_new();
	struct folder *folder = arena_new_of(arena, struct folder);
	const char *above = getenv("TMPDIR");

	folder->arena = arena;
	snprintf(folder->path, sizeof(folder->path), "%s/plimsoll-unit-XXXXXX", above && *above ? above : "/tmp");
	*state = folder;
	return mkdtemp(folder->path) && chmod(folder->path, 0755) == 0 ? 0 : -1;
}

static inline int folder_remove_(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static inline int folder_teardown(void **state)
{
	struct folder *folder = *state;
	int rc = nftw(folder->path, folder_remove_, 16, FTW_DEPTH | FTW_PHYS);

	arena_free(folder->arena);
	return rc;
}

#define test_with_folder(f) cmocka_unit_test_setup_teardown(f, folder_setup, folder_teardown)

/* The path of a file in the folder; the folders it lies in are made. */
static inline char *folder_path(struct folder *folder, const char *name)
{
	char *path = arena_printf(folder->arena, "%s/%s", folder->path, name);

	for (char *c = path + strlen(folder->path) + 1; (c = strchr(c, '/')); c++) {
		*c = '\0';
		if (mkdir(path, 0755) < 0)
			assert_int_equal(errno, EEXIST);
		*c = '/';
	}
	return path;
}

static inline char *folder_write(struct folder *folder, const char *name, const void *data, size_t size)
{
	char *path = folder_path(folder, name);
	auto_fclose FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, size, file), size);
	return path;
}

static inline char *folder_puts(struct folder *folder, const char *name, const char *text)
{
	return folder_write(folder, name, text, strlen(text));
}

/* Both texts are printed when it fails. */
#define assert_starts_with(text, start) \
	do { \
		const char *text_ = (text), *start_ = (start); \
		if (strncmp(text_, start_, strlen(start_)) != 0) \
			fail_msg("\"%s\" does not start with \"%s\"", text_, start_); \
	} while (0)

#define assert_holds(text, part) \
	do { \
		const char *text_ = (text), *part_ = (part); \
		if (!strstr(text_, part_)) \
			fail_msg("\"%s\" does not hold \"%s\"", text_, part_); \
	} while (0)

/* As many lines as a configuration must have to be taken for that of a kernel. */
#define TEN_OF(text) text text text text text text text text text text
#define KCONFIG_FILLER TEN_OF(TEN_OF("CONFIG_FILLER=y\n"))

#endif
