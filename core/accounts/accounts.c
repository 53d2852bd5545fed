/* SPDX-License-Identifier: Apache-2.0 */
#include "core/accounts/accounts.h"

#include "core/accounts/nss.h"
#include "core/base/text.h"
#include "core/config/setting.h"
#include "core/source/conf_files.h"

enum { ACCOUNTS_LIMIT = 16 << 20, FIELDS_MOST = 10 };

struct reading {
	struct source *source;
	struct arena *arena;
	struct accounts *accounts;
	const struct file *file;   /* that is being read */
};

/* ---- lines ---- */

/* A line of one of the files, cut at its colons. False where it makes no sense. */
typedef bool (*take_line)(struct reading *r, char **fields, size_t n, const char *origin);

/* A number of days or an id. False where it is none; an empty field is -1 where that is allowed. */
static bool take_number(const char *text, bool may_be_empty, int64_t *number)
{
	*number = -1;
	if (!*text)
		return may_be_empty;
	return text_integer(text, number) && *number >= -1;
}

static bool take_account(struct reading *r, char **f, size_t n, const char *origin)
{
	struct account a = { .file = r->file, .origin = origin };

	if (n != 7 || !*f[0] || !take_number(f[2], false, &a.uid) || !take_number(f[3], false, &a.gid))
		return false;
	a.name = f[0];
	a.password = f[1];
	a.home = f[5];
	a.shell = f[6];
	arena_push(r->arena, r->accounts->list, r->accounts->n) = a;
	return true;
}

static bool take_shadow(struct reading *r, char **f, size_t n, const char *origin)
{
	struct shadow s = { .origin = origin };

	if (n != 9 || !*f[0])
		return false;
	s.name = f[0];
	s.hash = f[1];
	if (!take_number(f[2], true, &s.changed) || !take_number(f[3], true, &s.min) || !take_number(f[4], true, &s.max) ||
	    !take_number(f[5], true, &s.warn) || !take_number(f[6], true, &s.inactive) || !take_number(f[7], true, &s.expire))
		return false;
	arena_push(r->arena, r->accounts->shadows, r->accounts->n_shadows) = s;
	return true;
}

static bool take_group(struct reading *r, char **f, size_t n, const char *origin)
{
	struct group g = { .file = r->file, .origin = origin };

	if (n != 4 || !*f[0] || !take_number(f[2], false, &g.gid))
		return false;
	g.name = f[0];
	g.password = f[1];
	g.members = f[3];
	arena_push(r->arena, r->accounts->groups, r->accounts->n_groups) = g;
	return true;
}

static bool take_group_password(struct reading *r, char **f, size_t n, const char *origin)
{
	struct group g = { .gid = -1, .file = r->file, .origin = origin };

	if (n != 4 || !*f[0])
		return false;
	g.name = f[0];
	g.password = f[1];
	g.members = f[3];
	arena_push(r->arena, r->accounts->group_passwords, r->accounts->n_group_passwords) = g;
	return true;
}

static bool take_range(struct reading *r, struct sub_ranges *ranges, char **f, size_t n, const char *origin)
{
	struct sub_range range = { .owner = f[0], .origin = origin };

	if (n != 3 || !*f[0] || !take_number(f[1], false, &range.first) || !take_number(f[2], false, &range.n))
		return false;
	arena_push(r->arena, ranges->list, ranges->n) = range;
	return true;
}

static bool take_subuid(struct reading *r, char **f, size_t n, const char *origin)
{
	return take_range(r, &r->accounts->subuids, f, n, origin);
}

static bool take_subgid(struct reading *r, char **f, size_t n, const char *origin)
{
	return take_range(r, &r->accounts->subgids, f, n, origin);
}

static size_t cut_fields(char *line, char **fields)
{
	size_t n = 0;

	while (n < FIELDS_MOST && (fields[n] = strsep(&line, ":")))
		n++;
	return n;
}

static void take_plus(struct reading *r, const char *line, const char *origin)
{
	struct plus_line plus = { arena_strdup(r->arena, line), origin };

	arena_push(r->arena, r->accounts->plus, r->accounts->n_plus) = plus;
}

/* True where the file is there. */
static bool read_file(struct reading *r, const char *path, struct faults *faults, take_line take)
{
	const struct file *file = source_read(r->source, path, ACCOUNTS_LIMIT);
	char *text, *line;
	unsigned number = 0;
	struct unseen unseen;

	if (file->state == STATE_ABSENT)
		return false;
	if (conf_file_unread(r->arena, file, &unseen))
		faults_add(r->arena, faults, unseen.state, unseen.origin, "%s", unseen.why);
	r->file = file;
	text = arena_strdup(r->arena, file->state == STATE_PRESENT ? file->data : "");
	while ((line = strsep(&text, "\n"))) {
		char *fields[FIELDS_MOST], *origin = arena_printf(r->arena, "%s:%u", file->path, ++number);

		if (!line[strspn(line, " \t\r")] || *line == '#')
			continue;
		if (*line == '+' || *line == '-')
			take_plus(r, line, origin);
		else if (!take(r, fields, cut_fields(line, fields), origin))
			faults_add(r->arena, faults, STATE_MALFORMED, origin, "the line is not understood");
	}
	return true;
}

/* ---- files ---- */

/* Where each source of nsswitch.conf that is a file keeps its lines. */
static const struct {
	const char *source, *folder;
	bool passwords;
} places[] = { { "files", "etc", true }, { "compat", "etc", true }, { "altfiles", "usr/lib", false }, { "extrausers", "var/lib/extrausers", true } };

static void read_place(struct reading *r, const char *folder, bool passwords)
{
	struct accounts *a = r->accounts;
	const char *path = arena_printf(r->arena, "%s/passwd", folder);

	if (!read_file(r, path, &a->users_faults, take_account) && streq(folder, "etc"))
		faults_add(r->arena, &a->users_faults, STATE_UNAVAILABLE, "/etc/passwd", "the root holds no /etc/passwd");
	if (!read_file(r, arena_printf(r->arena, "%s/group", folder), &a->groups_faults, take_group) && streq(folder, "etc"))
		faults_add(r->arena, &a->groups_faults, STATE_UNAVAILABLE, "/etc/group", "the root holds no /etc/group");
	if (!passwords)
		return;
	if (read_file(r, arena_printf(r->arena, "%s/shadow", folder), &a->passwords_faults, take_shadow))
		a->shadowed = true;
	read_file(r, arena_printf(r->arena, "%s/gshadow", folder), &a->group_passwords_faults, take_group_password);
}

static int by_shadow_name(const void *a, const void *b)
{
	return strcmp(((const struct shadow *)a)->name, ((const struct shadow *)b)->name);
}

static void join_shadows(struct accounts *a)
{
	if (!a->n_shadows)
		return;
	qsort(a->shadows, a->n_shadows, sizeof(*a->shadows), by_shadow_name);
	for (size_t i = 0; i < a->n; i++) {
		struct shadow key = { .name = a->list[i].name };

		a->list[i].shadow = bsearch(&key, a->shadows, a->n_shadows, sizeof(key), by_shadow_name);
		if (a->list[i].shadow)
			a->list[i].shadow->owned = true;
	}
}

static int64_t login_defs_number(const struct settings *settings, const char *key, int64_t preset)
{
	const struct setting *setting = settings_find(settings, NULL, key);
	int64_t number;

	return setting && text_integer(setting->value, &number) ? number : preset;
}

static void *read_accounts(struct source *source, struct arena *arena)
{
	struct accounts *a = arena_new_of(arena, struct accounts);
	struct reading r = { .source = source, .arena = arena, .accounts = a };
	const struct settings *defs = settings_read(source, arena, setting_syntax_of("words"), "/etc/login.defs|/usr/etc/login.defs");
	const char *sources = nss_sources(source, arena, "passwd", &a->users_faults);
	bool etc = false;

	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		bool again = etc && streq(places[i].folder, "etc");

		if (again || (!list_has(sources, " \t", places[i].source) && i > 0))
			continue;
		etc = etc || streq(places[i].folder, "etc");
		read_place(&r, places[i].folder, places[i].passwords);
	}
	join_shadows(a);
	read_file(&r, "etc/subuid", &a->subuids.faults, take_subuid);
	read_file(&r, "etc/subgid", &a->subgids.faults, take_subgid);
	a->uid_min = login_defs_number(defs, "UID_MIN", 1000);
	a->uid_max = login_defs_number(defs, "UID_MAX", 60000);
	a->foreign_users = nss_foreign(source, arena, "passwd", &a->users_faults);
	a->foreign_groups = nss_foreign(source, arena, "group", &a->groups_faults);
	return a;
}

const struct host_table accounts_table = { read_accounts };

/* ---- questions ---- */

const struct group *accounts_group(const struct accounts *accounts, const char *name)
{
	for (size_t i = 0; i < accounts->n_groups; i++)
		if (streq(accounts->groups[i].name, name))
			return &accounts->groups[i];
	return NULL;
}

bool account_is_system(const struct accounts *accounts, const struct account *account)
{
	return account->uid != 0 && (account->uid < accounts->uid_min || account->uid > accounts->uid_max);
}

bool account_has_shell(const struct account *account)
{
	static const char none[] = "nologin false true sync shutdown halt null";
	const char *slash = strrchr(account->shell, '/');

	return !list_has(none, " ", slash ? slash + 1 : account->shell) || !*account->shell;
}

const char *account_hash(const struct account *account)
{
	return account->shadow && streq(account->password, "x") ? account->shadow->hash : account->password;
}

/* ---- hashes ---- */

const char *hash_method(const char *hash)
{
	static const struct {
		const char *prefix, *method;
	} methods[] = {
		{ "$y$", "yescrypt" }, { "$gy$", "gost-yescrypt" }, { "$7$", "scrypt" }, { "$2a$", "bcrypt" }, { "$2b$", "bcrypt" },
		{ "$2y$", "bcrypt" }, { "$2x$", "bcrypt" }, { "$6$", "sha512" }, { "$5$", "sha256" }, { "$sm3$", "sm3" },
		{ "$sha1", "sha1" }, { "$md5", "sunmd5" }, { "$1$", "md5" }, { "$3$", "nt" }, { "_", "bsdi-des" },
	};
	static const char digits[] = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

	if (!*hash)
		return "none";
	for (size_t i = 0; i < ARRAY_LEN(methods); i++)
		if (starts_with(hash, methods[i].prefix))
			return methods[i].method;
	return strlen(hash) == 13 && strspn(hash, digits) == 13 ? "des" : "locked";
}

bool hash_is_usable(const char *hash)
{
	const char *method = hash_method(hash);

	return !streq(method, "none") && !streq(method, "locked");
}

int64_t hash_rounds(const char *hash)
{
	static const char word[] = "rounds=";
	const char *method = hash_method(hash);

	if (!streq(method, "sha256") && !streq(method, "sha512"))
		return -1;
	return starts_with(hash + 3, word) ? strtoll(hash + 3 + strlen(word), NULL, 10) : 5000;
}
