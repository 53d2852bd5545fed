/* SPDX-License-Identifier: Apache-2.0 */
/* The sources of apt: one line each in sources.list, or paragraphs of fields in *.sources. */
#include "core/packages/repository_private.h"

#include "core/base/text.h"
#include "core/packages/apt_config.h"

#include <strings.h>

/* What stands in brackets in a line, or in a paragraph. */
struct source_options {
	const char *uris, *suites, *components;
	bool trusted, weak, scoped, undated, off, is_deb;
	unsigned line;
};

/* "yes", "on", "true", "1"; "no" and the like are no. */
static bool is_yes(const char *value)
{
	return apt_boolean(value) == 1;
}

static void take_option(struct source_options *o, const char *name, const char *value)
{
	if (strcasecmp(name, "trusted") == 0 || strcasecmp(name, "allow-insecure") == 0)
		o->trusted = o->trusted || is_yes(value);
	else if (strcasecmp(name, "allow-weak") == 0 || strcasecmp(name, "allow-downgrade-to-insecure") == 0)
		o->weak = o->weak || is_yes(value);
	else if (strcasecmp(name, "signed-by") == 0)
		o->scoped = *value != '\0';
	else if (strcasecmp(name, "check-valid-until") == 0)
		o->undated = apt_boolean(value) == 0;
	else if (strcasecmp(name, "enabled") == 0)
		o->off = apt_boolean(value) == 0;
	else if (strcasecmp(name, "uris") == 0)
		o->uris = value;
	else if (strcasecmp(name, "suites") == 0)
		o->suites = value;
	else if (strcasecmp(name, "components") == 0)
		o->components = value;
	else if (strcasecmp(name, "types") == 0)
		o->is_deb = list_has(value, " \t", "deb");
}

/* Debian's and Ubuntu's fixes come by a suite of their own; unstable gets them as new versions. */
static bool is_security(const char *uri, const char *suite)
{
	return text_glob("*-security", suite) || text_glob("*/updates", suite) || text_glob("*security*", uri) || streq(suite, "sid") ||
	       streq(suite, "unstable") || streq(suite, "kali-rolling");
}

static bool is_encrypted(const char *uri)
{
	return repository_is_encrypted(uri) || starts_with(uri, "mirror+https:");
}

static void add(struct repository_reading *r, const struct file *file, const struct source_options *o, const char *uri, const char *suite)
{
	char *name = arena_printf(r->arena, "%s %s%s%s", uri, suite, o->components && *o->components ? " " : "", o->components ? o->components : "");

	repository_add(r, &(struct repository){
		.kind = REPOSITORY_APT, .name = text_safe(r->arena, name, strlen(name), 256),
		.origin = arena_printf(r->arena, "%s:%u", file->path, o->line), .is_signed = !o->trusted, .metadata_signed = !o->trusted && !o->weak,
		.encrypted = is_encrypted(uri), .scoped = o->scoped, .dated = !o->undated, .security = is_security(uri, suite),
	});
}

static void add_all(struct repository_reading *r, const struct file *file, const struct source_options *o)
{
	size_t n, m;

	if (o->off || !o->is_deb || !o->uris || !o->suites)
		return;
	for (const char *at = o->uris, *u; (u = list_next(&at, " \t", &n));)
		for (const char *next = o->suites, *s; (s = list_next(&next, " \t", &m));)
			add(r, file, o, arena_strndup(r->arena, u, n), arena_strndup(r->arena, s, m));
}

/* ---- lines ---- */

/* "[arch=amd64 signed-by=/x.gpg]": goes behind the bracket. False where it is not closed. */
static bool take_brackets(struct source_options *o, char **at)
{
	char *end = strchr(*at, ']'), *text = *at + 1, *option;

	if (!end)
		return false;
	*end = '\0';
	*at = end + 1;
	while ((option = strsep(&text, " \t"))) {
		char *equals = strchr(option, '=');

		if (!equals)
			continue;
		*equals = '\0';
		take_option(o, text_trim(option), equals + 1);
	}
	return true;
}

/* "deb [OPTIONS] URI SUITE COMPONENT…" */
static void take_line(struct repository_reading *r, const struct file *file, char *text, unsigned line)
{
	struct source_options o = { .is_deb = true, .line = line };
	char *end;

	if (!starts_with(text, "deb") || !strchr(" \t[", text[3])) {
		if (!starts_with(text, "deb-src"))
			repository_fail(r, file, line, "neither deb nor deb-src");
		return;
	}
	text += 3;
	text += strspn(text, " \t");
	if (*text == '[' && !take_brackets(&o, &text)) {
		repository_fail(r, file, line, "a bracket is not closed");
		return;
	}
	text += strspn(text, " \t");
	o.uris = text;
	if (starts_with(text, "cdrom:[")) {   /* the name of a disk may hold spaces */
		end = strchr(text, ']');
		text = end ? end : text;
	}
	text += strcspn(text, " \t");
	if (*text)
		*text++ = '\0';
	text += strspn(text, " \t");
	o.suites = text;
	text += strcspn(text, " \t");
	if (*text)
		*text++ = '\0';
	o.components = text_trim(text);
	if (!*o.uris || !*o.suites)
		repository_fail(r, file, line, "a source needs an address and a suite");
	else if (starts_with(o.uris, "cdrom:"))
		add(r, file, &o, o.uris, o.suites);
	else
		add_all(r, file, &o);
}

static void take_list(struct repository_reading *r, const struct file *file)
{
	const char *at = file->data;
	unsigned line = 0;
	char *text;

	while ((text = repository_line(r->arena, &at, &line))) {
		text[strcspn(text, "#")] = '\0';
		if (*text_trim(text))
			take_line(r, file, text_trim(text), line);
	}
}

/* ---- paragraphs ---- */

/* A field may go on in lines that begin with white space: Signed-By holds a key that way. */
static void take_sources(struct repository_reading *r, const struct file *file)
{
	struct source_options o = { 0 };
	const char *at = file->data, *name = NULL, *start;
	struct buffer value = { .arena = r->arena };
	unsigned line = 0;
	char *text;

	for (;;) {
		start = at;
		text = repository_line(r->arena, &at, &line);
		if (text && *text == '#')
			continue;
		if (text && *text && name && (*start == ' ' || *start == '\t')) {
			buffer_printf(&value, " %s", text);
			continue;
		}
		if (name)
			take_option(&o, name, arena_strdup(r->arena, value.text ? value.text : ""));
		name = NULL;
		value.size = 0;
		if (!text || !*text) {
			add_all(r, file, &o);
			o = (struct source_options){ 0 };
			if (!text)
				return;
			continue;
		}
		if (!strchr(text, ':')) {
			repository_fail(r, file, line, "neither a field nor the rest of one");
			return;
		}
		o.line = o.line ? o.line : line;
		name = strsep(&text, ":");
		text = text_trim(text);
		buffer_add(&value, text, strlen(text));
	}
}

void repositories_read_apt(struct repository_reading *r)
{
	const struct file *list;

	if (source_stat(r->source, "etc/apt")->state == STATE_ABSENT)
		return;
	list = repository_file(r, "etc/apt/sources.list");
	r->found = r->found || list;
	if (list)
		take_list(r, list);
	repository_folder(r, "etc/apt/sources.list.d", ".list", take_list);
	repository_folder(r, "etc/apt/sources.list.d", ".sources", take_sources);
}
