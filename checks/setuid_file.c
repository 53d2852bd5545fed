/* SPDX-License-Identifier: Apache-2.0 */
/* Programs in a container that give their caller more rights. */
#include "checks/checks.h"
#include "checks/container.h"

#include "core/rootfs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <time.h>

enum { ENTRIES_MOST = 200000, SECONDS_MOST = 2, DEPTH_MOST = 40, ITEMS_MOST = 5 };

struct walk {
	bool capabilities;       /* file capabilities, not set-user-ID */
	size_t entries;
	time_t begun;
	bool cut;                /* not all was looked at */
	struct items *items;
};

static time_t seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	return t.tv_sec;
}

static bool has_capabilities(int directory, const char *name)
{
	auto_close int fd = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	return fd >= 0 && fgetxattr(fd, "security.capability", NULL, 0) > 0;
}

static void look_at(struct walk *w, int fd, const char *directory, const char *name, const struct stat *st)
{
	bool found = w->capabilities ? has_capabilities(fd, name) : (st->st_mode & (S_ISUID | S_ISGID)) != 0;

	if (found && (st->st_mode & 0111))
		items_add_text(w->items, "file", "the container's root directory",
			       arena_printf(w->items->arena, "%s/%s", streq(directory, "/") ? "" : directory, name));
}

/* A few are enough to judge; all of a large image would take long. */
static bool is_done(struct walk *w)
{
	if (w->entries >= ENTRIES_MOST || seconds() - w->begun > SECONDS_MOST)
		w->cut = true;
	return w->cut || w->items->n >= ITEMS_MOST;
}

/* Takes the descriptor over. Nothing is entered that stands on another file system. */
static void walk(struct walk *w, int fd, const char *directory, unsigned depth, struct arena *scratch)
{
	DIR *stream = fdopendir(fd);
	struct stat here, st;

	if (!stream || fstat(fd, &here) < 0) {
		w->cut = true;
		if (stream)
			closedir(stream);
		else
			close(fd);
		return;
	}
	for (struct dirent *d; !is_done(w) && (d = readdir(stream)); w->entries++) {
		int below;

		if (streq(d->d_name, ".") || streq(d->d_name, "..") ||
		    (d->d_type != DT_REG && d->d_type != DT_DIR && d->d_type != DT_UNKNOWN))
			continue;
		if (fstatat(fd, d->d_name, &st, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) < 0 || st.st_dev != here.st_dev)
			continue;
		if (S_ISREG(st.st_mode))
			look_at(w, fd, directory, d->d_name, &st);
		if (!S_ISDIR(st.st_mode))
			continue;
		below = depth < DEPTH_MOST ? openat(fd, d->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) : -1;
		if (below >= 0)
			walk(w, below, arena_printf(scratch, "%s/%s", streq(directory, "/") ? "" : directory, d->d_name), depth + 1, scratch);
		else
			w->cut = true;
	}
	closedir(stream);
}

/* Where such programs are kept, and found soon. */
static void walk_usual(struct walk *w, const struct subject *subject, struct arena *scratch)
{
	static const char *const usual[] = { "/usr/bin", "/bin", "/usr/sbin", "/sbin" };
	const char *why;

	for (size_t i = 0; i < ARRAY_LEN(usual) && !is_done(w) && !w->items->n; i++) {
		int fd = rootfs_open(subject, usual[i], &why);

		if (fd >= 0)
			walk(w, fd, usual[i], DEPTH_MOST, scratch);
	}
	w->cut = false;
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	struct walk w = { .capabilities = streq(params_get(params, "kind"), "file-capability"), .begun = seconds(), .items = items };
	const char *origin = init_path(subject, items, "root"), *why;
	auto_arena struct arena *scratch = arena_new();
	const struct mount *top;
	int fd;

	if (!mounts_were_read(subject, items, "file"))
		return;
	top = mount_serving(subject->mounts, "/");
	if (top && mount_has(top, "nosuid")) {
		items_add_none(items, "file", origin, "its root is mounted nosuid");
		return;
	}
	walk_usual(&w, subject, scratch);
	if (items->n)
		return;
	fd = rootfs_open(subject, "/", &why);
	if (fd < 0) {
		items_add_state(items, "file", origin, fd == -EACCES || fd == -EPERM ? STATE_DENIED : STATE_BROKEN, "%s", why);
		return;
	}
	walk(&w, fd, "/", 0, scratch);
	if (w.cut && !items->n)
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
