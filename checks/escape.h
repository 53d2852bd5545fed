/* SPDX-License-Identifier: Apache-2.0 */
/* The links that chains to the host are made of: escape_path.c joins them; those that rest on mounts are in escape_mount.c. */
#ifndef CHECKS_ESCAPE_H
#define CHECKS_ESCAPE_H

#include "core/source/item.h"
#include "core/subject/subject.h"

enum truth { NO, YES, UNKNOWN };

/* Links are joined by " → " in the report; text tells what was found. */
struct link {
	enum truth holds;
	const char *text;
};

struct view {
	const struct subject *subject;
	struct items *items;
	struct arena *scratch;
};

static inline struct link link_of(enum truth holds, const char *text)
{
	return (struct link){ holds, text };
}

/* What was looked for and is not there, and what could not be looked for. */
static inline enum truth is_there(const struct file *file)
{
	return file->state == STATE_PRESENT ? YES : file->state == STATE_ABSENT ? NO : UNKNOWN;
}

/* Whether a mount of the container is a link of the chain; `h` is one of the host's names for it, NULL where it has none. */
typedef enum truth fits_fn(const struct view *v, const struct mount *m, const struct host_path *h);

/* The first mount that fits, in any mount namespace of the container; where none does, one that may. The text is the words before it, and where it is. */
struct link mount_that(const struct view *v, fits_fn *fits, const char *words);

fits_fn shows_socket, shows_bus, shows_writable_root, shows_root, shows_commanding_files, is_on_host_disk, is_release_agent, takes_setuid;

/* The kernel's core_pattern is writable, at whatever place. */
struct link writable_sysctl(const struct view *v);

#endif
