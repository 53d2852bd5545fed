/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sources: "Seccomp security profiles" of Docker's documentation, config-linux.md of the OCI runtime specification; "Authorization", "Encrypting
 * Confidential Data at Rest" and "Auditing" of the Kubernetes documentation.
 */
#include "checks/daemon_named.h"

#include "core/base/text.h"
#include "core/config/document.h"

/* ---- seccomp ---- */

void items_add_seccomp(struct items *items, struct source *source, const struct item *setting, const char *path, const char *why)
{
	const struct document *d;
	const struct value *action;

	if (!*setting->text || streq(setting->text, "builtin") || streq(setting->text, "unconfined")) {
		items_add_text(items, setting->name, setting->origin, *setting->text ? setting->text : "builtin");
		return;
	}
	if (!path) {
		items_add_state(items, setting->name, setting->origin, STATE_UNAVAILABLE, "%s", why);
		return;
	}
	d = document_read(source, items->arena, path, SYNTAX_JSON);
	action = d->state == STATE_PRESENT ? value_member(d->root, "defaultAction") : NULL;
	if (d->state == STATE_ABSENT)
		items_add_state(items, setting->name, setting->origin, STATE_BROKEN, "%s is not there, though it is named", d->file->path);
	else if (d->state != STATE_PRESENT)
		items_add_state(items, setting->name, d->where, d->state, "%s", d->why);
	else if (!action || !action->text)
		items_add_state(items, setting->name, d->file->path, STATE_MALFORMED, "it has no defaultAction");
	else
		items_add_text(items, setting->name, value_where(items->arena, action), action->text);
}

/* ---- what all of them share ---- */

struct named {
	const struct subject *subject;
	const struct daemon_set *set;
	const struct daemon *daemon;
	struct items *items;
	const char *name;            /* of the item */
	bool set_at_all;             /* the daemon is told of a file */
};

static void add_state(struct named *n, const char *origin, enum state state, const char *why)
{
	items_add_state(n->items, n->name, origin, state, "%s", why);
}

/* What is in force; NULL where nothing is, or where that is not known, which is told. */
static const struct said *in_force(struct named *n, const struct setting_query *query)
{
	struct saids saids = { .arena = n->items->arena };

	daemon_setting(n->daemon, query, &saids);
	for (size_t i = 0; i < saids.n; i++) {
		const struct said *said = &saids.list[i];

		if (said->state == STATE_PRESENT)
			return *said->text ? said : NULL;
		if (said->state == STATE_INAPPLICABLE || said->state == STATE_ABSENT)
			continue;
		n->set_at_all = true;
		items_add_said(n->set, n->daemon, said, n->items);
		return NULL;
	}
	return NULL;
}

/* The document that the flag names; NULL where there is none, or where it cannot be read, which is told. */
static const struct document *named_document(struct named *n, const char *flags)
{
	const struct setting_query query = { .flags = flags };
	const struct said *said = in_force(n, &query);
	const struct document *d;
	const char *path, *why;

	if (!said)
		return NULL;
	n->set_at_all = true;
	path = daemon_path(n->items->arena, n->daemon, said->text, &why);
	if (!path) {
		add_state(n, said->origin, STATE_UNAVAILABLE, why);
		return NULL;
	}
	d = document_read(n->subject->source, n->items->arena, path, SYNTAX_YAML);
	if (d->state == STATE_PRESENT)
		return d;
	add_state(n, d->where, d->state == STATE_ABSENT ? STATE_BROKEN : d->state,
		  d->state == STATE_ABSENT ? "it is not there, though the daemon is told to read it" : d->why);
	return NULL;
}

static void add_seccomp(struct named *n, const struct params *params)
{
	const struct setting_query query = { .flags = params_get(params, "flag"), .pointers = params_get(params, "pointer"), .fallback = "builtin" };
	struct items said = { .arena = n->items->arena };
	struct saids saids = { .arena = n->items->arena };

	daemon_setting(n->daemon, &query, &saids);
	for (size_t i = 0; i < saids.n; i++) {
		const char *text = saids.list[i].text, *why = NULL;

		if (saids.list[i].state != STATE_PRESENT) {
			items_add_said(n->set, n->daemon, &saids.list[i], n->items);
			continue;
		}
		items_add_said(n->set, n->daemon, &saids.list[i], &said);
		items_add_seccomp(n->items, n->subject->source, &said.list[said.n - 1], daemon_path(n->items->arena, n->daemon, text, &why), why);
	}
}

/* ---- of the API server ---- */

/* By a file, which excludes the flag, or by the flag. */
static void add_authorizers(struct named *n)
{
	static const struct setting_query mode = { .flags = "authorization-mode", .type = SETTING_LIST, .fallback = "AlwaysAllow" };
	const struct document *d = named_document(n, "authorization-config");
	struct matches m = { .arena = n->items->arena };
	struct buffer words = { .arena = n->items->arena };
	const struct said *said;

	if (!n->set_at_all) {
		said = in_force(n, &mode);
		if (said)
			items_add_set(n->items, n->name, said->origin, said->text);
		else if (!n->set_at_all)
			add_state(n, n->daemon->origin, STATE_ABSENT, "none is named");
		return;
	}
	if (!d)
		return;
	value_find(d->root, "/authorizers/*/type", &m);
	buffer_puts(&words, "");
	for (size_t i = 0; i < m.n; i++)
		if (m.list[i].value->text)
			buffer_word(&words, m.list[i].value->text, strlen(m.list[i].value->text));
	if (m.cut)
		add_state(n, d->file->path, STATE_BROKEN, "there are more of them than are looked at");
	else if (*words.text)
		items_add_set(n->items, n->name, value_where(n->items->arena, m.list[0].value), words.text);
	else
		add_state(n, d->file->path, STATE_ABSENT, "it names none");
}

/* An entry is for secrets by their name, or by a pattern: "*." stands for all of the core group, "*.*" for everything. */
static bool is_for_secrets(const struct value *entry)
{
	const struct value *list = value_member(entry, "resources");

	for (const struct value *v = list ? list->first : NULL; v; v = v->next)
		if (v->text && list_has("secrets secrets. *. *.*", " ", v->text))
			return true;
	return false;
}

/* The first entry that is for secrets counts, and the first provider of it writes; the others only read what was written before. */
static void add_encryption(struct named *n)
{
	const struct document *d = named_document(n, "encryption-provider-config experimental-encryption-provider-config");
	const struct value *list = d ? value_member(d->root, "resources") : NULL, *entry = list ? list->first : NULL, *providers;

	if (!d) {
		if (!n->set_at_all)
			add_state(n, n->daemon->origin, STATE_ABSENT, "no --encryption-provider-config");
		return;
	}
	while (entry && !is_for_secrets(entry))
		entry = entry->next;
	providers = entry ? value_member(entry, "providers") : NULL;
	if (!entry)
		items_add_text(n->items, n->name, d->file->path, "identity");   /* what no entry is for is written as it is */
	else if (!providers || !providers->first || !providers->first->first)
		add_state(n, value_where(n->items->arena, entry), STATE_MALFORMED, "it names no provider");
	else
		items_add_text(n->items, n->name, value_where(n->items->arena, providers->first), providers->first->first->key);
}

/* A rule without any of these is for every request, and none behind it is asked. */
static bool is_for_all(const struct value *rule)
{
	static const char *const filters[] = { "users", "userGroups", "verbs", "resources", "namespaces", "nonResourceURLs" };

	for (size_t i = 0; i < ARRAY_LEN(filters); i++) {
		const struct value *v = value_member(rule, filters[i]);

		if (v && v->n)
			return false;
	}
	return true;
}

/* The levels by which something is written down; a rule with level None only leaves out. */
static void add_audit(struct named *n)
{
	const struct document *d = named_document(n, "audit-policy-file");
	const struct value *rules = d ? value_member(d->root, "rules") : NULL, *first = NULL;
	struct buffer words = { .arena = n->items->arena };

	if (!d) {
		if (!n->set_at_all)
			add_state(n, n->daemon->origin, STATE_ABSENT, "no --audit-policy-file");
		return;
	}
	buffer_puts(&words, "");
	for (const struct value *rule = rules ? rules->first : NULL; rule; rule = rule->next) {
		const struct value *level = value_member(rule, "level");

		if (level && level->text && list_has("Metadata Request RequestResponse", " ", level->text) && !list_has(words.text, " ", level->text))
			buffer_word(&words, level->text, strlen(level->text));
		if (*words.text && !first)
			first = rule;
		if (is_for_all(rule))
			break;
	}
	if (first)
		items_add_set(n->items, n->name, value_where(n->items->arena, first), words.text);
	else
		add_state(n, d->file->path, STATE_ABSENT, "by its rules nothing is written down");
}

bool daemon_add_named(const struct subject *subject, const struct daemon_set *set, const struct daemon *daemon, const struct params *params,
		      struct items *items)
{
	const char *what = params_get(params, "what");
	struct named n = { subject, set, daemon, items, what ? daemon_item_name(set, daemon, what, items) : NULL, false };

	if (!what || !list_has("seccomp authorizers encryption audit", " ", what))
		return false;
	if (streq(what, "seccomp"))
		add_seccomp(&n, params);
	else if (streq(what, "authorizers"))
		add_authorizers(&n);
	else if (streq(what, "encryption"))
		add_encryption(&n);
	else
		add_audit(&n);
	return true;
}
