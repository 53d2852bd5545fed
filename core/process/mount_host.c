/* SPDX-License-Identifier: Apache-2.0 */
/* What the mounts of a container show of the host: a bind mount bears no other sign than its device and root directory. */
#include "core/process/mount_private.h"

static int by_device(const void *a, const void *b)
{
	const struct mount *x = *(const struct mount *const *)a, *y = *(const struct mount *const *)b;

	if (x->device != y->device)
		return x->device < y->device ? -1 : 1;
	return x < y ? -1 : x > y;
}

void mount_tree_sort_devices(struct arena *arena, struct mounts *mounts)
{
	mounts->tree->by_device = arena_array_of(arena, struct mount *, mounts->n);
	for (size_t i = 0; i < mounts->n; i++)
		mounts->tree->by_device[i] = &mounts->list[i];
	qsort(mounts->tree->by_device, mounts->n, sizeof(*mounts->tree->by_device), by_device);
}

/* Where the mounts of the device begin among those of the host, sorted so. */
static size_t first_of(const struct mounts *host, uint64_t device)
{
	size_t low = 0, high = host->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (host->tree->by_device[middle]->device < device)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void locate(struct arena *arena, struct mount *m, const struct mounts *host)
{
	struct host_path *list = NULL;

	for (size_t i = first_of(host, m->device); i < host->n && host->tree->by_device[i]->device == m->device; i++) {
		const struct mount *h = host->tree->by_device[i];

		if (path_is_below(m->root, h->root))
			arena_push(arena, list, m->n_host_paths) =
				(struct host_path){ path_moved(arena, m->root, h->root, h->target), false, h };
		else if (path_is_below(h->root, m->root))
			arena_push(arena, list, m->n_host_paths) = (struct host_path){ h->target, true, h };
	}
	m->host_paths = list;
}

void mounts_locate(struct arena *arena, struct mounts *mounts, const struct mounts *host)
{
	if (!host->tree)
		return;
	for (size_t i = 0; i < mounts->n; i++)
		locate(arena, &mounts->list[i], host);
}

bool mount_spreads_to(const struct mount *mount, const struct mounts *host)
{
	for (size_t i = 0; mount->peers && i < host->n; i++)
		if (host->list[i].peers == mount->peers || host->list[i].master == mount->peers)
			return true;
	return false;
}
