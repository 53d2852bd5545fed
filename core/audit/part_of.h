/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One exposure, one finding. A rule may look at a part of what another rule looks at, also of another benchmark: the value that a kernel
 * parameter has now, where the other looks at the files for the next start, too. It says so with an ident of the system below, whose text
 * is the short id of the other rule.
 */
#ifndef CORE_PART_OF_H
#define CORE_PART_OF_H

#include "core/audit/audit.h"

#define PART_OF_SYSTEM "urn:plimsoll:part-of"

/*
 * A failed result whose rule is part of one that fails on the same subject, and is at least as severe, becomes not applicable, with the
 * reason. Where the other was not judged, or does not fail, it stays; and of two that name each other, one stays.
 */
void part_of_settle(struct subject_results *results, struct arena *arena);

#endif
