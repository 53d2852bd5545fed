/* SPDX-License-Identifier: Apache-2.0 */
/* Where users, groups and the like come from besides this host's own files: nsswitch.conf(5). */
#ifndef CORE_NSS_H
#define CORE_NSS_H

#include "core/config/config.h"

/* The sources of a database ("passwd"), separated by spaces; "files" where the file or the line is missing. Lies in the arena. */
const char *nss_sources(struct source *source, struct arena *arena, const char *database, struct faults *faults);

/*
 * Those whose entries cannot be seen in files of this host: ldap, winbind, nis, and sss where sssd is set up. NULL where there is none.
 */
const char *nss_foreign(struct source *source, struct arena *arena, const char *database, struct faults *faults);

#endif
