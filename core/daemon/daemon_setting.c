/* SPDX-License-Identifier: Apache-2.0 */
/* What a daemon is told, by which of the places that could say it. */
#include "core/daemon/daemon_private.h"

#include "core/base/text.h"

#include <ctype.h>

struct asking {
	const struct daemon *daemon;
	const struct setting_query *query;
	struct saids *saids;
	bool decided;                /* something is in force */
	const char *by;              /* where that stands */
};

static struct said *say(struct asking *a, const char *name, const char *origin, const char *text)
{
	arena_push(a->saids->arena, a->saids->list, a->saids->n) = (struct said){
		.name = name, .origin = origin, .state = STATE_PRESENT, .text = text, .is_list = a->query->type == SETTING_LIST,
	};
	return &a->saids->list[a->saids->n - 1];
}

static void say_state(struct asking *a, const char *name, const char *origin, enum state state, const char *why)
{
	struct said *said = say(a, name, origin, NULL);

	said->state = state;
	said->why = why;
}

static void overrule(struct asking *a, struct said *said, const char *how)
{
	said->state = STATE_INAPPLICABLE;
	said->why = arena_printf(a->saids->arena, "says %s, but %s%s", said->text && *said->text ? said->text : "nothing", a->by, how);
	said->text = NULL;
}

/* The words of strconv.ParseBool(), which flags are read by. */
static const char *boolean_text(const char *text)
{
	if (list_has("1 t T TRUE true True", " ", text))
		return "true";
	return list_has("0 f F FALSE false False", " ", text) ? "false" : text;
}

/* "--icc", "-H", by the first name. */
static const char *flag_name(struct asking *a)
{
	size_t n = strcspn(a->query->flags, " ");

	return arena_printf(a->saids->arena, "%s%.*s", n == 1 ? "-" : "--", (int)n, a->query->flags);
}

static const char *main_name(struct asking *a)
{
	size_t n;

	if (a->query->flags)
		return flag_name(a);
	n = strcspn(a->query->pointers, " ");
	return arena_strndup(a->saids->arena, a->query->pointers, n);
}

static const char *joined(struct asking *a, const char **list, size_t n)
{
	struct buffer words = { .arena = a->saids->arena };

	buffer_puts(&words, "");
	for (size_t i = 0; i < n; i++)
		buffer_word(&words, list[i], strlen(list[i]));
	return words.text;
}

/* "CHOWN,KILL" as one word, of a daemon that parts it itself. */
static const char *list_text(struct asking *a, const char **list, size_t n)
{
	struct buffer words = { .arena = a->saids->arena };
	const char *word;
	size_t size;

	if (n != 1 || !a->daemon->kind->comma_lists)
		return joined(a, list, n);
	buffer_puts(&words, "");
	for (const char *at = list[0]; (word = list_next(&at, ", ", &size));)
		buffer_word(&words, word, size);
	return words.text;
}

static void ask_arguments(struct asking *a)
{
	const char **list = NULL;
	size_t n = daemon_flags(a->saids->arena, a->daemon, a->query->flags, a->query->type == SETTING_BOOLEAN, &list);
	const char *text;

	if (!n)
		return;
	text = a->query->type == SETTING_LIST ? list_text(a, list, n) : list[n - 1];
	say(a, flag_name(a), a->daemon->origin, a->query->type == SETTING_BOOLEAN ? boolean_text(text) : text);
	a->decided = true;
	a->by = "the command line is in force";
}

/* ETCD_CERT_FILE for --cert-file, unless it is called otherwise. NULL: the flag has none. */
static const char *variable_name(struct asking *a)
{
	const struct daemon_kind *kind = a->daemon->kind;
	const char *flags = a->query->flags, *word;
	size_t size = flags ? strcspn(flags, " ") : 0, n;
	char *name;

	if (!kind->environment || !flags)
		return NULL;
	for (const char *at = kind->variables; at && (word = list_next(&at, " ", &n));)
		if (strncmp(word, flags, size) == 0 && word[size] == '=')
			return n == size + 1 ? NULL : arena_strndup(a->saids->arena, word + size + 1, n - size - 1);
	name = arena_printf(a->saids->arena, "%s%.*s", kind->environment, (int)size, flags);
	for (char *c = name; *c; c++)
		*c = *c == '-' ? '_' : (char)toupper((unsigned char)*c);
	return name;
}

static void ask_environment(struct asking *a)
{
	const char *name = variable_name(a), *value = name ? daemon_variable(a->daemon, name) : NULL;
	const char *text = value;

	if (!value)
		return;
	if (a->query->type == SETTING_BOOLEAN)
		text = *value ? boolean_text(value) : "false";
	else if (a->query->type == SETTING_LIST)
		text = list_text(a, &value, 1);
	say(a, name, a->daemon->pid ? arena_printf(a->saids->arena, "/proc/%d/environ", a->daemon->pid) : a->daemon->origin, text);
	if (a->decided) {
		overrule(a, &a->saids->list[a->saids->n - 1], "");
	} else {
		a->decided = true;
		a->by = "its environment is in force";
	}
}

/* A scalar as it is, a list by its entries, a table by its keys; what is nested deeper is only counted as being there. */
static const char *text_of(struct asking *a, const struct value *v)
{
	struct buffer words = { .arena = a->saids->arena };

	if (v->text)
		return v->text;
	buffer_puts(&words, "");
	for (const struct value *c = v->first; c; c = c->next) {
		const char *word = c->key ? c->key : c->text ? c->text : c->kind == VALUE_TABLE ? "{…}" : "[…]";

		buffer_word(&words, word, strlen(word));
	}
	return words.text;
}

static bool is_nothing(const struct value *v)
{
	return v->kind == VALUE_NULL || (v->kind >= VALUE_LIST && !v->n);
}

static void say_malformed(struct asking *a, struct said *said, const char *why)
{
	said->state = STATE_MALFORMED;
	said->text = NULL;
	said->why = arena_printf(a->saids->arena, "%s %s", why, a->daemon->kind->name);
}

static void say_value(struct asking *a, const struct match *m)
{
	struct said *said = say(a, m->pointer, value_where(a->saids->arena, m->value), text_of(a, m->value));

	said->is_list = said->is_list || m->value->kind >= VALUE_LIST;
	if (m->other_case && a->daemon->kind->syntax != SYNTAX_TOML) {
		say_malformed(a, said, "its key has other capital letters than that of");
		return;
	}
	if (a->query->type == SETTING_BOOLEAN && m->value->kind != VALUE_BOOLEAN) {
		said->state = STATE_MALFORMED;
		said->text = NULL;
		said->why = arena_printf(a->saids->arena, "true or false belongs there without quotes; %s does not start with anything else", a->daemon->kind->name);
		return;
	}
	if (!a->by || (a->daemon->kind->adds && streq(m->pointer, a->daemon->kind->adds)))
		return;
	if (a->daemon->kind->refuses_conflicts && a->daemon->place != DAEMON_RUNS) {
		said->state = STATE_MALFORMED;
		said->text = NULL;
		said->why = arena_printf(a->saids->arena, "the command line says it, too: %s does not start with both", a->daemon->kind->name);
	} else {
		overrule(a, said, a->daemon->kind->refuses_conflicts ? "; it will not start again with both" : "");
	}
}

/* A scalar of one file is the same in both ways of putting the files together. */
static bool is_said(const struct asking *a, const struct match *m)
{
	for (size_t i = 0; i < a->saids->n; i++)
		if (a->saids->list[i].text && m->value->text && streq(a->saids->list[i].name, m->pointer) &&
		    streq(a->saids->list[i].origin, value_where(a->saids->arena, m->value)))
			return true;
	return false;
}

/* True where it says something. */
static bool ask_config(struct asking *a, const struct value *config)
{
	struct matches m = { .arena = a->saids->arena, .any_case = true };
	bool any = false;

	value_find(config, a->query->pointers, &m);
	for (size_t i = 0; i < m.n; i++) {
		if (is_nothing(m.list[i].value))
			continue;
		if (!a->daemon->config_newer || !is_said(a, &m.list[i]))
			say_value(a, &m.list[i]);
		any = true;
	}
	if (m.cut)
		say_state(a, main_name(a), a->daemon->documents[0]->file->path, STATE_BROKEN, "there are more of them than are looked at");
	return any || m.cut;
}

/* Decided where every way of putting the files together says something: else the default counts, too. */
static void ask_files(struct asking *a)
{
	const struct daemon *d = a->daemon;
	bool any;

	if (!a->query->pointers)
		return;
	any = ask_config(a, d->config);
	if (d->config_newer)
		any = ask_config(a, d->config_newer) && any;
	if (d->config_state != STATE_PRESENT)
		say_state(a, main_name(a), d->config_where, d->config_state, d->config_why);
	a->decided = a->decided || any || d->config_state != STATE_PRESENT;
}

static void ask_default(struct asking *a)
{
	const struct setting_query *q = a->query;
	const char *text = a->daemon->has_file && q->fallback_with_file ? q->fallback_with_file : q->fallback;
	const char *file = a->daemon->n_documents ? a->daemon->documents[0]->file->path : NULL;

	if (text)
		say(a, main_name(a), arena_printf(a->saids->arena, "default of %s", a->daemon->kind->name), text);
	else
		say_state(a, main_name(a), a->daemon->origin, STATE_ABSENT,
			  file ? arena_printf(a->saids->arena, "not set, nor in %s", file) : "not set");
}

void daemon_setting(const struct daemon *daemon, const struct setting_query *query, struct saids *saids)
{
	struct asking a = { .daemon = daemon, .query = query, .saids = saids };
	bool file_counts_alone = daemon->kind->file_alone && daemon->has_file;

	if (daemon->state != STATE_PRESENT) {
		say_state(&a, main_name(&a), daemon->where, daemon->state, daemon->why);
		return;
	}
	if (query->flags && !file_counts_alone) {
		ask_arguments(&a);
		ask_environment(&a);
	}
	ask_files(&a);
	if (!a.decided)
		ask_default(&a);
}

const char *daemon_data(struct arena *arena, const struct daemon *daemon, enum state *state, const char **why)
{
	const struct daemon_kind *kind = daemon->kind;
	const struct setting_query query = { .flags = kind->data_flags, .pointers = kind->data_pointer, .fallback = kind->data_default };
	struct saids saids = { .arena = arena };
	const char *path;

	daemon_setting(daemon, &query, &saids);
	for (size_t i = 0; i < saids.n; i++) {
		*state = saids.list[i].state;
		*why = saids.list[i].why;
		if (*state == STATE_INAPPLICABLE)
			continue;
		if (*state != STATE_PRESENT)
			return NULL;
		path = daemon_path(arena, daemon, saids.list[i].text, why);
		*state = path ? STATE_PRESENT : STATE_UNAVAILABLE;
		return path;
	}
	return NULL;
}
