/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy that the kernel has loaded, as it shows it in /sys/fs/selinux/policy: which domains are permissive on their own (a permissive domain is
 * refused nothing, though SELinux is enforcing). The kernel would answer the same for one pair of labels at a time to whoever writes into
 * /sys/fs/selinux/access; here nothing is written, and what is read can be captured. The form is that of the kernel's policydb.
 */
#ifndef CHECKS_SELINUX_POLICY_H
#define CHECKS_SELINUX_POLICY_H

#include "core/source/source.h"

/*
 * The types that are permissive, separated by spaces, in the arena. NULL: that is no policy, or cut off, or of a version that is not known (24 to 35
 * are).
 */
const char *selinux_policy_permissive(struct arena *arena, const char *data, size_t size);

/* The type is permissive by the loaded policy: 1, it is not: 0; -1: the policy could not be read, and *why says why not. */
int selinux_is_permissive(struct source *source, const char *type, const char **why);

#endif
