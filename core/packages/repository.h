/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a host's packages come from, and what keeps them from being exchanged on the way: the sources of apt (sources.list(5)), the repositories of
 * dnf and yum (dnf.conf(5)), zypper, apk and pacman.
 */
#ifndef CORE_REPOSITORY_H
#define CORE_REPOSITORY_H

#include "core/subject/subject.h"

enum repository_kind { REPOSITORY_APT, REPOSITORY_DNF, REPOSITORY_ZYPP, REPOSITORY_APK, REPOSITORY_PACMAN };

/* One that is switched on. */
struct repository {
	enum repository_kind kind;
	const char *name;            /* safe for printing: "https://deb.debian.org/debian bookworm main", or the section's name */
	const char *origin;          /* file:line */
	bool is_signed;              /* packages that are not signed by a known key are refused */
	bool metadata_signed;        /* the list of packages is signed, too: so that none can be held back */
	bool encrypted;              /* fetched by TLS, or from a disk; and the server's certificate is looked at */
	bool scoped;                 /* it has keys of its own: those of others do not count for it */
	bool dated;                  /* lists that are out of date are refused */
	bool security;               /* fixes of security come from there */
};

struct repositories {
	enum state state;            /* MALFORMED or what else kept a file from being read: the list is not all. INAPPLICABLE: no manager */
	const char *why, *origin;
	struct repository *list;
	size_t n;
};

/* Never NULL. */
const struct repositories *subject_repositories(const struct subject *subject);
struct repositories *repositories_read(struct source *source, struct arena *arena);

/* "apt", "dnf", "zypper", "apk", "pacman" */
const char *repository_kind_name(enum repository_kind kind);

#endif
