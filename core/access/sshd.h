/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The configuration of the OpenSSH server, as sshd reads it: options of its command line first, by its unit or, without one, by the files in which
 * distributions keep them; then sshd_config, or what -f names, with the files that it includes in their place; the first value of a keyword wins, and what stands below Match overrides it for those who match
 * (sshd_config(5), servconf.c).
 */
#ifndef CORE_SSHD_H
#define CORE_SSHD_H

#include "core/config/config.h"
#include "core/subject/subject.h"

struct sshd_setting {
	const char *keyword;     /* the canonical name: KbdInteractiveAuthentication also where ChallengeResponseAuthentication is written */
	const char *value;       /* its words joined by a space, without quotes */
	const char *match;       /* NULL: for all; else what the Match line says, "all" for all, too */
	const char *origin;
};

struct sshd {
	bool installed;          /* there is a configuration, or a server */
	struct sshd_setting *list;
	size_t n;
	const struct file **files;   /* that it is read from */
	size_t n_files;
	const char **servers;        /* further ones that are started otherwise: their settings have that as their match */
	size_t n_servers;
	struct faults faults;
};

/* Gives a struct sshd. */
extern const struct host_table sshd_table;

/* ---- keywords ---- */

enum sshd_kind {
	SSHD_TEXT,
	SSHD_WORD,          /* upper and lower case are the same */
	SSHD_NUMBER,
	SSHD_SECONDS,
	SSHD_ALGORITHMS,    /* a list, or changes to the default: +added, -taken,away, ^first */
	SSHD_WORDS,         /* lines add to each other */
};

struct sshd_keyword {
	const char *name;
	const char *other;       /* older names, separated by spaces; or NULL */
	enum sshd_kind kind;
	const char *value;       /* the default; NULL: none */
};

/* NULL for one that is not in our table. */
const struct sshd_keyword *sshd_keyword_of(const char *name);

/* sshd knows it: it is in our tables, or in the text of the program that is installed. It does not start with a keyword that it does not know. */
bool sshd_is_keyword(struct source *source, struct arena *arena, const char *name);

/*
 * The default of a keyword in a version of OpenSSH ("9.2p1"), or in every version where that is NULL. Where there is none: NULL, and *known
 * tells whether that is certain.
 */
const char *sshd_default(const struct sshd_keyword *keyword, const char *version, bool *known);

/* False where the version does not have the keyword yet. */
bool sshd_has(const struct sshd_keyword *keyword, const char *version);

/* What a list of algorithms comes to, given the default that it may change; separated by commas. */
const char *sshd_algorithms(struct arena *arena, const char *value, const char *preset);

#endif
