/* SPDX-License-Identifier: Apache-2.0 */
/* Files packed with gzip. */
#ifndef CORE_GUNZIP_H
#define CORE_GUNZIP_H

#include "core/source/source.h"

/* By its first bytes (RFC 1952). */
bool is_gzip(const struct file *file);

/* Unpacks a file that is_gzip(). NULL with a reason where it is damaged, cut, or unpacks to `limit` bytes or more. Not ended by a NUL. */
char *gunzip(struct arena *arena, const struct file *file, size_t limit, size_t *size, const char **why);

#endif
