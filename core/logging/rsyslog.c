/* SPDX-License-Identifier: Apache-2.0 */
#include "core/logging/rsyslog.h"

#include "core/base/text.h"
#include "core/process/program.h"

#include <ctype.h>
#include <strings.h>

struct reading {
	struct source *source;
	struct arena *arena;
	struct rsyslog *rsyslog;
	unsigned files;
	bool tls;                /* $ActionSendStreamDriverMode, for the lines that follow */
};

/* A file while it is read. */
struct cursor {
	const struct file *file;
	const char *at;
	unsigned line, depth;
};

static void read_config(struct reading *r, const char *pattern, bool must_be, const char *from, unsigned depth);

static char *origin_of(struct reading *r, const struct cursor *p)
{
	return arena_printf(r->arena, "%s:%u", p->file->path, p->line);
}

static void add(struct reading *r, enum rsyslog_kind kind, const char *value, const char *origin)
{
	arena_push(r->arena, r->rsyslog->list, r->rsyslog->n) = (struct rsyslog_fact){ kind, value, origin };
}

static void misunderstood(struct reading *r, const char *origin, const char *what)
{
	faults_add(r->arena, &r->rsyslog->faults, STATE_MALFORMED, origin, "%s", what);
}

/* ---- objects: module(load="imtcp") ---- */

static void step(struct cursor *p)
{
	p->line += *p->at == '\n';
	p->at++;
}

/* A comment ends with its line, or between its stars. */
static bool skip_comment(struct cursor *p)
{
	bool stars = p->at[0] == '/' && p->at[1] == '*';

	if (*p->at != '#' && !stars)
		return false;
	while (*p->at && (stars ? !starts_with(p->at, "*/") : *p->at != '\n'))
		step(p);
	if (stars && *p->at)
		p->at += 2;
	return true;
}

static void skip_space(struct cursor *p)
{
	do {
		while (*p->at && (isspace((unsigned char)*p->at) || *p->at == ','))
			step(p);
	} while (skip_comment(p));
}

/* A value in quotes; NULL where they are not closed. */
static char *take_quoted(struct reading *r, struct cursor *p)
{
	struct buffer value = { .arena = r->arena };
	char quote = *p->at;

	buffer_puts(&value, "");
	for (step(p); *p->at && *p->at != quote; step(p)) {
		if (*p->at == '\\' && p->at[1])
			step(p);
		buffer_add(&value, p->at, 1);
	}
	if (!*p->at)
		return NULL;
	step(p);
	return value.text;
}

enum { PARAMETERS_MOST = 64 };

struct object {
	const char *name;
	const char *names[PARAMETERS_MOST], *values[PARAMETERS_MOST];
	size_t n;
};

static const char *parameter(const struct object *object, const char *name)
{
	for (size_t i = 0; i < object->n; i++)
		if (strcasecmp(object->names[i], name) == 0)
			return object->values[i];
	return NULL;
}

/* name="value" name="value" up to the closing parenthesis. False where it does not close. */
static bool take_parameters(struct reading *r, struct cursor *p, struct object *object)
{
	for (;;) {
		const char *name;
		char *value = NULL;
		size_t n;

		skip_space(p);
		if (*p->at == ')')
			break;
		n = strcspn(p->at, "=()\"' \t\n");
		name = arena_strndup(r->arena, p->at, n);
		p->at += n;
		skip_space(p);
		if (!n || *p->at != '=')
			return false;
		step(p);
		skip_space(p);
		if (*p->at == '[') {   /* a list: ["a", "b"] */
			n = strcspn(p->at, "]");
			value = arena_strndup(r->arena, p->at, n);
			while (n--)
				step(p);
			if (*p->at)
				step(p);
		} else if (*p->at && strchr("\"'", *p->at)) {
			value = take_quoted(r, p);
		}
		if (!value)
			return false;
		if (object->n < PARAMETERS_MOST) {
			object->names[object->n] = name;
			object->values[object->n++] = value;
		}
	}
	step(p);
	return true;
}

static void add_mode(struct reading *r, const struct object *object, const char *origin)
{
	const char *mode = parameter(object, "fileCreateMode");

	if (mode)
		add(r, RSYSLOG_CREATE_MODE, mode, origin);
}

static void add_forward(struct reading *r, const char *value, const char *origin, bool encrypted)
{
	add(r, RSYSLOG_FORWARD, value, origin);
	if (!encrypted)
		add(r, RSYSLOG_PLAIN, value, origin);
}

static bool switched_on(const char *value)
{
	return value && !streq(value, "") && !streq(value, "0") && strcasecmp(value, "off") != 0;
}

/* The driver of a stream encrypts only in mode 1, whichever it is, and UDP knows none. */
static bool is_encrypted(const struct object *action, const char *type)
{
	const char *protocol = parameter(action, "protocol");

	if (strcasecmp(type, "omrelp") == 0)
		return switched_on(parameter(action, "tls"));
	return strcasecmp(type, "omgssapi") == 0 ||
	       (protocol && strcasecmp(protocol, "tcp") == 0 && switched_on(parameter(action, "StreamDriverMode")));
}

static void take_action(struct reading *r, const struct object *object, const char *origin)
{
	const char *type = parameter(object, "type"), *target = parameter(object, "target"), *file = parameter(object, "file");

	if (!type)
		return;
	if (strcasecmp(type, "omfwd") == 0 || strcasecmp(type, "omrelp") == 0 || strcasecmp(type, "omgssapi") == 0)
		add_forward(r, arena_printf(r->arena, "%s %s", type, target ? target : ""), origin, is_encrypted(object, type));
	else if (strcasecmp(type, "omfile") == 0 && file)
		add(r, RSYSLOG_FILE, file, origin);
	if (strcasecmp(type, "omfile") == 0)
		add_mode(r, object, origin);
}

static bool listens(const char *type)
{
	static const char *const types[] = { "imtcp", "imudp", "imrelp", "imgssapi", "imptcp", "imdtls", "imhttp" };

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (strcasecmp(types[i], type) == 0)
			return true;
	return false;
}

static void take_object(struct reading *r, const struct object *object, const char *origin, unsigned depth)
{
	const char *type = parameter(object, "type"), *file = parameter(object, "file"), *mode = parameter(object, "mode");
	const char *load = parameter(object, "load");

	if (strcasecmp(object->name, "input") == 0 && type && listens(type)) {
		add(r, RSYSLOG_LISTEN, type, origin);
	} else if (strcasecmp(object->name, "action") == 0) {
		take_action(r, object, origin);
	} else if (strcasecmp(object->name, "module") == 0) {
		/* other modules make files of their own, in which no message stands */
		if (strcasecmp(load ? load : "", "builtin:omfile") == 0)
			add_mode(r, object, origin);
	} else if (strcasecmp(object->name, "include") == 0 && file) {
		read_config(r, file, !mode || strcasecmp(mode, "required") == 0, origin, depth + 1);
	}
}

/* ---- lines: *.* /var/log/all ---- */

/* "$ModLoad imtcp" alone opens no port; "$InputTCPServerRun 514" does. */
static void take_directive(struct reading *r, const char *line, const char *origin, unsigned depth)
{
	size_t n = strcspn(line, " \t");
	const char *name = arena_strndup(r->arena, line, n), *value = text_trim(arena_strdup(r->arena, line + n));

	if (strcasecmp(name, "$FileCreateMode") == 0)
		add(r, RSYSLOG_CREATE_MODE, value, origin);
	else if (strcasecmp(name, "$IncludeConfig") == 0)
		read_config(r, value, false, origin, depth + 1);
	else if (strcasecmp(name, "$ActionSendStreamDriverMode") == 0)
		r->tls = switched_on(value);
	else if (strcasestr(name, "ServerRun"))
		add(r, RSYSLOG_LISTEN, arena_printf(r->arena, "%s %s", name + 1, value), origin);
}

/* What a selector's action says, terminals left out: the last word of "auth.* -/var/log/auth.log", of "& @loghost", of "if … then /var/log/x". */
static void take_action_word(struct reading *r, const char *word, const char *origin)
{
	size_t n;

	word += *word == '-';
	n = strcspn(word, "; \t\n");
	if (*word == '@' || starts_with(word, ":omrelp:") || starts_with(word, ":omgssapi:"))
		add_forward(r, arena_strndup(r->arena, word, n), origin, *word == '@' ? word[1] == '@' && r->tls : starts_with(word, ":omgssapi:"));
	else if (*word == '/' && !starts_with(word, "/dev/"))
		add(r, RSYSLOG_FILE, arena_strndup(r->arena, word, n), origin);
}

static void take_selector(struct reading *r, char *line, const char *origin)
{
	const char *then = strstr(line, " then ");
	char *word;

	if (then) {
		take_action_word(r, then + 6 + strspn(then + 6, " \t{"), origin);
		return;
	}
	/* "auth,authpriv.*", ":msg, contains, "x"" and "&" stand in front of the action */
	while ((word = word_next(&line)))
		if (strchr("@/-", *word) || starts_with(word, ":om"))
			take_action_word(r, word, origin);
}

/* ---- files ---- */

/* The name of an object that begins here: "action", and where its parenthesis is. */
static size_t object_name(const char *at, size_t *length)
{
	size_t n = 0;

	while (isalpha((unsigned char)at[n]) || at[n] == '_')
		n++;
	*length = n + strspn(at + n, " \t");
	return n && at[*length] == '(' ? n : 0;
}

static bool is_object(const char *at, size_t n)
{
	static const char names[] = "action global include input lookup_table main_queue module parser ratelimit ruleset template timezone dyn_stats";
	char name[32] = "";

	for (size_t i = 0; i < n && n < sizeof(name); i++)
		name[i] = (char)tolower((unsigned char)at[i]);
	return list_has(names, " ", name);
}

/* An object wherever it stands, also behind "then" or in braces. */
static bool take_object_at(struct reading *r, struct cursor *p)
{
	struct object object = { .n = 0 };
	size_t length, n = object_name(p->at, &length);
	char *origin;

	if (!n || !is_object(p->at, n))
		return false;
	origin = origin_of(r, p);
	object.name = arena_strndup(r->arena, p->at, n);
	p->at += length + 1;
	if (take_parameters(r, p, &object)) {
		take_object(r, &object, origin, p->depth);
	} else {
		misunderstood(r, origin, arena_printf(r->arena, "%s( is not closed, or not understood", object.name));
		p->at += strcspn(p->at, "\n");
	}
	return true;
}

/* A line up to its end, a comment or an object; a backslash joins the next. */
static void take_line(struct reading *r, struct cursor *p)
{
	struct buffer line = { .arena = r->arena };
	char *origin = origin_of(r, p);
	bool directive = *p->at == '$', word = true;

	buffer_puts(&line, "");
	for (; *p->at && *p->at != '\n'; step(p)) {
		size_t length;

		/* "$IncludeConfig /etc/rsyslog.d/\*.conf" holds no comment */
		if (*p->at == '#' || (!directive && word && (starts_with(p->at, "/*") || object_name(p->at, &length))))
			break;
		if (p->at[0] == '\\' && p->at[1] == '\n') {
			step(p);
			buffer_puts(&line, " ");
			continue;
		}
		word = !isalnum((unsigned char)*p->at) && *p->at != '_';
		buffer_add(&line, p->at, 1);
	}
	if (directive)
		take_directive(r, text_trim(line.text), origin, p->depth);
	else
		take_selector(r, line.text, origin);
}

static void read_file(struct reading *r, const struct file *file, unsigned depth)
{
	struct cursor p = { file, file->data, 1, depth };
	size_t length;

	while (*p.at && !faults_enough(&r->rsyslog->faults)) {
		skip_space(&p);
		if (!*p.at || take_object_at(r, &p))
			continue;
		if (object_name(p.at, &length))   /* a function, such as re_match() in a condition */
			p.at += length + 1;
		else
			take_line(r, &p);
	}
}

static void read_config(struct reading *r, const char *pattern, bool must_be, const char *from, unsigned depth)
{
	struct faults *faults = &r->rsyslog->faults;
	size_t before = r->files, faulty = faults->n;
	struct paths paths;

	if (depth > CONFIG_DEEPEST || r->files >= CONFIG_FILES_MOST) {
		misunderstood(r, from, "files include each other too deeply, or in a circle");
		return;
	}
	if (*pattern && pattern[strlen(pattern) - 1] == '/')
		pattern = arena_printf(r->arena, "%s*", pattern);
	paths = config_glob(r->source, r->arena, pattern, faults);
	for (size_t i = 0; i < paths.n && !faults_enough(faults); i++) {
		const struct file *file = config_read(r->source, r->arena, paths.list[i], faults);

		if (!file)
			continue;
		r->files++;
		read_file(r, file, depth);
	}
	if (must_be && from && r->files == before && faults->n == faulty && !path_is_pattern(pattern))
		misunderstood(r, from, arena_printf(r->arena, "there is no %s to include", pattern));
}

static void *read_rsyslog(struct source *source, struct arena *arena)
{
	struct rsyslog *rsyslog = arena_new_of(arena, struct rsyslog);
	struct reading r = { .source = source, .arena = arena, .rsyslog = rsyslog };

	read_config(&r, "/etc/rsyslog.conf", false, NULL, 0);
	rsyslog->installed = program_installed(source, "usr/sbin/rsyslogd usr/bin/rsyslogd sbin/rsyslogd", r.files || rsyslog->faults.n);
	return rsyslog;
}

const struct host_table rsyslog_table = { read_rsyslog };
