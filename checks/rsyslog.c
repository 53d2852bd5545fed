/* SPDX-License-Identifier: Apache-2.0 */
/* What rsyslog does with messages. */
#include "checks/checks.h"

#include "checks/mode.h"
#include "core/base/text.h"
#include "core/config/value.h"
#include "core/logging/rsyslog.h"

static const char *const shows[] = {
	[RSYSLOG_CREATE_MODE] = "create-mode", [RSYSLOG_FORWARD] = "forward", [RSYSLOG_PLAIN] = "plain-forward",
	[RSYSLOG_LISTEN] = "listen", [RSYSLOG_FILE] = "file",
};

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct rsyslog *rsyslog = subject_table(subject, &rsyslog_table);
	const char *show = params_get(params, "show");

	if (!rsyslog->installed) {
		items_add_state(items, show, "/etc/rsyslog.conf", STATE_INAPPLICABLE, "rsyslog is not installed");
		return;
	}
	for (size_t i = 0; i < rsyslog->n; i++) {
		const struct rsyslog_fact *fact = &rsyslog->list[i];

		if (streq(shows[fact->kind], show))
			items_add_value(items, show, fact->origin, fact->value, fact->kind == RSYSLOG_CREATE_MODE ? VALUE_MODE : VALUE_TEXT);
	}
	if (!faults_show(&rsyslog->faults, show, items) && !items->n)
		items_add_state(items, show, "/etc/rsyslog.conf", STATE_ABSENT, "none");
}

const struct check check_rsyslog = {
	.name = "rsyslog",
	.summary = "what rsyslog does with messages",
	.reference = "A value for each `create-mode` ($FileCreateMode and fileCreateMode=, a mode whose bits have the names that they have in "
		     "`file`), each target that messages are sent to (`forward`), and of those each that gets them without TLS or GSSAPI "
		     "(`plain-forward`), each input that takes them from the network (`listen`) and "
		     "each `file` that they are written to; absent where there is none. Both notations are read, with $IncludeConfig and "
		     "include() in their place; whether a condition holds is not asked. Not applicable where rsyslog is not installed. See "
		     "rsyslog.conf(5).",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "show", PARAM_WORD, REQUIRED, "what is looked at", "create-mode forward plain-forward listen file" },
		{ 0 },
	},
	.bits = mode_bits,
	.observe = observe,
};
