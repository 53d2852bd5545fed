/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What would mend it in the language of what is changed: files as they should lie there, words for the kernel's command line, options of its
 * configuration.
 */
#include "core/fix/fix_script.h"
#include "reports/fixes.h"

#include "core/base/text.h"

/* What is set apart stands behind a sign that makes a remark of it in all these languages. */
static void put_content(struct fixes *f, const struct fix_item *item, const char *text)
{
	for (const char *line = text, *end; *line; line = *end ? end + 1 : end) {
		end = strchrnul(line, '\n');
		fixes_printf(f, "%s%.*s\n", item->set_apart ? "#: " : "", (int)(end - line), line);
	}
}

static bool is_below(const char *path, const char *folder)
{
	return !folder || (starts_with(path, folder) && path[strlen(folder)] == '/');
}

static void put_item_files(struct fixes *f, const struct fix_item *item, const char *folder)
{
	struct fix_script script = fix_script_read(f->arena, item->text);
	bool described = false;

	for (size_t i = 0; i < script.n_files; i++) {
		if (!is_below(script.files[i].path, folder))
			continue;
		if (!described)
			fixes_describe(f, item);
		described = true;
		fixes_remark(f, "file", script.files[i].path);
		put_content(f, item, script.files[i].text);
	}
}

void fixes_put_files(struct fixes *f, const char *folder, bool headed)
{
	(void)headed;
	for (size_t i = 0; i < f->plan->n; i++)
		if (f->plan->items[i].kind == FIX_SCRIPT && f->plan->items[i].text && !fixes_is_repeated(f->plan, i))
			put_item_files(f, &f->plan->items[i], folder);
}

static void put_kind(struct fixes *f, enum fix_kind kind, const char *heading)
{
	if (heading && f->plan->of[kind])
		fixes_printf(f, "\n# ==== %s ====\n", heading);
	for (size_t i = 0; i < f->plan->n; i++) {
		const struct fix_item *item = &f->plan->items[i];

		if (item->kind != kind || !item->text || fixes_is_repeated(f->plan, i))
			continue;
		fixes_describe(f, item);
		put_content(f, item, kind == FIX_CMDLINE ? fixes_grub(f->arena, item) : item->text);
	}
}

void fixes_put_cmdline(struct fixes *f, bool headed)
{
	put_kind(f, FIX_CMDLINE, headed ? "/etc/default/grub.d/60-plimsoll.cfg" : NULL);
}

void fixes_put_kconfig(struct fixes *f, bool headed)
{
	put_kind(f, FIX_KCONFIG, headed ? "Kconfig, for scripts/kconfig/merge_config.sh" : NULL);
}

/* ---- the formats ---- */

static struct fixes begin(const struct audit *audit, struct arena *arena, FILE *file, const char *how)
{
	struct fixes f = { { .file = file }, arena, audit, audit->fixes };

	fixes_head(&f, how);
	return f;
}

static int write_sysctl(const struct audit *audit, const struct format_options *options, FILE *file, struct err *err)
{
	auto_arena struct arena *arena = arena_new();
	struct fixes f = begin(audit, arena, file, "A file for /etc/sysctl.d; take the \"#: \" off the lines that you want.");

	(void)options;
	fixes_put_files(&f, "/etc/sysctl.d", false);
	return output_finish(&f.output, err);
}

static int write_modprobe(const struct audit *audit, const struct format_options *options, FILE *file, struct err *err)
{
	auto_arena struct arena *arena = arena_new();
	struct fixes f = begin(audit, arena, file, "A file for /etc/modprobe.d; take the \"#: \" off the lines that you want.");

	(void)options;
	fixes_put_files(&f, "/etc/modprobe.d", false);
	return output_finish(&f.output, err);
}

static int write_cmdline(const struct audit *audit, const struct format_options *options, FILE *file, struct err *err)
{
	auto_arena struct arena *arena = arena_new();
	struct fixes f = begin(audit, arena, file, "A file for /etc/default/grub.d, then update-grub; the words alone are for any other boot loader.");

	(void)options;
	fixes_put_cmdline(&f, false);
	return output_finish(&f.output, err);
}

static int write_kconfig(const struct audit *audit, const struct format_options *options, FILE *file, struct err *err)
{
	auto_arena struct arena *arena = arena_new();
	struct fixes f = begin(audit, arena, file, "A fragment for scripts/kconfig/merge_config.sh of the kernel's sources.");

	(void)options;
	fixes_put_kconfig(&f, false);
	return output_finish(&f.output, err);
}

static int write_fragment(const struct audit *audit, const struct format_options *options, FILE *file, struct err *err)
{
	auto_arena struct arena *arena = arena_new();
	struct fixes f = begin(audit, arena, file, "Each part is for another file; the format named as its heading writes it alone.");
	int rc;

	(void)options;
	fixes_put_files(&f, NULL, true);
	fixes_put_cmdline(&f, true);
	fixes_put_kconfig(&f, true);
	fixes_put_edits(&f, true);
	rc = fixes_put_daemon_json(&f, true, err);
	if (rc == 0)
		rc = fixes_put_run(&f, true, err);
	if (rc == 0)
		rc = fixes_put_compose(&f, true, err);
	if (rc == 0)
		rc = fixes_put_kubernetes(&f, true, err);
	fixes_by_hand(&f, 1U << FIX_BY_HAND);
	return rc < 0 ? rc : output_finish(&f.output, err);
}

const struct format format_fragment = {
	.name = "fragment",
	.summary = "all fixes, each in the language of the file it is for",
	.mime = "text/plain", .explains = true, .write_fixes = write_fragment,
};

const struct format format_sysctl = {
	.name = "sysctl",
	.summary = "fixes for kernel parameters, as a file for sysctl.d",
	.mime = "text/plain", .explains = true, .write_fixes = write_sysctl,
};

const struct format format_modprobe = {
	.name = "modprobe",
	.summary = "fixes for kernel modules, as a file for modprobe.d",
	.mime = "text/plain", .explains = true, .write_fixes = write_modprobe,
};

const struct format format_cmdline = {
	.name = "cmdline",
	.summary = "fixes for the kernel's command line, as a file for GRUB",
	.mime = "text/plain", .explains = true, .write_fixes = write_cmdline,
};

const struct format format_kconfig = {
	.name = "kconfig",
	.summary = "fixes for the kernel's build configuration, as a fragment for merge_config.sh",
	.mime = "text/plain", .explains = true, .write_fixes = write_kconfig,
};
