/* SPDX-License-Identifier: Apache-2.0 */
/* What a program's own file tells of it, without running it. */
#ifndef CORE_PROGRAM_H
#define CORE_PROGRAM_H

#include "core/source/source.h"

/*
 * Whether a program is installed: one of the paths, separated by spaces, is there. Configuration without it was left behind by a package that was
 * removed; but a root that lacks even the folder of the first path says nothing of that, and then `configured` decides.
 */
bool program_installed(struct source *source, const char *paths, bool configured);

/*
 * The version in a text within the program that begins with the prefix: "9.2p1" for "OpenSSH_" in "OpenSSH_9.2p1 Debian-2". With an empty prefix a
 * text that is nothing but a version of three parts. NULL where there is none, or the file cannot be read.
 */
const char *program_version(struct source *source, struct arena *arena, const char *path, const char *prefix);

/* Some text in the program ends with that one. */
bool program_holds(struct source *source, const char *path, const char *text);

#endif
