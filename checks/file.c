/* SPDX-License-Identifier: Apache-2.0 */
/* What stands at a path: its type, owner and mode. */
#include "checks/checks.h"

#include "core/text.h"

static const struct bit_name mode_bits[] = {
	{ 0, "other-exec" }, { 1, "other-write" }, { 2, "other-read" },
	{ 3, "group-exec" }, { 4, "group-write" }, { 5, "group-read" },
	{ 6, "owner-exec" }, { 7, "owner-write" }, { 8, "owner-read" },
	{ 9, "sticky" }, { 10, "setgid" }, { 11, "setuid" }, { 0, NULL },
};

static const char *type_of(mode_t mode)
{
	return S_ISREG(mode) ? "file" : S_ISDIR(mode) ? "directory" : S_ISLNK(mode) ? "symlink"
	     : S_ISCHR(mode) ? "character-device" : S_ISBLK(mode) ? "block-device" : S_ISFIFO(mode) ? "fifo" : "socket";
}

/* The device number of what is mounted on /dev, as "0:6", by a mountinfo table; of several mounts the last is on top. */
static char *device_of_dev(struct arena *arena, const struct file *mountinfo)
{
	char *text = arena_strdup(arena, mountinfo->data), *device = NULL, *line;

	while ((line = strsep(&text, "\n"))) {
		const char *fields[5];
		size_t n = 0;

		while (n < ARRAY_LEN(fields) && (fields[n] = strsep(&line, " ")))
			n++;
		if (n == ARRAY_LEN(fields) && streq(fields[4], "/dev"))
			device = arena_strdup(arena, fields[2]);
	}
	return device;
}

/*
 * A sandbox, such as PrivateDevices= of a systemd unit, gives a process a /dev of its own: what is missing there may well be
 * on the host. An offline root rarely holds a /dev at all. NULL where the /dev that is seen is the one to judge.
 */
static const char *dev_hidden(const struct subject *subject, struct arena *arena)
{
	const struct file *host = subject->mounts->file, *own;
	const struct directory *dev;
	const char *a, *b;

	if (!source_is_live(subject->source)) {
		dev = source_list(subject->source, "dev");
		return dev->state == STATE_PRESENT && !dev->n ? "the root holds no devices"
		     : dev->state == STATE_ABSENT ? "the root holds no /dev" : NULL;
	}
	own = source_read(subject->source, "proc/self/mountinfo", 32 << 20);
	if (host->state != STATE_PRESENT || own->state != STATE_PRESENT || host == own)
		return NULL;
	a = device_of_dev(arena, host);
	b = device_of_dev(arena, own);
	return (a || b) && (!a || !b || !streq(a, b)) ? "plimsoll was started with a /dev of its own" : NULL;
}

static void add_field(const struct file *file, const char *field, struct items *items)
{
	mode_t mode = file->stat.st_mode;
	char *name = arena_printf(items->arena, "%s of %s", field, file->path);
	struct item *item;

	if (streq(field, "owner")) {
		items_add_integer(items, name, file->path, (int64_t)file->stat.st_uid);
	} else if (streq(field, "group")) {
		items_add_integer(items, name, file->path, (int64_t)file->stat.st_gid);
	} else if (streq(field, "mode")) {
		item = items_add_bits(items, name, file->path, mode & 07777);
		item->text = arena_printf(items->arena, "%04o", mode & 07777);
	} else {
		items_add_text(items, streq(field, "type") ? name : file->path, file->path, type_of(mode));
	}
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const char *path = params_get(params, "path"), *field = params_get(params, "field"), *hidden = NULL;
	const struct file *file;

	path += strspn(path, "/");
	if (!*path) {
		items_add_state(items, "file", "/", STATE_MALFORMED, "the rule names no path below the root");
		return;
	}
	file = source_stat(subject->source, path);
	if (starts_with(path, "dev/") && file->state != STATE_NOT_GIVEN)
		hidden = dev_hidden(subject, items->arena);
	if (hidden)
		items_add_state(items, file->path, file->path, STATE_BROKEN, "%s", hidden);
	else if (file->state != STATE_PRESENT)
		items_add_file_state(items, file->path, file);
	else
		add_field(file, field ? field : "exists", items);
}

const struct check check_file = {
	.name = "file",
	.summary = "what stands at a path, and who owns it and may use it",
	.reference = "Only looked at, never opened; a symbolic link at the end of the path is not followed. The value of "
		     "`exists` and `type` is file, directory, symlink, character-device, block-device, fifo or socket; "
		     "that of `owner` and `group` a number; that of `mode` a mask whose bits are other-exec 0, "
		     "other-write 1, other-read 2, group-exec 3, group-write 4, group-read 5, owner-exec 6, owner-write "
		     "7, owner-read 8, sticky 9, setgid 10 and setuid 11, shown in octal. Below /dev nothing is taken as "
		     "absent where plimsoll itself was started with a /dev of its own, or where an offline root has an "
		     "empty one. See inode(7).",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "path", PARAM_STRING, REQUIRED, "path below the root, with or without the leading slash", NULL },
		{ "field", PARAM_WORD, OPTIONAL, "what to look at; exists where it is left out", "exists type owner group mode" },
	},
	.bits = mode_bits,
	.observe = observe,
};
