/* SPDX-License-Identifier: Apache-2.0 */
/* Values of jansson written as YAML in block style. */
#ifndef REPORTS_YAML_H
#define REPORTS_YAML_H

#include "reports/output.h"

struct json_t;

/*
 * One document without marks around it: several lists in a row are one list. A string that Ansible would take for a template gets its tag !unsafe.
 * Returns 0, or -errno with a sentence.
 */
int yaml_put(struct output *output, const struct json_t *value, struct err *err);

#endif
