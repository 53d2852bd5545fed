/* SPDX-License-Identifier: Apache-2.0 */
#include "core/access/pam.h"

#include "core/base/text.h"

#include <ctype.h>
#include <strings.h>

/* A distribution's own files stand below /usr, and those of the same name in /etc before them. */
static const char *const folders[] = { "etc/pam.d", "usr/lib/pam.d", "usr/etc/pam.d" };

enum { STEPS_MOST = 2000 };

struct reading {
	struct source *source;
	struct arena *arena;
	struct pam_stack *stack;
	const char *type;
	unsigned files, level;
};

/* A word, or what stands in brackets, which keep white space; a backslash keeps a closing bracket. NULL at the end. */
static char *next_token(struct arena *arena, char **at, bool *open)
{
	struct buffer token = { .arena = arena };
	char *c = *at + strspn(*at, " \t");
	bool brackets = *c == '[';

	if (!*c)
		return NULL;
	for (; *c && (brackets || !strchr(" \t", *c)); c++) {
		if (brackets && c[0] == '\\' && c[1] == ']')
			c++;
		else if (brackets && *c == ']')
			break;
		buffer_add(&token, c, 1);
	}
	*open = brackets && !*c;
	if (brackets && *c)
		buffer_add(&token, c++, 1);
	*at = c;
	return token.text;
}

static void misunderstood(struct reading *r, const char *origin, const char *what)
{
	faults_add(r->arena, &r->stack->faults, STATE_MALFORMED, origin, "%s", what);
}

/* Brackets around an argument only keep its white space. */
static const char *bare(struct arena *arena, const char *argument)
{
	size_t n = strlen(argument);

	return *argument == '[' && n > 1 ? arena_strndup(arena, argument + 1, n - 2) : argument;
}

/* Words are compared without case, what stands in brackets is not. */
static const char *lower_case(char *text)
{
	for (char *c = text; *c && *text != '['; c++)
		*c = (char)tolower((unsigned char)*c);
	return text;
}

/* False where there are too many. */
static bool add_step(struct reading *r, bool is_substack, const char *origin)
{
	if (r->stack->n_steps == STEPS_MOST) {
		faults_add(r->arena, &r->stack->faults, STATE_BROKEN, origin, "the stack has more than %d modules", STEPS_MOST);
		return false;
	}
	arena_push(r->arena, r->stack->steps, r->stack->n_steps) = (struct pam_step){ is_substack, r->level, r->stack->n };
	return true;
}

static void add_module(struct reading *r, char *control, char *rest, const char *origin)
{
	struct pam_module module = { .control = lower_case(control), .origin = origin };
	bool open = false;
	const char *name = next_token(r->arena, &rest, &open), *slash;
	char *argument;
	size_t n = 0;

	if (!name) {
		misunderstood(r, origin, "no module is named");
		return;
	}
	slash = strrchr(name, '/');
	module.name = slash ? slash + 1 : name;
	while ((argument = next_token(r->arena, &rest, &open)))
		arena_push(r->arena, module.arguments, n) = bare(r->arena, argument);
	arena_push(r->arena, module.arguments, n) = NULL;
	if (open) {
		misunderstood(r, origin, "a bracket is not closed");
		return;
	}
	if (add_step(r, false, origin))
		arena_push(r->arena, r->stack->list, r->stack->n) = module;
}

static bool read_service(struct reading *r, const char *service, const char *from, unsigned depth);

/* "@include NAME" brings lines of every type, "TYPE include NAME" those of one. */
static void read_include(struct reading *r, char *rest, const char *origin, unsigned depth)
{
	bool open = false;
	const char *name = next_token(r->arena, &rest, &open);
	size_t faults = r->stack->faults.n;

	if (!name)
		misunderstood(r, origin, "no file is named");
	else if (depth == CONFIG_DEEPEST || r->files > CONFIG_FILES_MOST)
		misunderstood(r, origin, "services include each other too deeply, or in a circle");
	else if (!read_service(r, name, origin, depth + 1) && r->stack->faults.n == faults)
		misunderstood(r, origin, arena_printf(r->arena, "there is no %s to include", name));
}

static void read_line(struct reading *r, char *line, const char *origin, unsigned depth)
{
	bool open = false;
	char *type = next_token(r->arena, &line, &open), *control;

	if (!type)
		return;
	if (strcasecmp(type, "@include") == 0) {
		read_include(r, line, origin, depth);
		return;
	}
	control = next_token(r->arena, &line, &open);
	if (!control || open) {
		misunderstood(r, origin, control ? "a bracket is not closed" : "no control is given");
		return;
	}
	if (strcasecmp(type + (*type == '-'), r->type) != 0)
		return;
	if (strcasecmp(control, "include") == 0) {
		read_include(r, line, origin, depth);
	} else if (strcasecmp(control, "substack") == 0) {
		add_step(r, true, origin);
		r->level++;
		read_include(r, line, origin, depth);
		r->level--;
	} else {
		add_module(r, control, line, origin);
	}
}

/* False where there is no such file; the first folder that has it counts. */
static bool read_service(struct reading *r, const char *service, const char *from, unsigned depth)
{
	const struct file *file = NULL;
	struct lines lines;
	char *line;

	for (size_t i = 0, faults = r->stack->faults.n; i < ARRAY_LEN(folders) && !file && r->stack->faults.n == faults; i++) {
		const char *path = *service == '/' ? service : arena_printf(r->arena, "%s/%s", folders[i], service);

		file = config_read(r->source, r->arena, path, &r->stack->faults);
	}
	if (!file)
		return false;
	r->files++;
	if (!from)
		r->stack->path = file->path;
	lines = lines_of(r->arena, file, "#", true);
	lines.cut = lines_cut_hash;
	while (!faults_enough(&r->stack->faults) && (line = lines_next(&lines)))
		if (*line)
			read_line(r, line, lines_origin(&lines), depth);
	return true;
}

bool pam_is_used(struct source *source)
{
	for (size_t i = 0; i < ARRAY_LEN(folders); i++)
		if (source_stat(source, folders[i])->state != STATE_ABSENT)
			return true;
	return false;
}

struct pam_stack *pam_read(struct source *source, struct arena *arena, const char *service, const char *type)
{
	struct pam_stack *stack = arena_new_of(arena, struct pam_stack);
	struct reading r = { .source = source, .arena = arena, .stack = stack, .type = type };

	if (read_service(&r, service, NULL, 0)) {
		stack->state = STATE_PRESENT;
		if (!stack->n && !stack->faults.n)
			read_service(&r, "other", stack->path, 0);
		return stack;
	}
	stack->state = pam_is_used(source) ? STATE_ABSENT : STATE_INAPPLICABLE;
	return stack;
}

const char *pam_argument(const struct pam_module *module, const char *name)
{
	size_t n = strlen(name);
	const char *value = NULL;

	for (const char **a = module->arguments; *a; a++)
		if (strncmp(*a, name, n) == 0 && ((*a)[n] == '=' || !(*a)[n]))
			value = *a + n + ((*a)[n] == '=');
	return value;
}
