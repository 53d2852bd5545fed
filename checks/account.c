/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts and groups that do not fit together, or may more than they should. */
#include "checks/account.h"
#include "checks/checks.h"

#include "core/base/text.h"

#include <inttypes.h>

enum { FINDINGS_MOST = 100 };

/* ---- what the checks of accounts share ---- */

void finding_add(struct findings *f, const char *name, const char *origin, const char *text)
{
	if (f->items->n < FINDINGS_MOST)
		items_add_text(f->items, name, origin, text);
	else
		f->more++;
	f->n++;
}

void findings_end(struct findings *f, const char *name, const char *origin, const struct accounts *a, unsigned of)
{
	const struct faults *faults[] = {
		&a->users_faults, &a->passwords_faults, &a->groups_faults, &a->group_passwords_faults, &a->subuids.faults, &a->subgids.faults,
	};
	const char *foreign = of & OF_GROUPS ? a->foreign_groups : a->foreign_users;

	if (f->more)
		items_add_text(f->items, name, origin, arena_printf(f->items->arena, "and %zu more", f->more));
	for (size_t i = 0; i < ARRAY_LEN(faults); i++)
		if (of & 1u << i)
			faults_show(faults[i], name, f->items);
	if (foreign && (of & OF_ANYBODY) && !f->n)
		items_add_state(f->items, name, "/etc/nsswitch.conf", STATE_UNAVAILABLE, "what %s adds to the files cannot be seen", foreign);
	if (!f->items->n)
		items_add_state(f->items, name, origin, STATE_ABSENT, "none");
}

bool account_is_person(const struct accounts *accounts, const struct account *account)
{
	return account_has_shell(account) && !account_is_system(accounts, account);
}

/* ---- duplicates ---- */

struct entry_key {
	const char *name, *origin;
	const struct file *file;
	int64_t id;
};

static int by_file_and_name(const void *left, const void *right)
{
	const struct entry_key *a = left, *b = right;

	return a->file != b->file ? strcmp(a->file->path, b->file->path) : strcmp(a->name, b->name);
}

static int by_file_and_id(const void *left, const void *right)
{
	const struct entry_key *a = left, *b = right;

	if (a->file != b->file)
		return strcmp(a->file->path, b->file->path);
	return a->id != b->id ? (a->id < b->id ? -1 : 1) : strcmp(a->name, b->name);
}

/* Only within one file: of two sources the first that has a name hides the other's. */
static void show_duplicates(struct findings *f, struct entry_key *keys, size_t n, bool ids)
{
	struct arena *arena = f->items->arena;

	if (n)
		qsort(keys, n, sizeof(*keys), ids ? by_file_and_id : by_file_and_name);
	for (size_t i = 1; i < n; i++) {
		const struct entry_key *a = &keys[i - 1], *b = &keys[i];

		if (a->file != b->file || (ids ? a->id != b->id : !streq(a->name, b->name)))
			continue;
		finding_add(f, ids ? "id used twice" : "name used twice", b->origin,
			    ids ? arena_printf(arena, "%" PRId64 ": %s and %s", a->id, a->name, b->name) : b->name);
	}
}

static void show_duplicate_users(struct findings *f, const struct accounts *a, bool ids)
{
	struct entry_key *keys = arena_array_of(f->items->arena, struct entry_key, a->n + 1);

	for (size_t i = 0; i < a->n; i++)
		keys[i] = (struct entry_key){ a->list[i].name, a->list[i].origin, a->list[i].file, a->list[i].uid };
	show_duplicates(f, keys, a->n, ids);
}

static void show_duplicate_groups(struct findings *f, const struct accounts *a, bool ids)
{
	struct entry_key *keys = arena_array_of(f->items->arena, struct entry_key, a->n_groups + 1);

	for (size_t i = 0; i < a->n_groups; i++)
		keys[i] = (struct entry_key){ a->groups[i].name, a->groups[i].origin, a->groups[i].file, a->groups[i].gid };
	show_duplicates(f, keys, a->n_groups, ids);
}

static void show_duplicate_uid(struct findings *f, const struct accounts *a)
{
	show_duplicate_users(f, a, true);
}

static void show_duplicate_name(struct findings *f, const struct accounts *a)
{
	show_duplicate_users(f, a, false);
}

static void show_duplicate_gid(struct findings *f, const struct accounts *a)
{
	show_duplicate_groups(f, a, true);
}

static void show_duplicate_group(struct findings *f, const struct accounts *a)
{
	show_duplicate_groups(f, a, false);
}

/* ---- what is listed ---- */

static void show_uid_0(struct findings *f, const struct accounts *a)
{
	for (size_t i = 0; i < a->n; i++)
		if (a->list[i].uid == 0 && !streq(a->list[i].name, "root"))
			finding_add(f, "account with uid 0", a->list[i].origin, a->list[i].name);
}

static void add_members(struct findings *f, const char *name, const struct group *group)
{
	const char *member;
	size_t n;

	for (const char *at = group->members; (member = list_next(&at, ",", &n));)
		if (n != strlen("root") || memcmp(member, "root", n) != 0)
			finding_add(f, name, group->origin, arena_strndup(f->items->arena, member, n));
}

/* Red Hat's sync, shutdown and halt have it, too, and no shell. */
static void show_gid_0(struct findings *f, const struct accounts *a)
{
	for (size_t i = 0; i < a->n; i++)
		if (a->list[i].gid == 0 && a->list[i].uid != 0 && account_has_shell(&a->list[i]))
			finding_add(f, "account of group 0", a->list[i].origin, a->list[i].name);
	for (size_t i = 0; i < a->n_groups; i++)
		if (a->groups[i].gid == 0 && !streq(a->groups[i].name, "root"))
			finding_add(f, "group with gid 0", a->groups[i].origin, a->groups[i].name);
	for (size_t i = 0; i < a->n_groups; i++)
		if (a->groups[i].gid == 0)
			add_members(f, "member of group 0", &a->groups[i]);
}

static int by_number(const void *left, const void *right)
{
	const int64_t *a = left, *b = right;

	return *a < *b ? -1 : *a > *b;
}

static void show_missing_group(struct findings *f, const struct accounts *a)
{
	int64_t *gids = arena_array_of(f->items->arena, int64_t, a->n_groups + 1);

	if (a->groups_faults.n)   /* what was not read is not missing */
		return;
	for (size_t i = 0; i < a->n_groups; i++)
		gids[i] = a->groups[i].gid;
	if (a->n_groups)
		qsort(gids, a->n_groups, sizeof(*gids), by_number);
	for (size_t i = 0; i < a->n; i++)
		if (!a->n_groups || !bsearch(&a->list[i].gid, gids, a->n_groups, sizeof(*gids), by_number))
			finding_add(f, "account of a group that is not there", a->list[i].origin,
				    arena_printf(f->items->arena, "%s: %" PRId64, a->list[i].name, a->list[i].gid));
}

static void show_system_shell(struct findings *f, const struct accounts *a)
{
	for (size_t i = 0; i < a->n; i++)
		if (account_is_system(a, &a->list[i]) && account_has_shell(&a->list[i]))
			finding_add(f, "system account with a shell", a->list[i].origin,
				    arena_printf(f->items->arena, "%s: %s", a->list[i].name, *a->list[i].shell ? a->list[i].shell : "/bin/sh"));
}

static void show_plus(struct findings *f, const struct accounts *a)
{
	for (size_t i = 0; i < a->n_plus; i++)
		finding_add(f, "line for NIS", a->plus[i].origin, a->plus[i].text);
}

static void show_missing_shadow(struct findings *f, const struct accounts *a)
{
	if (a->passwords_faults.n || a->users_faults.n)   /* what was not read is not missing */
		return;
	for (size_t i = 0; i < a->n; i++)
		if (!a->list[i].shadow && streq(a->list[i].password, "x") && !starts_with(a->list[i].origin, "/usr/lib/"))
			finding_add(f, "account without a line in shadow", a->list[i].origin, a->list[i].name);
	for (size_t i = 0; i < a->n_shadows; i++)
		if (!a->shadows[i].owned)
			finding_add(f, "line in shadow without an account", a->shadows[i].origin, a->shadows[i].name);
}

static int by_first(const void *left, const void *right)
{
	const struct sub_range *a = left, *b = right;

	return a->first != b->first ? (a->first < b->first ? -1 : 1) : strcmp(a->origin, b->origin);
}

static int64_t end_of(const struct sub_range *range)
{
	int64_t end;

	return __builtin_add_overflow(range->first, range->n, &end) ? INT64_MAX : end;
}

static struct sub_range *sorted_ranges(struct arena *arena, const struct sub_ranges *ranges)
{
	struct sub_range *sorted = arena_array_of(arena, struct sub_range, ranges->n + 1);

	if (ranges->n) {
		memcpy(sorted, ranges->list, ranges->n * sizeof(*sorted));
		qsort(sorted, ranges->n, sizeof(*sorted), by_first);
	}
	return sorted;
}

/* Two ranges of different users share ids: what a process in a container of the one owns is the other's, too. */
static void show_overlap(struct findings *f, const struct sub_ranges *ranges)
{
	struct sub_range *sorted = sorted_ranges(f->items->arena, ranges), *widest = sorted;

	for (size_t i = 0; i < ranges->n; i++) {
		if (i && sorted[i].first < end_of(widest) && !streq(sorted[i].owner, widest->owner))
			finding_add(f, "ranges overlap", sorted[i].origin,
				    arena_printf(f->items->arena, "%s and %s from %" PRId64, widest->owner, sorted[i].owner, sorted[i].first));
		if (end_of(&sorted[i]) > end_of(widest))
			widest = &sorted[i];
	}
}

/* The accounts by uid stand beside the ranges by their first id; one range may hold several. */
static void show_held_accounts(struct findings *f, const struct accounts *a, const struct sub_ranges *ranges)
{
	struct sub_range *sorted = sorted_ranges(f->items->arena, ranges), *widest = NULL;
	struct entry_key *users = arena_array_of(f->items->arena, struct entry_key, a->n + 1);
	size_t next = 0;

	for (size_t i = 0; i < a->n; i++)
		users[i] = (struct entry_key){ a->list[i].name, a->list[i].origin, NULL, a->list[i].uid };
	if (a->n)
		qsort(users, a->n, sizeof(*users), by_file_and_id);
	for (size_t i = 0; i < a->n; i++) {
		for (; next < ranges->n && sorted[next].first <= users[i].id; next++)
			if (!widest || end_of(&sorted[next]) > end_of(widest))
				widest = &sorted[next];
		if (widest && users[i].id < end_of(widest))
			finding_add(f, "range holds an account", widest->origin,
				    arena_printf(f->items->arena, "%s: %s is %" PRId64, widest->owner, users[i].name, users[i].id));
	}
}

static void show_subuid_overlap(struct findings *f, const struct accounts *a)
{
	show_overlap(f, &a->subuids);
	show_held_accounts(f, a, &a->subuids);
}

static void show_subgid_overlap(struct findings *f, const struct accounts *a)
{
	show_overlap(f, &a->subgids);
}

/* To the kernel the number is the group: whoever a line gives it to is in, by whatever name. */
void findings_add_members(struct findings *f, const struct accounts *a, const struct group *group)
{
	char *name = arena_printf(f->items->arena, "member of %s", group->name);

	for (size_t i = 0; i < a->n_groups; i++)
		if (a->groups[i].gid == group->gid || streq(a->groups[i].name, group->name))
			add_members(f, name, &a->groups[i]);
	for (size_t i = 0; i < a->n; i++)
		if (a->list[i].gid == group->gid && a->list[i].uid != 0)
			finding_add(f, name, a->list[i].origin, a->list[i].name);
}

static void show_members(struct findings *f, const struct accounts *a, const char *names)
{
	const char *word;
	size_t n;

	for (const char *at = names; (word = list_next(&at, " ", &n));) {
		const struct group *group = accounts_group(a, arena_strndup(f->items->arena, word, n));

		if (group)
			findings_add_members(f, a, group);
	}
}

static const struct {
	const char *name;
	unsigned of;
	void (*show)(struct findings *findings, const struct accounts *accounts);
} lists[] = {
	{ "uid-0", OF_USERS | OF_ANYBODY, show_uid_0 },
	{ "gid-0", OF_USERS | OF_GROUPS | OF_ANYBODY, show_gid_0 },
	{ "duplicate-uid", OF_USERS | OF_ANYBODY, show_duplicate_uid },
	{ "duplicate-name", OF_USERS | OF_ANYBODY, show_duplicate_name },
	{ "duplicate-gid", OF_GROUPS | OF_ANYBODY, show_duplicate_gid },
	{ "duplicate-group", OF_GROUPS | OF_ANYBODY, show_duplicate_group },
	{ "missing-group", OF_USERS | OF_GROUPS | OF_ANYBODY, show_missing_group },
	{ "system-shell", OF_USERS, show_system_shell },
	{ "nis-line", OF_USERS | OF_PASSWORDS | OF_GROUPS, show_plus },
	{ "missing-shadow", OF_USERS | OF_PASSWORDS, show_missing_shadow },
	{ "subuid-overlap", OF_USERS | OF_SUBUIDS, show_subuid_overlap },
	{ "subgid-overlap", OF_SUBGIDS, show_subgid_overlap },
};

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct accounts *a = subject_table(subject, &accounts_table);
	const char *show = params_get(params, "show"), *groups = params_get(params, "group");
	struct findings f = { .items = items };
	unsigned of = OF_USERS | OF_GROUPS | OF_ANYBODY;

	if (groups)
		show_members(&f, a, groups);
	for (size_t i = 0; i < ARRAY_LEN(lists) && !groups; i++) {
		if (!streq(lists[i].name, show))
			continue;
		of = lists[i].of;
		lists[i].show(&f, a);
	}
	findings_end(&f, show, of & OF_USERS ? "/etc/passwd" : "/etc/group", a, of);
}

const struct check check_account = {
	.name = "account",
	.summary = "accounts and groups that do not fit together, or may more than others",
	.reference = "One value for each finding, absent where there is none. `uid-0` is whoever has uid 0 and is not root; `gid-0` accounts "
		     "with a shell whose own group is 0, members of that group, and groups besides root with that number; `system-shell` accounts outside UID_MIN to "
		     "UID_MAX of login.defs(5) that have a shell; `nis-line` the lines with + or - that bring in users of NIS; `members` those "
		     "of the groups besides root, by every line with the number or the name, and whose own group it is; `subuid-overlap` ranges of subuid(5) that two users share or that "
		     "hold the uid of an account. Read from passwd(5), group(5), shadow(5), subuid(5) and subgid(5), with /usr/lib or "
		     "/var/lib/extrausers where nsswitch.conf(5) names altfiles or extrausers. Where it names a source whose users cannot be "
		     "seen (ldap, winbind, sss once sssd is set up), no finding in the files is unknown, not absent.",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "show", PARAM_WORD, REQUIRED, "what is listed", "uid-0 gid-0 duplicate-uid duplicate-gid duplicate-name duplicate-group missing-group "
		  "system-shell nis-line members missing-shadow subuid-overlap subgid-overlap" },
		{ "group", PARAM_STRING, OPTIONAL, "for members: names of groups, separated by spaces", NULL },
		{ 0 },
	},
	.observe = observe,
};
