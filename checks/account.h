/* SPDX-License-Identifier: Apache-2.0 */
/* What the checks of accounts share: lists of findings that stay short, and end with what could not be seen. */
#ifndef CHECKS_ACCOUNT_H
#define CHECKS_ACCOUNT_H

#include "core/accounts/accounts.h"

struct findings {
	struct items *items;
	size_t n, more;          /* more: not shown, because there are too many */
};

void finding_add(struct findings *findings, const char *name, const char *origin, const char *text);

/* What a list rests on: which faults of the files it shows, and whether users that are in no file here would matter to it. */
enum {
	OF_USERS = 1, OF_PASSWORDS = 2, OF_GROUPS = 4, OF_GROUP_PASSWORDS = 8, OF_SUBUIDS = 16, OF_SUBGIDS = 32, OF_ANYBODY = 64,
};

/* Adds the faults, and where nothing was found an item that says so. */
void findings_end(struct findings *findings, const char *name, const char *origin, const struct accounts *accounts, unsigned of);

/* Adds the members of a group, those whose own group it is, too; root is left out. */
void findings_add_members(struct findings *findings, const struct accounts *accounts, const struct group *group);

/* Root, and users of UID_MIN to UID_MAX, that have a shell. */
bool account_is_person(const struct accounts *accounts, const struct account *account);

#endif
