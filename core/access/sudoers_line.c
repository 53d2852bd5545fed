/* SPDX-License-Identifier: Apache-2.0 */
/* A line of sudoers: aliases, Defaults and user specifications. */
#include "core/access/sudoers_private.h"

#include "core/base/text.h"

#include <ctype.h>

enum { GRANTS_MOST = 20000, ALIASES_MOST = 2000, ALIASES_DEEPEST = 8 };

static const char blank[] = " \t";

/* ---- words ---- */

size_t sudo_cut(const char *line, size_t n)
{
	bool quoted = false;

	for (size_t i = 0; i < n; i++) {
		if (line[i] == '\\') {
			i++;
		} else if (line[i] == '"') {
			quoted = !quoted;
		} else if (line[i] == '#' && !quoted) {
			bool first = strspn(line, blank) == i;
			const char *next = line + i + 1;

			if (i + 1 < n && (isdigit((unsigned char)*next) || (first && n - i > 8 && starts_with(next, "include"))))
				continue;
			return i;
		}
	}
	return n;
}

static void skip_blank(const char **at)
{
	*at += strspn(*at, blank);
}

char *sudo_word(struct arena *arena, const char **at, const char *separators, bool *open)
{
	struct buffer word = { .arena = arena };
	bool quoted = false;
	const char *c;

	skip_blank(at);
	for (c = *at; *c && (quoted || !strchr(separators, *c)); c++) {
		if (*c == '"') {
			quoted = !quoted;
			buffer_puts(&word, "");
			continue;
		}
		if (*c == '\\' && c[1])
			c++;
		buffer_add(&word, c, 1);
	}
	*open = *open || quoted;
	*at = c;
	return word.text;
}

static bool accept(const char **at, char c)
{
	skip_blank(at);
	if (**at != c)
		return false;
	++*at;
	return true;
}

/* Leading exclamation marks: an odd number negates. */
static bool take_negation(const char **at)
{
	bool negated = false;

	while (accept(at, '!'))
		negated = !negated;
	return negated;
}

/* "alice, %admin, !bob" as "alice,%admin,!bob"; NULL where no list stands there. A colon belongs to a group of another provider: %:group. */
static char *take_list(struct arena *arena, const char **at, const char *separators)
{
	struct buffer list = { .arena = arena };
	bool open = false;

	do {
		bool negated = take_negation(at);
		const char *start = *at;
		char *word;

		*at += starts_with(start, "%:") ? 2 : 0;
		word = sudo_word(arena, at, separators, &open);
		if (!word || open)
			return NULL;
		buffer_printf(&list, "%s%s%s", list.size ? "," : "", negated ? "!" : "", starts_with(start, "%:") ? "%:" : "");
		buffer_puts(&list, word);
	} while (accept(at, ','));
	return list.text;
}

/* ---- aliases ---- */

/* A command with its arguments, up to a comma or a colon that no backslash protects; a digest in front of it is left out. NULL: none. */
static char *take_command(struct arena *arena, const char **at)
{
	struct buffer command = { .arena = arena };
	const char *c;

	skip_blank(at);
	if (starts_with(*at, "sha") && isdigit((unsigned char)(*at)[3]))
		*at += strcspn(*at, blank);
	skip_blank(at);
	for (c = *at; *c && *c != ',' && *c != ':'; c++) {
		if (*c == '\\' && c[1])
			c++;
		buffer_add(&command, c, 1);
	}
	*at = c;
	return command.text && *text_trim(command.text) ? text_trim(command.text) : NULL;
}

/* A list of commands is walked over; what it says is read when the alias is used. */
static bool skip_commands(struct arena *arena, const char **at)
{
	do {
		take_negation(at);
		if (!take_command(arena, at))
			return false;
	} while (accept(at, ','));
	return true;
}

static const char *read_aliases(struct sudo_reading *r, char kind, const char *at)
{
	do {
		bool open = false;
		const char *name = sudo_word(r->arena, &at, " \t=,:", &open), *list;

		if (!name || open || !accept(&at, '='))
			return "an alias is written NAME = list";
		if (r->n_aliases == ALIASES_MOST)
			return "there are too many aliases";
		list = at;
		if (kind == 'C' ? !skip_commands(r->arena, &at) : !take_list(r->arena, &at, kind == 'H' ? " \t,=" : " \t,:="))
			return "the alias stands for nothing";
		arena_push(r->arena, r->aliases, r->n_aliases) =
			(struct sudo_alias){ kind, name, arena_strndup(r->arena, list, (size_t)(at - list)) };
	} while (accept(&at, ':'));
	return *at ? "something stands behind the alias" : NULL;
}

static const struct sudo_alias *find_alias(const struct sudo_reading *r, char kind, const char *name)
{
	for (size_t i = 0; i < r->n_aliases; i++)
		if (r->aliases[i].kind == kind && streq(r->aliases[i].name, name))
			return &r->aliases[i];
	return NULL;
}

static void expand_users(const struct sudo_reading *r, const char *list, bool negated, unsigned depth, struct buffer *out)
{
	size_t n;

	for (const char *at = list, *w; out->size < TEXT_MAX && (w = list_next(&at, ",", &n));) {
		bool not = *w == '!';
		const char *name = arena_strndup(r->arena, w + not, n - not);
		const struct sudo_alias *alias = find_alias(r, 'U', name);

		if (alias && depth < ALIASES_DEEPEST) {
			const char *inner = alias->list;

			expand_users(r, take_list(r->arena, &inner, " \t,:="), negated != not, depth + 1, out);
		} else {
			buffer_printf(out, "%s%s%s", out->size ? "," : "", negated != not ? "!" : "", name);
		}
	}
}

static void add_grant(struct sudo_reading *r, const struct sudo_grant *grant)
{
	struct sudoers *s = r->sudoers;

	if (s->n_grants < GRANTS_MOST)
		arena_push(r->arena, s->grants, s->n_grants) = *grant;
	else
		faults_add(r->arena, &s->faults, STATE_BROKEN, grant->origin, "more than %d commands are granted", GRANTS_MOST);
}

/* What a name of an alias stands for, or the command itself. */
static void expand_command(struct sudo_reading *r, const struct sudo_grant *grant, unsigned depth)
{
	const struct sudo_alias *alias = find_alias(r, 'C', grant->command);
	const char *at = alias ? alias->list : "";

	if (!alias || depth == ALIASES_DEEPEST) {
		add_grant(r, grant);
		return;
	}
	do {
		struct sudo_grant one = *grant;

		one.excluded = take_negation(&at) != grant->excluded;
		one.command = take_command(r->arena, &at);
		if (one.command && !faults_enough(&r->sudoers->faults))
			expand_command(r, &one, depth + 1);
	} while (accept(&at, ','));
}

void sudo_resolve_aliases(struct sudo_reading *r)
{
	struct sudo_grant *old = r->sudoers->grants;
	size_t n = r->sudoers->n_grants;

	r->sudoers->grants = NULL;
	r->sudoers->n_grants = 0;
	for (size_t i = 0; i < n; i++) {
		struct buffer who = { .arena = r->arena };

		expand_users(r, old[i].who, false, 0, &who);
		old[i].who = who.text ? who.text : "";
		expand_command(r, &old[i], 0);
	}
}

/* ---- Defaults ---- */

static const char *read_default(struct sudo_reading *r, const char *scope, const char **at, const char *origin)
{
	struct sudo_default setting = { .scope = scope, .change = '=', .origin = origin };
	bool off = take_negation(at), open = false;

	setting.name = sudo_word(r->arena, at, " \t,=+-!", &open);
	skip_blank(at);
	if (!setting.name || open)
		return "no setting is named";
	if (**at && strchr("+-", **at) && (*at)[1] == '=')
		setting.change = *(*at)++;
	setting.value = off ? "no" : "yes";
	if (accept(at, '=')) {
		setting.value = sudo_word(r->arena, at, " \t,", &open);
		if (!setting.value || open)
			return open ? "a quote is not closed" : "a value is missing";
	}
	arena_push(r->arena, r->sudoers->defaults, r->sudoers->n_defaults) = setting;
	return NULL;
}

static const char *read_defaults(struct sudo_reading *r, const char *at, const char *origin)
{
	const char *scope = "", *wrong;

	if (*at && strchr("@:!>", *at)) {
		char kind = *at++;
		const char *list = take_list(r->arena, &at, " \t,=");

		if (!list)
			return "it is not said for whom the setting is";
		scope = arena_printf(r->arena, "%c%s", kind, list);
	}
	do {
		wrong = read_default(r, scope, &at, origin);
	} while (!wrong && accept(&at, ','));
	return wrong ? wrong : *at ? "something stands behind the setting" : NULL;
}

/* ---- user specifications ---- */

static const char tags[] = "EXEC NOEXEC FOLLOW NOFOLLOW INTERCEPT NOINTERCEPT LOG_INPUT NOLOG_INPUT LOG_OUTPUT NOLOG_OUTPUT MAIL NOMAIL PASSWD "
			   "NOPASSWD SETENV NOSETENV";
static const char options[] = "APPARMOR_PROFILE CHROOT CWD LIMITPRIVS NOTAFTER NOTBEFORE PRIVS ROLE TIMEOUT TYPE";

/* "NOPASSWD:" and "CWD=/tmp" in front of a command; a tag holds for the commands behind it, too. */
static void take_tags(struct arena *arena, const char **at, struct sudo_grant *grant)
{
	for (;;) {
		const char *after;
		size_t n;
		bool open = false;

		skip_blank(at);
		n = strspn(*at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_");
		after = *at + n + strspn(*at + n, blank);
		if (n && *after == ':' && list_has_part(tags, " ", *at, n)) {
			if (n == strlen("NOPASSWD") && starts_with(*at, "NOPASSWD"))
				grant->no_password = true;
			else if (n == strlen("PASSWD") && starts_with(*at, "PASSWD"))
				grant->no_password = false;
			*at = after + 1;
		} else if (n && *after == '=' && list_has_part(options, " ", *at, n)) {
			*at = after + 1;
			sudo_word(arena, at, blank, &open);
		} else {
			return;
		}
	}
}

static const char *take_runas(struct arena *arena, const char **at, struct sudo_grant *grant)
{
	const char *end;

	if (!accept(at, '('))
		return NULL;
	end = strchr(*at, ')');
	if (!end)
		return "a parenthesis is not closed";
	grant->runas = text_trim(arena_strndup(arena, *at, (size_t)(end - *at)));
	*at = end + 1;
	return NULL;
}

static const char *read_commands(struct sudo_reading *r, const char *who, const char **at, const char *origin)
{
	struct sudo_grant grant = { .who = who, .runas = "", .origin = origin };

	do {
		const char *wrong = take_runas(r->arena, at, &grant);

		if (wrong)
			return wrong;
		take_tags(r->arena, at, &grant);
		grant.excluded = take_negation(at);
		grant.command = take_command(r->arena, at);
		if (!grant.command)
			return "a command is missing";
		add_grant(r, &grant);
	} while (accept(at, ','));
	return NULL;
}

static const char *read_specification(struct sudo_reading *r, const char *at, const char *origin)
{
	const char *who = take_list(r->arena, &at, " \t,:="), *wrong;

	if (!who)
		return "no user is named";
	do {
		if (!take_list(r->arena, &at, " \t,=") || !accept(&at, '='))
			return "users and hosts are followed by an equals sign";
		wrong = read_commands(r, who, &at, origin);
	} while (!wrong && accept(&at, ':'));
	return wrong ? wrong : *at ? "something stands behind the commands" : NULL;
}

const char *sudo_read_line(struct sudo_reading *r, const char *line, const char *origin)
{
	static const struct {
		const char *word;
		char kind;
	} kinds[] = { { "User_Alias", 'U' }, { "Runas_Alias", 'R' }, { "Host_Alias", 'H' }, { "Cmnd_Alias", 'C' }, { "Cmd_Alias", 'C' } };
	size_t n = strcspn(line, " \t@:!>");

	if (n == strlen("Defaults") && starts_with(line, "Defaults"))
		return read_defaults(r, line + n, origin);
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (n == strlen(kinds[i].word) && starts_with(line, kinds[i].word))
			return read_aliases(r, kinds[i].kind, line + n);
	return read_specification(r, line, origin);
}
