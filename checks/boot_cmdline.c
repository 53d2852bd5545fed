/* SPDX-License-Identifier: Apache-2.0 */
/* A parameter on the command lines that the next start may have. */
#include "checks/checks.h"

#include "core/base/text.h"
#include "core/boot/boot_entry.h"

static void add_value(const struct boot_entry *entry, const struct cmdline_param *param, struct items *items)
{
	const char *name = text_safe(items->arena, param->name, strlen(param->name), 128);
	struct item *item = items_add_set(items, name, entry->origin, param->value ? param->value : "");

	if (text_integer(item->text, &item->number))
		item->type = ITEM_INTEGER;
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct boot_entries *all = subject_boot_entries(subject);
	const char *name = params_get(params, "name");
	bool each = params_true(params, "each");

	for (size_t i = 0; i < all->n; i++) {
		const struct cmdline_param *param = cmdline_get(all->list[i].cmdline, name);

		if (param)
			add_value(&all->list[i], param, items);
		else if (each)
			items_add_state(items, name, all->list[i].origin, STATE_ABSENT, "not given");
	}
	if (all->state != STATE_PRESENT)
		items_add_state(items, name, all->origin, all->state, "%s", all->why);
	else if (!items->n)
		items_add_state(items, name, all->list[0].origin, STATE_ABSENT, "no entry has it");
}

const struct check check_boot_cmdline = {
	.name = "boot-cmdline",
	.summary = "a kernel parameter in the boot loader's entries: what the next start will have",
	.reference =
		"An item for each entry that has the parameter, by its file and line: Boot Loader Specification entries below "
		"/boot/loader/entries (and those of an EFI partition), the linux lines of grub.cfg, append lines of extlinux and syslinux, "
		"/etc/kernel/cmdline, cmdline.txt, and what /etc/default/grub with grub.d will put into grub.cfg when that is made anew. "
		"Absent where no entry has it; with `each` every entry without it is an absent item, too. The grammar and the types are "
		"those of `cmdline`, which tells of the kernel that runs. Unavailable where no file of a boot loader is there.",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "name", PARAM_STRING, REQUIRED, "the parameter, with _ for -", NULL },
		{ "each", PARAM_BOOLEAN, OPTIONAL, "true: also of each entry that lacks it", NULL },
	},
	.observe = observe,
};
