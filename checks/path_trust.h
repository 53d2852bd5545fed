/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHECKS_PATH_TRUST_H
#define CHECKS_PATH_TRUST_H

#include "core/source/item.h"

/*
 * Adds an item where others than root can change what stands at an absolute path: it, or a directory above it, is not owned by root or can be
 * written by group or others (a sticky directory counts as safe), is missing, or cannot be looked at. Nothing where all is well.
 */
void path_trust(struct source *source, const char *path, const char *name, struct items *items);

/*
 * The same of a folder in which programs are looked for: a sticky one that others can write to is no safe one, and of one that is not there it is asked
 * who could make it.
 */
void path_trust_folder(struct source *source, const char *path, const char *name, struct items *items);

#endif
