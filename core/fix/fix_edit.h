/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A change of a file that has no drop-ins, as a line of a fix says it: "FILE SYNTAX …". The change is made in a copy of the file's text, line by line,
 * so that whatever else stands there stays as it is; nothing is written.
 *
 *	words KEY VALUE                    KEY VALUE, as in login.defs(5)
 *	equals KEY VALUE                   KEY=VALUE
 *	spaced KEY VALUE                   KEY = VALUE
 *	word KEY                           KEY alone on its line
 *	without SYNTAX KEY [BELOW]         no such line of one of the above; with a number, none whose value is below it
 *	option PLACE OPTION [LINE…]        a mount option of the lines of fstab(5) for PLACE, a glob, or "network"; where there is none, that line is added
 *	argument PROGRAM --FLAG=VALUE      of the program in a pod's manifest; --FLAG+=WORD and --FLAG-=WORD are of a list, "- --FLAG" takes it out
 *	yaml PATH.TO.KEY VALUE             VALUE stands on one line; "yaml - PATH.TO.KEY" takes it out
 *	toml TABLE KEY VALUE               TABLE may be globs over the tables that are there, with | between them; "toml - TABLE KEY" takes it out
 *	section NAME KEY VALUE             KEY=VALUE below [NAME]
 */
#ifndef CORE_FIX_EDIT_H
#define CORE_FIX_EDIT_H

#include "core/base/arena.h"

struct fix_edit {
	const char *file;        /* "/etc/login.defs", several by |, the first that is there counts; or "@kubelet": what the daemon reads */
	const char *syntax;
	const char *rest;        /* what stands behind it */
};

/* False where the line is no such thing. */
bool fix_edit_read(struct arena *arena, struct fix_edit *edit, const char *line);

/* The text with the change; as it is where that says so already. NULL: it cannot be made, and *why says why, of a kind "it has no …". */
const char *fix_edit_apply(struct arena *arena, const struct fix_edit *edit, const char *text, const char **why);

#endif
