/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of configuration files share: a root made of texts, and what its readers say of it. */
#ifndef TESTS_UNIT_CONFIG_H
#define TESTS_UNIT_CONFIG_H

#include "tests/unit.h"

#include "core/config/config.h"
#include "core/subject/subject.h"

static inline struct source *root_open(struct folder *folder)
{
	struct source *source = NULL;
	struct err err = { "" };

	if (source_open(&source, folder->path, &err) != 0)
		fail_msg("%s", err.text);
	return source;
}

/* What the table makes of the files in the folder. */
static inline const void *table_read(struct folder *folder, struct source *source, const struct host_table *table)
{
	return table->read(source, folder->arena);
}

/* One of the faults is of that state, at that place, and says this; the others are not looked at. */
static inline void assert_fault(const struct faults *faults, enum state state, const char *origin, const char *part)
{
	for (size_t i = 0; i < faults->n; i++)
		if (faults->list[i].state == state && streq(faults->list[i].origin, origin) && strstr(faults->list[i].why, part))
			return;
	fail_msg("of %zu faults none is at %s and holds \"%s\", the first is \"%s\" at %s", faults->n, origin, part,
		 faults->n ? faults->list[0].why : "", faults->n ? faults->list[0].origin : "nowhere");
}

static inline void assert_no_fault(const struct faults *faults)
{
	if (faults->n)
		fail_msg("%s: %s", faults->list[0].origin, faults->list[0].why);
}

#endif
