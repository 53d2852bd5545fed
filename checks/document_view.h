/* SPDX-License-Identifier: Apache-2.0 */
/* The further sets of files that those who start containers as root read, besides those of the system. */
#ifndef CHECKS_DOCUMENT_VIEW_H
#define CHECKS_DOCUMENT_VIEW_H

#include "core/benchmark/check.h"
#include "core/subject/subject.h"

struct views {
	const char **list;           /* paths as of the check's parameter `path` */
	size_t n;
};

/*
 * By its parameters `path`, `own`, `newer` and `variable`. What keeps from knowing them becomes items. The sets are each judged on their own: which
 * one counts depends on the release, and on who starts a container.
 */
struct views document_views(const struct subject *subject, const struct params *params, struct items *items);

#endif
