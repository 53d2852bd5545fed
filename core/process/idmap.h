/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/PID/uid_map and gid_map: which ids of the host a user namespace has; see user_namespaces(7). */
#ifndef CORE_IDMAP_H
#define CORE_IDMAP_H

#include "core/source/source.h"

struct id_range {
	uint32_t inside, outside, length;   /* outside: as seen from our own user namespace */
};

struct id_map {
	const char *origin;
	enum state state;            /* STATE_MALFORMED: not understood; no range at all is legal: nothing is mapped yet */
	const char *why;
	struct id_range *list;
	size_t n;
};

struct id_map id_map_parse(struct arena *arena, const struct file *file);

/* The host's id for one of the container's; -1 where it is not mapped. */
int64_t id_map_outside(const struct id_map *map, uint32_t inside);

/* Every id is itself: the map of the initial user namespace, or one that is as good. */
bool id_map_is_identity(const struct id_map *map);

/* How many ids are mapped. */
uint64_t id_map_width(const struct id_map *map);

/* They share an id of the host. */
bool id_maps_overlap(const struct id_map *a, const struct id_map *b);

#endif
