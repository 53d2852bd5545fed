/* SPDX-License-Identifier: Apache-2.0 */
/* Passwords of the accounts in this host's files: how they are hashed, how old they are, and who should have none. */
#include "checks/account.h"
#include "checks/checks.h"

#include "core/base/text.h"

enum { SECONDS_A_DAY = 86400 };

struct listing {
	struct findings findings;
	const struct accounts *accounts;
	int64_t today;           /* in days since the epoch, as shadow(5) counts */
};

/* ---- lists ---- */

static void show_empty(struct listing *l)
{
	for (size_t i = 0; i < l->accounts->n; i++) {
		const struct account *a = &l->accounts->list[i];

		if (!*account_hash(a))
			finding_add(&l->findings, "account without a password", a->shadow ? a->shadow->origin : a->origin, a->name);
	}
}

static void show_unshadowed(struct listing *l)
{
	for (size_t i = 0; i < l->accounts->n; i++) {
		const struct account *a = &l->accounts->list[i];

		if (hash_is_usable(a->password) || (!*a->password && a->shadow))
			finding_add(&l->findings, "password in passwd", a->origin, a->name);
	}
}

static void show_system(struct listing *l)
{
	for (size_t i = 0; i < l->accounts->n; i++) {
		const struct account *a = &l->accounts->list[i];

		if (account_is_system(l->accounts, a) && hash_is_usable(account_hash(a)))
			finding_add(&l->findings, "system account with a password", a->shadow ? a->shadow->origin : a->origin, a->name);
	}
}

static void show_shell_less(struct listing *l)
{
	for (size_t i = 0; i < l->accounts->n; i++) {
		const struct account *a = &l->accounts->list[i];

		if (!account_has_shell(a) && hash_is_usable(account_hash(a)))
			finding_add(&l->findings, "password without a shell", a->shadow ? a->shadow->origin : a->origin, a->name);
	}
}

/* A group password lets anybody who knows it join: newgrp(1). */
static void show_groups(struct listing *l)
{
	const struct accounts *a = l->accounts;

	for (size_t i = 0; i < a->n_groups; i++)
		if (hash_is_usable(a->groups[i].password))
			finding_add(&l->findings, "group with a password", a->groups[i].origin, a->groups[i].name);
	for (size_t i = 0; i < a->n_group_passwords; i++)
		if (hash_is_usable(a->group_passwords[i].password))
			finding_add(&l->findings, "group with a password", a->group_passwords[i].origin, a->group_passwords[i].name);
}

static int by_hash(const void *a, const void *b)
{
	const struct account *const *left = a, *const *right = b;
	int order = strcmp(account_hash(*left), account_hash(*right));

	return order ? order : strcmp((*left)->origin, (*right)->origin);
}

/* Salt and all: somebody copied the line, and both have the password. */
static void show_shared(struct listing *l)
{
	const struct account **sorted = arena_array_of(l->findings.items->arena, const struct account *, l->accounts->n + 1);
	size_t n = 0;

	for (size_t i = 0; i < l->accounts->n; i++)
		if (hash_is_usable(account_hash(&l->accounts->list[i])))
			sorted[n++] = &l->accounts->list[i];
	if (n)
		qsort(sorted, n, sizeof(const struct account *), by_hash);
	for (size_t i = 1; i < n; i++)
		if (streq(account_hash(sorted[i - 1]), account_hash(sorted[i])))
			finding_add(&l->findings, "one password hash of two accounts", sorted[i]->origin,
				    arena_printf(l->findings.items->arena, "%s and %s", sorted[i - 1]->name, sorted[i]->name));
}

/* ---- a value for each password ---- */

/* Days that are not set: nothing is ever asked for. */
static void add_days(struct listing *l, const char *name, const struct shadow *shadow, int64_t days)
{
	if (days < 0)
		items_add_state(l->findings.items, name, shadow->origin, STATE_ABSENT, "not set");
	else
		items_add_integer(l->findings.items, name, shadow->origin, days);
}

static int64_t days_of(const struct shadow *s, const char *show)
{
	return streq(show, "min-days") ? s->min : streq(show, "max-days") ? s->max : streq(show, "warn-days") ? s->warn : s->inactive;
}

static void add_value(struct listing *l, const struct account *a, const char *show)
{
	struct items *items = l->findings.items;
	char *name = arena_printf(items->arena, "%s of %s", show, a->name);
	const struct shadow *s = a->shadow;
	const char *hash = account_hash(a);

	if (streq(show, "method")) {
		items_add_text(items, name, s ? s->origin : a->origin, hash_method(hash));
	} else if (streq(show, "rounds")) {
		if (hash_rounds(hash) >= 0)
			items_add_integer(items, name, s ? s->origin : a->origin, hash_rounds(hash));
	} else if (s && streq(show, "age")) {
		if (s->changed > 0)   /* 0: has to be changed at the next login */
			items_add_integer(items, name, s->origin, l->today - s->changed);
	} else if (s) {
		add_days(l, name, s, days_of(s, show));
	}
}

static const struct {
	const char *name;
	unsigned of;
	void (*show)(struct listing *listing);   /* NULL: a value for each usable password */
} lists[] = {
	{ "empty", OF_USERS | OF_PASSWORDS, show_empty },
	{ "unshadowed", OF_USERS, show_unshadowed },
	{ "system", OF_USERS | OF_PASSWORDS, show_system },
	{ "without-shell", OF_USERS | OF_PASSWORDS, show_shell_less },
	{ "group", OF_GROUPS | OF_GROUP_PASSWORDS, show_groups },
	{ "shared", OF_USERS | OF_PASSWORDS, show_shared },
};

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	struct listing l = {
		.findings.items = items, .accounts = subject_table(subject, &accounts_table), .today = subject->now / SECONDS_A_DAY,
	};
	const char *show = params_get(params, "show");
	unsigned of = 0;

	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		if (!streq(lists[i].name, show))
			continue;
		of = lists[i].of;
		lists[i].show(&l);
	}
	for (size_t i = 0; i < l.accounts->n && !of; i++)
		if (hash_is_usable(account_hash(&l.accounts->list[i])))
			add_value(&l, &l.accounts->list[i], show);
	if (!of && !items->n && !l.accounts->users_faults.n && !l.accounts->passwords_faults.n)
		items_add_state(items, show, "/etc/shadow", STATE_INAPPLICABLE, "no password that this could be said of");
	findings_end(&l.findings, show, of & OF_GROUPS ? "/etc/group" : "/etc/shadow", l.accounts, of ? of : OF_USERS | OF_PASSWORDS);
}

const struct check check_account_password = {
	.name = "account-password",
	.summary = "the passwords of accounts and groups in this host's files",
	.reference = "`empty`, `unshadowed` (a hash in passwd that everybody reads), `system` (outside UID_MIN to UID_MAX), `without-shell`, "
		     "`group` and `shared` (two accounts with one hash) list what is at fault, and are absent where nothing is. The others give "
		     "a value for each account that some password fits: `method` is yescrypt, gost-yescrypt, scrypt, bcrypt, sha512, sha256, "
		     "sha1, sunmd5, md5, bsdi-des, des, nt or sm3; `rounds` those of sha256 and sha512; `age` the days since it was changed, "
		     "negative where that lies in the future; `min-days`, `max-days`, `warn-days` and `inactive-days` as in shadow(5), absent "
		     "where they are not set; not applicable where there is no such password. Only root may read shadow. See crypt(5).",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "show", PARAM_WORD, REQUIRED, "what is looked at",
		  "empty unshadowed system without-shell group shared method rounds age min-days max-days warn-days inactive-days" },
		{ 0 },
	},
	.observe = observe,
};
