/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The variables by which Podman, Buildah and Skopeo are told to read other files than the usual ones (containers.conf(5), "Environment
 * variables"; setRegistriesConfPath() of containers/common; storage.conf(5)): CONTAINERS_CONF names one instead of all, CONTAINERS_CONF_OVERRIDE
 * one on top, and alike for registries.conf and storage.conf.
 */
#ifndef CORE_CONTAINERS_CONF_H
#define CORE_CONTAINERS_CONF_H

#include "core/subject/subject.h"

/* The environment of one who starts containers as root. */
struct containers_environment {
	const char *origin;          /* a unit, "/etc/environment", "/proc/4242/environ" */
	const char **variables;      /* "NAME=value", the last of a name counts */
	size_t n;
	const char *unread;          /* something of it that could not be read; else NULL */
	enum state unread_state;
	const char *unread_why;
};

struct containers_environments {
	struct containers_environment *list;
	size_t n;
};

/*
 * Those of root's units that start podman, and of those who log in. That of a process is in its struct daemon (core/daemon/daemon.h). Read once for
 * all rules. Never NULL.
 */
const struct containers_environments *containers_environments(const struct subject *subject);

/* The value of a variable, or NULL where it is not set, or empty. */
const char *containers_variable(const struct containers_environment *environment, const char *name);

#endif
