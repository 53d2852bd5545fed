/* SPDX-License-Identifier: Apache-2.0 */
/* Whether something that runs now depends on what a fix changes. */
#ifndef CORE_FIX_USE_H
#define CORE_FIX_USE_H

#include "core/fix/fix_plan.h"

/* Looks at the host of the audit, and says in the notes of each item what would miss what it takes away; such an item is set apart. */
void fix_look_for_use(struct fix_plan *plan, const struct audit *audit);

/* A note, and no more than that. */
void fix_leave_to_hands(struct arena *arena, struct fix_item *item, const char *why);

/* A note, and that the item is set apart. */
void fix_set_apart(struct arena *arena, struct fix_item *item, const char *why);

#endif
