/* SPDX-License-Identifier: Apache-2.0 */
/* Where root's shell looks for programs. */
#include "checks/checks.h"

#include "checks/path_trust.h"
#include "core/setting.h"
#include "core/text.h"

static const char shell_files[] = "/etc/environment /etc/profile /etc/profile.d/*.sh /etc/bash.bashrc /etc/bashrc /root/.profile /root/.bash_profile "
				  "/root/.bash_login /root/.bashrc";

/* What a variable stands for is not known; what is not there cannot be run. */
static void look_at(const struct subject *subject, const char *folder, const char *origin, struct items *items)
{
	size_t before = items->n;

	if (strpbrk(folder, "$`"))
		return;
	if (*folder == '~')
		folder = arena_printf(items->arena, "/root%s", folder + 1);
	if (*folder != '/')
		items_add_text(items, "root's PATH", origin, *folder ? folder : "an empty part, which is the current directory");
	else if (source_stat(subject->source, folder + strspn(folder, "/"))->state != STATE_ABSENT)
		path_trust(subject->source, folder, "root's PATH", items);
	for (; before < items->n; before++)
		items->list[before].origin = arena_strdup(items->arena, origin);
}

/* Split at colons, empty parts kept. */
static void look_at_all(const struct subject *subject, const char *path, const char *origin, struct items *items)
{
	char *text = arena_strdup(items->arena, path), *folder;

	while ((folder = strsep(&text, ":")))
		look_at(subject, folder, origin, items);
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	auto_arena struct arena *scratch = arena_new();
	const struct settings *shell = settings_read(subject->source, scratch, setting_syntax_of("shell"), shell_files);
	const struct settings *defs = settings_read(subject->source, scratch, setting_syntax_of("words"), "/etc/login.defs|/usr/etc/login.defs");
	static const char *const keys[] = { "ENV_SUPATH", "ENV_ROOTPATH" };
	const struct setting *setting;
	size_t at = 0;
	bool faulty;

	(void)params;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if ((setting = settings_find(defs, NULL, keys[i])))
			look_at_all(subject, setting->value + (starts_with(setting->value, "PATH=") ? strlen("PATH=") : 0), setting->origin, items);
	while ((setting = settings_next(shell, NULL, "PATH", &at)))
		look_at_all(subject, setting->value, setting->origin, items);
	faulty = faults_show(&shell->faults, "root's PATH", items);
	faulty = faults_show(&defs->faults, "root's PATH", items) || faulty;
	if (!items->n && !faulty)
		items_add_state(items, "root's PATH", "/etc/login.defs", STATE_ABSENT, "nothing wrong with it");
}

const struct check check_root_path = {
	.name = "root-path",
	.summary = "folders in root's PATH that are not safe",
	.reference = "Lists parts of PATH that are empty, a dot or relative, and folders that somebody else than root owns or can write to, or a "
		     "folder above them. Absent where there is none. Looked at are ENV_SUPATH and ENV_ROOTPATH of login.defs(5) and every PATH= "
		     "in /etc/environment, /etc/profile, /etc/profile.d, the files of bash in /etc and those in /root; what a variable in them "
		     "stands for is left out, and so are folders that do not exist.",
	.subjects = SUBJECT_HOST,
	.params = { { 0 } },
	.observe = observe,
};
