/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHECKS_MODE_H
#define CHECKS_MODE_H

#include "core/benchmark/expect.h"
#include "core/source/source.h"

/* The bits of a file's mode, and of a umask, by name: "other-write". */
extern const struct bit_name mode_bits[];

/* Adds who owns the file, its group or its mode; `field` is one of the words owner, group and mode. Not present: its state. */
void items_add_mode_of(struct items *items, const struct file *file, const char *field);

#endif
