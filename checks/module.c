/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a kernel module is loaded, and what keeps it from being loaded. */
#include "checks/checks.h"

#include "core/base/text.h"
#include "core/boot/modprobe.h"
#include "core/boot/modules.h"

struct look {
	const struct subject *subject;
	const struct modprobe *modprobe;
	const struct modules *modules;
	struct items *items;
};

/* ---- now ---- */

static bool is_loaded(const char *list, const char *name)
{
	size_t n = strlen(name);

	for (const char *line = list; *line; line += strcspn(line, "\n"), line += *line == '\n')
		if (strncmp(line, name, n) == 0 && line[n] == ' ')
			return true;
	return false;
}

/* Said only of modules that are loaded, and where the list cannot be read though the kernel runs. */
static void add_loaded(const struct look *look, const struct file *list, const char *name)
{
	if (list->state == STATE_PRESENT && is_loaded(list->data, name))
		items_add_text(look->items, name, list->path, "loaded");
}

/* ---- when it is asked for ---- */

static const struct modprobe_line *doubtful(const struct modprobe_line *line)
{
	return line && line->state != STATE_PRESENT ? line : NULL;
}

/* A parameter of the kernel command line that lists modules with commas between them. */
static bool cmdline_lists(const struct subject *subject, struct arena *arena, const char *parameter, const char *name)
{
	const struct cmdline *cmdline = subject->kernel->cmdline;
	size_t n;

	for (size_t i = 0; cmdline->state == STATE_PRESENT && i < cmdline->n; i++) {
		if (!streq(cmdline->params[i].name, parameter) || !cmdline->params[i].value)
			continue;
		for (const char *at = cmdline->params[i].value, *w; (w = list_next(&at, ",", &n));)
			if (streq(module_name(arena, w, n), name))
				return true;
	}
	return false;
}

/* The kernel has a file of it: what becomes of a wish to load it. */
static void add_loading(const struct look *look, const struct module_tree *tree, const char *name, unsigned facts)
{
	struct items *items = look->items;
	const struct modprobe_line *install = modprobe_find(look->modprobe, MODPROBE_INSTALL, name);
	const struct modprobe_line *black = modprobe_find(look->modprobe, MODPROBE_BLACKLIST, name);
	const struct modprobe_line *unread = doubtful(install) ? install : doubtful(black);
	const char *shown = arena_printf(items->arena, "%s of kernel %s", name, text_safe(items->arena, tree->release, strlen(tree->release), 128));

	if (cmdline_lists(look->subject, items->arena, "module_blacklist", name))
		items_add_text(items, shown, "/proc/cmdline", "disabled");
	else if (install && !doubtful(install) && modprobe_command_is_idle(install->command))
		items_add_text(items, shown, install->origin, "disabled");
	else if (unread)
		items_add_state(items, shown, unread->origin, unread->state, "%s", unread->why);
	else if (black)
		items_add_text(items, shown, black->origin, "blacklisted");
	else if (cmdline_lists(look->subject, items->arena, "modprobe.blacklist", name))
		items_add_text(items, shown, "/proc/cmdline", "blacklisted");
	else if (install)
		items_add_text(items, shown, install->origin, "command")->why =
			arena_printf(items->arena, "install %s", text_safe(items->arena, install->command, strlen(install->command), 128));
	else
		items_add_text(items, shown, tree->path, facts & MODULE_ALIASED || modprobe_has_alias(look->modprobe, name) ? "loadable" : "by-name");
}

static void look_in_tree(const struct look *look, const struct module_tree *tree, const char *name)
{
	unsigned facts = module_facts(tree, name);
	struct items *items = look->items;

	if (tree->unseen.why)
		items_add_state(items, name, tree->unseen.origin, tree->unseen.state, "%s", tree->unseen.why);
	else if (facts & MODULE_FILE)
		add_loading(look, tree, name, facts);
	else if (facts & MODULE_BUILTIN)
		items_add_state(items, name, tree->path, STATE_INAPPLICABLE, "it is built into the kernel, and no configuration takes it out");
}

/* Without a kernel to look at, a module that is switched off is off in any. */
static void look_without_kernel(const struct look *look, const char *name)
{
	const struct modprobe_line *install = modprobe_find(look->modprobe, MODPROBE_INSTALL, name);
	const struct unseen *unseen = &look->modules->unseen;

	if (install && !doubtful(install) && modprobe_command_is_idle(install->command))
		items_add_text(look->items, name, install->origin, "disabled");
	else if (unseen->state != STATE_ABSENT)
		items_add_state(look->items, name, unseen->origin, unseen->state, "%s", unseen->why);
}

/* The list is missing where the kernel was built without modules; in a root it may just not have been captured. */
static bool kernel_loads_none(const struct subject *subject, const struct file *list)
{
	const char *built = kconfig_get(subject->kernel->kconfig, "MODULES");

	return (built && streq(built, "n")) || (list->state == STATE_ABSENT && source_is_live(subject->source));
}

static void observe_one(const struct look *look, const struct file *list, const char *name)
{
	add_loaded(look, list, name);
	for (size_t i = 0; i < look->modules->n; i++)
		look_in_tree(look, &look->modules->trees[i], name);
	if (!look->modules->n)
		look_without_kernel(look, name);
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct look look = { subject, subject_table(subject, &modprobe_table), subject_table(subject, &modules_table), items };
	const struct file *list = source_read(subject->source, "proc/modules", SOURCE_LIMIT);
	const char *names = params_get(params, "names");
	size_t n;

	if (kernel_loads_none(subject, list)) {
		items_add_state(items, names, list->path, STATE_INAPPLICABLE, "the kernel is built without modules");
		return;
	}
	if (list->state == STATE_DENIED || list->state == STATE_BROKEN)
		items_add_file_state(items, "loaded modules", list);
	for (const char *at = names, *w; (w = list_next(&at, " \t\n", &n));)
		observe_one(&look, list, module_name(items->arena, w, n));
	if (!items->n)
		items_add_state(items, names, look.modules->n ? look.modules->trees[0].path : look.modules->unseen.origin, STATE_ABSENT,
				"the kernel has no such module");
}

const struct check check_module = {
	.name = "module",
	.summary = "whether kernel modules are loaded, and what keeps them from being loaded",
	.reference = "An item \"loaded\" for each that /proc/modules lists, and one for each that the kernel has a file of, by what becomes of a wish to load it: "
		     "`disabled` where an install line of modprobe.d(5) runs /bin/false or /bin/true in its place, or the kernel was started with "
		     "module_blacklist=; `blacklisted` where only a blacklist line or modprobe.blacklist= names it, which holds against its aliases but not "
		     "against its own name; `command` where an install line runs anything else; `by-name` where no alias leads to it, or all of them are off, so "
		     "that only root can ask for it; else `loadable`. What the kernel has is read from modules.dep, modules.builtin and modules.alias below /lib/modules: of the "
		     "running kernel, in an offline root of every kernel there. Not applicable is what is built in, and all where the kernel knows no modules; "
		     "absent what no kernel has. The files of /etc, /run, /usr/local/lib, /usr/lib and /lib/modprobe.d are merged as modprobe does, the "
		     "first install line holds; BusyBox' modprobe knows no install lines. In an offline root nothing is said of what is loaded.",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "names", PARAM_STRING, REQUIRED, "modules, separated by spaces, with - or _", NULL },
		{ 0 },
	},
	.observe = observe,
};
