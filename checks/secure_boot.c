/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the firmware checked the signature of what it started: the Secure Boot variables of UEFI. */
#include "checks/checks.h"

#define EFIVARS     "sys/firmware/efi/efivars"
#define EFI_GLOBAL  "-8be4df61-93ca-11d2-aa0d-00e098032b8c"   /* UEFI specification, EFI_GLOBAL_VARIABLE */
#define SHIM_LOCK   "-605dab50-e046-4300-abb6-3dd810dd8b23"   /* of shim, the first-stage loader */

enum { ATTRIBUTES = 4 };   /* bytes before the value in a file of efivarfs; kernel docs: filesystems/efivarfs */

struct variable {
	const struct file *file;
	int value;               /* 0 or 1; -1 unless present and one byte of that value */
};

static struct variable read_variable(const struct subject *subject, const char *path)
{
	struct variable v = { source_read(subject->source, path, 4096), -1 };
	const unsigned char *data = (const unsigned char *)v.file->data;

	if (v.file->state == STATE_PRESENT && v.file->size == ATTRIBUTES + 1 && data[ATTRIBUTES] <= 1)
		v.value = data[ATTRIBUTES];
	return v;
}

/* An unreadable or odd variable decides the item. Returns false where it did. A missing one is for the caller to judge. */
static bool usable(const struct variable *v, struct items *items)
{
	if (v->value >= 0 || v->file->state == STATE_ABSENT)
		return true;
	if (v->file->state == STATE_PRESENT)
		items_add_state(items, "Secure Boot", v->file->path, STATE_MALFORMED,
				"not four bytes of attributes and a 0 or 1");
	else
		items_add_file_state(items, "Secure Boot", v->file);
	return false;
}

static void observe_variables(const struct subject *subject, struct items *items)
{
	const struct variable boot = read_variable(subject, EFIVARS "/SecureBoot" EFI_GLOBAL);
	const struct variable setup = read_variable(subject, EFIVARS "/SetupMode" EFI_GLOBAL);
	const struct variable shim = read_variable(subject, EFIVARS "/MokSBStateRT" SHIM_LOCK);
	const char *origin = boot.file->path;

	if (!usable(&boot, items))
		return;
	if (boot.value < 0)
		items_add_state(items, "Secure Boot", origin, STATE_ABSENT, "the firmware does not have Secure Boot");
	else if (setup.value == 1)
		items_add_text(items, "Secure Boot", setup.file->path, "setup-mode");
	else if (boot.value == 0)
		items_add_text(items, "Secure Boot", origin, "disabled");
	else if (usable(&setup, items) && usable(&shim, items))
		items_add_text(items, "Secure Boot", shim.value == 1 ? shim.file->path : origin,
			       shim.value == 1 ? "shim-disabled" : "enabled");
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct directory *efi = source_list(subject->source, "sys/firmware/efi");
	const struct directory *efivars;

	(void)params;
	if (efi->state == STATE_ABSENT) {
		items_add_state(items, "Secure Boot", efi->path, STATE_INAPPLICABLE,
				"the machine was not started by UEFI firmware");
		return;
	}
	efivars = source_list(subject->source, EFIVARS);
	if (efi->state != STATE_PRESENT)
		items_add_state(items, "Secure Boot", efi->path, efi->state, "%s", efi->why);
	else if (efivars->state == STATE_PRESENT && efivars->n)
		observe_variables(subject, items);
	else if (efivars->state == STATE_PRESENT || efivars->state == STATE_ABSENT)
		items_add_state(items, "Secure Boot", efivars->path, STATE_BROKEN, "efivarfs is not mounted");
	else
		items_add_state(items, "Secure Boot", efivars->path, efivars->state, "%s", efivars->why);
}

const struct check check_secure_boot = {
	.name = "secure-boot",
	.summary = "whether UEFI Secure Boot is in force",
	.reference = "Read from the UEFI variables SecureBoot and SetupMode and from shim's MokSBStateRT, in efivarfs. "
		     "The value is `enabled`; `disabled`; `setup-mode` while the firmware lets anyone enroll keys; or "
		     "`shim-disabled` where Secure Boot is on, but shim was told (mokutil --disable-validation) to check "
		     "nothing after itself. Not applicable on a machine that was not started by UEFI; absent where the "
		     "firmware has no such variable.",
	.subjects = SUBJECT_HOST,
	.params = { { 0 } },
	.observe = observe,
};
