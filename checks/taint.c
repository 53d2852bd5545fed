/* SPDX-License-Identifier: Apache-2.0 */
/* What has happened to the kernel since it started that makes it less worthy of trust: its taint flags, and those of modules. */
#include "checks/checks.h"

#include "core/base/text.h"

/* The letters are those of admin-guide/tainted-kernels. */
static const struct bit_name bits[] = {
	{ 0, "proprietary-module" },   /* P */
	{ 1, "forced-load" },          /* F */
	{ 2, "cpu-out-of-spec" },      /* S */
	{ 3, "forced-unload" },        /* R */
	{ 4, "machine-check" },        /* M */
	{ 5, "bad-page" },             /* B */
	{ 6, "user-request" },         /* U */
	{ 7, "oops" },                 /* D */
	{ 8, "acpi-override" },        /* A */
	{ 9, "warning" },              /* W */
	{ 10, "staging-driver" },      /* C */
	{ 11, "firmware-workaround" }, /* I */
	{ 12, "out-of-tree" },         /* O */
	{ 13, "unsigned-module" },     /* E */
	{ 14, "soft-lockup" },         /* L */
	{ 15, "livepatch" },           /* K */
	{ 16, "auxiliary" },           /* X */
	{ 17, "randstruct" },          /* T */
	{ 18, "in-kernel-test" },      /* N */
	{ 19, "fwctl-debug-write" },   /* J */
	{ 0, NULL },
};

static void observe_kernel(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct file *file = source_read(subject->source, "proc/sys/kernel/tainted", 4096);
	struct items raw = { .arena = items->arena };
	const struct item *seen = items_add_value_file(&raw, "taint", file);

	(void)params;
	if (seen->state != STATE_PRESENT)
		items_add_state(items, "taint", file->path, seen->state, "%s", seen->why);
	else if (seen->type != ITEM_INTEGER || seen->number < 0)
		items_add_state(items, "taint", file->path, STATE_MALFORMED, "not a mask: %s", seen->text);
	else
		items_add_bits(items, "taint", file->path, (uint64_t)seen->number)->text =
			expect_bits_text(items->arena, (uint64_t)seen->number, bits);
}

/* "OE" → "O E" */
static char *spaced(struct arena *arena, const char *letters)
{
	struct buffer out = { .arena = arena };

	for (; *letters; letters++)
		buffer_printf(&out, "%s%c", out.size ? " " : "", *letters);
	return out.text;
}

/* A built-in module has no taint file, and the file of one without taint holds a mere newline. */
static void observe_module(struct source *source, const char *entry, struct items *items)
{
	const struct file *file = source_read(source, arena_printf(items->arena, "sys/module/%s/taint", entry), 4096);
	const char *name = text_safe(items->arena, entry, strlen(entry), 128);
	struct items raw = { .arena = items->arena };
	const struct item *seen = items_add_value_file(&raw, name, file);

	if (seen->state == STATE_ABSENT)
		return;
	if (seen->state != STATE_PRESENT)
		items_add_state(items, name, file->path, seen->state, "%s", seen->why);
	else if (*seen->text)
		items_add_set(items, name, file->path, spaced(items->arena, seen->text));
}

static bool lists(const struct directory *modules, const char *name, size_t size)
{
	for (size_t i = 0; i < modules->n; i++)
		if (strncmp(modules->entries[i].name, name, size) == 0 && modules->entries[i].name[size] == '\0')
			return true;
	return false;
}

/* A module that is loaded and yet not in sysfs is hidden, or was not captured: of its taint nothing is known. */
static void observe_hidden(const struct subject *subject, const struct directory *modules, struct items *items)
{
	const struct file *loaded = source_read(subject->source, "proc/modules", 4 * SOURCE_LIMIT);
	const char *built = kconfig_get(subject->kernel->kconfig, "MODULES");
	size_t size;

	if (loaded->state == STATE_ABSENT && built && streq(built, "y"))
		items_add_state(items, "modules", loaded->path, STATE_BROKEN, "not there, but the kernel is built with modules");
	else if (loaded->state != STATE_PRESENT && loaded->state != STATE_ABSENT)
		items_add_file_state(items, "modules", loaded);
	for (const char *line = loaded->data; line && *line; line += strcspn(line, "\n"), line += *line == '\n') {
		size = strcspn(line, " \n");
		if (size && !lists(modules, line, size))
			items_add_state(items, text_safe(items->arena, line, size, 128), modules->path, STATE_BROKEN,
					"listed in %s, but not there", loaded->path);
	}
}

static void observe_modules(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct directory *modules = source_list(subject->source, "sys/module");

	(void)params;
	if (modules->state != STATE_PRESENT) {
		items_add_state(items, "modules", modules->path, modules->state == STATE_ABSENT ? STATE_UNAVAILABLE : modules->state, "%s",
				modules->why);
		return;
	}
	for (size_t i = 0; i < modules->n; i++)
		observe_module(subject->source, modules->entries[i].name, items);
	observe_hidden(subject, modules, items);
	if (!items->n)
		items_add_state(items, "modules", modules->path, STATE_ABSENT, "no module has tainted the kernel");
}

const struct check check_taint = {
	.name = "taint",
	.summary = "what has happened to the kernel that lessens the trust in it",
	.reference = "The mask in /proc/sys/kernel/tainted; bits by number or name. A bit stays set until the next start, also after the module that "
		     "set it is gone. Documented in the kernel's admin-guide/tainted-kernels.",
	.subjects = SUBJECT_HOST,
	.bits = bits,
	.observe = observe_kernel,
};

const struct check check_module_taint = {
	.name = "module-taint",
	.summary = "loaded modules that have tainted the kernel",
	.reference = "One value for each loaded module whose /sys/module/MODULE/taint is not empty: a set of letters, P proprietary, F force-loaded, "
		     "C staging, O built outside the kernel tree, E unsigned, K live patch, N test. Absent when there is none; a module "
		     "that /proc/modules lists and sysfs does not is unknown.",
	.subjects = SUBJECT_HOST,
	.observe = observe_modules,
};
