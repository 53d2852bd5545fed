/* SPDX-License-Identifier: Apache-2.0 */
/* The integrity subsystem: IMA's policy and measurements, and the state of EVM. */
#include "checks/checks.h"

#include "core/base/text.h"

#define IMA "sys/kernel/security/ima"

static const struct bit_name evm_bits[] = {
	{ 0, "hmac" }, { 1, "signature" }, { 2, "metadata-writes" }, { 31, "locked" }, { 0, NULL },
};

/*
 * What a file or directory of securityfs is, by the state of a look-up; true where it is there. A captured root without any
 * of securityfs says nothing of the kernel.
 */
static bool is_there(const struct subject *subject, const struct item *seen, const char *part, struct items *items)
{
	const struct directory *all;

	if (seen->state == STATE_PRESENT)
		return true;
	all = source_is_live(subject->source) ? NULL : source_list(subject->source, "sys/kernel/security");
	if (seen->state != STATE_ABSENT)
		items_add_state(items, seen->name, seen->origin, seen->state, "%s", seen->why);
	else if (all && !all->n)
		items_add_state(items, seen->name, seen->origin, STATE_BROKEN, "the root holds nothing of securityfs");
	else
		items_add_state(items, seen->name, seen->origin, STATE_ABSENT,
				"the kernel is built without %s, or it is not active", part);
	return false;
}

static bool ima_is_there(const struct subject *subject, const char *name, struct items *items)
{
	const struct directory *ima = source_list(subject->source, IMA);
	const struct item seen = { .name = name, .origin = ima->path, .state = ima->state, .why = ima->why };

	return is_there(subject, &seen, "IMA", items);
}

static size_t count_rules(const struct file *policy)
{
	size_t n = 0, length;

	for (const char *at = policy->data, *line; (line = list_next(&at, "\n", &length));)
		n += line[0] != '#';
	return n;
}

/* One entry of the measurement list is always there, boot_aggregate: a second shows that some rule measures. */
static bool is_measuring(const struct file *count, struct arena *arena)
{
	int64_t n;

	return count->state == STATE_PRESENT && text_integer(text_trim(arena_strdup(arena, count->data)), &n) && n > 1;
}

/*
 * Without CONFIG_IMA_READ_POLICY nobody can read the policy, and without CONFIG_IMA_WRITE_POLICY the file goes once one was
 * loaded; that it is not in a capture says nothing.
 */
static bool is_text(const struct file *file)
{
	for (size_t i = 0; i < file->size; i++)
		if ((unsigned char)file->data[i] > 0x7e || (file->data[i] < ' ' && !strchr("\t\n", file->data[i])) || !file->data[i])
			return false;
	return true;
}

static void observe_policy(const struct subject *subject, struct items *items)
{
	const struct file *policy = source_read(subject->source, IMA "/policy", SOURCE_LIMIT);
	const struct file *count = source_read(subject->source, IMA "/runtime_measurements_count", 4096);
	size_t rules = policy->state == STATE_PRESENT ? count_rules(policy) : 0;

	if (rules && !is_text(policy))
		items_add_state(items, "IMA policy", policy->path, STATE_MALFORMED, "it holds what is no text");
	else if (rules)
		items_add_text(items, arena_printf(items->arena, "IMA policy of %zu rules", rules), policy->path, "loaded");
	else if (policy->state == STATE_PRESENT)
		items_add_state(items, "IMA policy", policy->path, STATE_ABSENT, "it holds no rules");
	else if (is_measuring(count, items->arena))
		items_add_text(items, "IMA policy, by what was measured", count->path, "loaded");
	else if (policy->state == STATE_ABSENT && source_is_live(subject->source))
		items_add_text(items, "IMA policy, which can no longer be replaced", policy->path, "loaded");
	else if (policy->state == STATE_ABSENT)
		items_add_state(items, "IMA policy", policy->path, STATE_BROKEN, "the policy was not captured");
	else
		items_add_file_state(items, "IMA policy", policy);
}

static void observe_evm(const struct subject *subject, struct items *items)
{
	const struct file *file = source_read(subject->source, "sys/kernel/security/evm", 4096);
	struct items scratch = { .arena = items->arena };
	const struct item *value = items_add_value_file(&scratch, "EVM", file);

	if (!is_there(subject, value, "EVM", items))
		return;
	if (value->type != ITEM_INTEGER)
		items_add_state(items, "EVM", file->path, STATE_MALFORMED, "not a number");
	else
		items_add_bits(items, "EVM", file->path, (uint32_t)value->number);
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const char *aspect = params_get(params, "aspect");

	if (streq(aspect, "evm"))
		observe_evm(subject, items);
	else if (streq(aspect, "policy") && ima_is_there(subject, "IMA policy", items))
		observe_policy(subject, items);
	else if (streq(aspect, "measurements") && ima_is_there(subject, "IMA measurements", items))
		items_add_value_file(items, "IMA measurements",
				     source_read(subject->source, IMA "/runtime_measurements_count", 4096));
}

const struct check check_ima = {
	.name = "ima",
	.summary = "the kernel's integrity subsystem: IMA and EVM",
	.reference = "Read from securityfs. `policy` is `loaded` where IMA has rules: the policy can be read and holds "
		     "some, its file is gone because the kernel takes no further policy, or more was measured than the "
		     "boot aggregate; without rules, or without IMA, it is absent. `measurements` is the number of "
		     "entries in the measurement list. `evm` is a mask: hmac 0, signature 1, metadata-writes 2, locked "
		     "31 (the kernel hides the last one on reading); absent in a kernel without EVM. Kernel docs: "
		     "ABI/testing/ima_policy and ABI/testing/evm.",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "aspect", PARAM_WORD, REQUIRED, "what to look at", "policy measurements evm" },
	},
	.bits = evm_bits,
	.observe = observe,
};
