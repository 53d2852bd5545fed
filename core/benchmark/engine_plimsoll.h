/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Our own check language, urn:plimsoll:check:1. The check-content of an XCCDF check holds one element: a check of the registry
 * with its parameters and what is expected, or one of the combinations
 *
 *   <all-of> <any-of>   AND and OR by the truth tables of XCCDF's complex-check
 *   <first-of>          the first operand that can be seen decides (effective state before intent); one that is there but cannot
 *                       be read makes the whole unknown
 *   <not>               pass and fail exchanged
 *
 * Guards kernel=">= 6.6", arch="x86_64 arm64" and cpu="intel" (who made it) make an element not applicable elsewhere; where a kernel or a
 * system is audited that is for many machines, cpu= holds. absent="pass|fail|notapplicable" must
 * be given unless exists= is, and means what a completed look-up showed not to be there. otherwise="notapplicable" on a test says that
 * a value which is not the wanted one says nothing (inside first-of, the next operand is asked). An attribute that is "$name" is the value
 * that check-export exports under that name; one that begins so may have more words, each a name or to be taken as it is.
 */
#ifndef CORE_ENGINE_PLIMSOLL_H
#define CORE_ENGINE_PLIMSOLL_H

#include "core/benchmark/engine.h"

#define PLIMSOLL_SYSTEM "urn:plimsoll:check:1"

extern const struct engine engine_plimsoll;

#endif
