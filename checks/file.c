/* SPDX-License-Identifier: Apache-2.0 */
/* What stands at paths: its type, owner and mode, and who could put something else there. */
#include "checks/checks.h"

#include "checks/mode.h"
#include "checks/writers.h"
#include "core/base/text.h"
#include "core/source/paths.h"
#include "core/source/trail.h"

#include <errno.h>

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

struct look {
	const struct subject *subject;
	const char *field;
	bool follow;
	struct items *items;
};

static const char *safe(struct arena *arena, const char *text)
{
	return text_safe(arena, text, strlen(text), 1024);
}

/* ---- owner and group by name ---- */

/* The third field of a line "NAME:x:ID:…" is the number. */
static bool has_id(const char *line, size_t n, uint64_t id)
{
	const char *colon = memchr(line, ':', n), *end = line + n;

	colon = colon ? memchr(colon + 1, ':', (size_t)(end - colon - 1)) : NULL;
	return colon && colon + 1 < end && colon[1] >= '0' && colon[1] <= '9' && strtoull(colon + 1, NULL, 10) == id;
}

static void add_name(const struct look *look, const char *name, const char *origin, uint64_t id)
{
	const char *list = streq(look->field, "owner-name") ? "etc/passwd" : "etc/group";
	const struct file *file = source_read(look->subject->source, list, SOURCE_LIMIT);
	struct items *items = look->items;
	size_t n;

	if (file->state != STATE_PRESENT) {
		items_add_state(items, name, file->path, file->state == STATE_ABSENT ? STATE_UNAVAILABLE : file->state, "%s", file->why);
		return;
	}
	for (const char *line = file->data; *line; line += n + (line[n] == '\n')) {
		n = strcspn(line, "\n");
		if (has_id(line, n, id)) {
			items_add_text(items, name, origin, arena_strndup(items->arena, line, strcspn(line, ":")));
			return;
		}
	}
	items_add_integer(items, name, origin, (int64_t)id);
}

/* ---- who can change it ---- */

static void add_writers(const struct look *look, const struct trail *trail, const char *path)
{
	struct items *items = look->items;
	char *name = arena_printf(items->arena, "who can change %s", path);
	size_t before = items->n;

	for (size_t i = 0; i < trail->n; i++) {
		const char *who = writers_of_step(items->arena, trail->steps[i]), *step = writers_step_path(items->arena, trail, i);

		if (who)
			items_add_text(items, name, step, who)->why =
				streq(step, path) ? NULL : arena_printf(items->arena, "by %s", step);
	}
	if (items->n == before)
		items_add_text(items, name, path, "root");
}

/* ---- one path ---- */

static void add_field(const struct look *look, const struct file *file, const char *path)
{
	struct items *items = look->items;
	const char *field = look->field;
	mode_t mode = file->stat.st_mode;
	char *name = arena_printf(items->arena, "%s of %s", field, path);
	struct item *item;

	if (streq(field, "owner")) {
		items_add_integer(items, name, path, (int64_t)file->stat.st_uid);
	} else if (streq(field, "group")) {
		items_add_integer(items, name, path, (int64_t)file->stat.st_gid);
	} else if (streq(field, "owner-name")) {
		add_name(look, name, path, file->stat.st_uid);
	} else if (streq(field, "group-name")) {
		add_name(look, name, path, file->stat.st_gid);
	} else if (streq(field, "mode")) {
		item = items_add_bits(items, name, path, mode & 07777);
		item->text = arena_printf(items->arena, "%04o", mode & 07777);
	} else {
		items_add_text(items, streq(field, "type") ? name : path, path, type_of(mode));
	}
}

static void add_link(const struct look *look, const struct file *file, const char *path)
{
	const struct file *link = S_ISLNK(file->stat.st_mode) ? source_link(look->subject->source, file->path + 1) : NULL;
	char *name = arena_printf(look->items->arena, "link %s", path);

	if (!link)
		items_add_text(look->items, name, path, type_of(file->stat.st_mode));
	else if (link->state == STATE_PRESENT)
		items_add_text(look->items, name, path, link->data);
	else
		items_add_file_state(look->items, name, link);
}

/* Where the links of a path lead, within the root. */
static void look_along(const struct look *look, const char *path, const char *shown)
{
	struct items *items = look->items;
	struct trail trail = trail_follow(look->subject->source, items->arena, path);
	const char *end = safe(items->arena, trail.path);

	if (trail.lost)
		items_add_state(items, shown, shown, STATE_BROKEN, "%s", trail.lost);
	else if (trail.end->state != STATE_PRESENT)
		items_add_state(items, shown, shown, trail.end->state, "%s: %s", safe(items->arena, trail.end->path), trail.end->why);
	else if (streq(look->field, "writers"))
		add_writers(look, &trail, shown);
	else
		add_field(look, trail.end, streq(shown + 1, end) ? shown : arena_printf(items->arena, "%s → /%s", shown, end));
}

static void look_at(const struct look *look, const char *path)
{
	const struct file *file = source_stat(look->subject->source, path);
	const char *hidden = NULL, *shown = safe(look->items->arena, file->path);

	if (starts_with(path, "dev/") && file->state != STATE_NOT_GIVEN)
		hidden = dev_hidden(look->subject, look->items->arena);
	if (hidden)
		items_add_state(look->items, shown, shown, STATE_BROKEN, "%s", hidden);
	else if (file->code == ENOTDIR)
		items_add_state(look->items, shown, shown, STATE_ABSENT, "what should hold it is no directory");
	else if (file->state != STATE_PRESENT)
		items_add_state(look->items, shown, shown, file->state, "%s", file->why);
	else if (look->follow)
		look_along(look, path, shown);
	else if (streq(look->field, "link"))
		add_link(look, file, shown);
	else
		add_field(look, file, shown);
}

/* ---- all of them ---- */

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Under /usr merged with the root, /lib/x and /usr/lib/x are one file: it is looked at once. */
static bool is_twice(const struct look *look, const struct paths *paths, size_t i)
{
	const struct file *file = source_stat(look->subject->source, paths->list[i]), *other;

	for (size_t k = 0; k < i; k++) {
		if (!streq(base_name(paths->list[i]), base_name(paths->list[k])))
			continue;
		other = source_stat(look->subject->source, paths->list[k]);
		if (file->state == STATE_PRESENT && other->state == STATE_PRESENT && file->stat.st_dev == other->stat.st_dev &&
		    file->stat.st_ino == other->stat.st_ino)
			return true;
	}
	return false;
}

/* What is there, and what could not be looked at; that some of the places are empty says nothing. */
static void drop_absent(struct items *items)
{
	size_t n = 0;

	for (size_t i = 0; i < items->n; i++)
		if (items->list[i].state != STATE_ABSENT)
			items->list[n++] = items->list[i];
	items->n = n ? n : items->n > 0;
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const char *wanted = params_get(params, "path"), *field = params_get(params, "field");
	const struct look look = { subject, field ? field : "exists",
				   params_true(params, "follow") || (field && streq(field, "writers")), items };
	struct paths paths = { .list = NULL };
	size_t n;

	for (const char *at = wanted, *w; (w = list_next(&at, " \t\n", &n));)
		paths_match(subject->source, items->arena, arena_strndup(items->arena, w, n), &paths);
	for (size_t i = 0; i < paths.n; i++)
		if (!is_twice(&look, &paths, i))
			look_at(&look, paths.list[i]);
	if (paths.unseen.why)
		items_add_state(items, wanted, safe(items->arena, paths.unseen.origin), paths.unseen.state, "%s", paths.unseen.why);
	drop_absent(items);
	if (!items->n && path_is_pattern(wanted))
		items_add_state(items, wanted, wanted, STATE_ABSENT, "nothing fits it");
	else if (!items->n)
		items_add_state(items, "file", "/", STATE_MALFORMED, "the rule names no path below the root");
}

const struct check check_file = {
	.name = "file",
	.summary = "what stands at paths, who owns it, who may use it and who can change it",
	.reference = "Only looked at, never opened. Several paths and patterns of glob(7) may be named; each that is there is an item, and absent is only that "
		     "none is. A symbolic link at the end of a path is not followed unless follow says so; then it leads within the root, as for the system "
		     "that lives there. The value of `exists` and `type` is file, directory, symlink, character-device, block-device, fifo or socket; that of "
		     "`owner` and `group` a number, that of `owner-name` and `group-name` the name by /etc/passwd and /etc/group, or the number where it has "
		     "none; that of `link` where a symbolic link leads, as written there; that of `mode` a mask whose bits are other-exec 0, "
		     "other-write 1, other-read 2, group-exec 3, group-write 4, group-read 5, owner-exec 6, owner-write "
		     "7, owner-read 8, sticky 9, setgid 10 and setuid 11, shown in octal. `writers` is root where nobody else can change the file or put "
		     "another in its place, else an item such as \"user 1000\", \"group 33\" or \"everyone\" for each directory, link or file on "
		     "the way that allows it; sticky directories do not, nor does the group of number 0. Below /dev nothing is taken as "
		     "absent where plimsoll itself was started with a /dev of its own, or where an offline root has an "
		     "empty one. See inode(7) and path_resolution(7).",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "path", PARAM_STRING, REQUIRED, "paths below the root, with or without the leading slash, or patterns, separated by spaces", NULL },
		{ "field", PARAM_WORD, OPTIONAL, "what to look at; exists where it is left out", "exists type owner group owner-name group-name mode link writers" },
		{ "follow", PARAM_BOOLEAN, OPTIONAL, "true: look at what a symbolic link leads to; always so for writers", NULL },
		{ 0 },
	},
	.bits = mode_bits,
	.observe = observe,
};
