/* SPDX-License-Identifier: Apache-2.0 */
#include "core/process/cmdline.h"

#include "core/base/text.h"

#include <ctype.h>

/* Other spellings that the kernel takes for the same parameter (mm/slub.c, 6.8 on both ways). */
static const struct {
	const char *old, *now;
} spellings[] = {
	{ "slub_nomerge", "slab_nomerge" },
	{ "slub_merge",   "slab_merge" },
	{ "slub_debug",   "slab_debug" },
};

static const char *spelling_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(spellings); i++)
		if (streq(spellings[i].old, name))
			return spellings[i].now;
	return name;
}

static char *underscored(struct arena *arena, const char *name, size_t size)
{
	char *copy = arena_strndup(arena, name, size);

	for (char *c = copy; *c; c++)
		if (*c == '-')
			*c = '_';
	return copy;
}

/* One parameter at *at, as next_arg() in the kernel's lib/cmdline.c takes it. */
static struct cmdline_param next_param(struct arena *arena, const char **at, const char *end)
{
	struct cmdline_param param = { 0 };
	const char *start = *at, *equals = NULL, *c, *stop;
	bool quoted = *start == '"', in_quote = quoted;

	start += quoted;
	for (c = start; c < end && (in_quote || !isspace((unsigned char)*c)); c++) {
		if (*c == '=' && !equals)
			equals = c;
		if (*c == '"')
			in_quote = !in_quote;
	}
	*at = c;
	stop = c;
	if (quoted && stop > start && stop[-1] == '"')
		stop--;
	if (!equals) {
		param.name = underscored(arena, start, (size_t)(stop - start));
		return param;
	}
	param.name = underscored(arena, start, (size_t)(equals - start));
	equals++;
	if (equals < stop && *equals == '"') {
		equals++;
		if (stop > equals && stop[-1] == '"')
			stop--;
	}
	param.value = arena_strndup(arena, equals, (size_t)(stop - equals));
	return param;
}

void cmdline_parse(struct cmdline *cmdline, struct arena *arena, const char *line, size_t size, const char *origin)
{
	const char *end = line + size;

	for (const char *at = line; at < end;) {
		struct cmdline_param param;

		if (isspace((unsigned char)*at)) {
			at++;
			continue;
		}
		param = next_param(arena, &at, end);
		if (!param.value && streq(param.name, "__"))   /* "--": what follows is for init */
			return;
		if (!*param.name)
			continue;
		param.origin = origin;
		arena_push(arena, cmdline->params, cmdline->n) = param;
	}
}

/* A line of /proc/bootconfig: kernel.NAME = "VALUE", "VALUE"; other keys are not the kernel's. */
static void parse_bootconfig_line(struct cmdline *cmdline, struct arena *arena, char *line, const char *origin)
{
	char *equals = strstr(line, " = ");

	if (!starts_with(line, "kernel.") || !equals)
		return;
	*equals = '\0';
	for (char *value = equals + 3, *end; *value == '"'; value = end) {
		end = strchr(value + 1, '"');
		if (!end)
			return;
		*end++ = '\0';
		arena_push(arena, cmdline->params, cmdline->n) = (struct cmdline_param){
			underscored(arena, line + 7, strlen(line + 7)), value[1] ? value + 1 : NULL, origin };
		end += strspn(end, ", ");
	}
}

static void add_bootconfig(struct cmdline *cmdline, struct source *source)
{
	const struct file *file = source_read(source, "proc/bootconfig", SOURCE_LIMIT);
	char *text, *line;

	if (file->state == STATE_DENIED || file->state == STATE_BROKEN) {
		cmdline->state = file->state;
		cmdline->why = file->why;
		cmdline->origin = file->path;
	}
	if (file->state != STATE_PRESENT)
		return;
	text = arena_strdup(source_arena(source), file->data);
	while ((line = strsep(&text, "\n")))
		parse_bootconfig_line(cmdline, source_arena(source), line, file->path);
}

static bool is_yes(const struct kconfig *kconfig, const char *name)
{
	const char *value = kconfig_get(kconfig, name);

	return value && streq(value, "y");
}

/* The command line built into the kernel. True where it is the only one: the boot loader's is not looked at. */
static bool add_built_in(struct cmdline *cmdline, struct arena *arena, const struct kconfig *kconfig)
{
	const char *line = kconfig_get(kconfig, "CMDLINE");
	bool only = is_yes(kconfig, "CMDLINE_OVERRIDE") || is_yes(kconfig, "CMDLINE_FORCE");

	if (!line || !*line || !(only || is_yes(kconfig, "CMDLINE_BOOL") || is_yes(kconfig, "CMDLINE_EXTEND")))
		return false;
	cmdline_parse(cmdline, arena, line, strlen(line), arena_printf(arena, "%s: CONFIG_CMDLINE", kconfig->origin));
	return only;
}

struct cmdline *cmdline_read(struct source *source, const struct kconfig *kconfig)
{
	struct arena *arena = source_arena(source);
	struct cmdline *cmdline = arena_new_of(arena, struct cmdline);
	const struct file *file = source_read(source, "proc/cmdline", SOURCE_LIMIT);

	cmdline->origin = file->path;
	if (add_built_in(cmdline, arena, kconfig)) {
		cmdline->origin = kconfig->origin;
		return cmdline;
	}
	cmdline->state = file->state;
	cmdline->why = file->why;
	if (file->state != STATE_PRESENT)
		return cmdline;
	if (file->size == 0 || memchr(file->data, '\0', file->size)) {
		cmdline->state = STATE_MALFORMED;
		cmdline->why = file->size ? "the file holds a NUL byte" : "the file is empty";
		return cmdline;
	}
	add_bootconfig(cmdline, source);
	cmdline_parse(cmdline, arena, file->data, file->size, file->path);
	return cmdline;
}

const struct cmdline_param *cmdline_get(const struct cmdline *cmdline, const char *name)
{
	const char *wanted = spelling_of(name);

	for (size_t i = cmdline->n; i-- > 0;)
		if (streq(spelling_of(cmdline->params[i].name), wanted))
			return &cmdline->params[i];
	return NULL;
}
