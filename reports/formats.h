/* SPDX-License-Identifier: Apache-2.0 */
/* Every format there is: one descriptor per file in this folder, one row each in registry.c. */
#ifndef REPORTS_FORMATS_H
#define REPORTS_FORMATS_H

#include "reports/format.h"

extern const struct format format_ansible;
extern const struct format format_arf;
extern const struct format format_cmdline;
extern const struct format format_compose;
extern const struct format format_csv;
extern const struct format format_patch;
extern const struct format format_daemon_json;
extern const struct format format_fragment;
extern const struct format format_html;
extern const struct format format_json;
extern const struct format format_junit;
extern const struct format format_kconfig;
extern const struct format format_kubernetes;
extern const struct format format_markdown;
extern const struct format format_modprobe;
extern const struct format format_nagios;
extern const struct format format_prometheus;
extern const struct format format_run;
extern const struct format format_sarif;
extern const struct format format_sh;
extern const struct format format_sysctl;
extern const struct format format_text;
extern const struct format format_xccdf;

/* The table, ended by NULL. */
extern const struct format *const formats[];

/* The format of that name, or NULL. */
const struct format *format_find(const char *name);

#endif
