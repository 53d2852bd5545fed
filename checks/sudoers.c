/* SPDX-License-Identifier: Apache-2.0 */
/* What sudo lets whom do, and how. */
#include "checks/checks.h"

#include "checks/mode.h"
#include "checks/path_trust.h"
#include "core/access/sudoers.h"
#include "core/accounts/nss.h"
#include "core/base/text.h"
#include "core/config/value.h"
#include "core/packages/packages.h"
#include "core/process/program.h"

enum { FINDINGS_MOST = 100 };

struct question {
	const struct subject *subject;
	const struct sudoers *sudoers;
	const char *name;        /* of a setting */
	struct items *items;
};

/* ---- settings ---- */

/* Flags whose default is known: set by sudo's defaults.c, or since the release that is named. */
static const struct {
	const char *name, *before, *since, *value;
} presets[] = {
	{ "authenticate", NULL, NULL, "yes" }, { "env_reset", NULL, NULL, "yes" }, { "requiretty", NULL, NULL, "no" }, { "rootpw", NULL, NULL, "no" },
	{ "runaspw", NULL, NULL, "no" }, { "setenv", NULL, NULL, "no" }, { "targetpw", NULL, NULL, "no" }, { "use_pty", "no", "1.9.14", "yes" },
	{ "visiblepw", NULL, NULL, "no" },
};

static const char *version_of(const struct subject *subject, struct arena *arena)
{
	const char *version = packages_version(packages_of(subject), "sudo");

	return version ? version : program_version(subject->source, arena, "usr/bin/sudo", "");
}

/* Minutes may have a fraction: a part of one counts as a whole, below zero, too. */
static void show_value(const struct question *q, const char *name, const struct sudo_default *setting)
{
	char *end;
	double number = strtod(setting->value, &end);
	int64_t whole = number > -1e9 && number < 1e9 ? (int64_t)number : 0;

	if (end != setting->value && !*end && number > -1e9 && number < 1e9)
		items_add_integer(q->items, name, setting->origin, whole + (number > (double)whole) - (number < 0 && number < (double)whole));
	else
		items_add_text(q->items, name, setting->origin, setting->value);
}

static void show_preset(const struct question *q)
{
	for (size_t i = 0; i < ARRAY_LEN(presets); i++) {
		const char *version = presets[i].since ? version_of(q->subject, q->items->arena) : "";

		if (!streq(presets[i].name, q->name))
			continue;
		if (!version)
			items_add_state(q->items, q->name, "/etc/sudoers", STATE_UNAVAILABLE, "not set, and the version of sudo is not known");
		else
			items_add_text(q->items, q->name, arena_printf(q->items->arena, "the default of sudo%s%s", *version ? " " : "", version),
				       presets[i].since && version_compare(version, presets[i].since) < 0 ? presets[i].before : presets[i].value);
		return;
	}
	items_add_state(q->items, q->name, "/etc/sudoers", STATE_ABSENT, "%s is not set", q->name);
}

/* The last one for all holds; what holds for some is one more answer. */
static void show_setting(const struct question *q)
{
	const struct sudo_default *last = NULL;

	for (size_t i = 0; i < q->sudoers->n_defaults; i++) {
		const struct sudo_default *d = &q->sudoers->defaults[i];

		if (!streq(d->name, q->name))
			continue;
		if (!*d->scope)
			last = d;
		else
			show_value(q, arena_printf(q->items->arena, "%s for %s", d->name, d->scope), d);
	}
	if (last)
		show_value(q, q->name, last);
	else if (!q->sudoers->faults.n)
		show_preset(q);
}

/* Split at colons, empty parts kept. */
static void show_folders(const struct question *q, const char *name, const struct sudo_default *setting)
{
	char *text = arena_strdup(q->items->arena, setting->value), *folder;
	size_t before = q->items->n;

	if (!*text || streq(text, "no")) {
		items_add_text(q->items, name, setting->origin, "it is turned off");
		return;
	}
	while ((folder = strsep(&text, ":"))) {
		if (*folder == '/')
			path_trust_folder(q->subject->source, folder, name, q->items);
		else
			items_add_text(q->items, name, setting->origin, *folder ? folder : "an empty part, which is the current directory");
	}
	for (; before < q->items->n; before++)
		q->items->list[before].origin = arena_strdup(q->items->arena, setting->origin);
}

/* One that holds for all has to be there; those for some have to be good, too. */
static void show_secure_path(const struct question *q)
{
	static const char name[] = "secure_path";
	const struct sudo_default *last = NULL;

	for (size_t i = 0; i < q->sudoers->n_defaults && q->items->n < FINDINGS_MOST; i++) {
		const struct sudo_default *d = &q->sudoers->defaults[i];

		if (!streq(d->name, name))
			continue;
		if (!*d->scope)
			last = d;
		else
			show_folders(q, arena_printf(q->items->arena, "%s for %s", name, d->scope), d);
	}
	if (last)
		show_folders(q, name, last);
	else if (!q->sudoers->faults.n)
		items_add_text(q->items, name, "/etc/sudoers", "it is not set");
}

/* What sudo itself takes out of an environment that it does not reset (`sudo -V`): they change what programs load and run. */
static const char dangerous[] = "IFS CDPATH LOCALDOMAIN RES_OPTIONS HOSTALIASES NLSPATH PATH_LOCALE LD_* GCONV_PATH LOCPATH KRB5_CONFIG* KRB5_KTNAME "
				"TERMINFO TERMINFO_DIRS TERMPATH TERMCAP ENV BASH_ENV BASH_FUNC_* PS4 GLOBIGNORE BASHOPTS SHELLOPTS JAVA_TOOL_OPTIONS _JAVA_OPTIONS "
				"PERLIO_DEBUG PERLLIB PERL5LIB PERL5OPT PERL5DB FPATH NULLCMD READNULLCMD ZDOTDIR TMPPREFIX PYTHONHOME PYTHONPATH "
				"PYTHONINSPECT PYTHONSTARTUP PYTHONUSERBASE RUBYLIB RUBYOPT NODE_OPTIONS NODE_PATH LESSOPEN LESSCLOSE";

/* Both may hold wildcards. */
static bool is_dangerous(struct arena *arena, const char *kept)
{
	const char *word;
	size_t n;

	for (const char *at = dangerous; (word = list_next(&at, " ", &n));) {
		const char *name = arena_strndup(arena, word, n);

		if (text_glob(name, kept) || text_glob(kept, name))
			return true;
	}
	return false;
}

static void show_kept(const struct question *q, const struct sudo_default *setting, const char *removed)
{
	auto_arena struct arena *scratch = arena_new();
	const char *word;
	size_t n;

	for (const char *at = setting->value; (word = list_next(&at, " \t", &n));) {
		const char *kept = arena_strndup(scratch, word, n);

		if (!list_has(removed, " ", kept) && is_dangerous(scratch, arena_strndup(scratch, kept, strcspn(kept, "="))))
			items_add_text(q->items, *setting->scope ? arena_printf(q->items->arena, "env_keep for %s", setting->scope) : "env_keep",
				       setting->origin, kept);
	}
}

/* From the last line to the first: what holds for all counts unless a later line takes it back. */
static void show_environment(const struct question *q)
{
	enum { REMOVED_MOST = 4096 };
	struct buffer removed = { .arena = q->items->arena };
	bool is_reset = false;

	buffer_puts(&removed, "");
	for (size_t i = q->sudoers->n_defaults; i-- > 0 && q->items->n < FINDINGS_MOST;) {
		const struct sudo_default *d = &q->sudoers->defaults[i];

		if (!streq(d->name, "env_keep") || (!*d->scope && is_reset))
			continue;
		if (d->change == '-' && !*d->scope && removed.size < REMOVED_MOST)
			buffer_printf(&removed, " %s", d->value);
		else if (d->change != '-')
			show_kept(q, d, *d->scope ? "" : removed.text);
		is_reset = is_reset || (!*d->scope && d->change == '=');
	}
}

/* ---- grants ---- */

static bool is_without_password(const struct sudo_grant *g)
{
	return g->no_password && !g->excluded && !sudo_is_root(g);
}

static bool is_everything(const struct sudo_grant *g)
{
	return streq(g->command, "ALL") && !g->excluded && !sudo_is_root(g);
}

static bool is_for_everybody(const struct sudo_grant *g)
{
	return !g->excluded && list_has(g->who, ",", "ALL");
}

static bool is_exclusion(const struct sudo_grant *g)
{
	return g->excluded && !sudo_is_root(g);
}

static void show_grant(const struct question *q, const struct sudo_grant *g)
{
	const char *runas = *g->runas ? g->runas : "root";
	char *text = arena_printf(q->items->arena, "%s as %s%s: %s%s", g->who, runas, g->no_password ? " without a password" : "",
				  g->excluded ? "!" : "", g->command);

	items_add_text(q->items, "sudo", g->origin, text);
}

static void show_grants(const struct question *q, bool (*fits)(const struct sudo_grant *))
{
	size_t more = 0;

	for (size_t i = 0; i < q->sudoers->n_grants; i++) {
		if (!fits(&q->sudoers->grants[i]))
			continue;
		if (q->items->n < FINDINGS_MOST)
			show_grant(q, &q->sudoers->grants[i]);
		else
			more++;
	}
	if (more)
		items_add_text(q->items, "sudo", "/etc/sudoers", arena_printf(q->items->arena, "and %zu more", more));
}

/* A command that somebody else can change is root's whole power; one with wildcards in its path is looked at up to there. */
static void show_commands(const struct question *q)
{
	for (size_t i = 0; i < q->sudoers->n_grants && q->items->n < FINDINGS_MOST; i++) {
		const struct sudo_grant *g = &q->sudoers->grants[i];
		char *path = arena_strndup(q->items->arena, g->command, strcspn(g->command, " \t"));
		size_t before = q->items->n, plain = strcspn(path, "*?[");

		if (*path != '/' || g->excluded || sudo_is_root(g))
			continue;
		while (path[plain] && plain > 1 && path[plain - 1] != '/')
			plain--;
		path[plain > 1 && path[plain - 1] == '/' ? plain - 1 : plain] = '\0';
		if (*path && source_stat(q->subject->source, path + strspn(path, "/"))->state != STATE_ABSENT)
			path_trust(q->subject->source, path, "command of sudo", q->items);
		for (; before < q->items->n; before++)
			q->items->list[before].origin = arena_strdup(q->items->arena, g->origin);
	}
}

static void show_files(const struct question *q, const char *field)
{
	for (size_t i = 0; i < q->sudoers->n_files; i++)
		items_add_mode_of(q->items, q->sudoers->files[i], field);
}

/* Grants may come from a directory service, too. */
static void show_foreign(const struct question *q)
{
	auto_arena struct arena *scratch = arena_new();
	struct faults faults = { 0 };
	const char *foreign = nss_foreign(q->subject->source, scratch, "sudoers", &faults);

	faults_show(&faults, "sudo", q->items);
	if (foreign)
		items_add_state(q->items, "sudo", "/etc/nsswitch.conf", STATE_UNAVAILABLE, "what %s adds to sudoers cannot be seen", foreign);
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	static const struct {
		const char *name;
		bool (*fits)(const struct sudo_grant *);
	} lists[] = {
		{ "without-password", is_without_password }, { "everything", is_everything }, { "everybody", is_for_everybody },
		{ "exclusion", is_exclusion },
	};
	const struct question q = { subject, subject_table(subject, &sudoers_table), params_get(params, "name"), items };
	const char *show = params_get(params, "show");

	if (!q.sudoers->installed) {
		items_add_state(items, show, "/etc/sudoers", STATE_INAPPLICABLE, "sudo is not installed");
		return;
	}
	if (q.name)
		show_setting(&q);
	else if (streq(show, "command"))
		show_commands(&q);
	else if (streq(show, "secure-path"))
		show_secure_path(&q);
	else if (streq(show, "environment"))
		show_environment(&q);
	else if (streq(show, "owner") || streq(show, "mode"))
		show_files(&q, show);
	for (size_t i = 0; i < ARRAY_LEN(lists) && !q.name; i++) {
		if (!streq(lists[i].name, show))
			continue;
		show_grants(&q, lists[i].fits);
		show_foreign(&q);
	}
	if (!faults_show(&q.sudoers->faults, "sudo", items) && !items->n)
		items_add_state(items, show, "/etc/sudoers", STATE_ABSENT, "none");
}

const struct check check_sudoers = {
	.name = "sudoers",
	.summary = "what sudo lets whom do, and how",
	.reference = "sudoers, or the file that sudo.conf(5) names, with its @include and @includedir files, aliases resolved. With "
		     "`setting` and a name the value of a Defaults setting: yes or no for a flag, its default where nothing sets it (use_pty is on since sudo 1.9.14); what is set for some "
		     "users, hosts or commands is a further value. The others list, and are absent where there is nothing to list: commands "
		     "granted `without-password`; `everything`, grants of ALL; grants to `everybody`; each `exclusion`, a command that is taken "
		     "out of others; each `command` that somebody else than root can change; of `secure-path` that it is "
		     "not set for all, or turned off, and each folder that others can put a program into; of the `environment` the variables in env_keep "
		     "that change what programs load and run. What root himself may do does not count. `owner` "
		     "and `mode` are those of each file read. Not applicable where sudo is not installed. See sudoers(5).",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "show", PARAM_WORD, REQUIRED, "what is looked at", "setting without-password everything everybody exclusion command secure-path "
		  "environment owner mode" },
		{ "name", PARAM_STRING, OPTIONAL, "for setting: the name of a Defaults setting", NULL },
		{ 0 },
	},
	.bits = mode_bits,
	.observe = observe,
};
