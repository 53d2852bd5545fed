/* SPDX-License-Identifier: Apache-2.0 */
/* The .mount units of systemd, as entries beside the lines of fstab; and the last value of a key in a unit with its drop-ins. */
#ifndef CORE_MOUNT_UNITS_H
#define CORE_MOUNT_UNITS_H

#include "core/fstab.h"

/* Adds an entry for each unit; what could not be looked at is noted in fstab->unseen. */
void mount_units_read(struct fstab *fstab, struct source *source, struct arena *arena);

/* A unit's file and its drop-ins, in the order in which systemd reads them. */
struct unit_text {
	const struct file **list;
	size_t n;
	const char *path;            /* of the unit's file, made safe; NULL where there is none */
	bool of_admin;               /* it lies below /etc or /run, and goes before what generators make */
	bool masked;
	struct unseen unseen;
};

struct unit_text unit_text_read(struct source *source, struct arena *arena, const char *name);

/*
 * The values that a key such as Options= has in a section such as "[Mount]", one after the other with a line break between them; an empty
 * assignment forgets what came before. NULL where there is none.
 */
char *unit_text_values(const struct unit_text *unit, struct arena *arena, const char *section, const char *key);

#endif
