/* SPDX-License-Identifier: Apache-2.0 */
/* Every check there is: one descriptor per file in this folder, one row each in registry.c. */
#ifndef CHECKS_CHECKS_H
#define CHECKS_CHECKS_H

#include "core/benchmark/check.h"

extern const struct check check_account;
extern const struct check check_account_home;
extern const struct check check_account_password;
extern const struct check check_apparmor;
extern const struct check check_apt_config;
extern const struct check check_aslr_bits;
extern const struct check check_audit_rule;
extern const struct check check_auto_init;
extern const struct check check_autologin;
extern const struct check check_boot_cmdline;
extern const struct check check_boot_loader;
extern const struct check check_capabilities;
extern const struct check check_certificate;
extern const struct check check_cgroup_event;
extern const struct check check_cgroup_limit;
extern const struct check check_cgroup_mount;
extern const struct check check_cgroup_stray;
extern const struct check check_cmdline;
extern const struct check check_core_pattern;
extern const struct check check_cpu_flag;
extern const struct check check_cpu_vulnerabilities;
extern const struct check check_cpu_vulnerability;
extern const struct check check_daemon;
extern const struct check check_daemon_file;
extern const struct check check_device_node;
extern const struct check check_device_policy;
extern const struct check check_document;
extern const struct check check_drift;
extern const struct check check_environment;
extern const struct check check_escape_path;
extern const struct check check_exec_session;
extern const struct check check_executable;
extern const struct check check_file;
extern const struct check check_file_descriptor;
extern const struct check check_fstab;
extern const struct check check_files_search;
extern const struct check check_firewall;
extern const struct check check_hook;
extern const struct check check_host_mount;
extern const struct check check_identity;
extern const struct check check_ima;
extern const struct check check_iommu;
extern const struct check check_journal;
extern const struct check check_kconfig;
extern const struct check check_kernel_parameter;
extern const struct check check_kernel_support;
extern const struct check check_kernel_update;
extern const struct check check_kexec;
extern const struct check check_label;
extern const struct check check_line;
extern const struct check check_listen;
extern const struct check check_livepatch;
extern const struct check check_lockdown;
extern const struct check check_log_file;
extern const struct check check_lsm;
extern const struct check check_mail_listen;
extern const struct check check_module;
extern const struct check check_module_parameter;
extern const struct check check_module_signing;
extern const struct check check_module_taint;
extern const struct check check_mount;
extern const struct check check_mount_option;
extern const struct check check_mount_type;
extern const struct check check_namespace;
extern const struct check check_namespace_peer;
extern const struct check check_no_new_privs;
extern const struct check check_oom_score_adj;
extern const struct check check_package;
extern const struct check check_package_fix;
extern const struct check check_pam;
extern const struct check check_pam_bypass;
extern const struct check check_privileged;
extern const struct check check_proc_mask;
extern const struct check check_proc_view;
extern const struct check check_process;
extern const struct check check_process_name;
extern const struct check check_release_support;
extern const struct check check_repository;
extern const struct check check_rlimit;
extern const struct check check_root_path;
extern const struct check check_root_program;
extern const struct check check_rsyslog;
extern const struct check check_runtime;
extern const struct check check_seccomp;
extern const struct check check_secure_boot;
extern const struct check check_selinux;
extern const struct check check_service;
extern const struct check check_setting;
extern const struct check check_setuid_file;
extern const struct check check_single_user;
extern const struct check check_slab_merge;
extern const struct check check_smt;
extern const struct check check_socket;
extern const struct check check_sshd;
extern const struct check check_sshd_file;
extern const struct check check_subordinate_ids;
extern const struct check check_sudoers;
extern const struct check check_swap;
extern const struct check check_sysctl;
extern const struct check check_sysctl_persistent;
extern const struct check check_sysfs;
extern const struct check check_taint;
extern const struct check check_unit;
extern const struct check check_user;
extern const struct check check_user_map;

/* Ended by NULL. */
extern const struct check *const checks[];

#endif
