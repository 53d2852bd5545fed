/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/writers.h"

#include "core/base/text.h"

#include <sys/sysmacros.h>

/* /dev/null, to which links of masked units lead: everybody writes to it, and nobody changes it. */
static bool is_null(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && major(st->st_rdev) == 1 && minor(st->st_rdev) == 3;
}

const char *writers_of_step(struct arena *arena, const struct file *step)
{
	mode_t mode = step->stat.st_mode;

	if (step->stat.st_uid != 0)
		return arena_printf(arena, "user %u", (unsigned)step->stat.st_uid);
	if (S_ISLNK(mode) || (S_ISDIR(mode) && (mode & S_ISVTX)) || is_null(&step->stat))
		return NULL;
	if (mode & S_IWOTH)
		return "everyone";
	return (mode & S_IWGRP) && step->stat.st_gid != 0 ? arena_printf(arena, "group %u", (unsigned)step->stat.st_gid) : NULL;
}

const char *writers_step_path(struct arena *arena, const struct trail *trail, size_t i)
{
	const char *path = trail->steps[i]->path;

	return i ? text_safe(arena, path, strlen(path), 1024) : "/";
}
