/* SPDX-License-Identifier: Apache-2.0 */
/* What the checks that look at certificates share. */
#ifndef CHECKS_CERTIFICATE_ITEM_H
#define CHECKS_CERTIFICATE_ITEM_H

#include "core/benchmark/check.h"

/*
 * An item for each certificate in a PEM file: several authorities may stand in one, or a chain. `field` is "validity" ("valid", "expires-soon", "expired",
 * "not-yet-valid"), "lifetime" (days that it is good for), or "age" (days since it was made).
 */
void items_add_certificates(struct items *items, const struct file *file, const char *field, int64_t now);

#endif
