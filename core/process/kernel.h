/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel of a host: its release, architecture, build configuration and command line. On the live host and in a
 * captured root they come from /proc and /boot; in an audit of single files from those files.
 */
#ifndef CORE_KERNEL_H
#define CORE_KERNEL_H

#include "core/process/cmdline.h"
#include "core/process/kconfig.h"
#include "core/source/source.h"

/* The paths under which the files of an audit of single files are given to its source (source_give). */
#define KERNEL_GIVEN_KCONFIG "proc/config.gz"
#define KERNEL_GIVEN_CMDLINE "proc/cmdline"
#define KERNEL_GIVEN_SYSCTL  "sysctl"

struct kernel {
	const char *release;       /* "6.1.0-28-amd64", or NULL when nothing tells */
	const char *release_origin;
	const char *arch;          /* x86_64, x86_32, arm64, arm, riscv or what uname(2) says; NULL when nothing tells */
	struct kconfig *kconfig;   /* never NULL; has a state */
	struct cmdline *cmdline;   /* never NULL; has a state */
};

struct kernel *kernel_read(struct source *source);

/* The release of the running kernel as /proc tells it, and the file that does; NULL where none does. */
const char *kernel_release_read(struct source *source, struct arena *arena, const char **origin);

/* The same as uname(2) tells it of a live host, remembered. Never NULL. */
const struct file *kernel_own_release(struct source *source);

/* Our name for an architecture of uname(2) or of a configuration header: "aarch64" and "arm64" are "arm64", … */
const char *kernel_arch_name(const char *machine);

/*
 * The version lies within a guard such as ">= 6.6" or ">= 5.10 < 6.2" (all must hold; operators >= > <= < =).
 * 1 or 0; -1 when the guard cannot be read.
 */
int kernel_version_within(const char *release, const char *guard);

#endif
