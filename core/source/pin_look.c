/* SPDX-License-Identifier: Apache-2.0 */
#include "core/source/pin_private.h"

#include "core/base/text.h"
#include "core/source/source_private.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/nsfs.h>
#include <linux/openat2.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>

/* <linux/nsfs.h> of Linux 6.11. */
struct mount_namespace_info {
	uint32_t size, n_mounts;
	uint64_t id;
};

#define GET_MOUNT_NAMESPACE_INFO _IOR(0xb7, 0xa, struct mount_namespace_info)

static void failed(struct pin *pin, struct arena *arena, struct file *file, const char *name, int code)
{
	file->code = source_recorded_errno(pin->source, pin->fd, name, code);
	if (file->code == ESRCH) {
		pin->gone = true;
		file->state = STATE_BROKEN;
		file->why = "the process has ended";
	} else if (file->code == ENOENT) {
		/* what a captured root lacks was not captured: the process may have had it */
		file->state = pin->source->live ? STATE_ABSENT : STATE_UNAVAILABLE;
		file->why = pin->source->live ? "not there" : "the root does not hold it";
	} else {
		file->state = source_state_of_errno(file->code, &file->why);
		file->why = arena_strdup(arena, file->why);
	}
}

static int open_below(struct pin *pin, const char *name, uint64_t flags)
{
	if (pin->fd < 0)
		return -EBADF;
	flags |= O_NONBLOCK | O_NOCTTY | O_NOFOLLOW;
	return source_open_in(pin->source, pin->fd, name, flags, RESOLVE_BENEATH | RESOLVE_NO_XDEV);
}

struct file pin_look_read(struct pin *pin, struct arena *arena, const char *name, size_t limit)
{
	struct file file = { .path = arena_printf(arena, "/%s/%s", pin->path, name) };
	auto_close int fd = open_below(pin, name, O_RDONLY);
	char *data;
	ssize_t size;

	if (fd < 0) {
		failed(pin, arena, &file, name, errno);
		return file;
	}
	if (!pin->source->live && (fstat(fd, &file.stat) < 0 || !S_ISREG(file.stat.st_mode))) {
		file.state = STATE_BROKEN;
		file.code = EINVAL;
		file.why = arena_printf(arena, "is %s, not a regular file", kind_of_file(file.stat.st_mode));
		return file;
	}
	size = source_slurp(arena, fd, 0, limit, &data);
	if (size == -EFBIG)
		file.why = arena_printf(arena, "larger than the %zu bytes read at most", limit);
	if (size < 0) {
		failed(pin, arena, &file, name, (int)-size);
		return file;
	}
	file.data = data;
	file.size = (size_t)size;
	return file;
}

struct file pin_look_link(struct pin *pin, struct arena *arena, const char *name)
{
	struct file file = { .path = arena_printf(arena, "/%s/%s", pin->path, name) };
	char target[PATH_MAX];
	ssize_t n = readlinkat(pin->fd, name, target, sizeof(target) - 1);

	if (n >= 0)
		target[n] = '\0';
	if (n < 0 || (!pin->source->live && starts_with(target, "errno:"))) {
		failed(pin, arena, &file, name, n < 0 ? errno : ENOENT);
		return file;
	}
	file.data = arena_strndup(arena, target, (size_t)n);
	file.size = (size_t)n;
	return file;
}

int pin_look_link_text(struct pin *pin, const char *name, char *text, size_t size)
{
	ssize_t n = readlinkat(pin->fd, name, text, size - 1);

	if (n < 0) {
		pin->gone = pin->gone || errno == ESRCH;
		return -errno;
	}
	text[n] = '\0';
	return !pin->source->live && streq(text, "errno:EACCES") ? -EACCES : 0;
}

struct directory pin_look_list(struct pin *pin, struct arena *arena, const char *name)
{
	struct directory dir = { .path = arena_printf(arena, "/%s/%s", pin->path, name) };
	auto_close int fd = open_below(pin, name, O_RDONLY | O_DIRECTORY);

	if (fd < 0) {
		struct file file = { 0 };

		failed(pin, arena, &file, name, errno);
		dir.state = file.state;
		dir.why = file.why;
	} else {
		source_names(arena, fd, &dir);
	}
	return dir;
}

static int recorded_place(struct pin *pin, const char *name, struct place *place)
{
	auto_arena struct arena *arena = arena_new();
	struct file file = pin_look_read(pin, arena, arena_printf(arena, "%s.stat", name), 256);
	char *end;

	if (file.state != STATE_PRESENT)
		return -ENOENT;
	place->device = strtoull(file.data, &end, 10);
	if (end == file.data || *end != ':')
		return -EINVAL;
	place->inode = strtoull(end + 1, &end, 10);
	place->mount = *end == ':' ? atoi(end + 1) : -1;
	return 0;
}

/* "040755 0:0" */
static int recorded_target(struct pin *pin, const char *name, struct pin_target *target)
{
	auto_arena struct arena *arena = arena_new();
	struct file file = pin_look_read(pin, arena, arena_printf(arena, "type/%s", name), 256);
	unsigned major, minor;

	if (file.state != STATE_PRESENT)
		return -ENOENT;
	if (sscanf(file.data, "%o %u:%u", &target->mode, &major, &minor) != 3)
		return -EINVAL;
	target->device = makedev(major, minor);
	return 0;
}

/* stx_mnt_id, which C libraries before 2.33 do not name: behind stx_dev_minor, at byte 144. */
enum { WITH_MOUNT_ID = 0x1000, MOUNT_ID_AT = 144 };

static int mount_of(const struct statx *x)
{
	uint64_t id;

	memcpy(&id, (const char *)x + MOUNT_ID_AT, sizeof(id));
	return x->stx_mask & WITH_MOUNT_ID ? (int)id : -1;
}

int pin_look_place(struct pin *pin, const char *name, struct place *place)
{
	struct statx x;

	if (!pin->source->live)
		return recorded_place(pin, name, place);
	if (statx(pin->fd, name, AT_STATX_DONT_SYNC, STATX_INO | WITH_MOUNT_ID, &x) < 0)
		return -errno;
	place->device = makedev(x.stx_dev_major, x.stx_dev_minor);
	place->inode = x.stx_ino;
	place->mount = mount_of(&x);
	return 0;
}

/* mnt_id in /proc/PID/fdinfo/N: what kernels say that do not say it by statx(2). */
static int mount_in_fdinfo(struct pin *pin, const char *name)
{
	auto_arena struct arena *arena = arena_new();
	struct file file = pin_look_read(pin, arena, arena_printf(arena, "fdinfo/%s", name + strlen("fd/")), 4096);
	const char *at = file.state == STATE_PRESENT ? strstr(file.data, "mnt_id:") : NULL;

	return at ? atoi(at + strlen("mnt_id:")) : -1;
}

int pin_look_target(struct pin *pin, const char *name, struct pin_target *target)
{
	int rc = 0;
	struct statx x;

	*target = (struct pin_target){ .mount = -1 };
	if (!pin->source->live)
		rc = recorded_target(pin, name, target);
	else if (statx(pin->fd, name, AT_STATX_DONT_SYNC, STATX_TYPE | WITH_MOUNT_ID, &x) < 0)
		rc = -errno;
	else
		*target = (struct pin_target){ x.stx_mode, makedev(x.stx_rdev_major, x.stx_rdev_minor), mount_of(&x) };
	if (target->mount < 0 && starts_with(name, "fd/"))
		target->mount = mount_in_fdinfo(pin, name);
	return rc;
}

int pin_look_owner(struct pin *pin, const char *name, uint32_t *owner, mode_t *mode)
{
	struct statx x;

	if (!pin->source->live && *name)
		return -ENOENT;
	if (statx(pin->fd, name, AT_STATX_DONT_SYNC | (*name ? 0 : AT_EMPTY_PATH), STATX_TYPE | STATX_MODE | STATX_UID, &x) < 0)
		return -errno;
	*owner = x.stx_uid;
	*mode = x.stx_mode;
	return 0;
}

int64_t pin_look_count_mounts(struct pin *pin, const char *name)
{
	struct mount_namespace_info info = { .size = sizeof(info) };
	auto_close int fd = pin->source->live ? openat(pin->fd, name, O_RDONLY | O_CLOEXEC | O_NOCTTY) : -1;

	return fd >= 0 && ioctl(fd, GET_MOUNT_NAMESPACE_INFO, &info) == 0 ? (int64_t)info.n_mounts : -1;
}

int64_t pin_look_user_owner(struct pin *pin, const char *name)
{
	auto_close int fd = pin->source->live ? openat(pin->fd, name, O_RDONLY | O_CLOEXEC | O_NOCTTY) : -1;
	uid_t owner;

	return fd >= 0 && ioctl(fd, NS_GET_OWNER_UID, &owner) == 0 ? (int64_t)owner : -1;
}
