/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel command lines that the next start may have, as the boot loader's files hold them: entries of the Boot Loader Specification, those of
 * grub.cfg, extlinux and syslinux, /etc/kernel/cmdline, a Raspberry Pi's cmdline.txt, and those that /etc/default/grub will make.
 */
#ifndef CORE_BOOT_ENTRY_H
#define CORE_BOOT_ENTRY_H

#include "core/process/cmdline.h"
#include "core/subject/subject.h"

struct boot_entry {
	const char *origin;          /* "/boot/grub/grub.cfg:112" */
	struct cmdline *cmdline;
};

struct boot_entries {
	enum state state;            /* UNAVAILABLE: no boot loader that is known has files here. Else of a file that could not be read */
	const char *why, *origin;
	struct boot_entry *list;
	size_t n;
};

/* Never NULL. */
const struct boot_entries *subject_boot_entries(const struct subject *subject);
struct boot_entries *boot_entries_read(struct source *source, struct arena *arena);

#endif
