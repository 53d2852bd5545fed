/* SPDX-License-Identifier: Apache-2.0 */
#include "core/fix/fix_files.h"

#include "core/base/text.h"
#include "core/fix/fix_daemon.h"
#include "core/fix/fix_script.h"
#include "core/fix/fix_use.h"

/* ---- the engine's file ---- */

/* Where a setting is given by something else than its file, that has to go first: dockerd refuses to be told twice. */
static void see_where_it_is_said(struct fix_plan *plan, struct fix_item *item)
{
	for (size_t i = 0; item->result && i < item->result->n_evidence; i++) {
		const struct evidence *e = &item->result->evidence[i];

		if (e->state == STATE_PRESENT && e->name && starts_with(e->name, "--") && e->origin && *e->origin == '/' &&
		    !starts_with(e->origin, plan->daemon_json.path)) {
			fix_set_apart(plan->arena, item, arena_printf(plan->arena, "It is said in %s, too: take it out there first, for dockerd refuses both.",
								      e->origin));
			return;
		}
	}
}

static void look_at_daemon_json(struct fix_plan *plan, const struct audit *audit)
{
	struct fix_target *target = &plan->daemon_json;
	const struct file *file;

	*target = (struct fix_target){ "/etc/docker/daemon.json", STATE_NOT_GIVEN, "nobody looked", NULL, NULL };
	if (audit->host && source_root(audit->host->source)) {
		target->path = arena_strdup(plan->arena, fix_daemon_file(audit->host, "dockerd"));
		file = source_read(audit->host->source, target->path + 1, SOURCE_LIMIT);
		target->state = file->state;
		target->why = file->why;
		target->text = file->state == STATE_PRESENT ? file->data : NULL;
	}
	for (size_t i = 0; i < plan->n; i++)
		if (plan->items[i].kind == FIX_DAEMON_JSON)
			see_where_it_is_said(plan, &plan->items[i]);
}

/* ---- drop-ins ---- */

/* A line of the main file that brings the folder in; sudoers(5) and sshd_config(5). */
static bool brings_in(const char *text, const char *folder)
{
	for (const char *line = text; *line; line = *strchrnul(line, '\n') ? strchrnul(line, '\n') + 1 : "") {
		const char *start = line + strspn(line, " \t"), *end = strchrnul(line, '\n');

		if ((strncasecmp(start, "include", 7) == 0 || starts_with(start, "@includedir") || starts_with(start, "#includedir")) &&
		    memmem(start, (size_t)(end - start), folder, strlen(folder)))
			return true;
	}
	return false;
}

/* A file that nobody reads mends nothing: where the main file does not bring its folder in, the line has to be written there. */
static void see_whether_it_is_read(struct fix_plan *plan, struct fix_item *item, struct source *source)
{
	static const char *const mains[] = { "etc/ssh/sshd_config", "etc/sudoers" };
	struct fix_script script = fix_script_read(plan->arena, item->text);

	for (size_t i = 0; i < script.n_files; i++)
		for (size_t k = 0; k < ARRAY_LEN(mains); k++) {
			const char *folder = arena_printf(plan->arena, "/%s.d", mains[k]);
			const struct file *main_file;

			if (!starts_with(script.files[i].path, folder))
				continue;
			main_file = source_read(source, mains[k], SOURCE_LIMIT);
			if (main_file->state == STATE_PRESENT && !brings_in(main_file->data, folder))
				fix_set_apart(plan->arena, item, arena_printf(plan->arena, "/%s does not include %s: as it is, nobody reads this file.",
									      mains[k], folder));
		}
}

/* ---- files that are changed ---- */

/* "@kubelet" is what that daemon reads, or NULL; of several, the first that is there. */
static const char *path_of(struct fix_plan *plan, const struct audit *audit, const char *file)
{
	const char *path = NULL, *word;
	size_t n;

	if (*file == '@') {
		path = fix_daemon_file(audit->host, file + 1);
		return path && *path == '/' ? arena_strdup(plan->arena, path) : NULL;
	}
	for (const char *at = file; (word = list_next(&at, "|", &n));) {
		const char *one = arena_strndup(plan->arena, word, n);

		if (!path || source_stat_target(audit->host->source, one + 1)->state == STATE_PRESENT)
			path = one;
		if (source_stat_target(audit->host->source, path + 1)->state == STATE_PRESENT)
			break;
	}
	return path;
}

static struct fix_target *target_of(struct fix_plan *plan, const struct audit *audit, const char *file)
{
	const char *path = path_of(plan, audit, file);
	struct fix_target *target;
	const struct file *read;

	if (!path)
		return NULL;
	for (size_t i = 0; i < plan->n_targets; i++)
		if (streq(plan->targets[i]->path, path))
			return plan->targets[i];
	target = arena_new_of(plan->arena, struct fix_target);
	read = source_read(audit->host->source, path + 1, SOURCE_LIMIT);
	*target = (struct fix_target){ path, read->state, read->why, read->state == STATE_PRESENT ? arena_strdup(plan->arena, read->data) : NULL, NULL };
	if (read->state == STATE_PRESENT && memchr(read->data, '\0', read->size))
		*target = (struct fix_target){ path, STATE_MALFORMED, "it is no text", NULL, NULL };
	arena_push(plan->arena, plan->targets, plan->n_targets) = target;
	return target;
}

/* A flag goes over the file; an argument is such a flag. */
static void see_flags(struct fix_plan *plan, struct fix_item *item, const struct fix_edit *edit)
{
	for (size_t i = 0; item->result && *edit->file == '@' && i < item->result->n_evidence; i++) {
		const struct evidence *e = &item->result->evidence[i];

		if (e->state == STATE_PRESENT && e->outcome != OUTCOME_PASS && e->name && starts_with(e->name, "--") && e->origin && *e->origin == '/') {
			fix_set_apart(plan->arena, item, arena_printf(plan->arena, "It is said by a flag, which goes over the file (%s): take it out there.",
								      e->origin));
			return;
		}
	}
}

static void read_change(struct fix_plan *plan, const struct audit *audit, struct fix_item *item, const char *line)
{
	struct fix_edit edit;
	struct fix_target *target;

	if (starts_with(line, "then ")) {
		item->then = line + strlen("then ");
		return;
	}
	if (!fix_edit_read(plan->arena, &edit, line)) {
		fix_leave_to_hands(plan->arena, item, "The fix is not understood.");
		return;
	}
	target = target_of(plan, audit, edit.file);
	if (!target) {
		fix_leave_to_hands(plan->arena, item, arena_printf(plan->arena, "No patch: it is not known which file %s reads.", edit.file + 1));
		return;
	}
	if (target->state != STATE_PRESENT || !shell_is_plain(target->path)) {
		fix_leave_to_hands(plan->arena, item, arena_printf(plan->arena, "No patch: %s: %s.", target->path,
								   target->why ? target->why : target->state == STATE_PRESENT ? "its name is not one for a patch"
														      : state_name(target->state)));
		return;
	}
	see_flags(plan, item, &edit);
	arena_push(plan->arena, item->changes, item->n_changes) = (struct fix_change){ target, edit };
}

static void read_changes(struct fix_plan *plan, const struct audit *audit, struct fix_item *item)
{
	const char *end;

	if (!audit->host || !source_root(audit->host->source)) {
		fix_leave_to_hands(plan->arena, item, "No patch: what the file says now was not read.");
		return;
	}
	for (const char *at = item->text; *at && item->kind == FIX_EDIT; at = *end ? end + 1 : end) {
		end = strchrnul(at, '\n');
		read_change(plan, audit, item, text_trim(arena_strndup(plan->arena, at, (size_t)(end - at))));
	}
}

const char *fix_changed(struct arena *arena, const struct fix_item *item, const struct fix_target *target, const char *text, const char **why)
{
	*why = NULL;
	for (size_t i = 0; i < item->n_changes && text; i++)
		if (item->changes[i].target == target)
			text = fix_edit_apply(arena, &item->changes[i].edit, text, why);
	return text;
}

/* All of its files, or none. */
static void change_files_of(struct fix_plan *plan, struct fix_item *item)
{
	for (int really = 0; really < 2; really++)
		for (size_t i = 0; i < item->n_changes; i++) {
			struct fix_target *target = item->changes[i].target;
			const char *why, *after = fix_changed(plan->arena, item, target, target->after ? target->after : target->text, &why);

			if (!after) {
				fix_leave_to_hands(plan->arena, item, arena_printf(plan->arena, "No patch of %s: %s.", target->path, why));
				return;
			}
			if (really && !item->set_apart)
				target->after = after;
		}
}

void fix_change_files(struct fix_plan *plan)
{
	for (int apart = 0; apart < 2; apart++)
		for (size_t i = 0; i < plan->n; i++)
			if (plan->items[i].kind == FIX_EDIT && plan->items[i].set_apart == apart)
				change_files_of(plan, &plan->items[i]);
}

/* ---- all ---- */

void fix_read_files(struct fix_plan *plan, const struct audit *audit)
{
	bool daemon = false;

	for (size_t i = 0; i < plan->n; i++)
		daemon = daemon || plan->items[i].kind == FIX_DAEMON_JSON;
	if (daemon)
		look_at_daemon_json(plan, audit);
	for (size_t i = 0; i < plan->n; i++)
		if (plan->items[i].kind == FIX_EDIT)
			read_changes(plan, audit, &plan->items[i]);
		else if (plan->items[i].kind == FIX_SCRIPT && audit->host)
			see_whether_it_is_read(plan, &plan->items[i], audit->host->source);
}
