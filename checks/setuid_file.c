/* SPDX-License-Identifier: Apache-2.0 */
/* Programs in a container that give their caller more rights. */
#include "checks/checks.h"
#include "checks/container.h"

#include "core/base/rows.h"
#include "core/subject/rootfs.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

enum { ENTRIES_MOST = 200000, ITEMS_MOST = 5 };

static const int64_t nanoseconds_most = 2000000000;

struct search {
	bool capabilities;       /* file capabilities, not set-user-ID */
	struct buffer found;     /* a row a file */
	size_t n;
};

static bool has_capabilities(const struct rootfs_entry *entry)
{
	auto_close int fd = openat(entry->directory, entry->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	return fd >= 0 && fgetxattr(fd, "security.capability", NULL, 0) > 0;
}

/* A few are enough to judge; all of a large image would take long. */
static bool look_at(void *with, const struct rootfs_entry *entry)
{
	struct search *s = with;
	const char *path;

	if (entry->mounted || !(entry->place.mode & 0111) || !(s->capabilities ? has_capabilities(entry) : (entry->place.mode & (S_ISUID | S_ISGID)) != 0))
		return true;
	path = arena_printf(s->found.arena, "%s/%s", streq(entry->path, "/") ? "" : entry->path, entry->name);
	rows_add(&s->found, &path, 1);
	return ++s->n < ITEMS_MOST;
}

/* Where such programs are kept, and found soon. */
static void walk_usual(struct rootfs_walk *w, const struct subject *subject, const struct search *s)
{
	static const char *const usual[] = { "/usr/bin", "/bin", "/usr/sbin", "/sbin" };
	const char *why;

	for (size_t i = 0; i < ARRAY_LEN(usual) && !w->cut && !s->n; i++)
		rootfs_walk(w, subject, usual[i], &why);
	w->cut = false;
}

static struct file search_all(const struct subject *subject, struct arena *arena, bool capabilities)
{
	struct search s = { capabilities, { .arena = arena }, 0 };
	struct rootfs_walk w = { .types = 1U << DT_REG, .most = ENTRIES_MOST, .until = rootfs_now() + nanoseconds_most, .visit = look_at, .with = &s };
	struct file found = { .state = STATE_PRESENT };
	int rc;

	walk_usual(&w, subject, &s);
	if (!s.n) {
		rc = rootfs_walk(&w, subject, "/", &found.why);
		if (rc < 0)
			found.state = rc == -EACCES || rc == -EPERM ? STATE_DENIED : STATE_BROKEN;
	}
	if (w.cut && !s.n && found.state == STATE_PRESENT) {
		found.state = STATE_BROKEN;
		found.why = "its root directory could not be searched to the end";
	}
	found.data = s.found.text ? s.found.text : "";
	found.size = s.found.size;
	return found;
}

/* A snapshot holds what was found. */
static struct file find(const struct subject *subject, struct arena *arena, const char *kind)
{
	const char *call = arena_printf(arena, "%s files below %s/root", kind, subject->pin->path);
	const struct file *known = source_keeps(subject->source) ? source_recall(subject->source, call) : NULL;
	struct file found;

	if (known)
		return *known;
	found = search_all(subject, arena, streq(kind, "file-capability"));
	if (source_keeps(subject->source))
		source_remember(subject->source, call, found.state, found.why, found.data, found.size);
	return found;
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const char *origin = init_path(subject, items, "root"), *at;
	const struct mount *top;
	struct file found;
	struct row row;

	if (!mounts_were_read(subject, items, "file"))
		return;
	top = mount_serving(subject->mounts, "/");
	if (top && mount_has(top, "nosuid")) {
		items_add_none(items, "file", origin, "its root is mounted nosuid");
		return;
	}
	found = find(subject, items->arena, params_get(params, "kind"));
	if (found.state != STATE_PRESENT)
		items_add_state(items, "file", origin, found.state, "%s", found.why);
	at = found.data;
	while (found.state == STATE_PRESENT && rows_next(items->arena, &at, &row))
		items_add_text(items, "file", "the container's root directory", row.fields[0] ? row.fields[0] : "");
	if (!items->n)
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
