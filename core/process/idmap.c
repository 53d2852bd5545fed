/* SPDX-License-Identifier: Apache-2.0 */
#include "core/process/idmap.h"

#include <inttypes.h>

struct id_map id_map_parse(struct arena *arena, const struct file *file)
{
	struct id_map map = { .origin = file->path, .state = file->state, .why = file->why };

	if (file->state != STATE_PRESENT)
		return map;
	for (const char *line = file->data, *end; (end = strchr(line, '\n')); line = end + 1) {
		struct id_range range;

		if (sscanf(line, "%" SCNu32 " %" SCNu32 " %" SCNu32, &range.inside, &range.outside, &range.length) != 3) {
			map.state = STATE_MALFORMED;
			map.why = "it is no map of ids";
			return map;
		}
		arena_push(arena, map.list, map.n) = range;
	}
	return map;
}

int64_t id_map_outside(const struct id_map *map, uint32_t inside)
{
	for (size_t i = 0; i < map->n; i++) {
		const struct id_range *r = &map->list[i];

		if (inside >= r->inside && inside - r->inside < r->length)
			return (int64_t)r->outside + (inside - r->inside);
	}
	return -1;
}

bool id_map_is_identity(const struct id_map *map)
{
	for (size_t i = 0; i < map->n; i++)
		if (map->list[i].inside != map->list[i].outside)
			return false;
	return map->n > 0;
}

uint64_t id_map_width(const struct id_map *map)
{
	uint64_t width = 0;

	for (size_t i = 0; i < map->n; i++)
		width += map->list[i].length;
	return width;
}

bool id_maps_overlap(const struct id_map *a, const struct id_map *b)
{
	for (size_t i = 0; i < a->n; i++)
		for (size_t k = 0; k < b->n; k++) {
			const struct id_range *x = &a->list[i], *y = &b->list[k];

			if ((uint64_t)x->outside < (uint64_t)y->outside + y->length && (uint64_t)y->outside < (uint64_t)x->outside + x->length)
				return true;
		}
	return false;
}
