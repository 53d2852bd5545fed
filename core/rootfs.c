/* SPDX-License-Identifier: Apache-2.0 */
#include "core/rootfs.h"

#include "core/source_private.h"
#include "core/text.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

bool rootfs_is_local(const struct mount *m)
{
	return list_has("bcachefs btrfs devtmpfs erofs exfat ext2 ext3 ext4 f2fs jfs overlay ramfs rootfs squashfs tmpfs vfat xfs zfs", " ",
			m->type);
}

bool rootfs_stands_on(int fd, const struct mount *m)
{
	struct statx x;

	if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT, STATX_TYPE, &x) < 0)
		return false;
	/* btrfs numbers each subvolume, and the table the whole */
	return streq(m->type, "btrfs") || makedev(x.stx_dev_major, x.stx_dev_minor) == m->device;
}

static int failed(int code, const char *said, const char **why)
{
	*why = said;
	return -code;
}

/* What stands at the path, opened without a word to its file system (O_PATH): a descriptor, or -errno and *why. */
static int look(const struct subject *s, const char *path, int flags, const char **why)
{
	const struct mount *top = mount_serving(s->mounts, "/"), *m = mount_serving(s->mounts, path);
	struct open_how how = { .flags = (uint64_t)(O_PATH | O_NOFOLLOW | O_CLOEXEC | flags),
				.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS };
	auto_close int root = -1, found = -1;

	if (!source_is_live(s->source))
		return failed(ENOENT, "the files of a container are not part of a captured root", why);
	if (!top || !m)
		return failed(EINVAL, "no mount serves it", why);
	if (!rootfs_is_local(top) || !rootfs_is_local(m))
		return failed(EXDEV, arena_printf(s->arena, "it lies on %s, which need not answer", rootfs_is_local(top) ? m->type : top->type), why);
	root = openat(s->pin->fd, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return failed(errno, arena_strdup(s->arena, strerror(errno)), why);
	if (!rootfs_stands_on(root, top))
		return failed(EXDEV, "its root directory is on another file system than its mount table says", why);
	found = (int)syscall(SYS_openat2, root, *path == '/' && path[1] ? path + 1 : ".", &how, sizeof(how));
	if (found < 0)
		return failed(errno, arena_strdup(s->arena, strerror(errno)), why);
	if (!rootfs_stands_on(found, m))
		return failed(EXDEV, "it is on another file system than the mount table says", why);
	return take_fd(&found);
}

int rootfs_open(const struct subject *s, const char *path, const char **why)
{
	auto_close int found = look(s, path, O_DIRECTORY, why);
	int fd;

	if (found < 0)
		return found;
	fd = openat(found, ".", O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return fd >= 0 ? fd : failed(errno, arena_strdup(s->arena, strerror(errno)), why);
}

int rootfs_stat(const struct subject *s, const char *path, struct stat *stat, const char **why)
{
	auto_close int found = look(s, path, 0, why);

	if (found < 0)
		return found;
	return fstat(found, stat) == 0 ? 0 : failed(errno, arena_strdup(s->arena, strerror(errno)), why);
}
