/* SPDX-License-Identifier: Apache-2.0 */
/* The terminal report of several hosts: which they are. */
#include "reports/text.h"

#include "core/base/text.h"

enum { NAMES_LINES = 3 };

const char *text_host(const struct host_facts *host)
{
	return host->name && *host->name ? host->name : "this system";
}

/* "3 hosts: web01, db02, node-3" */
void text_host_names(struct text_report *t)
{
	struct buffer names = { .arena = t->arena };

	for (size_t i = 0; i < t->audit->n_hosts; i++)
		buffer_printf(&names, "%s %s", i ? "," : "", text_host(&t->audit->hosts[i]));
	page_printf(&t->page, STYLE_BOLD, "%zu hosts:", t->audit->n_hosts);
	page_to(&t->page, t->page.column + 1);
	page_wrap(&t->page, STYLE_BOLD, 2, text_is_verbose(t) ? 0 : NAMES_LINES, names.text + 1);
	page_end(&t->page);
}
