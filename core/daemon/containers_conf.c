/* SPDX-License-Identifier: Apache-2.0 */
#include "core/daemon/containers_conf.h"

#include "core/base/text.h"
#include "core/boot/unit.h"
#include "core/boot/unit_command.h"

enum { ENVIRONMENT_LIMIT = 1 << 20 };

/* One of root's that starts it. */
static bool starts_podman(const struct unit *unit)
{
	const struct unit_setting *user = unit_setting(unit, "Service", "User"), *s;

	if (unit->masked || (user && !streq(user->value, "root") && !streq(user->value, "0")))
		return false;
	for (size_t at = 0; (s = unit_next(unit, "Service", "ExecStart", &at));)
		if (strstr(s->value, "podman"))
			return true;
	return false;
}

static void add_unit(struct source *source, struct arena *arena, const struct units *units, const char *name, struct containers_environments *all)
{
	const struct unit_command *unit = unit_command_read(source, arena, units, name);

	arena_push(arena, all->list, all->n) = (struct containers_environment){
		.origin = unit->n_files ? unit->files[0] : name, .variables = unit->variables, .n = unit->n_variables,
		.unread = unit->unread, .unread_state = unit->unread_state, .unread_why = unit->unread_why,
	};
}

/* pam_env(8): "NAME=value", perhaps with "export" in front. */
static void add_logins(struct source *source, struct arena *arena, struct containers_environments *all)
{
	const struct file *file = source_read(source, "etc/environment", ENVIRONMENT_LIMIT);
	struct containers_environment logins = { .origin = file->path };
	char *text, *line;

	if (file->state == STATE_ABSENT)
		return;
	if (file->state != STATE_PRESENT) {
		logins.unread = file->path;
		logins.unread_state = file->state;
		logins.unread_why = file->why;
	}
	text = file->state == STATE_PRESENT ? arena_strdup(arena, file->data) : NULL;
	while ((line = strsep(&text, "\n"))) {
		const char **words = NULL;
		size_t n = 0;

		unit_words(arena, line, NULL, &words, &n);
		for (size_t i = 0; i < n && *words[0] != '#'; i++)
			if (strchr(words[i], '='))
				arena_push(arena, logins.variables, logins.n) = words[i];
	}
	arena_push(arena, all->list, all->n) = logins;
}

static void *read_environments(struct source *source, struct arena *arena)
{
	auto_arena struct arena *scratch = arena_new();
	struct containers_environments *all = arena_new_of(arena, struct containers_environments);
	const struct units *units = units_list(source, arena);
	const char *name;

	for (size_t at = 0; (name = unit_next_name(units, ".service", &at));) {
		arena_reset(scratch);
		if (starts_podman(unit_load(units, scratch, name)))
			add_unit(source, arena, units, name, all);
	}
	add_logins(source, arena, all);
	return all;
}

const struct containers_environments *containers_environments(const struct subject *subject)
{
	static const struct host_table kept = { read_environments };

	return subject_table(subject, &kept);
}

const char *containers_variable(const struct containers_environment *environment, const char *name)
{
	size_t size = strlen(name);

	for (size_t i = environment->n; i-- > 0;) {
		const char *v = environment->variables[i];

		if (strncmp(v, name, size) == 0 && v[size] == '=')
			return v[size + 1] ? v + size + 1 : NULL;
	}
	return NULL;
}
