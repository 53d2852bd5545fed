/* SPDX-License-Identifier: Apache-2.0 */
/* The services that a rule names, one after the other, each with its stack of PAM modules. */
#ifndef CHECKS_PAM_SERVICES_H
#define CHECKS_PAM_SERVICES_H

#include "core/access/pam.h"
#include "core/subject/subject.h"

struct pam_services {
	const struct subject *subject;
	const char *names, *type;
	struct items *items;
	struct arena *scratch;
};

/* Adds at least one item of the service's stack, which was read or has faults. */
typedef void (*pam_show)(void *question, const char *service, const struct pam_stack *stack);

/* Shows each of the services that exists; where none does, or PAM is not used, an item says so. */
void pam_services_show(const struct pam_services *services, pam_show show, void *question);

#endif
