/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stack of PAM modules that a service goes through, with what it includes in its place (pam.d(5), libpam/pam_handlers.c).
 */
#ifndef CORE_PAM_H
#define CORE_PAM_H

#include "core/config.h"

struct pam_module {
	const char *control;     /* "required", "[success=1 default=ignore]" */
	const char *name;        /* "pam_unix.so", without its folder */
	const char **arguments;  /* ends with NULL */
	const char *origin;      /* FILE:LINE */
};

struct pam_stack {
	enum state state;        /* PRESENT; ABSENT: no such service; INAPPLICABLE: PAM is not used here */
	const char *path;        /* of the service's own file, where it is present */
	struct pam_module *list; /* of one type, in the order in which they are asked */
	size_t n;
	struct faults faults;
};

/*
 * `type` is auth, account, password or session. A service whose own file has no module of the type goes through that of the service "other". Lies
 * in the arena.
 */
struct pam_stack *pam_read(struct source *source, struct arena *arena, const char *service, const char *type);

/* There is a folder of PAM services. */
bool pam_is_used(struct source *source);

/* An argument of that name: what follows its equals sign, "" where it has none, NULL where it is not given; the last one holds. */
const char *pam_argument(const struct pam_module *module, const char *name);

#endif
