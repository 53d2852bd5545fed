/* SPDX-License-Identifier: Apache-2.0 */
#include "core/boot/fstab.h"

#include "core/base/text.h"
#include "core/boot/unit.h"
#include "core/source/conf_files.h"

enum { LINES_MOST = 4096 };

static const struct {
	const char *name;
	unsigned flag;
} flag_names[] = { { "ro", MOUNT_RO }, { "nosuid", MOUNT_NOSUID }, { "nodev", MOUNT_NODEV }, { "noexec", MOUNT_NOEXEC } };

/* What a word of mount(8) adds to the flags, and what it takes away. */
static const struct {
	const char *name;
	unsigned adds, takes;
} words[] = {
	{ "ro", MOUNT_RO, 0 }, { "rw", 0, MOUNT_RO },
	{ "nosuid", MOUNT_NOSUID, 0 }, { "suid", 0, MOUNT_NOSUID },
	{ "nodev", MOUNT_NODEV, 0 }, { "dev", 0, MOUNT_NODEV },
	{ "noexec", MOUNT_NOEXEC, 0 }, { "exec", 0, MOUNT_NOEXEC },
	{ "user", MOUNT_NOSUID | MOUNT_NODEV | MOUNT_NOEXEC, 0 }, { "users", MOUNT_NOSUID | MOUNT_NODEV | MOUNT_NOEXEC, 0 },
	{ "owner", MOUNT_NOSUID | MOUNT_NODEV, 0 }, { "group", MOUNT_NOSUID | MOUNT_NODEV, 0 },
	{ "defaults", 0, 0 },
};

static size_t word_of(const char *word, size_t n)
{
	size_t i = 0;

	while (i < ARRAY_LEN(words) && !(strlen(words[i].name) == n && memcmp(words[i].name, word, n) == 0))
		i++;
	return i;
}

unsigned mount_flags(const char *options)
{
	unsigned flags = 0;
	size_t n;

	for (const char *at = options, *w; (w = list_next(&at, ",", &n));) {
		size_t i = word_of(w, n);

		if (i < ARRAY_LEN(words))
			flags = (flags | words[i].adds) & ~words[i].takes;
	}
	return flags;
}

static void add_word(struct buffer *out, const char *word, size_t n)
{
	if (out->size)
		buffer_puts(out, ",");
	buffer_add(out, word, n);
}

const char *mount_flags_text(struct arena *arena, unsigned flags)
{
	struct buffer out = { .arena = arena };

	for (size_t i = 0; i < ARRAY_LEN(flag_names); i++)
		if (flags & flag_names[i].flag)
			add_word(&out, flag_names[i].name, strlen(flag_names[i].name));
	return out.text ? out.text : "none";
}

/* Options that carry a secret: mount.cifs(8), and others of its kind. It must not get into a report. */
static const char *without_secrets(struct arena *arena, const char *options)
{
	static const char *const secrets[] = { "password=", "pass=", "password2=" };
	struct buffer out = { .arena = arena };
	size_t n;

	for (const char *at = options, *w; (w = list_next(&at, ",", &n));) {
		size_t i = 0;

		while (i < ARRAY_LEN(secrets) && strncmp(w, secrets[i], strlen(secrets[i])) != 0)
			i++;
		add_word(&out, w, i < ARRAY_LEN(secrets) ? strlen(secrets[i]) : n);
		if (i < ARRAY_LEN(secrets))
			buffer_puts(&out, "(hidden)");
	}
	return out.text ? out.text : "";
}

static const char *settled_options(struct arena *arena, const char *options)
{
	unsigned flags = mount_flags(options);
	struct buffer out = { .arena = arena };
	size_t n;

	if (flags)
		buffer_puts(&out, mount_flags_text(arena, flags));
	for (const char *at = options, *w; (w = list_next(&at, ",", &n));)
		if (word_of(w, n) == ARRAY_LEN(words))
			add_word(&out, w, n);
	return out.text ? out.text : "";
}

void fstab_settle(struct arena *arena, struct fstab_entry *entry)
{
	entry->mount.options = without_secrets(arena, entry->mount.options);
	entry->options = settled_options(arena, entry->mount.options);
}

bool fstab_holds(const struct fstab *fstab, const struct fstab_entry *entry)
{
	for (size_t i = 0; i < fstab->n; i++)
		if (fstab->list[i].rank < entry->rank && streq(fstab->list[i].mount.target, entry->mount.target))
			return false;
	return true;
}

/* ---- reading ---- */

/* As mount(8) and systemd take a mount point: "//srv/./x/" is "/srv/x". */
static const char *simple_path(struct arena *arena, const char *target)
{
	struct buffer path = { .arena = arena };
	size_t n;

	if (*target != '/')
		return target;
	for (const char *at = target, *w; (w = list_next(&at, "/", &n));)
		if (n != 1 || *w != '.')
			buffer_printf(&path, "/%.*s", (int)n, w);
	return path.text ? path.text : "/";
}

static void take_line(struct fstab *fstab, struct arena *arena, const char *line, const char *origin)
{
	struct fstab_entry entry = { .origin = origin, .rank = FSTAB_LINE };
	bool on_demand;

	if (!mount_parse_line(arena, line, &entry.mount)) {
		if (!fstab->unseen.why)
			fstab->unseen = (struct unseen){ STATE_MALFORMED, origin, "the line is none of fstab(5)" };
		return;
	}
	entry.mount.target = simple_path(arena, entry.mount.target);
	on_demand = list_has(entry.mount.options, ",", "x-systemd.automount");
	entry.idle = list_has(entry.mount.options, ",", "noauto") && !on_demand ? "noauto" : NULL;
	entry.by_hand = entry.idle != NULL;
	arena_push(arena, fstab->list, fstab->n) = entry;
}

static void take_file(struct fstab *fstab, struct arena *arena)
{
	struct conf_lines lines = conf_lines_of(arena, fstab->file, false);

	if (fstab->file->state == STATE_ABSENT || conf_file_unread(arena, fstab->file, &fstab->unseen))
		return;
	for (char *line; (line = conf_lines_next(&lines));) {
		const char *origin = arena_printf(arena, "%s:%u", fstab->file->path, lines.line);

		if (lines.line > LINES_MOST) {
			fstab->unseen = (struct unseen){ STATE_BROKEN, origin, "more lines than are read" };
			return;
		}
		if (*line && *line != '#')
			take_line(fstab, arena, line, origin);
	}
}

/* systemd mounts these itself before it reads anything (mount-setup.c); a line of fstab only changes their options. */
static void add_built_in(struct fstab *fstab, struct source *source, struct arena *arena)
{
	static const struct {
		const char *target, *type, *options;
	} built_in[] = {
		{ "/proc", "proc", "nosuid,nodev,noexec" }, { "/sys", "sysfs", "nosuid,nodev,noexec" },
		{ "/dev/shm", "tmpfs", "nosuid,nodev,mode=01777" },
	};

	for (size_t i = 0; init_system_of(source) == INIT_SYSTEMD && i < ARRAY_LEN(built_in); i++)
		arena_push(arena, fstab->list, fstab->n) = (struct fstab_entry){
			.mount = { .root = "/", .source = built_in[i].type, .target = built_in[i].target, .type = built_in[i].type,
				   .options = built_in[i].options, .own_options = "", .propagation = "" },
			.origin = "systemd itself", .rank = FSTAB_BUILT_IN };
}

struct fstab *fstab_read(struct source *source, struct arena *arena)
{
	struct fstab *fstab = arena_new_of(arena, struct fstab);

	fstab->file = source_read(source, "etc/fstab", SOURCE_LIMIT);
	take_file(fstab, arena);
	add_built_in(fstab, source, arena);
	for (size_t i = 0; i < fstab->n; i++)
		fstab_settle(arena, &fstab->list[i]);
	return fstab;
}

static void *read_table(struct source *source, struct arena *arena)
{
	return fstab_read(source, arena);
}

const struct host_table fstab_table = { read_table };
