/* SPDX-License-Identifier: Apache-2.0 */
/* Files that a plan changes as they are now: those that have no drop-ins, and whether drop-ins are read at all. */
#ifndef CORE_FIX_FILES_H
#define CORE_FIX_FILES_H

#include "core/fix/fix_plan.h"

/* Reads them by the source of the audit's host, captured or not. What stands in the way is a note of the item. */
void fix_read_files(struct fix_plan *plan, const struct audit *audit);

/* Makes the changes of the items that are not set apart, in copies. An item whose change cannot be made is left to hands. */
void fix_change_files(struct fix_plan *plan);

/* The text with the changes that the item makes of that file; NULL: one cannot be made. */
const char *fix_changed(struct arena *arena, const struct fix_item *item, const struct fix_target *target, const char *text, const char **why);

#endif
