/* SPDX-License-Identifier: Apache-2.0 */
/* Open files of a container's processes that lead out of it. */
#include "checks/checks.h"
#include "checks/container.h"

#include "core/text.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

enum { MEMBERS_MOST = 64, FILES_MOST = 1024, ITEMS_MOST = 10 };

/* mnt_id in /proc/PID/fdinfo/N; -1 where it is not said. */
static int mount_id(struct pin *pin, struct arena *scratch, const char *number)
{
	struct file file = pin_read(pin, scratch, arena_printf(scratch, "fdinfo/%s", number), 4096);
	const char *at = file.state == STATE_PRESENT ? strstr(file.data, "mnt_id:") : NULL;

	return at ? atoi(at + strlen("mnt_id:")) : -1;
}

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
static bool is_device(struct pin *pin, const char *name)
{
	static const unsigned memory[] = { 1, 2, 4, 11 };   /* minors of major 1: mem, kmem, port, kmsg */
	uint64_t device = 0;
	mode_t mode = 0;

	if (pin_type(pin, name, &mode, &device) < 0)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(memory) && S_ISCHR(mode); i++)
		if (device == makedev(1, memory[i]))
			return true;
	return S_ISBLK(mode);
}

/* Meanwhile. */
static bool is_closed(struct pin *pin, struct arena *scratch, const char *file)
{
	return pin_link(pin, scratch, file).state == STATE_ABSENT || pin->gone;
}

struct look {
	const struct subject *subject;
	const struct process *process;
	struct pin *pin;
	struct arena *scratch;
	struct items *items;
	bool directories;        /* only these */
};

static void add(const struct look *l, const char *what, const char *target)
{
	if (l->items->n < ITEMS_MOST)
		items_add_text(l->items, "file", arena_printf(l->items->arena, "/proc/%d/%s", l->process->pid, what),
			       arena_printf(l->items->arena, "%s of %s (pid %d): %s", what, l->process->comm, l->process->pid, target));
}

static bool is_directory(struct pin *pin, const char *name)
{
	uint64_t device;
	mode_t mode = 0;

	return pin_type(pin, name, &mode, &device) == 0 && S_ISDIR(mode);
}

/*
 * A file for input and output was handed in on purpose, and leads nowhere; a directory does. 1, 0, or -1: which mount it is on is not known, or where
 * that is.
 */
static int leads_out(const struct look *l, const char *name, const char *file, const char *target)
{
	bool ordinary = is_harmless(target) || l->directories || list_has("0 1 2", " ", name);
	int id, inside;

	if (ordinary && (*target != '/' || !is_directory(l->pin, file)))
		return 0;
	id = mount_id(l->pin, l->scratch, name);
	inside = id < 0 ? -1 : is_inside(l->subject, l->process, id);
	return inside < 0 ? -1 : !inside;
}

static void look_at_files(const struct look *l, bool device)
{
	struct directory fds = pin_list(l->pin, l->scratch, "fd");
	const char *path = arena_printf(l->scratch, "/proc/%d/fd", l->process->pid);

	if (l->pin->gone)
		return;
	if (fds.state != STATE_PRESENT || fds.n > FILES_MOST) {
		items_add_state(l->items, "file", path, fds.state != STATE_PRESENT ? fds.state : STATE_BROKEN, "%s",
				fds.state != STATE_PRESENT ? fds.why : "more open files than are looked at");
		return;
	}
	for (size_t i = 0; i < fds.n; i++) {
		const char *name = fds.entries[i].name, *file = arena_printf(l->scratch, "fd/%s", name);
		struct file link = pin_link(l->pin, l->scratch, file);
		int out = link.state != STATE_PRESENT ? 0 : device ? is_device(l->pin, file) : leads_out(l, name, file, link.data);

		if (out > 0)
			add(l, file, link.data);
		else if (out < 0 && !is_closed(l->pin, l->scratch, file))
			items_add_state(l->items, "file", arena_printf(l->scratch, "%sinfo/%s", path, name), STATE_BROKEN,
					"it is not known which mount it is on");
	}
}

static void look_at_directory(const struct look *l)
{
	const char *path = arena_printf(l->scratch, "/proc/%d/cwd", l->process->pid);
	struct file link = pin_link(l->pin, l->scratch, "cwd");
	struct place cwd = { .mount = -1 };
	int rc = pin_place(l->pin, "cwd", &cwd), inside = rc < 0 || cwd.mount < 0 ? -1 : is_inside(l->subject, l->process, cwd.mount);

	if (l->pin->gone)
		return;
	if (link.state != STATE_PRESENT)
		items_add_state(l->items, "file", path, link.state, "%s", link.why);
	else if (inside < 0)
		items_add_state(l->items, "file", path, rc == -EACCES ? STATE_DENIED : STATE_UNAVAILABLE, "it is not known which mount it is on");
	else if (!inside)
		add(l, "cwd", link.data);
}

static void look_at(const struct subject *subject, const struct process *p, const char *show, struct items *items)
{
	auto_arena struct arena *scratch = arena_new();
	auto_pin struct pin pin = { .fd = -1 };
	const struct look l = { subject, p, &pin, scratch, items, streq(show, "directory") };
	int rc = process_pin(subject->all->processes, p, scratch, &pin);

	if (rc == -ESRCH)
		return;
	if (rc < 0)
		items_add_state(items, "file", arena_printf(scratch, "/proc/%d", p->pid), STATE_BROKEN, "%s", strerror(-rc));
	else if (streq(show, "cwd"))
		look_at_directory(&l);
	else
		look_at_files(&l, streq(show, "device"));
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct container *c = subject->container;
	const char *show = params_get(params, "show");

	if (subject->mounts->state != STATE_PRESENT) {
		mounts_were_read(subject, items, "file");
		return;
	}
	for (size_t i = 0; i < c->n_members && i < MEMBERS_MOST; i++)
		look_at(subject, c->members[i], show, items);
	if (items->n)
		return;
	if (c->n_members > MEMBERS_MOST)
		items_add_state(items, "file", init_path(subject, items, "fd"), STATE_BROKEN, "only %d of %zu processes were looked at", MEMBERS_MOST,
				c->n_members);
	else
		items_add_none(items, "file", init_path(subject, items, streq(show, "cwd") ? "cwd" : "fd"), "nothing leads out of the container");
}

const struct check check_file_descriptor = {
	.name = "file-descriptor",
	.summary = "open files of a container that lead out of it",
	.reference = "host lists descriptors of the container's processes whose mount (mnt_id in /proc/PID/fdinfo) is in no mount namespace of the container's; "
		     "pipes, sockets and files that serve as input and output are left out, directories never. directory lists only those of directories: with one open, "
		     "the host's whole tree is in reach. cwd lists working directories on a mount that is not among them, device descriptors of disks and of the "
		     "kernel's memory and log. At most 64 processes of 1024 files each: more is unknown.",
	.subjects = SUBJECT_CONTAINER,
	.params = { { "show", PARAM_WORD, REQUIRED, "what is listed", "host directory device cwd" }, { 0 } },
	.observe = observe,
};
