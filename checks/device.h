/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which devices a container may open and make: the list of a control group of version 1, or the programs that are attached to one of version 2
 * (type BPF_PROG_TYPE_CGROUP_DEVICE, see bpf(2)), which are read back from the kernel and followed here.
 */
#ifndef CHECKS_DEVICE_H
#define CHECKS_DEVICE_H

#include "core/source/item.h"
#include "core/subject/subject.h"

/* As struct bpf_cgroup_dev_ctx has them. */
enum { DEVICE_MAKE = 1, DEVICE_READ = 2, DEVICE_WRITE = 4 };

/* A major or minor number that stands for all. */
enum { DEVICE_ANY = -1 };

struct device {
	char type;               /* 'b' or 'c' */
	uint32_t major, minor;
};

/* What may be done with devices: a line of devices.list, "b 8:* rw". */
struct device_rule {
	char type;               /* 'a': both, 'b' or 'c' */
	int64_t major, minor;    /* or DEVICE_ANY */
	unsigned access;
};

/* ---- rules: checks/device_rules.c ---- */

/* Reads "b 8:* rwm" up to the end of the line. False where it is nothing of the kind. */
bool device_rule_parse(struct device_rule *rule, const char *text);

/* "b 8:* rwm" */
const char *device_rule_text(struct arena *arena, const struct device_rule *rule);

/* It lets all these accesses through. */
bool device_rule_fits(const struct device_rule *rule, const struct device *device, unsigned access);

/*
 * It opens what holds the host: any disk, as a block device or past its driver (SCSI generic, NVMe), memory and ports, or every character
 * device. `majors` is the host's /proc/devices, which names the numbers that are given anew at each start, or NULL.
 */
bool device_rule_is_grave(const struct device_rule *rule, const char *majors);

/* It opens nothing but what engines grant to every container. */
bool device_rule_is_usual(const struct device_rule *rule);

/* The node is one of those that engines put into every container. */
bool device_is_usual(const struct device *device);

/* ---- programs: checks/device_program.c ---- */

struct device_program {
	const struct bpf_insn *code;
	size_t n;
};

/* All that a device has to pass. */
struct device_programs {
	struct device_program *list;
	size_t n;
};

/*
 * Those in force for a cgroup of version 2, with those of the groups above it: 0, or -errno. -EOPNOTSUPP: they are there, and the kernel
 * does not show what they do. Remembered in the source.
 */
int device_programs_read(struct device_programs *programs, struct source *source, struct arena *arena, const char *path);

/* They let the access through: 1, they do not: 0, they do what is not understood here: -1. */
int device_programs_allow(const struct device_programs *programs, const struct device *device, unsigned access);

/* What they let through, as rules. False where they do what is not understood here. */
bool device_programs_rules(const struct device_programs *programs, struct arena *arena, struct device_rule **rules, size_t *n);

/* ---- the policy of a container: checks/device_policy.c ---- */

struct device_policy {
	enum state state;        /* unless present, nothing else is set */
	const char *why;
	const char *origin;
	bool open;               /* every device, whatever is done with it */
	struct device_rule *rules;
	size_t n;
	struct device_programs programs;   /* where there are any, they decide, and the rules only tell what is to be expected */
};

/* Read once for all that ask. Never NULL. */
const struct device_policy *device_policy_of(const struct subject *subject);

/* 1, 0, or -1: not known. One of several accesses is enough. */
int device_policy_allows(const struct device_policy *policy, const struct device *device, unsigned any_of);

/*
 * A disk that the host has and the policy lets be opened, and made, too, where that is asked for: 1 and how the report calls it, 0, or -1:
 * not known.
 */
int device_policy_disk(const struct device_policy *policy, const struct subject *subject, struct arena *arena, bool make, const char **name);

#endif
