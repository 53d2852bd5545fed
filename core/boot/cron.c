/* SPDX-License-Identifier: Apache-2.0 */
#include "core/boot/cron.h"

#include "core/accounts/accounts.h"
#include "core/base/text.h"

enum { LINES_MOST = 5000 };

/* How the lines of a table begin. */
enum table_kind {
	TABLE_OF_SYSTEM,         /* times and a user */
	TABLE_OF_ROOT,           /* times */
	TABLE_OF_ANACRON,        /* days, delay, and a name */
};

struct reading {
	const struct subject *subject;
	struct arena *arena;
	struct cron *cron;
	enum table_kind kind;
	const char *path, *home;
};

static char *skip_words(char *at, unsigned n)
{
	while (n--) {
		at += strcspn(at, " \t");
		at += strspn(at, " \t");
	}
	return at;
}

/* Every account with the number of root is root. */
static bool is_root(const struct reading *r, const char *name)
{
	const struct accounts *accounts = subject_table(r->subject, &accounts_table);

	if (streq(name, "root"))
		return true;
	for (size_t i = 0; i < accounts->n; i++)
		if (accounts->list[i].uid == 0 && streq(accounts->list[i].name, name))
			return true;
	return false;
}

/* A % that is not escaped ends the command; what follows is read by it. */
static const char *command_of(char *text)
{
	char *to = text;

	for (const char *c = text; *c && *c != '%'; c++) {
		c += c[0] == '\\' && c[1] == '%';
		*to++ = *c;
	}
	*to = '\0';
	return text;
}

static char *unquoted(char *text)
{
	size_t n = strlen(text);

	if (n > 1 && (*text == '"' || *text == '\'') && text[n - 1] == *text) {
		text[n - 1] = '\0';
		text++;
	}
	return text;
}

/* "NAME = VALUE" */
static bool take_variable(struct reading *r, char *line, const char *origin)
{
	size_t n = strcspn(line, " \t=");
	char *equals = line + n + strspn(line + n, " \t"), *value;

	if (*equals != '=' || !n || strchr("0123456789*@", *line))
		return false;
	value = unquoted(text_trim(equals + 1));
	line[n] = '\0';
	line = unquoted(line);
	if (streq(line, "HOME"))
		r->home = value;
	if (streq(line, "PATH"))
		r->path = value;
	if (streq(line, "PATH") || streq(line, "SHELL"))
		arena_push(r->arena, r->cron->variables, r->cron->n_variables) = (struct cron_variable){ line, value, origin };
	return true;
}

static void take_line(struct reading *r, char *line, const char *origin)
{
	unsigned times = r->kind == TABLE_OF_ANACRON ? 3 : *line == '@' ? 1 : 5;
	char *at;

	if (take_variable(r, line, origin))
		return;
	at = skip_words(line, times);
	if (r->kind == TABLE_OF_SYSTEM) {
		char *user = at;

		at = skip_words(at, 1);
		user[strcspn(user, " \t:/")] = '\0';
		if (!is_root(r, user))
			return;
	}
	if (!*at)
		faults_add(r->arena, &r->cron->faults, STATE_MALFORMED, origin, "the line of the table has no command");
	else if (r->cron->n == LINES_MOST)
		faults_add(r->arena, &r->cron->faults, STATE_BROKEN, origin, "more lines than are read");
	else
		arena_push(r->arena, r->cron->lines, r->cron->n) =
			(struct cron_line){ r->kind == TABLE_OF_ANACRON ? at : command_of(at), r->path, r->home, origin };
}

static void take_table(const struct subject *subject, struct cron *cron, struct arena *arena, const char *path, enum table_kind kind)
{
	struct reading r = { .subject = subject, .arena = arena, .cron = cron, .kind = kind, .home = "/root" };
	const struct file *file = config_read(subject->source, arena, path, &cron->faults);
	struct lines lines;

	if (!file)
		return;
	cron->n_tables++;
	lines = lines_of(arena, file, "#", false);
	for (char *line; !faults_enough(&cron->faults) && (line = lines_next(&lines));)
		take_line(&r, line, lines_origin(&lines));
}

/* What package managers and editors leave beside a table is none. */
static bool is_table(const char *path)
{
	static const char *const ends[] = { "~", ".rpmsave", ".rpmnew", ".rpmorig", ".dpkg-old", ".dpkg-new", ".dpkg-dist", ".dpkg-bak", ".swp", "/README" };
	size_t n = strlen(path);

	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		if (n > strlen(ends[i]) && streq(path + n - strlen(ends[i]), ends[i]))
			return false;
	return true;
}

static void take_folder(const struct subject *subject, struct cron *cron, struct arena *arena, const char *pattern, enum table_kind kind)
{
	struct paths paths = config_glob(subject->source, arena, pattern, &cron->faults);

	for (size_t i = 0; i < paths.n; i++) {
		const struct file *file = source_stat_target(subject->source, paths.list[i]);

		if (is_table(paths.list[i]) && !(file->state == STATE_PRESENT && S_ISDIR(file->stat.st_mode)))
			take_table(subject, cron, arena, paths.list[i], kind);
	}
}

static void take_tables_of_root(const struct subject *subject, struct cron *cron, struct arena *arena)
{
	static const char *const folders[] = { "var/spool/cron/crontabs", "var/spool/cron/tabs", "var/spool/cron", "etc/crontabs" };
	const struct accounts *accounts = subject_table(subject, &accounts_table);

	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		take_table(subject, cron, arena, arena_printf(arena, "%s/root", folders[i]), TABLE_OF_ROOT);
		for (size_t k = 0; k < accounts->n; k++)
			if (accounts->list[k].uid == 0 && !streq(accounts->list[k].name, "root"))
				take_table(subject, cron, arena, arena_printf(arena, "%s/%s", folders[i], accounts->list[k].name), TABLE_OF_ROOT);
	}
}

struct cron *cron_read(const struct subject *subject, struct arena *arena)
{
	struct cron *cron = arena_new_of(arena, struct cron);

	take_table(subject, cron, arena, "etc/crontab", TABLE_OF_SYSTEM);
	take_folder(subject, cron, arena, "etc/cron.d/*", TABLE_OF_SYSTEM);
	take_table(subject, cron, arena, "etc/anacrontab", TABLE_OF_ANACRON);
	take_tables_of_root(subject, cron, arena);
	return cron;
}
