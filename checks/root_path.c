/* SPDX-License-Identifier: Apache-2.0 */
/* Where root's shell looks for programs. */
#include "checks/checks.h"

#include "checks/path_trust.h"
#include "core/base/text.h"
#include "core/config/setting.h"

static const char shell_files[] = "/etc/environment /etc/profile /etc/profile.d/*.sh /etc/bash.bashrc /etc/bashrc /root/.profile /root/.bash_profile "
				  "/root/.bash_login /root/.bashrc";

/* What a variable stands for is not known. */
static void look_at(const struct subject *subject, const char *folder, const char *origin, struct items *items)
{
	size_t before = items->n;

	if (strpbrk(folder, "$`"))
		return;
	if (*folder == '~')
		folder = arena_printf(items->arena, "/root%s", folder + 1);
	if (*folder != '/')
		items_add_text(items, "root's PATH", origin, *folder ? folder : "an empty part, which is the current directory");
	else
		path_trust_folder(subject->source, folder, "root's PATH", items);
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

/* ---- files of the shell ---- */

enum { FILES_MOST = 200 };

struct reading {
	const struct subject *subject;
	struct items *items;
	struct arena *scratch;
	struct settings *read[FILES_MOST];
	const char *names[FILES_MOST];
	size_t n;
	bool faulty;
};

static void add_files(struct reading *r, const char *names)
{
	for (size_t i = 0; i < r->n; i++)
		if (streq(r->names[i], names))
			return;
	if (r->n == FILES_MOST) {
		items_add_state(r->items, "root's PATH", names, STATE_BROKEN, "more than %d files are read in", FILES_MOST);
		r->faulty = true;
		return;
	}
	r->names[r->n] = names;
	r->read[r->n++] = settings_read(r->subject->source, r->scratch, setting_syntax_of("shell"), names);
}

/* "~/x" and "$HOME/x" are root's; NULL for what a shell alone can tell. */
static const char *plain_name(struct arena *arena, const struct setting *s)
{
	static const char *const homes[] = { "~/", "$HOME/", "${HOME}/" };
	const char *name = s->value;
	bool computed = s->computed;

	for (size_t i = 0; i < ARRAY_LEN(homes); i++) {
		size_t n = strlen(homes[i]);

		if (!starts_with(name, homes[i]))
			continue;
		computed = strpbrk(name + n, "$`") != NULL;
		name = arena_printf(arena, "/root/%s", name + n);
		break;
	}
	return computed || *name != '/' || strpbrk(name, " \t|*?[") ? NULL : name;
}

/* Those of the distribution go through folders in a loop, and these are looked at. What root's own files name by a variable is not known. */
static void follow(struct reading *r, const struct settings *settings)
{
	const struct setting *s;

	for (size_t at = 0; (s = settings_next(settings, NULL, ".", &at));) {
		const char *name = plain_name(r->scratch, s);

		if (name) {
			add_files(r, name);
		} else if (starts_with(s->origin, "/root/")) {
			items_add_state(r->items, "root's PATH", arena_strdup(r->items->arena, s->origin), STATE_UNAVAILABLE,
					"which file is read in by %s is known to a shell alone", s->value);
			r->faulty = true;
		}
	}
}

static void look_at_shell(struct reading *r)
{
	add_files(r, shell_files);
	for (size_t i = 0; i < r->n; i++) {
		const struct setting *setting;

		for (size_t at = 0; (setting = settings_next(r->read[i], NULL, "PATH", &at));)
			look_at_all(r->subject, setting->value, setting->origin, r->items);
		follow(r, r->read[i]);
		r->faulty = faults_show(&r->read[i]->faults, "root's PATH", r->items) || r->faulty;
	}
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	auto_arena struct arena *scratch = arena_new();
	const struct settings *defs = settings_read(subject->source, scratch, setting_syntax_of("words"), "/etc/login.defs|/usr/etc/login.defs");
	static const char *const keys[] = { "ENV_SUPATH", "ENV_ROOTPATH" };
	struct reading r = { .subject = subject, .items = items, .scratch = scratch };
	const struct setting *setting;

	(void)params;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if ((setting = settings_find(defs, NULL, keys[i])))
			look_at_all(subject, setting->value + (starts_with(setting->value, "PATH=") ? strlen("PATH=") : 0), setting->origin, items);
	look_at_shell(&r);
	r.faulty = faults_show(&defs->faults, "root's PATH", items) || r.faulty;
	if (!items->n && !r.faulty)
		items_add_state(items, "root's PATH", "/etc/login.defs", STATE_ABSENT, "nothing wrong with it");
}

const struct check check_root_path = {
	.name = "root-path",
	.summary = "folders in root's PATH that are not safe",
	.reference = "Lists parts of PATH that are empty, a dot or relative, and folders that somebody else than root owns or can write to, with the "
		     "sticky bit, too, or a folder above them. Absent where there is none. Looked at are ENV_SUPATH and ENV_ROOTPATH of "
		     "login.defs(5) and every PATH= in /etc/environment, /etc/profile, /etc/profile.d, the files of bash in /etc and those in /root, and in the files that they read in "
		     "with . or source; what a variable in PATH stands for is left out, and so is what a program prints for a shell to run. Of a folder that "
		     "does not exist it is asked who could make it. Unknown where a file of root's reads in what only a shell can tell.",
	.subjects = SUBJECT_HOST,
	.params = { { 0 } },
	.observe = observe,
};
