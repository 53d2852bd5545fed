/* SPDX-License-Identifier: Apache-2.0 */
/* Who made the CPU of the host, by the line vendor_id of /proc/cpuinfo (x86 alone has one; arch/x86/kernel/cpu of Linux). */
#ifndef CORE_CPU_H
#define CORE_CPU_H

#include "core/subject/subject.h"

/* The words of a guard cpu=. */
#define CPU_VENDORS "intel amd hygon centaur zhaoxin"

struct cpu {
	const char *vendor;          /* one of these words, or as the kernel writes it; NULL where it is not known */
	bool is_any;                 /* no CPU is there to be seen: what is audited is a kernel, or a system, for many machines */
};

/* Read once for all rules. Never NULL. */
const struct cpu *cpu_of(const struct subject *subject);

#endif
