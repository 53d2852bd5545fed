/* SPDX-License-Identifier: Apache-2.0 */
/* Programs in a container that give their caller more rights. */
#include "checks/checks.h"
#include "checks/container.h"

#include "core/rootfs.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

enum { ENTRIES_MOST = 200000, ITEMS_MOST = 5 };

static const int64_t nanoseconds_most = 2000000000;

struct search {
	bool capabilities;       /* file capabilities, not set-user-ID */
	struct items *items;
};

static bool has_capabilities(const struct rootfs_entry *entry)
{
	auto_close int fd = openat(entry->directory, entry->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	return fd >= 0 && fgetxattr(fd, "security.capability", NULL, 0) > 0;
}

/* A few are enough to judge; all of a large image would take long. */
static bool look_at(void *with, const struct rootfs_entry *entry)
{
	const struct search *s = with;

	if (entry->mounted || !(entry->place.mode & 0111) || !(s->capabilities ? has_capabilities(entry) : (entry->place.mode & (S_ISUID | S_ISGID)) != 0))
		return true;
	items_add_text(s->items, "file", "the container's root directory",
		       arena_printf(s->items->arena, "%s/%s", streq(entry->path, "/") ? "" : entry->path, entry->name));
	return s->items->n < ITEMS_MOST;
}

/* Where such programs are kept, and found soon. */
static void walk_usual(struct rootfs_walk *w, const struct subject *subject, const struct items *items)
{
	static const char *const usual[] = { "/usr/bin", "/bin", "/usr/sbin", "/sbin" };
	const char *why;

	for (size_t i = 0; i < ARRAY_LEN(usual) && !w->cut && !items->n; i++)
		rootfs_walk(w, subject, usual[i], &why);
	w->cut = false;
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	struct search s = { streq(params_get(params, "kind"), "file-capability"), items };
	struct rootfs_walk w = { .types = 1U << DT_REG, .most = ENTRIES_MOST, .until = rootfs_now() + nanoseconds_most, .visit = look_at, .with = &s };
	const char *origin = init_path(subject, items, "root"), *why;
	const struct mount *top;
	int rc;

	if (!mounts_were_read(subject, items, "file"))
		return;
	top = mount_serving(subject->mounts, "/");
	if (top && mount_has(top, "nosuid")) {
		items_add_none(items, "file", origin, "its root is mounted nosuid");
		return;
	}
	walk_usual(&w, subject, items);
	if (items->n)
		return;
	rc = rootfs_walk(&w, subject, "/", &why);
	if (rc < 0)
		items_add_state(items, "file", origin, rc == -EACCES || rc == -EPERM ? STATE_DENIED : STATE_BROKEN, "%s", why);
	else if (w.cut && !items->n)
		items_add_state(items, "file", origin, STATE_BROKEN, "its root directory could not be searched to the end");
	else if (!items->n)
		items_add_none(items, "file", origin, "none on its root file system");
}

const struct check check_setuid_file = {
	.name = "setuid-file",
	.summary = "programs in a container that give their caller more rights",
	.reference = "Searches the container's root file system, not what is mounted on it, for regular files with set-user-ID or set-group-ID, or with file "
		     "capabilities, that can be executed, and lists the first five. None count where the root is mounted nosuid. At most 200,000 files and two "
		     "seconds: more is unknown. /proc/PID/root is entered only where the container's mount table shows a local file system.",
	.subjects = SUBJECT_CONTAINER,
	.params = { { "kind", PARAM_WORD, REQUIRED, "which", "setuid file-capability" }, { 0 } },
	.observe = observe,
};
