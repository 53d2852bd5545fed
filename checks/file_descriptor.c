/* SPDX-License-Identifier: Apache-2.0 */
/* Open files of a container's processes that lead out of it. */
#include "checks/checks.h"
#include "checks/container.h"

#include "core/base/text.h"
#include "core/subject/open_files.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

enum { ITEMS_MOST = 10 };

/*
 * The mount is in the mount namespace of the process, or in another one of the container that is not the host's: 1, it is not: 0, not all of them could
 * be read: -1.
 */
static int is_inside(const struct subject *subject, const struct process *process, int id)
{
	uint64_t host = subject->all->processes->host_ns[NS_MNT];
	bool unread = !subject_mounts_of(subject, process);

	for (size_t i = 0; i < subject->n_tables; i++) {
		const struct mounts *mounts = subject->tables[i];
		bool own = mounts == subject->mounts || (host && mounts->ns != host);

		if (own && mount_of_id(mounts, id))
			return 1;
		unread = unread || mounts->state != STATE_PRESENT || (!own && !host);
	}
	return mount_of_id(subject->host->mounts, id) || !unread ? 0 : -1;
}

/* "pipe:[1]", "anon_inode:[eventfd]", "/memfd:x (deleted)", "/dev/null": nothing that can be walked out of, unless it is a directory with such a name. */
static bool is_harmless(const char *target)
{
	static const char *const files[] = { "/memfd:", "/dmabuf:", "/dev/pts/", "/dev/shm/", "/SYSV" };

	if (*target != '/')
		return strchr(target, ':') != NULL;
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		if (starts_with(target, files[i]))
			return true;
	return list_has("/dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty /dev/console /dev/ptmx", " ", target);
}

/* A disk, the kernel's memory, ports or log: by its number, which no name can hide. */
static bool is_device(const struct open_file *file)
{
	static const unsigned memory[] = { 1, 2, 4, 11 };   /* minors of major 1: mem, kmem, port, kmsg */

	for (size_t i = 0; i < ARRAY_LEN(memory) && S_ISCHR(file->target.mode); i++)
		if (file->target.device == makedev(1, memory[i]))
			return true;
	return S_ISBLK(file->target.mode);
}

struct look {
	const struct subject *subject;
	const struct open_files *files;
	struct items *items;
	bool directories;        /* only these */
};

static const char *path_of(const struct look *l, const char *name)
{
	return arena_printf(l->items->arena, "/proc/%d/%s", l->files->process->pid, name);
}

static void add(const struct look *l, const char *what, const char *target)
{
	const struct process *p = l->files->process;

	if (l->items->n < ITEMS_MOST)
		items_add_text(l->items, "file", path_of(l, what),
			       arena_printf(l->items->arena, "%s of %s (pid %d): %s", what, p->comm, p->pid, target));
}

/*
 * A file for input and output was handed in on purpose, and leads nowhere; a directory does. 1, 0, or -1: which mount it is on is not known, or where
 * that is.
 */
static int leads_out(const struct look *l, const struct open_file *file)
{
	const char *target = file->link.data;
	bool ordinary = is_harmless(target) || l->directories || list_has("fd/0 fd/1 fd/2", " ", file->name);
	int inside;

	if (ordinary && (*target != '/' || !S_ISDIR(file->target.mode)))
		return 0;
	inside = file->target.mount < 0 ? -1 : is_inside(l->subject, l->files->process, file->target.mount);
	return inside < 0 ? -1 : !inside;
}

static void look_at_files(const struct look *l, bool device)
{
	const struct open_files *files = l->files;

	if (files->state != STATE_PRESENT)
		items_add_state(l->items, "file", path_of(l, "fd"), files->state, "%s", files->why);
	for (size_t i = 0; i < files->n; i++) {
		const struct open_file *file = &files->list[i];
		int out = file->link.state != STATE_PRESENT ? 0 : device ? is_device(file) : leads_out(l, file);

		if (out > 0)
			add(l, file->name, file->link.data);
		else if (out < 0)
			items_add_state(l->items, "file", arena_printf(l->items->arena, "/proc/%d/fdinfo/%s", files->process->pid, file->name + strlen("fd/")),
					STATE_BROKEN, "it is not known which mount it is on");
	}
}

static void look_at_directory(const struct look *l)
{
	const struct open_files *f = l->files;
	int inside = f->cwd_code < 0 || f->cwd_place.mount < 0 ? -1 : is_inside(l->subject, f->process, f->cwd_place.mount);

	if (f->cwd.state != STATE_PRESENT)
		items_add_state(l->items, "file", path_of(l, "cwd"), f->cwd.state, "%s", f->cwd.why);
	else if (inside < 0)
		items_add_state(l->items, "file", path_of(l, "cwd"), f->cwd_code == -EACCES ? STATE_DENIED : STATE_UNAVAILABLE,
				"it is not known which mount it is on");
	else if (!inside)
		add(l, "cwd", f->cwd.data);
}

static void look_at(const struct look *l, const char *show)
{
	const struct open_files *files = l->files;

	if (files->code == -ESRCH)
		return;
	if (files->code < 0)
		items_add_state(l->items, "file", arena_printf(l->items->arena, "/proc/%d", files->process->pid), STATE_BROKEN, "%s", strerror(-files->code));
	else if (streq(show, "cwd"))
		look_at_directory(l);
	else
		look_at_files(l, streq(show, "device"));
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const char *show = params_get(params, "show");
	struct look l = { .subject = subject, .items = items, .directories = streq(show, "directory") };
	const struct open_files *files;
	size_t n;

	if (subject->mounts->state != STATE_PRESENT) {
		mounts_were_read(subject, items, "file");
		return;
	}
	files = open_files_of(subject, &n);
	for (size_t i = 0; i < n; i++) {
		l.files = &files[i];
		look_at(&l, show);
	}
	if (items->n)
		return;
	if (subject->container->n_members > n)
		items_add_state(items, "file", init_path(subject, items, "fd"), STATE_BROKEN, "only %zu of %zu processes were looked at", n,
				subject->container->n_members);
	else
		items_add_none(items, "file", init_path(subject, items, streq(show, "cwd") ? "cwd" : "fd"), "nothing leads out of the container");
}

const struct check check_file_descriptor = {
	.name = "file-descriptor",
	.summary = "open files of a container that lead out of it",
	.reference = "host lists descriptors of the container's processes whose mount (statx(2), or mnt_id in /proc/PID/fdinfo) is in no mount namespace of the container's; "
		     "pipes, sockets and files that serve as input and output are left out, directories never. directory lists only those of directories: with one open, "
		     "the host's whole tree is in reach. cwd lists working directories on a mount that is not among them, device descriptors of disks and of the "
		     "kernel's memory and log. At most 64 processes of 1024 files each: more is unknown.",
	.subjects = SUBJECT_CONTAINER,
	.params = { { "show", PARAM_WORD, REQUIRED, "what is listed", "host directory device cwd" }, { 0 } },
	.observe = observe,
};
