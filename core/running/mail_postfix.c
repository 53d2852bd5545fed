/* SPDX-License-Identifier: Apache-2.0 */
/* main.cf and master.cf of Postfix. */
#include "core/running/mail_server.h"

#include "core/base/text.h"

enum { DEEPEST = 8, EXPANSIONS_MOST = 1000, LINES_MOST = 10000, TEXT_MOST = 65536 };

/* A logical line: one that begins with white space goes on with the line before it, whatever comments stand between. */
struct logical {
	const char *text;
	unsigned number;
};

struct reading {
	struct arena *arena;
	struct mail_places *places;
	const struct file *file;
	struct logical *list;
	size_t n;
	unsigned expansions;     /* of variables so far: variables of variables grow without end, also where they hold nothing */
};

static const char *origin_of(const struct reading *r, const struct logical *line)
{
	return arena_printf(r->arena, "%s:%u", r->file->path, line->number);
}

static bool is_blank(const char *line)
{
	return !line[strspn(line, " \t\r")] || line[strspn(line, " \t")] == '#';
}

static void read_lines(struct reading *r)
{
	unsigned number = 0;
	struct buffer text = { .arena = r->arena };

	for (const char *at = r->file->data; *at && r->n < LINES_MOST;) {
		size_t n = strcspn(at, "\n");
		char *line = arena_strndup(r->arena, at, n);

		number++;
		at += n + (at[n] == '\n');
		if (is_blank(line))
			continue;
		if ((*line == ' ' || *line == '\t') && r->n) {
			buffer_puts(&text, " ");
		} else {
			text = (struct buffer){ .arena = r->arena };
			arena_push(r->arena, r->list, r->n) = (struct logical){ NULL, number };
		}
		buffer_puts(&text, text_trim(line));
		r->list[r->n - 1].text = text.text;
	}
}

/* What stands behind "NAME =" in the last line that has it; NULL where none does. */
static const char *parameter(const struct reading *r, const char *name, size_t size, const struct logical **line)
{
	for (size_t i = r->n; i > 0; i--) {
		const char *text = r->list[i - 1].text, *rest = text + size;

		if (strncmp(text, name, size) != 0)
			continue;
		rest += strspn(rest, " \t");
		if (*rest != '=')
			continue;
		*line = &r->list[i - 1];
		return rest + 1 + strspn(rest + 1, " \t");
	}
	return NULL;
}

/* With what $name, ${name} and $(name) stand for; "?" is not known here. */
static const char *expanded(struct reading *r, const char *text, unsigned depth)
{
	struct buffer out = { .arena = r->arena };

	buffer_puts(&out, "");
	while (*text && out.size < TEXT_MOST) {
		bool closed = text[0] == '$' && (text[1] == '{' || text[1] == '(');
		const char *name = text + 1 + closed, *value;
		size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
		const struct logical *line;

		if (*text != '$' || !n) {
			buffer_add(&out, text++, 1);
			continue;
		}
		value = depth < DEEPEST && r->expansions++ < EXPANSIONS_MOST && (!closed || name[n] == '}' || name[n] == ')') ? parameter(r, name, n, &line) : NULL;
		buffer_puts(&out, value ? expanded(r, value, depth + 1) : "?");
		text = name + n + (closed && name[n]);
	}
	return out.text;
}

static void add(struct reading *r, const char *scope, const char *origin, const char *text)
{
	arena_push(r->arena, r->places->list, r->places->n) = (struct mail_place){ "postfix", scope, origin, text };
}

static void add_interfaces(struct reading *r, const char *config)
{
	const struct logical *line = NULL;
	const char *value = parameter(r, "inet_interfaces", strlen("inet_interfaces"), &line), *origin = value ? origin_of(r, line) : config, *w;
	size_t n;

	value = value ? expanded(r, value, 0) : "all";
	for (const char *at = value; (w = list_next(&at, ", \t", &n));) {
		const char *word = arena_strndup(r->arena, w, n);

		if (strchr(word, '?'))
			faults_add(r->arena, &r->places->faults, STATE_UNAVAILABLE, origin, "what a variable of inet_interfaces stands for is not known");
		else
			add(r, streq(word, "all") ? "everywhere" : streq(word, "loopback-only") ? "loopback" : mail_scope(word, n), origin, word);
	}
}

/* "[ADDRESS:]PORT inet …" of a program that takes mail; true where the address is that of inet_interfaces. */
static bool take_service(struct reading *r, const struct logical *line)
{
	char *text = arena_strdup(r->arena, line->text), *word, *fields[8], *colon;
	size_t n = 0;

	while (n < ARRAY_LEN(fields) && (word = word_next(&text)))
		fields[n++] = word;
	if (n < ARRAY_LEN(fields) || !streq(fields[1], "inet") || !list_has("smtpd postscreen", " ", fields[7]))
		return false;
	colon = strrchr(fields[0], ':');
	if (!colon)
		return true;
	*colon = '\0';
	if (strchr(fields[0], '$'))
		faults_add(r->arena, &r->places->faults, STATE_UNAVAILABLE, origin_of(r, line), "what a variable of the service stands for is not known");
	else
		add(r, mail_scope(fields[0], strlen(fields[0])), origin_of(r, line), fields[0]);
	return false;
}

void mail_add_postfix(struct mail_places *places, struct source *source, struct arena *arena)
{
	struct reading main = { .arena = arena, .places = places }, master = main;
	const struct logical *line;
	bool any = false;

	main.file = config_read(source, arena, "/etc/postfix/main.cf", &places->faults);
	master.file = config_read(source, arena, "/etc/postfix/master.cf", &places->faults);
	if (!main.file)
		return;
	read_lines(&main);
	if (master.file)
		read_lines(&master);
	for (size_t i = 0; i < master.n; i++)
		any = take_service(&master, &master.list[i]) || any;
	if (any || !master.file)
		add_interfaces(&main, main.file->path);
	if (parameter(&main, "multi_instance_directories", strlen("multi_instance_directories"), &line))
		faults_add(arena, &places->faults, STATE_UNAVAILABLE, origin_of(&main, line), "the files of further instances are not looked at");
}
