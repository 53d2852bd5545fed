/* SPDX-License-Identifier: Apache-2.0 */
/* A parameter on the kernel command line. */
#include "checks/checks.h"

#include "core/base/text.h"

static void add_value(struct items *items, const struct cmdline_param *param, const char *name, bool boolean)
{
	const char *value = param->value ? param->value : "";
	int flag = boolean ? text_boolean(value) : -1;
	struct item *item;

	if (flag >= 0) {
		items_add_integer(items, name, param->origin, flag);
		return;
	}
	item = items_add_set(items, name, param->origin, value);
	if (text_integer(item->text, &item->number))
		item->type = ITEM_INTEGER;
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct cmdline *cmdline = subject->kernel->cmdline;
	const char *name = params_get(params, "name");
	const struct cmdline_param *param;

	if (cmdline->state != STATE_PRESENT) {
		items_add_state(items, name, cmdline->origin, cmdline->state == STATE_ABSENT ? STATE_UNAVAILABLE : cmdline->state, "%s",
				cmdline->why);
		return;
	}
	param = cmdline_get(cmdline, name);
	if (param)
		add_value(items, param, name, params_true(params, "boolean"));
	else
		items_add_state(items, name, cmdline->origin, STATE_ABSENT, "not given");
}

const struct check check_cmdline = {
	.name = "cmdline",
	.summary = "a parameter on the kernel command line",
	.reference = "Read from /proc/cmdline, /proc/bootconfig and a command line built into the kernel (CONFIG_CMDLINE), with the kernel's "
		     "grammar: parameters end at `--`, `-` and `_` are the same in names, quotes protect spaces, other spellings "
		     "(slub_nomerge) count, the last of several wins. The value is an integer where it is one, else a set of words "
		     "separated by commas; empty for a parameter without a value.",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "name", PARAM_STRING, REQUIRED, "the parameter, with _ for -", NULL },
		{ "boolean", PARAM_BOOLEAN, OPTIONAL, "true: on, yes, y, true are 1, and off, no, n, false are 0", NULL },
	},
	.observe = observe,
};
