/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/pam_services.h"

#include "core/base/text.h"

void pam_services_show(const struct pam_services *services, pam_show show, void *question)
{
	enum state state = STATE_ABSENT;
	const char *word;
	bool any = false;
	size_t n;

	for (const char *at = services->names; (word = list_next(&at, " ", &n));) {
		const char *service = arena_strndup(services->scratch, word, n);
		const struct pam_stack *stack = pam_read(services->subject->source, services->scratch, service, services->type);

		state = stack->state;
		if (state != STATE_PRESENT && !stack->faults.n)
			continue;
		show(question, service, stack);
		any = true;
	}
	if (!any)
		items_add_state(services->items, services->names, "/etc/pam.d", STATE_INAPPLICABLE,
				state == STATE_ABSENT ? "no such service" : "PAM is not used here");
}
