/* SPDX-License-Identifier: Apache-2.0 */
/* Scripts that a fix says shorter: a package by the manager that is there, and a command for each thing that was found. */
#ifndef CORE_FIX_COMMANDS_H
#define CORE_FIX_COMMANDS_H

#include "core/fix/fix_plan.h"

/*
 * "install apt=auditd dnf=audit zypper=audit apk=audit pacman=audit", or "remove …"; several names of one manager by commas, a manager that is not named
 * has no such package. NULL: the text is no such thing.
 */
const char *fix_package_script(struct arena *arena, const char *text);

/*
 * Makes a script of the item's text, whose lines stand in it once for each piece of evidence that failed: {value} is what was found, up to ": ";
 * {name} is what stands behind " of " in what the evidence is called, {place} where it was found; evidence without it is passed over. A name may be anybody's: each is quoted, and one that means
 * anything to a shell, or begins like an option, gives no command but a note. The item is set apart, for these are somebody's accounts and files; without a
 * command it is left to hands. False: nothing was found that a command could name.
 */
bool fix_make_each(struct arena *arena, struct fix_item *item);

#endif
