/* SPDX-License-Identifier: Apache-2.0 */
/* Modules in the PAM stacks of services. */
#include "checks/checks.h"

#include "checks/pam_services.h"
#include "core/base/text.h"
#include "core/config/value.h"

struct question {
	const char *type, *modules, *arguments, *before, *after;
	struct items *items;
	struct arena *scratch;
};

/* "pam_unix" and "pam_unix.so" are the same. */
static bool is_named(const struct pam_module *module, const char *names)
{
	size_t n = strcspn(module->name, ".");

	return list_has_part(names, "| ", module->name, n);
}

/* Of several arguments joined by | the first that is given; one without a value shows its own name. */
static void show_argument(struct question *q, const struct pam_module *module, const char *name)
{
	const char *value = NULL, *word = "";
	size_t n;

	for (const char *at = q->arguments; !value && (word = list_next(&at, "|", &n));) {
		word = arena_strndup(q->scratch, word, n);
		value = pam_argument(module, word);
	}
	if (value)
		items_add_value(q->items, name, module->origin, *value ? value : word, VALUE_PLAIN);
	else
		items_add_state(q->items, name, module->origin, STATE_ABSENT, "%s is used without %s", module->name, q->arguments);
}

static void show_stack(void *question, const char *service, const struct pam_stack *stack)
{
	struct question *q = question;
	char *name = arena_printf(q->items->arena, "%s of %s: %s", q->type, service, q->modules);
	const char *side = q->before ? " before " : q->after ? " after " : "", *other = q->before ? q->before : q->after ? q->after : "";
	size_t first = q->items->n;
	bool counts = !q->after;

	for (size_t i = 0; i < stack->n; i++) {
		const struct pam_module *module = &stack->list[i];

		if (q->before && is_named(module, q->before))
			break;
		counts = counts || is_named(module, q->after);
		if (!counts || !is_named(module, q->modules))
			continue;
		if (q->arguments)
			show_argument(q, module, name);
		else
			items_add_text(q->items, name, module->origin, module->control);
	}
	if (!faults_show(&stack->faults, name, q->items) && q->items->n == first)
		items_add_state(q->items, name, stack->path, STATE_ABSENT, "no %s%s%s in the %s modules of %s", q->modules, side, other, q->type,
				service);
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	auto_arena struct arena *scratch = arena_new();
	struct question q = {
		.type = params_get(params, "type"), .modules = params_get(params, "module"), .arguments = params_get(params, "argument"),
		.before = params_get(params, "before"), .after = params_get(params, "after"), .items = items, .scratch = scratch,
	};

	pam_services_show(&(struct pam_services){ subject, params_get(params, "service"), q.type, items, scratch }, show_stack, &q);
}

const struct check check_pam = {
	.name = "pam",
	.summary = "a module in the stacks of PAM modules that services go through",
	.reference = "The stack is what /etc/pam.d/SERVICE says (or the distribution's file below /usr), with @include, include and substack "
		     "followed in their place; a type that the file says nothing of is that of the service other. The value is the control of "
		     "each line with the module (required, [success=1 default=ignore]), or with argument the argument's value, its own name "
		     "where it has none. Absent where the stack lacks the module, or the line the argument. Every one of the services that exist "
		     "is looked at; not applicable where none does, or PAM is not used. See pam.d(5).",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "service", PARAM_STRING, REQUIRED, "names of services, separated by spaces", NULL },
		{ "type", PARAM_WORD, REQUIRED, "what the modules are asked for", "auth account password session" },
		{ "module", PARAM_STRING, REQUIRED, "the module without .so; several joined by |: any of them", NULL },
		{ "argument", PARAM_STRING, OPTIONAL, "an argument of it; of several joined by | the first that is given", NULL },
		{ "before", PARAM_STRING, OPTIONAL, "only what stands before the first line with this module", NULL },
		{ "after", PARAM_STRING, OPTIONAL, "only what stands behind it", NULL },
		{ 0 },
	},
	.observe = observe,
};
