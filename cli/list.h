/* SPDX-License-Identifier: Apache-2.0 */
/* What the two files of 'plimsoll list' share: lines for people, JSON for programs. */
#ifndef CLI_LIST_H
#define CLI_LIST_H

#include "cli/locate.h"
#include "cli/options.h"

#include <jansson.h>

/* The rule of that index is selected, and --rule and --skip leave it. */
bool list_has_rule(const struct options *options, const struct policy *policy, size_t i);

/* How many rules the profile selects. */
size_t list_profile_rules(const struct loaded *loaded, size_t which, const struct profile *profile);

/* Appends all that there is of one kind to the array. */
typedef void list_element(const struct options *options, const struct loaded *loaded, json_t *array);

list_element list_json_rules, list_json_profiles, list_json_values, list_json_benchmarks, list_json_checks, list_json_formats;

/* Writes { "schema": "plimsoll/list/1", TOPIC: [ … ] } to standard output. Returns 0, or -1. */
int list_json(const struct options *options, const struct loaded *loaded, const char *topic, list_element *elements);

#endif
