/* SPDX-License-Identifier: Apache-2.0 */
#include "core/fix_daemon.h"

#include "core/daemon.h"

const char *fix_daemon_file(const struct subject *host)
{
	const struct daemon_set *set = daemons_find(host, "dockerd");

	for (size_t i = 0; set->state == STATE_PRESENT && i < set->n; i++)
		if (set->list[i].n_documents && set->list[i].documents[0]->file->path)
			return set->list[i].documents[0]->file->path;
	return "/etc/docker/daemon.json";
}
