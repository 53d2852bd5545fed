/* SPDX-License-Identifier: Apache-2.0 */
/* Whether who stands at the console may change what is booted. */
#include "checks/checks.h"

#include "core/base/text.h"
#include "core/source/conf_files.h"

#include <strings.h>

struct look {
	const struct subject *subject;
	struct items *items;
};

/* What a configuration of GRUB says of passwords. */
struct grub {
	const char *superusers;      /* NULL: none, and everybody may edit */
	bool hashed, plain;          /* one of the superusers has such a password */
	bool from_user_cfg;          /* the hash is that of user.cfg */
};

static const struct file *read_file(const struct look *look, const char *path)
{
	return source_read(look->subject->source, path, (size_t)4 * SOURCE_LIMIT);
}

static const char *shown(const struct look *look, const struct file *file)
{
	return text_safe(look->items->arena, file->path, strlen(file->path), 512);
}

/* ---- GRUB ---- */

/* The next word, without quotes around it. */
static const char *next_word(struct arena *arena, const char **at)
{
	const char *from = *at + strspn(*at, " \t");
	bool quoted = *from == '"' || *from == '\'';
	size_t n = quoted ? strcspn(from + 1, *from == '"' ? "\"" : "'") : strcspn(from, " \t");

	*at = from + n + quoted;
	*at += quoted && **at;
	return arena_strndup(arena, from + quoted, n);
}

static bool is_superuser(const struct grub *grub, const char *user)
{
	return grub->superusers && list_has(grub->superusers, " ,;|&", user);
}

static void take_line(struct grub *grub, struct arena *arena, const char *line)
{
	const char *at = line, *word = next_word(arena, &at), *user, *secret;

	if (streq(word, "unset") && streq(next_word(arena, &at), "superusers")) {
		*grub = (struct grub){ .superusers = NULL };
		return;
	}
	if (streq(word, "set"))
		word = next_word(arena, &at);
	if (starts_with(word, "superusers=")) {
		const char *value = line + (strstr(line, "superusers=") - line) + strlen("superusers=");

		value = next_word(arena, &value);
		grub->superusers = *value ? value : grub->superusers;
		return;
	}
	if (!streq(word, "password") && !streq(word, "password_pbkdf2"))
		return;
	user = next_word(arena, &at);
	secret = next_word(arena, &at);
	if (!is_superuser(grub, user) || !*secret)
		return;
	if (streq(word, "password"))
		grub->plain = true;
	else if (starts_with(secret, "grub.pbkdf2."))
		grub->hashed = true;
	else if (*secret == '$')
		grub->from_user_cfg = true;
}

static bool take_text(struct grub *grub, const struct look *look, const struct file *file)
{
	struct conf_lines lines = conf_lines_of(look->items->arena, file, false);
	struct unseen unseen;

	if (file->state == STATE_ABSENT)
		return true;
	if (conf_file_unread(look->items->arena, file, &unseen)) {
		items_add_state(look->items, "GRUB", unseen.origin, unseen.state, "%s", unseen.why);
		return false;
	}
	for (char *line; (line = conf_lines_next(&lines));)
		take_line(grub, look->items->arena, line);
	return true;
}

/* grub2-setpassword(8) leaves the hash in a file of its own, beside the configuration. */
static bool ask_user_cfg(struct grub *grub, const struct look *look, const char *folder)
{
	const struct file *file = read_file(look, arena_printf(look->items->arena, "%s/user.cfg", folder));

	if (!grub->from_user_cfg || file->state == STATE_ABSENT)
		return true;
	if (file->state != STATE_PRESENT) {
		items_add_state(look->items, "GRUB", shown(look, file), file->state, "%s", file->why);
		return false;
	}
	grub->hashed = strstr(file->data, "GRUB2_PASSWORD=grub.pbkdf2.") != NULL;
	return true;
}

static void look_at_grub(const struct look *look, const char *path, const struct file *file)
{
	struct grub grub = { 0 };
	const char *folder = arena_strndup(look->items->arena, path, (size_t)(strrchr(path, '/') - path));

	if (!take_text(&grub, look, file))
		return;
	if (strstr(file->data, "custom.cfg") && !take_text(&grub, look, read_file(look, arena_printf(look->items->arena, "%s/custom.cfg", folder))))
		return;
	if (ask_user_cfg(&grub, look, folder))
		items_add_text(look->items, "GRUB", shown(look, file), grub.plain ? "plain-password" : grub.hashed ? "hashed-password" : "open");
}

/* What the firmware's partition holds often only leads to the file that has the menu. */
static bool has_menu(const struct file *file)
{
	return file->state != STATE_PRESENT || strstr(file->data, "menuentry") || strstr(file->data, "blscfg");
}

static void look_for_grub(const struct look *look)
{
	static const char *const patterns[] = { "boot/grub/grub.cfg", "boot/grub2/grub.cfg", "boot/efi/EFI/*/grub.cfg", "efi/EFI/*/grub.cfg" };
	struct paths paths = { .list = NULL };
	bool any = false;

	for (size_t i = 0; i < ARRAY_LEN(patterns); i++)
		paths_match(look->subject->source, look->items->arena, patterns[i], &paths);
	if (paths.unseen.why && paths.unseen.state != STATE_BROKEN)
		items_add_state(look->items, "GRUB", paths.unseen.origin, paths.unseen.state, "%s", paths.unseen.why);
	for (int stubs = 0; stubs < 2 && !any; stubs++) {
		for (size_t i = 0; i < paths.n; i++) {
			const struct file *file = read_file(look, paths.list[i]);

			if (file->state == STATE_ABSENT || (!stubs && !has_menu(file)))
				continue;
			any = true;
			look_at_grub(look, paths.list[i], file);
		}
	}
}

/* ---- others ---- */

/* The value of a line "KEY VALUE", without regard to case; NULL where no line has the key. */
static const char *value_of(const struct look *look, const struct file *file, const char *key)
{
	struct conf_lines lines = conf_lines_of(look->items->arena, file, false);
	const char *value = NULL;
	size_t n = strlen(key);

	for (char *line; (line = conf_lines_next(&lines));)
		if (strncasecmp(line, key, n) == 0 && (line[n] == ' ' || line[n] == '\t'))
			value = line + n + strspn(line + n, " \t");
	return value;
}

static const char *judge_syslinux(const struct look *look, const struct file *file)
{
	const char *password = value_of(look, file, "menu master passwd"), *options = value_of(look, file, "allowoptions");

	if (password)
		return *password == '$' ? "hashed-password" : "plain-password";
	return options && *options == '0' ? "editor-off" : "open";
}

static const char *judge_systemd_boot(const struct look *look, const struct file *file)
{
	const char *editor = value_of(look, file, "editor");

	return editor && text_boolean(editor) == 0 ? "editor-off" : "open";
}

static void look_for_others(const struct look *look)
{
	static const struct {
		const char *name, *path;
		const char *(*judge)(const struct look *look, const struct file *file);
	} others[] = {
		{ "systemd-boot", "boot/loader/loader.conf", judge_systemd_boot }, { "systemd-boot", "efi/loader/loader.conf", judge_systemd_boot },
		{ "systemd-boot", "boot/efi/loader/loader.conf", judge_systemd_boot }, { "EXTLINUX", "boot/extlinux.conf", judge_syslinux },
		{ "EXTLINUX", "boot/extlinux/extlinux.conf", judge_syslinux }, { "SYSLINUX", "boot/syslinux/syslinux.cfg", judge_syslinux },
	};

	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		const struct file *file = read_file(look, others[i].path);
		struct unseen unseen;

		if (file->state == STATE_ABSENT)
			continue;
		if (conf_file_unread(look->items->arena, file, &unseen))
			items_add_state(look->items, others[i].name, unseen.origin, unseen.state, "%s", unseen.why);
		else
			items_add_text(look->items, others[i].name, shown(look, file), others[i].judge(look, file));
	}
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct look look = { subject, items };

	(void)params;
	look_for_grub(&look);
	look_for_others(&look);
	if (!items->n)
		items_add_state(items, "boot loader", "/boot", STATE_INAPPLICABLE, "no boot loader is set up here");
}

const struct check check_boot_loader = {
	.name = "boot-loader",
	.summary = "whether the boot loader asks for a password before it boots something else",
	.reference = "GRUB (/boot/grub/grub.cfg, /boot/grub2/grub.cfg, and those on the firmware's partition, with custom.cfg beside them): `hashed-password` where "
		     "one of the superusers has a password_pbkdf2, also by user.cfg of grub2-setpassword, `plain-password` where one has a password in the clear, "
		     "else `open`: everybody at the console may edit the kernel command line. systemd-boot (loader.conf): `editor-off` or `open`; it knows no "
		     "password. EXTLINUX and SYSLINUX: by MENU MASTER PASSWD, or `editor-off` with ALLOWOPTIONS 0. Not applicable where none of them is set up.",
	.subjects = SUBJECT_HOST,
	.params = { { 0 } },
	.observe = observe,
};
