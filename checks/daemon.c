/* SPDX-License-Identifier: Apache-2.0 */
/* What a daemon of a container engine or of Kubernetes is told, as it puts its command line, environment and files together. */
#include "checks/account.h"
#include "checks/checks.h"
#include "checks/daemon_item.h"
#include "checks/daemon_named.h"

#include "core/base/text.h"

static enum setting_type type_of(const char *word)
{
	if (word && streq(word, "boolean"))
		return SETTING_BOOLEAN;
	return word && streq(word, "list") ? SETTING_LIST : SETTING_TEXT;
}

static void add_saids(const struct daemon_set *set, const struct daemon *daemon, const struct saids *saids, struct items *items)
{
	for (size_t i = 0; i < saids->n; i++)
		items_add_said(set, daemon, &saids->list[i], items);
}

/* The part of it that the setting is of does not run. */
static bool is_off(const struct daemon_set *set, const struct daemon *daemon, const char *plugins, struct items *items)
{
	struct matches m = { .arena = items->arena, .any_case = true };

	if (plugins)
		value_find(daemon->config, "/disabled_plugins/*", &m);
	for (size_t i = 0; i < m.n; i++) {
		const struct value *v = m.list[i].value;

		if (!v->text || !list_has(plugins, " ", v->text))
			continue;
		items_add_state(items, daemon_item_name(set, daemon, m.list[i].pointer, items), value_where(items->arena, v), STATE_INAPPLICABLE,
				"the plugin %s is off", v->text);
		return true;
	}
	return false;
}

static void add_setting(const struct daemon_set *set, const struct daemon *daemon, const struct params *params, struct items *items)
{
	const struct setting_query query = {
		.flags = params_get(params, "flag"), .pointers = params_get(params, "pointer"), .type = type_of(params_get(params, "type")),
		.fallback = params_get(params, "default"), .fallback_with_file = params_get(params, "default-with-file"),
	};
	struct saids saids = { .arena = items->arena };

	if (is_off(set, daemon, params_get(params, "plugin"), items))
		return;
	if (query.flags || query.pointers) {
		daemon_setting(daemon, &query, &saids);
		add_saids(set, daemon, &saids, items);
	} else {
		items_add_state(items, "setting", set->kind->name, STATE_MALFORMED, "the rule names neither a flag nor a pointer");
	}
}

static void add_addresses(const struct subject *subject, const struct daemon_set *set, const struct daemon *daemon, struct items *items)
{
	struct saids saids = { .arena = items->arena };

	daemon_addresses(subject, set, daemon, &saids);
	add_saids(set, daemon, &saids, items);
	if (!saids.n)
		items_add_state(items, "listens", daemon->origin, STATE_ABSENT, "%s takes no requests", set->kind->name);
}

static void add_user(const struct daemon_set *set, const struct daemon *daemon, struct items *items)
{
	const char *name = daemon_item_name(set, daemon, "user", items);
	const char *origin = daemon->pid ? arena_printf(items->arena, "/proc/%d/status", daemon->pid) : daemon->origin;

	if (daemon->uid < 0)
		items_add_state(items, name, origin, daemon->pid ? STATE_BROKEN : STATE_UNAVAILABLE, "the user it runs as is not known");
	else
		items_add_integer(items, name, origin, daemon->uid);
}

/* ---- who may give it orders ---- */

/* By name or number. */
static const struct group *find_group(const struct accounts *a, const char *text)
{
	int64_t gid;

	if (!text_integer(text, &gid))
		return accounts_group(a, text);
	for (size_t i = 0; i < a->n_groups; i++)
		if (a->groups[i].gid == gid)
			return &a->groups[i];
	return NULL;
}

/* What is in force of a setting; NULL where that is not known, and then an item says why. */
static const char *text_in_force(const struct daemon_set *set, const struct daemon *daemon, const struct setting_query *query, struct items *items)
{
	struct saids saids = { .arena = items->arena };

	daemon_setting(daemon, query, &saids);
	for (size_t i = 0; i < saids.n; i++) {
		if (saids.list[i].state == STATE_INAPPLICABLE)
			continue;
		if (saids.list[i].state == STATE_PRESENT)
			return saids.list[i].text;
		items_add_said(set, daemon, &saids.list[i], items);
		return NULL;
	}
	return NULL;
}

static void add_members_of(const struct accounts *a, const char *name, struct findings *f)
{
	const struct group *group = name ? find_group(a, name) : NULL;

	if (group && group->gid != 0)
		findings_add_members(f, a, group);
}

/* systemd gives the sockets that it hands over to a group, the daemon those that it makes; root's own has no members that count. */
static void find_members(const struct accounts *a, const struct daemon_set *set, const struct daemon *daemon, struct findings *f)
{
	static const struct setting_query hosts = { .flags = "host H", .type = SETTING_LIST, .pointers = "/hosts", .fallback = "unix:///var/run/docker.sock" };
	static const struct setting_query own = { .flags = "group G", .pointers = "/group", .fallback = "docker" };
	const char *listens = text_in_force(set, daemon, &hosts, f->items);

	for (size_t i = 0; listens && strstr(listens, "fd://") && i < set->n_sockets; i++) {
		const struct unit_command *socket = set->sockets[i];

		if (socket->unread)
			items_add_state(f->items, "members", socket->unread, socket->unread_state, "%s", socket->unread_why);
		else
			add_members_of(a, socket->socket_group, f);
		if (socket->socket_mode && socket->n_listen && (strtoul(socket->socket_mode, NULL, 8) & S_IWOTH))
			finding_add(f, "members", socket->listen_origins[0], "everybody, by SocketMode=");
	}
	if (listens && strstr(listens, "unix://"))
		add_members_of(a, text_in_force(set, daemon, &own, f->items), f);
}

static void observe_members(const struct subject *subject, const struct daemon_set *set, struct items *items)
{
	const struct accounts *a = subject_table(subject, &accounts_table);
	struct findings f = { .items = items };
	bool rootless = set->n > 0;

	for (size_t i = 0; i < set->n; i++) {
		rootless = rootless && set->list[i].uid > 0;
		if (set->list[i].uid <= 0)
			find_members(a, set, &set->list[i], &f);
	}
	if (rootless)
		items_add_state(items, "members", set->list[0].origin, STATE_INAPPLICABLE, "it runs as a user, and whoever asks it is he");
	else
		findings_end(&f, "members", "/etc/group", a, OF_USERS | OF_GROUPS | OF_ANYBODY);
}

/* What stands below /sys is there only while a security module is on. An offline root does not hold it. */
static bool applies(const struct subject *subject, const char *path, struct items *items)
{
	const struct file *file = path ? source_stat(subject->source, path + strspn(path, "/")) : NULL;
	enum state state = file ? file->state : STATE_PRESENT;

	if (state == STATE_ABSENT || (state == STATE_UNAVAILABLE && source_is_live(subject->source)))
		state = STATE_INAPPLICABLE;
	if (state != STATE_PRESENT)
		items_add_state(items, file->path, file->path, state, "%s", file->why);
	return state == STATE_PRESENT;
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct daemon_set *set = daemons_find(subject, params_get(params, "name"));
	const char *what = params_get(params, "what");

	if (!daemon_is_here(set, items) || !applies(subject, params_get(params, "where"), items))
		return;
	if (what && streq(what, "members")) {
		observe_members(subject, set, items);
		return;
	}
	for (size_t i = 0; i < set->n; i++) {
		if (!what || streq(what, "setting"))
			add_setting(set, &set->list[i], params, items);
		else if (streq(what, "user"))
			add_user(set, &set->list[i], items);
		else if (!daemon_add_named(subject, set, &set->list[i], params, items))
			add_addresses(subject, set, &set->list[i], items);
	}
	if (set->unit_differs && (!what || streq(what, "setting")))
		items_add_state(items, set->unit_name, set->unit->origin ? set->unit->origin : set->unit->files[0], STATE_INAPPLICABLE, "%s", set->unit_differs);
}

const struct check check_daemon = {
	.name = "daemon",
	.summary = "what the daemon of a container engine or of Kubernetes is told",
	.reference = "The daemon is found by its executable (/proc/PID/exe), never by a word in a command line; those that k3s, rke2 and the "
		     "kubelite of MicroK8s run within themselves by theirs, with what those tell it. Its arguments are "
		     "those of the running process; where none runs, those of its systemd unit with drop-ins and environment "
		     "files, of its static pod's manifest, or of its OpenRC options; where it runs but its unit was changed since, "
		     "both. Its files are those that it reads: the one that its arguments name, else its own default, with the "
		     "files that it puts on top, in its order and as its mount namespace sees them. A setting is in force from the "
		     "command line, else from the environment of etcd or CRI-O, else from the files, else by `default`, or by "
		     "`default-with-file` where a configuration file is read; what another place says besides is shown and does "
		     "not count. A dockerd that is told the same thing by flag and file does not start: that is an error. Without "
		     "a default an unset setting is absent, and an empty list counts as unset. Flags are read as Go's flag "
		     "packages do: --x=v, --x v, -x v, a boolean one alone is true, the last one counts, of a list all. `listen` "
		     "gives the addresses at which it takes requests, a TCP address followed by plain, tls or mutual-tls; `user` "
		     "the number of the user it runs as; `members`, of dockerd alone, those of the group that its Unix sockets are given to, by "
		     "its own setting or the socket's unit: an item for each but root, absent where there is none. `seccomp` is the profile that a setting names: builtin (also "
		     "where nothing is said), unconfined, or what the file does by default (SCMP_ACT_ERRNO). Of kube-apiserver alone `authorizers` are "
		     "those of its flag or file, `encryption` is the provider by which secrets are written, identity where its file has none "
		     "for them, and `audit` the levels by which its policy writes something down. Not applicable where the daemon is not installed, or runs in containers "
		     "only.",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "name", PARAM_WORD, REQUIRED, "the daemon's executable", DAEMON_NAMES },
		{ "what", PARAM_WORD, OPTIONAL, "what to look at; a setting where it is left out", "setting listen user members seccomp authorizers encryption audit" },
		{ "flag", PARAM_STRING, OPTIONAL, "the flag without dashes; other names of it after spaces", NULL },
		{ "pointer", PARAM_STRING, OPTIONAL,
		  "JSON pointer into its configuration files, * for every member; several after spaces; a space in a key is ~2", NULL },
		{ "type", PARAM_WORD, OPTIONAL, "what the flag takes; text where it is left out", "text boolean list" },
		{ "default", PARAM_STRING, OPTIONAL, "what the daemon does where nothing says anything", NULL },
		{ "where", PARAM_STRING, OPTIONAL, "a file without which the setting says nothing: not applicable where it is not there", NULL },
		{ "plugin", PARAM_STRING, OPTIONAL, "plugins of containerd: not applicable where one of them is in disabled_plugins", NULL },
		{ "default-with-file", PARAM_STRING, OPTIONAL, "the same where it reads a configuration file", NULL },
	},
	.observe = observe,
};
