/* SPDX-License-Identifier: Apache-2.0 */
/* How many bits of a mapping's address are random, of those that the architecture can give. */
#include "checks/checks.h"
#include "checks/sysctl.h"

#include "core/base/text.h"

#include <inttypes.h>

/* The names that belong to one kind of program. */
struct names {
	const char *sysctl, *symbol, *maximum;
};

static const struct names native = { "vm.mmap_rnd_bits", "ARCH_MMAP_RND_BITS", "ARCH_MMAP_RND_BITS_MAX" };
static const struct names compat = { "vm.mmap_rnd_compat_bits", "ARCH_MMAP_RND_COMPAT_BITS",
				     "ARCH_MMAP_RND_COMPAT_BITS_MAX" };

struct number {
	const char *name, *origin;
	int64_t value;
};

/* A number of the build configuration; false where there is none, with an item that says why. */
static bool built_number(const struct subject *subject, const char *symbol, struct number *number, struct items *items)
{
	const struct kconfig *kconfig = subject->kernel->kconfig;
	const char *value = kconfig->state == STATE_PRESENT ? kconfig_get(kconfig, symbol) : NULL;
	char *name = arena_printf(items->arena, "CONFIG_%s", symbol);

	*number = (struct number){ .name = name, .origin = kconfig->origin };
	if (value && text_integer(value, &number->value))
		return true;
	if (kconfig->state != STATE_PRESENT)
		items_add_state(items, name, kconfig->origin, kconfig->state == STATE_ABSENT ? STATE_UNAVAILABLE : kconfig->state,
				"%s", kconfig->why);
	else if (value)
		items_add_state(items, name, kconfig->origin, STATE_MALFORMED, "'%s' is not a number", value);
	else if (!kconfig->whole)
		items_add_state(items, name, kconfig->origin, STATE_BROKEN,
				"not mentioned, and the file cannot be taken as whole: %s", kconfig->cut_why);
	else
		items_add_state(items, name, kconfig->origin, STATE_INAPPLICABLE,
				"the symbol does not exist for this kernel");
	return false;
}

/* The number in force; false where there is none, with an item that says why. */
static bool running_number(const struct subject *subject, const char *sysctl, struct number *number, struct items *items)
{
	struct items scratch = { .arena = items->arena };
	const struct item *value = sysctl_item(subject, sysctl, &scratch);

	if (value->state == STATE_PRESENT && value->type == ITEM_INTEGER) {
		*number = (struct number){ sysctl, value->origin, value->number };
		return true;
	}
	if (value->state == STATE_PRESENT)
		items_add_state(items, sysctl, value->origin, STATE_MALFORMED, "'%s' is not a number", value->text);
	else
		items_add_state(items, sysctl, value->origin, value->state, "%s", value->why);
	return false;
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const char *abi = params_get(params, "abi"), *from = params_get(params, "from");
	const struct names *names = abi && streq(abi, "compat") ? &compat : &native;
	bool built = from && streq(from, "built");
	struct number bits, maximum;
	const char *text = "full";

	if (!(built ? built_number(subject, names->symbol, &bits, items)
		    : running_number(subject, names->sysctl, &bits, items)) ||
	    !built_number(subject, names->maximum, &maximum, items))
		return;
	if (bits.value < maximum.value)
		text = arena_printf(items->arena, "%" PRId64 " of %" PRId64 " bits", bits.value, maximum.value);
	items_add_text(items, bits.name, bits.origin, text);
}

const struct check check_aslr_bits = {
	.name = "aslr-bits",
	.summary = "whether the address of a mapping gets all the random bits that the architecture has",
	.reference = "vm.mmap_rnd_bits, or vm.mmap_rnd_compat_bits for 32-bit programs on a 64-bit kernel; with "
		     "from=\"built\" CONFIG_ARCH_MMAP_RND_BITS or CONFIG_ARCH_MMAP_RND_COMPAT_BITS, the value at boot. "
		     "Compared with the largest value that the build allows, CONFIG_ARCH_MMAP_RND_BITS_MAX or "
		     "CONFIG_ARCH_MMAP_RND_COMPAT_BITS_MAX. The value is `full`, or a text such as \"28 of 32 bits\". "
		     "Not applicable where the whole configuration does not know the maximum, unknown where the "
		     "configuration cannot be read. Kernel docs: admin-guide/sysctl/vm.",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "abi", PARAM_WORD, OPTIONAL, "which programs; native where it is left out", "native compat" },
		{ "from", PARAM_WORD, OPTIONAL, "what is compared; running where it is left out", "running built" },
	},
	.observe = observe,
};
