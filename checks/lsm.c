/* SPDX-License-Identifier: Apache-2.0 */
/* The Linux security modules that are active, and those that were asked for and are not. */
#include "checks/checks.h"

#include "core/base/text.h"

#include <errno.h>
#include <sys/syscall.h>

#define LIST "sys/kernel/security/lsm"

#ifndef SYS_lsm_list_modules
#define SYS_lsm_list_modules 461   /* since 6.8; the same number on every architecture whose numbers are shared */
#endif

/* ---- active ---- */

/* LSM_ID_… of include/uapi/linux/lsm.h */
static const char *id_name(struct arena *arena, uint64_t id)
{
	static const char *const names[] = {
		"capability", "selinux", "smack", "tomoyo", "apparmor", "yama", "loadpin", "safesetid", "lockdown", "bpf",
		"landlock", "ima", "evm", "ipe",
	};

	return id >= 100 && id - 100 < ARRAY_LEN(names) ? names[id - 100] : arena_printf(arena, "id-%llu", (unsigned long long)id);
}

static const char call[] = "lsm_list_modules(2)";

static const struct file *ask_kernel(struct source *source)
{
	auto_arena struct arena *scratch = arena_new();
	struct buffer words = { .arena = scratch };
	uint64_t ids[128];
	uint32_t size = sizeof(ids);
	long n = syscall(SYS_lsm_list_modules, ids, &size, 0);

	if (n < 0 || (size_t)n > ARRAY_LEN(ids))
		return source_remember(source, call, STATE_BROKEN, n < 0 ? strerror(errno) : "more modules than are known", NULL, 0);
	for (long i = 0; i < n; i++)
		buffer_printf(&words, "%s%s", i ? "," : "", id_name(scratch, ids[i]));
	return source_remember(source, call, STATE_PRESENT, NULL, words.text, words.size);
}

/* The list as the kernel hands it to anybody, without securityfs. False where it does not. */
static bool add_from_kernel(struct source *source, struct items *items)
{
	const struct file *list = source_recall(source, call);

	if (!list)
		list = ask_kernel(source);
	if (list->state == STATE_PRESENT)
		items_add_set(items, "lsm", call, text_safe(items->arena, list->data, list->size, TEXT_MAX));
	return list->state == STATE_PRESENT;
}

/* That the file is not there shows nothing of what is active, unless the kernel is known to have no security modules. */
static void add_missing(const struct subject *subject, const struct file *file, struct items *items)
{
	const char *security = kconfig_get(subject->kernel->kconfig, "SECURITY");

	if (security && streq(security, "n"))
		items_add_state(items, "lsm", subject->kernel->kconfig->origin, STATE_ABSENT, "the kernel is built without security modules");
	else if (file->state == STATE_ABSENT)
		items_add_state(items, "lsm", file->path, STATE_BROKEN, "not there: no securityfs, or a kernel before 4.11");
	else
		items_add_file_state(items, "lsm", file);
}

static void observe_active(const struct subject *subject, struct items *items)
{
	const struct file *file = source_read(subject->source, LIST, 4096);

	if (file->state == STATE_PRESENT)
		items_add_value_file(items, "lsm", file)->type = ITEM_SET;
	else if (!source_is_live(subject->source) || !add_from_kernel(subject->source, items))
		add_missing(subject, file, items);
}

/* ---- asked for ---- */

/* What a build needs for a module; those marked exclude each other: the first of them that is on wins. */
static const struct module {
	const char *name, *symbol;
	bool exclusive, major;   /* major: security= chooses one of these */
} modules[] = {
	{ "apparmor", "SECURITY_APPARMOR", true, true },
	{ "bpf", "BPF_LSM", false, false },
	{ "ipe", "SECURITY_IPE", false, false },
	{ "landlock", "SECURITY_LANDLOCK", false, false },
	{ "loadpin", "SECURITY_LOADPIN", false, false },
	{ "lockdown", "SECURITY_LOCKDOWN_LSM", false, false },
	{ "safesetid", "SECURITY_SAFESETID", false, false },
	{ "selinux", "SECURITY_SELINUX", true, true },
	{ "smack", "SECURITY_SMACK", true, true },
	{ "tomoyo", "SECURITY_TOMOYO", false, true },
	{ "yama", "SECURITY_YAMA", false, false },
};

static const struct module *module_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(modules); i++)
		if (streq(modules[i].name, name))
			return &modules[i];
	return NULL;
}

/* lsm=, else security= and CONFIG_LSM; see security/security.c and admin-guide/LSM. */
struct request {
	const struct kernel *kernel;
	const char *list;         /* the order that is in force */
	const char *origin;
	const char *major;        /* security=, where it counts, or NULL */
	bool built_in;            /* the list is CONFIG_LSM: it names modules that were never built */
};

static const char *given(const struct kernel *kernel, const char *name)
{
	const struct cmdline_param *param = cmdline_get(kernel->cmdline, name);

	return param && param->value ? param->value : NULL;
}

/* apparmor=1, selinux=0: 1 or 0, -1 where nothing of the kind is given. */
static int switch_of(const struct kernel *kernel, const char *name)
{
	const char *value = streq(name, "apparmor") || streq(name, "selinux") ? given(kernel, name) : NULL;
	int64_t number;

	return value && text_integer(value, &number) ? number != 0 : -1;
}

/* A module of the list is meant to be active as far as itself is concerned. */
static bool is_meant(const struct request *request, const char *name)
{
	const struct module *module = module_of(name);
	const char *built = module ? kconfig_get(request->kernel->kconfig, module->symbol) : NULL;

	if (streq(name, "none") || streq(name, "integrity"))   /* no name of a module; one that never shows in the list */
		return false;
	if (switch_of(request->kernel, name) == 0)
		return false;
	if (request->major && module && module->major && !streq(request->major, name))
		return false;
	return !request->built_in || !module || (built && streq(built, "y"));
}

static void add_word(struct buffer *words, const char *word)
{
	if (!words->text || !list_has(words->text, " ", word))
		buffer_printf(words, "%s%s", words->size ? " " : "", word);
}

/* Every module asked for, separated by spaces. */
static const char *asked_for(const struct request *request, struct arena *arena)
{
	struct buffer words = { .arena = arena };
	const char *exclusive = request->major && module_of(request->major) && module_of(request->major)->exclusive ? request->major : NULL;
	size_t n;

	for (const char *at = request->list, *word; (word = list_next(&at, ", ", &n));) {
		char *name = arena_strndup(arena, word, n);
		const struct module *module = module_of(name);

		if (!is_meant(request, name))
			continue;
		if (module && module->exclusive && exclusive && !streq(exclusive, name))
			continue;
		if (module && module->exclusive)
			exclusive = name;
		add_word(&words, name);
	}
	if (request->major && !streq(request->major, "none"))
		add_word(&words, request->major);
	for (size_t i = 0; i < ARRAY_LEN(modules); i++)
		if (switch_of(request->kernel, modules[i].name) == 1)
			add_word(&words, modules[i].name);
	return words.text ? words.text : "";
}

/* False where it cannot be told what was asked for: an item says so. */
static bool request_read(struct request *request, const struct kernel *kernel, struct items *items)
{
	const struct cmdline *cmdline = kernel->cmdline;
	const struct kconfig *kconfig = kernel->kconfig;

	if (cmdline->state != STATE_PRESENT) {
		items_add_state(items, "lsm", cmdline->origin, cmdline->state == STATE_ABSENT ? STATE_UNAVAILABLE : cmdline->state, "%s",
				cmdline->why);
		return false;
	}
	*request = (struct request){ .kernel = kernel, .list = given(kernel, "lsm"), .origin = cmdline->origin };
	if (request->list)
		return true;
	request->major = given(kernel, "security");
	request->list = kconfig_get(kconfig, "LSM");
	request->origin = arena_printf(items->arena, "%s, %s", kconfig->origin, cmdline->origin);
	request->built_in = true;
	if (request->list && kconfig->whole)
		return true;
	if (kconfig->state == STATE_PRESENT && !kconfig->whole)
		items_add_state(items, "lsm", kconfig->origin, STATE_BROKEN, "the file cannot be taken as whole: %s", kconfig->cut_why);
	else if (kconfig->state != STATE_PRESENT)
		items_add_state(items, "lsm", kconfig->origin, kconfig->state == STATE_ABSENT ? STATE_UNAVAILABLE : kconfig->state, "%s",
				kconfig->why);
	else
		items_add_state(items, "lsm", kconfig->origin, STATE_INAPPLICABLE, "a kernel without CONFIG_LSM");
	return false;
}

static void observe_requested(const struct subject *subject, struct items *items)
{
	struct items active = { .arena = items->arena };
	struct buffer missing = { .arena = items->arena };
	struct request request;
	const struct item *list;
	size_t n;

	observe_active(subject, &active);
	list = &active.list[0];
	if (list->state != STATE_PRESENT && list->state != STATE_ABSENT) {
		items_add_state(items, "lsm", list->origin, list->state, "%s", list->why);
		return;
	}
	if (!request_read(&request, subject->kernel, items))
		return;
	for (const char *at = asked_for(&request, items->arena), *word; (word = list_next(&at, " ", &n));) {
		char *name = arena_strndup(items->arena, word, n);

		if (list->state == STATE_ABSENT || !list_has(list->text, ",", name))
			add_word(&missing, name);
	}
	if (missing.text)
		items_add_set(items, "security modules asked for, not active", request.origin, missing.text);
	else
		items_add_state(items, "lsm", request.origin, STATE_ABSENT, "every security module asked for is active");
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	if (params_true(params, "requested"))
		observe_requested(subject, items);
	else
		observe_active(subject, items);
}

const struct check check_lsm = {
	.name = "lsm",
	.summary = "the Linux security modules that are active",
	.reference = "The list in /sys/kernel/security/lsm, in the order in which they are asked; where securityfs is not to be seen, on the live host "
		     "what lsm_list_modules(2) says. With requested=\"true\" instead the modules asked for that are not active, absent when "
		     "there is none: asked for is what lsm=, security=, apparmor= or selinux= say on the command line, else CONFIG_LSM as far as "
		     "it is built; of apparmor, selinux and smack only the first can be active. Documented in the kernel's admin-guide/LSM.",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "requested", PARAM_BOOLEAN, OPTIONAL, "true: the modules asked for that are not active", NULL },
	},
	.observe = observe,
};
