/* SPDX-License-Identifier: Apache-2.0 */
#include "core/fix/fix_daemon.h"

#include "core/daemon/daemon.h"

static const char *default_of(const char *name)
{
	for (const struct daemon_kind *kind = daemon_kinds; kind->name; kind++)
		if (streq(kind->name, name) && kind->config_default)
			return kind->config_default;
	return NULL;
}

const char *fix_daemon_file(const struct subject *host, const char *name)
{
	const struct daemon_set *set = daemons_find(host, name);

	for (size_t i = 0; set->state == STATE_PRESENT && i < set->n; i++)
		if (set->list[i].n_documents && set->list[i].documents[0]->file->path)
			return set->list[i].documents[0]->file->path;
	return default_of(name);
}
