/* SPDX-License-Identifier: Apache-2.0 */
/* A way through a stack of PAM modules on which those that matter all say no. */
#include "checks/checks.h"

#include "checks/pam_services.h"
#include "core/base/text.h"

struct question {
	const char *service, *type, *without;
	struct items *items;
	struct arena *scratch;
	bool trusts_programs;    /* a program that pam_exec gives the password to is taken to look at it */
};

/* Modules that ask for no proof, and what they say to somebody who has none; all others are taken to ask for one, and say no. */
static const struct {
	const char *names;
	unsigned answers;
} known[] = {
	{ "pam_permit", PAM_SAYS_YES },
	{ "pam_cap pam_echo pam_env pam_faildelay pam_group pam_issue pam_mail pam_umask pam_warn", PAM_SAYS_NOTHING },
	{ "pam_access pam_canonicalize_user pam_exec pam_faillock pam_ftp pam_gnome_keyring pam_kwallet pam_kwallet5 pam_lastlog pam_lastlog2 pam_listfile "
	  "pam_localuser pam_nologin pam_securetty pam_sepermit pam_shells pam_succeed_if pam_tally pam_tally2 pam_time pam_usertype", PAM_SAYS_YES | PAM_SAYS_NOTHING | PAM_SAYS_NO },
};

/* "pam_unix" of "pam_unix.so" */
static bool is_one_of(const struct pam_module *module, const char *names)
{
	return list_has_part(names, "| ", module->name, strcspn(module->name, "."));
}

static unsigned answer_of_debug(const struct pam_module *module)
{
	const char *said = pam_argument(module, "auth");

	if (!said || streq(said, "success"))
		return PAM_SAYS_YES;
	return streq(said, "ignore") ? PAM_SAYS_NOTHING : PAM_SAYS_NO;
}

/* root's own proof is that he is root: only where the caller keeps his id is that one, and for su another rule looks at pam_wheel with trust. */
static bool is_started_by_its_user(const char *service)
{
	return list_has("su su-l runuser runuser-l chsh chfn polkit-1 other", " ", service);
}

static unsigned answers_without_proof(const struct pam_module *module, const void *context)
{
	const struct question *q = context;

	if (is_one_of(module, "pam_debug"))
		return answer_of_debug(module);
	if (is_one_of(module, "pam_rootok"))
		return is_started_by_its_user(q->service) ? PAM_SAYS_NO : PAM_SAYS_YES;
	if (is_one_of(module, "pam_wheel"))
		return pam_argument(module, "trust") && !is_started_by_its_user(q->service) ? PAM_SAYS_YES : PAM_SAYS_NOTHING | PAM_SAYS_NO;
	if (is_one_of(module, "pam_exec") && q->trusts_programs && pam_argument(module, "expose_authtok"))
		return PAM_SAYS_NO;
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (is_one_of(module, known[i].names))
			return known[i].answers;
	return PAM_SAYS_NO;
}

/* Those in question say no, root is not meant, and everything else may say what it likes. */
static unsigned answers_without_modules(const struct pam_module *module, const void *context)
{
	const struct question *q = context;

	if (is_one_of(module, q->without) || is_one_of(module, "pam_deny pam_rootok"))
		return PAM_SAYS_NO;
	if (is_one_of(module, "pam_permit"))
		return PAM_SAYS_YES;
	return PAM_SAYS_YES | PAM_SAYS_NOTHING | PAM_SAYS_NO;
}

static void show_way(const struct question *q, const char *name, const struct pam_module *by)
{
	char *text = arena_printf(q->items->arena, "%s %s", by->control, by->name);

	items_add_text(q->items, name, by->origin, text);
}

static void show_ways(void *question, const char *service, const struct pam_stack *stack)
{
	struct question *q = question;
	char *name = arena_printf(q->items->arena, "%s of %s", q->type, service);
	const struct pam_module *by;

	if (faults_show(&stack->faults, name, q->items))
		return;
	q->service = service;
	q->trusts_programs = !q->without;
	by = pam_way(q->scratch, stack, q->without ? answers_without_modules : answers_without_proof, q);
	if (by) {
		show_way(q, name, by);
		return;
	}
	q->trusts_programs = false;
	by = q->without ? NULL : pam_way(q->scratch, stack, answers_without_proof, q);
	if (by)
		items_add_state(q->items, name, by->origin, STATE_UNAVAILABLE, "whether the program of %s looks at the password cannot be seen", by->name);
	else
		items_add_state(q->items, name, stack->path, STATE_ABSENT, "there is no way around %s", q->without ? q->without : "a proof");
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	auto_arena struct arena *scratch = arena_new();
	struct question q = {
		.type = params_get(params, "type"), .without = params_get(params, "without"), .items = items, .scratch = scratch,
	};

	pam_services_show(&(struct pam_services){ subject, params_get(params, "service"), q.type, items, scratch }, show_ways, &q);
}

const struct check check_pam_bypass = {
	.name = "pam-bypass",
	.summary = "a way through a stack of PAM modules around those that matter",
	.reference = "Weighs the stack of each service as libpam does, with the controls, their jumps and substacks, and lists the services whose stack "
		     "lets somebody through to whom every module that asks for a proof says no; the value is the line whose yes counts. Such "
		     "modules are all but those that are known to ask for none: pam_permit, pam_succeed_if, pam_exec, pam_localuser, pam_access and "
		     "their like, and pam_rootok where the service does not run as its user. Where only a program that pam_exec hands the password "
		     "to could say no, that is unknown. With `without` the modules that say no are those, and any other may say yes. Absent where "
		     "there is no way; a service that does not exist is left out; not applicable where none does, or PAM is not used. See "
		     "pam.conf(5).",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "service", PARAM_STRING, REQUIRED, "names of services, separated by spaces", NULL },
		{ "type", PARAM_WORD, REQUIRED, "what the modules are asked for", "auth account password session" },
		{ "without", PARAM_STRING, OPTIONAL, "modules without .so, joined by |, that say no", NULL },
		{ 0 },
	},
	.observe = observe,
};
