/* SPDX-License-Identifier: Apache-2.0 */
/* The rules that are loaded at boot: which files, in which order, and what becomes of each line. */
#include "core/logging/auditctl_private.h"

#include "core/base/text.h"
#include "core/boot/unit.h"

enum { FILES_MOST = 256, LINES_MOST = 20000 };

struct line {
	const char *origin;      /* "/etc/audit/rules.d/time.rules:3" */
	const char *text;
};

struct lines {
	struct arena *arena;
	struct line *list;
	size_t n;
};

/* While a set of rules is read. */
struct reading {
	struct auditctl *rules;
	struct arena *arena;
	bool ignores;            /* lines that are wrong are left out: -i, -c */
	bool locked;             /* -e 2: what follows is refused */
};

/* ---- lines ---- */

static void prepend(struct auditctl *rules)
{
	struct auditctl_rule last = rules->list[rules->n - 1];

	memmove(rules->list + 1, rules->list, (rules->n - 1) * sizeof(*rules->list));
	rules->list[0] = last;
}

static void set_all(struct auditctl_settings *to, const struct auditctl_settings *from)
{
	to->enabled = from->enabled ? from->enabled : to->enabled;
	to->failure = from->failure ? from->failure : to->failure;
	to->backlog = from->backlog ? from->backlog : to->backlog;
	to->loginuid = from->loginuid ? from->loginuid : to->loginuid;
}

static void carry_out(struct reading *r, const struct auditctl_command *c)
{
	r->ignores = r->ignores || c->ignores;
	if (c->deletes_all)
		r->rules->n = 0;
	set_all(&r->rules->settings, &c->settings);
	r->locked = r->locked || (c->settings.enabled && streq(c->settings.enabled, "2"));
	if (!c->rule.list)
		return;
	auditctl_add(r->rules, r->arena, &c->rule);
	if (c->prepend)
		prepend(r->rules);
}

/* A line that only takes something away may not be left out, whatever auditctl does with it. */
static bool may_take_away(const char *text)
{
	return strstr(text, "never") || strstr(text, "exclude") || strstr(text, "-D") || strstr(text, "-d") || strstr(text, "-W");
}

/* The first line that is wrong ends the loading, unless -i or -c stood before it. */
static void read_line(struct reading *r, const struct line *line)
{
	const char *first = line->text + strspn(line->text, " ");
	struct auditctl_command c;

	if (*first == '\0' || *first == '#')
		return;
	c = auditctl_parse(r->arena, line->origin, line->text);
	if (r->locked) {
		c.state = STATE_MALFORMED;
		c.why = arena_printf(r->arena, "%s: behind -e 2 nothing can be set any more", line->origin);
	}
	if (c.state == STATE_PRESENT) {
		carry_out(r, &c);
	} else if (!(r->ignores && c.state == STATE_MALFORMED) || may_take_away(line->text)) {
		r->rules->state = c.state;
		r->rules->why = c.why;
	}
}

static void read_lines(struct reading *r, const struct lines *lines)
{
	for (size_t i = 0; i < lines->n && r->rules->state == STATE_PRESENT; i++)
		read_line(r, &lines->list[i]);
}

/* ---- files ---- */

/* False, with the state: the file cannot be taken apart. */
static bool add_lines(struct auditctl *rules, struct lines *lines, const struct file *file, struct buffer *open)
{
	const char *shown = text_safe(lines->arena, file->path, strlen(file->path), 512);
	unsigned number = 0;

	if (file->state != STATE_PRESENT || memchr(file->data, '\0', file->size)) {
		rules->state = file->state == STATE_PRESENT ? STATE_MALFORMED : file->state == STATE_ABSENT ? STATE_BROKEN : file->state;
		rules->why = arena_printf(lines->arena, "%s: %s", file->path, file->state == STATE_PRESENT ? "the file holds a NUL byte" : file->why);
		return false;
	}
	for (const char *at = file->data, *end; *at; at = *end ? end + 1 : end) {
		end = strchrnul(at, '\n');
		number++;
		buffer_add(open, at, (size_t)(end - at));
		if (!*end)
			break;           /* the next file goes on with this line: they are put together by cat(1) */
		if (lines->n == LINES_MOST) {
			rules->state = STATE_BROKEN;
			rules->why = "there are too many lines";
			return false;
		}
		arena_push(lines->arena, lines->list, lines->n) =
			(struct line){ arena_printf(lines->arena, "%s:%u", shown, number), open->text ? open->text : "" };
		*open = (struct buffer){ .arena = lines->arena };
	}
	return true;
}

static void end_lines(struct lines *lines, const struct file *last, const struct buffer *open)
{
	if (open->size)
		arena_push(lines->arena, lines->list, lines->n) =
			(struct line){ arena_printf(lines->arena, "%s, last line", text_safe(lines->arena, last->path, strlen(last->path), 512)), open->text };
}

/* As `ls -v` sorts them. */
static int by_version(const void *a, const void *b)
{
	return strverscmp(*(const char *const *)a, *(const char *const *)b);
}

/* What `ls` shows, and the shell does not split. */
static bool is_rules_file(const char *name)
{
	size_t n = strlen(name);

	return n > 6 && streq(name + n - 6, ".rules") && *name != '.' && !strpbrk(name, " \t\n*?[");
}

/* The options that augenrules(8) moves. The pattern does without spaces in front, where auditctl would not. */
static char moved_option(const char *text)
{
	text += strspn(text, " \t");
	if (text[0] != '-' || !text[1] || !strchr("ebfD", text[1]))
		return '\0';
	return text[1] != 'D' || !text[2 + strspn(text + 2, " \t")] ? text[1] : '\0';
}

/* -D, -b and -f come first and -e last, each only the last time it is said. */
static struct lines rearranged(const struct lines *lines)
{
	static const char front[] = "Dbf";
	struct lines out = { .arena = lines->arena };
	const struct line *moved[128] = { NULL };

	for (size_t i = 0; i < lines->n; i++)
		moved[(unsigned char)moved_option(lines->list[i].text)] = &lines->list[i];
	for (size_t i = 0; i < strlen(front); i++)
		if (moved[(unsigned char)front[i]])
			arena_push(out.arena, out.list, out.n) = *moved[(unsigned char)front[i]];
	for (size_t i = 0; i < lines->n; i++) {
		const char *text = lines->list[i].text;

		if (!moved_option(text) && text[strspn(text, " \t")] != '#')
			arena_push(out.arena, out.list, out.n) = lines->list[i];
	}
	if (moved['e'])
		arena_push(out.arena, out.list, out.n) = *moved['e'];
	return out;
}

static void read_folder(struct reading *r, struct source *source, const struct directory *folder)
{
	struct lines lines = { .arena = r->arena }, sorted;
	struct buffer open = { .arena = r->arena };
	const struct file *last = NULL;
	const char **names = NULL;
	size_t n = 0;

	for (size_t i = 0; i < folder->n; i++)
		if (is_rules_file(folder->entries[i].name))
			arena_push(r->arena, names, n) = folder->entries[i].name;
	if (n)
		qsort(names, n, sizeof(*names), by_version);
	for (size_t i = 0; i < n; i++) {
		last = i < FILES_MOST ? source_read(source, arena_printf(r->arena, "etc/audit/rules.d/%s", names[i]), SOURCE_LIMIT) : NULL;
		if (!last || !add_lines(r->rules, &lines, last, &open)) {
			r->rules->state = last ? r->rules->state : STATE_BROKEN;
			r->rules->why = last ? r->rules->why : "there are too many files of rules";
			return;
		}
	}
	if (last)
		end_lines(&lines, last, &open);
	sorted = rearranged(&lines);
	read_lines(r, &sorted);
}

static void read_file(struct reading *r, struct source *source, const char *path)
{
	const struct file *file = source_read(source, path, SOURCE_LIMIT);
	struct lines lines = { .arena = r->arena };
	struct buffer open = { .arena = r->arena };

	r->rules->origin = file->path;
	if (file->state == STATE_ABSENT) {
		r->rules->state = STATE_ABSENT;
		r->rules->why = "there are no audit rules";
		return;
	}
	if (!add_lines(r->rules, &lines, file, &open))
		return;
	end_lines(&lines, file, &open);
	read_lines(r, &lines);
}

/* ---- what is loaded at boot ---- */

/* "auditctl -R PATH" in the unit that starts auditd: without it augenrules makes the rules. */
static const char *file_of_unit(const struct units *units, struct arena *arena, const char *name)
{
	static const char *const keys[] = { "ExecStartPre", "ExecStart", "ExecStartPost" };
	static const char load[] = "auditctl -R /";
	const struct unit *unit = unit_load(units, arena, name);

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		const struct unit_setting *s;

		for (size_t at = 0; (s = unit_next(unit, "Service", keys[i], &at));) {
			const char *command = strstr(s->value, load);

			if (command)
				return arena_strndup(arena, command + strlen(load), strcspn(command + strlen(load), " \t\r"));
		}
	}
	return NULL;
}

/* The script of OpenRC knows of no rules.d. */
static const char *single_file(struct source *source, struct arena *arena)
{
	const struct units *units = units_read(source, arena);
	const char *path = file_of_unit(units, arena, "auditd.service");

	if (!path)
		path = file_of_unit(units, arena, "audit-rules.service");
	return path ? path : units_init(units) == INIT_OPENRC ? "etc/audit/audit.rules" : NULL;
}

struct auditctl *auditctl_read_files(struct source *source, struct arena *arena)
{
	struct auditctl *rules = arena_new_of(arena, struct auditctl);
	struct reading r = { .rules = rules, .arena = arena };
	const char *single = single_file(source, arena);
	const struct directory *folder = source_list(source, "etc/audit/rules.d");

	rules->origin = "/etc/audit/rules.d";
	rules->merged = S_ISLNK(source_stat(source, "bin")->stat.st_mode);
	if (single) {
		read_file(&r, source, single);
	} else if (folder->state == STATE_ABSENT) {
		read_file(&r, source, "etc/audit/audit.rules");
	} else if (folder->state != STATE_PRESENT) {
		rules->state = folder->state;
		rules->why = folder->why;
	} else {
		read_folder(&r, source, folder);
	}
	return rules;
}
