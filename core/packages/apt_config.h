/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The configuration of apt, apt.conf(5): the files of /etc/apt/apt.conf.d by name, then /etc/apt/apt.conf; of several values of a key the last
 * counts. Names are the same in upper and lower case.
 */
#ifndef CORE_APT_CONFIG_H
#define CORE_APT_CONFIG_H

#include "core/subject/subject.h"

struct apt_setting {
	const char *name;            /* "apt::periodic::unattended-upgrade", in lower case; of an element of a list it ends in "::" */
	const char *value;
	const char *origin;          /* "/etc/apt/apt.conf.d/20auto-upgrades:2" */
};

struct apt_config {
	enum state state;            /* INAPPLICABLE: no apt. MALFORMED or what else kept a file from being read: any value may be another */
	const char *why, *origin;
	struct apt_setting *list;
	size_t n;
};

/* Never NULL. */
const struct apt_config *subject_apt_config(const struct subject *subject);
struct apt_config *apt_config_read(struct source *source, struct arena *arena);

/* The value that counts, or NULL. */
const struct apt_setting *apt_config_find(const struct apt_config *config, const char *name);

/* yes, on, true, with, enable and numbers but 0 are 1, their opposites 0; -1 for another word. */
int apt_boolean(const char *value);

#endif
