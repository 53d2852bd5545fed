/* SPDX-License-Identifier: Apache-2.0 */
/* The device nodes in a container's /dev. */
#include "checks/checks.h"
#include "checks/container.h"

#include "core/rootfs.h"
#include "core/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

enum { DEPTH_MOST = 3, ENTRIES_MOST = 4096, ITEMS_MOST = 10 };

struct walk {
	bool block;              /* block devices only */
	size_t entries, more;
	struct items *items;
};

/* What every engine puts there: Linux's null, zero, full, random, urandom, tty, console, ptmx; pseudo terminals; /dev/net/tun. */
static bool is_default(const struct stat *st)
{
	unsigned major = major(st->st_rdev), minor = minor(st->st_rdev);

	if (!S_ISCHR(st->st_mode))
		return false;
	return (major == 1 && (minor == 3 || minor == 5 || minor == 7 || minor == 8 || minor == 9)) ||
	       (major == 5 && minor <= 2) || (major >= 136 && major <= 143);
}

static void look_at(struct walk *w, const char *directory, const char *name, const struct stat *st)
{
	bool block = S_ISBLK(st->st_mode);

	if ((!block && !S_ISCHR(st->st_mode)) || is_default(st) || (w->block && !block))
		return;
	if (S_ISCHR(st->st_mode) && major(st->st_rdev) == 0 && minor(st->st_rdev) == 0)
		return;   /* the mark of an overlay for a deleted file */
	if (w->items->n >= ITEMS_MOST) {
		w->more++;
		return;
	}
	items_add_text(w->items, "device", "/dev of the container",
		       arena_printf(w->items->arena, "%s/%s, %s %u:%u", directory, name, block ? "block" : "character", major(st->st_rdev),
				    minor(st->st_rdev)));
}

static void walk(struct walk *w, int fd, const char *directory, unsigned depth)
{
	DIR *stream = fdopendir(fd);
	struct stat here, st;

	if (!stream || fstat(fd, &here) < 0) {
		if (stream)
			closedir(stream);
		else
			close(fd);
		return;
	}
	for (struct dirent *d; w->entries < ENTRIES_MOST && (d = readdir(stream)); w->entries++) {
		int below;

		if (d->d_name[0] == '.' || (d->d_type != DT_CHR && d->d_type != DT_BLK && d->d_type != DT_DIR && d->d_type != DT_UNKNOWN))
			continue;
		if (fstatat(fd, d->d_name, &st, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) < 0)
			continue;
		if (!S_ISDIR(st.st_mode)) {
			look_at(w, directory, d->d_name, &st);
		} else if (depth < DEPTH_MOST && st.st_dev == here.st_dev) {
			below = openat(fd, d->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
			if (below >= 0)
				walk(w, below, arena_printf(w->items->arena, "%s/%s", directory, d->d_name), depth + 1);
		}
	}
	closedir(stream);
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	struct walk w = { .block = streq(params_get(params, "kind"), "block"), .items = items };
	const char *why;
	int fd;

	if (!mounts_were_read(subject, items, "device"))
		return;
	fd = rootfs_open(subject, "/dev", &why);
	if (fd == -ENOENT && source_is_live(subject->source)) {
		items_add_none(items, "device", init_path(subject, items, "root/dev"), "the container has no /dev");
		return;
	}
	if (fd < 0) {
		items_add_state(items, "device", init_path(subject, items, "root/dev"),
				fd == -EACCES || fd == -EPERM ? STATE_DENIED : STATE_BROKEN, "%s", why);
		return;
	}
	walk(&w, fd, "/dev", 0);
	if (w.entries >= ENTRIES_MOST)
		items_add_state(items, "device", "/dev of the container", STATE_BROKEN, "more than the %d entries that are looked at", ENTRIES_MOST);
	else if (!items->n)
		items_add_none(items, "device", init_path(subject, items, "root/dev"), "no device beyond the usual ones");
	else if (w.more)
		items_add_text(items, "device", "/dev of the container", arena_printf(items->arena, "and %zu more", w.more));
}

const struct check check_device_node = {
	.name = "device-node",
	.summary = "device nodes in a container's /dev",
	.reference = "Lists the device nodes below the container's /dev (three directories deep, on its own file system) other than null, zero, full, random, "
		     "urandom, tty, console, ptmx and pseudo terminals. Whether they can be opened is the device policy's. /proc/PID/root is entered only where "
		     "the container's mount table shows a local file system.",
	.subjects = SUBJECT_CONTAINER,
	.params = { { "kind", PARAM_WORD, REQUIRED, "which", "any block" }, { 0 } },
	.observe = observe,
};
