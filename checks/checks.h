/* SPDX-License-Identifier: Apache-2.0 */
/* Every check there is: one descriptor per file in this folder, one row each in registry.c. */
#ifndef CHECKS_CHECKS_H
#define CHECKS_CHECKS_H

#include "core/check.h"

extern const struct check check_apparmor;
extern const struct check check_aslr_bits;
extern const struct check check_auto_init;
extern const struct check check_cmdline;
extern const struct check check_core_pattern;
extern const struct check check_cpu_flag;
extern const struct check check_cpu_vulnerabilities;
extern const struct check check_cpu_vulnerability;
extern const struct check check_file;
extern const struct check check_ima;
extern const struct check check_iommu;
extern const struct check check_kconfig;
extern const struct check check_kernel_support;
extern const struct check check_kernel_update;
extern const struct check check_kexec;
extern const struct check check_livepatch;
extern const struct check check_lockdown;
extern const struct check check_lsm;
extern const struct check check_module_parameter;
extern const struct check check_module_signing;
extern const struct check check_module_taint;
extern const struct check check_mount;
extern const struct check check_proc_view;
extern const struct check check_secure_boot;
extern const struct check check_selinux;
extern const struct check check_slab_merge;
extern const struct check check_smt;
extern const struct check check_sysctl;
extern const struct check check_sysfs;
extern const struct check check_taint;

/* The table, ended by NULL. */
extern const struct check *const checks[];

#endif
