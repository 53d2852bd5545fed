/* SPDX-License-Identifier: Apache-2.0 */
/* Units that are started and run nothing. */
#include "core/boot/unit_private.h"

#include "core/base/text.h"

/* The name of a command's program; *may_fail where a dash says that it does not matter whether it does. */
static const char *program_of(struct arena *arena, const char *command, bool *may_fail)
{
	size_t prefix = strspn(command, "@-:+!| \t");
	const char *path, *slash;

	*may_fail = memchr(command, '-', prefix) != NULL;
	command += prefix + (command[prefix] == '"' || command[prefix] == '\'');
	path = arena_strndup(arena, command, strcspn(command, " \t\"'"));
	slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

static const char *hollow_service(struct arena *arena, const struct unit *unit)
{
	static const char *const before[] = { "ExecCondition", "ExecStartPre" };
	const struct unit_setting *s;
	bool may_fail, any = false;
	size_t at = 0;

	for (size_t i = 0; i < ARRAY_LEN(before); i++)
		for (at = 0; (s = unit_next(unit, "Service", before[i], &at));)
			if (streq(program_of(arena, s->value, &may_fail), "false") && !may_fail)
				return arena_printf(arena, "%s:%u keeps it from starting", s->origin, s->line);
	for (at = 0; (s = unit_next(unit, "Service", "ExecStart", &at)); any = true)
		if (!list_has("true false echo sleep :", " ", program_of(arena, s->value, &may_fail)))
			return NULL;
	if (!any && (unit_setting(unit, "Service", "ExecStop") || unit_setting(unit, "Unit", "SuccessAction")))
		return NULL;
	return any ? "it starts nothing but true(1) or its like" : "it starts nothing: there is no ExecStart=";
}

const char *unit_hollow(const struct units *units, struct arena *arena, const struct unit *unit)
{
	const char *suffix = unit_suffix(unit->name);
	const struct unit_setting *s;

	if (units->init != INIT_SYSTEMD || unit->state != STATE_PRESENT || unit->masked || !suffix)
		return NULL;
	if (streq(suffix, ".timer")) {
		s = unit_setting(unit, "Timer", "Unit");
		unit = unit_load(units, arena, s ? s->value : arena_printf(arena, "%.*s.service", (int)(suffix - unit->name), unit->name));
		if (unit->masked)
			return arena_printf(arena, "%s, which it starts, is masked", unit->name);
		if (unit->state != STATE_PRESENT || !(suffix = unit_suffix(unit->name)))
			return NULL;
	}
	return streq(suffix, ".service") ? hollow_service(arena, unit) : NULL;
}
