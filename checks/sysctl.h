/* SPDX-License-Identifier: Apache-2.0 */
/* The value of a kernel parameter, for the checks that rest on one. */
#ifndef CHECKS_SYSCTL_H
#define CHECKS_SYSCTL_H

#include "core/source/item.h"
#include "core/subject/subject.h"

/*
 * Adds the running value of a parameter of sysctl(8), given by its dotted name, and returns the item: read below /proc/sys, or
 * looked up in the output of `sysctl -a` where the audit was given that. The name must live as long as the items.
 */
struct item *sysctl_item(const struct subject *subject, const char *name, struct items *items);

#endif
