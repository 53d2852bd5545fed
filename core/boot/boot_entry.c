/* SPDX-License-Identifier: Apache-2.0 */
#include "core/boot/boot_entry.h"

#include "core/base/text.h"

enum { BOOT_LIMIT = 4 << 20, ENTRIES_MOST = 1000 };

struct reading {
	struct boot_entries *all;
	struct source *source;
	struct arena *arena;
	const char *kernelopts;      /* of grubenv; or NULL */
};

static const struct file *read_file(struct reading *r, const char *path)
{
	const struct file *file = source_read(r->source, path, BOOT_LIMIT);

	if (file->state == STATE_PRESENT)
		return file;
	if (file->state != STATE_ABSENT && r->all->state == STATE_PRESENT) {
		r->all->state = file->state;
		r->all->why = file->why;
		r->all->origin = file->path;
	}
	return NULL;
}

/* What stands in $kernelopts is put in its place (RHEL 8). */
static void add(struct reading *r, const char *text, const char *path, unsigned line)
{
	const char *origin = line ? arena_printf(r->arena, "%s:%u", path, line) : path;
	struct cmdline *cmdline = arena_new_of(r->arena, struct cmdline);
	const char *variable = strstr(text, "$kernelopts");

	if (r->all->n >= ENTRIES_MOST)
		return;
	cmdline->state = STATE_PRESENT;
	cmdline->origin = origin;
	if (variable && r->kernelopts)
		text = arena_printf(r->arena, "%.*s%s%s", (int)(variable - text), text, r->kernelopts, variable + strlen("$kernelopts"));
	cmdline_parse(cmdline, r->arena, text, strlen(text), origin);
	arena_push(r->arena, r->all->list, r->all->n) = (struct boot_entry){ origin, cmdline };
}

/*
 * Lines whose first word is one of those are command lines; the first `skipped` words behind it are none: the kernel's path of "linux PATH
 * OPTIONS" in grub.cfg.
 */
static void take_lines(struct reading *r, const char *path, const char *words, int skipped)
{
	const struct file *file = read_file(r, path);
	unsigned number = 0;

	for (const char *at = file ? file->data : ""; *at;) {
		size_t n = strcspn(at, "\n"), first;
		char *line = text_trim(arena_strndup(r->arena, at, n));

		number++;
		at += n + (at[n] == '\n');
		first = strcspn(line, " \t");
		if (!list_has_part(words, " ", line, first))
			continue;
		line += first;
		for (int i = 0; i < skipped; i++) {
			line += strspn(line, " \t");
			line += strcspn(line, " \t");
		}
		add(r, text_trim(line), file->path, number);
	}
}

static void take_folder(struct reading *r, const char *folder)
{
	const struct directory *dir = source_list(r->source, folder);

	if (dir->state != STATE_PRESENT && dir->state != STATE_ABSENT)
		read_file(r, folder);
	for (size_t i = 0; i < dir->n; i++) {
		const char *dot = strrchr(dir->entries[i].name, '.');

		if (dot && streq(dot, ".conf"))
			take_lines(r, arena_printf(r->arena, "%s/%s", folder, dir->entries[i].name), "options", 0);
	}
}

/* All of the file is one command line. */
static void take_whole(struct reading *r, const char *path)
{
	const struct file *file = read_file(r, path);

	if (file)
		add(r, file->data, file->path, 0);
}

/* ---- /etc/default/grub ---- */

struct defaults {
	const char *all, *ordinary;  /* GRUB_CMDLINE_LINUX, GRUB_CMDLINE_LINUX_DEFAULT */
	const char *path;
	unsigned line;
};

/* NAME="$NAME more": Debian's drop-ins add to a value that way. */
static const char *unquoted(struct reading *r, const char *text, const char *name, const char *old)
{
	size_t n = strlen(text);
	const char *own = arena_printf(r->arena, "$%s", name), *braced = arena_printf(r->arena, "${%s}", name), *rest = NULL;

	if (n > 1 && strchr("\"'", *text) && text[n - 1] == *text)
		text = arena_strndup(r->arena, text + 1, n - 2);
	if (starts_with(text, own))
		rest = text + strlen(own);
	else if (starts_with(text, braced))
		rest = text + strlen(braced);
	return rest ? arena_printf(r->arena, "%s%s", old ? old : "", rest) : text;
}

static void take_defaults(struct reading *r, const char *path, struct defaults *d)
{
	static const char all[] = "GRUB_CMDLINE_LINUX", ordinary[] = "GRUB_CMDLINE_LINUX_DEFAULT";
	const struct file *file = read_file(r, path);
	unsigned number = 0;

	for (const char *at = file ? file->data : ""; *at;) {
		size_t n = strcspn(at, "\n");
		char *line = text_trim(arena_strndup(r->arena, at, n)), *value = strchr(line, '=');

		number++;
		at += n + (at[n] == '\n');
		if (!value || *line == '#')
			continue;
		*value++ = '\0';
		if (!streq(line, all) && !streq(line, ordinary))
			continue;
		if (streq(line, all))
			d->all = unquoted(r, value, all, d->all);
		else
			d->ordinary = unquoted(r, value, ordinary, d->ordinary);
		d->path = file->path;
		d->line = number;
	}
}

static void take_default_grub(struct reading *r)
{
	struct defaults d = { 0 };
	const struct directory *dir = source_list(r->source, "etc/default/grub.d");

	take_defaults(r, "etc/default/grub", &d);
	for (size_t i = 0; i < dir->n; i++) {
		const char *dot = strrchr(dir->entries[i].name, '.');

		if (dot && streq(dot, ".cfg"))
			take_defaults(r, arena_printf(r->arena, "etc/default/grub.d/%s", dir->entries[i].name), &d);
	}
	if (d.path)
		add(r, arena_printf(r->arena, "%s %s", d.all ? d.all : "", d.ordinary ? d.ordinary : ""), d.path, d.line);
}

/* "kernelopts=…" */
static const char *kernelopts(struct reading *r)
{
	const struct file *file = read_file(r, "boot/grub2/grubenv");
	const char *at = file ? strstr(file->data, "kernelopts=") : NULL;

	return at ? arena_strndup(r->arena, at + strlen("kernelopts="), strcspn(at + strlen("kernelopts="), "\n")) : NULL;
}

/* ---- all of them ---- */

struct boot_entries *boot_entries_read(struct source *source, struct arena *arena)
{
	static const char *const folders[] = { "boot/loader/entries", "efi/loader/entries", "boot/efi/loader/entries" };
	static const char *const grub[] = { "boot/grub/grub.cfg", "boot/grub2/grub.cfg" };
	static const char *const syslinux[] = { "boot/extlinux.conf", "boot/extlinux/extlinux.conf", "boot/syslinux/syslinux.cfg" };
	static const char *const whole[] = { "etc/kernel/cmdline", "boot/cmdline.txt", "boot/firmware/cmdline.txt" };
	struct boot_entries *all = arena_new_of(arena, struct boot_entries);
	struct reading r = { .all = all, .source = source, .arena = arena };

	all->state = STATE_PRESENT;
	all->origin = "/boot";
	r.kernelopts = kernelopts(&r);
	for (size_t i = 0; i < ARRAY_LEN(folders); i++)
		take_folder(&r, folders[i]);
	for (size_t i = 0; i < ARRAY_LEN(grub); i++)
		take_lines(&r, grub[i], "linux linux16 linuxefi", 1);
	for (size_t i = 0; i < ARRAY_LEN(syslinux); i++)
		take_lines(&r, syslinux[i], "append APPEND Append", 0);
	for (size_t i = 0; i < ARRAY_LEN(whole); i++)
		take_whole(&r, whole[i]);
	take_default_grub(&r);
	if (!all->n && all->state == STATE_PRESENT) {
		all->state = STATE_UNAVAILABLE;
		all->why = "no boot loader that is known has a command line here";
	}
	return all;
}

static void *read_entries(struct source *source, struct arena *arena)
{
	return boot_entries_read(source, arena);
}

const struct boot_entries *subject_boot_entries(const struct subject *subject)
{
	static const struct host_table table = { read_entries };

	return subject_table(subject, &table);
}
