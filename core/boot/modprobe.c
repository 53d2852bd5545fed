/* SPDX-License-Identifier: Apache-2.0 */
#include "core/boot/modprobe.h"

#include "core/base/text.h"
#include "core/source/conf_files.h"
#include "core/subject/subject.h"

#include <fnmatch.h>

enum { LINES_MOST = 20000 };

char *module_name(struct arena *arena, const char *name, size_t n)
{
	char *copy = arena_strndup(arena, name, n);

	for (char *c = copy; *c; c++)
		if (*c == '-')
			*c = '_';
	return copy;
}

static void add_line(struct modprobe *modprobe, struct arena *arena, const struct modprobe_line *line)
{
	if (modprobe->n < LINES_MOST)
		arena_push(arena, modprobe->list, modprobe->n) = *line;
	else
		modprobe->list[0] = (struct modprobe_line){ .origin = line->origin, .state = STATE_BROKEN, .why = "more lines than are read" };
}

static const char *const kinds[] = { [MODPROBE_INSTALL] = "install", [MODPROBE_BLACKLIST] = "blacklist", [MODPROBE_ALIAS] = "alias" };

/* "install MODULE COMMAND…", "blacklist MODULE" or "alias ALIAS MODULE"; nothing else in modprobe.d(5) bears on whether a module is loaded. */
static void take_line(struct modprobe *modprobe, struct arena *arena, const char *text, const char *origin)
{
	struct modprobe_line line = { .origin = origin, .state = STATE_PRESENT };
	size_t n, m, kind = 0;
	const char *at = text, *word = list_next(&at, " \t", &n), *module = list_next(&at, " \t", &m);
	const char *rest = at + strspn(at, " \t");

	while (kind < ARRAY_LEN(kinds) && !(word && strlen(kinds[kind]) == n && memcmp(word, kinds[kind], n) == 0))
		kind++;
	if (kind == ARRAY_LEN(kinds) || !module)
		return;
	line.kind = kind;
	line.module = module_name(arena, module, m);
	if (kind != MODPROBE_BLACKLIST)
		line.command = kind == MODPROBE_ALIAS ? module_name(arena, rest, strlen(rest)) : arena_strdup(arena, rest);
	if (line.command && !*line.command) {
		line.state = STATE_MALFORMED;
		line.why = kind == MODPROBE_ALIAS ? "the line names no module" : "the line names no command";
	}
	add_line(modprobe, arena, &line);
}

static void take_file(struct modprobe *modprobe, struct arena *arena, const struct file *file)
{
	struct conf_lines lines = conf_lines_of(arena, file, true);
	const char *path = text_safe(arena, file->path, strlen(file->path), 512);
	struct unseen unseen;

	if (conf_file_unread(arena, file, &unseen)) {
		add_line(modprobe, arena, &(struct modprobe_line){ .origin = unseen.origin, .state = unseen.state, .why = unseen.why });
		return;
	}
	for (char *line; (line = conf_lines_next(&lines));)
		if (*line && *line != '#')
			take_line(modprobe, arena, line, arena_printf(arena, "%s:%u", path, lines.line));
}

static bool is_there(struct source *source, const char *path)
{
	return source_stat(source, path)->state == STATE_PRESENT;
}

struct modprobe *modprobe_read(struct source *source, struct arena *arena)
{
	static const char *const directories[] = {
		"etc/modprobe.d", "run/modprobe.d", "usr/local/lib/modprobe.d", "usr/lib/modprobe.d", "lib/modprobe.d", NULL,
	};
	struct modprobe *modprobe = arena_new_of(arena, struct modprobe);
	struct conf_files files = conf_files_read(source, arena, directories);

	modprobe->busybox = is_there(source, "bin/busybox") && !is_there(source, "bin/kmod") && !is_there(source, "usr/bin/kmod");
	/* a directory that was not seen may hold the file that is read first */
	if (files.unseen.why)
		add_line(modprobe, arena, &(struct modprobe_line){ .origin = files.unseen.origin, .state = files.unseen.state, .why = files.unseen.why });
	for (size_t i = 0; i < files.n; i++)
		take_file(modprobe, arena, files.list[i].file);
	return modprobe;
}

static void *read_table(struct source *source, struct arena *arena)
{
	return modprobe_read(source, arena);
}

const struct host_table modprobe_table = { read_table };

/* ---- asking ---- */

static bool is_about(const struct modprobe_line *line, enum modprobe_kind kind, const char *module)
{
	if (!line->module || line->kind != kind)
		return false;
	return kind == MODPROBE_INSTALL ? fnmatch(line->module, module, 0) == 0 : streq(line->module, module);
}

const struct modprobe_line *modprobe_find(const struct modprobe *modprobe, enum modprobe_kind kind, const char *module)
{
	const struct modprobe_line *doubtful = NULL;

	for (size_t i = 0; i < modprobe->n; i++) {
		const struct modprobe_line *line = &modprobe->list[i];

		if (kind == MODPROBE_INSTALL && modprobe->busybox && line->module)
			continue;
		if (is_about(line, kind, module) && line->state == STATE_PRESENT)
			/* of install lines the first holds, so one in a file that was not read would; blacklisted is blacklisted */
			return kind == MODPROBE_INSTALL && doubtful && !doubtful->module ? doubtful : line;
		if ((!line->module || is_about(line, kind, module)) && !doubtful)
			doubtful = line;
	}
	return doubtful;
}

bool modprobe_has_alias(const struct modprobe *modprobe, const char *module)
{
	for (size_t i = 0; i < modprobe->n; i++) {
		const struct modprobe_line *line = &modprobe->list[i];

		if (line->module && line->kind == MODPROBE_ALIAS && streq(line->command, module))
			return true;
	}
	return false;
}

bool modprobe_command_is_idle(const char *command)
{
	size_t n = strcspn(command, " \t"), rest;
	const char *name = command;

	for (const char *c = command; c < command + n; c++)
		if (*c == '/')
			name = c + 1;
	rest = n + strspn(command + n, " \t");
	if (command[rest] && command[rest] != '#')
		return false;
	n = (size_t)(command + n - name);
	return (n == 5 && memcmp(name, "false", n) == 0) || (n == 4 && memcmp(name, "true", n) == 0);
}
