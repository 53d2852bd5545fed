/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The accounts in files of this host: passwd(5), shadow(5), group(5), gshadow(5), subuid(5), and what login.defs(5) takes for an ordinary
 * user.
 */
#ifndef CORE_ACCOUNTS_H
#define CORE_ACCOUNTS_H

#include "core/config/config.h"
#include "core/subject/subject.h"

struct shadow {
	const char *name, *hash;
	int64_t changed, min, max, warn, inactive, expire;   /* in days; -1: not set */
	bool owned;              /* there is an account of that name */
	const char *origin;
};

struct account {
	const char *name, *password, *home, *shell;
	int64_t uid, gid;
	struct shadow *shadow;         /* NULL: it has no line there */
	const struct file *file;
	const char *origin;
};

struct group {
	const char *name, *password;
	const char *members;           /* separated by commas */
	int64_t gid;
	const struct file *file;
	const char *origin;
};

/* Ids that a user may give to his containers: a line of subuid or subgid. */
struct sub_range {
	const char *owner;             /* a name or a number */
	int64_t first, n;
	const char *origin;
};

struct sub_ranges {
	struct sub_range *list;
	size_t n;
	struct faults faults;
};

/* "+" and "-" lines, which bring in users of NIS. */
struct plus_line {
	const char *text, *origin;
};

struct accounts {
	struct account *list;
	size_t n;
	struct shadow *shadows;
	size_t n_shadows;
	struct group *groups;
	size_t n_groups;
	struct group *group_passwords; /* of gshadow: name, password, administrators and members */
	size_t n_group_passwords;
	struct sub_ranges subuids, subgids;
	struct plus_line *plus;
	size_t n_plus;
	bool shadowed;                 /* there is a shadow file */
	int64_t uid_min, uid_max;      /* of ordinary users */
	/* sources in nsswitch.conf whose users cannot be seen here; or NULL */
	const char *foreign_users, *foreign_groups;
	/* what could not be read or understood, by what it says something of */
	struct faults users_faults, passwords_faults, groups_faults, group_passwords_faults;
};

/* Gives a struct accounts. */
extern const struct host_table accounts_table;

/* NULL where there is none of that name. */
const struct group *accounts_group(const struct accounts *accounts, const char *name);

/* Neither root nor within UID_MIN to UID_MAX. */
bool account_is_system(const struct accounts *accounts, const struct account *account);

/* Its shell lets somebody in; an empty one is /bin/sh. */
bool account_has_shell(const struct account *account);

/* What decides over its password: the hash in shadow, or the one in passwd. */
const char *account_hash(const struct account *account);

/* ---- hashes (crypt(5)) ---- */

/*
 * "yescrypt", "gost-yescrypt", "scrypt", "bcrypt", "sha512", "sha256", "sha1", "sunmd5", "md5", "bsdi-des", "des", "nt", "sm3"; "none" for an empty
 * one, which lets anybody in; "locked" for what no password fits.
 */
const char *hash_method(const char *hash);

/* Some password fits. */
bool hash_is_usable(const char *hash);

/* Of sha256 and sha512 how many rounds, 5000 unless it says so; -1 for others. */
int64_t hash_rounds(const char *hash);

#endif
