/* SPDX-License-Identifier: Apache-2.0 */
#include "core/netfilter.h"

#include "core/text.h"

#include <errno.h>

static const char *const hooks[FILTER_HOOKS] = { [HOOK_INPUT] = "input", [HOOK_FORWARD] = "forward", [HOOK_OUTPUT] = "output" };

enum filter_hook filter_hook_of(const char *name)
{
	enum filter_hook hook = 0;

	while (hook < FILTER_HOOKS && !streq(hooks[hook], name))
		hook++;
	return hook;
}

static void failed(struct netfilter *filter, struct arena *arena, int rc)
{
	filter->state = rc == -EPERM || rc == -EACCES ? STATE_DENIED : rc == -ENOTSUP ? STATE_UNAVAILABLE : STATE_BROKEN;
	filter->why = rc == -ENOTSUP ? "built without libnftnl"
		    : arena_printf(arena, "the kernel's packet filter cannot be read: %s", strerror(-rc));
}

struct netfilter *netfilter_read(struct source *source, enum tables_build build, struct arena *arena)
{
	struct netfilter *filter = arena_new_of(arena, struct netfilter);
	const struct file *loaded;
	int rc = 0;

	if (!source_is_live(source)) {
		filter->state = STATE_UNAVAILABLE;
		filter->why = "only the running kernel can be asked for its packet filter";
		return filter;
	}
	loaded = source_stat(source, "sys/module/nf_tables");
	if (build == TABLES_BUILT_IN || loaded->state == STATE_PRESENT) {
		rc = netfilter_add_tables(filter, arena);
	} else if (build == TABLES_UNKNOWN || loaded->state != STATE_ABSENT) {
		filter->state = STATE_BROKEN;
		filter->why = "whether nf_tables is loaded is not known, and asking it would load it";
		return filter;
	}
	if (rc == 0)
		rc = netfilter_add_legacy(filter, source, arena);
	if (rc < 0)
		failed(filter, arena, rc);
	return filter;
}
