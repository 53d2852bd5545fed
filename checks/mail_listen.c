/* SPDX-License-Identifier: Apache-2.0 */
/* From where mail servers are set up to take mail. */
#include "checks/checks.h"

#include "core/base/text.h"
#include "core/boot/unit.h"
#include "core/running/mail_server.h"

static const char *safe(struct arena *arena, const char *text)
{
	return text_safe(arena, text, strlen(text), 128);
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	auto_arena struct arena *scratch = arena_new();
	const struct mail_places *places = mail_places_read(subject->source, subject_units(subject), scratch);

	(void)params;
	for (size_t i = 0; i < places->n; i++) {
		const struct mail_place *p = &places->list[i];

		items_add_text(items, arena_printf(items->arena, "%s, %s", p->server, safe(items->arena, p->text)), arena_strdup(items->arena, p->origin), p->scope);
	}
	if (!faults_show(&places->faults, "mail server", items) && !items->n)
		items_add_state(items, "mail server", "/etc", STATE_ABSENT, "none that is known is set up to take mail from the network");
}

const struct check check_mail_listen = {
	.name = "mail-listen",
	.summary = "from where mail servers take mail, by their configuration",
	.reference = "An item for each address that a mail server which is installed, and not kept from starting, is set up to listen on: loopback, address "
		     "or everywhere. Of Postfix inet_interfaces in main.cf and the services in master.cf that take mail; of Exim dc_local_interfaces in "
		     "Debian's update-exim4.conf.conf, or local_interfaces in the configuration file; of Sendmail DaemonPortOptions in sendmail.cf; of OpenSMTPD "
		     "the lines listen on. What a server does where its file says nothing counts. Unknown where a variable, a macro or a file that is included "
		     "decides. Absent where no such server is there. Programs that are started with other files on the command line are not followed. See postconf(5), master(5).",
	.subjects = SUBJECT_HOST,
	.params = { { 0 } },
	.observe = observe,
};
