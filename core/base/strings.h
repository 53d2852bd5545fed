/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts kept once: the containers of a host mostly say the same of each other, word for word, and a report of a thousand of them holds each
 * sentence only once.
 */
#ifndef CORE_STRINGS_H
#define CORE_STRINGS_H

#include "core/base/arena.h"

struct strings;

/* Lies in the arena, as all that it keeps. */
struct strings *strings_new(struct arena *arena);

struct arena *strings_arena(const struct strings *strings);

/* The kept text that is equal to this one; a copy of it the first time. NULL stays NULL. */
const char *strings_keep(struct strings *strings, const char *text);

#endif
