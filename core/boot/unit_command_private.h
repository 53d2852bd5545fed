/* SPDX-License-Identifier: Apache-2.0 */
/* What unit_command.c and unit_environment.c share; nobody else includes this. */
#ifndef CORE_UNIT_COMMAND_PRIVATE_H
#define CORE_UNIT_COMMAND_PRIVATE_H

#include "core/boot/unit_command.h"

/* Puts the variables into the unit, in the order in which the last of a name counts. */
void unit_environment_read(struct source *source, struct arena *arena, const struct unit *from, struct unit_command *unit);

/* Something of the unit is not known; the first such thing is kept. */
void unit_command_unread(struct unit_command *unit, const char *path, enum state state, const char *why);

extern const char unit_command_too_long[];

#endif
