/* SPDX-License-Identifier: Apache-2.0 */
/* The table of formats. */
#include "reports/formats.h"

const struct format *const formats[] = {
	&format_text,
	&format_json,
	&format_junit,
	&format_html,
	&format_xccdf,
	&format_arf,
	&format_sarif,
	&format_csv,
	&format_markdown,
	&format_prometheus,
	&format_nagios,
	/* of what would mend it */
	&format_sh,
	&format_ansible,
	&format_fragment,
	&format_sysctl,
	&format_modprobe,
	&format_cmdline,
	&format_kconfig,
	&format_patch,
	&format_daemon_json,
	&format_run,
	&format_compose,
	&format_kubernetes,
	NULL,
};

const struct format *format_find(const char *name)
{
	for (const struct format *const *f = formats; *f; f++)
		if (streq((*f)->name, name))
			return *f;
	return NULL;
}
