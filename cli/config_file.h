/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The configuration: /etc/plimsoll/plimsoll.conf, then the *.conf of conf.d beside it by name, or the one file that --config or PLIMSOLL_CONFIG
 * names. Lines "key = value" below "[all]" or the name of a command; the keys are the long names of the options.
 */
#ifndef CLI_CONFIG_FILE_H
#define CLI_CONFIG_FILE_H

#include "cli/options.h"

#define CONFIG_FOLDER "/etc/plimsoll"

/* The section for every command that has the option. */
#define CONFIG_ALL "all"

/*
 * Adds what the files say for the verb to what was given. Every line of them is looked at, whatever the verb. Returns 0, or -errno with
 * "FILE:LINE: what": an unknown section or key, a value that the option does not take, a file that others may write.
 */
int config_read_all(struct options *options, const struct verb *verb, struct err *err);

/* The command has a section of its own. */
bool config_has_section(const struct verb *verb);

#endif
