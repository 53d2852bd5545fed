/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plan as tasks of Ansible, a block per rule. Files are written by its own modules, so that it knows what it changed; what a script does besides is
 * done only then. What is set apart has the tag "never", which Ansible passes over unless one of the other tags is asked for.
 */
#include "core/fix/fix_script.h"
#include "reports/fixes.h"
#include "reports/yaml.h"

#include "core/base/text.h"
#include "reports/view.h"

#include <jansson.h>

static json_t *folder_task(const char *path)
{
	return json_pack("{s:s+, s:{s:s, s:s, s:s}}", "name", "Make the folder ", path, "ansible.builtin.file", "path", path, "state", "directory", "mode",
			 "0755");
}

/* "plimsoll_file_0 is changed or plimsoll_file_1 is changed" */
static const char *register_of(struct arena *arena, size_t index)
{
	return arena_printf(arena, "plimsoll_file_%zu", index);
}

static json_t *file_task(struct fixes *f, const struct fix_item *item, const struct fix_script *script, size_t index)
{
	const struct fix_file *file = &script->files[index];
	const char *content = file->remarks ? arena_printf(f->arena, "%s\n%s", fixes_mark(f->arena, item), file->text) : file->text;

	return json_pack("{s:s+, s:{s:s, s:s, s:s, s:s, s:s}, s:s}", "name", "Write ", file->path, "ansible.builtin.copy", "dest", file->path,
			 "content", content, "owner", "root", "group", "root", "mode", arena_printf(f->arena, "%04o", script->mode), "register", register_of(f->arena, index));
}

static json_t *rest_task(struct fixes *f, const struct fix_script *script)
{
	struct buffer when = { .arena = f->arena };
	size_t n = strlen(script->rest);
	json_t *task;

	while (n && script->rest[n - 1] == '\n')   /* an empty line at its end would end the list of tasks */
		n--;
	task = json_pack("{s:s, s:{s:s}}", "name", script->n_files ? "Put it in force" : "Change what is there", "ansible.builtin.shell", "cmd",
				 arena_printf(f->arena, "set -e\n%.*s\n", (int)n, script->rest));

	for (size_t i = 0; i < script->n_files; i++)
		buffer_printf(&when, "%s%s is changed", i ? " or " : "", register_of(f->arena, i));
	if (when.text)
		json_object_set_new(task, "when", json_string(when.text));
	json_object_set_new(task, "changed_when", json_true());
	return task;
}

static json_t *script_tasks(struct fixes *f, const struct fix_item *item)
{
	struct fix_script script = fix_script_read(f->arena, item->text);
	json_t *tasks = json_array();

	for (size_t i = 0; i < script.n_folders; i++)
		json_array_append_new(tasks, folder_task(script.folders[i]));
	for (size_t i = 0; i < script.n_files; i++)
		json_array_append_new(tasks, file_task(f, item, &script, i));
	if (script.rest)
		json_array_append_new(tasks, rest_task(f, &script));
	return tasks;
}

/* Debian's GRUB reads drop-ins; grubby changes the entries of Fedora and RHEL. */
static json_t *cmdline_tasks(struct fixes *f, const struct fix_item *item)
{
	static const char debian[] = "ansible_facts['os_family'] == 'Debian'", redhat[] = "ansible_facts['os_family'] == 'RedHat'";
	const char *path = arena_printf(f->arena, "/etc/default/grub.d/60-plimsoll-%s.cfg", item->rule->item.short_id);
	const char *content = arena_printf(f->arena, "%s\n%s", fixes_mark(f->arena, item), fixes_grub(f->arena, item));

	return json_pack("[{s:s, s:{s:s, s:s, s:s}, s:s}, {s:s+, s:{s:s, s:s, s:s, s:s, s:s}, s:s, s:s}, "
			 "{s:s, s:{s:s}, s:b, s:[s, s]}, {s:s, s:{s:[s, s, s]}, s:b, s:s}]",
			 "name", "Make the folder of GRUB's drop-ins", "ansible.builtin.file", "path", "/etc/default/grub.d", "state", "directory", "mode", "0755",
			 "when", debian,
			 "name", "Write ", path, "ansible.builtin.copy", "dest", path, "content", content, "owner", "root", "group", "root", "mode", "0644",
			 "register", "plimsoll_file_0", "when", debian,
			 "name", "Make the configuration of GRUB anew", "ansible.builtin.command", "cmd", "update-grub", "changed_when", 1,
			 "when", debian, "plimsoll_file_0 is changed",
			 "name", "Add the words to the boot entries", "ansible.builtin.command", "argv", "grubby", "--update-kernel=ALL",
			 fixes_grubby(f->arena, item), "changed_when", 1, "when", redhat);
}

/* A name is a template, too. */
static const char *name_of(struct fixes *f, const struct fix_item *item)
{
	const char *title = view_text(f->arena, item->policy, item->rule->item.title);
	char *name = arena_printf(f->arena, "%s (%s)", title ? title : "", item->rule->item.short_id);

	for (char *c = name; *c; c++)
		if (*c == '{' || *c == '}')
			*c = *c == '{' ? '(' : ')';
	return name;
}

static int put_item(struct fixes *f, const struct fix_item *item, struct err *err)
{
	json_t *tasks = item->kind == FIX_SCRIPT ? script_tasks(f, item) : cmdline_tasks(f, item);
	json_t *block = json_pack("[{s:s, s:[s], s:o}]", "name", name_of(f, item), "tags", item->rule->item.short_id, "block", tasks);
	json_t *tags = json_object_get(json_array_get(block, 0), "tags");
	int rc;

	/* a tag that others have, too, would bring it in */
	json_array_append_new(tags, json_string(item->set_apart ? "never" : severity_name(item->severity)));
	if (item->reboot && !item->set_apart)
		json_array_append_new(tags, json_string("reboot"));
	fixes_describe(f, item);
	rc = yaml_put(&f->output, block, err);
	json_decref(block);
	return rc;
}

static int write_ansible(const struct audit *audit, const struct format_options *options, FILE *file, struct err *err)
{
	auto_arena struct arena *arena = arena_new();
	struct fixes f = { { .file = file }, arena, audit, audit->fixes };
	const struct fix_plan *plan = audit->fixes;
	size_t n = 0;
	int rc = 0;

	(void)options;
	output_puts(&f.output, "---\n");
	fixes_head(&f, "Tasks for a play with become: true, by ansible.builtin.import_tasks. What is set apart is done only where its tag is asked for.");
	for (size_t i = 0; i < plan->n && rc == 0; i++)
		if (plan->items[i].text && (plan->items[i].kind == FIX_SCRIPT || plan->items[i].kind == FIX_CMDLINE) && !fixes_is_repeated(plan, i)) {
			rc = put_item(&f, &plan->items[i], err);
			n++;
		}
	if (!n)
		output_puts(&f.output, "[]\n");
	fixes_by_hand(&f, 1U << FIX_BY_HAND | 1U << FIX_KCONFIG | 1U << FIX_DAEMON_JSON | 1U << FIX_EDIT | 1U << FIX_CONTAINER);
	return rc < 0 ? rc : output_finish(&f.output, err);
}

const struct format format_ansible = {
	.name = "ansible",
	.summary = "fixes as Ansible tasks",
	.mime = "application/yaml", .explains = true, .write_fixes = write_ansible,
};
