/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stack of PAM modules that a service goes through, with what it includes in its place (pam.d(5), libpam/pam_handlers.c).
 */
#ifndef CORE_PAM_H
#define CORE_PAM_H

#include "core/config/config.h"

struct pam_module {
	const char *control;     /* "required", a word in lower case; "[success=1 default=ignore]" */
	const char *name;        /* "pam_unix.so", without its folder */
	const char **arguments;  /* ends with NULL */
	const char *origin;      /* FILE:LINE */
};

/* The stack as it is walked: a module, or the beginning of a substack, whose own steps are one level deeper. */
struct pam_step {
	bool is_substack;
	unsigned level;
	size_t module;           /* its place in the list */
};

struct pam_stack {
	enum state state;        /* PRESENT; ABSENT: no such service; INAPPLICABLE: PAM is not used here */
	const char *path;        /* of the service's own file, where it is present */
	struct pam_module *list; /* of one type, in the order in which they are asked */
	size_t n;
	struct pam_step *steps;
	size_t n_steps;
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

/* ---- what a stack comes to ---- */

/* What a module may say: bits. */
enum pam_answer { PAM_SAYS_YES = 1, PAM_SAYS_NOTHING = 2, PAM_SAYS_NO = 4 };

typedef unsigned (*pam_answers)(const struct pam_module *module, const void *context);

/*
 * Whether the stack lets somebody in where each module gives one of its answers: the module whose yes it is that counts, or NULL where
 * there is no way through. Controls are weighed as libpam weighs them (pam_dispatch.c), jumps and substacks included.
 */
const struct pam_module *pam_way(struct arena *arena, const struct pam_stack *stack, pam_answers answers, const void *context);

#endif
