/* SPDX-License-Identifier: Apache-2.0 */
#include "core/subject/open_files.h"

#include <errno.h>

static struct open_file read_one(struct pin *pin, struct arena *arena, const char *number)
{
	struct open_file file = { .target.mount = -1, .name = arena_printf(arena, "fd/%s", number) };

	file.link = pin_link(pin, arena, file.name);
	if (file.link.state != STATE_PRESENT || *file.link.data != '/')
		return file;   /* "pipe:[1]", "anon_inode:[eventpoll]": not of a file system that can be walked */
	file.code = pin_target(pin, file.name, &file.target);
	if (file.target.mount < 0)
		file.link = pin_link(pin, arena, file.name);   /* it may have been closed meanwhile */
	return file;
}

static void read_list(struct open_files *files, struct pin *pin, struct arena *arena)
{
	struct directory fds = pin_list(pin, arena, "fd");

	files->state = fds.state;
	files->why = fds.why;
	if (fds.state != STATE_PRESENT)
		return;
	if (fds.n > OPEN_FILES_MOST) {
		files->state = STATE_BROKEN;
		files->why = "more open files than are looked at";
		return;
	}
	files->list = arena_array_of(arena, struct open_file, fds.n + 1);
	for (size_t i = 0; i < fds.n && !pin->gone; i++)
		files->list[files->n++] = read_one(pin, arena, fds.entries[i].name);
}

static void read_through(struct open_files *files, struct pin *pin, struct arena *arena)
{
	read_list(files, pin, arena);
	files->cwd = pin_link(pin, arena, "cwd");
	files->cwd_place.mount = -1;
	files->cwd_code = pin_place(pin, "cwd", &files->cwd_place);
	files->code = pin->gone ? -ESRCH : 0;
}

static void read_process(struct open_files *files, const struct subject *subject)
{
	auto_pin struct pin pin = { .fd = -1 };

	if (files->process == subject->container->init) {
		read_through(files, subject->pin, subject->arena);
		return;
	}
	files->code = process_pin(subject->all->processes, files->process, subject->arena, &pin);
	if (files->code == 0)
		read_through(files, &pin, subject->arena);
}

static void *read_all(const struct subject *subject)
{
	const struct container *c = subject->container;
	struct open_files *files = arena_array_of(subject->arena, struct open_files, OPEN_FILES_PROCESSES);

	for (size_t i = 0; i < c->n_members && i < OPEN_FILES_PROCESSES; i++) {
		files[i].process = c->members[i];
		read_process(&files[i], subject);
	}
	return files;
}

const struct open_files *open_files_of(const struct subject *subject, size_t *n)
{
	static const struct container_table table = { read_all };
	size_t members = subject->container->n_members;

	*n = members < OPEN_FILES_PROCESSES ? members : OPEN_FILES_PROCESSES;
	return subject_own_table(subject, &table);
}
