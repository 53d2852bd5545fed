/* SPDX-License-Identifier: Apache-2.0 */
/* Mounts that can be looked into without waiting for somebody. */
#include "core/process/mount.h"

#include "core/base/text.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

bool mount_is_local(const struct mount *m)
{
	return list_has("bcachefs btrfs devtmpfs erofs exfat ext2 ext3 ext4 f2fs jfs overlay ramfs rootfs squashfs tmpfs vfat xfs zfs", " ",
			m->type);
}

/* btrfs numbers each subvolume, and the table the whole. */
bool mount_is_of(const struct mount *m, uint64_t device)
{
	return streq(m->type, "btrfs") || device == m->device;
}

bool mount_bears(int fd, const struct mount *m)
{
	struct statx x;

	return !statx(fd, "", AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT | AT_EMPTY_PATH, 0, &x) &&
	       mount_is_of(m, makedev(x.stx_dev_major, x.stx_dev_minor));
}
