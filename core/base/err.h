/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One sentence about our own failure: an unreadable benchmark, a full disk, a usage mistake.
 * It travels upward beside a negative errno, gains context on the way, and is printed once, in cli/.
 * The state of the audited machine never travels this way: that is an item's state.
 */
#ifndef CORE_ERR_H
#define CORE_ERR_H

#include "core/base/defs.h"

struct err {
	char text[1024];
};

/* Write the sentence. Returns -code, so that "return err_set(err, EINVAL, …)" reads well. */
int err_set(struct err *err, int code, const char *format, ...) PRINTF_LIKE(3, 4);

/* Put "context: " before the sentence that stands there. Returns rc unchanged. */
int err_wrap(struct err *err, int rc, const char *format, ...) PRINTF_LIKE(3, 4);

#endif
